"""Comparing records: with themselves at another time, and with what is left of them."""

import json
from collections.abc import Collection, Mapping
from typing import Any, Final

from support.contract import MODULES

FRESH: Final = frozenset({"url", "expires_at"})
"""Members of a recording that are made anew at each fetch."""


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The members that are not the same in both, by name, but for what is fresh."""
    one, other = _stable(one), _stable(other)
    return sorted(key for key in one.keys() | other.keys() if one.get(key, FRESH) != other.get(key, FRESH))


def shown(record: Mapping[str, Any], modules: Collection[str]) -> dict[str, Any]:
    """What is left of a whole record when only these modules are requested."""
    left_out = {key for module, key in MODULES.items() if module not in modules}
    return {key: value for key, value in record.items() if key not in left_out}


def _stable(record: Mapping[str, Any]) -> Mapping[str, Any]:
    details = record.get("recording_details")
    if isinstance(details, dict):
        record = {**record, "recording_details": {k: v for k, v in details.items() if k not in FRESH}}
    # The document promises no order of tags, comments and indicators.
    return {
        key: sorted(value, key=_text) if isinstance(value, list) else value for key, value in record.items()
    }


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
