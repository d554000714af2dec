"""The fake API in process, with the errors that httpx raises over a real network."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import httpx
from anyio.from_thread import start_blocking_portal
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from convirza.fake.scenarios import DROP


class FakeTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends requests to an ASGI app such as `create_app()`, without a network.

    One object serves `httpx.Client` and `httpx.AsyncClient`. A synchronous request takes an event loop of its
    own, in a thread that ends with it: nothing is left to close, and the caller may be inside another loop.

    A reset raises `httpx.ReadError`, a truncated body `httpx.RemoteProtocolError` once it is read,
    and a response that takes longer than the client's read timeout `httpx.ReadTimeout`.
    """

    def __init__(self, app: ASGIApp) -> None:
        """`app` is usually `create_app()`."""
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request to the app, for a synchronous client."""
        request.read()
        with start_blocking_portal() as portal:
            return portal.call(self.handle_async_request, request)

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
                body = await response.aread()
        except TimeoutError:
            raise httpx.ReadTimeout("The read operation timed out", request=request) from None
        stream = _Body(body, request if truncated else None)
        return httpx.Response(response.status_code, headers=response.headers, stream=stream)


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A complete body; `truncated` is the request if the body should be incomplete."""

    def __init__(self, body: bytes, truncated: httpx.Request | None) -> None:
        self._body = body
        self._truncated = truncated

    def __iter__(self) -> Iterator[bytes]:
        yield self._body
        if self._truncated:
            raise httpx.RemoteProtocolError(
                "peer closed connection without sending complete message body", request=self._truncated
            )

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk
