"""`Convirza` and `AsyncConvirza`: what people make first, from a token or from email and password."""

import inspect
import os
import platform
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn, Protocol, Self, get_args

from convirza._auth.providers import PasswordAuth, StaticToken
from convirza._core.attempts import Core, Options
from convirza._core.body import DEFAULT_MAX_BODY
from convirza._core.clock import Clock, SystemClock
from convirza._core.credentials import Auth
from convirza._core.drift import Deviation, DriftLog, unavailable
from convirza._core.effects import Flow
from convirza._core.errors import ConfigurationError, ConvirzaError
from convirza._core.logging import logger
from convirza._core.responses import Drift
from convirza._core.tracebacks import forgetful, forgetful_async
from convirza._core.transport import AsyncSender, Sender, TransportName
from convirza._core.validation import (
    DEFAULT_BASE_URL,
    DEFAULT_OAUTH_URL,
    check_count,
    check_headers,
    check_retries,
    check_seconds,
    check_token,
    check_url,
)
from convirza._resources.calls import AsyncCalls, Calls
from convirza._version import version

DEFAULT_TIMEOUT: Final = 30.0
DEFAULT_DEADLINE: Final = 60.0
DEFAULT_RETRIES: Final = 3


class _Response(Protocol):
    @property
    def status_code(self) -> int: ...


class HTTPClient(Protocol):
    """What `Convirza(http_client=...)` takes: `httpx.Client`, or another with the same interface."""

    def build_request(self, method: str, url: str, /) -> Any:
        """Builds a request."""
        ...

    def send(self, request: Any, /, *, stream: bool, auth: None, follow_redirects: bool) -> _Response:
        """Sends it."""
        ...


class AsyncHTTPClient(Protocol):
    """What `AsyncConvirza(http_client=...)` takes: `httpx.AsyncClient`, or one with its interface."""

    def build_request(self, method: str, url: str, /) -> Any:
        """Builds a request."""
        ...

    async def send(self, request: Any, /, *, stream: bool, auth: None, follow_redirects: bool) -> _Response:
        """Sends it."""
        ...


class Convirza:
    """The Convirza V3 calls API.

    Who asks, one of: `token`; `email` and `password`; `auth`, such as a `PasswordAuth` with a store of its
    own; or else the environment's `CONVIRZA_TOKEN`. `base_url` is the API's address, or else the
    environment's `CONVIRZA_BASE_URL`, or else the vendor's; http:// is for this machine only. `oauth_url` is
    the same for logins, with `CONVIRZA_OAUTH_URL`; it must be given with an API that is not the vendor's.

    `timeout` is in seconds for one attempt, from the connection to the last byte; `deadline` in seconds for a
    call with all its attempts and waits; `max_retries` how many more attempts may follow the first. `headers`
    are added to each request for a call. `max_body` is the most bytes of a response, decoded; a larger
    one raises a `ResponseError`, because parsing it could outlast the deadline.

    `drift` says what to do when an answer deviates from the document: `"report"` logs each new kind of
    deviation once, as a warning of the logger `convirza.drift`, and calls `on_deviation`; `"strict"` raises a
    `DriftError`, too; `"off"` does not look.

    `http_client` is an `httpx.Client` of your own, or another with the same interface, such as
    httpx2's; you close it. With it, an attempt ends between two parts of a body only: a server that draws
    out its headers can take longer than `timeout`. `clock` stands in for the machine's, in tests.

    Any number of threads may share one client. Raises ValueError for an argument that cannot be used; a
    `ConfigurationError`, which is one, if there is no token or no address to work with.
    """

    @forgetful
    def __init__(
        self,
        *,
        token: str | None = None,
        email: str | None = None,
        password: str | None = None,
        auth: Auth | None = None,
        base_url: str | None = None,
        oauth_url: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        deadline: float = DEFAULT_DEADLINE,
        max_retries: int = DEFAULT_RETRIES,
        headers: Mapping[str, str] | None = None,
        max_body: int = DEFAULT_MAX_BODY,
        drift: Drift = "report",
        on_deviation: Callable[[Deviation], None] | None = None,
        http_client: HTTPClient | None = None,
        clock: Clock | None = None,
    ) -> None:
        """See the class."""
        defaults = _defaults(timeout, deadline, max_retries, headers)
        url = _base_url(base_url, clear=http_client is not None)
        self._core = Core(
            base_url=url,
            auth=_auth(token, email, password, auth, _oauth_url(oauth_url, url)),
            clock=clock or SystemClock(),
            drift=_drift(drift),
            drift_log=DriftLog(on_deviation),
        )
        self._deadline = defaults.deadline
        _check_http_client(http_client, asynchronous=False)
        # A proxy named in the environment would read what goes out in clear.
        self._sender = Sender(http_client, trust_env=url.startswith("https://"), max_body=_max_body(max_body))
        self.calls: Calls = Calls(self._core, self._sender, defaults)

    def __repr__(self) -> str:
        return f"Convirza(base_url={self._core.base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client holds secrets and connections and cannot be pickled or copied: make another"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections, but not those of an `http_client` that was passed in."""
        self._sender.close()

    @forgetful
    def log_in(self) -> None:
        """Gets new tokens now and not at the first call. Does nothing for a token that was given.

        Raises AuthenticationError if email and password are refused, or another `ConvirzaError`.
        """
        self._run(self._core.auth.log_in(self._core.clock, self._end()))

    @forgetful
    def log_out(self) -> None:
        """Revokes the tokens and forgets them, in their store too; they are kept if that fails.

        Raises a `ConvirzaError`.
        """
        self._run(self._core.auth.log_out(self._core.clock, self._end()))

    def _end(self) -> float:
        return self._core.clock.monotonic() + self._deadline

    def _run(self, flow: Flow[ConvirzaError | None]) -> None:
        error = self._sender.run(flow, self._core.clock)
        if error is not None:
            raise error


class AsyncConvirza:
    """The Convirza V3 calls API, for asyncio.

    Who asks, one of: `token`; `email` and `password`; `auth`, such as a `PasswordAuth` with a store of its
    own; or else the environment's `CONVIRZA_TOKEN`. `base_url` is the API's address, or else the
    environment's `CONVIRZA_BASE_URL`, or else the vendor's; http:// is for this machine only. `oauth_url` is
    the same for logins, with `CONVIRZA_OAUTH_URL`; it must be given with an API that is not the vendor's.

    `timeout` is in seconds for one attempt, from the connection to the last byte; `deadline` in seconds for a
    call with all its attempts and waits; `max_retries` how many more attempts may follow the first. `headers`
    are added to each request for a call. `max_body` is the most bytes of a response, decoded; a larger
    one raises a `ResponseError`, because parsing it could outlast the deadline.

    `drift` says what to do when an answer deviates from the document: `"report"` logs each new kind of
    deviation once, as a warning of the logger `convirza.drift`, and calls `on_deviation`; `"strict"` raises a
    `DriftError`, too; `"off"` does not look.

    `http_client` is an `httpx.AsyncClient` of your own, or another with the same interface, such as
    httpx2's; you close it. Without it, `transport` says what sends: `"httpx"`, or `"aiohttp"`, which needs
    the extra `fast` and reads several times as many calls a second. `clock` stands in for the machine's, in
    tests.

    Any number of tasks may share one client, which opens connections of its own in each event loop of
    asyncio. Raises ValueError for an argument that cannot be used; a `ConfigurationError`, which is one, if
    there is no token or no address to work with.
    """

    @forgetful
    def __init__(
        self,
        *,
        token: str | None = None,
        email: str | None = None,
        password: str | None = None,
        auth: Auth | None = None,
        base_url: str | None = None,
        oauth_url: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        deadline: float = DEFAULT_DEADLINE,
        max_retries: int = DEFAULT_RETRIES,
        headers: Mapping[str, str] | None = None,
        max_body: int = DEFAULT_MAX_BODY,
        drift: Drift = "report",
        on_deviation: Callable[[Deviation], None] | None = None,
        http_client: AsyncHTTPClient | None = None,
        transport: TransportName = "httpx",
        clock: Clock | None = None,
    ) -> None:
        """See the class."""
        defaults = _defaults(timeout, deadline, max_retries, headers)
        url = _base_url(base_url, clear=http_client is not None)
        self._core = Core(
            base_url=url,
            auth=_auth(token, email, password, auth, _oauth_url(oauth_url, url)),
            clock=clock or SystemClock(),
            drift=_drift(drift),
            drift_log=DriftLog(on_deviation),
        )
        self._deadline = defaults.deadline
        _check_http_client(http_client, asynchronous=True)
        # A proxy named in the environment would read what goes out in clear.
        self._sender = AsyncSender(
            http_client,
            trust_env=url.startswith("https://"),
            transport=_transport(transport),
            max_body=_max_body(max_body),
        )
        self.calls: AsyncCalls = AsyncCalls(self._core, self._sender, defaults)

    def __repr__(self) -> str:
        return f"AsyncConvirza(base_url={self._core.base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client holds secrets and connections and cannot be pickled or copied: make another"
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections, but not those of an `http_client` that was passed in."""
        await self._sender.close()

    @forgetful_async
    async def log_in(self) -> None:
        """Gets new tokens now and not at the first call. Does nothing for a token that was given.

        Raises AuthenticationError if email and password are refused, or another `ConvirzaError`.
        """
        await self._run(self._core.auth.log_in(self._core.clock, self._end()))

    @forgetful_async
    async def log_out(self) -> None:
        """Revokes the tokens and forgets them, in their store too; they are kept if that fails.

        Raises a `ConvirzaError`.
        """
        await self._run(self._core.auth.log_out(self._core.clock, self._end()))

    def _end(self) -> float:
        return self._core.clock.monotonic() + self._deadline

    async def _run(self, flow: Flow[ConvirzaError | None]) -> None:
        error = await self._sender.run(flow, self._core.clock)
        if error is not None:
            raise error


def _defaults(
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


def _base_url(base_url: str | None, *, clear: bool) -> str:
    if base_url is not None:
        return check_url(base_url, "base_url", clear=clear)
    environment = os.environ.get("CONVIRZA_BASE_URL") or DEFAULT_BASE_URL
    return check_url(environment, "CONVIRZA_BASE_URL", clear=clear)


def _oauth_url(oauth_url: str | None, base_url: str) -> str | None:
    """The token service's address; None where it would be a guess that gets the password."""
    if oauth_url is None:
        oauth_url = os.environ.get("CONVIRZA_OAUTH_URL")
    if not oauth_url:
        return DEFAULT_OAUTH_URL if base_url == DEFAULT_BASE_URL else None
    return oauth_url


def _auth(
    token: str | None, email: str | None, password: str | None, auth: Auth | None, oauth_url: str | None
) -> Auth:
    given = [token is not None, email is not None or password is not None, auth is not None]
    if sum(given) > 1:
        raise ConfigurationError("token, email and password, and auth exclude each other: give one of them")
    if auth is not None:
        return auth
    if email is not None or password is not None:
        if oauth_url is None:
            advice = "give oauth_url=, or set CONVIRZA_OAUTH_URL"
            raise ConfigurationError(f"with a base URL of your own, where to log in is not known: {advice}")
        return PasswordAuth(email or "", password or "", oauth_url=oauth_url)
    if token is not None:
        return StaticToken(token, oauth_url=oauth_url)
    found = os.environ.get("CONVIRZA_TOKEN")
    if not found:
        advice = "set CONVIRZA_TOKEN, or give token=, or email= and password="
        raise ConfigurationError(f"there is no token: {advice}")
    return StaticToken(check_token(found, "CONVIRZA_TOKEN"), oauth_url=oauth_url)


def _transport(transport: TransportName) -> TransportName:
    if transport not in get_args(TransportName):
        raise ValueError(f"transport {transport!r} is not known: give {' or '.join(get_args(TransportName))}")
    return transport


def _check_http_client(http_client: Any, *, asynchronous: bool) -> None:
    """Refuses a client of the other kind, a class, and anything that is no HTTP client."""
    if http_client is None:
        return
    kinds: tuple[type, ...] = type(http_client).__mro__
    send = getattr(http_client, "send", None)
    usable = type not in kinds and callable(send) and hasattr(http_client, "build_request")
    # By its name, too: tracing may have put a plain function in the place of send.
    names = {kind.__name__ for kind in kinds}
    if usable and (inspect.iscoroutinefunction(send) or "AsyncClient" in names) is asynchronous:
        return
    right = "httpx.AsyncClient" if asynchronous else "httpx.Client"
    client = "AsyncConvirza" if asynchronous else "Convirza"
    advice = f"pass an instance of {right}, or of a class with the same interface"
    raise ConfigurationError(f"http_client does not work with {client}: {advice}")


def _max_body(max_body: int) -> int:
    return check_count("max_body", max_body, 1, 2**40)


def _drift(drift: Drift) -> Drift:
    if drift not in get_args(Drift):
        raise ValueError(f"drift {drift!r} is not known: give one of {', '.join(get_args(Drift))}")
    reason = "" if drift == "off" else unavailable()
    if reason:
        text = f"cannot check responses against the OpenAPI document: {reason}, or pass drift='off'"
        if drift == "strict":
            raise ConfigurationError(text)
        logger.warning(text)
        return "off"
    return drift
