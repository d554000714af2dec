"""The rate of bulk reads: one for all requests, and all of them wait for a retry delay."""

import asyncio
import itertools
import random
from collections import deque
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convirza import AsyncConvirza, NotFoundError, RateLimitError
from convirza._core.bulk import Pacer
from support.library.call_api import CallApi, endless
from support.library.call_api import collect_async as collect
from support.library.token_service import API_URL, TokenService, password_auth
from support.library.virtual_time import LoopClock, ThreadClock, run


@pytest.fixture
def api() -> CallApi:
    """An API of the test's own, in the time of an event loop."""
    return CallApi(LoopClock())


def times(api: CallApi) -> list[float]:
    return [at for at, _ in api.sent]


def spaced(times: list[float], interval: float) -> bool:
    """Whether no two of them are closer."""
    return all(later - sooner >= interval - 1e-9 for sooner, later in itertools.pairwise(times))


# ---------------------------------------------------------------------------- the rate


def test_requests_are_spread_evenly(api):
    """Four a second, however fast the responses are; the first at once."""
    assert all(outcome.call for outcome in collect(api, range(1, 41), rate=4, concurrency=10))
    assert times(api) == pytest.approx([number / 4 for number in range(40)])


def test_slow_responses_do_not_save_up_requests(api):
    """After a pause there is no burst: unused places are lost."""
    api.seconds = lambda call_id: 20.0 if call_id <= 4 else 0.0
    collect(api, range(1, 41), rate=4, concurrency=4)
    assert spaced(times(api), 0.25)
    assert times(api)[4] == pytest.approx(20)


def test_retries_keep_to_the_rate(api):
    """The API counts them like others."""
    for number in range(1, 21):
        api.script[number].extend([503, 500, 502])
    assert all(outcome.call for outcome in collect(api, range(1, 21), rate=2, concurrency=20))
    assert len(api.sent) == 80
    assert spaced(times(api), 0.5)


def test_wait_for_a_login_saves_up_no_requests():
    """All have a place in the queue during the login, and are sent one by one after it."""
    service = TokenService(LoopClock())

    async def delay(path: str) -> None:
        await asyncio.sleep(20 if "oauth" in path else 0)

    async def main() -> None:
        http = httpx.AsyncClient(transport=service.async_transport(delay))
        auth = password_auth()
        client = AsyncConvirza(auth=auth, base_url=API_URL, http_client=http, drift="off", clock=LoopClock())
        async for outcome in client.calls.get_many(range(1, 21), rate=2, concurrency=20, timeout=60):
            outcome.unwrap()

    run(main())
    sent = [asked.at for asked in service.asked if asked.path == "GET"]
    assert len(sent) == 20
    assert sent[0] == 20
    assert spaced(sent, 0.5)


def test_line_does_not_count_to_the_deadline(api):
    """At one request in ten seconds the twentieth waits for three minutes, with a deadline of one."""
    outcomes = collect(api, range(1, 21), rate=0.1, concurrency=20, deadline=60)
    assert all(outcome.call for outcome in outcomes)
    assert times(api)[-1] == pytest.approx(190)


def test_retry_whose_place_is_too_late_is_not_sent(api):
    """The error of the last attempt is raised instead, as the deadline allows no more."""
    api.script[1].extend([503] * 9)
    [first, *rest] = collect(api, range(1, 31), rate=0.5, concurrency=30, deadline=20, ordered=True)
    assert "(503)" in str(first.error)
    assert all(outcome.call for outcome in rest)
    assert len(api.sent) == 30


def test_threads_keep_to_the_rate():
    """Five threads, and a clock that goes on when all of them sleep."""
    clock = ThreadClock(5)
    api = CallApi(clock)
    outcomes = api.sync().calls.get_many(endless(), rate=2, concurrency=5)
    for _ in range(30):
        assert next(outcomes).call
    _close(outcomes, clock)
    assert times(api)[:30] == pytest.approx([number / 2 for number in range(30)])


def _close(outcomes: Any, clock: ThreadClock) -> None:
    clock.let_go()
    outcomes.close()


# ---------------------------------------------------------------------------- Retry-After for all


@pytest.mark.parametrize(
    ("waits", "until", "failed", "options"),
    [
        ({3: (429, "10")}, 11, [], {}),
        ({1: (429, "5"), 2: (429, "30"), 3: (503, "10")}, 31, [], {}),  # the longest of those under way
        ({3: (429, "10")}, 11, [3], {"max_retries": 0}),
    ],
)
def test_429_holds_all_back(api, waits, until, failed, options):
    """From the response on, until the time that it named, nothing is sent; then one after the other."""
    api.seconds = lambda _call_id: 1.0
    for call_id, step in waits.items():
        api.script[call_id].append(step)
    outcomes = collect(api, range(1, 21), concurrency=5, ordered=True, **options)
    assert [outcome.call_id for outcome in outcomes if outcome.error] == failed
    later = [at for at in times(api) if at > 1]
    assert min(later) == until
    assert len(set(later)) == len(later)
    assert len(api.sent) == 20 + len(waits) - len(failed)


def test_429_holds_threads_back():
    """The same: two of three wait although they got no Retry-After."""
    clock = ThreadClock(3)
    api = CallApi(clock)
    api.script[3].append((429, "10"))
    outcomes = api.sync().calls.get_many(endless(), rate=1, concurrency=3)
    for _ in range(9):
        assert next(outcomes).call
    _close(outcomes, clock)
    refused = next(at for at, call_id in api.sent if call_id == 3)  # in any order of the threads
    asked = sorted(times(api))
    assert min(at for at in asked if at > refused) == pytest.approx(refused + 10)
    assert spaced(asked, 1)


def test_after_a_429_the_rate_still_holds(api):
    """Waiting requests are not all sent at once."""
    api.script[3].append((429, "30"))
    assert all(outcome.call for outcome in collect(api, range(1, 21), rate=2, concurrency=10))
    assert times(api)[:3] == pytest.approx([0, 0.5, 1])
    assert times(api)[3] == pytest.approx(31)
    assert spaced(times(api), 0.5)


@pytest.mark.parametrize("status", [429, 503])
def test_wait_that_does_not_fit_fails_each_id_without_a_request(api, status):
    """As long as it lasts: the ids after it are not sent, and say how long to wait."""
    api.seconds = lambda call_id: 0.5 if call_id == 3 else 1.0
    api.script[3].append((status, "100"))
    outcomes = collect(api, range(1, 101), concurrency=5, ordered=True, deadline=60)

    assert {at for at, _ in api.sent} == {0.0}
    assert [call_id for _, call_id in api.sent] == [1, 2, 3, 4, 5]
    assert len(outcomes) == 100
    for outcome in [outcomes[2], *outcomes[5:]]:
        assert getattr(outcome.error, "retry_after", None) == pytest.approx(100, abs=1)
    for outcome in outcomes[5:]:
        assert isinstance(outcome.error, RateLimitError)
        assert outcome.error.attempts == 0
        assert outcome.error.call_id == outcome.call_id


def test_when_the_wait_is_over_requests_are_sent_again(api):
    """A caller that takes its time between outcomes finds the API open again."""
    api.script[2].append((429, "100"))

    async def main() -> None:
        seen = []
        async for outcome in api.tasks().calls.get_many(endless(), concurrency=1, deadline=60):
            seen.append(outcome.call is not None)
            await asyncio.sleep(20)
            if len(seen) == 15:
                break
        refused = seen.index(False)
        assert seen[:refused] == [True] * refused
        assert seen[-5:] == [True] * 5
        assert 2 <= seen.count(False) <= 9

    run(main())
    assert [at for at in times(api)[2:] if at < 100] == []


def test_404_with_a_retry_after_delays_no_other_request(api):
    """Only what is worth another attempt is worth a wait."""
    api.seconds = lambda _call_id: 1.0
    api.script[3].append((404, "1000"))
    outcomes = collect(api, range(1, 11), concurrency=5, ordered=True)
    assert isinstance(outcomes[2].error, NotFoundError)
    assert times(api)[-1] == 1.0


# ---------------------------------------------------------------------------- a rate limit that is not known


class LimitedApi(CallApi):
    """Accepts 10 requests a second: a token bucket of the given size, or a window of one second."""

    def __init__(self, shape: int | str, wait: str | None) -> None:
        super().__init__(LoopClock())
        self._shape = shape
        self._tokens = float(shape) if isinstance(shape, int) else 10.0
        self._accepted = deque([-9.0] * 10, maxlen=10)
        self._wait = wait
        self._at = 0.0
        self.seconds = lambda _call_id: 0.05

    def _make_response(self, call_id: int) -> httpx.Response:
        now = self.clock.monotonic()
        if isinstance(self._shape, int):
            self._tokens = min(self._shape, self._tokens + (now - self._at) * 10)
        elif self._shape == "fixed" and int(now) > int(self._at):
            self._tokens = 10
        elif self._shape == "sliding":
            self._tokens = now - self._accepted[0]
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            self._accepted.append(now)
        else:
            self.script[call_id].append((429, self._wait))
        return super()._make_response(call_id)


@pytest.mark.parametrize(
    ("shape", "wait", "concurrency"),
    [
        *(("fixed", None, 5), ("fixed", None, 100), ("fixed", "0", 20), ("fixed", "0", 100)),
        *(("fixed", "1", 4), ("fixed", "1", 20), ("sliding", None, 20), ("sliding", "1", 4)),
        *(("sliding", "1", 20), (2, "1", 10), (5, "1", 4)),
        *((10, None, 20), (10, None, 100), (10, "0", 5), (10, "0", 100), (10, "1", 5), (10, "1", 20)),
        *((50, None, 5), (50, "0", 20), (50, "1", 20), (50, "1", 100)),
    ],
)
def test_rate_limit_loses_no_id_and_little_time(shape, wait, concurrency):
    """All requests of a client slow down to what the API accepts: at most 1.3 times the ideal time."""
    random.seed(1)
    api = LimitedApi(shape, wait)
    size = shape if isinstance(shape, int) else 10

    async def main() -> float:
        async for outcome in api.tasks().calls.get_many(range(1, 201), concurrency=concurrency):
            outcome.unwrap()
        return api.clock.monotonic()

    assert run(main()) <= 1.3 * (200 - size) / 10
    assert len(api.sent) <= 250 + size + concurrency


@pytest.mark.parametrize("wait", [None, "1"])
def test_single_reads_share_the_limit(wait):
    """Twenty tasks with `get` lose no call either."""
    random.seed(1)
    api = LimitedApi(10, wait)

    async def main() -> float:
        client, ids = api.tasks(), iter(range(1, 201))

        async def work() -> None:
            for call_id in ids:
                await client.calls.get(call_id)

        await asyncio.gather(*(work() for _ in range(20)))
        return api.clock.monotonic()

    assert run(main()) <= 1.3 * 19


def test_limit_is_forgotten_when_429s_end(api):
    """A client that was slowed down once is as fast as before after 10 seconds."""
    for number in range(1, 21):
        api.script[number].append(429)

    async def main() -> None:
        client = api.tasks()
        for pause in (0, 100, 0):
            begun = api.clock.monotonic()
            async for outcome in client.calls.get_many(range(1, 21)):
                outcome.unwrap()
            took.append(api.clock.monotonic() - begun)
            await asyncio.sleep(pause)

    took: list[float] = []
    run(main())
    assert took[0] > 0.5
    assert took[2] == 0


# ---------------------------------------------------------------------------- the pacer itself


@given(
    rate=st.none() | st.floats(0.01, 1000),
    steps=st.lists(st.tuples(st.floats(0, 10), st.none() | st.floats(0, 60)), max_size=50),
)
def test_places_are_never_closer_than_the_rate_nor_within_a_wait(rate, steps):
    """In any order of requests and of responses with a delay."""
    pacer = Pacer(rate)
    now = until = 0.0
    places: list[float] = []
    for passed, wait in steps:
        now += passed
        if wait is not None:
            pacer.block(now + wait)
            until = max(until, now + wait)
            assert pacer.blocked(now) == pytest.approx(max(0.0, until - now))
        place = now + pacer.reserve(now)
        assert place >= max(now, until) - 1e-9
        places.append(place)
    assert rate is None or spaced(places, 1 / rate - 1e-9)
