"""Who asks: a token that is there, or tokens that are got and renewed with email and password."""

import contextlib
import copy
import errno
import os
import threading
from concurrent.futures import Future
from typing import Final, TypeGuard, cast

from convirza._auth.service import OAuthService
from convirza._auth.tokens import MemoryTokenStore, Tokens, TokenStore
from convirza._core.clock import Clock
from convirza._core.effects import Flow, Sleep, Wait
from convirza._core.errors import (
    AuthenticationError,
    ConfigurationError,
    ConvirzaError,
    RateLimitError,
    TimeoutError,
)
from convirza._core.forking import reset_in_child
from convirza._core.logging import logger
from convirza._core.retry import worth_another
from convirza._core.tracebacks import forgetful
from convirza._core.validation import DEFAULT_OAUTH_URL, check_text, check_token

_RENEW_EARLY: Final = 300.0
_REFUSAL_SECONDS: Final = 60.0
_LONGER: Final = 1.0
_RENEWAL_INTERVAL: Final = 60.0  # between renewals that fail, or that refused requests ask for
_SPARE_SECONDS: Final = 10.0  # for a refresh that can be done without
_LOCK_INTERVAL: Final = 0.05


class StaticToken:
    """An access token that is there already."""

    renewable = False

    @forgetful
    def __init__(self, token: str, *, oauth_url: str | None = DEFAULT_OAUTH_URL) -> None:
        """`oauth_url` is where the token can be revoked. Raises ConfigurationError for an unusable token."""
        self._token = check_token(token)
        self._service = None if oauth_url is None else OAuthService(oauth_url)

    def __repr__(self) -> str:
        return "StaticToken(...)"

    def acquire(self, clock: Clock, end: float, refused: str | None = None) -> Flow[str | ConvirzaError]:
        """Brings the token."""
        yield from ()
        return self._token

    def note_refused_anew(self, token: str, clock: Clock) -> None:
        """Does nothing: there is no other token."""

    def log_in(self, clock: Clock, end: float) -> Flow[ConvirzaError | None]:
        """Does nothing: the token is there."""
        yield from ()
        return None

    def log_out(self, clock: Clock, end: float) -> Flow[ConvirzaError | None]:
        """Revokes the token."""
        if self._service is None:
            return ConfigurationError("where to revoke the token is not known: give oauth_url=")
        return (yield from self._service.revoke(clock, end, Tokens(self._token)))


class StoredAuth:
    """Tokens that an earlier login left in a store, renewed as long as the API allows it.

    Any number of threads, tasks and clients may share one object: whoever comes first renews the tokens, the
    others wait for that.
    """

    renewable = True

    def __init__(self, store: TokenStore, *, oauth_url: str = DEFAULT_OAUTH_URL) -> None:
        """`store` is usually a `FileTokenStore`. Raises ConfigurationError for an address that is none."""
        self._store = store
        self._service = OAuthService(oauth_url)
        self._tokens: Tokens | None = None
        self._unsaved = False
        self._refused_refresh: tuple[str | None, AuthenticationError] | None = None
        self._useless: tuple[str, float] | None = None  # a new token that was refused too, and when
        self._refresh_again_at = float("-inf")  # by the monotonic clock
        self.after_fork()
        reset_in_child(self)

    def after_fork(self) -> None:
        """A renewal that a thread of the parent had begun never ends in the child."""
        self._lock = threading.Lock()
        self._flight: Future[Tokens | ConvirzaError | None] | None = None
        self._flight_end = 0.0  # of the time that the one who leads it has

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    def acquire(self, clock: Clock, end: float, refused: str | None = None) -> Flow[str | ConvirzaError]:
        """Brings a token other than `refused`, which is refreshed or got by a login if need be."""
        while True:
            with self._lock:
                tokens = self._tokens
                waiting = clock.monotonic() < self._refresh_again_at
                if _is_good(tokens, refused, clock) or (waiting and _is_alive(tokens, refused, clock)):
                    return tokens.access_token
                flight, flight_end, leads = self._flight, self._flight_end, self._flight is None
                if flight is None:
                    flight = self._flight = Future[Tokens | ConvirzaError | None]()
                    self._flight_end = end
                    flight.set_running_or_notify_cancel()  # so that no waiter can cancel it
            if leads:
                result = yield from self._lead(clock, end, refused, flight)
                return result if isinstance(result, ConvirzaError) else result.access_token
            yield Wait(flight, max(0.0, end - clock.monotonic()))
            if not flight.done():
                return TimeoutError("no token within the deadline: try again, or allow more")
            brought = flight.result()
            if isinstance(brought, Tokens) and brought.access_token != refused:
                return brought.access_token
            if isinstance(brought, ConvirzaError):
                passing = isinstance(brought, RateLimitError) or worth_another(brought)
                if not passing or end < flight_end + _LONGER:
                    return copy.copy(brought)
            # Who led it was broken off, or may have had too little time.

    def note_refused_anew(self, token: str, clock: Clock) -> None:
        """Renews no more for a minute because of this token, which was refused as soon as it was new."""
        self._useless = token, clock.monotonic() + _RENEWAL_INTERVAL

    def log_in(self, clock: Clock, end: float) -> Flow[ConvirzaError | None]:
        """Renews the tokens now."""
        tokens = self._tokens or self._load()
        if isinstance(tokens, ConvirzaError):
            return tokens
        self._refused_refresh = self._useless = None
        result = yield from self.acquire(clock, end, tokens.access_token if tokens else None)
        return result if isinstance(result, ConvirzaError) else None

    def log_out(self, clock: Clock, end: float) -> Flow[ConvirzaError | None]:
        """Revokes the tokens and clears the store, which keeps them if that fails."""
        # Another process may have renewed those of this one.
        for tokens in dict.fromkeys((self._load(), self._tokens)):
            if isinstance(tokens, ConvirzaError):
                return tokens
            if tokens is not None:
                error = yield from self._service.revoke(clock, end, tokens)
                if error is not None:
                    return error
        try:
            self._store.clear()
        except Exception as error:
            return _store_error(error)
        self._tokens, self._unsaved = None, False
        return None

    def _lead(
        self, clock: Clock, end: float, refused: str | None, flight: "Future[Tokens | ConvirzaError | None]"
    ) -> Flow[Tokens | ConvirzaError]:
        """Renews the tokens for all who wait; if that is broken off, one of them takes over."""
        result: Tokens | ConvirzaError | None = None
        try:
            result = yield from self._renew(clock, end, refused)
            return result
        finally:
            with self._lock:
                self._flight = None
            flight.set_result(result)

    def _renew(self, clock: Clock, end: float, refused: str | None) -> Flow[Tokens | ConvirzaError]:
        """Renews the tokens, unless another process does so meanwhile: a refresh token can be used once."""
        try_lock = getattr(self._store, "try_lock", None)
        with contextlib.ExitStack() as stack:
            if try_lock is not None:
                while not (locked := try_lock()):
                    if (left := end - clock.monotonic()) <= 0:
                        return TimeoutError("another process is renewing the tokens: try again later")
                    yield Sleep(min(_LOCK_INTERVAL, left))
                stack.enter_context(locked)
            return (yield from self._renew_alone(clock, end, refused))

    def _renew_alone(self, clock: Clock, end: float, refused: str | None) -> Flow[Tokens | ConvirzaError]:
        stored = self._load()
        if isinstance(stored, ConvirzaError):
            return stored
        if _is_good(stored, refused, clock):
            self._tokens = stored  # of an earlier run, or another process was faster
            return stored
        known = stored or self._tokens
        now = clock.monotonic()
        if self._useless is not None and self._useless[0] == refused and now < self._useless[1]:
            error = AuthenticationError(
                "a token that was renewed less than a minute ago was refused (401): "
                "check whether the account may read this, its role and org unit"
            )
            error.status_code = 401
            return error
        alive = _is_alive(known, refused, clock)
        result: Tokens | ConvirzaError
        if known is None or known.refresh_token is None:
            result = yield from self._log_in(clock, end, None)
        else:
            refresh_end = min(end, now + _SPARE_SECONDS) if alive else end
            result = yield from self._refresh(clock, refresh_end, known.refresh_token)
            if isinstance(result, AuthenticationError):  # expired, or used up by another process
                stored = self._load()
                if isinstance(stored, Tokens) and stored != known and _is_good(stored, refused, clock):
                    self._tokens = stored
                    return stored
                self._unsaved = False
                result = yield from self._log_in(clock, end, result)
        if isinstance(result, ConvirzaError) and known is not None and alive:
            # The token is good for some minutes; not each request is to wait for a service that fails.
            self._tokens, self._refresh_again_at = known, clock.monotonic() + _RENEWAL_INTERVAL
            return known
        if isinstance(result, Tokens):
            self._tokens = result
            try:
                self._store.save(result)
                self._unsaved = False
            except Exception as error:
                self._unsaved = True
                kind = type(error).__name__
                logger.warning("the new tokens are not kept for the next run: the store failed (%s)", kind)
        return result

    def _refresh(self, clock: Clock, end: float, refresh_token: str) -> Flow[Tokens | ConvirzaError]:
        """Refreshes, but never again with a refresh token that was refused."""
        if self._refused_refresh is not None and self._refused_refresh[0] == refresh_token:
            return copy.copy(self._refused_refresh[1])
        result = yield from self._service.refresh(clock, end, refresh_token)
        if isinstance(result, AuthenticationError):
            self._refused_refresh = refresh_token, copy.copy(result)
        return result

    def _load(self) -> Tokens | ConvirzaError | None:
        """The tokens in the store, or those of this object as long as the store could not take them."""
        if self._unsaved:
            return self._tokens
        try:
            stored = cast("object", self._store.load())
        except Exception as error:
            return _store_error(error)
        if stored is None or isinstance(stored, Tokens):
            return stored
        return ConfigurationError("TokenStore.load() must return Tokens or None")

    def _log_in(
        self, clock: Clock, end: float, refusal: AuthenticationError | None
    ) -> Flow[Tokens | ConvirzaError]:
        """Brings first tokens; `refusal` is the answer to a refresh, None if there was nothing to refresh."""
        yield from ()
        return refusal or AuthenticationError("there are no tokens: log in first, as with convirza login")


class PasswordAuth(StoredAuth):
    """Tokens got with email and password when first needed, and renewed before they expire or on a 401."""

    @forgetful
    def __init__(
        self,
        email: str,
        password: str,
        *,
        store: TokenStore | None = None,
        oauth_url: str = DEFAULT_OAUTH_URL,
    ) -> None:
        """Without a `store`, tokens live as long as this object.

        Raises ConfigurationError for an empty email or password, or an address that is none.
        """
        super().__init__(MemoryTokenStore() if store is None else store, oauth_url=oauth_url)
        self._email = check_text("email", email)
        self._password = check_text("password", password)
        self._refusal: tuple[float, ConvirzaError] | None = None

    def log_in(self, clock: Clock, end: float) -> Flow[ConvirzaError | None]:
        """Logs in now, whatever tokens there are."""
        result = yield from self._log_in(clock, end, None)
        if isinstance(result, ConvirzaError):
            return result
        try:
            self._store.save(result)
        except Exception as error:
            return _store_error(error)
        self._tokens, self._unsaved = result, False
        return None

    def _log_in(
        self, clock: Clock, end: float, refusal: AuthenticationError | None
    ) -> Flow[Tokens | ConvirzaError]:
        """Logs in, but not again within a minute of a refused login: the same words will be refused."""
        if self._refusal is not None and clock.monotonic() - self._refusal[0] < _REFUSAL_SECONDS:
            return copy.copy(self._refusal[1])
        result = yield from self._service.log_in(clock, end, self._email, self._password)
        if isinstance(result, AuthenticationError):
            self._refusal = clock.monotonic(), copy.copy(result)
        return result


def _is_good(tokens: Tokens | None, refused: str | None, clock: Clock) -> TypeGuard[Tokens]:
    """Whether there are tokens, not refused nor about to expire: in 5 minutes, or a tenth of their life."""
    if tokens is None or tokens.access_token == refused:
        return False
    if tokens.expires_at is None:
        return True
    life = tokens.expires_at - tokens.obtained_at
    return clock.time() < tokens.expires_at - min(_RENEW_EARLY, life / 10)


def _is_alive(tokens: Tokens | None, refused: str | None, clock: Clock) -> TypeGuard[Tokens]:
    """Whether there are tokens that are neither refused nor expired, though they may be about to."""
    if tokens is None or tokens.access_token == refused:
        return False
    return tokens.expires_at is None or clock.time() < tokens.expires_at


def _store_error(error: Exception) -> ConvirzaError:
    if isinstance(error, ConvirzaError):
        error.__context__ = None  # which may hold what was read, as the frames of the traceback do
        return error.with_traceback(None)
    number = error.errno if isinstance(error, OSError) else None
    known = os.strerror(number) if number is not None and number in errno.errorcode else None
    detail = known or type(error).__name__
    return ConfigurationError(f"the token store failed ({detail}): mend it, or use another")
