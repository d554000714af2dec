"""The transports of a client: one for each proxy, with the environment's certificates; new after a fork."""

import asyncio
import base64
import importlib
import socket
import ssl
from collections.abc import Callable
from typing import Any

import httpx

from convirza._core.environment import Proxies, environment_error
from convirza._core.errors import ConfigurationError
from convirza._core.forking import reset_in_child
from convirza._core.network import AsyncTransport, note_opened, resolve_async


class Connections:
    """The HTTP client: one of our own for each process and event loop, or the caller's."""

    def __init__(
        self, make: Callable[..., Any], given: Any, trust_env: bool, loop: Callable[[], Any] = lambda: None
    ) -> None:
        """`loop` returns the event loop that connections are bound to; in threads, None."""
        self.owned = given is None
        self._given = given
        self._loop = loop
        self._clients: dict[Any, Any] = {}
        self._inherited: list[Any] = []
        # Read here, so that an invalid environment raises in the constructor.
        self._routes = None if given is not None else _read_environment(make, trust_env)
        reset_in_child(self)

    def after_fork(self) -> None:
        """Drops the parent's connections, without closing them."""
        # Kept, and so never closed: over TLS that would end the parent's connections too.
        self._inherited += [self._clients, self._given]
        self._clients, self._given = {}, None

    def client(self) -> Any:
        """The HTTP client. Raises ConfigurationError in a forked child if the client was passed in."""
        if (routes := self._routes) is None:
            if self._given is None:
                advice = "make http_client and the Convirza client in the child process, after the fork"
                raise ConfigurationError(
                    f"http_client was passed in before this process was forked: {advice}"
                )
            return self._given
        loop = self._loop()
        if (client := self._clients.get(loop)) is None:
            self._clients[loop] = client = routes.anew()
        return client

    def proxy(self, url: httpx.URL | str) -> httpx.URL | None:
        """The proxy of a request; its netloc has no password."""
        proxy = None if self._routes is None else self._routes.proxies.find(httpx.URL(url))
        return None if proxy is None else httpx.URL(proxy)

    def has_tls_proxy(self, url: httpx.URL) -> bool:
        """Whether the connection to the proxy of a request uses TLS."""
        return (proxy := self.proxy(url)) is not None and proxy.scheme == "https"

    def of_closed_loops(self) -> list[Any]:
        """The transports of our own whose event loop is closed, once."""
        closed = [loop for loop in list(self._clients) if loop.is_closed()] if len(self._clients) > 1 else []
        return [each for loop in closed for each in self._clients.pop(loop).transports()]

    def to_close(self) -> list[Any]:
        """The transports of our own that this process has used, in this event loop."""
        client = self._clients.pop(self._loop(), None) if self.owned else None
        return [] if client is None else client.transports()


def running_loop() -> asyncio.AbstractEventLoop:
    """asyncio's. Raises ConfigurationError under another library's."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        advice = "under trio, call Convirza in a thread (trio.to_thread.run_sync)"
        raise ConfigurationError(f"AsyncConvirza needs a running asyncio event loop: {advice}") from None


class _Routes:
    """A transport for each proxy of the environment, and one without."""

    def __init__(self, make: Callable[..., Any], context: ssl.SSLContext, proxies: Proxies) -> None:
        self._make, self._context, self.proxies = make, context, proxies
        self._transports = {proxy: make(context, proxy) for proxy in (None, *proxies.all())}

    def anew(self) -> "_Routes":
        """The same without connections; the certificates, which take 20 ms to load, are shared."""
        return _Routes(self._make, self._context, self.proxies)

    def find(self, url: httpx.URL) -> Any:
        """The transport for a request."""
        return self._transports[self.proxies.find(url)]

    def transports(self) -> list[Any]:
        """All of them."""
        return list(self._transports.values())


def _read_environment(make: Callable[..., Any], trust_env: bool) -> _Routes:
    try:
        context = httpx.create_ssl_context(trust_env=trust_env)
        return _Routes(make, context, Proxies(trust_env=trust_env))
    except ConfigurationError:
        raise
    except Exception as error:
        failure = environment_error(error)
    raise failure  # outside of the handler: the context of an exception would hold httpx's


def make_aiohttp_transport(context: ssl.SSLContext, proxy: str | None) -> Any:
    """aiohttp under httpx's interface. Raises ConfigurationError if it is not installed."""
    try:
        # The extra `fast`. No import statement: a vendored copy is type-checked without it.
        aiohttp: Any = importlib.import_module("aiohttp")
        httpx_aiohttp: Any = importlib.import_module("httpx_aiohttp")
    except ModuleNotFoundError:
        advice = "pip install 'convirza[fast]', or leave out transport"
        raise ConfigurationError(f"transport='aiohttp' needs httpx-aiohttp: {advice}") from None
    if proxy is not None and proxy.startswith("socks"):  # aiohttp cannot do this
        return AsyncTransport(context, proxy)

    class Resolver(aiohttp.abc.AbstractResolver):  # type: ignore[misc]
        async def resolve(
            self, host: str, port: int = 0, family: int = socket.AF_UNSPEC
        ) -> list[dict[str, Any]]:
            return [
                {
                    "hostname": host,
                    "host": address,
                    "port": port,
                    "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                    "proto": 0,
                    "flags": socket.AI_NUMERICHOST,
                }
                for address in await resolve_async(host, port)
            ]

        async def close(self) -> None:
            pass

    class Response(aiohttp.ClientResponse):  # type: ignore[misc]
        reason: str | None

        async def start(self, connection: Any) -> Any:
            parent: Any = super()
            await parent.start(connection)
            # httpx-aiohttp raises UnicodeEncodeError for a reason phrase that is not ASCII.
            self.reason = (self.reason or "").encode("ascii", "replace").decode()
            return self

    def open_socket(address: Any) -> socket.socket:
        note_opened()
        return socket.socket(*address[:3])

    def make_session() -> Any:
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, ssl=context, resolver=Resolver(), socket_factory=open_socket
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            response_class=Response,
            trust_env=False,  # it would read ~/.netrc
        )
        session._retry_connection = False  # it would retry by itself, uncounted
        return session

    through = None if proxy is None else _with_header(httpx.Proxy(proxy))
    return httpx_aiohttp.AiohttpTransport(verify=context, client=make_session, proxy=through)


def _with_header(proxy: httpx.Proxy) -> httpx.Proxy:
    """The proxy with its password as a header: httpx-aiohttp passes it in a deprecated way."""
    if proxy.auth is None:
        return proxy
    credentials = base64.b64encode(":".join(proxy.auth).encode()).decode()
    return httpx.Proxy(proxy.url, headers={"Proxy-Authorization": f"Basic {credentials}"})
