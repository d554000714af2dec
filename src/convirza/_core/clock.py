"""All use of time goes through one object, so that tests can replace it and never wait."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """What `Convirza(clock=...)` takes: two clocks and two sleep functions. All times are in seconds."""

    def time(self) -> float:
        """Unix time, for `Retry-After` dates and the expiry of tokens."""
        ...

    def monotonic(self) -> float:
        """A clock that never goes backwards, for deadlines."""
        ...

    def sleep(self, seconds: float) -> None:
        """Sleeps, in a `Convirza`."""
        ...

    async def sleep_async(self, seconds: float) -> None:
        """Sleeps, in an `AsyncConvirza`."""
        ...


class SystemClock:
    """The system clocks."""

    def time(self) -> float:
        """Unix time."""
        return time.time()

    def monotonic(self) -> float:
        """A clock that never goes backwards."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Blocks this thread."""
        time.sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Suspends this task."""
        await asyncio.sleep(seconds)
