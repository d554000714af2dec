"""The fake API over real HTTP: start, stop, command line, and what it prints."""

import asyncio
import contextlib
import logging
import re
import signal
import socket
import subprocess
import threading
import time

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from convirza.fake import DEFAULT_TOKEN, DOCUMENTED_CALL_ID, SCENARIO_HEADER, SCENARIOS, create_app
from convirza.fake import server as fake_server
from convirza.fake.server import serve
from support.library.terminal import COMMAND

HEADERS = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
PATH = f"/conversations/calls/{DOCUMENTED_CALL_ID}"


def _get(base_url: str, **headers: str) -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=30) as client:
        return client.get(base_url + PATH, headers={**HEADERS, **headers})


def test_servers_run_side_by_side_until_the_end() -> None:
    """Each has its own port and app, needs no waiting, and leaves neither an open port nor a thread."""
    threads = threading.enumerate()
    with serve(create_app()) as one, serve(create_app(scenario="server-error")) as other:
        assert all(re.fullmatch(r"http://127\.0\.0\.1:\d+/v3", url) for url in (one, other))
        assert [_get(url).status_code for url in (one, other)] == [200, 500]
        assert threading.enumerate() != threads

    for url in (one, other):
        with pytest.raises(httpx.ConnectError):
            _get(url)
    assert threading.enumerate() == threads


def test_serve_stops_with_a_pending_response() -> None:
    """A request that waits for a slow response is aborted and does not delay the end."""
    fake = create_app(scenario="slow", slow_seconds=3_600)
    arrived = threading.Event()
    errors: list[httpx.TransportError] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        arrived.set()
        await fake(scope, receive, send)

    def ask(base_url: str) -> None:
        try:
            _get(base_url)
        except httpx.TransportError as error:
            errors.append(error)

    with serve(app) as base_url:
        client = threading.Thread(target=ask, args=(base_url,))
        client.start()
        assert arrived.wait(timeout=20)
        started = time.monotonic()
    client.join(timeout=20)

    assert not client.is_alive()
    assert time.monotonic() - started < 20
    assert len(errors) == 1


HEAD = f"GET /v3{PATH} HTTP/1.1\r\nHost: fake\r\nAuthorization: Bearer {DEFAULT_TOKEN}\r\n".encode()
LOGIN = b"POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("whole", "sent"),
    [
        (b"", b""),
        (b"", HEAD),
        (b"", HEAD.replace(b"GET", b"POST") + b"Content-Length: 9999\r\n\r\nx"),
        (b"", LOGIN + b"Content-Length: 9999\r\n\r\n{"),
        (HEAD + b"\r\n", HEAD),
    ],
    ids=["nothing", "headers", "body", "login", "second-request"],
)
@pytest.mark.parametrize("drip", [False, True])
def test_slow_request_ends_its_connection(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    whole: bytes,
    sent: bytes,
    drip: bool,
) -> None:
    """A client that does not finish a request is disconnected, though it sends a byte now and then."""
    monkeypatch.setattr(fake_server, "READ_TIMEOUT", 0.3)
    with serve(create_app()) as base_url, _connect(base_url) as connection:
        if whole:
            connection.sendall(whole)
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        with contextlib.suppress(ConnectionError):
            connection.sendall(sent)
            connection.settimeout(0.01 if drip else 20)
            for _ in range(2_000):
                try:
                    if not connection.recv(65536):
                        break
                except TimeoutError:
                    assert drip
                    connection.sendall(b"x")
            else:
                pytest.fail("the connection is still open")
    assert "Traceback" not in caplog.text


def test_client_that_reads_no_response_is_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would keep the response in memory, and the server from stopping."""
    monkeypatch.setattr(fake_server, "READ_TIMEOUT", 0.3)
    ended = threading.Event()

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(64):
            await send({"type": "http.response.body", "body": bytes(2**20), "more_body": True})
        ended.set()

    with serve(app) as base_url, _connect(base_url) as connection:
        connection.sendall(HEAD + b"\r\n")
        assert ended.wait(timeout=20)


def test_slow_response_does_not_end_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time limit is for reading a request: another connection is ended by it in the meantime."""
    monkeypatch.setattr(fake_server, "READ_TIMEOUT", 0.3)
    fake, arrived, go_on = create_app(), threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        loops.append(asyncio.get_running_loop())
        arrived.set()
        await go_on.wait()
        await fake(scope, receive, send)

    with serve(app) as base_url, _connect(base_url) as connection:
        connection.sendall(HEAD + b"\r\n")
        assert arrived.wait(timeout=20)
        try:
            with _connect(base_url) as later, contextlib.suppress(ConnectionError):
                assert later.recv(1) == b""
        finally:
            loops[0].call_soon_threadsafe(go_on.set)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")


def _connect(base_url: str) -> socket.socket:
    url = httpx.URL(base_url)
    return socket.create_connection((url.host, url.port or 80), timeout=20)


def test_responses_do_not_wait_for_the_network(http: httpx.Client) -> None:
    """Nagle's algorithm is off: with it, most responses on one connection take 40 ms."""
    times = sorted(http.get(PATH).elapsed.total_seconds() for _ in range(40))

    assert times[10] < 0.03


@pytest.mark.parametrize(("end", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)])
def test_command_prints_one_line_with_the_base_url(end: signal.Signals, code: int) -> None:
    """Nothing for requests or failures, nor at the end by Ctrl-C or by a supervisor, who sees its signal."""
    command = [*COMMAND, "fake", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        for scenario in (name for name in SCENARIOS if name != "slow"):
            with contextlib.suppress(httpx.TransportError):
                _get(line.split()[-1], **{SCENARIO_HEADER: scenario})
        assert _get(line.split()[-1]).status_code == 200
        process.send_signal(end)
        out, err = process.communicate(timeout=20)

    assert re.fullmatch(r"Fake Convirza API: http://127\.0\.0\.1:\d+/v3\n", line)
    assert (out, err, process.returncode) == ("", "", code)


def test_requests_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Even where the whole process logs, neither the path nor the token is in it."""
    with caplog.at_level(logging.DEBUG), serve(create_app()) as base_url:
        _get(base_url)
        _get(base_url, Authorization=f"Basic {DEFAULT_TOKEN}")

    logged = [r.getMessage() for r in caplog.records if not r.name.startswith("http")]
    assert any("Started server process" in message for message in logged)
    assert not [message for message in logged if PATH in message or DEFAULT_TOKEN in message]
