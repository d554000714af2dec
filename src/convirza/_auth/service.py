"""Convirza's token service: log in, refresh, revoke.

Source: V3 authentication in Convirza's public documentation, read second-hand and not verified live.
Inferred, because not documented: that the tokens may be in the envelope's `data`, and the member `token` of a
revocation.
"""

import hashlib
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from attrs import evolve

from convirza._auth.tokens import Tokens, find_user_id, is_token
from convirza._core.attempts import Core, Options
from convirza._core.clock import Clock, SystemClock
from convirza._core.credentials import TokenContext
from convirza._core.effects import Flow, Sleep
from convirza._core.errors import (
    APIStatusError,
    AuthenticationError,
    ConvirzaError,
    RateLimitError,
    WrongRecordError,
)
from convirza._core.forking import reset_in_child
from convirza._core.operations import Invocation
from convirza._core.responses import member, unusable_response
from convirza._core.validation import DEFAULT_OAUTH_URL, check_url
from convirza._generated import (
    LoginRequest,
    RefreshRequest,
    RevokeRequest,
    TokenKind,
    log_in,
    refresh_tokens,
    revoke_token,
)

T = TypeVar("T")

_LOGINS_A_MINUTE: Final = 10


class _Logins:
    """The logins of an account, by all clients of this process."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.not_before = float("-inf")
        self._last: deque[float] = deque(maxlen=_LOGINS_A_MINUTE)
        self.after_fork()
        reset_in_child(self)

    def after_fork(self) -> None:
        """Replaces the lock: a thread of the parent may have held it, and would never release it here."""
        self._lock = threading.Lock()

    def take(self, now: float) -> float:
        """Returns 0 and counts a login, or returns the seconds until the rate limit allows one."""
        with self._lock:
            full = len(self._last) == _LOGINS_A_MINUTE
            free = max(self._last[0] + 60.0 if full else now, self.not_before)
            if free <= now:
                self._last.append(now)
        return max(0.0, free - now)


_accounts: Final[dict[tuple[str, bytes, int], _Logins]] = {}


class OAuthService:
    """One account's use of the service, from any number of threads and tasks."""

    def __init__(self, url: str = DEFAULT_OAUTH_URL, *, allow_http: bool = False) -> None:
        """Raises ConfigurationError for an invalid address."""
        self._url = check_url(url, "oauth_url", clear=allow_http)

    def log_in(
        self, context: TokenContext, end: float, email: str, password: str
    ) -> Flow[Tokens | ConvirzaError]:
        """Logs in. The service allows 10 logins a minute (public docs); never more are sent."""
        account = hashlib.sha256(_account(email).encode(errors="surrogatepass")).digest()
        clock = context.clock
        # The times of two clocks cannot be compared. The clock is held, so no other clock gets its id.
        key = self._url, account, 0 if isinstance(clock, SystemClock) else id(clock)
        logins = _accounts.setdefault(key, _Logins(clock))

        def wait_for_place() -> Flow[ConvirzaError | None]:
            while (now := clock.monotonic()) < end and (pause := logins.take(now)):
                if now + pause >= end:
                    error = RateLimitError(
                        "too many logins in a minute, this one was not sent: wait a minute"
                    )
                    error.retry_after = pause
                    return error
                yield Sleep(pause)
            return None

        body = LoginRequest(email=email, password=password)
        # A second login only adds a pair of tokens.
        refusals = _refusals("the login was refused", "check email and password")
        invocation = _get_tokens(log_in, body, clock, refusals, email, None)
        result = yield from self._run(context, end, invocation, context.max_retries, wait_for_place)
        if isinstance(result, RateLimitError) and result.retry_after is not None and result.attempts:
            logins.not_before = clock.monotonic() + result.retry_after
        return result

    def refresh(
        self,
        context: TokenContext,
        end: float,
        refresh_token: str,
        *,
        email: str | None = None,
        user_id: int | None = None,
        once: bool = False,
    ) -> Flow[Tokens | ConvirzaError]:
        """Returns new tokens; the old ones are no longer valid then. `once`: without retries.

        `email` and `user_id` are those of the account, if known.
        """
        # The token is for one use. If that has happened, a retry is refused, as any later use would be.
        body = RefreshRequest(refresh_token=refresh_token)
        refusals = _refusals("the stored tokens were refused", "log in again")
        invocation = _get_tokens(refresh_tokens, body, context.clock, refusals, email, user_id)
        return (yield from self._run(context, end, invocation, 0 if once else context.max_retries))

    def revoke(self, context: TokenContext, end: float, tokens: Tokens) -> Flow[ConvirzaError | None]:
        """Revokes tokens. Idempotent (public docs)."""
        for kind, token in (
            (TokenKind.REFRESH, tokens.refresh_token),
            (TokenKind.ACCESS, tokens.access_token),
        ):
            if token is not None:
                request = revoke_token.build_request(body=RevokeRequest(token=token, token_type=kind))
                # No page shows a body, so that of a success is not read.
                operation = evolve(revoke_token.OPERATION, responses={"200": None})
                refusals = _refusals("the stored tokens were refused", "log in again")
                invocation = Invocation(operation, request, _nothing, repeatable=True, meanings=refusals)
                result = yield from self._run(context, end, invocation, context.max_retries)
                if isinstance(result, ConvirzaError):
                    return result
        return None

    def _run(
        self,
        context: TokenContext,
        end: float,
        invocation: Invocation[T],
        retries: int,
        before: Callable[[], Flow[ConvirzaError | None]] | None = None,
    ) -> Flow[T | ConvirzaError]:
        clock = context.clock
        core = Core(self._url, None, clock, context.drift, context.drift_log)
        options = Options(context.timeout, end - clock.monotonic(), retries, {"accept": "application/json"})
        result = yield from core.run(invocation, options, before=before)
        return result if isinstance(result, ConvirzaError) else result.parsed


def _get_tokens(
    module: Any,
    body: Any,
    clock: Clock,
    refusals: dict[int, tuple[type[APIStatusError], str]],
    email: str | None,
    user_id: int | None,
) -> Invocation[Tokens]:
    def read(body: Any) -> Tokens | ConvirzaError:
        found = _find_pair(body)
        if found is None:
            return unusable_response(None, "it holds no tokens")
        tokens = _parse_tokens(found, clock.time())
        theirs = member(member(found, "user"), "email")
        if (email and isinstance(theirs, str) and _account(theirs) != _account(email)) or (
            user_id is not None and tokens.user_id not in (None, user_id)
        ):
            what = "the token service returned the tokens of another account than the requested one"
            return WrongRecordError(f"{what}: try again, and report it to Convirza with the request id")
        return tokens

    request = module.build_request(body=body)
    return Invocation(module.OPERATION, request, read, repeatable=True, meanings=refusals)


def _account(email: str) -> str:
    """Equal for all spellings of an address that a service may take for the same account."""
    return email.strip().casefold()


def _refusals(what: str, advice: str) -> dict[int, tuple[type[APIStatusError], str]]:
    return {status: (AuthenticationError, f"{what} ({status}): {advice}") for status in (400, 401, 403)}


def _nothing(_body: object) -> None:
    return None


def _find_pair(body: Any) -> Any:
    """The object with the tokens; None if there is none."""
    data = member(body, "data")
    return next(
        (pair for pair in (body, data, member(data, "result")) if is_token(member(pair, "access_token"))),
        None,
    )


def _parse_tokens(pair: Any, now: float) -> Tokens:
    refresh_token = member(pair, "refresh_token")
    return Tokens(
        access_token=member(pair, "access_token"),
        refresh_token=refresh_token if is_token(refresh_token) else None,
        obtained_at=now,
        expires_at=_parse_expiry(member(pair, "expires_in"), now),
        user_id=find_user_id(member(pair, "user")),
    )


def _parse_expiry(value: Any, now: float) -> float | None:
    """Unix time of an ISO 8601 timestamp; None if malformed, or past (then the system clock is wrong)."""
    try:
        moment = datetime.fromisoformat(value)
        expiry = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
    return expiry if expiry > now else None
