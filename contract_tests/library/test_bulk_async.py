"""Bulk reads in tasks: ids of any kind, how far ahead, leaving early, and no task that is left."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Any

import pytest

from support.library.call_api import CallApi, collect_async, endless
from support.library.virtual_time import LoopClock, run


@pytest.fixture
def api() -> CallApi:
    """An API of the test's own, whose requests take a second."""
    api = CallApi(LoopClock())
    api.seconds = lambda _call_id: 1.0
    return api


def check(main: Coroutine[Any, Any, None]) -> None:
    """Runs it, and expects that no task is left at its end."""

    async def watched() -> None:
        await main
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(watched())


async def numbers(last: int) -> AsyncIterator[int]:
    for number in range(1, last + 1):
        await asyncio.sleep(0.01)
        yield number


class Numbers:
    """An asynchronous iterable that is no generator."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.at = 0

    def __aiter__(self) -> "Numbers":
        return self

    async def __anext__(self) -> int:
        await asyncio.sleep(0)
        if self.at == self.last:
            raise StopAsyncIteration
        self.at += 1
        return self.at


@pytest.mark.parametrize("kind", [numbers, Numbers])
@pytest.mark.parametrize("ordered", [False, True])
def test_ids_may_be_asynchronous(api, kind, ordered):
    """Generators, which cannot run twice at a time, and other iterables."""

    async def main() -> None:
        many = api.tasks().calls.get_many(kind(30), concurrency=4, ordered=ordered)
        got = [outcome.unwrap().call_id async for outcome in many]
        assert (got if ordered else sorted(got)) == list(range(1, 31))

    check(main())
    assert api.most == 4


def test_as_many_tasks_as_allowed_send_at_once(api):
    """70 requests of a second, 7 at a time, take 10 seconds."""
    api.seconds = lambda _call_id: 1.0
    assert len(collect_async(api, range(1, 71), concurrency=7)) == 70
    assert api.most == 7
    assert [at for at, _ in api.sent] == [float(second) for second in range(10) for _ in range(7)]


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("asynchronous", [False, True])
def test_tasks_read_ids_at_most_twice_the_concurrency_ahead(api, ordered, concurrency, asynchronous):
    """The same, for iterables of both kinds."""
    taken, ahead = 0, [0]
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

    check(main())
    assert 2 * concurrency - 1 <= max(ahead) <= 2 * concurrency


def test_asynchronous_ids_that_come_slowly_are_read_at_once(api):
    """The outcome of the first does not wait for the second id."""

    async def ids() -> AsyncIterator[int]:
        yield 1
        await asyncio.sleep(1000)
        yield 2

    async def main() -> None:
        came = [
            asyncio.get_running_loop().time() async for _ in api.tasks().calls.get_many(ids(), deadline=60)
        ]
        assert came == [1, 1001]

    check(main())


def test_aclose_cancels_what_is_under_way(api):
    """At once: requests, retries that sleep, ids that are waited for."""
    for number in range(2, 6):
        api.script[number].append((503, "50"))

    async def main() -> None:
        many = api.tasks().calls.get_many(endless(), concurrency=8)
        await anext(many)
        await many.aclose()
        await many.aclose()
        assert asyncio.get_running_loop().time() == 1
        assert api.busy == 0
        sent = len(api.sent)
        await asyncio.sleep(100)
        assert len(api.sent) == sent <= 16

    check(main())


def test_break_without_closing_ends_with_the_loop(api):
    """Tasks that were not closed end when the iterator is dropped, or with the event loop."""

    async def main() -> None:
        async for _ in api.tasks().calls.get_many(endless(), concurrency=8):
            break
        for _ in range(10):
            await asyncio.sleep(0)
        assert api.busy == 0

    check(main())


def test_cancelling_the_consumer_cancels_what_is_under_way(api):
    """While it waits for an outcome; twice, as an impatient caller does."""
    api.seconds = lambda _call_id: 100.0

    async def consume() -> None:
        async for _ in api.tasks().calls.get_many(endless(), concurrency=8, timeout=1000, deadline=1000):
            raise AssertionError

    async def main() -> None:
        consumer = asyncio.create_task(consume())
        await asyncio.sleep(5)
        assert api.busy == 8
        consumer.cancel()
        consumer.cancel()
        with pytest.raises(asyncio.CancelledError):
            await consumer
        assert asyncio.get_running_loop().time() == 5
        await asyncio.sleep(0)
        assert api.busy == 0

    check(main())


def test_pending_ids_are_dropped_when_the_consumer_stops(api):
    """An asynchronous generator that waits for its next id is closed."""
    ended = []

    async def ids() -> AsyncIterator[int]:
        yield 1
        try:
            await asyncio.sleep(1000)
        finally:
            ended.append(asyncio.get_running_loop().time())

    async def main() -> None:
        async with contextlib.aclosing(api.tasks().calls.get_many(ids())) as outcomes:
            async for _ in outcomes:
                break
        assert ended == [1]

    check(main())


def test_iterator_that_was_never_begun_starts_nothing(api):
    """Neither tasks nor requests."""

    async def main() -> None:
        await api.tasks().calls.get_many(endless()).aclose()
        assert api.sent == []

    check(main())


def test_two_reads_may_be_nested_or_side_by_side(api):
    """Each has its own tasks and its own bounds."""

    async def main() -> None:
        client = api.tasks()
        seen = Counter[int]()
        async for outer in client.calls.get_many(range(1, 6), concurrency=2):
            async for inner in client.calls.get_many(range(1, 6), concurrency=2):
                seen[outer.call_id * 10 + inner.call_id] += 1
        assert seen == Counter({a * 10 + b: 1 for a in range(1, 6) for b in range(1, 6)})

        async def collect() -> list[int]:
            return sorted([o.call_id async for o in client.calls.get_many(range(1, 21), concurrency=4)])

        assert await asyncio.gather(*(collect() for _ in range(5))) == [list(range(1, 21))] * 5

    check(main())
    assert api.most == 20
