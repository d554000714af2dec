"""Many calls at a time: bounded concurrency, constant memory, an outcome for each id."""

import asyncio
import contextlib
import contextvars
import os
import queue
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from typing import Any, Final, Generic, Protocol, TypeVar

from attrs import field, frozen

from convirza._core.errors import AuthenticationError, ConfigurationError, ConvirzaError, ResponseError
from convirza._core.retry import is_retryable
from convirza._core.tracebacks import clear_locals
from convirza._generated import Call

AHEAD: Final = 2
"""How many outcomes may be pending or wait for the consumer, for each worker."""
# Seconds to wait for pending requests at the end, so that Ctrl-C takes 1 to 2 s even if the API hangs.
_PATIENCE: Final = 1.0


@frozen
class Outcome:
    """The result for one id: `call` or `error`; the other is None."""

    call_id: Any
    """The id as it was passed."""
    call: Call | None = field(default=None, repr=False)
    error: Exception | None = None
    """A `ConvirzaError`, or the `ValueError` of an invalid id."""

    def unwrap(self) -> Call:
        """The call. Raises the error if there is none."""
        if self.call is None:
            raise self.error or ValueError("the outcome has neither a call nor an error")
        return self.call


class Result(Protocol):
    """An outcome of any kind."""

    @property
    def error(self) -> Exception | None:
        """None: it succeeded."""
        ...


R = TypeVar("R", bound=Result)


class FailureLimit:
    """Stops a bulk read after too many failures in a row of the API or the network, not of an id."""

    def __init__(self, most: int | None) -> None:
        """`most` is None for no limit."""
        self._most = most
        self._in_a_row = self._failed = self._outcomes = 0

    def check(self, outcome: Result) -> None:
        """Counts a yielded outcome. Raises ConvirzaError if the read must stop."""
        error = outcome.error
        self._outcomes += 1
        self._failed += error is not None
        if isinstance(error, AuthenticationError | ResponseError) or (
            isinstance(error, ConvirzaError) and (error.status_code is None or is_retryable(error))
        ):
            self._in_a_row += 1
        elif error is None or isinstance(error, ConvirzaError):  # an invalid id is not a failure of the API
            self._in_a_row = 0
        if self._in_a_row == self._most:
            done = f"{self._outcomes - self._failed} of {self._outcomes} ids were read"
            raise ConvirzaError(
                f"stopped after {self._most} failures in a row, the last: {type(error).__name__}; {done}: "
                "when the API responds again, retry the ids that failed or have no outcome, "
                "or raise max_failures"
            )


class Pacer:
    """Spreads requests evenly over time. A retry delay of the API applies to all of them."""

    def __init__(self, rate: float | None) -> None:
        """`rate` is in requests a second; None is no limit."""
        self._interval = 1 / rate if rate else 0.0
        self._free = self._until = float("-inf")
        self._lock = threading.Lock()

    def reserve(self, now: float) -> float:
        """Reserves the next free slot, after any retry delay of the API; returns the seconds until then."""
        with self._lock:
            place = max(now, self._free, self._until)
            self._free = place + self._interval
        return place - now

    def blocked(self, now: float) -> float:
        """The rest of the API's retry delay, in seconds."""
        return max(0.0, self._until - now)

    def block(self, until: float) -> None:
        """Blocks requests until then: the end of a retry delay."""
        with self._lock:
            self._until = max(self._until, until)


def gather(
    ids: Iterator[Any],
    read: Callable[[Any, threading.Event], R],
    *,
    concurrency: int,
    ordered: bool,
    limit: FailureLimit,
    ahead: int = AHEAD,
) -> Generator[R]:
    """Reads in threads. When the consumer stops iterating, the event is set; then `read` may raise."""
    source = _IdSource(ids)
    line = _Reorder[R](ordered)
    workers = _Workers(read, concurrency)
    under_way = 0
    try:
        while True:
            workers.check_process()
            while under_way < ahead * concurrency and (numbered := source.take()) is not None:
                workers.submit(*numbered)
                under_way += 1
                if not workers.done.empty():  # the next id may take long to arrive
                    break
            if not under_way:
                break
            place, outcome = workers.next_done()
            if isinstance(outcome, BaseException):
                raise outcome
            for ready in line.arrive(place, outcome):
                under_way -= 1
                yield ready
                limit.check(ready)
    finally:
        workers.stop()
    source.raise_error()


class _Workers(Generic[R]):
    """Daemon threads: those of a ThreadPoolExecutor delay the exit of the process until they are done."""

    def __init__(self, read: Callable[[Any, threading.Event], R], most: int) -> None:
        self._read = read
        self._most = most
        self._pid = os.getpid()
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._jobs: queue.SimpleQueue[tuple[contextvars.Context, int, Any] | None] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[tuple[int, R | BaseException]] = queue.SimpleQueue()

    def check_process(self) -> None:
        """Raises ConfigurationError in a forked child, which has no threads of its parent."""
        if self._pid != os.getpid():
            advice = "start another in the child process, after the fork"
            raise ConfigurationError(f"this read was started before this process was forked: {advice}")

    def submit(self, place: int, call_id: Any) -> None:
        """Reads an id, with the consumer's context variables."""
        self._jobs.put((contextvars.copy_context(), place, call_id))
        if len(self._threads) < self._most:
            name = f"convirza-get-many-{len(self._threads)}"
            thread = threading.Thread(target=self._work, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def next_done(self) -> tuple[int, R | BaseException]:
        """Waits for the next result."""
        while True:
            with contextlib.suppress(queue.Empty):
                # On Windows, Ctrl-C does not interrupt a wait, so it may not be a long one.
                return self.done.get(timeout=1.0)

    def stop(self) -> None:
        """Ends the threads; abandons those that still wait for a response after a second."""
        self._stopped.set()
        for _ in self._threads:
            self._jobs.put(None)
        end = time.monotonic() + _PATIENCE
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None and not self._stopped.is_set():
            context, place, call_id = job
            try:
                self.done.put((place, context.run(self._read, call_id, self._stopped)))
            except BaseException as error:
                clear_locals(error)
                self.done.put((place, error))


async def gather_async(
    ids: Iterator[Any] | AsyncIterator[Any],
    read: Callable[[Any], Awaitable[R]],
    *,
    concurrency: int,
    ordered: bool,
    limit: FailureLimit,
    ahead: int = AHEAD,
) -> AsyncGenerator[R]:
    """Reads in tasks, which are cancelled when the consumer stops iterating."""
    slots = asyncio.Semaphore(ahead * concurrency)
    done: asyncio.Queue[tuple[int, R] | BaseException | None] = asyncio.Queue()
    source = _IdSource(None, ids) if isinstance(ids, AsyncIterator) else _IdSource(ids)

    async def work() -> None:
        try:
            while True:
                await slots.acquire()
                numbered = await source.take_async()
                if numbered is None:
                    break
                done.put_nowait((numbered[0], await read(numbered[1])))
        except BaseException as error:
            clear_locals(error)
            done.put_nowait(error)
            if not isinstance(error, Exception):
                raise
        else:
            done.put_nowait(None)

    line = _Reorder[R](ordered)
    tasks = [asyncio.create_task(work()) for _ in range(concurrency)]
    try:
        working = concurrency
        while working:
            item = await done.get()
            if item is None:
                working -= 1
                continue
            if isinstance(item, BaseException):
                raise item
            for ready in line.arrive(*item):
                yield ready
                limit.check(ready)
                slots.release()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    source.raise_error()


class _Reorder(Generic[R]):
    """Passes outcomes on as they arrive, or in the order of their ids."""

    def __init__(self, ordered: bool) -> None:
        self._ordered = ordered
        self._next = 0
        self._waiting: dict[int, R] = {}

    def arrive(self, place: int, outcome: R) -> Iterator[R]:
        if not self._ordered:
            yield outcome
            return
        self._waiting[place] = outcome
        while self._next in self._waiting:
            self._next += 1
            yield self._waiting.pop(self._next - 1)


class _IdSource:
    """Numbers the ids. An error of the caller's iterable is raised after the last outcome."""

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
