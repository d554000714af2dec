"""Tokens that are obtained with email and password."""

import copy
from typing import Final

from convirza._auth.stored import StoredAuth, store_error
from convirza._auth.tokens import MemoryTokenStore, Tokens, TokenStore
from convirza._core.credentials import TokenContext
from convirza._core.effects import Flow
from convirza._core.errors import AuthenticationError, ConvirzaError, WrongRecordError
from convirza._core.tracebacks import clear_traceback_locals
from convirza._core.validation import DEFAULT_OAUTH_URL, check_text

_REFUSAL_SECONDS: Final = 60.0


class PasswordAuth(StoredAuth):
    """Tokens obtained with email and password at first use, and renewed before they expire or after a 401."""

    @clear_traceback_locals
    def __init__(
        self,
        email: str,
        password: str,
        *,
        store: TokenStore | None = None,
        oauth_url: str = DEFAULT_OAUTH_URL,
        allow_http: bool = False,
    ) -> None:
        """Without a `store`, tokens live as long as this object.

        Raises ConfigurationError for an empty email or password, or an invalid address.
        """
        kept = MemoryTokenStore() if store is None else store
        super().__init__(kept, oauth_url=oauth_url, allow_http=allow_http)
        self._credentials = check_text("email", email), check_text("password", password)
        self._email = email
        self._refusal: tuple[float, ConvirzaError] | None = None

    def log_in(self, context: TokenContext, end: float) -> Flow[ConvirzaError | None]:
        """Logs in now, even if there are tokens."""
        result = yield from self._log_in(context, end, None)
        if isinstance(result, ConvirzaError):
            return result
        try:
            self._store.save(result)
        except Exception as error:
            return store_error(error)
        self._tokens, self._unsaved = result, False
        return None

    def _log_in(
        self, context: TokenContext, end: float, refusal: AuthenticationError | None
    ) -> Flow[Tokens | ConvirzaError]:
        """Logs in, but not within a minute of a refused login: the same password would be refused again."""
        if self._refusal is not None and context.clock.monotonic() - self._refusal[0] < _REFUSAL_SECONDS:
            return copy.copy(self._refusal[1])
        result = yield from self._service.log_in(context, end, *self._credentials)
        if isinstance(result, AuthenticationError | WrongRecordError):
            self._refusal = context.clock.monotonic(), copy.copy(result)
        return result
