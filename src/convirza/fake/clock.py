"""A clock that only moves on request, for tests of delays, expiry and retries."""

import threading
from datetime import UTC, datetime, timedelta

import anyio


class FakeClock:
    """A clock for tests: a sleep moves it forward at once instead of waiting.

    One clock works for both sides. `FakeAPI(clock=clock)` calls it for the time, an aware datetime;
    `Convirza(clock=clock)` uses its `monotonic`, `time`, `sleep` and `sleep_async`. Thread-safe. All
    durations are in seconds.
    """

    def __init__(self, start: datetime | None = None) -> None:
        """`start` is an aware datetime; it defaults to the current time.

        Raises ValueError for a datetime without an offset.
        """
        if start is not None and start.utcoffset() is None:
            raise ValueError("The start of a clock needs an offset from UTC: pass datetime(..., tzinfo=UTC).")
        self._start = start or datetime.now(UTC)
        self._passed = 0.0
        self._sleeps: list[float] = []
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        """The time as an aware datetime."""
        return self._start + timedelta(seconds=self.monotonic())

    @property
    def sleeps(self) -> list[float]:
        """The duration of each sleep, in order."""
        with self._lock:
            return list(self._sleeps)

    def monotonic(self) -> float:
        """Seconds since the clock was created."""
        with self._lock:
            return self._passed

    def time(self) -> float:
        """Unix time in seconds."""
        return self().timestamp()

    def advance(self, seconds: float | timedelta) -> None:
        """Moves the time forward, without recording a sleep.

        Raises ValueError for a negative duration.
        """
        self._move(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)

    def sleep(self, seconds: float) -> None:
        """Moves the time forward and records a sleep."""
        self._move(seconds, slept=True)

    async def sleep_async(self, seconds: float) -> None:
        """The same; lets other tasks run before it returns."""
        self._move(seconds, slept=True)
        await anyio.sleep(0)

    def _move(self, seconds: float, *, slept: bool = False) -> None:
        if not seconds >= 0:
            raise ValueError(f"A clock cannot go back: got {seconds:g} seconds.")
        with self._lock:
            self._passed += seconds
            if slept:
                self._sleeps.append(seconds)
