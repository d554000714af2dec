"""The calls of the fake API, and which parts of them a response contains. Pure data."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from convirza._generated import document
from convirza.fake.seeded import (
    DEFAULT_CALLS,
    FORBIDDEN_CALL_ID,
    LARGEST_ID,
    ORG_UNIT_OUT_OF_SCOPE,
    SMALLEST_ID,
    Call,
    make_calls,
)

__all__ = [
    "DEFAULT_CALLS",
    "DEFAULT_SEED",
    "DOCUMENTED_CALL_ID",
    "FORBIDDEN_CALL_ID",
    "LARGEST_ID",
    "MODULES",
    "SMALLEST_ID",
    "UNKNOWN_CALL_ID",
    "URL_LIFETIME",
    "Call",
    "calls",
    "ids_in_scope",
    "in_scope",
    "recording_signature",
    "view",
]

DEFAULT_SEED: Final = 20260101
DOCUMENTED_CALL_ID: Final = 987654
UNKNOWN_CALL_ID: Final = 404
"""An id that no call has, for any seed."""

URL_LIFETIME: Final = timedelta(days=7)
"""How long the address of a recording is valid after the request (public docs)."""

MODULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "call_detail": "call_detail",
        "call_flow": "call_flow",
        "comments": "comments",
        "custom_sources": "custom_sources",
        "indicators": "indicators",
        "recordings": "recording_details",
        "summary": "summary",
        "tags": "tags",
        "transcription": "transcription",
        "voiceagent": "voiceagent_data",
    }
)
"""Key of the record by value of `include`."""


@lru_cache(maxsize=8)
def calls(seed: int = DEFAULT_SEED, count: int = DEFAULT_CALLS) -> Mapping[int, Call]:
    """All calls by id, the documented one first."""
    found = document()["components"]["responses"]["CallFound"]["content"]["application/json"]
    example = found["examples"]["documented"]["value"]["data"]["result"]
    documented = {**example, "call_flow": None}
    return MappingProxyType({DOCUMENTED_CALL_ID: documented, **make_calls(seed, count)})


def in_scope(call: Call) -> bool:
    """Whether the token may read the call."""
    return bool(call["org_unit_id"] != ORG_UNIT_OUT_OF_SCOPE)


def ids_in_scope(seed: int = DEFAULT_SEED) -> tuple[int, ...]:
    """The ids of all calls that the token may read."""
    return tuple(call_id for call_id, call in calls(seed).items() if in_scope(call))


def view(call: Call, modules: Collection[str], now: datetime, origin: str) -> dict[str, Any]:
    """The call as in a response: its plain members and the requested modules only.

    `modules` are values of `include`; `now` is the time of the request. A recording without a URL gets one
    below `origin` that is valid from then on.
    """
    left_out = {key for module, key in MODULES.items() if module not in modules}
    shown = {key: value for key, value in call.items() if key not in left_out}
    recording = shown.get("recording_details")
    if recording is not None and "url" not in recording:
        shown["recording_details"] = _sign(recording, call["call_id"], now, origin)
    return shown


def recording_signature(call_id: int | str, expires_at: int | str) -> tuple[str, str]:
    """The values of `secret` and `access` in the URL of a recording."""
    signature = hashlib.sha256(f"{call_id} {expires_at}".encode()).hexdigest()
    return f"fake-{signature[:16]}", f"fake-{signature[16:32]}"


def _sign(recording: Mapping[str, Any], call_id: int, now: datetime, origin: str) -> dict[str, Any]:
    expires_at = recording.get("expires_at") or int((now + URL_LIFETIME).timestamp())
    secret, access = recording_signature(call_id, expires_at)
    url = (
        f"{origin}/v3/recordings/{call_id}?secret={secret}&access={access}&expires={expires_at}"
        f"&file_name={quote(str(recording.get('filename')))}.mp3"
    )
    return {**recording, "url": url, "expires_at": expires_at}
