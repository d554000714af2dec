"""The transports of a client: one for each proxy, with the environment's certificates, anew after a fork."""

import base64
import importlib
import ssl
from collections.abc import Callable
from typing import Any, Final

import httpx

from convirza._core.environment import Proxies, environment_error
from convirza._core.errors import ConfigurationError
from convirza._core.forking import reset_in_child

LIMITS: Final = httpx.Limits(max_connections=None, max_keepalive_connections=100)


class Connections:
    """The HTTP client of this process: one of our own, which a forked child makes anew, or the caller's."""

    def __init__(self, make: Callable[..., Any], given: Any, trust_env: bool) -> None:
        self._make = make
        self._trust_env = trust_env
        self.owned = given is None
        self._client: Any = _Routes(make, trust_env) if given is None else given
        self._inherited: list[Any] = []
        reset_in_child(self)

    def after_fork(self) -> None:
        """Leaves the parent's connections to it."""
        # Kept, and so never closed: over TLS that would end the parent's connections too.
        self._inherited.append(self._client)
        self._client = None

    def client(self) -> Any:
        """What to send with. Raises ConfigurationError in a child, if it is the parent's own client."""
        if self._client is None:
            if not self.owned:
                advice = "make http_client and the Convirza client in the child process, after the fork"
                raise ConfigurationError(
                    f"http_client was passed in before this process was forked: {advice}"
                )
            self._client = _Routes(self._make, self._trust_env)
        return self._client

    def to_close(self) -> list[Any]:
        """The transports of our own that this process has used."""
        return self._client.transports() if self.owned and self._client is not None else []


class _Routes:
    """A transport for each proxy of the environment, and one without."""

    def __init__(self, make: Callable[..., Any], trust_env: bool) -> None:
        self._proxies = Proxies(trust_env=trust_env)
        try:
            context = httpx.create_ssl_context(trust_env=trust_env)
            self._transports = {proxy: make(context, proxy) for proxy in (None, *self._proxies.all())}
            return
        except ConfigurationError:
            raise
        except Exception as error:
            failure = environment_error(error)
        raise failure  # outside of the handler: the context of an exception would hold httpx's

    def find(self, url: httpx.URL) -> Any:
        """The transport for a request."""
        return self._transports[self._proxies.find(url)]

    def transports(self) -> list[Any]:
        """All of them."""
        return list(self._transports.values())


def make_async_transport(context: ssl.SSLContext, proxy: str | None) -> httpx.AsyncHTTPTransport:
    """httpx's own transport."""
    return httpx.AsyncHTTPTransport(verify=context, trust_env=False, limits=LIMITS, proxy=proxy)


def make_aiohttp_transport(context: ssl.SSLContext, proxy: str | None) -> Any:
    """aiohttp under httpx's interface. Raises ConfigurationError if it is not installed."""
    try:
        # The extra `fast`; not by import statements: type checkers of a vendored copy do without it.
        aiohttp: Any = importlib.import_module("aiohttp")
        httpx_aiohttp: Any = importlib.import_module("httpx_aiohttp")
    except ModuleNotFoundError:
        advice = "pip install 'convirza[fast]', or leave out transport"
        raise ConfigurationError(f"transport='aiohttp' needs httpx-aiohttp: {advice}") from None
    if proxy is not None and proxy.startswith("socks"):  # which aiohttp cannot do
        return make_async_transport(context, proxy)

    def make_session() -> Any:
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=context),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,  # it would read ~/.netrc
        )
        session._retry_connection = False  # or it would send each request twice, uncounted
        return session

    through = None if proxy is None else _with_header(httpx.Proxy(proxy))
    return httpx_aiohttp.AiohttpTransport(verify=context, client=make_session, proxy=through)


def _with_header(proxy: httpx.Proxy) -> httpx.Proxy:
    """The proxy with its password as a header: httpx-aiohttp passes it in a way that aiohttp deprecates."""
    if proxy.auth is None:
        return proxy
    credentials = base64.b64encode(":".join(proxy.auth).encode()).decode()
    return httpx.Proxy(proxy.url, headers={"Proxy-Authorization": f"Basic {credentials}"})
