"""An API in memory for bulk reads: its responses by id, and the times of requests."""

import asyncio
import contextlib
import inspect
import itertools
import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from convirza import AsyncConvirza, Convirza, Outcome
from convirza._core.clock import SystemClock
from support.library.virtual_time import LoopClock, run

TOKEN = "canary-token"
URL = "https://api.test/v3"


class CallApi:
    """Responds to each id with a call, or with the statuses in `script`: `api.script[5].extend([503, 200])`.

    A status may come with a Retry-After: `(429, "10")`.
    """

    def __init__(self, clock: Any = None) -> None:
        self.clock: Any = clock or SystemClock()
        self.script: dict[int, deque[Any]] = defaultdict(deque)
        self.sent: list[tuple[float, int]] = []
        """When each request was received, and for which id."""
        self.busy = self.most = 0
        """Requests under way, now and at most."""
        self.work: Callable[[int], object] = lambda call_id: None
        """What a request takes, in a thread."""
        self.seconds: Callable[[int], float] = lambda call_id: 0.0
        """How long a request takes, in a task."""
        self._lock = threading.Lock()

    def sync(self, **options: Any) -> Convirza:
        """A client whose requests are sent here."""
        http = httpx.Client(transport=httpx.MockTransport(self._respond))
        return Convirza(**self._options(http, options))

    def tasks(self, **options: Any) -> AsyncConvirza:
        """The same for asyncio."""
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._respond_async))
        return AsyncConvirza(**self._options(http, options))

    def _options(self, http: Any, options: dict[str, Any]) -> dict[str, Any]:
        return {
            "token": TOKEN,
            "base_url": URL,
            "http_client": http,
            "drift": "off",
            "clock": self.clock,
            **options,
        }

    def _respond(self, request: httpx.Request) -> httpx.Response:
        call_id = self._begin(request)
        try:
            self.work(call_id)
            return self._make_response(call_id)
        finally:
            self._end()

    async def _respond_async(self, request: httpx.Request) -> httpx.Response:
        call_id = self._begin(request)
        try:
            await asyncio.sleep(self.seconds(call_id))
            return self._make_response(call_id)
        finally:
            self._end()

    def _begin(self, request: httpx.Request) -> int:
        call_id = int(request.url.path.rpartition("/")[2])
        with self._lock:
            self.sent.append((self.clock.monotonic(), call_id))
            self.busy += 1
            self.most = max(self.most, self.busy)
        return call_id

    def _end(self) -> None:
        with self._lock:
            self.busy -= 1

    def _make_response(self, call_id: int) -> httpx.Response:
        with self._lock:
            said = self.script[call_id].popleft() if self.script.get(call_id) else 200
        if isinstance(said, str):
            return httpx.Response(200, html=said)
        status, wait = said if isinstance(said, tuple) else (said, None)
        body = {"data": {"result": {"call_id": call_id}}} if status == 200 else {"message": "canary"}
        headers = {"content-type": "application/json", **({"retry-after": wait} if wait else {})}
        return httpx.Response(status, headers=headers, content=json.dumps(body))


def workers() -> list[threading.Thread]:
    """The library's threads that live."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("convirza-get-many")]


def collect_sync(
    api: CallApi, ids: Any, *, each: Callable[[Any, Outcome], object] = lambda *_: None, **options: Any
) -> list[Outcome]:
    """All outcomes, read by threads; `each` is called with the client and an outcome."""
    client = api.sync()
    found = []
    for outcome in client.calls.get_many(ids, **options):
        found.append(outcome)
        each(client, outcome)
    return found


def collect_async(
    api: CallApi, ids: Any, *, each: Callable[[Any, Outcome], object] = lambda *_: None, **options: Any
) -> list[Outcome]:
    """All outcomes, read by tasks in a time of their own, of which none is left; `each` may be awaitable."""
    found = []

    async def main() -> None:
        client = api.tasks()
        try:
            async with contextlib.aclosing(client.calls.get_many(ids, **options)) as outcomes:
                async for outcome in outcomes:
                    found.append(outcome)
                    if inspect.isawaitable(result := each(client, outcome)):
                        await result
        finally:
            assert asyncio.all_tasks() == {asyncio.current_task()}

    if type(api.clock) is SystemClock:
        api.clock = LoopClock()
    run(main())
    return found


def endless() -> Iterator[int]:
    """1, 2, 3 and so on."""
    return itertools.count(1)
