"""The request rate that an API allows: at most what the caller states, and learned from its 429 responses."""

import contextlib
import math
import random
import threading
from collections import deque
from collections.abc import Generator
from typing import Final

from convirza._core.errors import ConfigurationError
from convirza._core.forking import reset_in_child
from convirza._core.validation import check_rate

_WINDOW: Final = 1.0
_LOWEST_RATE: Final = 0.5
# Above this rate there is no limit: at 20 requests at a time, responses would have to take less than 20 ms.
_HIGHEST_RATE: Final = 1000.0
# In a simulation of an API that accepts 10 requests a second (bucket of 2 to 50, fixed or sliding window;
# with and without Retry-After; 4 to 20 at a time; responses in 10 to 200 ms), 100 calls take 1.0 to 1.3 times
# the ideal time. It is more for a bucket of 1: 1.2 to 1.5, and 1.6 to 1.9 if it asks for a delay of a second,
# which loses 10 requests; and without Retry-After for a window that counts refused requests too: 1.3 to 1.5.
#
# What an API accepts in the second before its first 429 is its rate, if it counts requests by the second, or
# the size of a bucket, which may be small. So the first rate is not lower than this.
_FIRST_RATE: Final = 9.0
# The rate stays below the limit that was found: requests do not arrive as evenly as they are sent.
_MARGIN: Final = 0.92
# After a slowdown the rate grows by exp(growth * (2^t - 1)) in t seconds: it stays near the limit that was
# found, and drops one that no longer exists. Where a 429 costs nothing it grows by 10 % in 3 s; if it costs a
# delay of a second or more, in 10 s. It grows faster as long as no limit was found.
_GROWTH: Final = 0.01
_GROWTH_WITH_PAUSE: Final = 0.0001
_FIRST_GROWTH: Final = 0.05
_FIRST_GROWTH_WITH_PAUSE: Final = 0.003
_LONGEST_GROWTH: Final = 16.0
_LONGEST_PAUSE: Final = 60.0


class Limiter:
    """The queue of all requests of a client, which moves at a rate; without `most`, only after a 429.

    Times are of the monotonic clock. A waiter has a position; its turn is when the queue has reached it.
    """

    def __init__(self, most: float | None = None) -> None:
        """`most` is the highest rate, in requests a second; None for no limit."""
        self._most = most
        self._base: float | None = None
        """The rate after the last slowdown, in requests a second; None if there was none lately."""
        self._slowed = -math.inf
        """The time of the last slowdown, or the end of its delay; until then the queue does not move."""
        self._noted = self._settled = -math.inf
        """When the last slowdown was; requests sent until `_settled` cause no other."""
        self._growth = _GROWTH
        self._limit = 0.0
        """The limit that the last slowdown found, in requests a second; 0 if it was the first."""
        self._accepted = 0
        """Responses other than a 429 since the last slowdown."""
        self._moved = 0.0
        """How far the queue has moved."""
        self._next = 0.0
        """The position of the next waiter."""
        self._seen = -math.inf
        self._good: deque[float] = deque()
        self.after_fork()
        reset_in_child(self)

    def after_fork(self) -> None:
        """Replaces the lock: a thread of the parent may have held it, and would never release it here."""
        self._lock = threading.Lock()
        self._calls = 0

    @contextlib.contextmanager
    def call(self) -> Generator[None]:
        """Counts an operation while it runs."""
        with self._lock:
            self._calls += 1
        try:
            yield
        finally:
            with self._lock:
                self._calls -= 1

    @property
    def idle(self) -> bool:
        """Whether at most one operation is running, the caller's own, and no rate is set."""
        return self._calls <= 1 and self._most is None

    def enter(self, now: float) -> float:
        """The position of a new waiter. Positions are jittered, so that processes do not synchronise."""
        with self._lock:
            self._advance(now)
            number = self._next
            self._next += 1.0 if self._most else random.uniform(0.9, 1.1)  # noqa: S311 (hides nothing)
            return number

    def leave(self) -> None:
        """Removes a waiter that stops waiting; the others do not wait for it."""
        with self._lock:
            self._next = max(self._moved, self._next - 1.0)

    def wait(self, number: float, now: float) -> float:
        """Seconds until the next check; 0 when it is the waiter's turn."""
        with self._lock:
            rate = self._advance(now)
            left = number - self._moved
            if rate is None or left <= 1e-9:
                return 0.0
            seconds = max(0.0, self._slowed - now) + left / rate
            return max(min(seconds, 0.5), seconds / 2)  # the rate may grow meanwhile

    def note_good(self, now: float) -> None:
        """Counts a response other than a 429."""
        with self._lock:
            _add(self._good, now)
            self._accepted += 1
            if self._base is not None and not self._limit and now < self._slowed:
                self._set_first_rate(1.0)  # of the requests under way at the first 429

    def note_throttled(self, sent: float, now: float, pause: float | None) -> None:
        """Lowers the rate after a 429; `sent` is when its request was sent, `pause` its retry delay.

        Requests from before the last slowdown only extend its delay: they do not show what is accepted now.
        """
        with self._lock:
            rate = self._advance(now)
            pause = min(pause or 0.0, _LONGEST_PAUSE)
            if sent <= self._settled:
                if pause:
                    self._slowed = max(self._slowed, now + pause)
                    self._settled = max(self._settled, self._slowed)
                return
            _prune(self._good, now)
            settling = _WINDOW  # an API that counts over the last second may accept none before
            cost = min(pause, 1.0)
            if rate is None:
                self._limit = 0.0
                self._next = self._moved
                self._set_first_rate(cost)
            else:
                passed = now - self._noted
                if passed >= _WINDOW:
                    self._limit = max(len(self._good) / _WINDOW, self._accepted / passed)
                lowest = 0.7 * rate
                self._base = max(_LOWEST_RATE, min(_MARGIN * rate, max(lowest, _MARGIN * self._limit)))
                self._growth = _GROWTH_WITH_PAUSE**cost * _GROWTH ** (1 - cost)
                if self._base <= lowest:
                    settling = 0.0
            self._noted, self._accepted = now, 0
            self._slowed = now + pause
            self._settled = now + max(pause, settling)

    def _set_first_rate(self, cost: float) -> None:
        """Assumes that the API counts requests by the second; `cost` is what a 429 costs, up to a second."""
        found = _MARGIN * len(self._good) / _WINDOW
        self._base = max(_FIRST_RATE, found)
        fast, slow = _FIRST_GROWTH, _FIRST_GROWTH_WITH_PAUSE if found < _FIRST_RATE else _GROWTH_WITH_PAUSE
        self._growth = slow**cost * fast ** (1 - cost)

    def _advance(self, now: float) -> float | None:
        """Moves the queue; returns the rate."""
        rate = self._most
        if self._base is not None:
            grown = min(max(0.0, now - self._slowed), _LONGEST_GROWTH)
            found = self._base * math.exp(min(99.0, self._growth * (2**grown - 1)))
            if found > (self._most or _HIGHEST_RATE):
                self._base = None
            else:
                rate = found
        if rate is None:
            self._moved = self._next
            return None
        passed = max(0.0, now - max(self._seen, self._slowed))
        self._seen = max(self._seen, now)
        self._moved = min(self._next, self._moved + rate * passed)  # an unused rate is not saved up
        return rate


class RateLimiter:
    """A request rate that several clients share, in one process: pass it to each of them as `limiter`.

        limiter = RateLimiter(5)
        clients = [Convirza(token=token, limiter=limiter) for token in tokens]

    `rate` is the maximum number of requests a second, of all these clients together; threads and asyncio may
    be mixed. After a 429 for one of them, all slow down to what the API accepts; without `rate`, only this is
    shared. A forked process has a copy, with a rate of its own. Raises ValueError for an invalid rate.
    """

    def __init__(self, rate: float | None = None) -> None:
        self._limiter = Limiter(check_rate(rate))


def find_limiter(shared: RateLimiter | None) -> Limiter:
    """The limiter of a client: the one that was passed in, or a new one."""
    if shared is None:
        return Limiter()
    if not isinstance(shared, RateLimiter):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError("limiter must be a RateLimiter: pass, for example, RateLimiter(5)")
    return shared._limiter  # pyright: ignore[reportPrivateUsage] (not part of the API)


def _add(times: deque[float], now: float) -> None:
    _prune(times, now)
    times.append(now)


def _prune(times: deque[float], now: float) -> None:
    while times and times[0] <= now - _WINDOW:
        times.popleft()
