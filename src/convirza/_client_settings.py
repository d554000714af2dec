"""What both clients do with their arguments: defaults, addresses, credentials, checks."""

import inspect
import os
import platform
from collections.abc import Mapping
from typing import Any, Final, Protocol, get_args

from convirza._auth.password import PasswordAuth
from convirza._auth.static import StaticToken
from convirza._core.attempts import Options
from convirza._core.credentials import Auth
from convirza._core.drift import unavailable
from convirza._core.errors import ConfigurationError
from convirza._core.logging import logger
from convirza._core.responses import Drift
from convirza._core.transport import TransportName
from convirza._core.validation import (
    DEFAULT_BASE_URL,
    DEFAULT_OAUTH_URL,
    check_headers,
    check_retries,
    check_seconds,
    check_token,
    check_url,
)
from convirza._version import version

DEFAULT_TIMEOUT: Final = 30.0
DEFAULT_DEADLINE: Final = 60.0
DEFAULT_RETRIES: Final = 3


class Response(Protocol):
    """A response of an HTTP client that was passed in."""

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        ...


def make_options(
    timeout: float, deadline: float, max_retries: int, headers: Mapping[str, str] | None
) -> Options:
    return Options(
        timeout=check_seconds("timeout", timeout),
        deadline=check_seconds("deadline", deadline),
        max_retries=check_retries(max_retries),
        headers={
            "accept": "application/json",
            "accept-encoding": "gzip, deflate",
            "user-agent": f"convirza/{version()} Python/{platform.python_version()}",
            **check_headers(headers),
        },
    )


def find_base_url(base_url: str | None, *, clear: bool) -> str:
    if base_url is not None:
        return check_url(base_url, "base_url", clear=clear)
    environment = os.environ.get("CONVIRZA_BASE_URL") or DEFAULT_BASE_URL
    return check_url(environment, "CONVIRZA_BASE_URL", clear=clear)


def find_oauth_url(oauth_url: str | None, base_url: str) -> str | None:
    """The address of the token service; None if unknown: the password is never sent to a guessed host."""
    if oauth_url is None:
        oauth_url = os.environ.get("CONVIRZA_OAUTH_URL")
    if not oauth_url:
        return DEFAULT_OAUTH_URL if base_url == DEFAULT_BASE_URL else None
    return oauth_url


def make_auth(
    token: str | None,
    email: str | None,
    password: str | None,
    auth: Auth | None,
    oauth_url: str | None,
    *,
    allow_http: bool,
) -> Auth:
    given = [token is not None, email is not None or password is not None, auth is not None]
    if sum(given) > 1:
        raise ConfigurationError("token, email and password, and auth exclude each other: pass only one")
    if auth is not None:
        return auth
    if email is not None or password is not None:
        if oauth_url is None:
            advice = "pass oauth_url=, or set CONVIRZA_OAUTH_URL"
            raise ConfigurationError(f"the token service of a custom base URL is unknown: {advice}")
        return PasswordAuth(email or "", password or "", oauth_url=oauth_url, allow_http=allow_http)
    if token is not None:
        return StaticToken(token, oauth_url=oauth_url, allow_http=allow_http)
    found = os.environ.get("CONVIRZA_TOKEN")
    if not found:
        advice = "set CONVIRZA_TOKEN, or pass token=, or email= and password="
        raise ConfigurationError(f"no credentials: {advice}")
    found = check_token(found, "CONVIRZA_TOKEN")
    return StaticToken(found, oauth_url=oauth_url, allow_http=allow_http)


def check_transport(transport: TransportName) -> TransportName:
    if transport not in get_args(TransportName):
        raise ValueError(f"unknown transport {transport!r}: use {' or '.join(get_args(TransportName))}")
    return transport


def check_http_client(http_client: Any) -> None:
    """Checks what is passed to `Convirza`. Raises ConfigurationError."""
    _check_http_client(http_client, asynchronous=False)


def check_http_client_async(http_client: Any) -> None:
    """Checks what is passed to `AsyncConvirza`. Raises ConfigurationError."""
    _check_http_client(http_client, asynchronous=True)


def _check_http_client(http_client: Any, *, asynchronous: bool) -> None:
    """Refuses a client of the other kind, a class, and anything without the methods that are used."""
    if http_client is None:
        return
    kinds: tuple[type, ...] = type(http_client).__mro__
    send = getattr(http_client, "send", None)
    usable = type not in kinds and callable(send) and hasattr(http_client, "build_request")
    # Also by class name: tracing tools replace send with a plain function.
    names = {kind.__name__ for kind in kinds}
    if usable and (inspect.iscoroutinefunction(send) or "AsyncClient" in names) is asynchronous:
        return
    right = "httpx.AsyncClient" if asynchronous else "httpx.Client"
    client = "AsyncConvirza" if asynchronous else "Convirza"
    advice = f"pass an instance of {right}, or of a class with the same interface"
    raise ConfigurationError(f"http_client does not work with {client}: {advice}")


def check_drift(drift: Drift) -> Drift:
    if drift not in get_args(Drift):
        raise ValueError(f"unknown drift {drift!r}: use one of {', '.join(get_args(Drift))}")
    reason = "" if drift == "off" else unavailable()
    if reason:
        text = f"cannot check responses against the OpenAPI document: {reason}, or pass drift='off'"
        if drift == "strict":
            raise ConfigurationError(text)
        logger.warning(text)
        return "off"
    return drift
