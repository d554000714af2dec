"""A server on loopback that does whatever a test scripts, down to the byte and the reset."""

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Final

from support.contract import media


class End(Enum):
    """How a connection continues after a response; without one it is closed."""

    KEEP = "the next request may come"
    RESET = "RST instead of FIN"
    HOLD = "open, and silent"


Step = bytes | float | End
"""Bytes are sent, a number is a pause in seconds."""
Steps = Iterable[Step]

DOCUMENTED: Final[dict[str, Any]] = media(200)["examples"]["documented"]["value"]
BODY: Final = json.dumps(DOCUMENTED).encode()

# Closing a socket that lingers for no time sends RST instead of FIN.
_LINGER_NOT = struct.pack("ii", 1, 0)


class HostileServer:
    """Responds as scripted, and keeps what it received."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        """Request lines and headers, as received."""
        self.paths: list[str] = []
        self.ports: list[int] = []
        """The client's, of each request: a port is a connection."""
        self.connections = 0
        self._responses: list[Steps] = []
        self._stopped = threading.Event()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        """A base URL for clients."""
        return f"http://127.0.0.1:{self.port}/v3"

    def will(self, *responses: Steps) -> None:
        """Responds to the next requests so, one by one, and to any further ones as to the last."""
        self.requests.clear()
        self.paths.clear()
        self.ports.clear()
        self._responses = list(responses)

    def disconnect(self) -> None:
        """Closes all connections, in the middle of whatever it is."""
        for each in self._open.copy():
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        """Closes everything."""
        self._stopped.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self.disconnect()
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            received = b""
            while True:
                while b"\r\n\r\n" not in received and received[:1] != b"\x16":  # the beginning of TLS
                    chunk = connection.recv(65536)
                    if not chunk:
                        return
                    received += chunk
                head, _end, received = received.partition(b"\r\n\r\n")
                steps = self._responses[min(len(self.requests), len(self._responses) - 1)]
                self.requests.append(head)
                self.ports.append(connection.getpeername()[1])
                self.paths += [part.decode("latin-1") for part in head.split(b" ")[1:2]]
                if not self._carry_out(connection, steps):
                    return
        self._open.discard(connection)

    def _carry_out(self, connection: socket.socket, steps: Steps) -> bool:
        """Whether the connection is for another request."""
        for step in steps:
            if isinstance(step, bytes):
                connection.sendall(step)
            elif isinstance(step, float):
                self._stopped.wait(step)
            if self._stopped.is_set():
                return False
            if step is End.KEEP:
                return True
            if step is End.HOLD:
                with contextlib.suppress(OSError):
                    while connection.recv(65536):
                        pass
            if step is End.RESET:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
                connection.close()
                return False
        return False


@contextlib.contextmanager
def hostile_server() -> Generator[HostileServer]:
    """A server, as long as the context lasts."""
    server = HostileServer()
    try:
        yield server
    finally:
        server.stop()


def head(
    status: int | str = 200, headers: Mapping[str, str] | None = None, reason: str = "Whatever"
) -> bytes:
    """A status line and headers."""
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def http(
    status: int | str = 200,
    body: bytes | Any = BODY,
    headers: Mapping[str, str] | None = None,
    *,
    media_type: str | None = "application/json",
    end: End = End.KEEP,
    reason: str = "Whatever",
) -> tuple[bytes, bytes, End]:
    """A valid response; a body that is not bytes becomes JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {
        **({} if media_type is None else {"Content-Type": media_type}),
        "Content-Length": str(len(content)),
        **(headers or {}),
    }
    return head(status, given, reason), content, end


class Endless:
    """A response that begins so and then continues, until the client stops reading."""

    def __init__(self, first: bytes, *again: Step) -> None:
        self._first = first
        self._again = again

    def __iter__(self) -> Iterator[Step]:
        yield self._first
        while True:
            yield from self._again
