"""Threads, tasks and event loops that share one `PasswordAuth`: one login, one refresh, and none hangs."""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from convirza import AsyncConvirza, TimeoutError
from convirza._core.clock import SystemClock
from convirza._core.effects import Failure
from support.library.token_service import (
    GET,
    LOGIN,
    REFRESH,
    TokenService,
    async_client,
    password_auth,
    response,
    sync_client,
)
from support.library.virtual_time import LoopClock, run


def virtual_client(service: TokenService, delay: Callable[[str], Awaitable[None]]) -> AsyncConvirza:
    return async_client(password_auth(), service.async_transport(delay), clock=LoopClock())


async def a_second(_path: str) -> None:
    await asyncio.sleep(1)


def at_once(threads: int, work: Callable[[int], object]) -> list[object]:
    """Runs in threads that begin together; returns what each returned or raised."""
    ready = threading.Barrier(threads)

    def begin(number: int) -> object:
        ready.wait(10)
        try:
            return work(number)
        except Exception as error:
            return error

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(begin, range(threads)))


# ---------------------------------------------------------------------------- one for all


def test_threads_and_tasks_of_several_loops_share_one_login_and_one_refresh() -> None:
    """Eight threads and four event loops with 20 tasks each, sync and async clients, one auth."""
    service = TokenService(SystemClock())
    service.before = lambda path: time.sleep(0 if path == GET else 0.05)
    auth = password_auth()

    async def tasks() -> list[int]:
        client = async_client(auth, service.async_transport(lambda _path: asyncio.sleep(0)))
        calls = await asyncio.gather(*(client.calls.get(number + 1) for number in range(20)))
        return [call.call_id for call in calls]

    with sync_client(auth, service) as client:
        for _ in range(2):
            results = at_once(12, lambda n: asyncio.run(tasks()) if n % 3 else client.calls.get(5).call_id)
            assert results == [list(range(1, 21)) if n % 3 else 5 for n in range(12)]
            service.kill()

    assert (service.counts[LOGIN], service.counts[REFRESH]) == (1, 1)


# ---------------------------------------------------------------------------- leaders that leave


def test_next_task_takes_over_when_the_first_is_cancelled() -> None:
    """Three leaders in a row are cancelled in the middle of their logins; the rest have their calls."""
    service = TokenService(LoopClock())

    async def main() -> None:
        client = virtual_client(service, a_second)
        tasks = [asyncio.create_task(client.calls.get(number + 1)) for number in range(50)]
        for leader in tasks[:3]:
            await asyncio.sleep(0.5)
            leader.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(result) for result in results[:3]] == [asyncio.CancelledError] * 3
        found = [result.call_id for result in results[3:] if not isinstance(result, BaseException)]
        assert found == list(range(4, 51))
        assert asyncio.get_running_loop().time() == pytest.approx(3 * 0.5 + 1 + 1)

    run(main())
    assert service.counts == {LOGIN: 1, GET: 47}  # the cancelled ones never got a response


def test_cancelled_waiters_do_not_affect_others() -> None:
    """All but the leader and one of those who wait are cancelled."""
    service = TokenService(LoopClock())

    async def main() -> None:
        client = virtual_client(service, a_second)
        tasks = [asyncio.create_task(client.calls.get(number + 1)) for number in range(20)]
        await asyncio.sleep(0.5)
        for waiter in tasks[1:-1]:
            waiter.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [isinstance(result, BaseException) for result in results] == [False, *[True] * 18, False]

    run(main())
    assert service.counts == {LOGIN: 1, GET: 2}


def test_next_thread_takes_over_when_the_first_is_interrupted() -> None:
    """Ctrl-C in the middle of the login ends one thread's call, and no other's."""
    service = TokenService(SystemClock())
    begun = threading.Event()

    def interrupt(path: str) -> None:
        if path == LOGIN and not begun.is_set():
            begun.set()
            time.sleep(0.1)
            raise KeyboardInterrupt

    service.before = interrupt
    with sync_client(password_auth(), service) as client, ThreadPoolExecutor(9) as pool:
        leader = pool.submit(client.calls.get, 1)
        assert begun.wait(10)
        others = [pool.submit(client.calls.get, number) for number in range(2, 10)]
        assert isinstance(leader.exception(10), KeyboardInterrupt)
        assert [other.result(10).call_id for other in others] == list(range(2, 10))

    assert service.counts[LOGIN] == 1


def test_waiter_takes_over_when_the_time_of_the_first_is_up() -> None:
    """A call with a short deadline leads, and times out; one that may take longer logs in."""
    service = TokenService(LoopClock())
    hangs = True

    async def delay(path: str) -> None:
        nonlocal hangs
        if path == LOGIN and hangs:
            hangs = False
            await asyncio.sleep(1000)

    async def main() -> None:
        client = virtual_client(service, delay)
        short = asyncio.create_task(client.calls.get(1, deadline=5))
        patient = asyncio.create_task(client.calls.get(2, deadline=50))
        with pytest.raises(TimeoutError):
            await short
        assert (await patient).call_id == 2
        assert asyncio.get_running_loop().time() == pytest.approx(5)

    run(main())
    assert service.counts == {LOGIN: 1, GET: 1}


def test_waiters_time_out_by_themselves() -> None:
    """Each at its own deadline, while the login of the first goes on."""
    service = TokenService(LoopClock())

    async def delay(_path: str) -> None:
        await asyncio.sleep(20)

    async def main() -> None:
        client = virtual_client(service, delay)
        first = asyncio.create_task(client.calls.get(1))
        await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        for deadline in (1, 3, 2):
            begun = loop.time()
            with pytest.raises(TimeoutError):
                await client.calls.get(2, deadline=deadline)
            assert loop.time() - begun == pytest.approx(deadline)
        assert (await first).call_id == 1

    run(main())
    assert service.counts == {LOGIN: 1, GET: 1}


def test_login_of_a_thread_outlasts_those_who_wait(caplog: pytest.LogCaptureFixture) -> None:
    """Another thread times out by itself, and so does a task; then its event loop is closed."""
    service = TokenService(SystemClock())
    auth = password_auth()

    async def give_up() -> None:
        client = async_client(auth, service.async_transport(lambda _path: asyncio.sleep(0)))
        with pytest.raises(TimeoutError):
            await client.calls.get(2, deadline=0.05)

    with sync_client(auth, service) as client, ThreadPoolExecutor(1) as pool:
        with service.held_login() as begun:
            leader = pool.submit(client.calls.get, 1)
            assert begun.wait(10)
            with pytest.raises(TimeoutError):
                client.calls.get(2, deadline=0.05)
            asyncio.run(give_up())
        assert leader.result(10).call_id == 1
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_failing_service_gets_one_set_of_attempts_for_all() -> None:
    """100 tasks that wait share the error of the one request, and do not send their own."""
    service = TokenService(LoopClock())
    service.script[LOGIN].extend([response(503), Failure("connection")] * 100)

    async def main() -> None:
        client = virtual_client(service, a_second)
        results = await asyncio.gather(
            *(client.calls.get(number + 1) for number in range(100)), return_exceptions=True
        )
        assert all(isinstance(result, Exception) for result in results)

    run(main())
    assert service.counts == {LOGIN: 4}
