"""A fixed access token."""

from typing import NoReturn

from convirza._auth.service import OAuthService
from convirza._auth.tokens import Tokens
from convirza._core.credentials import TokenContext
from convirza._core.effects import Flow
from convirza._core.errors import ConfigurationError, ConvirzaError
from convirza._core.tracebacks import clear_traceback_locals
from convirza._core.validation import DEFAULT_OAUTH_URL, check_token


class StaticToken:
    """A fixed access token."""

    renewable = False

    @clear_traceback_locals
    def __init__(
        self, token: str, *, oauth_url: str | None = DEFAULT_OAUTH_URL, allow_http: bool = False
    ) -> None:
        """`oauth_url` is where the token can be revoked; `allow_http` allows http:// for any host there.

        Raises ConfigurationError for an unusable token or an invalid address.
        """
        self._token = check_token(token)
        self._service = None if oauth_url is None else OAuthService(oauth_url, allow_http=allow_http)

    def __repr__(self) -> str:
        return "StaticToken(...)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a token is a secret and cannot be pickled or copied: make another StaticToken")

    def acquire(
        self, context: TokenContext, end: float, refused: str | None = None
    ) -> Flow[str | ConvirzaError]:
        """Returns the token."""
        yield from ()
        return self._token

    def log_in(self, context: TokenContext, end: float) -> Flow[ConvirzaError | None]:
        """Does nothing: there is a token already."""
        yield from ()
        return None

    def log_out(self, context: TokenContext, end: float) -> Flow[ConvirzaError | None]:
        """Revokes the token."""
        if self._service is None:
            return ConfigurationError("the service that revokes the token is not known: pass oauth_url=")
        return (yield from self._service.revoke(context, end, Tokens(self._token)))
