"""Time for tests of many tasks or threads at once: it jumps to the next event when all of them wait.

Not looptime, which knows the loops of asyncio only: half of this file is for threads.
"""

import asyncio
import selectors
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

EPOCH = 1_770_000_000.0


class _Idle(selectors.DefaultSelector):
    """Waits for nothing: the time that it should wait passes at once."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "all tasks wait for ever"
            self.passed += max(timeout, 0.0)
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._idle = _Idle()
        super().__init__(self._idle)

    def time(self) -> float:
        return self._idle.passed


def run(main: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`, but time only passes when every task waits, and then at once. No sockets."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(main)


class LoopClock:
    """The clock of the running event loop, for `AsyncConvirza(clock=...)`."""

    def time(self) -> float:
        """Unix time."""
        return EPOCH + self.monotonic()

    def monotonic(self) -> float:
        """Seconds since the beginning."""
        return asyncio.get_running_loop().time()

    def sleep(self, seconds: float) -> None:
        """Waits in a thread."""
        raise AssertionError("a task must not block")

    async def sleep_async(self, seconds: float) -> None:
        """Waits in a task."""
        await asyncio.sleep(seconds)


class ThreadClock:
    """A clock for so many threads: when all of them sleep, it jumps to where the first one wakes."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._now = 0.0
        self._wakes: list[float] = []
        self._changed = threading.Condition()

    def time(self) -> float:
        """Unix time."""
        return EPOCH + self._now

    def monotonic(self) -> float:
        """Seconds since the beginning."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Waits in a thread."""
        with self._changed:
            wake = self._now + seconds
            self._wakes.append(wake)
            self._go_on()
            while self._now < wake and self._threads:
                assert self._changed.wait(10), "a thread neither sleeps nor works"
            self._wakes.remove(wake)

    def _go_on(self) -> None:
        if len(self._wakes) >= self._threads:
            self._now = max(self._now, min(self._wakes))
            self._changed.notify_all()

    def let_go(self) -> None:
        """From now on no thread sleeps: the threads are about to end."""
        with self._changed:
            self._threads = 0
            self._changed.notify_all()

    async def sleep_async(self, seconds: float) -> None:
        """Waits in a task."""
        raise AssertionError("this clock is for threads")
