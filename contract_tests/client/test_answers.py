"""How the client parses a response: a Response, or one of convirza_client.errors."""

import contextlib
import gzip
import json
import os

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convirza_client import AuthenticatedClient, errors
from convirza_client.api.calls import get_call
from support.library import hostile_rows
from support.library.hostile_server import End, head, hostile_server, http
from support.library.json_places import JSON, replaced

TIMES = int(os.environ.get("CONVIRZA_CONTRACT_TIMES", "1"))
ERROR_STATUSES = [400, 401, 403, 404, 500]
DOCUMENTED = [200, *ERROR_STATUSES]


# ---------------------------------------------------------------------------- documented responses


@pytest.mark.parametrize(
    "media_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/hal+json"]
)
def test_json_is_known_by_its_media_type(fetch, responding, documented, media_type):
    """Parameters, case and a +json suffix make no difference."""
    assert fetch(responding(200, json.dumps(documented).encode(), media_type)).parsed


# ---------------------------------------------------------------------------- other statuses


def test_undocumented_status_is_returned_unparsed(responding):
    """Any status from 100 to 599 gives a Response that has the status and no parsed body."""
    for status in {*range(100, 600)} - {*DOCUMENTED}:
        response = get_call.sync_detailed(987654, client=responding(status, b"<html>", "text/html"))
        assert (response.status_code, response.parsed) == (status, None)
        assert isinstance(response.status_code, int)


@pytest.mark.parametrize("status", [201, 302, 429, 502, 520, 599])
def test_undocumented_status_raises_on_request(fetch, responding, status):
    """With raise_on_unexpected_status such a status is UnexpectedStatus."""
    with pytest.raises(errors.UnexpectedStatus, match=str(status)) as caught:
        fetch(responding(status, b"<html>", "text/html", raise_on_unexpected_status=True))
    assert (caught.value.status_code, caught.value.content) == (status, b"<html>")


# ---------------------------------------------------------------------------- bodies that cannot be used


@pytest.mark.parametrize("status", DOCUMENTED)
@pytest.mark.parametrize(
    "content_type", ["text/html", "text/plain", "application/xml", "json", "", None, "a/b, c/d"]
)
def test_another_media_type_is_rejected(fetch, responding, status, content_type):
    """A documented status whose body is not JSON by its media type is UnexpectedContentType."""
    with pytest.raises(errors.UnexpectedContentType) as caught:
        fetch(responding(status, b'{"code": 200, "message": "x"}', content_type))
    known = {"text/html", "text/plain", "application/xml"}
    got = content_type if content_type in known else "another media type" if content_type else "no media type"
    assert str(caught.value) == f"status {status}: expected JSON, got {got}"


NOT_JSON = {
    "empty": b"",
    "html": b"<html>502</html>",
    "truncated": b'{"code": 200, "message": "Suc',
    "not UTF-8": b'{"code": 200, "message": "\xff\xfe"}',
    "half a surrogate in UTF-16": b"\xff\xfe\x00\xd8",
    "NaN": b'{"code": NaN, "message": ""}',
    "Infinity": b'{"code": 404, "message": "", "x": -Infinity}',
    "two documents": b"{}{}",
    "deep list": b"[" * 200_000,
    "deep object": b'{"a":' * 200_000,
    "deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "an endless integer": b'{"code": ' + b"9" * 5000 + b"}",
    "byte order mark only": b"\xef\xbb\xbf",
    "null bytes": b"\x00" * 64,
}


@pytest.mark.parametrize("status", DOCUMENTED)
def test_body_that_is_not_json_is_rejected(fetch, responding, status):
    """A body that is labelled JSON but is not JSON raises InvalidBody, which keeps the body."""
    for content in NOT_JSON.values():
        with pytest.raises(errors.InvalidBody, match="not valid JSON") as caught:
            fetch(responding(status, content))
        assert (caught.value.status_code, caught.value.content) == (status, content)


WRONG_SHAPES = [None, True, 7, 7.5, "text", [], [{}], {}, {"code": 200}, {"data": {}}]


@pytest.mark.parametrize(
    ("status", "body"),
    # any object may be the body of an error
    [
        (each, body)
        for each in DOCUMENTED
        for body in WRONG_SHAPES
        if each == 200 or not isinstance(body, dict)
    ],
)
def test_body_of_another_shape_is_rejected(fetch, responding, status, body):
    """A JSON body that is no envelope is InvalidBody."""
    with pytest.raises(errors.InvalidBody):
        fetch(responding(status, json.dumps(body).encode()))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["code"], "200", "code: expected an integer, got str"),
        (["code"], True, "code: expected an integer, got bool"),
        (["message"], None, "message: expected a string, got NoneType"),
        (["request_id"], "550e8400", "request_id: expected a UUID, got str"),
        (["request_id"], "550e8400-e29b-41d4-a716-446655440000x", "request_id: expected a UUID, got str"),
        (["request_id"], "{550e8400-e29b-41d4-a716-446655440000}", "request_id: expected a UUID, got str"),
        (["timestamp"], "yesterday", "timestamp: expected a date-time, got str"),
        (["data"], [], "data: expected an object, got list"),
        (["data", "result"], "text", "data.result: expected an object, got str"),
        (["data", "result", "call_id"], None, "data.result.call_id: expected an integer, got NoneType"),
        (["data", "result", "call_id"], ..., "data.result.call_id: expected a value, got nothing"),
    ],
)
def test_required_member_that_does_not_fit_is_named(fetch, responding, documented, path, value, message):
    """The error says which member, the expected and the received type, and no value."""
    body = replaced(documented, path, value)
    with pytest.raises(errors.InvalidBody) as caught:
        fetch(responding(200, json.dumps(body).encode()))
    assert str(caught.value) == f"status 200: {message}"


@given(
    content=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()),
    content_type=st.sampled_from(["application/json", "application/json", "text/html", "?/?"]),
    status=st.sampled_from([*DOCUMENTED, 204, 429, 520]),
)
@settings(max_examples=TIMES * 200)
def test_any_body_is_a_response_or_our_error(responding, content, content_type, status):
    """Whatever a server sends, nothing but ClientError is raised."""
    with contextlib.suppress(errors.ClientError):
        get_call.sync_detailed(1, client=responding(status, content, content_type))


# ---------------------------------------------------------------------------- the wire itself


@pytest.fixture(scope="module")
def server():
    """A server that sends what a test says."""
    with hostile_server() as server:
        yield server


BROKEN = {
    **hostile_rows.BROKEN,
    "101": hostile_rows.STATUSES["101"].steps,
    "reset": [End.RESET],
    "a token for a status": [b"canary-token 200\r\n\r\n"],
    "two lengths": [head(200, {"Content-Length": "2"})[:-2] + b"Content-Length: 3\r\n\r\n{}"],
    "broken gzip": http(200, b"gzip", {"Content-Encoding": "gzip"}),
    "half a gzip": http(200, gzip.compress(b"{}")[:12], {"Content-Encoding": "gzip"}),
}


def test_broken_response_is_a_transport_error(fetch, server):
    """A response that is no complete HTTP message is TransportError, in one short line."""
    for name, steps in BROKEN.items():
        server.will(steps)
        with pytest.raises(errors.TransportError) as caught:
            fetch(AuthenticatedClient(base_url=server.url, token="t"))
        assert type(caught.value) is errors.TransportError, name
        message = str(caught.value)
        assert message.startswith("GET /conversations/calls/987654: "), name
        assert len(message) < 200, name
        assert "\n" not in message, name
        assert "canary" not in message, name


def test_silent_server_is_a_timeout(fetch, server):
    """A server that does not respond in time is Timeout."""
    server.will([End.HOLD])
    with pytest.raises(errors.Timeout, match="ReadTimeout"):
        fetch(AuthenticatedClient(base_url=server.url, token="t", timeout=httpx.Timeout(0.2)))


@pytest.mark.parametrize(
    "base_url", ["", "api.test", "ftp://api.test", "http://[::1", "http://a b/", "http://host:port"]
)
def test_impossible_base_url_is_a_transport_error(base_url):
    """A base URL that httpx cannot use is TransportError too."""
    with pytest.raises(errors.TransportError):
        get_call.sync_detailed(1, client=AuthenticatedClient(base_url=base_url, token="t"))


@pytest.mark.parametrize("follow", [False, True])
@pytest.mark.parametrize(
    "location",
    [
        *("http://[", "http://a b", "//", "http://xn--\xff", "javascript:1", "\x01", "http://xn--a/"),
        "http://a..b/",
        *(f"http://{'a' * 64}/", "http://127.0.0.1:99999/", "http://[fe80::1%nope]/", "/loop"),
    ],
)
def test_redirect_that_leads_nowhere_is_survived(fetch, server, location, follow):
    """A Location that is no URL or host, or a circle, gives a Response or a TransportError."""
    server.will(http(302, b"", {"Location": location, "Connection": "close"}))
    client = AuthenticatedClient(base_url=server.url, token="t", follow_redirects=follow)
    try:
        assert fetch(client).status_code == 302
    except errors.TransportError as error:
        assert error.__context__ is None
