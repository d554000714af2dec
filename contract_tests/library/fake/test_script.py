"""Responses that a test scripts for the next requests."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from convirza.fake import (
    DEFAULT_TOKEN,
    DOCUMENTED_CALL_ID,
    SCENARIO_HEADER,
    FakeAPI,
    RecordedRequest,
)

Validate = Callable[[str, object], None]

HEADERS = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
NOT_FOUND = {"code": 404, "message": "No such call."}


@pytest.fixture
def api() -> FakeAPI:
    """A fake of the test's own."""
    return FakeAPI(slow_seconds=3_600)


def ask(api: FakeAPI, call_id: object = DOCUMENTED_CALL_ID, **headers: str) -> httpx.Response:
    with httpx.Client(transport=api.transport, base_url=api.base_url, headers=HEADERS) as client:
        return client.get(f"conversations/calls/{call_id}", headers=headers)


def statuses(api: FakeAPI, *call_ids: object) -> list[int]:
    return [ask(api, call_id).status_code for call_id in call_ids]


def log_in(api: FakeAPI) -> int:
    with httpx.Client(transport=api.transport, base_url=api.oauth_url) as client:
        login = {"email": api.email, "password": api.password}
        return client.post("/oauth/token", json=login).status_code


# ---------------------------------------------------------------------------- which request gets what


def test_responses_are_used_in_order_and_once(api: FakeAPI) -> None:
    """One for each request; None is the normal response; afterwards all are normal."""
    api.script("rate-limited", None, "bad-gateway")
    api.script("server-error")

    assert statuses(api, 1, 1, 1, 1, 1) == [429, 200, 502, 500, 200]

    api.script("server-error", None, times=2)
    assert statuses(api, 1, 1, 1, 1, 1) == [500, 200, 500, 200, 200]

    api.script("unavailable", times=None)  # until the reset
    assert statuses(api, *[1] * 50) == [503] * 50
    api.reset()
    assert statuses(api, 1) == [200]


def test_script_for_one_call_leaves_the_others_alone(api: FakeAPI) -> None:
    """It takes precedence over a script for all, even if it was added later."""
    api.script("server-error")
    api.script("gone", call_id=1)

    assert statuses(api, 1, DOCUMENTED_CALL_ID, 1) == [410, 500, 200]


def test_script_is_for_calls_without_a_path(api: FakeAPI) -> None:
    """A login does not use up what was meant for a call, and may have its own."""
    api.script("server-error")
    api.script("unavailable", path="/oauth/token")

    assert [log_in(api), log_in(api)] == [503, 200]
    assert statuses(api, 1, 1) == [500, 200]


def test_scripted_response_precedes_any_check(api: FakeAPI) -> None:
    """As a gateway would: it does not look at the token or the id."""
    api.script("rate-limited", "not-found")

    assert ask(api, Authorization="Bearer wrong").status_code == 429
    assert statuses(api, "abc", "abc") == [404, 400]


def test_scenario_of_the_request_uses_up_no_script(api: FakeAPI) -> None:
    """The header has the first word."""
    api.script("server-error")

    assert ask(api, **{SCENARIO_HEADER: "gone"}).status_code == 410
    assert statuses(api, 1) == [500]


def test_threads_share_a_script(api: FakeAPI) -> None:
    """Each scripted response is used exactly once, by any thread."""
    api.script("server-error", "gone", times=20)

    with ThreadPoolExecutor(8) as pool:
        given = Counter(pool.map(lambda _: ask(api).status_code, range(60)))

    assert given == {500: 20, 410: 20, 200: 20}


# ---------------------------------------------------------------------------- the responses of scenarios

ERRORS = [
    ("unauthorized", 401, "Invalid or expired access token."),
    ("forbidden", 403, "You do not have access to this call."),
    ("not-found", 404, "Call not found."),
    ("gone", 410, "Recording URL has expired. Please re-fetch the call to get a fresh link."),
    ("rate-limited", 429, "Too many requests."),
    ("server-error", 500, "Internal server error."),
    ("unavailable", 503, "Service unavailable."),
]


@pytest.mark.parametrize(("name", "status", "message"), ERRORS)
def test_error_has_status_and_envelope(
    api: FakeAPI, name: str, status: int, message: str, validate: Validate
) -> None:
    """What the API itself says when it refuses."""
    api.script(name)

    response = ask(api)

    body = response.json()
    assert (response.status_code, body["code"], body["message"]) == (status, status, message)
    validate("Error", body)
    assert response.headers.get("www-authenticate") == ("Bearer" if status == 401 else None)
    assert response.headers.get("retry-after") == ("2" if status == 429 else None)


@pytest.mark.parametrize("name", ["rate-limited", "unavailable"])
@pytest.mark.parametrize(
    ("retry_after", "sent"),
    [
        *((seconds, f"{seconds}") for seconds in (0, 3_600)),
        (datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC), "Wed, 06 May 2026 07:08:09 GMT"),
        (datetime(2026, 5, 6, 7, 8, 9, tzinfo=timezone(timedelta(hours=2))), "Wed, 06 May 2026 05:08:09 GMT"),
    ],
)
def test_retry_after_is_the_tests(api: FakeAPI, name: str, retry_after: int | datetime, sent: str) -> None:
    """In seconds or as a date; only in the responses that may have it."""
    api.script("server-error", name, retry_after=retry_after)

    assert [ask(api).headers.get("retry-after") for _ in range(2)] == [None, sent]


def test_html_and_nothing_come_with_status_200(api: FakeAPI) -> None:
    """A sign-in page of a network, and an empty body that claims to be JSON."""
    api.script("html", "empty")

    html, empty = ask(api), ask(api)

    assert (html.status_code, html.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert html.text.startswith("<html>")
    assert (empty.status_code, empty.headers["content-type"], empty.content) == (200, "application/json", b"")


@pytest.mark.parametrize(
    ("name", "member", "value"),
    [
        ("wrong-type", "duration", "three minutes"),
        ("missing-member", "call_id", None),
        ("unknown-member", "unknown_member", "unknown"),
        ("unknown-disposition", "disposition", "RINGING"),
    ],
)
def test_record_is_malformed_in_one_place(api: FakeAPI, name: str, member: str, value: object) -> None:
    """One member deviates from the document, the rest is the normal response."""
    api.script(name)
    assert ask(api, 404).json()["message"] == "Call not found."  # there is no record in an error
    api.script(name, None)

    spoilt, usual = ask(api).json(), ask(api).json()

    assert spoilt["data"]["result"].pop(member, None) == value
    usual["data"]["result"].pop(member, None)
    assert spoilt["data"] == usual["data"]
    assert spoilt.keys() == usual.keys()


def test_slow_response_waits_as_long_as_scripted(api: FakeAPI) -> None:
    """The delay of the script replaces that of the fake, which here is an hour."""
    api.script("slow", slow_seconds=0.01)

    started = time.monotonic()
    assert ask(api).status_code == 200
    assert 0.01 <= time.monotonic() - started < 20


# ---------------------------------------------------------------------------- custom responses


def test_custom_response_is_returned(api: FakeAPI) -> None:
    """Status, body and headers as they are; a copy, whatever becomes of the test's objects."""
    body: dict[str, Any] = dict(NOT_FOUND)
    api.script((404, body), (404, body, {"X-Request-Cost": "7"}))
    body["message"] = "changed"

    plain, with_headers = ask(api), ask(api)

    assert (plain.status_code, plain.json()) == (404, NOT_FOUND)
    assert (with_headers.headers["x-request-cost"], with_headers.json()) == ("7", NOT_FOUND)


def test_custom_call_is_returned(api: FakeAPI) -> None:
    """A 200 must be an envelope with a call."""
    body = ask(api).json()
    body["data"]["result"]["duration"] = 1
    api.script((200, body))

    assert ask(api).json() == body


BAD_ANSWERS: list[tuple[Any, str]] = [
    ((418, NOT_FOUND), "has no status 418: use 200, 400, 401, 403, 404, 500, or the name of a scenario"),
    ((410, {"code": 410, "message": "Gone."}), "has no status 410"),
    (("404", NOT_FOUND), "has no status 404"),
    ((404, {**NOT_FOUND, "message": 5}), r"response 404 does not match the document: /message \(type, exp"),
    ((404, {**NOT_FOUND, "hint": "SECRET"}), r"/hint \(additionalProperties, expected nothing, got string\)"),
    ((404, {"code": "SECRET", "message": "m"}), r"/code \(type, expected integer, got string\)"),
    ((404, {**NOT_FOUND, "code": 403}), "/code is not the status"),
    ((404, None), r"/ \(type, expected object, got null\)"),
    ((200, NOT_FOUND), r"The response 200 does not match the document: /data \(required"),
    ((404, {**NOT_FOUND, "message": b"SECRET"}), r"/message is not a JSON value \(bytes\)"),
    ((404, NOT_FOUND, {"X-A": "a\r\nX-B: b"}), "is not printable ASCII"),
    ((404, NOT_FOUND, {"X-A": "é"}), "is not printable ASCII"),
    ((404, NOT_FOUND, {"Content-Length": "1"}), "Content-Length is set from the body"),
    ((404,), "A response is a scenario's name"),
    (404, "A response is a scenario's name"),
    ("teapot", "Unknown scenario"),
]


@pytest.mark.parametrize(("answer", "said"), BAD_ANSWERS, ids=range(len(BAD_ANSWERS)))
def test_response_that_does_not_match_the_document_is_rejected(api: FakeAPI, answer: Any, said: str) -> None:
    """At once, with the place and the rule and without the value; nothing of the script is taken."""
    with pytest.raises(ValueError, match=said) as refused:
        api.script("server-error", answer)

    assert "SECRET" not in str(refused.value)
    assert statuses(api, 1) == [200]


@pytest.mark.parametrize(
    ("answers", "options", "said"),
    [
        ((), {}, "Nothing to script"),
        (("gone",), {"times": 0}, "times must be 1 or more"),
        (("gone",), {"retry_after": 1}, "retry_after is for the scenarios rate-limited and unavailable"),
        (("rate-limited",), {"retry_after": -1}, "retry_after must be 0 seconds or more; got -1"),
        (("rate-limited",), {"retry_after": datetime(2026, 1, 1)}, "retry_after needs an offset"),
        (("gone",), {"path": "/oauth/tokn"}, "The fake serves nothing at /oauth/tokn, only /v3/"),
        (("gone",), {"call_id": 0}, "call_id must be a whole number from 1 to 2\\^63-1; got 0"),
        (("gone",), {"call_id": 2**63}, "call_id must be"),
        (("gone",), {"call_id": True}, "call_id must be"),
        (("gone",), {"call_id": "5"}, "call_id must be"),
        (("wrong-type",), {"path": "/oauth/token"}, "wrong-type changes a call record"),
    ],
)
def test_script_without_effect_raises(api: FakeAPI, answers: Any, options: dict[str, Any], said: str) -> None:
    """A setting that cannot apply is a mistake of the test."""
    with pytest.raises(ValueError, match=said):
        api.script(*answers, **options)


def test_callable_decides_at_the_request(api: FakeAPI) -> None:
    """It gets the request and returns whatever can be scripted."""
    seen: list[RecordedRequest] = []

    def decide(request: RecordedRequest) -> Any:
        assert request.query == {"include": "tags"}
        seen.append(request)
        return {1: "gone", 2: (404, NOT_FOUND)}.get(request.call_id or 0)

    api.script(decide, times=None)

    ids = (1, 2, DOCUMENTED_CALL_ID)
    assert statuses(api, *(f"{call_id}?include=tags" for call_id in ids)) == [410, 404, 200]
    assert seen == api.requests
    api.check()


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ("teapot", "Unknown scenario"),
        ((418, {}), "has no status 418"),
        (7, "A response is"),
        (AssertionError("call 1 was not expected"), "call 1 was not expected"),
    ],
)
def test_callable_that_fails_is_reported(api: FakeAPI, returned: Any, said: str) -> None:
    """Its requests get a 500, and the test hears of its first mistake when it checks."""

    def decide(request: RecordedRequest) -> Any:
        if request.call_id != 1:
            raise KeyError("a second mistake")
        if isinstance(returned, Exception):
            raise returned
        return returned

    api.script(decide, times=None)
    responses = [ask(api, call_id) for call_id in (1, 2)]

    assert [response.status_code for response in responses] == [500, 500]
    assert all("FakeAPI.check" in response.json()["message"] for response in responses)
    with pytest.raises((ValueError, AssertionError), match=said):
        api.check()
    api.reset()
    api.check()


def test_response_is_checked_against_the_operation_of_its_path(api: FakeAPI) -> None:
    """A page for the list and tokens for the login are right there and wrong elsewhere."""
    envelope = ask(api).json()
    page = {**envelope, "data": {"total": 0, "calls": []}}
    tokens = {**envelope, "data": {"access_token": "t"}}
    api.script((200, page), path="/v3/conversations/calls")
    api.script((200, tokens), path="/oauth/token")
    with pytest.raises(ValueError, match=r"/data/access_token \(required"):
        api.script((200, page), path="/oauth/token")
    with pytest.raises(ValueError, match=r"/ \(required|/data/result"):
        api.script((200, tokens), path="/v3/conversations/calls/7")
