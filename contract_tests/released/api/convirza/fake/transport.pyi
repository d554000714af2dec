from collections.abc import AsyncIterator
from typing import Any
import anyio
import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from convirza.fake.scenarios import DROP

class FakeTransport(httpx.AsyncBaseTransport):

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        ...

class _TruncatedStream(httpx.AsyncByteStream):

    def __init__(self, stream: Any, request: httpx.Request) -> None:
        self._stream = stream
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        ...
