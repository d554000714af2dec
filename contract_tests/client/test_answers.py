"""How the client parses a response: a Response, or one of convirza_client.errors."""

import gzip
import json
import os
import socket

import attrs
import httpx
import pytest
import respx
from hypothesis import given, settings
from hypothesis import strategies as st

from convirza_client import AuthenticatedClient, errors
from convirza_client.api.calls import get_call
from convirza_client.models import Call, CallResponse, Error
from support.contract import media
from support.library.hostile_server import End, hostile_server

TIMES = int(os.environ.get("CONVIRZA_CONTRACT_TIMES", "1"))
ERROR_STATUSES = [400, 401, 403, 404, 500]
DOCUMENTED = [200, *ERROR_STATUSES]


def usable(fetch_or_call) -> object:
    """The parsed response or our error; any other exception fails the test."""
    try:
        return fetch_or_call()
    except errors.ClientError as error:
        return error


# ---------------------------------------------------------------------------- documented responses


def test_documented_call_is_returned(fetch, client, documented):
    """The documented 200 response becomes a CallResponse that writes back the same JSON."""
    with respx.mock() as router:
        router.get(f"{client._base_url}/conversations/calls/987654").respond(200, json=documented)
        response = fetch(client)
    assert response.status_code == 200
    assert isinstance(response.parsed, CallResponse)
    assert json.dumps(response.parsed.to_dict(), sort_keys=True) == json.dumps(documented, sort_keys=True)


@pytest.mark.parametrize("status", ERROR_STATUSES)
def test_each_documented_error_is_returned(fetch, responding, status):
    """Each error example becomes an Error with its status."""
    for example in media(status)["examples"].values():
        response = fetch(responding(status, json.dumps(example["value"]).encode()))
        assert response.status_code == status
        assert isinstance(response.parsed, Error)
        assert response.parsed.to_dict() == example["value"]


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
    body = json.loads(json.dumps(documented))
    place = body
    for key in path[:-1]:
        place = place[key]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    with pytest.raises(errors.InvalidBody) as caught:
        fetch(responding(200, json.dumps(body).encode()))
    assert str(caught.value) == f"status 200: {message}"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3)
    ),
    max_leaves=8,
)


@given(body=JSON, status=st.sampled_from([*DOCUMENTED, 204, 429, 520]))
@settings(max_examples=TIMES * 150)
def test_any_json_is_a_response_or_our_error(responding, body, status):
    """Whatever JSON a server sends, nothing but ClientError is raised."""
    client = responding(status, json.dumps(body).encode())
    usable(lambda: get_call.sync_detailed(1, client=client))


@given(data=st.data(), value=JSON)
@settings(max_examples=TIMES * 200)
def test_any_value_in_any_place_is_kept_or_refused(responding, data, value):
    """One member of the record replaced by anything: the record is still returned exactly, or the one
    required member is named."""
    body = json.loads(json.dumps(media(200)["examples"]["documented"]["value"]))
    place, name = body["data"]["result"], ""
    while True:
        name = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[name], dict | list) or not place[name] or data.draw(st.booleans()):
            break
        place = place[name]
    place[name] = value
    wire = json.loads(json.dumps(body))
    outcome = usable(lambda: get_call.sync(1, client=responding(200, json.dumps(body).encode())))
    if isinstance(outcome, errors.InvalidBody):
        assert "data.result.call_id" in str(outcome)
    else:
        assert isinstance(outcome, CallResponse)
        assert outcome.to_dict() == wire


@given(
    content=st.binary(max_size=200), content_type=st.sampled_from(["application/json", "text/html", "?/?"])
)
@settings(max_examples=TIMES * 100)
def test_any_bytes_give_a_response_or_our_error(responding, content, content_type):
    """Whatever bytes a server sends, nothing but ClientError is raised."""
    usable(lambda: get_call.sync_detailed(1, client=responding(200, content, content_type)))


@given(
    record=st.dictionaries(st.sampled_from([member.name for member in attrs.fields(Call)]) | st.text(), JSON)
)
@settings(max_examples=TIMES * 50)
def test_any_object_with_an_id_is_a_call(record):
    """from_dict accepts any object that has a call_id, and to_dict returns it."""
    wire = {**record, "call_id": 1}
    assert Call.from_dict(wire).to_dict() == wire


# ---------------------------------------------------------------------------- the wire itself


@pytest.fixture(scope="module")
def server():
    """A server that sends what a test says."""
    with hostile_server() as server:
        yield server


def http(status: str, *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode("latin-1") + body


JSON_TYPE = "Content-Type: application/json"
BROKEN = {
    "nothing": b"",
    "garbage": b"\x00\x01\x02 what is this\r\n\r\n",
    "a token for a status": b"canary-token 200\r\n\r\n",
    "no status": b"HTTP/1.1\r\n\r\n",
    "status of two digits": http("20 OK"),
    "half a header": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "an endless header": http("200 OK", "X: " + "x" * 200_000),
    "a header with a null": http("200 OK", "X: a\x00b"),
    "an impossible length": http("200 OK", JSON_TYPE, "Content-Length: many"),
    "two lengths": http("200 OK", JSON_TYPE, "Content-Length: 2", "Content-Length: 3", body=b"{}"),
    "truncated by length": http("200 OK", JSON_TYPE, "Content-Length: 500", body=b'{"code": 200'),
    "truncated chunks": http("200 OK", JSON_TYPE, "Transfer-Encoding: chunked", body=b'ff\r\n{"code"'),
    "broken chunks": http("200 OK", JSON_TYPE, "Transfer-Encoding: chunked", body=b"zz\r\n{}\r\n0\r\n\r\n"),
    "broken gzip": http("200 OK", JSON_TYPE, "Content-Encoding: gzip", "Content-Length: 4", body=b"gzip"),
    "half a gzip": http(
        "200 OK", JSON_TYPE, "Content-Encoding: gzip", "Content-Length: 12", body=gzip.compress(b"{}")[:12]
    ),
    "100 and no more": http("100 Continue"),
    "101": http("101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"),
    "another protocol": b"SSH-2.0-OpenSSH_9.2p1\r\n",
}


def test_broken_response_is_a_transport_error(fetch, server):
    """A response that is no complete HTTP message is TransportError, in one short line."""
    for name, response in BROKEN.items():
        server.will([response])
        with pytest.raises(errors.TransportError) as caught:
            fetch(AuthenticatedClient(base_url=server.url, token="t"))
        message = str(caught.value)
        assert message.startswith("GET /conversations/calls/987654: "), name
        assert len(message) < 200, name
        assert "\n" not in message, name
        assert "canary" not in message, name


def test_reset_connection_is_a_transport_error(fetch, server):
    """A connection that the server resets is TransportError."""
    server.will([End.RESET])
    with pytest.raises(errors.TransportError):
        fetch(AuthenticatedClient(base_url=server.url, token="t"))


def test_closed_port_is_a_transport_error(fetch):
    """A host that does not listen is TransportError, which says so."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(errors.TransportError, match="ConnectError") as caught:
        fetch(AuthenticatedClient(base_url=f"http://127.0.0.1:{port}", token="t"))
    assert not isinstance(caught.value, errors.Timeout)


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


ODD = {
    "520": http("520 Web Server Returned an Unknown Error", "Content-Length: 0"),
    "599": http("599", "Content-Length: 0"),
    "999": http("999 No", "Content-Length: 0"),
    "204": http("204 No Content"),
    "a reason in Latin-1": http("429 Zu viel für mich", "Content-Length: 0"),
    "a location that is none": http("302 Found", "Location: /next", "Content-Length: 0"),
    "a cookie that is none": http("502 Bad", "Set-Cookie: =;;;=\xff; Max-Age=never", "Content-Length: 0"),
    "an unknown encoding": http("503 No", "Content-Encoding: bzip9", "Content-Length: 2", body=b"xx"),
    "retry after": http("429 Too Many Requests", "Retry-After: soon", "Content-Length: 0"),
}


def test_odd_response_is_a_response(fetch, server):
    """A response that is odd and complete is a Response without a parsed body."""
    for name, sent in ODD.items():
        server.will([sent])
        response = fetch(AuthenticatedClient(base_url=server.url, token="t"))
        assert (response.status_code, response.parsed) == (int(sent[9:12]), None), name


@pytest.mark.parametrize("follow", [False, True])
@pytest.mark.parametrize(
    "location",
    [
        *(
            "http://[",
            "http://a b",
            "//",
            "http://xn--\xff",
            "javascript:1",
            "\x01",
            "http://xn--a/",
            "http://a..b/",
        ),
        *(f"http://{'a' * 64}/", "http://127.0.0.1:99999/", "http://[fe80::1%nope]/", "/loop"),
    ],
)
def test_redirect_that_leads_nowhere_is_survived(fetch, server, location, follow):
    """A Location that is no URL or host, or a circle, gives a Response or a TransportError."""
    redirect = http("302 Found", f"Location: {location}", "Content-Length: 0", "Connection: close")
    server.will([redirect])
    client = AuthenticatedClient(base_url=server.url, token="t", follow_redirects=follow)
    outcome = usable(lambda: fetch(client))
    if isinstance(outcome, errors.TransportError):
        assert outcome.__context__ is None
    else:
        assert outcome.status_code == 302
