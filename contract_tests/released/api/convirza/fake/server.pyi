import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Generator
from functools import partial
from typing import Any
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from convirza.fake.scenarios import DROP
_LINGER_NOT = struct.pack('ii', 1, 0)
_print_now = partial(print, flush=True)

@contextlib.contextmanager
def serve(app: ASGIApp, host: str='127.0.0.1', port: int=0) -> Generator[str]:
    ...

def run(app: ASGIApp, host: str='127.0.0.1', port: int=8080, *, announce: Callable[[str], object]=_print_now) -> None:
    ...

def _listen(host: str, port: int) -> socket.socket:
    ...

def _base_url(listener: socket.socket) -> str:
    ...

def _make_server(app: ASGIApp) -> uvicorn.Server:
    ...

class _DroppingProtocol(H11Protocol):

    def connection_made(self, transport: asyncio.Transport) -> None:
        ...

    def shutdown(self) -> None:
        ...

def _honour_drop(app: Any, transport: asyncio.Transport) -> ASGIApp:
    ...
