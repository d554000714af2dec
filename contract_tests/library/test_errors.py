"""Errors: their facts, that they survive a pickle, and that nothing secret or personal is in them."""

import asyncio
import copy
import json
import pickle
import re
import traceback
from collections.abc import Generator
from typing import Any
from unittest.mock import Mock

import httpx
import pytest
import respx

import convirza
from convirza import AsyncConvirza, Convirza, ConvirzaError, MemoryTokenStore, NotFoundError, PasswordAuth
from convirza.fake import FakeClock
from support.library.hostile_server import DOCUMENTED, End, HostileServer, Steps, head, http
from support.library.ways import INJECTED, OWN, TOKEN, URL, ClientUnderTest, asking

RECORD = DOCUMENTED["data"]["result"]
COOKIE, HEADER, EMAIL, PHONE = "c00kie-canary", "h34der-canary", "ada@example.test", "+18015551234"
CANARIES = [
    *(TOKEN, COOKIE, HEADER, EMAIL, PHONE, "18015551234", "Ada Lovelace", "hello this is a transcript"),
    *("X-Amz-Signature", "signed.example.test", "m3mber-canary"),
]
ECHOED = {
    TOKEN: TOKEN,
    "m3mber-canary": [COOKIE, HEADER, EMAIL, PHONE, "18015551234", "Ada Lovelace"],
    "transcript": "hello this is a transcript",
    "url": "https://signed.example.test/?X-Amz-Signature=abc",
}
ECHO = {
    "Set-Cookie": f"a={COOKIE}; Path=/",
    "X-Echo": f"Bearer {TOKEN}",
    "X-More": f"{HEADER} {EMAIL} {PHONE}",
}
ENVELOPE = {"code": TOKEN, "message": ECHOED, "request_id": TOKEN, "timestamp": TOKEN, **ECHOED}
KNOWN_ID = DOCUMENTED["request_id"]


def echo(status: int, body: Any = None, **options: Any) -> Steps:
    """A response that repeats all secrets, in all its parts."""
    options.setdefault("headers", ECHO)
    return http(status, ENVELOPE if body is None else body, reason=f"OK {TOKEN} {PHONE}", **options)


RESPONSES: dict[str, Steps] = {
    **{str(status): echo(status) for status in (302, 400, 401, 403, 404, 410, 418, 429, 500, 503)},
    "Retry-After": echo(429, headers={**ECHO, "Retry-After": TOKEN}),
    "302 to the token": echo(302, headers={**ECHO, "Location": f"http://{TOKEN}.test/{PHONE}"}),
    "301 to nowhere": echo(301, headers={**ECHO, "Location": f"http://[{TOKEN}"}),
    "HTML": echo(200, f"<p>{TOKEN} {PHONE}".encode(), media_type="text/html"),
    "media type": echo(200, media_type=f"text/{TOKEN}"),
    "broken JSON": echo(200, json.dumps(ENVELOPE).encode()[:-1]),
    "no record": echo(200),
    "drift": echo(200, {**DOCUMENTED, TOKEN: 1, "data": {"result": {**RECORD, **ECHOED, "call_id": TOKEN}}}),
    "broken gzip": echo(200, headers={**ECHO, "Content-Encoding": "gzip"}),
    "truncated": [head(200, {**ECHO, "Content-Length": "9999"}), TOKEN.encode()],
    "reset": [head(200, {**ECHO, "Content-Length": "9999"}), TOKEN.encode(), 0.01, End.RESET],
    "status line": [f"HTTP/1.1 {TOKEN} {PHONE}\r\n\r\n".encode()],
    "header": [f"HTTP/1.1 200 OK\r\n{TOKEN}\0 {PHONE}\r\n\r\n".encode()],
    "chunk": [head(200, {**ECHO, "Transfer-Encoding": "chunked"}), f"{TOKEN}\r\n".encode()],
    "garbage": [f"{TOKEN} {PHONE}\r\n".encode() * 100],
    "silence": [head(200, ECHO)[:-2], End.HOLD],
}


@pytest.fixture(scope="module", params=OWN + INJECTED, ids=str)
def asker(request: pytest.FixtureRequest, server: HostileServer) -> Generator[ClientUnderTest]:
    """A client in each way."""
    with asking(request.param, base_url=server.url, clock=FakeClock(), drift="strict") as asker:
        yield asker


def logged(log: pytest.LogCaptureFixture) -> str:
    """What all loggers said, with extra attributes."""
    return "\n".join(f"{record.getMessage()} {vars(record)}" for record in log.records)


def failure(asker: ClientUnderTest, **options: Any) -> ConvirzaError:
    """The error of a call, with the traceback that a caller gets."""
    try:
        result = asker.raw(**options)
    except ConvirzaError as error:
        return error
    raise AssertionError(result)


def chain(error: BaseException | None) -> Generator[BaseException]:
    """An error and all that it goes with."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def library_frames(error: BaseException) -> traceback.StackSummary:
    """The traceback with the values of local variables, but for the frames of the tests."""
    summary = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), capture_locals=True)
    kept = [frame for frame in summary if "contract_tests" not in frame.filename]
    return traceback.StackSummary.from_list(kept)


def everything(error: ConvirzaError) -> str:
    """All that may be shown, stored or sent of an error."""
    parts: list[object] = [str(error), repr(error), pickle.dumps(error), vars(error)]
    for each in chain(error):
        parts += [repr(each), each.args, vars(each), getattr(each, "__notes__", [])]
        parts += traceback.format_exception(each)
        for frame in library_frames(each):
            parts += [frame.line, frame.locals]
    return "\n".join(map(str, parts))


# ---------------------------------------------------------------------------- nothing secret


def test_nothing_that_was_sent_or_received_is_in_an_error_or_a_log(asker, server, log, capfd):
    """A server that repeats all it knows, wherever there is room: none of it is in errors or logs."""
    for name, steps in RESPONSES.items():
        server.will(steps)
        log.clear()
        seconds = 0.05 if name == "silence" else 5.0
        error = failure(asker, headers={"X-Canary": HEADER}, timeout=seconds, max_retries=1)
        shown = everything(error) + logged(log) + "".join(capfd.readouterr())
        assert "GET /conversations/calls/{id}" in logged(log), name
        assert [canary for canary in CANARIES if canary in shown] == [], name
        assert list(chain(error)) == [error], name


def broken_hook(request: Any) -> None:
    """A caller's hook with a bug: it raises in the handler of another error."""
    try:
        request.extensions["missing"]
    except KeyError:
        raise RuntimeError("a bug in the loop of a hook") from None


async def broken_async_hook(request: Any) -> None:
    """The same for async clients."""
    broken_hook(request)


@pytest.mark.parametrize("way", INJECTED, ids=str)
@pytest.mark.parametrize("many", [False, True], ids=["get", "get_many"])
def test_bugs_in_hooks_propagate_without_secrets(way, many):
    """An error of the caller's hook propagates, and no variable of its tracebacks has the token."""
    hook = broken_async_hook if way.is_async else broken_hook

    async def drain(outcomes: Any) -> None:
        async for _outcome in outcomes:
            pass

    with (
        asking(way, http={"event_hooks": {"request": [hook]}}, handler=lambda _request: None) as asker,
        pytest.raises(RuntimeError, match="a bug in the loop of a hook") as caught,
    ):
        if many:
            outcomes = asker.client.calls.get_many([1, 2], concurrency=1)
            asker.wait(drain(outcomes)) if way.is_async else list(outcomes)
        else:
            asker.get()
    assert type(caught.value.__context__) is KeyError
    for error in chain(caught.value):
        frames = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), capture_locals=True)
        assert "broken_hook" in {frame.name for frame in frames}
        assert TOKEN not in str([frame.locals for frame in frames])


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_unmocked_request_is_respx_error(is_async):
    """respx's AssertionError for a request that no mock matches propagates."""
    way = INJECTED[1] if is_async else INJECTED[0]
    with (
        respx.mock(assert_all_called=False),
        asking(way) as asker,
        pytest.raises(AssertionError, match="RESPX"),
    ):
        asker.get()


@pytest.mark.parametrize("way", INJECTED, ids=str)
def test_errors_of_the_http_library_are_ours(way, monkeypatch):
    """A closed client, a hook that calls raise_for_status(), a mock that raises a network error: ours."""
    raised: list[Exception] = []

    def handler(request: Any) -> Any:
        if raised:
            raise raised[0]
        return way.library.Response(404, request=request)

    def check(response: Any) -> None:
        response.raise_for_status()

    async def check_async(response: Any) -> None:
        response.raise_for_status()

    hooks = {"response": [check_async if way.is_async else check]}
    with asking(way, handler=handler, http={"event_hooks": hooks}, max_retries=0) as asker:
        assert type(failure(asker)) is NotFoundError
        raised[:] = [ConnectionResetError("canary")]
        assert type(failure(asker)) is convirza.ConnectionError
        raised[:] = [FileNotFoundError("canary")]
        with pytest.raises(FileNotFoundError):
            asker.get()
        client: Any = asker.client
        http_client = client._sender._connections.client()
        with monkeypatch.context() as patch:
            refused = way.library.UnsupportedProtocol("canary")
            patch.setattr(http_client, "build_request", Mock(side_effect=refused))
            assert type(failure(asker)) is convirza.TransportError
        asker.wait(http_client.aclose() if way.is_async else http_client.close())
        assert "the client is closed" in str(failure(asker))


def test_good_response_is_not_logged_either(asker, server, log):
    """Of a record, its headers and its cookies nothing is logged, and a RawResponse shows none of it."""
    server.will(http(headers=ECHO))
    response = asker.raw(headers={"X-Canary": HEADER})
    assert str(response.request_id) == KNOWN_ID
    for canary in [*CANARIES, *(str(value) for value in RECORD.values() if isinstance(value, str))]:
        assert canary not in logged(log) + repr(response)


@pytest.mark.parametrize("kind", [Convirza, AsyncConvirza])
def test_invalid_setting_shows_no_secret(kind):
    """No token, password or header is in a constructor's error, nor in the variables of its traceback."""
    invalid: list[dict[str, Any]] = [
        {"token": f"{TOKEN} "},
        {"base_url": "not an address"},
        {"base_url": f"https://ada:{TOKEN}@api.test"},
        {"base_url": f"http://{TOKEN}.test"},
        {"timeout": -1},
        {"headers": {"X-Canary": f"{HEADER}\r\n"}},
        {"token": None, "email": EMAIL, "password": ""},
        {"password": HEADER},
    ]
    usual: dict[str, Any] = {"token": TOKEN, "base_url": URL, "headers": {"X-Canary": HEADER}}
    makes = [lambda settings=settings: kind(**{**usual, **settings}) for settings in invalid]
    makes += [lambda: convirza.StaticToken(f"{TOKEN}\n"), lambda: PasswordAuth(EMAIL, HEADER, oauth_url="no")]
    for make in makes:
        with pytest.raises(ValueError, match=r".") as caught:
            make()
        shown = repr(caught.value) + str(library_frames(caught.value).format())
        shown += "".join(str(frame.locals) for frame in library_frames(caught.value))
        assert [canary for canary in (TOKEN, HEADER, EMAIL) if canary in shown] == []


@pytest.mark.parametrize("name", ["log_in", "log_out"])
@pytest.mark.parametrize("asynchronous", [False, True])
def test_interrupted_login_shows_no_secret(name, asynchronous):
    """Ctrl-C or a cancelled task leaves no password or token in the variables of its traceback."""

    def interrupt(_request: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    async def cancel(_request: httpx.Request) -> httpx.Response:
        raise asyncio.CancelledError

    store = MemoryTokenStore()
    store.save(convirza.Tokens(TOKEN, COOKIE))
    auth = PasswordAuth(EMAIL, HEADER, store=store)

    async def main() -> None:
        http_client = httpx.AsyncClient(transport=httpx.MockTransport(cancel))
        await getattr(AsyncConvirza(auth=auth, http_client=http_client), name)()

    with (
        httpx.Client(transport=httpx.MockTransport(interrupt)) as http_client,
        pytest.raises((KeyboardInterrupt, asyncio.CancelledError)) as caught,
    ):
        asyncio.run(main()) if asynchronous else getattr(Convirza(auth=auth, http_client=http_client), name)()
    frames = [frame for each in chain(caught.value) for frame in library_frames(each)]
    assert any(frame.name == name for frame in frames)
    shown = "".join(str(frame.locals) for frame in frames)
    for canary in (TOKEN, COOKIE, HEADER, EMAIL):
        assert canary not in shown


def test_refused_header_is_not_shown(asker):
    """A header that cannot be sent is refused by its name, also in the variables of the traceback."""
    with pytest.raises(ValueError, match="the value of X-Canary is not a line") as caught:
        asker.get(headers={"X-Canary": f"{HEADER}\n"})
    assert HEADER not in "".join(str(frame.locals) for frame in library_frames(caught.value))


# ---------------------------------------------------------------------------- their facts


@pytest.mark.parametrize(
    "secrets",
    [
        {"token": KNOWN_ID},
        {"token": KNOWN_ID.upper()},
        {"token": KNOWN_ID.replace("-", "")},
        {"token": "t", "headers": {"x-api-key": f"key {KNOWN_ID}"}},
        {"email": "a@example.com", "password": KNOWN_ID, "oauth_url": URL},
    ],
)
def test_secret_in_the_place_of_the_request_id_is_not_taken(secrets):
    """A value that was sent and is returned as the request id is not in the error."""
    body = {"code": 404, "message": "Call not found.", "request_id": KNOWN_ID}
    transport = httpx.MockTransport(lambda _request: httpx.Response(404, json=body))
    with httpx.Client(transport=transport) as http_client:
        client = convirza.Convirza(base_url=URL, http_client=http_client, **secrets)
        with pytest.raises(NotFoundError) as caught:
            client.calls.get(987654)
    assert caught.value.request_id is None


def test_error_has_its_facts(server, asker):
    """Method, path, call, status, request id, attempts, time are attributes; the message has advice."""
    rows: list[tuple[Steps, int | None, str | None, int]] = [
        (http(404, {"code": 404, "message": "Call not found.", "request_id": KNOWN_ID}), 404, KNOWN_ID, 1),
        (http(503, {"request_id": KNOWN_ID}), 503, KNOWN_ID, 3),
        (http(429, {"request_id": KNOWN_ID}), 429, KNOWN_ID, 3),
        (http(403, {"request_id": f"{KNOWN_ID}x"}), 403, None, 1),
        (http(body={"request_id": KNOWN_ID}), 200, KNOWN_ID, 1),
        ([End.RESET], None, None, 3),
    ]
    for steps, status, request_id, attempts in rows:
        server.will(steps)
        begun = asker.clock.monotonic()
        error = failure(asker, call_id=123, max_retries=2)
        assert (error.method, error.path, error.call_id) == ("GET", "/conversations/calls/{id}", 123)
        assert (error.status_code, error.request_id, error.attempts) == (status, request_id, attempts)
        assert error.elapsed == pytest.approx(asker.clock.monotonic() - begun)
        text = str(error)
        assert text.count("\n") == 0
        assert len(text) < 300
        assert re.search(r": (check|try|use|report)", text)
        assert "[GET /conversations/calls/{id}, call 123" in text
        assert ("3 attempts in " in text) == (attempts == 3)
        assert (KNOWN_ID in text) == (request_id is not None)


def test_each_class_of_errors_survives_a_pickle_and_a_copy():
    """All that are exported, with whatever attributes and notes they have."""
    kinds = [each for name in convirza.__all__ if isinstance(each := getattr(convirza, name), type)]
    errors = [kind for kind in kinds if issubclass(kind, ConvirzaError)]
    assert len(errors) == 18
    for kind in errors:
        error = kind("what is wrong: what to do")
        error.status_code, error.ids, error.elapsed = 404, {"call_id": 5}, 1.5
        error.add_note("seen by me")
        for other in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
            assert (type(other), str(other), repr(other)) == (kind, str(error), repr(error))
            assert vars(other) == vars(error)


def test_family_of_errors():
    """Kinds that belong together are caught together, and by the built-in names, too."""
    assert issubclass(NotFoundError, convirza.APIStatusError)
    assert issubclass(convirza.RateLimitError, convirza.APIStatusError)
    assert issubclass(convirza.TimeoutError, convirza.TransportError)
    assert issubclass(convirza.TimeoutError, TimeoutError)
    assert issubclass(convirza.ConnectionError, convirza.TransportError)
    assert issubclass(convirza.ConnectionError, ConnectionError)
    assert issubclass(convirza.ConfigurationError, ValueError)
    assert issubclass(convirza.WrongRecordError, convirza.ResponseError)
    for kind in (convirza.ResponseError, convirza.DriftError):
        assert issubclass(kind, ConvirzaError)
        assert not issubclass(kind, convirza.APIStatusError | convirza.TransportError)
