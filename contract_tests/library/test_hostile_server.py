"""A malicious server: the result is a record or an error of ours, with each variant."""

import gzip
import logging
import socket
import time
import tracemalloc
from collections.abc import Generator
from typing import Any

import httpcore
import pytest

import convirza
from convirza import Call, ConvirzaError
from convirza._core import network
from convirza._core.body import Body, BodyError
from convirza._core.network import end_after
from convirza.fake import FakeClock
from support.library.hostile_rows import SLOW, SMALL, TABLE, WITHOUT_CONTENT
from support.library.hostile_server import BODY, End, HostileServer, Steps, hostile_server, http
from support.library.ways import INJECTED, OWN, TOKEN, ClientUnderTest, asking

ALL = OWN + INJECTED


@pytest.fixture(scope="module", params=ALL, ids=str)
def asker(request: pytest.FixtureRequest, server: HostileServer) -> Generator[ClientUnderTest]:
    """One client for each variant, which must work whatever the server does."""
    settings = {"max_retries": 1, "clock": FakeClock(), "max_body": SMALL}
    with asking(request.param, base_url=server.url, **settings) as asker:
        yield asker


def outcome(asker: ClientUnderTest, **options: Any) -> Call | ConvirzaError:
    """The result of a request; any other exception fails the test."""
    try:
        return asker.get(**options)
    except ConvirzaError as error:
        return error


# ---------------------------------------------------------------------------- the table


def test_each_row_ends_as_it_should(asker, server):
    """Whatever the server does becomes a record or a certain error, after one request or two."""
    wrong = {}
    for name, row in TABLE.items():
        server.disconnect()  # on a connection that was used before, a request may be sent once more
        server.will(row.steps)
        result = outcome(asker, timeout=5)
        if not row.holds(asker.way, result, len(server.requests)):
            wrong[name] = f"{result!r} after {len(server.requests)} requests"
        elif isinstance(result, ConvirzaError):
            assert (result.path, result.call_id) == ("/conversations/calls/{id}", 987654)
            assert result.attempts == len(server.requests)
            status = None if isinstance(result, convirza.TransportError) else status_of(row.steps)
            assert result.status_code == status
    assert wrong == {}


def status_of(steps: Steps) -> int:
    """The status of a response."""
    first = next(iter(steps))
    assert isinstance(first, bytes)
    return int(first.split()[1])


def test_slow_responses_end_in_time(asker, server):
    """However a server draws out its response, an attempt ends at its timeout."""
    for name, steps in SLOW.items():
        if not asker.way.is_async and asker.way.library is not None and name in WITHOUT_CONTENT:
            continue  # a client of httpx that is not ours has a timeout for each read only
        server.will(steps)
        begun = time.monotonic()
        result = outcome(asker, timeout=0.05)
        assert (type(result), getattr(result, "attempts", 0)) == (convirza.TimeoutError, 2), name
        assert time.monotonic() - begun < 20.0, name  # two attempts of 0.05 s; otherwise the deadline of 60 s


# ---------------------------------------------------------------------------- connections


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((b"".join(http()[:2]) + b"GARBAGE\r\n\r\n", End.KEEP), http()),
        (http(), [End.RESET]),
        (http(), []),
        (http(headers={"Connection": "close"}), http()),
    ],
    ids=["garbage", "reset", "closed", "closing"],
)
def test_used_connection_has_no_effect(asker, server, first, second):
    """Whatever happens on a connection that was used before, the next call gets its own record."""
    server.disconnect()  # those of other tests, on which a request may be sent once more
    server.will(first, second, http())
    assert asker.get().call_id == 987654
    response = asker.raw()
    assert response.parsed.call_id == 987654
    if asker.way.library is None and b"GARBAGE" not in first[0]:
        assert response.attempts == 1  # a connection is replaced at once, which is no retry
    assert len(server.requests) <= 3


@pytest.mark.parametrize("way", OWN, ids=str)
@pytest.mark.parametrize("end", [[], [End.RESET]], ids=["closed", "reset"])
def test_post_on_a_used_connection_is_sent_once(way, end, server):
    """A connection that ends after a POST may have carried it: unlike a GET, it is not sent on another."""
    server.will(http(), end)
    with asking(way, base_url=server.url, clock=FakeClock()) as asker:
        asker.get()
        with pytest.raises(convirza.ConnectionError) as caught:
            asker.wait(asker.client.request("POST", "/tag"))
    assert (caught.value.attempts, len(server.requests)) == (1, 2)


def test_bomb_is_inflated_up_to_the_limit():
    """However small its parts are, no more is in memory than the limit allows."""
    body = Body({"content-encoding": "gzip"}, 1_000, decoded=False)
    bomb = gzip.compress(bytes(20_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(BodyError, match="larger than max_body, 1000 bytes"):
            body.add(bomb)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_redirect_is_not_followed(asker, server):
    """The token goes to no other host."""
    with hostile_server() as other:
        other.will(http())
        target = {"Location": f"{other.url}/calls/987654"}
        for status in (301, 302, 303, 307, 308):
            server.will(http(status, b"", target))
            assert type(outcome(asker)) is convirza.APIStatusError
        assert not other.requests


@pytest.mark.parametrize("way", OWN, ids=str)
def test_cookies_of_a_named_host_are_not_kept(way, server):
    """The jars of some HTTP libraries take cookies from a name only, and not from an address."""
    server.will(http(200, BODY, {"Set-Cookie": "session=c00kie; Path=/"}))
    with asking(way, base_url=server.url.replace("127.0.0.1", "localhost")) as asker:
        asker.get()
        asker.get()
    assert b"cookie" not in server.requests[-1].lower()


def test_all_ways_send_the_same(asker, server):
    """The request line and our headers are the same in each way."""
    server.will(http())
    asker.get(include=["tags", "call_flow", "new~one"], headers={"X-Trace": "17", "Accept-Encoding": "gzip"})
    line, *lines = server.requests[0].decode().split("\r\n")
    path = line.replace("%2C", ",").replace("%7E", "~")
    assert path == "GET /v3/conversations/calls/987654?include=tags,call_flow,new~one HTTP/1.1"
    headers = {name.lower(): value for name, _colon, value in (each.partition(": ") for each in lines)}
    assert headers.pop("user-agent").startswith("convirza/")
    headers.pop("connection", None)
    assert headers == {
        "host": f"127.0.0.1:{server.port}",
        "accept": "application/json",
        "accept-encoding": "gzip",
        "authorization": f"Bearer {TOKEN}",
        "x-trace": "17",
    }


@pytest.mark.parametrize("way", ALL, ids=str)
@pytest.mark.parametrize("place", ["refused port", "no such host", "TLS to a plain port"])
def test_without_a_connection_there_is_an_error_of_ours(way, place, server, monkeypatch):
    """A closed port and an unknown name: a ConnectionError after a retry; no TLS: one attempt."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    server.will([b"HTTP/1.1 400 Bad Request\r\n\r\n"])

    def unresolved(*_args: object, **_options: object) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    if place == "no such host":
        monkeypatch.setattr(socket, "getaddrinfo", unresolved)
    url = {
        "refused port": f"http://127.0.0.1:{port}",
        "no such host": "https://api.invalid",
        "TLS to a plain port": f"https://127.0.0.1:{server.port}",
    }[place]
    with asking(way, base_url=url, max_retries=1, clock=FakeClock()) as asker:
        error = outcome(asker)
    kind, attempts = (
        (convirza.TransportError, 1) if place.startswith("TLS") else (convirza.ConnectionError, 2)
    )
    assert (type(error), error.attempts, error.status_code) == (kind, attempts, None)


def test_each_read_and_write_has_no_more_than_what_is_left():
    """Within an attempt of ours, a connection never waits for longer than the attempt has left."""
    given: list[float | None] = []

    class Stream(httpcore.NetworkStream):
        def read(self, _max_bytes: int, timeout: float | None = None) -> bytes:
            given.append(timeout)
            return b""

        def write(self, _buffer: bytes, timeout: float | None = None) -> None:
            given.append(timeout)

    stream = network._EndingStream(Stream())
    with network.end_after(5.0):
        for timeout in (30.0, None, 1.0):
            stream.read(1, timeout)
            stream.write(b"", timeout)
    assert all(each is not None and 4.0 < each <= 5.0 for each in given[:4])
    assert given[4:] == [1.0, 1.0]
    with network.end_after(-1.0), pytest.raises(httpcore.ReadTimeout):
        stream.read(1, 30.0)
    stream.read(1, 30.0)  # not within an attempt, as when a connection is closed
    assert given[6:] == [30.0]


def test_nested_request_keeps_the_outer_deadline(server):
    """A request sent by a log handler in the middle of another leaves that one its timeout."""
    with asking(OWN[0], base_url=server.url, max_retries=0) as asker:
        nested: list[Any] = []

        class Handler(logging.Handler):
            def emit(self, _record: logging.LogRecord) -> None:
                if not nested:
                    nested.append(None)
                    nested[0] = outcome(asker, timeout=5)

        logger, handler = logging.getLogger("httpcore.http11"), Handler()
        level = logger.level
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
        server.will(http(), [byte for byte in b"HTTP/1.1 200 OK" for byte in (bytes([byte]), 0.04)])
        try:
            error = outcome(asker, timeout=0.1)
        finally:
            logger.removeHandler(handler)
            logger.setLevel(level)
    assert isinstance(nested[0], Call)
    assert type(error) is convirza.TimeoutError


def test_nested_request_does_not_sleep_beyond_the_outer_end(server):
    """A request within one whose time is over fails without delays between its attempts."""
    clock = FakeClock()
    with asking(OWN[0], base_url=server.url, clock=clock) as asker, end_after(0):
        before = clock.monotonic()
        assert type(outcome(asker)) is convirza.TimeoutError
    assert clock.monotonic() == before
