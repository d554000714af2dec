"""Threads, tasks and event loops that share one `PasswordAuth`: one login, one refresh, and none hangs."""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from convirza import AsyncConvirza, AuthenticationError, ConvirzaError, ResponseError, TimeoutError
from convirza._core.clock import SystemClock
from convirza._core.credentials import Auth, TokenContext
from convirza._core.effects import Failure, Finish, Flow, Send, Wait
from convirza.fake import FakeClock
from support.library.token_service import (
    GET,
    LOGIN,
    REFRESH,
    TokenService,
    acquire,
    async_client,
    end_of,
    get_call,
    password_auth,
    play,
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


# ---------------------------------------------------------------------------- one effect at a time


def start(
    auth: Auth, clock: FakeClock, seconds: float = 60, refused: str | None = None
) -> Flow[str | ConvirzaError]:
    return auth.acquire(TokenContext(clock), clock.monotonic() + seconds, refused)


def test_waiter_has_its_own_deadline(service: TokenService) -> None:
    """It limits the wait, and no other caller is affected; the tokens of the first are for all."""
    auth = password_auth()
    leader, short, patient = (start(auth, service.clock, seconds) for seconds in (60, 7, 60))
    login, wait, _ = next(leader), next(short), next(patient)
    assert isinstance(login, Send)
    assert isinstance(wait, Wait)
    assert (login.seconds, wait.seconds) == (30, pytest.approx(7))  # the first may take as long as it takes
    service.clock.advance(7)
    assert isinstance(end_of(short), TimeoutError)

    assert end_of(leader, service(login.request)) == end_of(patient) == "canary-access-1"


def test_refused_token_is_not_returned_when_the_refresh_is_broken_off(service: TokenService) -> None:
    """The waiter that takes over still knows that the token was refused."""
    auth = password_auth()
    token = acquire(auth, service)
    leader, waiter = (start(auth, service.clock, refused=token) for _ in range(2))
    finish = next(leader)
    assert isinstance(finish, Finish)
    next(waiter)
    leader.close()
    assert isinstance(next(finish.flow), Send)
    finish.flow.close()  # as when an event loop ends
    finish.future.set_exception(KeyboardInterrupt())

    refresh = next(waiter)
    assert isinstance(refresh, Finish)
    request = next(refresh.flow)
    assert isinstance(request, Send)
    assert request.request.path == REFRESH


def test_refused_token_is_not_returned_when_the_refresh_fails(service: TokenService) -> None:
    """The leader goes on with the token that it knows; a waiter whose request it failed for renews again."""
    service.life = 100.0
    auth = password_auth()
    token = acquire(auth, service)
    service.clock.advance(95)  # about to expire
    leader, waiter = start(auth, service.clock), start(auth, service.clock, refused=token)
    finish = next(leader)
    assert isinstance(finish, Finish)
    assert isinstance(next(waiter), Wait)
    service.script[REFRESH].append(response(503))
    finish.future.set_result(play(finish.flow, service))

    assert isinstance(next(leader), Wait)
    assert end_of(leader) == token
    assert isinstance(next(waiter), Finish)


def test_waiter_with_more_time_takes_over_from_a_leader_without(service: TokenService) -> None:
    """The leader's deadline ends; a waiter that has a second more tries itself, others fail."""
    auth = password_auth()
    leader, short, patient = (start(auth, service.clock, seconds) for seconds in (10, 10.5, 60))
    for flow in (leader, short, patient):
        next(flow)
    service.clock.advance(10)

    errors = end_of(leader, Failure("timeout")), end_of(short)
    assert [type(error) for error in errors] == [TimeoutError] * 2
    assert errors[0] is not errors[1]
    assert isinstance(next(patient), Send)


def test_final_error_is_for_all_waiters(service: TokenService) -> None:
    """A refused login is not tried by each of them; each gets an error object of its own."""
    auth = password_auth(password="wrong canary")
    leader, waiter = start(auth, service.clock, 10), start(auth, service.clock, 60)
    login = next(leader)
    assert isinstance(login, Send)
    next(waiter)

    errors = end_of(leader, service(login.request)), end_of(waiter)
    assert [type(error) for error in errors] == [AuthenticationError] * 2
    assert errors[0] is not errors[1]


def test_unusable_login_is_an_error_of_the_call(service: TokenService) -> None:
    """It names the login's path, and the requested call."""
    service.script[LOGIN].append(response(200, b"<html>canary</html>"))

    result = get_call(password_auth(), service)

    assert isinstance(result, ResponseError)
    assert (result.method, result.path, result.call_id) == ("POST", LOGIN, 7)
