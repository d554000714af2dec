"""The settings of a command: address, credentials and time limits, from options, then the environment."""

import importlib.util
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlsplit

import httpx
from attrs import field, frozen

from convirza._async_client import AsyncConvirza
from convirza._auth.static import StaticToken
from convirza._auth.stored import StoredAuth
from convirza._auth.tokens import FileTokenStore
from convirza._cli import exits
from convirza._cli.exits import ExitCode, Failure
from convirza._client_settings import DEFAULT_DEADLINE, DEFAULT_RETRIES, DEFAULT_TIMEOUT
from convirza._core.clock import Clock, SystemClock
from convirza._core.credentials import Auth
from convirza._core.limiter import RateLimiter
from convirza._core.responses import Drift
from convirza._core.transport import TransportName
from convirza._core.validation import (
    DEFAULT_BASE_URL,
    DEFAULT_OAUTH_URL,
    check_count,
    check_seconds,
    check_token,
    check_url,
)
from convirza._sync_client import Convirza

_DEMO_URL: Final = "http://fake.invalid/v3"


@frozen
class Settings:
    """The options that all commands share. Times are in seconds."""

    base_url: str | None = None
    demo: bool = False
    timeout: float = DEFAULT_TIMEOUT
    deadline: float = DEFAULT_DEADLINE
    retries: int = DEFAULT_RETRIES
    clock: Clock = field(factory=lambda: SystemClock())

    def client(self, *, drift: Drift = "off", http_client: httpx.Client | None = None) -> Convirza:
        """The client. Raises Failure or ConfigurationError for invalid settings."""
        if self.demo:
            return Convirza(**self._arguments(drift), **_demo(httpx.Client))
        return Convirza(**self._arguments(drift), **self._live(), http_client=http_client)

    def async_client(self, rate: float | None = None) -> AsyncConvirza:
        """The client for asyncio, for one event loop; `rate` is of all its requests."""
        arguments = {**self._arguments("off"), "limiter": RateLimiter(rate)}
        if self.demo:
            return AsyncConvirza(**arguments, **_demo(httpx.AsyncClient))
        fast = importlib.util.find_spec("httpx_aiohttp") is not None
        transport: TransportName = "aiohttp" if fast else "httpx"
        return AsyncConvirza(**arguments, **self._live(), transport=transport)

    def origin(self) -> str:
        """The source of the records: the address of the API, or "demo"."""
        return "demo" if self.demo else find_base_url(self.base_url)[0]

    def now(self) -> datetime:
        """The time; that of the demo is just after its last call."""
        return _demo_now() if self.demo else datetime.fromtimestamp(self.clock.time(), UTC)

    def _arguments(self, drift: Drift) -> dict[str, Any]:
        if self.demo and self.base_url is not None:
            raise Failure(ExitCode.USAGE, "--demo sends no requests", "leave out --base-url, or --demo")
        return {
            "timeout": exits.checked(check_seconds, "--timeout", self.timeout),
            "deadline": exits.checked(check_seconds, "--deadline", self.deadline),
            "max_retries": exits.checked(check_count, "--retries", self.retries, 0, 100),
            "drift": drift,
            "clock": self.clock,
        }

    def _live(self) -> dict[str, Any]:
        return {"base_url": find_base_url(self.base_url)[0], "auth": find_auth()[0]}


def find_base_url(option: str | None) -> tuple[str, str]:
    """The address of the API, and which setting it is from."""
    if option is not None:
        return check_url(option, "--base-url"), "--base-url"
    if found := os.environ.get("CONVIRZA_BASE_URL"):
        return check_url(found, "CONVIRZA_BASE_URL"), "CONVIRZA_BASE_URL"
    return DEFAULT_BASE_URL, "the vendor's"


def find_oauth_url(option: str | None) -> str:
    """The address of the token service."""
    if option is not None:
        return check_url(option, "--oauth-url")
    return check_url(os.environ.get("CONVIRZA_OAUTH_URL") or DEFAULT_OAUTH_URL, "CONVIRZA_OAUTH_URL")


def find_auth() -> tuple[Auth, str]:
    """The credentials, and which they are: the token of the environment, or else the stored login."""
    if token := os.environ.get("CONVIRZA_TOKEN"):
        return StaticToken(check_token(token, "CONVIRZA_TOKEN")), "CONVIRZA_TOKEN"
    oauth_url = find_oauth_url(None)
    file = token_file(oauth_url)
    store = FileTokenStore(file)
    if store.load() is None:
        advice = "run convirza login, or export CONVIRZA_TOKEN with an access token, or try --demo"
        raise Failure(ExitCode.USAGE, "CONVIRZA_TOKEN is not set and there is no stored login", advice)
    return StoredAuth(store, oauth_url=oauth_url), f"the login stored in {file}"


def token_file(oauth_url: str) -> Path:
    """The file of a login. Each service has its own, so that tokens are never sent to another service."""
    name = "tokens.json"
    if oauth_url != DEFAULT_OAUTH_URL:
        name = f"tokens-{re.sub('[^A-Za-z0-9.]+', '-', urlsplit(oauth_url).netloc).strip('-')}.json"
    return _config_folder() / "convirza" / name


def _config_folder() -> Path:
    if os.name == "nt":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData/Roaming")
    # Relative paths must be ignored (XDG Base Directory Specification).
    named = Path(os.environ.get("XDG_CONFIG_HOME") or ".")
    return named if named.is_absolute() else Path.home() / ".config"


def _demo_now() -> datetime:
    seeded = exits.load("convirza.fake.seeded", extras="cli,fake")
    return cast("datetime", seeded.FIRST_DAY + timedelta(days=seeded.DAYS))


def _demo(client_class: Any) -> dict[str, Any]:
    """Arguments for the fake API in this process: no token and no network."""
    fake = exits.load("convirza.fake", extras="cli,fake")
    api = fake.FakeAPI(clock=_demo_now)
    http_client = client_class(transport=api.transport)
    return {"token": api.token, "base_url": _DEMO_URL, "http_client": http_client}
