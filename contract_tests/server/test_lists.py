"""Lists: pages, periods and filters, and that a listed call can be read."""

import urllib.parse
from typing import Any

import pytest

from support.contract import LARGEST_ID, MODULES, OPERATIONS
from support.server.facts import KNOWN, needs_token
from support.server.records import differing
from support.server.suite import Suite

pytestmark = [needs_token, pytest.mark.skipif("list_calls" not in OPERATIONS, reason="no such operation")]

MONTH = {"start": "2026-02-01T00:00:00.000Z", "end": "2026-03-01T00:00:00.000Z"}
PAGED = [OPERATIONS[name] for name in ("list_calls", "list_sms_conversations") if name in OPERATIONS]
FILTERS = {"org_unit_id", "campaign_id", "provisioned_route_id", "caller_id", "phone_number", "ring_to"}


def calls(suite: Suite, **values: Any) -> tuple[list[dict[str, Any]], int]:
    """The calls of a page, and the total."""
    response = suite.send(OPERATIONS["list_calls"], **values)
    assert response.status_code == 200
    data = response.json()["data"]
    return data["calls"], data["total"]


@pytest.mark.requests(3)
@pytest.mark.parametrize("operation", PAGED, ids=lambda operation: operation.id)
def test_offset_moves_the_page(suite: Suite, operation: Any) -> None:
    """The second page does not repeat the first, and a page beyond the end is empty with the same total."""
    items = {"list_calls": ("calls", "call_id")}.get(operation.id, ("conversation", "conversation_id"))
    period = MONTH if operation.id == "list_calls" else {}
    pages = [
        suite.send(operation, limit=2, offset=offset, **period).json()["data"] for offset in (0, 2, 10**9)
    ]
    first, second, beyond = ([item[items[1]] for item in page[items[0]]] for page in pages)
    assert not {*first} & {*second}
    assert beyond == []
    assert len({page["total"] for page in pages}) == 1


@pytest.mark.requests(4)
def test_listed_call_is_the_call(suite: Suite) -> None:
    """A listed call is the record that get_call returns, with and without modules."""
    for modules in ([], [*MODULES]):
        found, _ = calls(suite, limit=1, include=modules, **MONTH)
        for call in found:
            query = urllib.parse.urlencode({"include": ",".join(modules)})
            assert differing(call, suite.record(call["call_id"], query)) == []


@pytest.mark.requests(1 + len(FILTERS))
def test_filter_finds_the_call(suite: Suite) -> None:
    """Each filter, with the value of a call, finds calls; the judge compares their values."""
    found, total = calls(suite, limit=200, **MONTH)
    for name in sorted(FILTERS):
        value = next((call[name] for call in found if call.get(name)), None)
        if value is not None:
            wanted, fewer = calls(suite, limit=200, **MONTH, **{name: value})
            assert wanted, f"{name}: no call with the value of a call"
            assert fewer <= total


@pytest.mark.requests(2)
def test_disposition_finds_calls(suite: Suite) -> None:
    """One disposition and several find those that have them."""
    for wanted in (["ANSWERED"], ["BUSY", "NO ANSWER"]):
        calls(suite, limit=200, disposition=wanted, **MONTH)


@pytest.mark.requests(1)
@pytest.mark.parametrize("call_id", KNOWN[:1])
def test_call_id_ignores_the_period(suite: Suite, call_id: int) -> None:
    """With `call_id` the page is that call, whatever the period."""
    found, total = calls(suite, limit=1, call_id=call_id, **MONTH)
    assert [call["call_id"] for call in found] == [call_id]
    assert total == 1


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [
        ("2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z", 200),
        ("2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.001Z", 400),
        ("2026-02-02T00:00:00.000Z", "2026-02-01T00:00:00.000Z", 400),
    ],
    ids=["longest", "too_long", "backwards"],
)
def test_period_has_at_most_31_days(suite: Suite, start: str, end: str, status: int) -> None:
    """Exactly 31 days are a period; a longer one, or one without a length, is a 400."""
    response = suite.send(OPERATIONS["list_calls"], limit=1, start=start, end=end)
    assert response.status_code == status


def test_organisation_unit_of_others_is_forbidden(suite: Suite) -> None:
    """A filter by an organisation unit outside the account is a 403."""
    response = suite.send(OPERATIONS["list_calls"], limit=1, org_unit_id=LARGEST_ID, **MONTH)
    assert response.status_code == 403


def test_limit_is_required(suite: Suite) -> None:
    """A list of calls without `limit` is a 400."""
    assert suite.send(OPERATIONS["list_calls"], limit=None).status_code == 400
