"""Clients that share a `RateLimiter` keep to its rate together."""

import asyncio
import itertools

import pytest

from convirza import AsyncConvirza, RateLimiter, RateLimitError
from support.library.call_api import CallApi
from support.library.virtual_time import LoopClock, ThreadClock, run


def gaps(api: CallApi) -> list[float]:
    times = [at for at, _ in api.sent]
    return [later - sooner for sooner, later in itertools.pairwise(times)]


async def read_many(client: AsyncConvirza, ids: range) -> None:
    async for outcome in client.calls.get_many(ids, concurrency=10):
        outcome.unwrap()


async def read_each(client: AsyncConvirza, ids: range) -> None:
    for call_id in ids:
        await client.calls.get(call_id)


@pytest.mark.parametrize("read", [read_many, read_each])
def test_clients_share_one_rate(read):
    """Three clients with a limiter of four requests a second send four a second in all."""
    api = CallApi(LoopClock())
    limiter = RateLimiter(4)

    async def main() -> None:
        clients = [api.tasks(limiter=limiter) for _ in range(3)]
        await asyncio.gather(
            *(read(client, range(1 + 10 * number, 11 + 10 * number)) for number, client in enumerate(clients))
        )

    run(main())
    assert len(api.sent) == 30
    assert gaps(api) == pytest.approx([0.25] * 29)


def test_clients_in_threads_share_one_rate():
    """A sync client whose calls are read one by one waits for its turn, too, and saves up no requests."""
    clock = ThreadClock(1)
    api = CallApi(clock)
    limiter = RateLimiter(2)
    first, second = api.sync(limiter=limiter), api.sync(limiter=limiter)
    first.calls.get(1)
    clock.sleep(60)
    for client in (second, first, second):
        client.calls.get(2)
    assert gaps(api) == pytest.approx([60, 0.5, 0.5])


def test_caller_that_gives_up_leaves_its_place():
    """Calls whose deadline is too short for their turn delay no other call."""
    clock = ThreadClock(1)
    api = CallApi(clock)
    client = api.sync(limiter=RateLimiter(1))
    client.calls.get(1)
    for _ in range(5):
        with pytest.raises(RateLimitError):
            client.calls.get(2, deadline=0.5)
    client.calls.get(3)
    assert gaps(api) == pytest.approx([1.0])


@pytest.mark.parametrize("rate", [None, 100])
def test_429_slows_all_clients_down(rate):
    """After a 429 with `Retry-After: 5` for one client, the other sends one request, no burst."""
    api = CallApi(LoopClock())
    api.script[1].append((429, "5"))
    limiter = RateLimiter(rate)

    async def main() -> None:
        first, second = api.tasks(limiter=limiter), api.tasks(limiter=limiter)
        throttled = asyncio.create_task(read_many(first, range(1, 2)))
        await asyncio.sleep(1)
        await asyncio.gather(throttled, read_many(second, range(11, 21)))

    run(main())
    assert sum(1 <= at < 5 for at, _ in api.sent) <= 1


def test_wait_beyond_the_deadline_raises():
    """A request whose turn is after its deadline is not sent."""
    api = CallApi(ThreadClock(1))
    client = api.sync(limiter=RateLimiter(0.01))
    client.calls.get(1)
    with pytest.raises(RateLimitError):
        client.calls.get(2)
    assert len(api.sent) == 1


@pytest.mark.parametrize("rate", [0, -1, True, "5", float("nan")])
def test_invalid_rate_raises(rate):
    """The rate of a limiter is checked as that of `get_many`."""
    with pytest.raises(ValueError, match="requests a second"):
        RateLimiter(rate)
