"""Bulk reads: how much at a time, how far ahead, and how much memory."""

import asyncio
import contextlib
import gc
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from convirza import (
    AsyncConvirza,
    Convirza,
)
from support.library.call_api import TOKEN, URL, CallApi, collect_async, collect_sync, workers
from support.library.virtual_time import LoopClock, run


@pytest.fixture
def api() -> CallApi:
    """An API of the test's own."""
    return CallApi()


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Whatever happens, no thread of the library outlives a test."""
    yield
    assert workers() == []


# ---------------------------------------------------------------------------- how much at a time


def test_as_many_threads_as_allowed_ask_at_once(api: CallApi) -> None:
    """Seven, never fewer while there are ids, never more."""
    together = threading.Barrier(7)
    api.work = lambda _call_id: together.wait(10)

    assert len(collect_sync(api, range(1, 71), concurrency=7)) == 70
    assert api.most == 7


def test_as_many_tasks_as_allowed_send_at_once(api: CallApi) -> None:
    """70 requests of a second, 7 at a time, take 10 seconds."""
    api.seconds = lambda _call_id: 1.0
    assert len(collect_async(api, range(1, 71), concurrency=7)) == 70
    assert api.most == 7
    assert [at for at, _ in api.sent] == [float(second) for second in range(10) for _ in range(7)]


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("concurrency", [1, 4])
def test_threads_read_ids_at_most_twice_the_concurrency_ahead(
    api: CallApi, ordered: bool, concurrency: int
) -> None:
    """Of an endless iterable, however long the caller takes; and that far they do read."""
    taken, ahead = 0, [0]
    reached = threading.Event()
    api.work = lambda _call_id: reached.wait(5) or reached.set()  # type: ignore[func-returns-value]

    def ids() -> Iterator[int]:
        read = 0
        while True:
            read += 1
            ahead.append(read - taken)
            if ahead[-1] == 2 * concurrency:
                reached.set()
            yield read

    outcomes = api.sync().calls.get_many(ids(), concurrency=concurrency, ordered=ordered)
    for _ in outcomes:
        taken += 1
        if taken % 20 == 0:
            time.sleep(0.005)
        if taken == 100:
            break
    outcomes.close()
    assert max(ahead) == 2 * concurrency


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("asynchronous", [False, True])
def test_tasks_read_ids_at_most_twice_the_concurrency_ahead(
    api: CallApi, ordered: bool, concurrency: int, asynchronous: bool
) -> None:
    """The same, for iterables of both kinds."""
    taken, ahead = 0, [0]
    api.clock = LoopClock()
    api.seconds = lambda call_id: 5.0 if call_id % 7 == 0 else 0.1

    def ids() -> Iterator[int]:
        read = 0
        while True:
            read += 1
            ahead.append(read - taken)
            yield read

    async def async_ids() -> Any:
        for number in ids():
            await asyncio.sleep(0)
            yield number

    async def main() -> None:
        nonlocal taken
        numbers: Any = async_ids() if asynchronous else ids()
        many = api.tasks().calls.get_many(numbers, concurrency=concurrency, ordered=ordered)
        async with contextlib.aclosing(many) as outcomes:
            async for _ in outcomes:
                taken += 1
                await asyncio.sleep(3.0 if taken % 10 == 0 else 0)
                if taken == 100:
                    break

    run(main())
    assert 2 * concurrency - 1 <= max(ahead) <= 2 * concurrency


def test_slow_source_of_ids_does_not_hold_outcomes_back(api: CallApi) -> None:
    """As when they are read from a pipe: the first outcome is there before 40 ids were read."""
    taken_when_read: list[int] = []
    taken = 0

    def ids() -> Iterator[int]:
        for number in range(1, 21):
            time.sleep(0.005)
            taken_when_read.append(taken)
            yield number

    for _ in api.sync().calls.get_many(ids(), concurrency=20):
        taken += 1
    assert taken == 20
    assert taken_when_read[-1] > 0


class LeanClient:
    """The least that a client must be, so that memory is that of the library."""

    def build_request(self, method: str, url: str, **_: Any) -> str:
        """The request is its address."""
        return url

    def send(self, request: str, **_: Any) -> Any:
        """A call."""
        call = {"call_id": int(request.rpartition("/")[2]), "padding": "x" * 50_000}
        return httpx.Response(200, json={"data": {"result": call}})


class LeanAsyncClient(LeanClient):
    """The same for asyncio."""

    async def send(self, request: str, **_: Any) -> Any:
        """A call."""
        return super().send(request)


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs /proc to measure memory")
@pytest.mark.parametrize("kind", ["threads", "tasks"])
def test_memory_does_not_grow_with_the_ids(kind: str) -> None:
    """After 4,000 ids it is as after 500; keeping each record would take 175 MB."""
    used: list[int] = []

    def note(number: int) -> None:
        if number in (500, 4_000):
            gc.collect()
            with open("/proc/self/statm") as file:
                used.append(int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"))

    async def main() -> None:
        client = AsyncConvirza(token=TOKEN, base_url=URL, http_client=LeanAsyncClient(), drift="off")
        number = 0
        async for outcome in client.calls.get_many(range(1, 4_001), ordered=True):
            outcome.unwrap()
            note(number := number + 1)

    if kind == "tasks":
        asyncio.run(main())
    else:
        client = Convirza(token=TOKEN, base_url=URL, http_client=LeanClient(), drift="off")
        for number, outcome in enumerate(client.calls.get_many(range(1, 4_001), concurrency=4), 1):
            outcome.unwrap()
            note(number)
    assert used[1] - used[0] < 20_000_000, used
