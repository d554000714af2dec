"""The variants of a client: sync or async, with the library's own HTTP client or with one that was passed in.

A test that is run for each of them uses a `ClientUnderTest`, whose methods are plain functions.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass
from typing import Any, Final

import httpx
import httpx2

from convirza import AsyncConvirza, Call, Convirza, RawResponse
from support.library.hostile_server import DOCUMENTED

TOKEN: Final = "tok-c4n4ry-0123456789"
URL: Final = "https://api.test/v3"

Handler = Callable[[Any], Any]
"""Takes a request and returns a response of the same library, or raises one of its exceptions."""


class Integer:
    """An integer of another library, such as NumPy's."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __repr__(self) -> str:
        return f"Integer({self.number})"

    def __index__(self) -> int:
        return self.number


@dataclass(frozen=True)
class Variant:
    """One of the ways."""

    name: str
    is_async: bool
    library: Any = None
    """Whose client is passed in; None: the library's own is taken."""
    aiohttp: bool = False

    def __str__(self) -> str:
        return self.name


OWN: Final = [Variant("sync", False), Variant("async", True), Variant("aiohttp", True, aiohttp=True)]
INJECTED: Final = [
    Variant("httpx", False, httpx),
    Variant("httpx async", True, httpx),
    Variant("httpx2", False, httpx2),
    Variant("httpx2 async", True, httpx2),
]

PAIR: Final = [INJECTED[0], INJECTED[3]]
"""Sync and async, for what does not depend on the HTTP library."""


class ClientUnderTest:
    """A client of ours, used as one of the variants."""

    def __init__(
        self, way: Variant, client: Convirza | AsyncConvirza, runner: asyncio.Runner | None, clock: Any
    ) -> None:
        self.way = way
        self.client = client
        self.clock = clock
        self._runner = runner

    def wait(self, result: Any) -> Any:
        """The result of a method of the client, sync or async."""
        if self._runner is None:
            return result

        async def wait() -> Any:
            return await result

        return self._runner.run(wait())

    def get(self, call_id: Any = 987654, **options: Any) -> Call:
        """`calls.get`."""
        call: Call = self.wait(self.client.calls.get(call_id, **options))
        return call

    def raw(self, call_id: Any = 987654, **options: Any) -> RawResponse[Call]:
        """`calls.with_raw_response.get`."""
        response: RawResponse[Call] = self.wait(self.client.calls.with_raw_response.get(call_id, **options))
        return response


@contextlib.contextmanager
def asking(
    way: Variant, *, handler: Handler | None = None, http: Any = None, **settings: Any
) -> Generator[ClientUnderTest]:
    """A client in one of the ways. With a `handler` there is no network; `http` are settings of httpx."""
    settings = {"token": TOKEN, "base_url": URL, **settings}
    with contextlib.ExitStack() as stack:
        runner = stack.enter_context(asyncio.Runner()) if way.is_async else None

        def wait(coroutine: Coroutine[Any, Any, Any]) -> Any:
            assert runner is not None
            return runner.run(coroutine)

        if way.aiohttp:
            settings["transport"] = "aiohttp"
        if way.library is not None:
            transport = {"transport": way.library.MockTransport(handler)} if handler is not None else {}
            kind = way.library.AsyncClient if way.is_async else way.library.Client
            settings["http_client"] = injected = kind(**transport, **(http or {}))
            stack.callback(lambda: wait(injected.aclose()) if way.is_async else injected.close())
        client = AsyncConvirza(**settings) if way.is_async else Convirza(**settings)
        stack.callback(lambda: wait(client.close()) if isinstance(client, AsyncConvirza) else client.close())
        yield ClientUnderTest(way, client, runner, settings.get("clock"))


class Script:
    """A server in memory. Responds step by step, with the last step again and again; keeps the requests.

    A step is a status, a status with headers, a JSON body, or the name of an exception of the HTTP library.
    """

    def __init__(self, *steps: Any, library: Any = httpx, clock: Any = None) -> None:
        self._library = library
        self._clock = clock
        self.steps = list(steps)
        self.seconds = 0.0
        """How long each response takes."""
        self.requests: list[Any] = []

    @property
    def timeouts(self) -> list[float]:
        """That of each request."""
        return [request.extensions["timeout"]["read"] for request in self.requests]

    def __call__(self, request: Any) -> Any:
        """Returns a response, or raises."""
        self.requests.append(request)
        if self._clock:
            self._clock.advance(self.seconds)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, str):
            raise getattr(self._library, step)("what it says", request=request)
        if isinstance(step, dict):
            return self._library.Response(200, json=step)
        status, headers = step if isinstance(step, tuple) else (step, {})
        return self._library.Response(status, headers=headers, json=DOCUMENTED)
