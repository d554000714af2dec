"""The fake API in process, with the failures that httpx shows over a real network."""

from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from convirza.fake.scenarios import DROP


class FakeTransport(httpx.AsyncBaseTransport):
    """Carries requests to an ASGI app such as `create_app()` makes, without a network.

    A reset raises `httpx.ReadError`, a truncated body `httpx.RemoteProtocolError` once it is read,
    and an answer that takes longer than the client's read timeout `httpx.ReadTimeout`.
    """

    def __init__(self, app: ASGIApp) -> None:
        """`app` is usually `create_app()`."""
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request to the app."""
        truncated = False

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            async def send_or_drop(message: Message) -> None:
                nonlocal truncated
                if message["type"] != DROP:
                    await send(message)
                elif message["reset"]:
                    raise httpx.ReadError("Connection reset by peer", request=request)
                else:
                    truncated = True
                    await send({"type": "http.response.body", "body": b"", "more_body": False})

            await self._app(scope, receive, send_or_drop)

        timeouts: dict[str, Any] = request.extensions.get("timeout", {})
        try:
            with anyio.fail_after(timeouts.get("read")):
                response = await httpx.ASGITransport(app).handle_async_request(request)
        except TimeoutError:
            raise httpx.ReadTimeout("The read operation timed out", request=request) from None
        if truncated:
            response.stream = _TruncatedStream(response.stream, request)
        return response


class _TruncatedStream(httpx.AsyncByteStream):
    def __init__(self, stream: Any, request: httpx.Request) -> None:
        self._stream = stream
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk
        raise httpx.RemoteProtocolError(
            "peer closed connection without sending complete message body", request=self._request
        )
