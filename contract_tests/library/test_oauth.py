"""Requests to the token service: what is sent and retried, and malformed responses."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convirza import (
    APIStatusError,
    AuthenticationError,
    ConfigurationError,
    ConnectionError,
    ConvirzaError,
    PasswordAuth,
    RateLimitError,
    ResponseError,
    ServerError,
    StaticToken,
    StoredAuth,
    TimeoutError,
)
from convirza._auth.service import OAuthService
from convirza._auth.tokens import MemoryTokenStore, Tokens, is_token
from convirza._core.credentials import TokenContext
from convirza._core.effects import Failure, Flow, Send
from support.library.token_service import (
    CANARIES,
    EMAIL,
    LOGIN,
    OAUTH_URL,
    PASSWORD,
    REFRESH,
    REVOKE,
    ScriptedResponse,
    TokenService,
    play,
    response,
)

TOKENS = Tokens("canary-access-0", "canary-refresh-0")


def flow_of(what: str, service: TokenService, seconds: float, oauth: OAuthService) -> Flow[Any]:
    """One login, refresh or revocation."""
    context, end = TokenContext(service.clock), service.clock.monotonic() + seconds
    if what == LOGIN:
        return oauth.log_in(context, end, EMAIL, PASSWORD)
    if what == REFRESH:
        service.alive.add("canary-refresh-0")
        return oauth.refresh(context, end, "canary-refresh-0")
    return oauth.revoke(context, end, TOKENS)


def ask(what: str, service: TokenService, seconds: float = 60.0, oauth: OAuthService | None = None) -> Any:
    """Its result."""
    return play(flow_of(what, service, seconds, oauth or OAuthService(OAUTH_URL)), service)


def refused(result: Any) -> ConvirzaError:
    """The error, with nothing that was sent or received in any of its texts."""
    assert isinstance(result, ConvirzaError)
    texts = f"{result} {result!r} {vars(result)}"
    assert not any(canary in texts for canary in CANARIES), texts
    return result


EACH = pytest.mark.parametrize("what", [LOGIN, REFRESH, REVOKE])


# ---------------------------------------------------------------------------- what is sent


@pytest.mark.parametrize(
    ("what", "body"),
    [
        (LOGIN, {"email": EMAIL, "password": PASSWORD}),
        (REFRESH, {"refresh_token": "canary-refresh-0"}),
        (REVOKE, {"token": "canary-refresh-0", "token_type": "refresh"}),
    ],
)
def test_requests_are_as_the_vendor_documents_them(
    service: TokenService, what: str, body: dict[str, str]
) -> None:
    """POST, JSON, no bearer token; the members of the public docs and nothing else."""
    effect = next(flow_of(what, service, 60, OAuthService(f"{OAUTH_URL}/")))
    assert isinstance(effect, Send)
    request = effect.request
    assert (request.method, request.url) == ("POST", OAUTH_URL + what)
    assert json.loads(request.content or b"") == body
    assert request.headers == {"accept": "application/json", "content-type": "application/json"}


def test_any_password_is_sent_as_it_is() -> None:
    """Quotes, line breaks, other alphabets and half a surrogate pair too."""
    for password in ('"}', "\ud800", "\x00\n", "pässwörd", "p" * 100_000):
        effect = next(OAuthService(OAUTH_URL).log_in(TokenContext(TokenService().clock), 60, EMAIL, password))
        assert isinstance(effect, Send)
        assert json.loads(effect.request.content or b"")["password"] == password


def test_oauth_url_that_would_leak_the_password_raises() -> None:
    """http:// is for this machine only; the address is not shown."""
    kinds: dict[Any, list[Any]] = {PasswordAuth: [EMAIL, PASSWORD], StoredAuth: [MemoryTokenStore()]}
    for kind, arguments in {**kinds, StaticToken: ["t"]}.items():
        for url in ("http://oauth.test", "oauth.test", "https://u:canary@oauth.test", "", 5):
            with pytest.raises(ConfigurationError, match="oauth_url") as caught:
                kind(*arguments, oauth_url=url)
            refused(caught.value)


@pytest.mark.parametrize(("email", "password"), [("", "p"), ("e", ""), (None, "p"), ("e", 5), ("e", b"p")])
def test_missing_email_or_password_is_rejected(email: Any, password: Any) -> None:
    """When the object is made, and not at the first call."""
    with pytest.raises(ConfigurationError, match=r"email|password"):
        PasswordAuth(email, password)


# ---------------------------------------------------------------------------- failures


TRANSIENT: list[tuple[ScriptedResponse, type[ConvirzaError]]] = [
    *((response(status), ServerError) for status in (500, 502, 503, 504, 520, 524)),
    (response(408), APIStatusError),
    (response(429), RateLimitError),
    (Failure("connection"), ConnectionError),
    (Failure("timeout"), TimeoutError),
]


@EACH
def test_transient_failures_are_tried_three_times(what: str) -> None:
    """Twice again, and if one of the attempts works there is no error."""
    for failure, error in TRANSIENT:
        service = TokenService()
        service.script[what].extend([failure] * 3)
        result = refused(ask(what, service))
        assert isinstance(result, error)
        assert (result.method, result.path, result.attempts) == ("POST", what, 3)
        assert service.counts == {what: 3}
        assert result.elapsed == sum(service.clock.sleeps) <= 0.5 + 1.0

        service.script[what].extend([failure] * 2)
        assert not isinstance(ask(what, service), ConvirzaError)


FINAL: list[tuple[ScriptedResponse, type[ConvirzaError]]] = [
    *((response(status), AuthenticationError) for status in (400, 401, 403)),
    *((response(status, location="https://canary.test/"), APIStatusError) for status in (301, 302, 307, 308)),
    *((response(status), APIStatusError) for status in (404, 204, 999)),
    (Failure("request"), ConvirzaError),
    (Failure("body"), ResponseError),
]


@EACH
def test_other_failures_are_final(what: str) -> None:
    """One request; a redirect to another host is not followed."""
    for failure, error in FINAL:
        service = TokenService()
        service.script[what].append(failure)
        result = refused(ask(what, service))
        assert isinstance(result, error)
        assert result.attempts == 1
        assert service.counts == {what: 1}


@EACH
def test_retry_after_is_obeyed(service: TokenService, what: str) -> None:
    """In seconds or as a date; not a moment earlier."""
    then = format_datetime(datetime.fromtimestamp(service.clock.time(), UTC) + timedelta(seconds=31), True)
    service.script[what].extend([response(429, retry_after="20"), response(503, retry_after=then)])

    assert not isinstance(ask(what, service), ConvirzaError)
    first, second, third = (asked.at for asked in service.asked[:3])
    assert second - first == pytest.approx(20)
    assert 9.99 <= third - second <= 11.01  # dates have no fractions


@EACH
def test_retry_after_that_does_not_fit_is_raised(service: TokenService, what: str) -> None:
    """At once, with the seconds to wait."""
    service.script[what].append(response(429, retry_after="61"))

    result = refused(ask(what, service))
    assert isinstance(result, RateLimitError)
    assert result.retry_after == 61
    assert (service.clock.sleeps, service.counts[what]) == ([], 1)


def test_no_login_is_sent_before_the_service_allows_it(service: TokenService) -> None:
    """A later call keeps to an earlier Retry-After: it waits if it can, or fails without a request."""
    oauth = OAuthService(OAUTH_URL)
    service.script[LOGIN].append(response(429, retry_after="100"))
    ask(LOGIN, service, oauth=oauth)
    service.clock.advance(1)

    result = refused(ask(LOGIN, service, 60, oauth))
    assert isinstance(result, RateLimitError)
    assert result.retry_after == 99
    assert service.counts == {LOGIN: 1}

    assert isinstance(ask(LOGIN, service, 100, oauth), Tokens)
    assert [asked.at for asked in service.asked] == [0, 100]


@EACH
def test_attempts_end_with_the_deadline(service: TokenService, what: str) -> None:
    """No attempt has more time than is left, and none is begun when there is no more."""
    flow = flow_of(what, service, 40, OAuthService(OAUTH_URL))
    allowed: list[float] = []
    effect: Any = next(flow)
    with pytest.raises(StopIteration) as end:
        while True:
            service.clock.advance(effect.seconds)
            if isinstance(effect, Send):
                allowed.append(effect.seconds)
            effect = flow.send(Failure("timeout") if isinstance(effect, Send) else None)

    assert isinstance(end.value.value, TimeoutError)
    assert allowed[0] == 30
    assert len(allowed) == 2
    assert service.clock.monotonic() == pytest.approx(40)


# ---------------------------------------------------------------------------- malformed responses


@pytest.mark.usefixtures("behind_utc")
def test_tokens_are_found_bare_or_in_the_envelope() -> None:
    """No page shows the body: each place that it may have is read, and an expiry in any zone, else UTC."""
    end = datetime(2099, 1, 1, tzinfo=UTC).timestamp()
    texts = ("2099-01-01T02:00:00+02:00", "2099-01-01T00:00:00", "2099-01-01T00:00:00.000Z", "2099-01-01")
    for text in texts:
        pair = {"access_token": "canary-a", "refresh_token": "canary-r", "expires_in": text}
        for body in (pair, {"data": pair}, {"data": {"result": pair}}):
            service = TokenService()
            service.script[LOGIN].append(response(200, body))
            tokens = ask(LOGIN, service)
            assert (tokens.access_token, tokens.refresh_token) == ("canary-a", "canary-r")
            assert tokens.expires_at == end


BAD_TOKENS: list[Any] = [
    *(None, "", 5, True, [], {}, ["canary"]),
    *("canary\r\nx-evil: 1", "canary\n", " canary", "canary\x00", "canäry", "\ud800canary", "canary\u2028"),
    "canary" * 2_000_000,
]


def test_tokens_that_no_header_carries_are_not_used() -> None:
    """Line breaks, other alphabets, 10 MB: as an access token an error, as a refresh token left out."""
    for token in BAD_TOKENS:
        service = TokenService()
        body = {"data": {"access_token": token, "refresh_token": "canary"}}
        service.script[LOGIN].append(response(200, body))
        result = refused(ask(LOGIN, service))
        assert isinstance(result, ResponseError)
        assert (result.status_code, result.path) == (200, LOGIN)
        service.script[LOGIN].append(response(200, {"access_token": "canary-a", "refresh_token": token}))
        assert ask(LOGIN, service).refresh_token is None


NO_TOKENS: list[Any] = [
    *([], "canary", None, 5, {"data": None}, {"data": []}),
    *({"data": {"result": "canary"}}, {"refresh_token": "canary"}, {"Access_Token": "canary"}),
]
BODIES = [
    *(b"", b"<html>canary</html>", b"canary", b"\xff\xfecanary", b"[" * 100_000),
    *(b'{"access_token": "canary', b"9" * 10_000, *(json.dumps(body).encode() for body in NO_TOKENS)),
]


@pytest.mark.parametrize("what", [LOGIN, REFRESH])
def test_body_without_tokens_is_a_response_error(what: str) -> None:
    """HTML, half a body, other JSON: one error that names the address to check, and no retry."""
    for body in BODIES:
        service = TokenService()
        service.script[what].append(response(200, body))
        result = refused(ask(what, service))
        assert isinstance(result, ResponseError), body[:20]
        assert "cannot be used" in str(result)
        assert service.counts == {what: 1}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["data", "result"]), inner),
    max_leaves=8,
)
PAIRS = st.fixed_dictionaries(
    {}, optional={"access_token": JSON, "refresh_token": JSON, "expires_in": JSON, "data": JSON}
)


BODY = st.one_of(st.binary(), (JSON | PAIRS).map(json.dumps).map(str.encode))


@given(st.integers(100, 999), BODY, st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"])))
def test_any_response_is_tokens_or_an_error(status: int, body: bytes, retry_after: str) -> None:
    """Any status, any body, any Retry-After: nothing else ever escapes."""
    service = TokenService()
    service.script[LOGIN].extend([response(status, body, retry_after=retry_after)] * 3)

    result = ask(LOGIN, service)
    assert isinstance(result, ConvirzaError) or (status == 200 and is_token(result.access_token))
