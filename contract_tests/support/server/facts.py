"""The facts of the target as parameters of tests; a test without its fact is skipped by name."""

from typing import Any, Final

import pytest

from support.server.suite import get_suite

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

_WRONG: Final = {
    "missing": None,
    "wrong": "Bearer contract-suite-wrong-token",
    "basic": f"Basic {TOKEN}",
    "suffix": f"Bearer {TOKEN}x",
    "prefix": f"Bearer x{TOKEN}",
    "last_letter_cut": f"Bearer {TOKEN[:-1]}",
    "last_letter_changed": f"Bearer {TOKEN[:-1]}{'y' if TOKEN.endswith('x') else 'x'}",
    "other_case": f"Bearer {TOKEN.swapcase()}",
}
_WRONG_BUT_LIVE: Final = {
    "no_scheme": TOKEN,
    "other_scheme": f"Token {TOKEN}",
    "scheme_glued_on": f"Bearer{TOKEN}",
    "scheme_only": "Bearer",
    "doubled": f"Bearer {TOKEN}{TOKEN}",
    "first_letter_cut": f"Bearer {TOKEN[1:]}",
    "first_letter_only": f"Bearer {TOKEN[:1]}",
    "first_letter_changed": f"Bearer {'y' if TOKEN.startswith('x') else 'x'}{TOKEN[1:]}",
    "backwards": f"Bearer {TOKEN[::-1]}",
    "upper_case": f"Bearer {TOKEN.upper()}",
    "lower_case": f"Bearer {TOKEN.lower()}",
    "null": "Bearer null",
    "not_ascii": b"Bearer \xc3\xa9\xff",
}
_RIGHT: Final = {f"Bearer {TOKEN}"}
AUTHORIZATIONS: Final = [
    *(pytest.param(value, id=name) for name, value in _WRONG.items() if value not in _RIGHT),
    *(
        pytest.param(value, id=name, marks=pytest.mark.not_live)
        for name, value in _WRONG_BUT_LIVE.items()
        if value not in _RIGHT
    ),
]
"""Headers that are not the token's; None is no header."""
