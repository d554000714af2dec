"""Tokens, without network or time: when they are obtained, renewed, replaced and discarded."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convirza import AuthenticationError, PasswordAuth, RateLimitError, StaticToken
from convirza._core.credentials import TokenContext
from convirza._core.effects import Failure, Send, Sleep
from convirza._core.responses import RawResponse
from support.library.token_service import (
    EMAIL,
    GET,
    LOGIN,
    OAUTH_URL,
    PASSWORD,
    REFRESH,
    WEEK,
    TokenService,
    acquire,
    get_call,
    log_in,
    password_auth,
    play,
    response,
)

# ---------------------------------------------------------------------------- when tokens are got


@pytest.mark.parametrize(
    ("life", "early"),
    [(WEEK, 300.0), (3600.0, 300.0), (3000.0, 300.0), (2990.0, 299.0), (100.0, 10.0), (1.0, 0.1)],
)
def test_tokens_are_refreshed_shortly_before_they_expire(
    service: TokenService, life: float, early: float
) -> None:
    """Five minutes before, or a tenth of a life that is shorter than fifty; not a moment sooner."""
    service.life = life
    auth = password_auth()
    acquire(auth, service)

    service.clock.advance(life - early - 0.01)
    assert acquire(auth, service) == "canary-access-1"
    service.clock.advance(0.02)
    assert acquire(auth, service) == "canary-access-2"

    assert service.kinds == [LOGIN, REFRESH]
    assert service.asked[1].body == {"refresh_token": "canary-refresh-1"}


def test_each_refresh_uses_the_token_of_the_one_before(service: TokenService) -> None:
    """Refresh tokens are good for one use: a year of refreshes takes one login."""
    auth = password_auth()
    for _ in range(60):
        assert isinstance(get_call(auth, service), RawResponse)
        service.clock.advance(WEEK)

    assert service.counts == {LOGIN: 1, REFRESH: 59, GET: 60}


@pytest.mark.parametrize("skew", [-10 * WEEK, -WEEK, -WEEK + 400, WEEK, 10 * WEEK])
def test_wrong_clock_does_not_renew_on_each_call(service: TokenService, skew: float) -> None:
    """Tokens that seem to have expired on arrival are used until a 401 says otherwise."""
    service.life = WEEK + skew
    auth = password_auth()

    for _ in range(20):
        assert isinstance(get_call(auth, service), RawResponse)
        service.clock.advance(0.5)

    assert service.counts == {LOGIN: 1, GET: 20}
    service.kill()
    assert isinstance(get_call(auth, service), RawResponse)
    assert service.kinds[-3:] == [GET, REFRESH, GET]


@pytest.mark.parametrize("expires_in", [604800, "604800", None, "soon", [], {}, True, 1e308, "", "9" * 5000])
def test_invalid_expiry_leaves_renewal_to_a_401(service: TokenService, expires_in: Any) -> None:
    """Seconds, null and rubbish in `expires_in` neither break the login nor renew tokens at once."""
    service.alive |= {"canary-a"}
    service.script[LOGIN].append(response(200, {"access_token": "canary-a", "expires_in": expires_in}))
    auth = password_auth()

    for _ in range(5):
        assert isinstance(get_call(auth, service), RawResponse)

    assert service.kinds == [LOGIN, *[GET] * 5]


# ---------------------------------------------------------------------------- a 401


def test_401_causes_a_new_token_and_one_retry(service: TokenService) -> None:
    """A revoked token is refreshed and the request sent again, even with no retries allowed."""
    auth = password_auth()
    get_call(auth, service)
    service.kill()

    result = get_call(auth, service, max_retries=0)

    assert isinstance(result, RawResponse)
    assert result.attempts == 2
    assert service.kinds[2:] == [GET, REFRESH, GET]


@pytest.mark.parametrize(
    ("statuses", "fails", "kinds"),
    [
        # an API that refuses new tokens too gets two requests, and no second refresh
        ([401, 401, 401, 401], True, [GET, REFRESH, GET]),
        # nor do failures between two 401s cause one
        ([503, 401, 502, 401, 401], True, [GET, GET, REFRESH, GET, GET]),
        # after a 401, the one retry that is allowed is still there for a failure of the API
        ([401, 503], False, [GET, REFRESH, GET, GET]),
    ],
)
def test_replay_is_had_once_and_is_no_retry(
    service: TokenService, statuses: list[int], fails: bool, kinds: list[str]
) -> None:
    """A request is sent again once with a new token, whatever the retries."""
    service.script[GET].extend(map(response, statuses))

    result = get_call(password_auth(), service, max_retries=1 if len(statuses) == 2 else 3)

    assert service.kinds == [LOGIN, *kinds]
    if fails:
        assert isinstance(result, AuthenticationError)
        assert (result.status_code, result.attempts) == (401, kinds.count(GET))
        assert result.path == "/conversations/calls/{id}"
    else:
        assert isinstance(result, RawResponse)


def test_static_token_is_never_replayed(service: TokenService) -> None:
    """There is no other token: one request, one error."""
    result = get_call(StaticToken("canary-static", oauth_url=OAUTH_URL), service)

    assert isinstance(result, AuthenticationError)
    assert service.kinds == [GET]


def test_refused_refresh_leads_to_a_login(service: TokenService) -> None:
    """Both tokens are invalid: a login obtains others."""
    auth = password_auth()
    get_call(auth, service)
    service.alive.clear()

    assert isinstance(get_call(auth, service), RawResponse)
    assert service.kinds[2:] == [GET, REFRESH, LOGIN, GET]


def test_login_without_a_refresh_token_is_followed_by_another(service: TokenService) -> None:
    """Without a refresh token, a 401 leads to a login at once."""
    service.script[LOGIN].append(response(200, {"access_token": "canary-only"}))
    auth = password_auth()

    assert isinstance(get_call(auth, service), RawResponse)
    assert service.kinds == [LOGIN, GET, LOGIN, GET]


# ---------------------------------------------------------------------------- refusals and limits


@pytest.mark.parametrize("status", [400, 401, 403])
def test_refused_login_is_not_tried_again_for_a_minute(service: TokenService, status: int) -> None:
    """Wrong words stay wrong: 100 calls in a minute send one login, and log_in() obeys the same minute."""
    service.script[LOGIN].append(response(status, {"message": "canary"}))
    auth = password_auth()

    for attempt in [get_call, log_in] * 50:
        result = attempt(auth, service)
        assert isinstance(result, AuthenticationError)
        assert result.status_code == status
        assert "check email and password" in str(result)
        service.clock.advance(0.59)
    assert service.kinds == [LOGIN]

    service.clock.advance(1.1)
    assert isinstance(get_call(auth, service), RawResponse)


def test_11th_login_in_a_minute_waits(service: TokenService) -> None:
    """It is sent when the first is a minute ago, if the deadline allows that."""
    auth = password_auth()
    for _ in range(10):
        assert log_in(auth, service) is None
        service.clock.advance(1)

    assert log_in(auth, service) is None
    assert service.asked[10].at == pytest.approx(60)


def test_clients_of_an_account_share_the_limit(service: TokenService) -> None:
    """Ten logins of ten clients leave no place for an eleventh; another account has places of its own."""
    for email in (EMAIL.upper(), f" {EMAIL}") * 5:  # other spellings are the same account
        log_in(PasswordAuth(email, PASSWORD, oauth_url=f"{OAUTH_URL}/"), service)
    assert isinstance(log_in(password_auth(), service, 1), RateLimitError)
    other = PasswordAuth("canary-other@mail.example", PASSWORD, oauth_url=OAUTH_URL)
    assert isinstance(log_in(other, service, 1), AuthenticationError)
    assert isinstance(log_in(password_auth(), TokenService(), 1), type(None))  # a clock of its own


def test_logins_that_cannot_wait_take_no_place(service: TokenService) -> None:
    """A thousand requests that stop waiting do not delay the next login."""
    auth = password_auth()
    for _ in range(10):
        log_in(auth, service)
    for _ in range(1000):
        error = log_in(auth, service, 1)
        assert isinstance(error, RateLimitError)
        assert error.retry_after == pytest.approx(60)
    abandoned = auth.log_in(TokenContext(service.clock), service.clock.monotonic() + 100)
    assert isinstance(next(abandoned), Sleep)
    abandoned.close()

    service.clock.advance(60)
    assert log_in(auth, service, 1) is None
    assert service.counts[LOGIN] == 11


Histories = st.lists(
    st.tuples(
        st.sampled_from(["call", "log_in", "abandon", "log_out"]),
        st.floats(0, 40),  # seconds since the last
        st.floats(0.1, 200),  # deadline
        st.sampled_from(["right", "right", "dead", "429", "429 with 5", "500", "reset", "html", "refused"]),
    ),
    min_size=12,
    max_size=40,
)


@settings(max_examples=60)
@given(Histories)
def test_never_more_than_10_logins_a_minute(history: list[tuple[str, float, float, str]]) -> None:
    """Whatever the service responds and the program does, at most 10 logins are sent in 60 seconds."""
    service = TokenService()
    auth = password_auth()
    responses: dict[str, Any] = {
        "429": response(429),
        "429 with 5": response(429, retry_after="5"),
        "500": response(500),
        "reset": Failure("connection"),
        "html": response(200, b"<html>"),
        "refused": response(401),
    }
    for what, pause, deadline, says in history:
        service.clock.advance(pause)
        service.script[LOGIN].clear()
        if says in responses:
            service.script[LOGIN].extend([responses[says]] * 3)
            service.script[REFRESH] = service.script[LOGIN].copy()
        else:
            service.script[REFRESH].clear()
        if says != "right":
            service.alive.clear()
        end = service.clock.monotonic() + deadline
        if what == "call":
            get_call(auth, service, deadline=deadline)
        elif what == "abandon":
            with contextlib.closing(auth.log_in(TokenContext(service.clock), end)) as flow:
                effect = next(flow, None)
                if isinstance(effect, Send):
                    service(effect.request)
        else:
            play(getattr(auth, what)(TokenContext(service.clock), end), service)

    logins = [asked.at for asked in service.asked if asked.path == LOGIN]
    for first, eleventh in zip(logins, logins[10:], strict=False):
        assert eleventh - first >= 60 - 1e-6
