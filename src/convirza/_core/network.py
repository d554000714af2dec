"""The network below the HTTP libraries: name resolution, connections and reads, all of which end in time.

httpx has timeouts for each step only: a server that sends a byte now and then would never run into one. Names
are resolved, and one of several addresses is connected to, in threads that can be abandoned.
"""

import asyncio
import contextlib
import importlib
import ipaddress
import math
import socket
import ssl
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextvars import ContextVar
from typing import Any, Final, TypeVar

import httpcore
import httpx

T = TypeVar("T")

_NEXT_ADDRESS: Final = 0.25
"""Seconds until the next address is tried as well (RFC 8305, section 5)."""


# ---------------------------------------------------------------------------- an attempt


class _Thread(threading.local):
    end = math.inf  # outside of a request, as when a connection is closed


_thread: Final = _Thread()
_opened: Final[ContextVar["_Opened"]] = ContextVar("convirza_connections_opened")


@contextlib.contextmanager
def end_after(seconds: float) -> Generator[float]:
    """Ends the reads and writes of this thread at a time of `time.monotonic`, and yields that time.

    A request within a request, as in a hook or a log handler, ends no later than the outer one.
    """
    outer = _thread.end
    _thread.end = min(outer, time.monotonic() + seconds)
    try:
        yield _thread.end
    finally:
        _thread.end = outer


def seconds_left() -> float:
    """The seconds until the deadline of this thread's current request; infinite if there is none."""
    return max(0.0, _thread.end - time.monotonic())


class _Opened(list[str]):
    public_host: str | None = None
    tunnelled = False


@contextlib.contextmanager
def opened_connections(public: str | None = None) -> Generator[_Opened]:
    """Lists the hosts to which a connection is opened; none: a pooled connection is used.

    The host of the URL `public` must have public addresses only.
    """
    opened = _Opened()
    if public is not None:
        opened.public_host = httpx.URL(public).raw_host.decode("ascii")
    token = _opened.set(opened)
    try:
        yield opened
    finally:
        _opened.reset(token)


class PrivateAddress(httpcore.UnsupportedProtocol):
    """A host that must be public has another address."""


def is_public(address: str) -> bool:
    """Whether an IP address is public: not private, link-local, multicast, ...

    Raises ValueError or OSError for anything else, such as a name.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        # 127.1 and 2130706433 are addresses too, which aiohttp connects to without resolving them.
        found = ipaddress.ip_address(socket.inet_aton(address))
    found = getattr(found, "ipv4_mapped", None) or found
    return found.is_global and not found.is_multicast


def _allowed(host: str, addresses: list[str]) -> list[str]:
    if host == _opened.get(_Opened()).public_host and not all(map(is_public, addresses)):
        raise PrivateAddress
    return addresses


def note_tunnel(event: str, _info: object) -> None:
    """An httpcore trace: notes that a proxy has opened a tunnel, in which TLS with the server starts."""
    if event == "proxy.start_tls.started":
        _opened.get(_Opened()).tunnelled = True


async def note_tunnel_async(event: str, info: object) -> None:
    """The same for asyncio."""
    note_tunnel(event, info)


def note_opened(host: str = "") -> None:
    """Called before a connection is opened."""
    _opened.get(_Opened()).append(host)


def _left(timeout: float | None) -> float | None:
    left = _thread.end - time.monotonic()
    if left == math.inf:
        return timeout
    if left <= 0:
        raise httpcore.ReadTimeout
    return left if timeout is None else min(left, timeout)


# ---------------------------------------------------------------------------- abandoned threads


def _in_thread(function: Callable[..., T], *args: Any) -> Future[T]:
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()

    def run() -> None:
        try:
            future.set_result(function(*args))
        except BaseException as error:
            future.set_exception(error)

    # A daemon: neither the end of the process nor that of an event loop waits for it, unlike an executor's.
    threading.Thread(target=run, name="convirza-connect", daemon=True).start()
    return future


def _resolve(host: str, port: int) -> list[str]:
    try:
        if not (found := socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)):
            raise UnicodeError
    except UnicodeError:  # a label of more than 63 characters
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None
    return list(dict.fromkeys(str(address[0]) for *_others, address in found))


async def resolve_async(host: str, port: int) -> list[str]:
    """The addresses of a host. Raises PrivateAddress if it must be public and is not."""
    return _allowed(host, await asyncio.wrap_future(_in_thread(_resolve, host, port)))


def _close_unused(future: Future[httpcore.NetworkStream]) -> None:
    if future.exception() is None:
        future.result().close()


# ---------------------------------------------------------------------------- sync


class EndingTransport(httpx.BaseTransport):
    """Like `httpx.HTTPTransport`, but a request ends as `end_after` says."""

    def __init__(self, context: ssl.SSLContext, proxy: str | None) -> None:
        self._pool = httpcore.ConnectionPool(network_backend=_EndingBackend(), **_settings(context, proxy))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request. Raises httpcore's exceptions."""
        response = self._pool.handle_request(_request(request))
        return httpx.Response(response.status, headers=response.headers, stream=_Stream(response.stream))

    def close(self) -> None:
        """Closes the connections."""
        self._pool.close()


class _EndingBackend(httpcore.NetworkBackend):
    """Opens connections, to the first address that accepts one, whose reads and writes end in time."""

    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        note_opened(host)
        seconds = _left(timeout)
        end = math.inf if seconds is None else time.monotonic() + seconds

        def connect(address: str) -> httpcore.NetworkStream:
            return self._backend.connect_tcp(address, port, _until(end), local_address, socket_options)

        resolved = _in_thread(_resolve, host, port)
        addresses = _allowed(host, resolved.result(_until(end)))
        stream = connect(addresses[0]) if len(addresses) == 1 else _race(connect, addresses, end)
        return _EndingStream(stream)


def _until(end: float) -> float | None:
    """The seconds that are left, for timeouts: None if they are unlimited. Raises ConnectTimeout if none."""
    if end == math.inf:
        return None
    left = end - time.monotonic()
    if left <= 0:
        raise httpcore.ConnectTimeout
    return left


def _race(
    connect: Callable[[str], httpcore.NetworkStream], addresses: Iterable[str], end: float
) -> httpcore.NetworkStream:
    """The first connection: tries the next address when one fails or takes long."""
    untried = iter(addresses)
    racing: set[Future[httpcore.NetworkStream]] = set()
    error: BaseException | None = None
    try:
        while True:
            if (address := next(untried, None)) is not None:
                racing.add(_in_thread(connect, address))
            elif not racing:
                raise error or httpcore.ConnectError
            left = _until(end)
            pause = left if address is None else min(_NEXT_ADDRESS, left or math.inf)
            for future in wait(racing, pause, return_when=FIRST_COMPLETED).done:
                racing.remove(future)
                if (error := future.exception()) is None:
                    return future.result()
    finally:
        for future in racing:
            future.add_done_callback(_close_unused)


class _EndingStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _EndingStream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


# ---------------------------------------------------------------------------- async


class AsyncTransport(httpx.AsyncBaseTransport):
    """Like `httpx.AsyncHTTPTransport`, but leaving its event loop does not wait for the resolver."""

    def __init__(self, context: ssl.SSLContext, proxy: str | None) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            network_backend=_AsyncBackend(), **_settings(context, proxy)
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request. Raises httpcore's exceptions."""
        response = await self._pool.handle_async_request(_request(request))
        return httpx.Response(response.status, headers=response.headers, stream=_Stream(response.stream))

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._pool.aclose()


class _AsyncBackend(httpcore.AsyncNetworkBackend):
    def __init__(self) -> None:
        self._backend: Any = httpcore.AnyIOBackend()  # pyright sees its stand-in for a missing anyio

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.AsyncNetworkStream:
        note_opened(host)
        async with asyncio.timeout(timeout):
            untried = iter(await resolve_async(host, port))
            racing: set[asyncio.Task[httpcore.AsyncNetworkStream]] = set()
            error: BaseException | None = None
            try:
                while True:
                    if (address := next(untried, None)) is not None:
                        connect = self._backend.connect_tcp(
                            address, port, None, local_address, socket_options
                        )
                        racing.add(asyncio.create_task(connect))
                    elif not racing:
                        raise error or httpcore.ConnectError
                    pause = None if address is None else _NEXT_ADDRESS
                    done, _pending = await asyncio.wait(
                        racing, timeout=pause, return_when=asyncio.FIRST_COMPLETED
                    )
                    for task in done:
                        racing.remove(task)
                        if (error := task.exception()) is None:
                            return task.result()
            finally:
                for task in racing:
                    task.cancel()
                for stream in await asyncio.gather(*racing, return_exceptions=True):
                    if isinstance(stream, httpcore.AsyncNetworkStream):
                        await stream.aclose()


# ---------------------------------------------------------------------------- both


class _Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body of httpcore's under httpx's interface."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Generator[bytes]:
        yield from self._stream

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        async for chunk in self._stream:
            yield chunk

    def close(self) -> None:
        self._stream.close()

    async def aclose(self) -> None:
        await self._stream.aclose()


def _request(request: httpx.Request) -> httpcore.Request:
    return httpcore.Request(
        request.method,
        _url(request.url),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


def _url(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def _settings(context: ssl.SSLContext, proxy: str | None) -> dict[str, Any]:
    through = None
    if proxy is not None:
        given = httpx.Proxy(proxy)
        if given.url.scheme.startswith("socks"):
            importlib.import_module("socksio")  # httpcore would miss it at the first request only
        through = httpcore.Proxy(_url(given.url), given.raw_auth, given.headers.raw)
    return {
        "ssl_context": context,
        "proxy": through,
        "max_connections": None,
        "max_keepalive_connections": 100,
        "keepalive_expiry": 5.0,
    }
