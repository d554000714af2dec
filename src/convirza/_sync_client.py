# Generated from src/convirza/_async_client.py by scripts/generate_sync.py: do not edit.
# To change it, edit that file and run: tox run -e generate
"""`Convirza`, the client."""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Protocol, Self

from convirza._client_settings import (
    DEFAULT_DEADLINE,
    DEFAULT_RETRIES,
    DEFAULT_TIMEOUT,
    Response,
    check_drift,
    check_http_client,
    find_base_url,
    find_oauth_url,
    make_auth,
    make_options,
)
from convirza._core.attempts import Core
from convirza._core.body import DEFAULT_MAX_BODY
from convirza._core.clock import Clock, SystemClock
from convirza._core.credentials import Auth
from convirza._core.drift import Deviation, DriftLog
from convirza._core.limiter import RateLimiter, find_limiter
from convirza._core.operations import by_path
from convirza._core.responses import Drift, RawResponse
from convirza._core.tracebacks import clear_traceback_locals
from convirza._core.transport import Sender
from convirza._core.validation import check_count, check_headers
from convirza._resources.call_arguments import override
from convirza._resources.sync_calls import Calls
from convirza._resources.sync_sms import Sms


class HTTPClient(Protocol):
    """What `Convirza(http_client=...)` takes: `httpx.Client`, or one with the same interface."""

    def build_request(self, method: str, url: str, /) -> Any:
        """Builds a request."""
        ...

    def send(self, request: Any, /, *, stream: bool, auth: None, follow_redirects: bool) -> Response:
        """Sends it."""
        ...


class Convirza:
    """The Convirza V3 calls API.

    Credentials are one of: `token`; `email` and `password`; `auth`, such as a `PasswordAuth` with its own
    store; or the environment variable `CONVIRZA_TOKEN`. `base_url` is the address of the API. It defaults to
    `CONVIRZA_BASE_URL`, then to Convirza's own. `oauth_url` is the address of the token service. It defaults
    to `CONVIRZA_OAUTH_URL`, and must be set if `base_url` is not Convirza's own. http:// is accepted for
    loopback hosts only, because it sends the token unencrypted. `allow_http=True`, or the variable
    `CONVIRZA_ALLOW_HTTP=1`, allows it for any host, such as the fake API in a private network.

    `timeout` is in seconds for one attempt, from connecting to the last byte; `deadline` in seconds for a
    call with all its attempts and delays; `max_retries` the number of retries after the first attempt.
    `headers` are added to each request for a call. `max_body` is the maximum size of a response in bytes,
    decoded; a larger one raises a `ResponseError`, because parsing it could outlast the deadline.

    `drift` is what happens when a response deviates from the document: `"report"` logs each new kind of
    deviation once, as a warning of the logger `convirza.drift`, and calls `on_deviation`; `"strict"` also
    raises a `DriftError`; `"off"` skips the check.

    `http_client` is your own `httpx.Client`, or a client with the same interface, such as httpx2's. You
    close it.
    With it, `timeout` is only checked between parts of a body: names and headers may take longer.
    `limiter` is a `RateLimiter`: its rate applies to all clients that share it, together.
    `clock` replaces the system clock in tests.

    Any number of threads may share one client.
    Raises ValueError for an invalid argument, and
    its subclass `ConfigurationError` if credentials or addresses are missing or invalid.
    """

    @clear_traceback_locals
    def __init__(
        self,
        *,
        token: str | None = None,
        email: str | None = None,
        password: str | None = None,
        auth: Auth | None = None,
        base_url: str | None = None,
        oauth_url: str | None = None,
        allow_http: bool = False,
        timeout: float = DEFAULT_TIMEOUT,
        deadline: float = DEFAULT_DEADLINE,
        max_retries: int = DEFAULT_RETRIES,
        headers: Mapping[str, str] | None = None,
        max_body: int = DEFAULT_MAX_BODY,
        drift: Drift = "report",
        on_deviation: Callable[[Deviation], None] | None = None,
        http_client: HTTPClient | None = None,
        limiter: RateLimiter | None = None,
        clock: Clock | None = None,
    ) -> None:
        """See the class."""
        self._defaults = make_options(timeout, deadline, max_retries, headers)
        url = find_base_url(base_url, clear=allow_http or http_client is not None)
        oauth = find_oauth_url(oauth_url, url)
        self._auth = make_auth(token, email, password, auth, oauth, allow_http=allow_http)
        self._core = Core(
            base_url=url,
            auth=self._auth,
            clock=clock or SystemClock(),
            drift=check_drift(drift),
            drift_log=DriftLog(on_deviation),
            limiter=find_limiter(limiter),
        )
        check_http_client(http_client)
        self._sender = Sender(
            http_client,
            trust_env=url.startswith("https://"),  # a proxy from the environment could read plain HTTP
            max_body=check_count("max_body", max_body, 1, 2**40),
        )
        self.calls: Calls = Calls(self._core, self._sender, self._defaults)
        self.sms: Sms = Sms(self._core, self._sender, self._defaults)

    def __repr__(self) -> str:
        return f"Convirza(base_url={self._core.base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client holds secrets and connections, so it cannot be pickled or copied: create another client"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections, except those of an `http_client` that was passed in."""
        self._sender.close()

    @clear_traceback_locals
    def log_in(self) -> None:
        """Gets new tokens now, not at the first call. Does nothing for a `token` that was passed in.

        Raises AuthenticationError if email and password are refused, or another `ConvirzaError`.
        """
        flow = self._auth.log_in(self._core.token_context(self._defaults), self._end())
        self._sender.run_or_raise(flow, self._core.clock)

    @clear_traceback_locals
    def log_out(self) -> None:
        """Revokes the tokens and removes them from their store; keeps them if revoking fails.

        Raises a `ConvirzaError`.
        """
        flow = self._auth.log_out(self._core.token_context(self._defaults), self._end())
        self._sender.run_or_raise(flow, self._core.clock)

    @clear_traceback_locals
    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        timeout: float | None = None,
        deadline: float | None = None,
        headers: Mapping[str, str] | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[Any]:
        """Sends a request to an endpoint that this library has no method for.

        `path` is below the base URL, such as `/users`. In `params`, a list becomes values separated by
        commas, an aware datetime ISO 8601 in UTC. `json` is the body. The other arguments are as for
        `calls.get`. `parsed` of the result is the parsed JSON body, None if it is not JSON. If the
        document has the operation, the response is compared with it as elsewhere.

        A POST or PATCH is not retried once a part of it may have reached the server, except after a 401 with
        a new token. Raises what `calls.get` raises.
        """
        options = override(self._defaults, timeout, deadline, None, max_retries)
        invocation = by_path(method, path, params, json, check_headers(headers))
        return self._sender.run_or_raise(self._core.run(invocation, options), self._core.clock)

    def _end(self) -> float:
        return self._core.clock.monotonic() + self._defaults.deadline
