"""What holds for any operation: retries that cannot act twice, requests without a method, lists, tokens."""

import json
from collections.abc import Generator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

import convirza
from convirza import Convirza, ConvirzaError
from convirza.fake import FakeAPI, FakeClock
from support.library.ways import URL, Script

OAUTH_URL = "https://oauth.test"
DAY = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC)


class Server(Script):
    """A server for a sync client."""

    def client(self, **options: Any) -> Convirza:
        """A client whose requests are sent here."""
        http = httpx.Client(transport=httpx.MockTransport(self))
        given = {"token": "canary-token", "base_url": URL, "drift": "off", "clock": FakeClock(), **options}
        return Convirza(http_client=http, **given)


# ---------------------------------------------------------------------------- retries


@pytest.mark.parametrize(
    ("method", "steps", "requests"),
    [
        ("GET", [503], 4),
        ("PUT", ["ReadError"], 4),
        ("DELETE", [429], 4),
        ("POST", [503], 1),
        ("POST", [429], 1),
        ("POST", ["ReadError"], 1),
        ("POST", ["ReadTimeout"], 1),
        ("PATCH", ["RemoteProtocolError"], 1),
        # nothing was sent
        ("POST", ["ConnectError"], 4),
        ("POST", ["ConnectTimeout"], 4),
        ("PATCH", ["PoolTimeout"], 4),
        # nothing was sent at first
        ("POST", ["ConnectError", 503], 2),
        ("POST", ["ConnectError", "ConnectError", "ReadError"], 3),
    ],
)
def test_nothing_acts_twice(method, steps, requests):
    """What is not safe to repeat is sent again only if nothing of it was sent."""
    server = Server(*steps)
    with pytest.raises(ConvirzaError) as caught:
        server.client().request(method, "/tag", json={"name": "Lead"})
    assert len(server.requests) == caught.value.attempts == requests


def test_refused_token_is_replaced_for_any_method():
    """A 401 says that nothing was done, so a POST is sent again with a new token, once."""
    pair = {"access_token": "canary-2", "refresh_token": "canary-r"}
    server = Server({"access_token": "canary-1"}, 401, pair, {"data": {}})
    auth = convirza.PasswordAuth("a@b.example", "p", oauth_url=OAUTH_URL)
    response = server.client(token=None, auth=auth).request("POST", "/tag", json={})
    assert response.status_code == 200
    sent = [request.headers.get("authorization") for request in server.requests]
    assert sent == [None, "Bearer canary-1", None, "Bearer canary-2"]


def test_operation_without_security_gets_no_token():
    """What the document has without security is sent without the token; what it does not have, with it."""
    server = Server({"data": {}})
    for path in ("/oauth/revoke-token", "/oauth/other"):
        server.client().request("POST", path, json={})
    sent = [request.headers.get("authorization") for request in server.requests]
    assert sent == [None, "Bearer canary-token"]


# ---------------------------------------------------------------------------- requests without a method


def test_request_is_sent_as_passed():
    """Method, path, parameters, body and headers arrive; a header of the client does not replace its own."""
    server = Server({"data": [1]})
    client = server.client(headers={"x-a": "1", "content-type": "text/plain"})
    params = {"start": DAY[0], "tags": ["a,b", "c"], "active": True, "none": None}
    response = client.request("post", "/tag/7%20", params=params, json={"n": 1}, headers={"x-b": "2"})
    client.request("GET", "/users", headers={"x-b": "3"})
    request, second = server.requests
    assert (second.method, second.headers["x-a"], second.headers["x-b"]) == ("GET", "1", "3")
    assert (request.method, request.url.raw_path.decode()) == (
        "POST",
        "/v3/tag/7%20?start=2026-02-01T00%3A00%3A00.000Z&tags=a%2Cb,c&active=true",
    )
    assert json.loads(request.content) == {"n": 1}
    headers = [request.headers[name] for name in ("content-type", "x-a", "x-b", "authorization")]
    assert headers == ["application/json", "1", "2", "Bearer canary-token"]
    assert response.parsed == {"data": [1]}


@pytest.mark.parametrize(
    "path",
    [
        *("", "users", "//evil.test/users", "/../users", "/a/./b", "https://evil.test/", "/a?b=1", "/a#b"),
        *("/a\\b", "/a b", "/ä", "/a\n", "@evil.test/", 5, "/a//b"),
    ],
)
def test_path_cannot_leave_the_base_url(path):
    """Nothing but a path below the base URL is accepted."""
    server = Server(200)
    with pytest.raises(ValueError, match="path is not valid: pass a path below the base URL"):
        server.client().request("GET", path)
    assert server.requests == []


def test_error_hides_what_may_be_personal_in_a_path():
    """A part with a digit may be a phone number."""
    with pytest.raises(convirza.NotFoundError) as caught:
        Server(404).client().request("GET", "/phone-numbers/18015551234/calls", params={"a": "18015551234"})
    assert caught.value.path == "/phone-numbers/*/calls"
    assert "1801" not in f"{caught.value} {vars(caught.value)}"


def test_documented_response_is_compared():
    """A request for an operation of the document, with any id, deviates as the operation's method does."""
    server = Server({"data": {"result": {"call_id": "7"}}})
    with pytest.raises(convirza.DriftError) as caught:
        server.client(drift="strict").request("get", "/conversations/calls/7")
    assert caught.value.path == "/conversations/calls/{id}"
    assert "get_call" in {deviation.operation for deviation in caught.value.deviations}


# ---------------------------------------------------------------------------- the token service


def test_login_keeps_to_the_settings_of_the_client():
    """Timeout and retries are those of the client, and the error says how often it was tried."""
    server = Server(503)
    client = server.client(token=None, email="a@b.example", password="p", oauth_url=OAUTH_URL, timeout=5)
    for max_retries in (0, 2):
        server.requests.clear()
        with pytest.raises(convirza.ServerError) as caught:
            client.calls.get(7, max_retries=max_retries)
        assert (caught.value.path, caught.value.attempts) == ("/oauth/token", max_retries + 1)
        assert len(server.requests) == max_retries + 1
    assert set(server.timeouts) == {5}


def test_strict_drift_loses_no_token():
    """A new member in the response of the login is reported; the tokens are used."""
    found: list[Any] = []
    call = {"data": {"result": {"call_id": 7}}}
    server = Server({"data": {"access_token": "canary-1", "mood": 1}}, call)
    client = server.client(
        token=None,
        email="a@b.example",
        password="p",
        oauth_url=OAUTH_URL,
        drift="strict",
        on_deviation=found.append,
    )
    with pytest.raises(ConvirzaError):
        client.calls.get(7)
    assert len(server.requests) == 2
    assert ("log_in", "/data/mood") in [(one.operation, one.pointer) for one in found]


# ---------------------------------------------------------------------------- lists


@pytest.fixture
def fake() -> Generator[tuple[FakeAPI, Convirza]]:
    """The fake and a client for it."""
    api = FakeAPI()
    with api.serve() as url, Convirza(base_url=url, token=api.token, drift="strict") as client:
        yield api, client


def test_period_is_listed_completely(fake):
    """Each call of the period once, in few requests, whatever the filters; count agrees."""
    _, client = fake
    calls = client.calls.list("2026-01-01", "2026-04-05", include=["tags"])
    ids = [call.call_id for call in calls]
    assert len(ids) == len(set(ids)) == calls.count() > 1_000
    assert any(isinstance(call.tags, list) for call in client.calls.list(*DAY, include=["tags"]))
    missed = client.calls.list(
        "2026-01-01", "2026-04-05", disposition=["NO ANSWER", "BUSY"], org_unit_id=1200
    )
    wanted = {("NO ANSWER", 1200), ("BUSY", 1200)}
    assert {(call.disposition, call.org_unit_id) for call in missed} == wanted
    assert len(list(client.calls.list("2026-01-01", "2026-04-05", max_items=250))) == 250


def test_list_is_resumed_after_its_last_complete_window(fake):
    """What is left is what an undisturbed list would have returned; another query is refused."""
    _, client = fake
    period = "2026-01-01", "2026-04-05"
    pages = list(client.calls.list(*period).pages())
    complete = None
    for page in pages:
        assert page.window_total is not None or page.resume == complete
        complete = page.resume
    done = next(index for index, page in enumerate(pages) if page.window_total is not None)
    rest = client.calls.list(*period, resume=pages[done].resume)
    expected = [call.call_id for page in pages[done + 1 :] for call in page.items]
    assert [call.call_id for call in rest] == expected != []
    with pytest.raises(ValueError, match="another query"):
        client.calls.list(*period, resume=pages[done].resume, campaign_id=5)


@pytest.mark.parametrize(
    ("data", "ids", "misfits"),
    [
        ({"total": 2, "conversation": [{"call_id": 1}, {"call_id": 2}]}, [1, 2], []),
        ({"total": 3, "calls": [{"call_id": 1}, 5, {"call_id": "x"}]}, [1], [5, {"call_id": "x"}]),
        ({"total": 1, "filters": [{"call_id": 2}], "calls": [{"call_id": 1}]}, [1], []),
        ({"total": 0, "filters": [], "calls": []}, [], []),
        ({"total": 0, "rows": []}, [], []),
        ([{"call_id": 1}], [1], []),
    ],
)
def test_page_is_read_leniently(data, ids, misfits):
    """Whatever the name of the array; an odd item is kept aside and loses no page."""
    page = Server({"data": data}).client().calls.list_page()
    assert ([call.call_id for call in page.items], page.misfits) == (ids, misfits)
    assert "call_id" not in repr(page)


@pytest.mark.parametrize("data", [None, {}, "x", {"a": [{}], "b": [{}]}, {"total": 1, "calls": {}}])
def test_page_without_an_array_raises(data):
    """An empty list is never made up."""
    with pytest.raises(convirza.ResponseError, match="data has no array calls"):
        Server({"data": data}).client().calls.list_page()


@pytest.mark.parametrize(
    ("status", "kind"), [(400, convirza.BadRequestError), (401, convirza.AuthenticationError)]
)
def test_list_that_the_api_refuses_raises(status, kind):
    """A 400 for a first page is not about its offset; the error has the operation's path, and no call."""
    with pytest.raises(kind) as caught:
        list(Server(status).client().calls.list(*DAY))
    error = caught.value
    assert (error.method, error.path, error.call_id) == ("GET", "/conversations/calls", None)


@pytest.mark.parametrize("concurrency", [1, 2])
def test_calls_before_a_failure_are_yielded(concurrency):
    """A window whose second page fails has yielded its first page."""
    first = [{"call_id": number, "call_started": DAY[0].isoformat()} for number in range(1, 6)]
    server = Server({"data": {"total": 9, "calls": first}}, 500)
    calls = server.client(max_retries=0).calls.list(*DAY, page_size=5, concurrency=concurrency)
    seen = []
    with pytest.raises(convirza.ServerError):
        for call in calls:
            seen.append(call.call_id)
    assert seen == [1, 2, 3, 4, 5]


def test_list_that_cannot_be_proved_raises():
    """A total that is never reached is an error, not a short list."""
    server = Server({"data": {"total": 2, "calls": [{"call_id": 1}]}})
    with pytest.raises(convirza.IncompleteListError, match="cannot be read completely"):
        list(server.client(max_retries=0).calls.list(*DAY))


EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-1))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda calls: calls.list(datetime(2026, 2, 1)), "start has no time zone"),
        (lambda calls: calls.list("2026-02-02", "2026-02-01"), "start must be before"),
        (lambda calls: calls.list(*DAY, page_size=201), "page_size 201 is out of range"),
        (lambda calls: calls.list(*DAY, campaign_id="x"), "campaign_id 'x' is not the id of a campaign"),
        (lambda calls: calls.list(*DAY, disposition=[]), "disposition is empty"),
        (lambda calls: calls.list(*DAY, caller_id="Jane"), "caller_id is not a phone number"),
        (lambda calls: calls.list_page(limit=0), "limit 0 is out of range"),
        (lambda calls: calls.list_page(start=datetime(2026, 2, 1)), "start is not a datetime with"),
        (lambda calls: calls.list_page(start=datetime.min.replace(tzinfo=EAST)), "start is out of range"),
        (lambda calls: calls.list_page(end=datetime.max.replace(tzinfo=WEST)), "end is out of range"),
    ],
)
def test_invalid_argument_of_a_list_raises(call, says):
    """Before anything is sent, in one line that names the argument."""
    server = Server(200)
    with pytest.raises(ValueError, match=says) as caught:
        call(server.client().calls)
    assert "\n" not in str(caught.value)
    assert "Jane" not in str(caught.value)
    assert server.requests == []


def test_unknown_filter_raises():
    """A misspelt filter would otherwise list everything."""
    with pytest.raises(TypeError, match="unknown filter 'campaign': use org_unit_id"):
        Server(200).client().calls.list(*DAY, campaign=5)  # type: ignore[call-arg]


def test_sms_conversations_are_listed(fake):
    """All of a type, each once; a total that is not reached is an error."""
    _, client = fake
    closed = list(client.sms.list(type="close", order="asc"))
    assert len(closed) == len({one.conversation_id for one in closed}) == 80
    assert closed == sorted(closed, key=lambda one: one.conversation_updated)
    latest = client.sms.list_page(type="close", limit=3)
    assert (latest.items, latest.total) == (closed[:-4:-1], 80)
    assert len(client.sms.list_page(limit=3, search="call").items) == 3
    free = list(client.sms.list(type="unassigned"))
    assert free
    assert {(one.closed_at, one.ct_user_id) for one in free} == {(None, None)}
    assert list(client.sms.list(type="unassigned", search=free[0].message.upper())) == [
        one for one in free if free[0].message in one.message
    ]
    assert list(client.sms.list(search="no message has this")) == []
    with pytest.raises(convirza.BadRequestError):
        client.sms.list_page(type="nothing")
    with pytest.raises(convirza.IncompleteListError, match="list again"):
        list(Server({"data": {"total": 2, "conversation": []}}).client().sms.list())
