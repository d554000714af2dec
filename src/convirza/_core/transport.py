"""Sends requests with httpx, sync and async.

A client that is passed in may be another library's with the same interface, such as httpx2. What an HTTP
library raises becomes a `Failure`; other exceptions are bugs in the caller's hooks and mocks, or come from
signal handlers, and propagate.
"""

import asyncio
import concurrent.futures
import contextlib
import contextvars
import re
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Any, Final, Literal, TypeAlias, TypeVar

import httpx

from convirza._core.body import DEFAULT_MAX_BODY, Body
from convirza._core.clock import Clock
from convirza._core.connections import Connections, make_aiohttp_transport, running_loop
from convirza._core.effects import Failure, Finish, Flow, Reply, Request, Send, Sink, Sleep, Wait, Work
from convirza._core.errors import ConfigurationError, ConvirzaError
from convirza._core.failures import find_failure, is_stale
from convirza._core.logging import redact_http_logs
from convirza._core.network import (
    AsyncTransport,
    EndingTransport,
    end_after,
    note_tunnel,
    note_tunnel_async,
    opened_connections,
    seconds_left,
)
from convirza._core.tracebacks import clear_traceback_locals, clear_traceback_locals_async

T = TypeVar("T")

TransportName: TypeAlias = Literal["httpx", "aiohttp"]

_LONGEST_CONNECT: Final = 10.0
_TIMEOUT: Final = Failure("timeout")
_CLOSED: Final = Failure("request", "the client is closed")
_OTHER_LOOP: Final = re.compile("Event loop is closed|different (event )?loop")
_LOOP_ADVICE: Final = "create http_client in the event loop that uses it, or leave it out"


class Stopped(Exception):
    """The consumer stopped iterating."""


class Sender:
    """Sends requests from any number of threads."""

    def __init__(
        self, client: Any = None, *, trust_env: bool = True, max_body: int = DEFAULT_MAX_BODY
    ) -> None:
        """`client` is an `httpx.Client` of the caller's, who closes it; without it, one of our own."""
        self._max_body = max_body
        self._closed = False
        self._finishing: list[threading.Thread] = []
        self._connections = Connections(EndingTransport, client, trust_env)

    def send(self, request: Request, seconds: float, sink: Sink | None = None) -> Reply | Failure:
        """Sends one attempt, with a time limit in seconds."""
        client = self._connections.client()
        if self._closed or getattr(client, "is_closed", False):
            return _CLOSED
        with redact_http_logs(), end_after(seconds) as end:
            while (outcome := self._attempt(client, request, seconds, end, sink)) is None:
                pass
            return outcome

    def _attempt(
        self, client: Any, request: Request, seconds: float, end: float, sink: Sink | None
    ) -> Reply | Failure | None:
        """None: the request found a pooled connection that the server had closed."""
        response: Any = None
        with opened_connections(request.url if request.public else None) as opened:
            try:
                response = self._open(client, request, seconds, sink)
                try:
                    body = _body(response, self._max_body, sink)
                    for part in _parts_of(response):
                        body.add(part)
                        if time.monotonic() > end:
                            return _without_body(response, _TIMEOUT)
                finally:
                    response.close()
                return Reply(response.status_code, response.headers, body.content())
            except Exception as error:
                failure = find_failure(error, self._connections.proxy(request.url), opened.tunnelled)
                if failure is None:
                    raise
                if response is None and self._connections.owned and is_stale(request, error, opened):
                    return None
                return _without_body(response or getattr(error, "response", None), failure)

    def _open(self, client: Any, request: Request, seconds: float, sink: Sink | None) -> Any:
        parts = _parts(request, seconds, sink)
        if self._connections.owned:
            built = httpx.Request(**parts)
            if self._connections.has_tls_proxy(built.url):
                built.extensions["trace"] = note_tunnel
            # Not client.send: its cookies, redirects and log line take a fifth of the time of a request.
            return client.find(built.url).handle_request(built)
        built = _build(client, parts, sink)
        return client.send(built, stream=True, auth=None, follow_redirects=False)

    @clear_traceback_locals  # bugs in hooks propagate from here, and hooks see the token
    def run(self, flow: Flow[T], clock: Clock, stopped: threading.Event | None = None) -> T:
        """Drives a flow and returns its result. Raises Stopped once `stopped` is set."""
        result: object = None
        with contextlib.closing(flow):
            while stopped is None or not stopped.is_set():
                try:
                    effect = flow.send(result)
                except StopIteration as end:
                    returned: T = end.value
                    return returned
                result = None
                if isinstance(effect, Send):
                    result = self.send(effect.request, effect.seconds, effect.sink)
                elif isinstance(effect, Sleep):
                    _sleep(clock, min(effect.seconds, seconds_left()), stopped)  # in a hook, a log handler
                elif isinstance(effect, Work):
                    result = effect.function()
                elif isinstance(effect, Finish):
                    self._finish(effect, clock)
                else:
                    _wait(effect, stopped)
        raise Stopped

    def run_or_raise(self, flow: Flow[T | ConvirzaError], clock: Clock) -> T:
        """Runs a flow; raises the error that it returns."""
        result = self.run(flow, clock)
        if isinstance(result, ConvirzaError):
            raise result
        return result

    def _finish(self, finish: Finish, clock: Clock) -> None:
        def work() -> None:
            try:
                finish.future.set_result(self.run(finish.flow, clock))
            except BaseException as error:
                finish.future.set_exception(error)

        if (thread := _start_thread(work)) is None:
            work()
            return
        self._finishing = [other for other in (*self._finishing, thread) if other.is_alive()]

    def close(self) -> None:
        """Closes the connections, if they are ours; nothing is sent any more. Waits for a refresh to end."""
        try:
            for thread in self._finishing:
                thread.join()
        finally:
            self._closed = True
            for transport in self._connections.to_close():
                transport.close()


class AsyncSender:
    """Sends requests from any number of tasks, with connections of its own in each event loop."""

    def __init__(
        self,
        client: Any = None,
        *,
        trust_env: bool = True,
        transport: TransportName = "httpx",
        max_body: int = DEFAULT_MAX_BODY,
    ) -> None:
        """`client` is an `httpx.AsyncClient` of the caller's, who closes it; else `transport` is used."""
        self._max_body = max_body
        self._closed = False
        self._finishing: set[asyncio.Task[None]] = set()
        self._threads: list[threading.Thread] = []
        make = make_aiohttp_transport if transport == "aiohttp" else AsyncTransport
        self._connections = Connections(make, client, trust_env, running_loop)

    async def send(self, request: Request, seconds: float, sink: Sink | None = None) -> Reply | Failure:
        """Sends one attempt, with a time limit in seconds."""
        client = self._connections.client()
        if self._closed or getattr(client, "is_closed", False):
            return _CLOSED
        for transport in self._connections.of_closed_loops():
            with contextlib.suppress(Exception):  # httpx's cannot be closed any more, aiohttp's can
                await transport.aclose()
        end = running_loop().time() + seconds
        with redact_http_logs():
            while (outcome := await self._attempt(client, request, seconds, end, sink)) is None:
                pass
            return outcome

    async def _attempt(
        self, client: Any, request: Request, seconds: float, end: float, sink: Sink | None
    ) -> Reply | Failure | None:
        """None: the request found a pooled connection that the server had closed."""
        response: Any = None
        with opened_connections(request.url if request.public else None) as opened:
            try:
                async with asyncio.timeout_at(end):
                    response = await self._open(client, request, seconds, sink)
                    try:
                        body = _body(response, self._max_body, sink)
                        async for part in _parts_of_async(response):
                            body.add(part)
                    finally:
                        await response.aclose()
                return Reply(response.status_code, response.headers, body.content())
            except Exception as error:
                failure = find_failure(error, self._connections.proxy(request.url), opened.tunnelled)
                if failure is None:
                    if isinstance(error, RuntimeError) and _OTHER_LOOP.search(str(error)):
                        raise ConfigurationError(
                            f"http_client belongs to another event loop: {_LOOP_ADVICE}"
                        ) from error
                    raise
                if response is None and self._connections.owned and is_stale(request, error, opened):
                    return None
                return _without_body(response or getattr(error, "response", None), failure)

    async def _open(self, client: Any, request: Request, seconds: float, sink: Sink | None) -> Any:
        parts = _parts(request, seconds, sink)
        if self._connections.owned:
            built = httpx.Request(**parts)
            if self._connections.has_tls_proxy(built.url):
                built.extensions["trace"] = note_tunnel_async
            return await client.find(built.url).handle_async_request(built)
        built = _build(client, parts, sink)
        return await client.send(built, stream=True, auth=None, follow_redirects=False)

    @clear_traceback_locals_async
    async def run(self, flow: Flow[T], clock: Clock) -> T:
        """Drives a flow and returns its result."""
        result: object = None
        with contextlib.closing(flow):
            while True:
                try:
                    effect = flow.send(result)
                except StopIteration as end:
                    returned: T = end.value
                    return returned
                result = None
                if isinstance(effect, Send):
                    result = await self.send(effect.request, effect.seconds, effect.sink)
                elif isinstance(effect, Sleep):
                    await clock.sleep_async(effect.seconds)
                elif isinstance(effect, Work):
                    result = await asyncio.to_thread(effect.function)
                elif isinstance(effect, Finish):
                    self._finish(effect, clock)
                else:
                    await _wait_async(effect)

    async def run_or_raise(self, flow: Flow[T | ConvirzaError], clock: Clock) -> T:
        """Runs a flow; raises the error that it returns."""
        result = await self.run(flow, clock)
        if isinstance(result, ConvirzaError):
            raise result
        return result

    def _finish(self, finish: Finish, clock: Clock) -> None:
        async def work() -> None:
            try:
                finish.future.set_result(await self.run(finish.flow, clock))
            except BaseException as error:
                finish.future.set_exception(error)

        async def work_alone() -> None:
            await work()
            for transport in self._connections.to_close():
                await transport.aclose()

        # In an event loop of its own: asyncio.run cancels all tasks of a loop that ends. A client of the
        # caller's belongs to this loop.
        if self._connections.owned and (thread := _start_thread(lambda: asyncio.run(work_alone()))):
            self._threads = [other for other in (*self._threads, thread) if other.is_alive()]
            return
        task = asyncio.create_task(work())
        self._finishing.add(task)  # the event loop holds weak references only
        task.add_done_callback(self._finishing.discard)

    async def close(self) -> None:
        """Closes the connections, if they are ours; nothing is sent any more. Waits for a refresh to end."""
        loop = asyncio.get_running_loop()
        try:
            if tasks := [task for task in self._finishing if task.get_loop() is loop]:
                await asyncio.wait(tasks)
            for thread in self._threads:
                await asyncio.to_thread(thread.join)
        finally:
            self._closed = True
            for transport in self._connections.to_close():
                await transport.aclose()


def _start_thread(work: Callable[[], object]) -> threading.Thread | None:
    """Runs it in a thread that the end of the process waits for; None: no thread can be started any more."""
    thread = threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=False)
    try:
        thread.start()
    except RuntimeError:  # as in an atexit handler
        return None
    return thread


def _build(client: Any, parts: dict[str, Any], sink: Sink | None) -> Any:
    built = client.build_request(**parts)
    if sink is not None:  # the client's own headers and cookies may be for the API only
        for name in ("authorization", "cookie"):
            built.headers.pop(name, None)
    return built


def _parts(request: Request, seconds: float, sink: Sink | None) -> dict[str, Any]:
    seconds = seconds if sink is None else min(seconds, sink.quiet)
    connect = min(seconds, _LONGEST_CONNECT)
    timeout = {"connect": connect, "read": seconds, "write": seconds, "pool": seconds}
    return {
        "method": request.method,
        "url": request.url,
        "headers": request.headers,
        "content": request.content,
        "extensions": {"timeout": timeout},
    }


def _without_body(response: Any, failure: Failure) -> Reply | Failure:
    """The status of an error is enough, even if its body cannot be read."""
    if response is None or 200 <= response.status_code <= 299:
        return failure
    return Reply(response.status_code, response.headers, b"")


def _body(response: Any, limit: int, sink: Sink | None) -> Body | Sink:
    if sink is not None and sink.begin(response.status_code, response.headers):
        return sink
    return Body(response.headers, limit, decoded=_was_read(response))


def _was_read(response: Any) -> bool:
    """Whether a mock, or a hook of the caller's, has read the body."""
    return getattr(response, "is_stream_consumed", False) is True


def _parts_of(response: Any) -> Iterable[bytes]:
    """The raw body. The decoders of httpx accept any encoding, and their output has no size limit."""
    parts: Iterable[bytes] = [response.content] if _was_read(response) else response.stream
    return parts


async def _parts_of_async(response: Any) -> AsyncGenerator[bytes]:
    if _was_read(response):
        yield response.content
        return
    async for part in response.stream:
        yield part


def _sleep(clock: Clock, seconds: float, stopped: threading.Event | None) -> None:
    if stopped is None:
        clock.sleep(seconds)
        return
    end = clock.monotonic() + seconds
    while not stopped.is_set() and (left := end - clock.monotonic()) > 0:
        clock.sleep(min(left, 0.1))


def _wait(wait: Wait, stopped: threading.Event | None) -> None:
    if stopped is None:
        concurrent.futures.wait([wait.future], wait.seconds)
        return
    end = time.monotonic() + wait.seconds
    while not (stopped.is_set() or wait.future.done()) and (left := end - time.monotonic()) > 0:
        concurrent.futures.wait([wait.future], min(left, 0.1))


async def _wait_async(wait: Wait) -> None:
    mine = asyncio.wrap_future(wait.future)
    try:
        # asyncio.wait neither cancels what it waits for nor raises what that raises.
        await asyncio.wait([mine], timeout=wait.seconds)
    finally:
        # Otherwise the future would call into a loop that may be closed by then.
        if not mine.cancel():
            mine.exception()  # else asyncio logs that it was never retrieved
