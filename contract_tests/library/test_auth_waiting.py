"""Who gets tokens and who waits for them, stepped through one effect at a time."""

import pytest

from convirza import (
    AuthenticationError,
    ConvirzaError,
    ResponseError,
    TimeoutError,
)
from convirza._core.credentials import Auth, TokenContext
from convirza._core.effects import Failure, Finish, Flow, Send, Wait
from convirza.fake import FakeClock
from support.library.token_service import (
    LOGIN,
    REFRESH,
    TokenService,
    acquire,
    get_call,
    password_auth,
    play,
    response,
)

# ---------------------------------------------------------------------------- who leads and who waits


def start(
    auth: Auth, clock: FakeClock, seconds: float, refused: str | None = None
) -> Flow[str | ConvirzaError]:
    return auth.acquire(TokenContext(clock), clock.monotonic() + seconds, refused)


def test_second_caller_waits_for_the_first(service: TokenService) -> None:
    """Its own deadline limits the wait; the tokens of the first are for both."""
    auth = password_auth()
    leader, waiter = start(auth, service.clock, 60), start(auth, service.clock, 7)
    login = next(leader)
    wait = next(waiter)
    assert isinstance(login, Send)
    assert isinstance(wait, Wait)
    assert wait.seconds == pytest.approx(7)

    with pytest.raises(StopIteration) as led:
        leader.send(service(login.request))
    with pytest.raises(StopIteration) as waited:
        next(waiter)
    assert led.value.value == waited.value.value == "canary-access-1"


def test_waiter_times_out_by_itself(service: TokenService) -> None:
    """The login is still pending, and no other caller is affected."""
    auth = password_auth()
    leader, waiter = start(auth, service.clock, 60), start(auth, service.clock, 7)
    login = next(leader)
    assert isinstance(login, Send)
    next(waiter)
    service.clock.advance(7)
    with pytest.raises(StopIteration) as waited:
        next(waiter)
    assert isinstance(waited.value.value, TimeoutError)
    with pytest.raises(StopIteration) as led:
        leader.send(service(login.request))
    assert led.value.value == "canary-access-1"


def test_waiter_takes_over_from_a_leader_that_leaves(service: TokenService) -> None:
    """The leader's task was cancelled in the middle of its login: one of the others sends it."""
    auth = password_auth()
    leader, *waiters = (start(auth, service.clock, 60) for _ in range(3))
    next(leader)
    for waiter in waiters:
        assert isinstance(next(waiter), Wait)
    leader.close()

    login, wait = (next(waiter) for waiter in waiters)
    assert isinstance(login, Send)
    assert isinstance(wait, Wait)
    for waiter, given_back in zip(waiters, (service(login.request), None), strict=True):
        with pytest.raises(StopIteration) as end:
            waiter.send(given_back)
        assert end.value.value == "canary-access-1"


def test_refused_token_is_not_returned_when_the_refresh_is_broken_off(service: TokenService) -> None:
    """The waiter that takes over still knows that the token was refused."""
    auth = password_auth()
    token = acquire(auth, service)
    leader, waiter = (start(auth, service.clock, 60, refused=token) for _ in range(2))
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
    leader, waiter = start(auth, service.clock, 60), start(auth, service.clock, 60, refused=token)
    finish = next(leader)
    assert isinstance(finish, Finish)
    assert isinstance(next(waiter), Wait)
    service.script[REFRESH].append(response(503))
    finish.future.set_result(play(finish.flow, service))

    assert isinstance(next(leader), Wait)
    with pytest.raises(StopIteration) as led:
        next(leader)
    assert led.value.value == token
    assert isinstance(next(waiter), Finish)


def test_waiter_with_more_time_takes_over_from_a_leader_without(service: TokenService) -> None:
    """The leader's deadline ends; a waiter that has a second more tries itself, others fail."""
    auth = password_auth()
    leader, short, patient = (start(auth, service.clock, seconds) for seconds in (10, 10.5, 60))
    next(leader)
    next(short)
    next(patient)
    service.clock.advance(10)
    with pytest.raises(StopIteration) as led:
        leader.send(Failure("timeout"))
    assert isinstance(led.value.value, TimeoutError)

    with pytest.raises(StopIteration) as waited:
        next(short)
    assert isinstance(waited.value.value, TimeoutError)
    assert waited.value.value is not led.value.value
    assert isinstance(next(patient), Send)


def test_final_error_is_for_all_waiters(service: TokenService) -> None:
    """A refused login is not tried by each of them; each gets an error object of its own."""
    auth = password_auth(password="wrong canary")
    leader, waiter = start(auth, service.clock, 10), start(auth, service.clock, 60)
    login = next(leader)
    assert isinstance(login, Send)
    next(waiter)
    with pytest.raises(StopIteration) as led:
        leader.send(service(login.request))
    with pytest.raises(StopIteration) as waited:
        next(waiter)
    assert isinstance(led.value.value, AuthenticationError)
    assert isinstance(waited.value.value, AuthenticationError)
    assert waited.value.value is not led.value.value


def test_unusable_login_is_an_error_of_the_call(service: TokenService) -> None:
    """It names the login's path, and the requested call."""
    service.script[LOGIN].append(response(200, b"<html>canary</html>"))

    result = get_call(password_auth(), service)

    assert isinstance(result, ResponseError)
    assert (result.method, result.path, result.call_id) == ("POST", LOGIN, 7)
