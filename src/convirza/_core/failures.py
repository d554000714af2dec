"""Which failure an exception of the HTTP library is, and whether its connection was stale.

Exceptions are told apart by the names of their classes: a client that is passed in may be another library's.
"""

import re
import socket
import ssl
from typing import Final

import httpx

from convirza._core.body import BodyError
from convirza._core.effects import Failure, Request

_NETWORK_ERRORS: Final = (ConnectionError, socket.gaierror, ssl.SSLError)
# Not TLSV1_ALERT_INTERNAL_ERROR, which may pass.
_PERMANENT_TLS: Final = re.compile(
    r"\[SSL: (\w+_ALERT_(?!INTERNAL)\w+|TLSV1_UNRECOGNIZED_NAME|WRONG_VERSION_NUMBER|HTTP_REQUEST|"
    r"UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|RECORD_LAYER_FAILURE)\]"
)
# Of httpx, httpcore and aiohttp: there was no connection.
_NOTHING_SENT: Final = {
    *("ConnectError", "ConnectTimeout", "PoolTimeout", "gaierror"),
    *("ClientConnectorError", "ConnectionTimeoutError"),
}
_HTTP_ERRORS: Final = {"HTTPError", "InvalidURL", "StreamError", "LocalProtocolError", "UnsupportedProtocol"}


def is_stale(request: Request, error: Exception, opened: list[str]) -> bool:
    """Whether the server had closed a pooled connection, as servers do: then it is replaced; no retry."""
    if opened or request.method != "GET":  # another method may have had its effect
        return False
    names = {type(each).__name__ for each in (error, error.__cause__)}
    return bool(names & {"ReadError", "WriteError", "ClientOSError"}) or "Server disconnected" in str(error)


def find_failure(error: Exception, proxy_url: httpx.URL | None, tunnelled: bool) -> Failure | None:
    """The failure for an error of the HTTP library; None for other errors.

    `tunnelled` is whether the proxy had opened a tunnel to the server.
    """
    proxy = "" if proxy_url is None else proxy_url.netloc.decode("ascii")
    cause = error.__cause__
    if cause is not None and type(cause).__module__.startswith("aiohttp"):
        error = cause if isinstance(cause, Exception) else error  # httpx-aiohttp calls resets timeouts
    names = {kind.__name__ for kind in type(error).__mro__}
    text = str(error)
    through = proxy if proxy_url is not None and _is_of_proxy(error, proxy_url, tunnelled) else ""
    # A retry does not help against these, and "check the network" would mislead.
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return Failure("certificate", _safe_os_error(text), proxy=through)
    if _PERMANENT_TLS.search(text):
        return Failure("tls", _safe_os_error(text), proxy=through)
    status = str(getattr(error, "status", "")) if "ClientHttpProxyError" in names else text
    if names & {"ProxyError", "ClientHttpProxyError"} and (refused := re.match("4[0-9]{2}", status)):
        return Failure("proxy", f"{refused[0]} from {proxy}" if proxy else refused[0])
    sent = not names & _NOTHING_SENT
    if names & {"TimeoutException", "TimeoutError"}:
        return Failure("timeout", sent=sent)
    if isinstance(error, BodyError):
        return Failure("body", text)
    if "DecodingError" in names:  # in a hook that reads the body
        return Failure("body", "it does not match its Content-Encoding")
    transport = names & {"NetworkError", "ProtocolError", "ProxyError"} and "LocalProtocolError" not in names
    of_aiohttp = type(error).__module__.startswith("aiohttp")
    # The HTTP libraries wrap these; mocks raise them as they are. A FileNotFoundError is not the network's.
    if transport or of_aiohttp or type(error) is OSError or isinstance(error, _NETWORK_ERRORS):
        return Failure("connection", _safe_os_error(text), sent)
    return Failure("request", type(error).__name__) if names & _HTTP_ERRORS else None


def _is_of_proxy(error: Exception, proxy: httpx.URL, tunnelled: bool) -> bool:
    """Whether a TLS error is that of an https:// proxy. aiohttp's errors name the host."""
    named = getattr(error, "host", None), getattr(error, "port", None)
    at_proxy = not tunnelled if named == (None, None) else named == (proxy.host, proxy.port or 443)
    return proxy.scheme == "https" and at_proxy


def _safe_os_error(text: str) -> str:
    """The message of the operating system or TLS; other texts may quote what was sent or received."""
    found = re.search(r"\[(?:Errno -?[0-9]+|SSL: [A-Z0-9_]+)\](?: [A-Za-z ]+)?", text)
    return found[0].rstrip() if found else ""
