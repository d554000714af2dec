"""Tokens that are read from a store, and renewed for all who use them."""

import contextlib
import copy
import errno
import os
import threading
from concurrent.futures import Future
from typing import Final, TypeGuard, cast

from attrs import evolve

from convirza._auth.service import OAuthService
from convirza._auth.tokens import Tokens, TokenStore
from convirza._core.clock import Clock
from convirza._core.credentials import TokenContext
from convirza._core.effects import Finish, Flow, Sleep, Wait
from convirza._core.errors import (
    AuthenticationError,
    ConfigurationError,
    ConvirzaError,
    RateLimitError,
    TimeoutError,
)
from convirza._core.forking import reset_in_child
from convirza._core.logging import logger
from convirza._core.retry import is_retryable
from convirza._core.validation import DEFAULT_OAUTH_URL

_RENEW_EARLY: Final = 300.0
_LONGER: Final = 1.0
_RENEWAL_INTERVAL: Final = 60.0  # seconds between renewals that fail, or that follow a refused request
_REFRESH_SECONDS: Final = 30.0  # for a refresh and each of its attempts, even beyond the caller's deadline
_SPARE_SECONDS: Final = 10.0  # to wait for an optional refresh; at most a third of the time left
_LOCK_INTERVAL: Final = 0.05


class StoredAuth:
    """Tokens of an earlier login, read from a store and renewed as long as the API allows it.

    Any number of threads, tasks and clients may share one object: the first one renews the tokens, the others
    wait for it. A refresh is completed and stored even if all callers are cancelled, because the service has
    invalidated the old tokens by then.
    """

    renewable = True
    _email: str | None = None
    """The email address of the account, if known."""

    def __init__(
        self, store: TokenStore, *, oauth_url: str = DEFAULT_OAUTH_URL, allow_http: bool = False
    ) -> None:
        """`store` is usually a `FileTokenStore`; `allow_http` allows http:// for any token service.

        Raises ConfigurationError for an invalid address.
        """
        self._store = store
        self._service = OAuthService(oauth_url, allow_http=allow_http)
        self._tokens: Tokens | None = None
        self._unsaved = False
        self._refused_refresh: tuple[str | None, AuthenticationError] | None = None
        self._refresh_again_at = float("-inf")  # by the monotonic clock
        self._anyway: str | None = None  # the access token that `log_in` renewed
        self.after_fork()
        reset_in_child(self)

    def after_fork(self) -> None:
        """Drops the lock and the renewal: in the child, the thread that holds them does not exist."""
        self._lock = threading.Lock()
        self._renewal: Future[Tokens | ConvirzaError | None] | None = None
        self._renewal_end = 0.0  # the deadline of its leader

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    def acquire(
        self, context: TokenContext, end: float, refused: str | None = None
    ) -> Flow[str | ConvirzaError]:
        """Returns a token other than `refused`; refreshes it or logs in if needed."""
        while True:
            now = context.clock.monotonic()
            with self._lock:
                tokens = self._tokens
                waiting = now < self._refresh_again_at
                if _is_good(tokens, refused, context.clock) or (
                    waiting and _is_alive(tokens, refused, context.clock)
                ):
                    return tokens.access_token
                is_leader = self._renewal is None
                if self._renewal is None:
                    self._renewal, self._renewal_end = Future[Tokens | ConvirzaError | None](), end
                    self._renewal.set_running_or_notify_cancel()  # so that no waiter can cancel it
                renewal, renewal_end = self._renewal, self._renewal_end
            spare_end = now + min(_SPARE_SECONDS, (end - now) / 3)
            if is_leader:
                result = yield from self._lead(context, end, spare_end, refused, renewal)
                if result is not None:
                    return result if isinstance(result, ConvirzaError) else result.access_token
            tokens = self._tokens
            alive = _is_alive(tokens, refused, context.clock)
            yield Wait(renewal, max(0.0, (spare_end if alive else end) - context.clock.monotonic()))
            if not renewal.done():
                if _is_alive(tokens, refused, context.clock):
                    self._refresh_again_at = context.clock.monotonic() + _RENEWAL_INTERVAL
                    return tokens.access_token
                if alive:
                    continue  # it expired meanwhile
                return TimeoutError("no token within the deadline: try again, or increase deadline")
            result = renewal.result() if is_leader or renewal.exception() is None else None
            if isinstance(result, Tokens) and (is_leader or result.access_token != refused):
                return result.access_token
            if isinstance(result, ConvirzaError):
                passing = isinstance(result, RateLimitError) or is_retryable(result)
                if not passing or end < renewal_end + _LONGER:
                    return copy.copy(result)
            # The leader was cancelled, or may have had too little time; or the refresh was refused: log in.

    def log_in(self, context: TokenContext, end: float) -> Flow[ConvirzaError | None]:
        """Renews the tokens now."""
        tokens = self._tokens or self._load()
        if isinstance(tokens, ConvirzaError):
            return tokens
        self._refused_refresh = None
        self._anyway = tokens.access_token if tokens else None
        result = yield from self.acquire(context, end, self._anyway)
        return result if isinstance(result, ConvirzaError) else None

    def log_out(self, context: TokenContext, end: float) -> Flow[ConvirzaError | None]:
        """Revokes the tokens and clears the store, which keeps them if that fails."""
        while (renewal := self._renewal) is not None and (left := end - context.clock.monotonic()) > 0:
            yield Wait(renewal, left)
        with contextlib.ExitStack() as held:
            error = yield from self._take_lock(context, end, held)
            # Another process may have renewed those of this one.
            for tokens in (error,) if error else dict.fromkeys((self._load(), self._tokens)):
                if isinstance(tokens, ConvirzaError):
                    return tokens
                if tokens is not None:
                    error = yield from self._service.revoke(context, end, tokens)
                    if error is not None:
                        return error
            try:
                self._store.clear()
            except Exception as failure:
                return store_error(failure)
            self._tokens, self._unsaved = None, False
        return None

    def _lead(
        self,
        context: TokenContext,
        end: float,
        spare_end: float,
        refused: str | None,
        renewal: "Future[Tokens | ConvirzaError | None]",
    ) -> Flow[Tokens | ConvirzaError | None]:
        """Renews the tokens for all waiters; if it is cancelled, one of them takes over.

        Returns None if a refresh has been started, which then completes the renewal.
        """
        result: Tokens | ConvirzaError | None = None
        under_way = False
        try:
            with contextlib.ExitStack() as held:
                if self._tokens is None and isinstance(stored := self._load(), Tokens):
                    self._tokens = stored
                limit = spare_end if _is_alive(self._tokens, refused, context.clock) else end
                result = yield from self._take_lock(context, limit, held)
                result = result or self._look(context, refused)
                known = self._tokens
                limit = spare_end if _is_alive(known, refused, context.clock) else end
                if result is None and known is not None and known.refresh_token is not None:
                    if self._refused_refresh is None or self._refused_refresh[0] != known.refresh_token:
                        refresh = self._refresh(
                            context, end, refused, known.refresh_token, known.user_id, held.pop_all()
                        )
                        under_way = True  # set first: this flow may be closed at the yield
                        yield Finish(refresh, renewal)
                        return None
                    self._unsaved = False
                    result = yield from self._log_in(context, limit, copy.copy(self._refused_refresh[1]))
                elif result is None:
                    result = yield from self._log_in(context, limit, None)
                result = self._keep(context, refused, result)
            return result
        finally:
            if not under_way:
                with self._lock:
                    self._renewal = None
                renewal.set_result(result)

    def _take_lock(
        self, context: TokenContext, end: float, held: contextlib.ExitStack
    ) -> Flow[ConvirzaError | None]:
        """Waits for other processes that use the store: a refresh token can be used once."""
        try_lock = getattr(self._store, "try_lock", None)
        if try_lock is not None:
            while not (locked := try_lock()):
                if (left := end - context.clock.monotonic()) <= 0:
                    return TimeoutError("another process is renewing the tokens: try again later")
                yield Sleep(min(_LOCK_INTERVAL, left))
            held.enter_context(locked)
        return None

    def _look(self, context: TokenContext, refused: str | None) -> Tokens | ConvirzaError | None:
        """Valid tokens from the store, or the error why there are none; None if a renewal may get them."""
        stored = self._load()
        if isinstance(stored, ConvirzaError):
            return stored
        self._tokens = stored or self._tokens
        if _is_good(stored, refused, context.clock):
            return stored
        known = self._tokens
        if (
            known is not None
            and known.after_refusal
            and known.access_token == refused != self._anyway
            and 0 <= context.clock.time() - known.obtained_at < _RENEWAL_INTERVAL
        ):
            error = AuthenticationError(
                "a token that was renewed less than a minute ago was refused (401): "
                "check that the role and the org unit of its account have access"
            )
            error.status_code = 401
            return error
        return None

    def _refresh(
        self,
        context: TokenContext,
        end: float,
        refused: str | None,
        refresh_token: str,
        user_id: int | None,
        held: contextlib.ExitStack,
    ) -> Flow[Tokens | ConvirzaError | None]:
        """Refreshes and stores the result. Returns None if it is refused: then only a login helps."""
        try:
            with held:
                end = max(end, context.clock.monotonic() + _REFRESH_SECONDS)
                context = evolve(context, timeout=max(context.timeout, _REFRESH_SECONDS))
                result = yield from self._service.refresh(
                    context,
                    end,
                    refresh_token,
                    email=self._email,
                    user_id=user_id,
                    once=_is_alive(self._tokens, refused, context.clock),
                )
                if isinstance(result, AuthenticationError):  # expired, or used up by another process
                    self._refused_refresh = refresh_token, copy.copy(result)
                    return None
                return self._keep(context, refused, result)
        finally:
            with self._lock:
                self._renewal = None

    def _keep(
        self, context: TokenContext, refused: str | None, result: Tokens | ConvirzaError
    ) -> Tokens | ConvirzaError:
        """Stores new tokens; after a failure, the ones that are known are used as long as they are good."""
        if isinstance(result, ConvirzaError):
            known = self._tokens
            if not _is_alive(known, refused, context.clock):
                return result
            # The token is valid for some minutes: requests must not each wait for a service that fails.
            self._refresh_again_at = context.clock.monotonic() + _RENEWAL_INTERVAL
            return known
        if result is not self._tokens:
            result = evolve(result, after_refusal=refused is not None and refused != self._anyway)
            self._tokens = result
            try:
                self._store.save(result)
                self._unsaved = False
            except Exception as error:
                self._unsaved = True
                kind = type(error).__name__
                logger.warning("the token store failed (%s): the next run must log in again", kind)
        return result

    def _load(self) -> Tokens | ConvirzaError | None:
        """The tokens in the store, or those of this object if they could not be saved."""
        if self._unsaved:
            return self._tokens
        try:
            stored = cast("object", self._store.load())
        except Exception as error:
            return store_error(error)
        if stored is None or isinstance(stored, Tokens):
            return stored
        return ConfigurationError("TokenStore.load() must return Tokens or None")

    def _log_in(
        self, context: TokenContext, end: float, refusal: AuthenticationError | None
    ) -> Flow[Tokens | ConvirzaError]:
        """Returns new tokens; `refusal` is the error of the refresh, None if there was no refresh token."""
        yield from ()
        return refusal or AuthenticationError("there are no tokens: log in first, as with convirza login")


def _is_good(tokens: Tokens | None, refused: str | None, clock: Clock) -> TypeGuard[Tokens]:
    """Whether the tokens are valid and not about to expire: in 5 minutes, or a tenth of their lifetime."""
    if tokens is None or tokens.access_token == refused:
        return False
    if tokens.expires_at is None:
        return True
    life = tokens.expires_at - tokens.obtained_at
    return clock.time() < tokens.expires_at - min(_RENEW_EARLY, life / 10)


def _is_alive(tokens: Tokens | None, refused: str | None, clock: Clock) -> TypeGuard[Tokens]:
    """Whether the tokens are neither refused nor expired, though they may be about to expire."""
    if tokens is None or tokens.access_token == refused:
        return False
    return tokens.expires_at is None or clock.time() < tokens.expires_at


def store_error(error: Exception) -> ConvirzaError:
    """The error for what a token store raised."""
    if isinstance(error, ConvirzaError):
        error.__context__ = None  # it may hold file content, as the frames of the traceback may
        return error.with_traceback(None)
    number = error.errno if isinstance(error, OSError) else None
    known = os.strerror(number) if number is not None and number in errno.errorcode else None
    detail = known or type(error).__name__
    return ConfigurationError(f"the token store failed ({detail}): fix it, or use another")
