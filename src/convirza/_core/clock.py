"""Time as the library sees it: one object, so that tests put another in its place and never wait."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """What `Convirza(clock=...)` takes: two clocks and two ways to wait. All times are in seconds."""

    def time(self) -> float:
        """Unix time, for `Retry-After` dates and the expiry of tokens."""
        ...

    def monotonic(self) -> float:
        """A clock that is never set, for deadlines."""
        ...

    def sleep(self, seconds: float) -> None:
        """Waits, in a `Convirza`."""
        ...

    async def sleep_async(self, seconds: float) -> None:
        """Waits, in an `AsyncConvirza`."""
        ...


class SystemClock:
    """The clocks of the machine."""

    def time(self) -> float:
        """Unix time."""
        return time.time()

    def monotonic(self) -> float:
        """A clock that is never set."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Waits in this thread."""
        time.sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Waits in this task."""
        await asyncio.sleep(seconds)
