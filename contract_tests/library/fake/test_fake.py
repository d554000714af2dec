"""The responses of the fake API, in process: access, validation, content.

contract_tests/server checks the fake too, as any API; here is what only the fake promises.
"""

import asyncio
import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from convirza._generated import document
from convirza.fake import (
    DEFAULT_TOKEN,
    DOCUMENTED_CALL_ID,
    FORBIDDEN_CALL_ID,
    UNKNOWN_CALL_ID,
    FakeTransport,
    app,
    create_app,
    ids_in_scope,
    routes,
)
from convirza.fake.records import LARGEST_ID, MODULES, SMALLEST_ID, calls, in_scope
from support.contract import media

Get = Callable[..., httpx.Response]
Validate = Callable[[str, object], None]

ALL = ",".join(MODULES)
NOW = datetime(2026, 5, 6, 7, 8, 9, 123_999, tzinfo=UTC)
NOW_TEXT = "2026-05-06T07:08:09.123Z"


def assert_error(response: httpx.Response, status: int, message: str, validate: Validate) -> None:
    body = response.json()
    validate("Error", body)
    assert response.headers["content-type"] == "application/json"
    assert body.keys() == {"code", "message", "request_id", "timestamp"}
    assert (response.status_code, body["code"], body["message"]) == (status, status, message), response.url


def test_documented_call_is_returned_as_documented(get: Get) -> None:
    """With the modules that the reference page shows, the data is the page's example exactly."""
    expected = media(200)["examples"]["documented"]["value"]
    shown = ",".join(module for module in MODULES if module != "call_flow")

    body = get(DOCUMENTED_CALL_ID, f"include={shown}").json()

    assert body["data"] == expected["data"]
    assert list(body) == list(expected)
    assert list(body["data"]["result"]) == list(expected["data"]["result"])
    assert (body["code"], body["message"]) == (expected["code"], expected["message"])


async def fetch(query: str, ids: Sequence[int]) -> dict[int, Any]:
    headers = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
    transport = FakeTransport(create_app())
    async with httpx.AsyncClient(transport=transport, headers=headers) as client:
        return {
            call_id: (await client.get(f"http://fake/v3/conversations/calls/{call_id}{query}")).json()
            for call_id in ids
        }


@pytest.mark.parametrize(
    ("query", "step"), [("", 10), (f"?include={ALL}", 1)], ids=["no module", "every module"]
)
def test_every_call_is_valid_against_the_document(query: str, step: int, validate: Validate) -> None:
    """Each call in scope with all modules, and each tenth without, is itself and a valid CallResponse."""
    ids = ids_in_scope()[::step]
    bodies = asyncio.run(fetch(query, ids))

    assert len(bodies) == len(ids) >= 1_000 // step
    for call_id, body in bodies.items():
        validate("CallResponse", body)
        assert body["code"] == 200
        assert body["data"]["result"]["call_id"] == call_id


@pytest.mark.parametrize(
    ("query", "modules"),
    [
        *((query, []) for query in ("", "include=", "include")),
        *((f"include={module}", [module]) for module in MODULES),
        *((f"include={names}", ["tags", "summary"]) for names in ("summary,tags,tags", "tags%2Csummary")),
    ],
)
def test_modules_are_the_requested_ones(get: Get, query: str, modules: list[str]) -> None:
    """Each plain member, and the key of each requested module, whether the call has the module or not."""
    for call_id in (DOCUMENTED_CALL_ID, SMALLEST_ID, LARGEST_ID):
        result = get(call_id, f"other=1&{query}").json()["data"]["result"]
        call = calls()[call_id]
        keys = {MODULES[module] for module in modules}
        assert result.keys() == call.keys() - MODULES.values() | keys
        assert {key for key in keys if result[key] is None} == {key for key in keys if call[key] is None}


INVALID_IDS = [
    *("0", "-1", "+1", "01", "1.0", "1e3", "0x1", "1_000", "abc", "987654a", "%FF", "%00"),
    *("%20987654", "987654%20", "987654%0A"),
    *("%D9%A1%D9%A2", "1%D9%A2", "%EF%BC%91", "%C2%B2"),  # Arabic-Indic, fullwidth and superscript digits
    *(str(2**63), "9" * 19, "9" * 5_000),
]
INVALID_MODULES = [
    *("recording_details", "Tags", "tags,bogus", "tags,", ",", "tags summary"),
    *("tags%20", "tags+", "tags;summary", "%00", "%FF", "all", "<script>"),
]
UNKNOWN_PATHS = [
    *("/", "/v3", "/v3/conversations/calls/", "/v3/conversations/calls/987654/"),
    *("/v3/conversations/calls/987654/notes", "/v3/Conversations/calls/987654"),
    *("/conversations/calls/987654", "/v2/conversations/calls/987654"),
]
OUT_OF_SCOPE = sorted(calls().keys() - set(ids_in_scope()))
NO_SUCH_MODULE = f"Invalid include value. The values are: {', '.join(MODULES)}."
REFUSALS: dict[tuple[int, str], list[tuple[object, str]]] = {
    (400, "Invalid id: a whole number from 1 to 2^63-1 is expected."): [(text, "") for text in INVALID_IDS],
    (400, NO_SUCH_MODULE): [
        *((DOCUMENTED_CALL_ID, f"include={value}") for value in INVALID_MODULES),
        *((call_id, "include=bogus") for call_id in (UNKNOWN_CALL_ID, FORBIDDEN_CALL_ID)),
    ],
    (400, "Invalid include: send it once, with values separated by commas."): [
        (DOCUMENTED_CALL_ID, "include=tags&include=summary")
    ],
    (404, "Call not found."): [(UNKNOWN_CALL_ID, "")],
    (403, "You do not have access to this call."): [
        (call_id, f"include={ALL}") for call_id in (FORBIDDEN_CALL_ID, *OUT_OF_SCOPE[::10])
    ],
    (404, "Not Found"): [(path, "") for path in UNKNOWN_PATHS],
}


@pytest.mark.parametrize(("status", "message"), REFUSALS)
def test_invalid_request_is_refused(get: Get, status: int, message: str, validate: Validate) -> None:
    """Ids, modules, calls and paths that there are not have an error that repeats nothing of the request."""
    for path, query in REFUSALS[status, message]:
        assert_error(get(path, query), status, message, validate)


INVALID_AUTHORIZATIONS = [
    *("Bearer", "Bearer ", "Bearer wrong", f"Bearer {DEFAULT_TOKEN}x", f"Bearer {DEFAULT_TOKEN[:-1]}"),
    *(f"Bearer {DEFAULT_TOKEN.upper()}", f"Bearer {DEFAULT_TOKEN} more", f"Bearer{DEFAULT_TOKEN}"),
    *(f"Bearer,{DEFAULT_TOKEN}", f"Basic {DEFAULT_TOKEN}", f"Token {DEFAULT_TOKEN}", DEFAULT_TOKEN),
    *("Bearer t\u00f6ken", ""),
]


def test_invalid_token_is_rejected(get: Get, validate: Validate) -> None:
    """Another scheme, a malformed header, a wrong token and two tokens get one and the same response."""
    header = (b"Authorization", f"Bearer {DEFAULT_TOKEN}".encode())
    invalid = [[(b"Authorization", value.encode("latin-1"))] for value in INVALID_AUTHORIZATIONS]
    for headers in (*invalid, [header, header]):
        response = get(DOCUMENTED_CALL_ID, headers=headers)
        assert_error(response, 401, "Invalid or expired access token.", validate)
        assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("call_id", [DOCUMENTED_CALL_ID, UNKNOWN_CALL_ID, FORBIDDEN_CALL_ID, "abc"])
def test_missing_token_is_rejected(get: Get, call_id: object, validate: Validate) -> None:
    """The token is checked before the request and the call."""
    response = get(call_id, "include=bogus", headers={})
    assert_error(response, 401, "Missing access token.", validate)
    assert response.headers["www-authenticate"] == "Bearer"


def test_valid_token_is_accepted(get: Get) -> None:
    """RFC 9110: a scheme in any case, one or more spaces; an app with a token of its own takes that only."""
    for scheme in ("bearer", "BEARER", "bEaReR", "Bearer "):
        headers = {"Authorization": f"{scheme} {DEFAULT_TOKEN}"}
        assert get(DOCUMENTED_CALL_ID, headers=headers).status_code == 200
    own = {"Authorization": "Bearer own"}
    assert get(DOCUMENTED_CALL_ID, headers=own, token="own").status_code == 200
    assert get(DOCUMENTED_CALL_ID, token="own").status_code == 401


def test_other_method_is_rejected(get: Get, validate: Validate) -> None:
    """The document has GET only, and the response states it; HEAD is no exception."""
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO", "HEAD"):
        response = get(DOCUMENTED_CALL_ID, method=method)
        assert (response.status_code, response.headers["allow"]) == (405, "GET")
        if method != "HEAD":
            assert_error(response, 405, "Method Not Allowed", validate)


@pytest.mark.parametrize("path", [DOCUMENTED_CALL_ID, UNKNOWN_CALL_ID, "abc", "/nowhere"])
def test_response_has_its_time_and_id(get: Get, path: object) -> None:
    """UTC with milliseconds, cut rather than rounded, whatever the zone of the clock; a new random UUID."""
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5, minutes=45)))
    bodies = [get(path, clock=lambda now=now: now).json() for now in (NOW, elsewhere)]
    assert [body["timestamp"] for body in bodies] == [NOW_TEXT] * 2
    ids = {uuid.UUID(body["request_id"]) for body in bodies}
    assert [request_id.version for request_id in ids] == [4, 4]

    before = datetime.now(UTC) - timedelta(milliseconds=1)
    assert before <= datetime.fromisoformat(get(path).json()["timestamp"]) <= datetime.now(UTC)


def test_seed_decides_which_calls_the_app_holds(get: Get) -> None:
    """Two apps of one seed agree on a call, and of two seeds differ."""
    results = [
        get(SMALLEST_ID, f"include={ALL}", seed=seed, clock=lambda: NOW).json()["data"] for seed in (7, 7, 8)
    ]

    assert results[0] == results[1] != results[2]


def test_operation_without_a_handler_stops_the_fake(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operation that is added to the document is never a silent 404."""
    monkeypatch.setattr(app, "served", lambda: (("/v3/users", "get", "list_users"),))
    with pytest.raises(LookupError, match="the fake has no handler for list_users: add one"):
        create_app()


FEBRUARY = "start=2026-02-01T00:00:00Z&end=2026-03-01T00:00:00Z"
A_DAY = "start=2026-02-14T00:00:00Z&end=2026-02-15T00:00:00Z"


@pytest.mark.parametrize(
    ("query", "total"),
    [
        (A_DAY, 12),
        (f"{A_DAY}&offset=99", 12),
        ("start=2026-02-14T18:20:12.000Z&end=2026-02-14T18:20:12.001Z", 1),
        ("start=2026-02-14T18:20:11.999Z&end=2026-02-14T18:20:12.000Z", 0),
        ("call_id=987654", 1),
        ("call_id=403", 0),
        ("start=2026-01-01T00:00:00Z&end=2026-02-01T00:00:00Z&caller_id=%2B18015551234", 0),
        (f"{FEBRUARY}&caller_id=%2B18015551234", 1),
        (f"{FEBRUARY}&disposition=ANSWERED&campaign_id=311", None),
    ],
)
def test_list_follows_period_and_filters(get: Get, query: str, total: int | None) -> None:
    """Half-open periods, filters, one call by its id; `total` is of all pages."""
    response = get(f"/v3/conversations/calls?limit=5&{query}")
    data = response.json()["data"]
    assert response.status_code == 200
    assert total in (None, data["total"])
    assert len(data["calls"]) == min(5, max(0, data["total"] - (99 if "offset" in query else 0)))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        *((query, 400) for query in ("", "limit=0", "limit=201", "limit=1&limit=2", "limit=5&offset=-1")),
        ("limit=5&start=2026-02-14", 400),
        ("limit=5&start=2026-02-14T00:00:00Z&end=2026-02-14T00:00:00Z", 400),
        ("limit=5&start=2026-01-01T00:00:00Z&end=2026-02-02T00:00:00Z", 400),
        ("limit=5&disposition=NOPE", 400),
        ("limit=5&org_unit_id=1300", 403),
    ],
)
def test_list_refuses_what_the_document_does_not_allow(get: Get, query: str, status: int) -> None:
    """Limits, times, the 31 days, and organisation units out of scope."""
    assert get(f"/v3/conversations/calls?{query}").status_code == status


def test_path_may_have_more_than_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parameters, a summary or servers of a path are no operations."""
    spec = document()
    spec["paths"]["/conversations/calls"] |= {
        "parameters": [],
        "summary": "Calls",
        "servers": spec["servers"],
    }
    monkeypatch.setattr(routes, "document", lambda: spec)
    assert routes.served.__wrapped__() == routes.served()


# ---------------------------------------------------------------------------- the calls that it holds


def test_seeded_calls_do_not_change_between_versions() -> None:
    """The calls of seed 7 are pinned, on each Python that runs this test, and made alike each time."""
    for _ in range(2):
        calls.cache_clear()
        text = json.dumps(list(calls(7).values()))
        assert hashlib.sha256(text.encode()).hexdigest()[:16] == "523f4f60a494da2c"


@pytest.mark.parametrize("seed", [0, 7])
def test_calls_are_of_all_kinds(seed: int) -> None:
    """Numbers are fictitious, each disposition and null occurs, days are in order."""
    every = list(calls(seed).values())
    assert len(ids_in_scope(seed)) == len(every) - 50 >= 1_000
    dispositions = Counter(call["disposition"] for call in every)
    assert sorted(dispositions) == sorted(document()["components"]["schemas"]["CallDisposition"]["enum"])
    for key in (*MODULES.values(), "campaign_id", "user_id", "group_name"):
        counts = Counter(call[key] is None for call in every)
        assert min(*dispositions.values(), counts[True], counts[False]) >= 10, key
    for key in ("caller_id", "phone_number", "ring_to", "default_ring_to"):
        # exchange 555 and a line from 0100 to 0199, which is never assigned
        assert {(call[key][0], call[key][4:9]) for call in every[1:]} == {("1", "55501")}
        assert {len(call[key]) for call in every} == {11}
    starts = [call["call_started"] for call in every[1:]]
    assert starts == sorted(starts)
    assert len({start[:10] for start in starts}) == 90
    seen: set[str] = set()
    for call in every[1:]:
        assert call["repeat_call"] == (call["caller_id"] in seen)
        seen.add(call["caller_id"])
        if call["disposition"] in ("ABANDONED", "BUSY", "FAILED", "NO ANSWER"):
            assert call["duration"] == 0
            assert call["recording_details"] is call["transcription"] is call["summary"] is None
        if call["campaign_id"] is None:
            assert call["campaign_name"] is call["campaign_ext_id"] is None


@pytest.mark.parametrize("seed", [0, 1, 7, 2**40])
def test_ids_that_tests_rely_on_exist_whatever_the_seed(seed: int) -> None:
    """The edges are calls in scope, one known id is out of scope and one is no call."""
    assert {SMALLEST_ID, LARGEST_ID} <= set(ids_in_scope(seed))
    assert not in_scope(calls(seed)[FORBIDDEN_CALL_ID])
    assert UNKNOWN_CALL_ID not in calls(seed)
