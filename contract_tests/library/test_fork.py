"""A forked child has connections, locks and renewals of its own, and never reads its parent's responses."""

import asyncio
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from convirza import AsyncConvirza, ConfigurationError, Convirza, MemoryTokenStore, StoredAuth
from convirza._core.drift import DriftLog

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    # Python 3.12 warns of each fork while threads run, which is what is tested here.
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]


class Server(ThreadingHTTPServer):
    """Returns the record that was asked for, and notes the connection of each request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.connections: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Answers with the record of the id in the path."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """Sends the record."""
        self.server.connections.append(self.client_address[1])
        call_id = int(self.path.rpartition("/")[2])
        body = json.dumps({"data": {"result": {"call_id": call_id}}}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keeps stderr quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def in_child(work: Callable[[], object]) -> str:
    """What `work` returns in a forked child, or the type and text of what it raises."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            said = str(work())
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(write, said.encode())
        os._exit(0)
    os.close(write)
    with open(read, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return said


def test_child_opens_its_own_connection(server: Server) -> None:
    """Each child, and a grandchild, has another connection than the parent, whose own stays open."""
    with Convirza(token="t", base_url=server.url, drift="off") as convirza:

        def ask(call_id: int) -> int:
            return convirza.calls.get(call_id).call_id

        assert ask(1) == 1
        assert in_child(lambda: (ask(2), in_child(lambda: ask(3)))) == "(2, '3')"
        assert in_child(lambda: (ask(4), convirza.close())) == "(4, None)"
        assert ask(5) == 5
    parent, child, grandchild, second, again = server.connections
    assert again == parent
    assert len({parent, child, grandchild, second}) == 4


@pytest.mark.parametrize("extra", [True, False], ids=["aiohttp", "httpx"])
def test_async_child_opens_its_own_connection(
    server: Server, monkeypatch: pytest.MonkeyPatch, extra: bool
) -> None:
    """A child that was forked while an async client had a connection open uses another one."""
    if not extra:
        monkeypatch.setitem(sys.modules, "aiohttp", None)

    async def parent() -> str:
        async with AsyncConvirza(token="t", base_url=server.url, drift="off") as convirza:
            await convirza.calls.get(1)

            async def ask() -> int:
                return int((await convirza.calls.get(2)).call_id)

            return await asyncio.to_thread(in_child, lambda: asyncio.run(ask()))

    assert asyncio.run(parent()) == "2"
    assert len(set(server.connections)) == 2


@pytest.mark.parametrize("asynchronous", [False, True])
def test_passed_in_client_of_the_parent_is_refused(server: Server, asynchronous: bool) -> None:
    """A client that was passed in may be in use by the parent: the error says where to make it."""
    if asynchronous:
        client = AsyncConvirza(token="t", base_url=server.url, drift="off", http_client=httpx.AsyncClient())
        said = in_child(lambda: asyncio.run(client.calls.get(1)))
    else:
        with httpx.Client() as http:
            convirza = Convirza(token="t", base_url=server.url, drift="off", http_client=http)
            said = in_child(lambda: convirza.calls.get(1))
    assert said.startswith("ConfigurationError: http_client was passed in before this process was forked")
    assert server.connections == []
    assert issubclass(ConfigurationError, ValueError)


def test_held_locks_are_not_inherited() -> None:
    """A lock that a thread of the parent holds during the fork does not stop the child."""
    auth, log = StoredAuth(MemoryTokenStore()), DriftLog()
    for owner in (auth, auth._service, log):
        owner._lock.acquire()
    assert in_child(lambda: [owner._lock.locked() for owner in (auth, auth._service, log)]) == str(
        [False] * 3
    )
