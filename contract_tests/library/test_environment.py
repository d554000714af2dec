"""The environment's proxies mean the same for every client, and `~/.netrc` means nothing."""

import sys
from typing import Any

import httpx
import pytest

from convirza import AsyncConvirza, ConfigurationError, Convirza, TransportError
from convirza._core.environment import Proxies
from support.library.ways import OWN, TOKEN, asking

PROXY = "http://proxy.test:3128"
API = "https://api.test"
# Addresses, and the values of NO_PROXY that name them or not.
NAMED = {
    API: (
        *("*", "api.test", "test", ".test", "*.test", "api.test.", "api.test:443", API),
        *("other.test, API.test", "not/a/network, api.test"),
    ),
    f"{API}.": ("api.test",),
    f"{API}:8443": ("api.test:8443",),
    "https://10.1.2.3": ("10.0.0.0/8",),
    "https://[fd00::1]": ("fd00::/8", "[fd00::]/8"),
    "https://[::1]": ("[::1]",),
    "https://[::1]:8443": ("[::1]:8443",),
    "https://bücher.test": ("xn--bcher-kva.test",),
}
NOT_NAMED = {
    API: ("pi.test", ".", "api.test:444", "10.0.0.0/8", "fe80::/10,localhost"),
    "https://11.1.2.3": ("10.0.0.0/8",),
    "https://[::1]": ("[::1]:8443",),
}


@pytest.mark.parametrize(
    ("variables", "url", "expected"),
    [
        ({"HTTPS_PROXY": PROXY}, "https://api.test/v3", PROXY),
        ({"ALL_PROXY": PROXY}, "https://api.test/v3", PROXY),
        ({"ALL_PROXY": "proxy.test:3128"}, "https://api.test/v3", PROXY),
        ({"HTTP_PROXY": PROXY}, "https://api.test/v3", None),
        ({}, "https://api.test/v3", None),
        *(
            ({"HTTPS_PROXY": PROXY, "NO_PROXY": value}, url, expected)
            for table, expected in ((NAMED, None), (NOT_NAMED, PROXY))
            for url, values in table.items()
            for value in values
        ),
    ],
)
def test_proxy_of_a_request(variables, url, expected, monkeypatch):
    """HTTPS_PROXY, then ALL_PROXY, but for what NO_PROXY names, as curl reads it."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert Proxies(trust_env=True).find(httpx.URL(url)) == expected
    assert Proxies(trust_env=False).find(httpx.URL(url)) is None


@pytest.mark.parametrize("way", OWN, ids=str)
def test_no_proxy_is_read_by_each_client(way, tls, monkeypatch):
    """A server that NO_PROXY names is reached when the proxy is not."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.0/8")
    with asking(way, base_url=tls.url, max_retries=0) as asker, pytest.raises(TransportError) as caught:
        asker.get()
    assert "certificate" in str(caught.value)  # so the server was reached


@pytest.mark.parametrize("way", OWN, ids=str)
def test_netrc_is_not_read(way, tls, tmp_path, monkeypatch):
    """Neither does an entry replace the token, nor does one that cannot be read stop a request."""
    (tmp_path / ".netrc").write_text("default login nobody password netrc-canary\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SSL_CERT_FILE", str(tls.certificate))
    with asking(way, base_url=tls.url, max_retries=0) as asker, pytest.raises(TransportError):
        asker.get()
    [request] = tls.received
    assert f"authorization: bearer {TOKEN}".encode() in request.lower()
    assert request.lower().count(b"authorization:") == 1


@pytest.mark.parametrize("transport", ["urllib3", "", None])
def test_unknown_transport_raises(transport):
    """The names that there are are listed."""
    with pytest.raises(ValueError, match="use httpx or aiohttp"):
        AsyncConvirza(token="t", transport=transport)  # type: ignore[arg-type]


def test_transport_that_is_not_installed_raises(monkeypatch):
    """It is chosen by the argument, so its absence is an error and not another transport."""
    monkeypatch.setitem(sys.modules, "httpx_aiohttp", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'convirza\[fast\]'"):
        AsyncConvirza(token="t", transport="aiohttp")
    AsyncConvirza(token="t")


@pytest.mark.parametrize("how", ["argument", "variable"])
def test_http_to_other_hosts_must_be_allowed(how, monkeypatch):
    """Neither the API nor the token service is sent a secret unencrypted, unless the caller allows it."""
    given: dict[str, Any] = {"base_url": "http://fake:8080/v3", "oauth_url": "http://fake:8080"}
    login = {"email": "a@b.example", "password": "p"}
    with pytest.raises(ConfigurationError, match="to allow http://"):
        Convirza(**given, **login)
    with pytest.raises(ConfigurationError, match="oauth_url would send the token"):
        Convirza(**given | {"base_url": "http://127.0.0.1/v3"}, **login)
    if how == "argument":
        given["allow_http"] = True
    else:
        monkeypatch.setenv("CONVIRZA_ALLOW_HTTP", "1")
    Convirza(**given, **login).close()


@pytest.mark.allow_hosts(["127.0.0.1", "0.0.0.0"])
def test_command_allows_http_by_an_option(run, monkeypatch, api):
    """The option is that of all commands, before their name."""
    url = api.base_url.replace("127.0.0.1", "0.0.0.0")
    assert "to allow http://" in run("get", "987654", "--base-url", url).err
    assert run("--allow-http", "get", "987654", "--base-url", url).code == 0
