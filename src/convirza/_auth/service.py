"""Convirza's token service: log in, refresh, revoke.

From V3 authentication in Convirza's public documentation, read second-hand and never seen live. Inferred,
because not documented: that the tokens may be in the envelope's `data`, and the member `token` when revoking.
"""

import hashlib
import json
import threading
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from convirza._auth.tokens import Tokens, is_token
from convirza._core.clock import Clock, SystemClock
from convirza._core.effects import Failure, Flow, Reply, Request, Send, Sleep
from convirza._core.errors import (
    APIStatusError,
    AuthenticationError,
    ConvirzaError,
    RateLimitError,
    ResponseError,
    status_error,
)
from convirza._core.forking import reset_in_child
from convirza._core.logging import log_attempt
from convirza._core.responses import member, read_failure
from convirza._core.retry import is_retryable, retry_after, retry_delay
from convirza._core.validation import DEFAULT_OAUTH_URL, check_url

_LOGIN: Final = "/oauth/token"
_REFRESH: Final = "/oauth/refresh-token"
_REVOKE: Final = "/oauth/revoke-token"

_ATTEMPT_SECONDS: Final = 30.0
_MOST_ATTEMPTS: Final = 3
_LOGINS_A_MINUTE: Final = 10


class _Logins:
    """The logins of an account, whichever of this process's clients sends them."""

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
        """Takes a place among the logins of the last minute, or returns the seconds until one is free."""
        with self._lock:
            full = len(self._last) == _LOGINS_A_MINUTE
            free = max(self._last[0] + 60.0 if full else now, self.not_before)
            if free <= now:
                self._last.append(now)
        return max(0.0, free - now)


_accounts: Final[dict[tuple[str, bytes, int], _Logins]] = {}


class OAuthService:
    """One account's use of the service, from any number of threads and tasks."""

    def __init__(self, url: str = DEFAULT_OAUTH_URL) -> None:
        """Raises ConfigurationError for an address that is none."""
        self._url = check_url(url, "oauth_url")

    def log_in(self, clock: Clock, end: float, email: str, password: str) -> Flow[Tokens | ConvirzaError]:
        """Brings the first tokens. 10 logins a minute are allowed, and never more are tried."""
        account = hashlib.sha256(email.encode(errors="surrogatepass")).digest()
        # The times of two clocks cannot be compared. The clock is held, so its id stands for no other one.
        key = self._url, account, 0 if isinstance(clock, SystemClock) else id(clock)
        logins = _accounts.setdefault(key, _Logins(clock))
        body = {"email": email, "password": password}
        return (yield from self._get_tokens(clock, end, _LOGIN, body, logins=logins))

    def refresh(
        self, clock: Clock, end: float, refresh_token: str, *, once: bool = False
    ) -> Flow[Tokens | ConvirzaError]:
        """Brings new tokens; the old ones are dead then. `once`: without retries."""
        body = {"refresh_token": refresh_token}
        return (yield from self._get_tokens(clock, end, _REFRESH, body, most=1 if once else _MOST_ATTEMPTS))

    def revoke(self, clock: Clock, end: float, tokens: Tokens) -> Flow[ConvirzaError | None]:
        """Revokes tokens."""
        for kind, token in (("refresh", tokens.refresh_token), ("access", tokens.access_token)):
            if token is not None:
                answer = yield from self._post(clock, end, _REVOKE, {"token": token, "token_type": kind})
                if isinstance(answer, ConvirzaError):
                    return answer
        return None

    def _get_tokens(
        self,
        clock: Clock,
        end: float,
        path: str,
        body: Mapping[str, str],
        *,
        most: int = _MOST_ATTEMPTS,
        logins: _Logins | None = None,
    ) -> Flow[Tokens | ConvirzaError]:
        answer = yield from self._post(clock, end, path, body, most, logins)
        if isinstance(answer, ConvirzaError):
            return answer
        tokens = _parse_tokens(answer.content, clock.time())
        if tokens is None:
            error: ConvirzaError = ResponseError("the login's answer holds no tokens: check the address")
            error.status_code = answer.status_code
            error.method, error.path, error.attempts = "POST", path, 1
            return error
        return tokens

    def _post(
        self,
        clock: Clock,
        end: float,
        path: str,
        body: Mapping[str, str],
        most: int = _MOST_ATTEMPTS,
        logins: _Logins | None = None,
    ) -> Flow[Reply | ConvirzaError]:
        headers = {"accept": "application/json", "content-type": "application/json"}
        request = Request("POST", self._url + path, path, headers, json.dumps(body).encode())
        start = clock.monotonic()
        attempts = 0
        while True:
            answer = yield from self._attempt(clock, end, request, attempts + 1, logins)
            attempts += 1
            if isinstance(answer, Reply):
                return answer
            answer.method, answer.path, answer.attempts = "POST", path, attempts
            answer.elapsed = clock.monotonic() - start
            wait = answer.retry_after if isinstance(answer, APIStatusError) else None
            pause = retry_delay(attempts, wait)
            fits = clock.monotonic() + pause < end
            if attempts >= most or not fits or not is_retryable(answer):
                return answer
            yield Sleep(pause)

    def _attempt(
        self, clock: Clock, end: float, request: Request, attempt: int, logins: _Logins | None
    ) -> Flow[Reply | ConvirzaError]:
        host = urlsplit(self._url).hostname or "the token service"
        while logins is not None and (now := clock.monotonic()) < end and (pause := logins.take(now)):
            if now + pause >= end:
                error = RateLimitError("too many logins for now, so none was sent: log in less often")
                error.retry_after = pause
                return error
            yield Sleep(pause)
        begun = clock.monotonic()
        seconds = min(_ATTEMPT_SECONDS, end - begun)
        if seconds <= 0:
            return read_failure(Failure("timeout"), host=host, limit="deadline")
        outcome: Reply | Failure = yield Send(request, seconds)
        elapsed = clock.monotonic() - begun
        if isinstance(outcome, Failure):
            log_attempt(request, outcome.kind, attempt, elapsed, None)
            return read_failure(outcome, host=host, limit="deadline")
        status = outcome.status_code
        log_attempt(request, status, attempt, elapsed, None)
        if status == 200:
            return outcome
        if status in {400, 401, 403}:
            if request.path == _LOGIN:
                refusal = AuthenticationError(f"the login was refused ({status}): check email and password")
            else:
                refusal = AuthenticationError(f"the stored tokens were refused ({status}): log in again")
            refusal.status_code = status
            return refusal
        wait = retry_after(outcome.headers, clock.time())
        if logins is not None and status == 429 and wait is not None:
            logins.not_before = clock.monotonic() + wait
        return status_error(status, wait)


def _parse_tokens(content: bytes, now: float) -> Tokens | None:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return None
    data = member(body, "data")
    for pair in (body, data, member(data, "result")):
        access_token, refresh_token = member(pair, "access_token"), member(pair, "refresh_token")
        if is_token(access_token):
            return Tokens(
                access_token=access_token,
                refresh_token=refresh_token if is_token(refresh_token) else None,
                obtained_at=now,
                expires_at=_parse_expiry(member(pair, "expires_in"), now),
            )
    return None


def _parse_expiry(value: Any, now: float) -> float | None:
    """Unix time of an ISO 8601 timestamp; None if malformed, or past (then the system clock is wrong)."""
    try:
        moment = datetime.fromisoformat(value)
        expiry = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
    return expiry if expiry > now else None
