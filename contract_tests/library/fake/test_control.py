"""The fake as an object: calls that a test adds and changes, requests that it sees, and a fresh start."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from convirza._generated import Call
from convirza.fake import (
    DEFAULT_TOKEN,
    DOCUMENTED_CALL_ID,
    FORBIDDEN_CALL_ID,
    UNKNOWN_CALL_ID,
    FakeAPI,
    FakeClock,
)
from convirza.fake.records import MODULES, calls

Validate = Callable[[str, object], None]

ALL = ",".join(MODULES)
HEADERS = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
PATH = "/v3/conversations/calls/"


@pytest.fixture
def api() -> FakeAPI:
    """A fake of the test's own."""
    return FakeAPI()


def ask(api: FakeAPI, call_id: int, include: str = "") -> httpx.Response:
    with httpx.Client(transport=api.transport, base_url=api.base_url, headers=HEADERS) as client:
        return client.get(f"conversations/calls/{call_id}", params={"include": include} if include else None)


def record(api: FakeAPI, call_id: int, include: str = ALL) -> dict[str, Any]:
    """The call as the fake returns it, with every module."""
    return dict(ask(api, call_id, include).json()["data"]["result"])


# ---------------------------------------------------------------------------- adding


def test_added_call_is_returned(api: FakeAPI, validate: Validate) -> None:
    """What the test names is there, whatever becomes of its object; the rest is null, and it all is valid."""
    tags = [{"tag_name": "Lead"}]
    assert api.add_call(call_id=5, disposition="BUSY", tags=tags) == 5
    tags[0]["tag_name"] = "Spam"
    tags.append({})

    validate("CallResponse", ask(api, 5, ALL).json())
    result = record(api, 5)
    assert result.keys() == calls()[DOCUMENTED_CALL_ID].keys()
    named = {key: value for key, value in result.items() if value is not None}
    tags = [{"tag_name": "Lead"}]
    assert named == {"call_id": 5, "org_unit_id": 1200, "disposition": "BUSY", "tags": tags}
    assert "tags" not in record(api, 5, include="")


def test_whole_record_can_be_added(api: FakeAPI) -> None:
    """As the API sends it, with members named besides on top, or as a model of the client."""
    sent = {**calls()[DOCUMENTED_CALL_ID], "call_id": 6}
    api.add_call(sent, duration=7)
    assert record(api, 6) == {**sent, "duration": 7}
    api.reset()
    assert api.add_call(Call.from_dict(sent)) == 6
    assert record(api, 6) == sent


def test_added_recording_gets_an_address(api: FakeAPI) -> None:
    """Signed and valid for seven days, unless the test names address or end itself."""
    clock = FakeClock(datetime(2026, 5, 6, tzinfo=UTC))
    api = FakeAPI(clock=clock)
    signed = api.add_call(recording_details={"filename": "a"})
    ending = api.add_call(recording_details={"expires_at": 5})
    own = api.add_call(recording_details={"url": "https://recordings.example/a"})

    recording = record(api, signed)["recording_details"]
    assert recording["expires_at"] == clock.time() + 7 * 86_400
    assert recording["url"].endswith(f"&expires={recording['expires_at']}&file_name=a.mp3")
    recording = record(api, ending)["recording_details"]
    assert (recording["expires_at"], "expires=5" in recording["url"]) == (5, True)
    assert record(api, own)["recording_details"] == {"url": "https://recordings.example/a"}


def test_call_of_any_organisation_unit_can_be_read(api: FakeAPI) -> None:
    """Only the unit of the seeded calls out of scope stays out of it."""
    assert ask(api, api.add_call(org_unit_id=77)).status_code == 200
    assert ask(api, api.add_call(org_unit_id=None)).status_code == 200
    assert ask(api, api.add_call(org_unit_id=1300)).status_code == 403


BAD_MEMBERS: list[tuple[dict[Any, Any], str]] = [
    ({"call_id": 0}, r"/call_id \(minimum, expected at least 1, got integer\)"),
    ({"call_id": "5"}, r"/call_id \(type, expected integer, got string\)"),
    ({"duration": "SECRET"}, r"/duration \(type, expected integer or null, got string\)"),
    ({"disposition": "SECRET"}, r"/disposition \(enum, expected one of ABANDONED, "),
    ({"dispositoin": "BUSY"}, r"/dispositoin \(additionalProperties, expected nothing, got string\)"),
    ({"tags": {}}, r"/tags \(type, expected array or null, got object\)"),
    ({"tags": [{}, {"tag_nam": "SECRET"}]}, r"/tags/1/tag_nam \(additionalProperties"),
    ({"call_detail": {"call_value": "SECRET"}}, r"/call_detail/call_value \(type"),
    ({"call_started": datetime(2026, 1, 1, tzinfo=UTC)}, r"/call_started is not a JSON value \(datetime\)"),
    ({"tags": [{"tag_id": float("nan")}]}, r"/tags/0/tag_id is not a JSON value \(float\)"),
    ({"summary": "\ud800"}, r"/summary is not a JSON value \(str\)"),
    ({"call_flow": {1: "SECRET"}}, r"/call_flow has a member whose name is not a string"),
    ({"call_flow": {"a": {1, 2}}}, r"/call_flow/a is not a JSON value \(set\)"),
]


@pytest.mark.parametrize(("members", "said"), BAD_MEMBERS, ids=range(len(BAD_MEMBERS)))
def test_call_that_does_not_match_the_document_is_rejected(
    api: FakeAPI, members: dict[str, Any], said: str
) -> None:
    """At once, with the place and the rule and without the value; nothing is added or changed."""
    with pytest.raises(ValueError, match=said) as refused:
        api.add_call(members)
    assert "SECRET" not in str(refused.value)

    if "call_id" not in members:
        with pytest.raises(ValueError, match=said):
            api.change_call(DOCUMENTED_CALL_ID, **members)
        assert record(api, DOCUMENTED_CALL_ID) == calls()[DOCUMENTED_CALL_ID]
    assert api.add_call() == 10_000_000


def test_many_deviations_are_counted(api: FakeAPI) -> None:
    """Three are named, the rest is a number."""
    with pytest.raises(ValueError, match=r"/duration .*; /caller_id .*; /a .*; and 2 more\.") as refused:
        api.add_call(duration="x", caller_id=1, a=1, b=1, c=1)
    assert str(refused.value).startswith("The call does not match the document: ")


def test_id_that_is_taken_is_rejected(api: FakeAPI) -> None:
    """A call is not overwritten by accident."""
    api.add_call(call_id=5)
    for call_id in (DOCUMENTED_CALL_ID, FORBIDDEN_CALL_ID, 5):
        with pytest.raises(ValueError, match=f"a call {call_id} already: change it with change_call"):
            api.add_call(call_id=call_id)


# ---------------------------------------------------------------------------- changing and removing


def test_changed_call_has_its_new_members(api: FakeAPI) -> None:
    """The members named are replaced as a whole, the others stay; the seed's own record does not change."""
    before = dict(calls()[DOCUMENTED_CALL_ID])

    api.change_call(DOCUMENTED_CALL_ID, duration=61, tags=[])
    api.change_call(DOCUMENTED_CALL_ID, summary=None)

    assert record(api, DOCUMENTED_CALL_ID) == {**before, "duration": 61, "tags": [], "summary": None}
    assert calls()[DOCUMENTED_CALL_ID] == before
    assert record(FakeAPI(), DOCUMENTED_CALL_ID) == before


def test_id_of_a_call_cannot_be_changed(api: FakeAPI) -> None:
    """It would leave the call under its old id."""
    with pytest.raises(ValueError, match="cannot be changed"):
        api.change_call(DOCUMENTED_CALL_ID, call_id=5)


def test_removed_call_is_not_found(api: FakeAPI) -> None:
    """A seeded one and an added one; the id is free again."""
    added = api.add_call()
    for call_id in (added, DOCUMENTED_CALL_ID):
        api.remove_call(call_id)
        assert ask(api, call_id).status_code == 404

    assert api.add_call(call_id=DOCUMENTED_CALL_ID, duration=3) == DOCUMENTED_CALL_ID
    assert record(api, DOCUMENTED_CALL_ID)["duration"] == 3


def test_unknown_call_can_be_neither_changed_nor_removed(api: FakeAPI) -> None:
    """The error says what to do; a removed call is as unknown as one that never was."""
    api.remove_call(DOCUMENTED_CALL_ID)
    for call_id in (DOCUMENTED_CALL_ID, UNKNOWN_CALL_ID):
        for attempt in (api.change_call, api.remove_call):
            with pytest.raises(ValueError, match=f"There is no call {call_id}: add it with add_call"):
                attempt(call_id)


def test_call_without_an_id_gets_a_free_one(api: FakeAPI) -> None:
    """Each has its own, which no seeded call has; threads may add calls at once."""
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda number: api.add_call(duration=number), range(200)))

    assert len({*ids, *calls()}) == 200 + len(calls())
    assert [record(api, call_id)["duration"] for call_id in ids[:2]] == [0, 1]


# ---------------------------------------------------------------------------- requests


def test_requests_are_recorded(api: FakeAPI) -> None:
    """The received requests, in order, with the status of the response."""
    ask(api, DOCUMENTED_CALL_ID, "tags,summary")
    ask(api, UNKNOWN_CALL_ID)
    api.script("reset")
    with pytest.raises(httpx.ReadError):
        ask(api, 5)
    with httpx.Client(transport=api.transport, base_url="http://fake") as client:
        client.post("/oauth/token", json={"email": "SECRET"})
        client.get(f"{PATH}05")

    assert [(r.method, r.path, r.call_id, r.include, r.status) for r in api.requests] == [
        ("GET", f"{PATH}987654", 987654, ("tags", "summary"), 200),
        ("GET", f"{PATH}404", 404, (), 404),
        ("GET", f"{PATH}5", 5, (), None),
        ("POST", "/oauth/token", None, (), 400),
        ("GET", f"{PATH}05", None, (), 401),
    ]
    assert api.requests[0].headers["host"] == "fake.invalid"
    assert "SECRET" not in repr([vars(request) for request in api.requests])


def test_secrets_of_a_request_are_masked(api: FakeAPI) -> None:
    """The scheme stays, so that a test can see that there was a token."""
    bearer = f"Bearer {DEFAULT_TOKEN}"
    sent = {"Authorization": bearer, "Cookie": "a=SECRET b", "Proxy-Authorization": "SECRET"}
    with httpx.Client(transport=api.transport, base_url=api.base_url) as client:
        client.get("conversations/calls/1", headers=sent)

    headers = api.requests[0].headers
    assert [headers[name.lower()] for name in sent] == ["Bearer ***", "***", "***"]
    assert not {DEFAULT_TOKEN, "SECRET"} & set(repr(vars(api.requests[0])).split())
    assert "***" not in repr(api.requests[0])
    assert DEFAULT_TOKEN not in repr(api)


def test_requests_are_bounded(api: FakeAPI) -> None:
    """A fake that runs for long keeps the last 10,000."""

    async def ask_often() -> None:
        scope = {"type": "http", "method": "GET", "query_string": b"", "headers": [], "path": "/"}

        async def send(_message: object) -> None:
            pass

        receive: Any = None  # no body is read
        for number in range(10_001):
            await api.app({**scope, "path": f"/{number}"}, receive, send)

    asyncio.run(ask_often())

    assert (len(api.requests), api.requests[0].path) == (10_000, "/1")


# ---------------------------------------------------------------------------- the whole


def test_reset_is_a_fresh_start(api: FakeAPI) -> None:
    """Calls, scripts and requests are as in a new fake."""
    api.add_call(call_id=5)
    api.change_call(DOCUMENTED_CALL_ID, duration=1)
    api.remove_call(1)
    api.script("server-error", times=None)
    ask(api, 5)

    api.reset()

    assert api.requests == []
    assert [ask(api, call_id).status_code for call_id in (5, 1)] == [404, 200]
    assert record(api, DOCUMENTED_CALL_ID) == calls()[DOCUMENTED_CALL_ID]


def test_api_is_served_over_http(api: FakeAPI) -> None:
    """The same state is seen and changed from the test's thread, and the addresses are reported."""
    with api.serve() as base_url, httpx.Client(trust_env=False, headers=HEADERS) as client:
        assert (api.base_url, api.oauth_url + "/v3") == (base_url, base_url)
        call_id = api.add_call(disposition="BUSY")
        api.script("bad-gateway")
        responses = [client.get(f"{api.base_url}/conversations/calls/{call_id}") for _ in range(2)]
        account = {"email": api.email, "password": api.password}
        responses.append(client.post(f"{api.oauth_url}/oauth/token", json=account))

    assert [response.status_code for response in responses] == [502, 200, 200]
    assert responses[1].json()["data"]["result"]["disposition"] == "BUSY"
    assert [request.status for request in api.requests] == [502, 200, 200]


def test_seed_and_token_are_the_apis() -> None:
    """As with create_app."""
    api = FakeAPI(seed=7, token="own")

    assert api.token == "own"
    assert ask(api, 1).status_code == 401
    assert ask(FakeAPI(seed=7), 1).json()["data"]["result"]["caller_id"] == calls(7)[1]["caller_id"]
    with pytest.raises(ValueError, match="must not be empty"):
        FakeAPI(token="")


# ---------------------------------------------------------------------------- the clock


def test_clock_moves_on_request() -> None:
    """By a sleep, which is counted and lets other tasks run, and by an advance, which is not."""
    clock = FakeClock(datetime(2026, 5, 6, tzinfo=UTC))
    start = clock.time()
    order: list[str] = []

    async def sleeper(name: str) -> None:
        for _ in range(2):
            order.append(name)
            await clock.sleep_async(1)

    async def main() -> None:
        await asyncio.gather(sleeper("a"), sleeper("b"))

    clock.sleep(2.5)
    asyncio.run(main())
    clock.advance(timedelta(minutes=1))
    clock.advance(0.5)

    assert order == ["a", "b", "a", "b"]
    assert clock.sleeps == [2.5, 1, 1, 1, 1]
    assert clock.monotonic() == 67
    assert clock.time() == start + 67
    assert clock() == datetime(2026, 5, 6, 0, 1, 7, tzinfo=UTC)


def test_clock_starts_at_the_time_of_the_machine() -> None:
    """Unless the test says when, with an offset; it cannot go back."""
    assert abs(FakeClock()() - datetime.now(UTC)) < timedelta(minutes=1)
    with pytest.raises(ValueError, match="needs an offset"):
        FakeClock(datetime(2026, 5, 6))
    for seconds in (-1, float("nan"), timedelta(seconds=-1)):
        with pytest.raises(ValueError, match="cannot go back"):
            FakeClock().advance(seconds)
