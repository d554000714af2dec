"""Access: 200, 401, 403 and 404."""

import pytest

from support.server.facts import ANY_ID, AUTHORIZATIONS, FORBIDDEN, KNOWN, MISSING, TARGET, TOKEN, needs_token
from support.server.suite import EVERYTHING, Suite

OTHER_ID = pytest.param(ANY_ID, id="any", marks=() if TARGET.token else needs_token)
SOME_CALL = [KNOWN[0] if TARGET.call_ids else OTHER_ID, FORBIDDEN, MISSING]


@pytest.mark.requests(2)
@pytest.mark.parametrize("call_id", KNOWN)
def test_call_that_exists_is_found(suite: Suite, call_id: int) -> None:
    """An id that exists and is in scope has a 200, with and without modules, and its own record."""
    for query in ("", EVERYTHING):
        assert suite.record(call_id, query)["call_id"] == call_id


@pytest.mark.requests(2)
@pytest.mark.parametrize("call_id", [MISSING, FORBIDDEN])
def test_call_of_nobody_or_others_is_refused(suite: Suite, call_id: int) -> None:
    """An id that no call has is a 404, a call of somebody else a 403, with and without modules."""
    status = 404 if call_id == TARGET.missing_id else 403
    for query in ("", EVERYTHING):
        assert suite.ask(call_id, query).response.status_code == status


@pytest.mark.parametrize("authorization", AUTHORIZATIONS)
@pytest.mark.parametrize("call_id", SOME_CALL)
def test_token_that_is_not_the_token_is_rejected(
    suite: Suite, call_id: int, authorization: str | None
) -> None:
    """Without the token the status is 401, whatever the id."""
    assert suite.ask(call_id, authorization=authorization).response.status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        EVERYTHING,
        *(pytest.param(query, marks=pytest.mark.not_live) for query in ("include=tags", "include=")),
    ],
)
@pytest.mark.parametrize(
    "authorization", [None, "Bearer contract-suite-wrong-token"], ids=["missing", "wrong"]
)
@pytest.mark.parametrize("call_id", SOME_CALL)
def test_include_does_not_replace_the_token(
    suite: Suite, call_id: int, authorization: str | None, query: str
) -> None:
    """Without the token the status is 401, whatever the modules."""
    assert suite.ask(call_id, query, authorization).response.status_code == 401


@needs_token
@pytest.mark.not_live
@pytest.mark.parametrize("name", ["access_token", "token", "authorization"])
def test_token_in_the_query_is_not_a_token(suite: Suite, name: str) -> None:
    """The token counts in its header only."""
    assert suite.ask(ANY_ID, f"{name}={TOKEN}", authorization=None).response.status_code in {400, 401}


@pytest.mark.requests(3)
@pytest.mark.parametrize("call_id", KNOWN[:1])
def test_token_is_checked_each_time(suite: Suite, call_id: int) -> None:
    """A right token before does not help a wrong one, and a wrong one before does not hurt a right one."""
    assert suite.ask(call_id).response.status_code == 200
    assert suite.ask(call_id, authorization=None).response.status_code == 401
    assert suite.ask(call_id).response.status_code == 200
