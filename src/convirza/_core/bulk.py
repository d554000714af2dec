"""Many calls at a time: bounded concurrency, constant memory, an outcome for each id."""

import asyncio
import queue
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from attrs import field, frozen

from convirza._generated import Call

# How many outcomes may wait for the caller, for each one that is under way.
_WINDOW: Final = 2


@frozen
class Outcome:
    """What became of one id: `call` or `error`, one of them None."""

    call_id: Any
    """The id as it was given."""
    call: Call | None = field(default=None, repr=False)
    error: Exception | None = None
    """A `ConvirzaError`, or the `ValueError` of an id that cannot be one."""

    def unwrap(self) -> Call:
        """The call. Raises the error if there is none."""
        if self.call is None:
            raise self.error or ValueError("an outcome without a call or an error")
        return self.call


class Pacer:
    """Spreads requests evenly over time, and holds all of them back when the API asks one to wait."""

    def __init__(self, rate: float | None) -> None:
        """`rate` is in requests a second; None is no limit."""
        self._interval = 1 / rate if rate else 0.0
        self._free = self._until = float("-inf")
        self._lock = threading.Lock()

    def reserve(self, now: float) -> float:
        """Takes the next free place, after a time that the API wants to be left alone; gives the seconds."""
        with self._lock:
            place = max(now, self._free, self._until)
            self._free = place + self._interval
        return place - now

    def blocked(self, now: float) -> float:
        """The seconds for which the API wants no requests."""
        return max(0.0, self._until - now)

    def block(self, until: float) -> None:
        """Notes that the API wants no requests until then."""
        with self._lock:
            self._until = max(self._until, until)


def gather(
    ids: Iterator[Any],
    read: Callable[[Any, threading.Event], Outcome],
    *,
    concurrency: int,
    ordered: bool,
) -> Generator[Outcome]:
    """Reads in threads. The event is set when the caller leaves; `read` then raises what it likes."""
    stopped = threading.Event()
    done: queue.SimpleQueue[tuple[int, Outcome | BaseException]] = queue.SimpleQueue()

    def work(place: int, call_id: Any) -> None:
        try:
            done.put((place, read(call_id, stopped)))
        except BaseException as error:
            done.put((place, error))

    source = _Source(ids)
    line = _Line(ordered)
    under_way = 0
    pool = ThreadPoolExecutor(concurrency, thread_name_prefix="convirza-get-many")
    try:
        while True:
            while under_way < _WINDOW * concurrency and (numbered := source.take()) is not None:
                pool.submit(work, *numbered)
                under_way += 1
                if not done.empty():  # the next id may take long to come
                    break
            if not under_way:
                break
            place, outcome = done.get()
            if isinstance(outcome, BaseException):
                raise outcome
            for ready in line.arrive(place, outcome):
                under_way -= 1
                yield ready
    finally:
        stopped.set()
        pool.shutdown(cancel_futures=True)
    source.raise_error()


async def gather_async(
    ids: Iterator[Any] | AsyncIterator[Any],
    read: Callable[[Any], Awaitable[Outcome]],
    *,
    concurrency: int,
    ordered: bool,
) -> AsyncGenerator[Outcome]:
    """Reads in tasks, which are cancelled when the caller leaves."""
    slots = asyncio.Semaphore(_WINDOW * concurrency)
    done: asyncio.Queue[tuple[int, Outcome] | None] = asyncio.Queue()
    source = _Source(None, ids) if isinstance(ids, AsyncIterator) else _Source(ids)

    async def work() -> None:
        try:
            while True:
                await slots.acquire()
                numbered = await source.take_async()
                if numbered is None:
                    break
                done.put_nowait((numbered[0], await read(numbered[1])))
        finally:
            done.put_nowait(None)

    line = _Line(ordered)
    tasks = [asyncio.create_task(work()) for _ in range(concurrency)]
    try:
        working = concurrency
        while working:
            item = await done.get()
            if item is None:
                working -= 1
                continue
            for ready in line.arrive(*item):
                yield ready
                slots.release()
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    source.raise_error()


class _Line:
    """Hands outcomes on as they arrive, or in the order of their places."""

    def __init__(self, ordered: bool) -> None:
        self._ordered = ordered
        self._next = 0
        self._waiting: dict[int, Outcome] = {}

    def arrive(self, place: int, outcome: Outcome) -> Iterator[Outcome]:
        if not self._ordered:
            yield outcome
            return
        self._waiting[place] = outcome
        while self._next in self._waiting:
            self._next += 1
            yield self._waiting.pop(self._next - 1)


class _Source:
    """Ids with their places. An error of the caller's iterable ends it, and is raised at the very end."""

    def __init__(self, ids: Iterator[Any] | None, async_ids: AsyncIterator[Any] | None = None) -> None:
        self._ids = ids
        self._async_ids = async_ids
        self._lock = asyncio.Lock()
        self._place = -1
        self._error: Exception | None = None

    def take(self) -> tuple[int, Any] | None:
        try:
            if self._ids is None:
                return None
            call_id = next(self._ids)
        except StopIteration:
            self._ids = None
            return None
        except Exception as error:
            self._ids, self._error = None, error
            return None
        self._place += 1
        return self._place, call_id

    async def take_async(self) -> tuple[int, Any] | None:
        if self._ids is not None:
            return self.take()
        async with self._lock:  # one at a time: a generator refuses more
            try:
                if self._async_ids is None:
                    return None
                call_id = await anext(self._async_ids)
            except StopAsyncIteration:
                self._async_ids = None
                return None
            except Exception as error:
                self._async_ids, self._error = None, error
                return None
            self._place += 1
            return self._place, call_id

    def raise_error(self) -> None:
        if self._error is not None:
            raise self._error
