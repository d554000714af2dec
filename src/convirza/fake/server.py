"""The fake API over real HTTP. The only module that imports uvicorn.

uvicorn's h11 protocol is extended by two things: the end of a connection on request, for the
scenarios `reset` and `truncated`, and time limits for slow clients, which uvicorn lacks.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Generator
from functools import partial
from typing import Any

import h11
import uvicorn
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from convirza.fake.scenarios import DROP

# Closing a socket with a linger time of 0 sends RST instead of FIN.
_LINGER_NOT = struct.pack("ii", 1, 0)
# Flushed, because a program may wait for the line through a pipe.
_print_now = partial(print, flush=True)

READ_TIMEOUT = 10.0
"""Seconds that a client may take to send a request, headers and body, and that it may not read a response."""


@contextlib.contextmanager
def serve(app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> Generator[str]:
    """Serves the app from a thread inside the context; yields the base URL, with `/v3`.

    Port 0 selects a free port.
    Raises OSError if the port is in use or the host is not a local address.
    """
    with _listen(host, port) as listener:
        server = _make_server(app)
        thread = threading.Thread(target=server.run, args=([listener],), name="convirza-fake", daemon=True)
        thread.start()
        try:
            yield _base_url(listener)
        finally:
            server.should_exit = True
            thread.join()


def run(
    app: ASGIApp,
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    announce: Callable[[str], object] = _print_now,
) -> None:
    """Serves the app until Ctrl-C or SIGTERM; for the command line, in the main thread.

    Once it listens, it passes one line with the base URL to `announce`, by default to stdout. Port 0
    selects a free port. Ctrl-C returns; SIGTERM ends the process, as without a server.
    Raises OSError if the port is in use or the host is not a local address.
    """
    with _listen(host, port) as listener, contextlib.suppress(KeyboardInterrupt):
        announce(f"Fake Convirza API: {_base_url(listener)}")
        _make_server(app).run([listener])


def _listen(host: str, port: int) -> socket.socket:
    # Bound here and not by uvicorn, which exits the process if the port is in use. From now on the system
    # accepts connections; they wait until uvicorn is ready.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def _base_url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/v3" if ":" in host else f"http://{host}:{port}/v3"


def _make_server(app: ASGIApp) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=_DroppingProtocol,
            # Not uvloop, which may or may not be installed; no changes to the caller's logging.
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            date_header=False,  # the app sends the date of its clock
        )
    )


class _DroppingProtocol(H11Protocol):
    """HTTP/1.1 for one connection, which the app may close with the message `DROP`."""

    _timer: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio sets this for its own sockets only; without it each response takes 40 ms.
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.app: Any = _honour_drop(self.app, transport)
        self._timer = self.loop.call_later(READ_TIMEOUT, transport.abort)

    def data_received(self, data: bytes) -> None:
        # Not prolonged by data: a client that sends a byte now and then would stay for ever.
        self._timer = self._timer or self.loop.call_later(READ_TIMEOUT, self.transport.abort)
        super().data_received(data)
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._stop_timer()

    def pause_writing(self) -> None:
        self._unread = self.loop.call_later(READ_TIMEOUT, self.transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        self._unread.cancel()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def shutdown(self) -> None:
        # The server stops: clients that wait for a slow response are disconnected.
        self.transport.close()


def _honour_drop(app: Any, transport: asyncio.Transport) -> ASGIApp:
    async def dropping_app(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_or_drop(message: Message) -> None:
            if message["type"] != DROP:
                await send(message)
                return
            if message["reset"]:
                connection = transport.get_extra_info("socket")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
            transport.close()
            # uvicorn logs an error if the app returns before the connection is known to be lost.
            while (await receive())["type"] != "http.disconnect":
                pass

        with contextlib.suppress(ClientDisconnect):  # while it was sending a body
            await app(scope, receive, send_or_drop)

    return dropping_app
