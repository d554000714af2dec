"""Failures that no retry cures are raised after one request, and name the setting that does."""

import pytest

from convirza import ConfigurationError, Convirza, TransportError
from support.library.hostile_server import http
from support.library.ways import OWN, Variant, asking

WAYS = pytest.mark.parametrize("way", OWN, ids=str)


def failure(way: Variant, **settings: object) -> TransportError:
    """The error of one call."""
    with asking(way, **settings) as asker, pytest.raises(TransportError) as caught:  # type: ignore[arg-type]
        asker.get()
    return caught.value


@WAYS
def test_untrusted_certificate_is_not_retried(way, tls):
    """The error names the certificate, and the setting for a private CA."""
    error = failure(way, base_url=tls.url)
    assert error.attempts == 1
    assert "the TLS certificate of 127.0.0.1 cannot be verified" in str(error)
    assert "SSL_CERT_FILE" in str(error)


@WAYS
@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",  # WRONG_VERSION_NUMBER: the port of http
        b"\x15\x03\x03\x00\x02\x02\x28",  # the alert handshake_failure
    ],
)
def test_failed_handshake_is_not_retried(way, reply, server):
    """The error says that it is about TLS, not about the network."""
    server.will([reply])
    error = failure(way, base_url=server.url.replace("http:", "https:"))
    assert error.attempts == 1
    assert "the TLS handshake with 127.0.0.1 failed ([SSL: " in str(error)


@WAYS
def test_invalid_proxy_raises(way, monkeypatch):
    """A port beyond 65535, for which anyio raises an ExceptionGroup; the error has no password."""
    monkeypatch.setenv("HTTPS_PROXY", "http://user:s3cret@127.0.0.1:99999")
    with pytest.raises(ConfigurationError, match="check HTTPS_PROXY") as caught, asking(way):
        pass
    assert "s3cret" not in str(caught.value)


@WAYS
@pytest.mark.parametrize("status", [407, 403])
def test_refusing_proxy_is_not_retried(way, server, status, monkeypatch):
    """The error names the proxy's settings and the status, never the password."""
    server.will(http(status, b""))
    host = f"127.0.0.1:{server.port}"
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:s3cret@{host}")
    error = failure(way)
    assert error.attempts == len(server.requests) == 1
    assert b"proxy-authorization: basic dxnlcjpzm2nyzxq=" in server.requests[0].lower()  # user:s3cret
    assert f"the proxy refused to connect to api.test ({status} from {host}): check HTTPS_" in str(error)
    assert "s3cret" not in str(error)


def test_socks_proxy_without_its_package_names_it(monkeypatch):
    """httpx needs socksio for a SOCKS proxy, and its extra installs it."""
    monkeypatch.setenv("ALL_PROXY", "socks5://user:s3cret@127.0.0.1:1")
    with pytest.raises(
        ConfigurationError, match=r"socksio is not installed: pip install 'httpx\[socks\]'"
    ) as caught:
        Convirza(token="t")
    assert "s3cret" not in str(caught.value)


@WAYS
def test_untrusted_certificate_of_a_proxy_names_the_proxy(way, tls, monkeypatch):
    """With an https:// proxy there are two certificates; nothing is sent to either server."""
    host = tls.url.removeprefix("https://").removesuffix("/v3")
    monkeypatch.setenv("HTTPS_PROXY", f"https://user:s3cret@{host}")
    error = failure(way)
    assert f"the TLS certificate of the proxy {host} cannot be verified" in str(error)
    assert (error.attempts, tls.received) == (1, [])
