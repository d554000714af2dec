"""The responses of the fake API, in process: access, validation, content."""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, urlsplit

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
from convirza.fake.records import LARGEST_ID, MODULES, SMALLEST_ID, calls

Get = Callable[..., httpx.Response]
Validate = Callable[[str, object], None]

ALL = ",".join(MODULES)
NOW = datetime(2026, 5, 6, 7, 8, 9, 123_999, tzinfo=UTC)
NOW_TEXT = "2026-05-06T07:08:09.123Z"


def _assert_error(response: httpx.Response, status: int, validate: Validate) -> dict[str, Any]:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    body: dict[str, Any] = response.json()
    validate("Error", body)
    assert body.keys() == {"code", "message", "request_id", "timestamp"}
    assert body["code"] == status
    return body


def test_documented_call_is_returned_as_documented(get: Get, document: dict[str, Any]) -> None:
    """With the modules that the reference page shows, the data is the page's example exactly."""
    content = document["components"]["responses"]["CallFound"]["content"]["application/json"]
    expected = content["examples"]["documented"]["value"]
    shown = ",".join(module for module in MODULES if module != "call_flow")

    body = get(DOCUMENTED_CALL_ID, f"include={shown}").json()

    assert body["data"] == expected["data"]
    assert list(body) == list(expected)
    assert list(body["data"]["result"]) == list(expected["data"]["result"])
    assert (body["code"], body["message"]) == (expected["code"], expected["message"])


async def _fetch(query: str, ids: Sequence[int]) -> dict[int, Any]:
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
    bodies = asyncio.run(_fetch(query, ids))

    assert len(bodies) == len(ids) >= 1_000 // step
    for call_id, body in bodies.items():
        validate("CallResponse", body)
        assert body["code"] == 200
        assert body["data"]["result"]["call_id"] == call_id


@pytest.mark.parametrize("query", ["", "include=", "include"])
def test_call_without_include_has_no_module(get: Get, query: str) -> None:
    """Every plain member and no key of a module, as with an empty `include`."""
    for call_id in (DOCUMENTED_CALL_ID, SMALLEST_ID, LARGEST_ID):
        result = get(call_id, query).json()["data"]["result"]
        assert result.keys() == calls()[call_id].keys() - set(MODULES.values())


@pytest.mark.parametrize(("module", "key"), MODULES.items())
def test_module_is_returned_only_on_request(get: Get, module: str, key: str) -> None:
    """One value of include adds one key, for a call that has the module and one that has not."""
    plain = get(DOCUMENTED_CALL_ID).json()["data"]["result"]
    has = next(i for i in ids_in_scope()[1:] if calls()[i][key] is not None)
    has_not = next(i for i in ids_in_scope()[1:] if calls()[i][key] is None)

    with_module = get(has, f"include={module}").json()["data"]["result"]
    without_module = get(has_not, f"include={module}").json()["data"]["result"]

    assert with_module.keys() == without_module.keys() == plain.keys() | {key}
    assert with_module[key] is not None
    assert without_module[key] is None


@pytest.mark.parametrize(
    "query",
    [
        "include=tags,summary",
        "include=summary,tags",
        "include=tags,tags,summary,tags",
        "include=tags%2Csummary",
        "include=tags%2csummary",
        "other=1&include=tags,summary",
    ],
)
def test_order_repetition_and_encoding_of_include_do_not_matter(get: Get, query: str) -> None:
    """All these mean the same two modules."""
    result = get(DOCUMENTED_CALL_ID, query).json()["data"]["result"]

    assert result.keys() & set(MODULES.values()) == {"tags", "summary"}


@pytest.mark.parametrize(
    "value",
    [
        "recording_details",
        "Tags",
        "tags,bogus",
        "tags,",
        ",",
        "tags summary",
        "tags%20",
        "tags+",
        "tags;summary",
        "%00",
        "%FF",
        "all",
        "<script>",
    ],
)
def test_unknown_value_of_include_is_rejected(get: Get, value: str, validate: Validate) -> None:
    """One value that is not a module makes the request invalid; the response does not repeat it."""
    body = _assert_error(get(DOCUMENTED_CALL_ID, f"include={value}"), 400, validate)

    assert body["message"].startswith("Invalid include value. The values are: call_detail, ")
    assert "bogus" not in body["message"]
    assert "<" not in body["message"]


def test_repeated_include_is_rejected_with_a_hint(get: Get, validate: Validate) -> None:
    """The exploded form of an array is not the contract's; a client that sends it gets a 400."""
    response = get(DOCUMENTED_CALL_ID, "include=tags&include=summary")

    assert "separated by commas" in _assert_error(response, 400, validate)["message"]


INVALID_IDS = [
    "0",
    "-1",
    "+1",
    "01",
    "1.0",
    "1e3",
    "0x1",
    "1_000",
    "abc",
    "987654a",
    "%20987654",
    "987654%20",
    "987654%0A",
    "%D9%A1%D9%A2",  # Arabic-Indic digits
    "1%D9%A2",  # one of them after an ASCII digit
    "%EF%BC%91",  # a fullwidth digit
    "%C2%B2",  # a superscript digit
    "%FF",
    "%00",
    str(2**63),
    "9" * 19,
    "9" * 5_000,
]


def test_invalid_id_is_rejected(get: Get, validate: Validate) -> None:
    """Only a canonical decimal from 1 to 2^63-1 is an id."""
    for text in INVALID_IDS:
        body = _assert_error(get(f"/v3/conversations/calls/{text}"), 400, validate)
        assert body["message"] == "Invalid id: a whole number from 1 to 2^63-1 is expected."


def test_unknown_call_is_not_found(get: Get, validate: Validate) -> None:
    """A valid id that no call has."""
    body = _assert_error(get(UNKNOWN_CALL_ID), 404, validate)

    assert body["message"] == "Call not found."


def test_call_out_of_scope_is_forbidden(get: Get, validate: Validate) -> None:
    """Every call of another organisation unit, and nothing of it in the response."""
    out_of_scope = sorted(calls().keys() - set(ids_in_scope()))

    assert FORBIDDEN_CALL_ID in out_of_scope
    for call_id in out_of_scope[::10]:
        body = _assert_error(get(call_id, f"include={ALL}"), 403, validate)
        assert body["message"] == "You do not have access to this call."


INVALID_AUTHORIZATIONS = [
    "Bearer",
    "Bearer ",
    "Bearer wrong",
    f"Bearer {DEFAULT_TOKEN}x",
    f"Bearer {DEFAULT_TOKEN[:-1]}",
    f"Bearer {DEFAULT_TOKEN.upper()}",
    f"Bearer {DEFAULT_TOKEN} more",
    f"Bearer{DEFAULT_TOKEN}",
    f"Bearer,{DEFAULT_TOKEN}",
    f"Basic {DEFAULT_TOKEN}",
    f"Token {DEFAULT_TOKEN}",
    DEFAULT_TOKEN,
    "Bearer t\u00f6ken",
    "",
]


def test_invalid_token_is_rejected(get: Get, validate: Validate) -> None:
    """Another scheme, a malformed header, a wrong token and two tokens get one and the same response."""
    header = (b"Authorization", f"Bearer {DEFAULT_TOKEN}".encode())
    for value in INVALID_AUTHORIZATIONS:
        one = [(b"Authorization", value.encode("latin-1"))]
        response = get(DOCUMENTED_CALL_ID, headers=one)
        body = _assert_error(response, 401, validate)
        assert body["message"] == "Invalid or expired access token."
        assert response.headers["www-authenticate"] == "Bearer"
        assert DEFAULT_TOKEN.lower() not in response.text.lower()
    _assert_error(get(DOCUMENTED_CALL_ID, headers=[header, header]), 401, validate)


def test_missing_token_is_rejected(get: Get, validate: Validate) -> None:
    """No Authorization header at all."""
    response = get(DOCUMENTED_CALL_ID, headers={})

    assert _assert_error(response, 401, validate)["message"] == "Missing access token."
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "bEaReR", "Bearer "])
def test_scheme_is_compared_without_case(get: Get, scheme: str) -> None:
    """RFC 9110: the name of a scheme is case-insensitive and one or more spaces follow it."""
    headers = {"Authorization": f"{scheme} {DEFAULT_TOKEN}"}

    assert get(DOCUMENTED_CALL_ID, headers=headers).status_code == 200


def test_token_of_the_app_replaces_the_default(get: Get) -> None:
    """An app with a token of its own takes that one only."""
    own = {"Authorization": "Bearer own"}

    assert get(DOCUMENTED_CALL_ID, headers=own, token="own").status_code == 200
    assert get(DOCUMENTED_CALL_ID, token="own").status_code == 401


def test_empty_token_is_a_mistake() -> None:
    """An app whose token is empty would let everybody in."""
    with pytest.raises(ValueError, match="must not be empty"):
        create_app(token="")


@pytest.mark.parametrize(
    ("path", "query", "authorized", "status"),
    [
        ("abc", "include=bogus", False, 401),
        (UNKNOWN_CALL_ID, "include=bogus", True, 400),
        (FORBIDDEN_CALL_ID, "include=bogus", True, 400),
        (UNKNOWN_CALL_ID, "", False, 401),
        (FORBIDDEN_CALL_ID, "", False, 401),
    ],
)
def test_checks_come_in_order(get: Get, path: object, query: str, authorized: bool, status: int) -> None:
    """The token first, then the request, then the call."""
    options: dict[str, Any] = {} if authorized else {"headers": {}}

    assert get(path, query, **options).status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v3",
        "/conversations/calls/987654",
        "/v2/conversations/calls/987654",
        "/v3/conversations/calls/",
        "/v3/conversations/calls/987654/",
        "/v3/conversations/calls/987654/notes",
        "/v3/Conversations/calls/987654",
    ],
)
def test_unknown_path_is_not_found(get: Get, path: str, validate: Validate) -> None:
    """Nothing but the documented path is served, and nothing redirects to it."""
    assert _assert_error(get(path), 404, validate)["message"] == "Not Found"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"])
def test_other_method_is_rejected(get: Get, method: str, validate: Validate) -> None:
    """The document has GET only, and the response states it."""
    response = get(DOCUMENTED_CALL_ID, method=method)

    assert _assert_error(response, 405, validate)["message"] == "Method Not Allowed"
    assert response.headers["allow"] == "GET"


def test_head_is_rejected_without_a_body(get: Get) -> None:
    """HEAD is no exception, although it often comes with GET."""
    response = get(DOCUMENTED_CALL_ID, method="HEAD")

    assert (response.status_code, response.headers["allow"]) == (405, "GET")
    assert response.content == b""


@pytest.mark.parametrize("path", [DOCUMENTED_CALL_ID, UNKNOWN_CALL_ID, "abc", "/nowhere"])
def test_timestamp_is_the_time_of_the_clock(get: Get, path: object) -> None:
    """UTC with milliseconds and Z, cut rather than rounded, whatever the zone of the clock."""
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5, minutes=45)))

    assert get(path, clock=lambda: NOW).json()["timestamp"] == NOW_TEXT
    assert get(path, clock=lambda: elsewhere).json()["timestamp"] == NOW_TEXT


def test_timestamp_without_a_clock_is_now(get: Get) -> None:
    """The clock of the machine is the default."""
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    moment = datetime.fromisoformat(get(DOCUMENTED_CALL_ID).json()["timestamp"])

    assert before <= moment <= datetime.now(UTC)


@pytest.mark.parametrize("path", [DOCUMENTED_CALL_ID, UNKNOWN_CALL_ID])
def test_request_id_is_fresh(get: Get, path: object) -> None:
    """Each response has a random UUID of its own, not the one of the example."""
    ids = [uuid.UUID(get(path).json()["request_id"]) for _ in range(2)]

    assert ids[0] != ids[1]
    assert {request_id.version for request_id in ids} == {4}


def test_address_of_a_recording_is_signed_for_seven_days(get: Get) -> None:
    """The end of its validity is seven days after the fetch, in the record and in the address."""
    call_id = next(i for i in ids_in_scope()[1:] if calls()[i]["recording_details"])

    body = get(call_id, "include=recordings", clock=lambda: NOW).json()

    recording = body["data"]["result"]["recording_details"]
    url: str = recording["url"]
    address = urlsplit(url)
    assert recording["expires_at"] == int(NOW.timestamp()) + 7 * 86_400
    assert parse_qs(address.query)["expires"] == [str(recording["expires_at"])]
    assert parse_qs(address.query).keys() == {"secret", "access", "expires", "file_name"}
    assert (address.scheme, address.hostname) == ("http", "fake")  # the fake itself


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


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("start=2026-02-14T00:00:00Z&end=2026-02-15T00:00:00Z", 12),
        ("start=2026-02-14T18:20:12.000Z&end=2026-02-14T18:20:12.001Z", 1),
        ("start=2026-02-14T18:20:11.999Z&end=2026-02-14T18:20:12.000Z", 0),
        ("start=2026-02-14T00:00:00Z&end=2026-02-15T00:00:00Z&offset=99", 12),
        ("call_id=987654", 1),
        ("call_id=403", 0),
        ("start=2026-01-01T00:00:00Z&end=2026-02-01T00:00:00Z&caller_id=%2B18015551234", 0),
        ("start=2026-02-01T00:00:00Z&end=2026-03-01T00:00:00Z&caller_id=%2B18015551234", 1),
        ("start=2026-02-01T00:00:00Z&end=2026-03-01T00:00:00Z&disposition=ANSWERED&campaign_id=311", None),
    ],
)
def test_list_follows_period_and_filters(get: Get, query: str, total: int | None, validate: Validate) -> None:
    """Half-open periods, filters, one call by its id; `total` is of all pages."""
    response = get(f"/v3/conversations/calls?limit=5&{query}")
    data = response.json()["data"]
    assert response.status_code == 200
    assert total in (None, data["total"])
    assert len(data["calls"]) == min(5, max(0, data["total"] - (99 if "offset" in query else 0)))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("limit=0", 400),
        ("limit=201", 400),
        ("limit=1&limit=2", 400),
        ("limit=5&offset=-1", 400),
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
