"""Forked children of a test, and a loopback server that notes the connection of each request."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

FORKS = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    # Python 3.12 warns of each fork while threads run, which is what is tested.
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]


ENVELOPE = {
    "code": 200,
    "message": "Call returned successfully",
    "request_id": "00000000-0000-4000-8000-000000000000",
    "timestamp": "2026-11-25T00:00:00.000Z",
}


class Server(ThreadingHTTPServer):
    """Returns the requested record, and notes the connection of each request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.connections: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Responds with the record of the id in the path."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """Sends the record."""
        self.server.connections.append(self.client_address[1])
        call_id = int(self.path.rpartition("/")[2])
        body = json.dumps({**ENVELOPE, "data": {"result": {"call_id": call_id}}}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keeps stderr quiet."""


@contextmanager
def serve() -> Iterator[Server]:
    """A server that runs until the end of the block."""
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
