"""What clients and errors keep to themselves, and what copies of a client share."""

import asyncio
import copy
import json
import logging
import pickle
import ssl
import traceback

import httpx
import pytest

from convirza_client import AuthenticatedClient, Client, errors
from convirza_client.api.calls import get_call

CANARY = "canary-token-9f8e7d"
SECRETS = {
    "token": CANARY,
    "headers": {"X-Key": CANARY},
    "cookies": {"session": CANARY},
    "httpx_args": {"params": {"key": CANARY}},
}


def shown(value: object) -> str:
    return f"{value!r} {value!s} {value}"


@pytest.mark.parametrize("opened", [False, True])
def test_client_shows_no_secret(opened):
    """repr and str have neither token, header, cookie, nor the secrets of the base URL."""
    client = AuthenticatedClient(base_url=f"https://user:{CANARY}@api.test/v3?key={CANARY}", **SECRETS)
    if opened:
        client.get_httpx_client()
    assert CANARY not in shown(client)
    assert "https://api.test/v3" in repr(client)
    assert CANARY not in shown(Client(base_url="https://api.test", headers={"X-Key": CANARY}))


def test_client_is_not_pickled_or_copied():
    """A client holds a token and connections: pickle refuses, and says so without the token."""
    headers = {"X-Key": CANARY}
    for client in (
        AuthenticatedClient(base_url="https://api.test", **SECRETS),
        Client(base_url="https://api.test", headers=headers),
    ):
        for copied in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match=r"^a client holds secrets .* create another$") as caught:
                copied(client)
            assert CANARY not in shown(caught.value)


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "ending\n", "trailing ", "crème", "\x00", "‐"])
def test_token_that_no_header_carries_is_rejected(token):
    """The refusal names the argument and not the token, in its traceback neither."""
    with pytest.raises(ValueError, match=r"^token: ") as caught:
        AuthenticatedClient(base_url="https://api.test", token=token)
    assert token.strip() not in str(caught.value)


def test_nothing_secret_is_logged(fetch, documented, caplog):
    """At DEBUG no logger, httpx's and httpcore's among them, has the token, a header or a cookie."""
    caplog.set_level(logging.DEBUG)
    secrets = {"token": CANARY, "headers": {"X-Key": CANARY}, "cookies": {"session": CANARY}}
    with pytest.raises(errors.TransportError):
        fetch(AuthenticatedClient(base_url="http://127.0.0.1:9", **secrets))
    answer = httpx.MockTransport(lambda _: httpx.Response(200, json=documented))
    fetch(AuthenticatedClient(base_url="https://api.test", httpx_args={"transport": answer}, **secrets))
    assert "200 OK" in caplog.text, "nothing was logged: this test would see nothing"
    assert "connect_tcp" in caplog.text
    assert CANARY not in caplog.text


ERRORS = [
    errors.TransportError("ConnectError", "GET /x", "Connection refused"),
    errors.Timeout("ReadTimeout", "GET /x"),
    errors.UnexpectedStatus(520, b"CANARY"),
    errors.UnexpectedContentType(200, b"CANARY", "expected JSON, got text/html"),
    errors.InvalidBody(200, b"CANARY", "the body is not valid JSON"),
    errors.ParseError("an integer", "str", "data.result"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))]
)
def test_errors_survive_copy_and_pickle(error, copied):
    """A copy has the same type, message and facts, and no body."""
    again = copied(error)
    assert (type(again), str(again), repr(again)) == (type(error), str(error), repr(error))
    kept, had = vars(again), vars(error)
    assert {**kept, "content": None} == {**had, "content": None}
    assert kept.get("content", b"") == b""


def test_messages_are_one_line_without_an_empty_end():
    """A message ends where there is no more to say."""
    assert [str(error) for error in ERRORS] == [
        "GET /x: ConnectError: Connection refused",
        "GET /x: ReadTimeout",
        "status 520: not a documented status code",
        "status 200: expected JSON, got text/html",
        "status 200: the body is not valid JSON",
        "data.result: expected an integer, got str",
    ]


def test_every_error_has_its_place_in_the_hierarchy():
    """`except` of a base catches what is documented and nothing else; the list above has each exception."""
    bases = {getattr(errors, name): getattr(errors, name).__bases__ for name in errors.__all__}
    transport, response = (errors.TransportError,), (errors.ResponseError,)
    assert bases == {
        errors.ClientError: (Exception,),
        errors.TransportError: (errors.ClientError,),
        errors.Timeout: transport,
        errors.ResponseError: (errors.ClientError,),
        errors.UnexpectedStatus: response,
        errors.UnexpectedContentType: response,
        errors.InvalidBody: response,
        errors.ParseError: (errors.ClientError,),
    }
    assert {type(error) for error in ERRORS} == bases.keys() - {errors.ClientError, errors.ResponseError}


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"Bearer " + CANARY.encode(), "text/html"),
        (200, b"", f"text/{CANARY}"),
        (200, CANARY.encode(), "application/json"),
        (200, json.dumps({CANARY: CANARY}).encode(), "application/json"),
        (200, json.dumps({"code": CANARY}).encode(), "application/json"),
        (520, CANARY.encode(), CANARY),
    ],
    ids=lambda answer: answer[2][:9],
)
def test_error_does_not_repeat_what_a_server_sent(fetch, responding, answer):
    """A token that the server echoes is not in the message, the traceback or the pickle of the error."""
    with pytest.raises(errors.ResponseError) as caught:
        fetch(responding(*answer, raise_on_unexpected_status=True))
    error = caught.value
    assert error.__context__ is None
    assert CANARY not in shown(error)
    assert CANARY not in "".join(traceback.format_exception(error))
    assert CANARY.encode() not in pickle.dumps(error)


def test_transport_error_does_not_lead_to_the_request(fetch):
    """httpx's exceptions hold the request and so the token: none hangs on ours where reporters look."""
    client = AuthenticatedClient(
        base_url="http://127.0.0.1:9", token=CANARY, headers={"X-Key": f"{CANARY}\n"}
    )
    with pytest.raises(errors.TransportError) as caught:
        fetch(client)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert CANARY not in "".join(traceback.format_exception(caught.value))
    assert CANARY.encode() not in pickle.dumps(caught.value)


BOTH = pytest.mark.parametrize(
    "make",
    [Client, lambda **settings: AuthenticatedClient(token="t", **settings)],
    ids=["Client", "Authenticated"],
)


@BOTH
def test_defaults_are_the_safe_ones(make):
    """Certificates are checked, redirects not followed, undocumented statuses not raised; timeouts end."""
    client = make(base_url="https://api.test")
    assert client._verify_ssl is True
    assert client.raise_on_unexpected_status is False
    for inner in (client.get_httpx_client(), client.get_async_httpx_client()):
        assert inner.follow_redirects is False
        assert all(0 < seconds <= 60 for seconds in inner.timeout.as_dict().values())
    with pytest.raises(TypeError):
        type(client)("https://api.test", False)  # all else is by keyword, but for the token


@pytest.mark.parametrize("asynchronous", [False, True])
def test_client_without_a_token_sends_none(asynchronous):
    """Client does what AuthenticatedClient does, but for the header; its errors are the same."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v3/broken":
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(200, json=dict(request.headers))

    settings = {"verify_ssl": False, "follow_redirects": True, "headers": {"X-A": "1"}, "cookies": {"b": "2"}}
    transport = httpx.MockTransport(answer)
    client = Client(base_url="https://api.test/v3", httpx_args={"transport": transport}, **settings)

    def request(url: str) -> httpx.Response:
        if asynchronous:
            return asyncio.run(client.request_async(method="get", url=url))
        return client.request(method="get", url=url)

    sent = request("/sound").json()
    assert (sent["x-a"], sent["cookie"]) == ("1", "b=2")
    assert "authorization" not in sent
    with pytest.raises(errors.TransportError, match=r"^GET /broken: ConnectError: refused$"):
        request("/broken")


@BOTH
def test_client_is_its_own_context(make):
    """`with` and `async with` return the client itself, and enter and close httpx's, which works once."""
    client = make(base_url="https://api.test")
    inner, inner_async = client.get_httpx_client(), client.get_async_httpx_client()
    with client as entered:
        assert (entered is client, inner.is_closed) == (True, False)

    async def enter() -> object:
        async with client as entered:
            return entered

    assert asyncio.run(enter()) is client
    assert (inner.is_closed, inner_async.is_closed) == (True, True)
    with pytest.raises(RuntimeError, match="closed"), client:
        pass
    with pytest.raises(RuntimeError, match="closed"):
        asyncio.run(enter())


@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
def test_httpx_gets_every_setting(monkeypatch, kind):
    """verify_ssl, follow_redirects and the others are arguments of httpx's client, sync and async."""
    given, inner = {}, httpx.Client()
    monkeypatch.setattr(httpx, kind, lambda **settings: given.update(settings) or inner)
    common = {"base_url": "https://api.test", "follow_redirects": True, "timeout": httpx.Timeout(7.0)}
    common |= {"headers": {"x-a": "1"}, "cookies": {"b": "2"}}
    verify = ssl.create_default_context()
    client = Client(verify_ssl=verify, httpx_args={"trust_env": False}, **common)
    (client.get_httpx_client if kind == "Client" else client.get_async_httpx_client)()
    assert given == {**common, "verify": verify, "trust_env": False}


def test_own_httpx_clients_are_used(documented):
    """set_httpx_client() and set_async_httpx_client() return the client, which uses them from then on."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=documented))
    for client in (Client(base_url="x"), AuthenticatedClient(base_url="x", token="t")):
        own = httpx.Client(transport=transport, base_url="https://own.test")
        own_async = httpx.AsyncClient(transport=transport, base_url="https://own.test")
        assert client.set_httpx_client(own) is client
        assert client.set_async_httpx_client(own_async) is client
        assert client.get_httpx_client() is own
        assert client.get_async_httpx_client() is own_async
    assert get_call.sync(987654, client=client).to_dict() == documented


WITH = [
    ("with_headers", {"x-same": "1", "x-new": "1"}),
    ("with_cookies", {"x-same": "1", "x-new": "1"}),
    ("with_timeout", httpx.Timeout(1.5)),
]


@pytest.mark.parametrize(("method", "argument"), WITH, ids=[name for name, _ in WITH])
@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("authenticated", [False, True])
def test_with_methods_leave_the_original_alone(method, argument, opened, authenticated):
    """The new client has the change and the rest; the original and its dicts are as before."""
    headers, cookies = {"x-old": "0", "x-same": "0"}, {"x-old": "0", "x-same": "0"}
    if authenticated:
        client = AuthenticatedClient(base_url="https://api.test", headers=headers, cookies=cookies, token="t")
    else:
        client = Client(base_url="https://api.test", headers=headers, cookies=cookies)

    def state(of):
        inner, later = of.get_httpx_client(), of.get_async_httpx_client()
        return [
            {
                "with_headers": dict(each.headers),
                "with_cookies": dict(each.cookies),
                "with_timeout": each.timeout,
            }
            for each in (inner, later)
        ]

    before = state(client) if opened else state(client.with_headers({}))
    changed = getattr(client, method)(argument)
    assert state(client) == before
    wanted = argument if method == "with_timeout" else {**before[0][method], **argument}
    assert state(changed) == [{**each, method: wanted} for each in before]
    assert type(changed) is type(client)
    assert headers == cookies == {"x-old": "0", "x-same": "0"}
