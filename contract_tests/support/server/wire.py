"""The one way to the target: every request of the suite, schemathesis's included, goes through a `Wire`."""

import asyncio
import contextlib
import dataclasses
import hashlib
import itertools
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from typing import Any, Final, TypeVar

import httpx

from support import contract
from support.contract import CALLS_PATH, SERVER_PATH
from support.server.target import Target

MOST_RETRIES: Final = 20
"""How many retry delays a live API may send, in the whole run."""
LONGEST_PAUSE: Final = 60.0
LONGEST_ANSWER: Final = 30.0
_PASSING: Final = frozenset({429, 502, 503, 504})
_T = TypeVar("_T")
_HOP_BY_HOP: Final = frozenset({b"connection", b"content-encoding", b"content-length", b"transfer-encoding"})


class Refused(Exception):
    """The guard did not let a request out."""


@dataclasses.dataclass(frozen=True)
class Exchange:
    """A request and its response, as they were on the wire."""

    request: httpx.Request
    response: httpx.Response
    received_at: float


class Guard(httpx.BaseTransport):
    """Has the last word on what leaves for a live API: where to, the method, how many and how fast."""

    def __init__(
        self,
        inner: httpx.BaseTransport,
        target: Target,
        most: int,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`most` bounds the number of requests, retries included."""
        self._inner = inner
        self._target = target
        self.most = most
        self._retries = MOST_RETRIES
        self._sleep = sleep
        self._clock = clock
        self._next_at = clock()
        self.count = 0
        base = httpx.URL(target.base_url)
        self._origin = (base.scheme, base.host, base.port)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request, or raises `Refused`; waits when the API says that it is too much."""
        self._check(request)
        while True:
            response = self._send(request)
            if response.status_code not in _PASSING or not self._retries:
                return response
            self._retries -= 1
            response.close()
            self._sleep(_pause(response.headers.get("retry-after", "")))

    def _check(self, request: httpx.Request) -> None:
        if (request.url.scheme, request.url.host, request.url.port) != self._origin:
            raise Refused("not the target's host")
        if request.method != "GET":
            raise Refused(f"{request.method} is not GET")
        if request.read():
            raise Refused("a GET with a body")
        path = request.url.raw_path.partition(b"?")[0].decode("ascii")
        found = contract.find_operations(path, self._target.path)
        if path.endswith(("/.", "/..")) or not any(each.is_live for each, _ in found):
            raise Refused("not the path of an operation")

    def _send(self, request: httpx.Request) -> httpx.Response:
        if self.count >= self.most:
            raise Refused(f"more than {self.most} requests")
        self.count += 1
        if rate := self._target.requests_per_second:
            now = self._clock()
            if now < self._next_at:
                self._sleep(self._next_at - now)
            self._next_at = max(now, self._next_at) + 1 / rate
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Closes the connections."""
        self._inner.close()


def _pause(retry_after: str) -> float:
    # A date, or nothing, is a few seconds: the number of retries is bounded anyway.
    return min(float(retry_after), LONGEST_PAUSE) if retry_after.isdecimal() else 5.0


class AppTransport(httpx.BaseTransport):
    """Carries requests to an ASGI app in process, in one event loop for all of them."""

    def __init__(self, app: Any) -> None:
        """The app is started as a server would start it."""
        self._app = app
        self._clients = itertools.count()
        self._loop = asyncio.new_event_loop()
        # A daemon: a run that is broken off must not wait for it.
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._lifespan = _lifespan(app)
        self._run(self._lifespan.__aenter__())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request to the app; if the app raises, the response is a 500, as from a server."""
        return self._run(self._handle(request))

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        number = next(self._clients)
        # Each request from another address: the token service limits logins by address.
        client = (f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", 1024)
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False, client=client)
        async with asyncio.timeout(LONGEST_ANSWER):
            response = await transport.handle_async_request(request)
            content = await response.aread()
        # Decoded by now.
        headers = [pair for pair in response.headers.raw if pair[0].lower() not in _HOP_BY_HOP]
        return httpx.Response(response.status_code, headers=headers, content=content)

    def _run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def close(self) -> None:
        """Stops the app."""
        self._run(self._lifespan.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)


@contextlib.asynccontextmanager
async def _lifespan(app: Any) -> AsyncIterator[None]:
    inbox: asyncio.Queue[Any] = asyncio.Queue()
    outbox: asyncio.Queue[Any] = asyncio.Queue()

    async def run() -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
        # An app without a lifespan raises, or returns; it is served all the same.
        with contextlib.suppress(Exception):
            await app(scope, inbox.get, outbox.put)
        await outbox.put(None)

    task = asyncio.create_task(run())
    await inbox.put({"type": "lifespan.startup"})
    await asyncio.wait_for(outbox.get(), LONGEST_ANSWER)
    yield
    if not task.done():
        await inbox.put({"type": "lifespan.shutdown"})
        await asyncio.wait_for(outbox.get(), LONGEST_ANSWER)
        task.cancel()


class Wire:
    """Sends requests to the target and remembers the exchanges until they are taken."""

    def __init__(self, target: Target, transport: httpx.BaseTransport) -> None:
        """`transport` is an `AppTransport` or a `Guard`."""
        self.target = target
        self._client = httpx.Client(transport=transport, trust_env=False, follow_redirects=False, timeout=30)
        self._exchanges: list[Exchange] = []
        self._asked = hashlib.sha256()
        self.count = 0

    def get(self, call: object, query: str = "", headers: Any = None) -> Exchange:
        """Requests a call by the text for its id in the path, percent-encoded already."""
        return self.send("GET", f"{CALLS_PATH}{call}{'?' * bool(query)}{query}", headers)

    def send(
        self, method: str, path: str, headers: Any = None, content: bytes = b"", root: str | None = None
    ) -> Exchange:
        """Sends one request; the path is relative to the server's, or to `root`."""
        url = httpx.URL(self.target.base_url)
        raw_path = ((self.target.path if root is None else root) + path).encode("ascii")
        # The path goes out as it is: httpx would quote it anew.
        url = url.copy_with(raw_path=raw_path)
        request = self._client.build_request(method, url, headers=headers, content=content or None)
        self.count += 1
        self._asked.update(f"{method} {path} {request.headers.get('authorization')}\n".encode())
        response = self._client.send(request)
        response.read()
        exchange = Exchange(request, response, time.time())
        self._exchanges.append(exchange)
        return exchange

    def fingerprint(self) -> str:
        """The same for two runs with the same requests."""
        return self._asked.hexdigest()[:12]

    def take(self) -> list[Exchange]:
        """The exchanges since the last time, oldest first."""
        taken, self._exchanges = self._exchanges, []
        return taken

    async def as_app(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        """This wire as an ASGI app: what schemathesis calls, so that it has no way of its own."""
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        content = (await receive()).get("body", b"")
        path = scope["raw_path"].decode("ascii")
        elsewhere = [each for each, _ in contract.find_operations(path, SERVER_PATH) if each.root is not None]
        root = "" if elsewhere else None
        if root is None:
            path = path.removeprefix(SERVER_PATH)
        if query := scope["query_string"].decode("ascii"):
            path += f"?{query}"
        headers = [
            (name, value) for name, value in scope["headers"] if name not in (b"host", b"content-length")
        ]
        response = self.send(scope["method"], path, headers, content, root).response
        answered = [(name.lower(), value) for name, value in response.headers.raw]
        await send(
            {
                "type": "http.response.start",
                "status": response.status_code,
                "headers": [header for header in answered if header[0] not in _HOP_BY_HOP],
            }
        )
        await send({"type": "http.response.body", "body": response.content})

    def close(self) -> None:
        """Closes the connections, or stops the app."""
        self._client.close()
