"""Slow resolvers, unreachable addresses, several event loops and large bodies: each attempt ends in time."""

import asyncio
import contextlib
import gc
import socket
import sys
import threading
import time
from collections.abc import Generator, Iterator
from typing import Any

import httpx
import pytest

import convirza
from convirza import AsyncConvirza, Call
from convirza._core import network
from support.library.hostile_server import HostileServer, hostile_server, http
from support.library.ways import INJECTED, OWN, asking

pytestmark = pytest.mark.allow_hosts(["::1", *(f"127.0.0.{last}" for last in range(1, 8))])


@pytest.fixture
def server() -> Generator[HostileServer]:
    """A server that responds with a call."""
    with hostile_server() as server:
        server.will(http())
        yield server


@pytest.mark.parametrize("way", OWN, ids=str)
def test_slow_resolver_is_abandoned(way, monkeypatch):
    """A name that takes long to resolve outlasts neither the timeout nor the event loop."""
    asked, resolved = threading.Event(), threading.Event()

    def resolve(*_args: Any, **_options: Any) -> Any:
        asked.set()
        assert resolved.wait(60)
        raise socket.gaierror(socket.EAI_AGAIN, "slow")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    begun = time.monotonic()
    try:
        with (
            asking(way, base_url="https://api.test", timeout=0.1, max_retries=0) as asker,
            pytest.raises(convirza.TimeoutError),
        ):
            asker.get()
        assert asked.is_set()
        assert time.monotonic() - begun < 10
    finally:
        resolved.set()


@pytest.mark.parametrize("way", OWN, ids=str)
def test_name_without_addresses_is_not_a_connection(way, monkeypatch):
    """A resolver that returns nothing is like one that does not know the name."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: [])
    with (
        asking(way, base_url="https://api.test", max_retries=0) as asker,
        pytest.raises(convirza.ConnectionError),
    ):
        asker.get()


@contextlib.contextmanager
def unreachable(hosts: list[str], port: int) -> Iterator[None]:
    """Listeners that accept nothing, and whose queues are full: what is sent to them is lost."""
    with contextlib.ExitStack() as stack:
        for host in hosts:
            stack.enter_context(socket.create_server((host, port), backlog=0))
            for _ in range(3):
                filler = stack.enter_context(socket.socket())
                filler.setblocking(False)
                filler.connect_ex((host, port))
        yield


@pytest.mark.skipif(sys.platform != "linux", reason="needs 127.0.0.2, and a queue that fills up")
@pytest.mark.parametrize("way", OWN, ids=str)
@pytest.mark.parametrize("reachable", [True, False])
def test_addresses_share_one_timeout(way, reachable, server, monkeypatch):
    """Of several addresses, those that are unreachable neither hide the one that is, nor add up."""
    dead = [f"127.0.0.{last}" for last in range(2, 8)]
    addresses = [*dead[:2], "127.0.0.1"] if reachable else dead
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, server.port)) for each in addresses]
    getaddrinfo = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *args, **options: found if host == "localhost" else getaddrinfo(host, *args, **options),
    )
    monkeypatch.setattr(network, "_NEXT_ADDRESS", 0.01)
    url = f"http://localhost:{server.port}"
    seconds = 20.0 if reachable else 0.5
    with unreachable(dead, server.port), asking(way, base_url=url, timeout=seconds, max_retries=0) as asker:
        begun = time.monotonic()
        if reachable:
            assert asker.get().call_id == 987654
            assert time.monotonic() - begun < 10
        else:
            with pytest.raises(convirza.TimeoutError):
                asker.get()
            assert time.monotonic() - begun < 2.0


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("transport", ["httpx", "aiohttp"])
def test_each_event_loop_has_its_own_connections(server, transport):
    """A client works in a second event loop, and keeps its connections within each."""
    client = AsyncConvirza(token="t", base_url=server.url, transport=transport)

    async def get_two() -> list[Call]:
        return [await client.calls.get(987654) for _ in range(2)]

    for loops in (1, 2):
        assert [call.call_id for call in asyncio.run(get_two())] == [987654] * 2
        assert server.connections == loops
    asyncio.run(client.close())
    gc.collect()  # of connections whose event loop is closed


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_client_of_another_event_loop_is_named(server):
    """An http_client that was used in an event loop that is closed: the error names the cause."""

    async def get(client: AsyncConvirza) -> Call:
        return await client.calls.get(987654)

    def get_twice() -> None:
        client = AsyncConvirza(token="t", base_url=server.url, http_client=httpx.AsyncClient())
        assert asyncio.run(get(client)).call_id == 987654
        with pytest.raises(convirza.ConfigurationError, match="http_client belongs to another event loop"):
            asyncio.run(get(client))

    get_twice()
    gc.collect()  # of the connection whose event loop is closed


@pytest.mark.parametrize("way", [OWN[1], OWN[2], INJECTED[1]], ids=str)
def test_other_event_loops_than_asyncio_are_named(way):
    """Without asyncio, as under trio, the error says what to use."""
    with asking(way) as asker:
        call: Any = asker.client.calls.get(1)
        with pytest.raises(convirza.ConfigurationError, match=r"needs a running asyncio event loop.*trio"):
            call.send(None)


@pytest.mark.parametrize("way", OWN, ids=str)
def test_large_body_is_not_parsed(way, server):
    """Of 9 MiB, or of 600,000 values, which take seconds to parse; max_body sets the limit of bytes."""
    begin, end = b'{"data":{"result":{"call_id":987654,"tags":[', b"]}}}"
    for values, message in (
        (3 * 2**20, "max_body, 8388608 bytes"),
        (300_000, "more than 524288 JSON values"),
    ):
        server.will(http(body=begin + b"[]," * values + b"[]" + end))
        with asking(way, base_url=server.url) as asker, pytest.raises(convirza.ResponseError, match=message):
            asker.get()
    tag = b'{"tag_name":"%s"},' % (b", " * 700)
    server.will(http(body=begin + tag * 700 + b"{}" + end))
    with asking(way, base_url=server.url) as asker:
        assert asker.get().call_id == 987654
    server.will(http())
    with asking(way, base_url=server.url, max_body=100) as asker, pytest.raises(convirza.ResponseError):
        asker.get()
