"""Who gets tokens and who waits for them, stepped through one effect at a time.

What threads and tasks see of it is in test_single_flight.py.
"""

import pytest

from convirza import AuthenticationError, ConvirzaError, ResponseError, TimeoutError
from convirza._core.credentials import Auth, TokenContext
from convirza._core.effects import Failure, Finish, Flow, Send, Wait
from convirza.fake import FakeClock
from support.library.token_service import (
    LOGIN,
    REFRESH,
    TokenService,
    acquire,
    end_of,
    get_call,
    password_auth,
    play,
    response,
)


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
    assert wait.seconds == pytest.approx(7)
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
