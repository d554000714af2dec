"""The proxies of the environment, read in one place for sync and async; never `~/.netrc`.

httpx reads them too, but fails on a NO_PROXY with an IPv6 network or a bracket. aiohttp ignores ALL_PROXY,
and sends the passwords of `~/.netrc`, which belong to other services.
"""

import contextlib
import ipaddress
import re
from collections.abc import Iterable
from typing import Final
from urllib.request import getproxies

import httpx

from convirza._core.errors import ConfigurationError

_ADVICE: Final = "check HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR"


class Proxies:
    """Selects the proxy of a request."""

    def __init__(self, *, trust_env: bool) -> None:
        """With `trust_env=False`, requests use no proxy. Raises ValueError for an invalid proxy."""
        found = getproxies() if trust_env else {}
        self._exceptions = [entry for entry in map(str.strip, found.get("no", "").split(",")) if entry]
        self._by_scheme = {
            scheme: proxy if "://" in proxy else f"http://{proxy}"
            for scheme in ("http", "https")
            if (proxy := found.get(scheme) or found.get("all"))
        }
        for url in map(httpx.URL, self.all()):
            if not re.fullmatch(rb"[\w.:-]+", url.raw_host) or (url.port or 0) >= 2**16:
                raise ValueError

    def all(self) -> Iterable[str]:
        """Each proxy, once."""
        return dict.fromkeys(self._by_scheme.values())

    def find(self, url: httpx.URL) -> str | None:
        """The proxy for a request; None for a direct connection."""
        proxy = self._by_scheme.get(url.scheme)
        if proxy is None or any(_is_exception(entry.lower(), url) for entry in self._exceptions):
            return None
        return proxy


def _is_exception(entry: str, url: httpx.URL) -> bool:
    """Whether an entry of NO_PROXY matches: *, an address, a network, or a domain, with or without port."""
    name = entry.rpartition("://")[2]
    if name == "*":
        return True
    if with_port := re.fullmatch(r"(\[.*\]|[^:]*):([0-9]+)", name):  # an IPv6 address with one has brackets
        name, port = with_port.groups()
        if port != str(url.port or {"http": 80, "https": 443}[url.scheme]):
            return False
    with contextlib.suppress(ValueError):
        network = ipaddress.ip_network(re.sub(r"[\[\]]", "", name), strict=False)
        return ipaddress.ip_address(url.host) in network
    domain = name.removeprefix("*").strip(".")
    hosts = url.host, url.raw_host.decode("ascii")
    return bool(domain) and any(f".{host.rstrip('.')}".endswith(f".{domain}") for host in hosts)


def environment_error(error: Exception) -> ConfigurationError:
    """The error for an invalid environment, without the proxy password that httpx's error shows."""
    if isinstance(error, ImportError):
        what = "the environment names a SOCKS proxy, and the package socksio is not installed"
        return ConfigurationError(f"{what}: pip install 'httpx[socks]', or unset ALL_PROXY")
    return ConfigurationError(f"the environment's proxy or certificates do not work: {_ADVICE}")
