"""The facts of the target as parameters of tests; a test without its fact is skipped by name."""

from typing import Any, Final

import pytest

from support.suite import get_suite

TARGET: Final = get_suite().target


def _fact(value: Any, variable: str, name: str) -> Any:
    if value is None:
        return pytest.param(None, id=name, marks=pytest.mark.skip(reason=f"{variable} is not set"))
    marks = () if TARGET.token else pytest.mark.skip(reason="CONVIRZA_TOKEN is not set")
    return pytest.param(value, id=name, marks=marks)


FORBIDDEN: Final = _fact(TARGET.forbidden_id, "CONVIRZA_CONTRACT_FORBIDDEN_ID", "forbidden")
MISSING: Final = _fact(TARGET.missing_id, "CONVIRZA_CONTRACT_MISSING_ID", "missing")
KNOWN: Final = [
    _fact(call_id, "CONVIRZA_CONTRACT_CALL_IDS", f"known{number}")
    for number, call_id in enumerate(TARGET.call_ids or (None,))
]
ANY_ID: Final = TARGET.call_ids[0] if TARGET.call_ids else 1
"""A known id if there is one."""
TOKEN: Final = TARGET.token or ""

needs_token: Final = pytest.mark.skipif(not TARGET.token, reason="CONVIRZA_TOKEN is not set")
