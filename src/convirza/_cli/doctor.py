"""`convirza doctor`: checks one by one what requests need, and reports how to fix what fails."""

import importlib.util
import json
import platform
import time
import urllib.request
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Final, Literal, TextIO
from urllib.parse import urlsplit

import httpx
from attrs import asdict, evolve, frozen, mutable
from rich.text import Text

import convirza
from convirza._auth.static import StaticToken
from convirza._cli.exits import ExitCode, Failure
from convirza._cli.output import harmless, make_console, stdout
from convirza._cli.settings import find_auth, find_base_url
from convirza._core.clock import SystemClock
from convirza._core.credentials import Auth
from convirza._core.errors import AuthenticationError, ConvirzaError, TransportError
from convirza._core.retry import is_retryable
from convirza._generated import document
from convirza._sync_client import Convirza

FAILED: Final = 1

_EXTRAS: Final = {
    "cli": ("typer", "rich"),
    "dlt": ("dlt", "pyarrow"),
    "fake": ("starlette", "uvicorn"),
    "fast": ("httpx_aiohttp",),
    "parquet": ("pyarrow",),
    "spark": ("pyarrow", "pyspark"),
    "testing": ("pytest",),
}
_STYLES: Final = {"ok": "green", "warning": "yellow", "failed": "bold red"}
_MOST_SKEW: Final = 60.0
_SECONDS: Final = 10.0
_NO_ADDRESS: Final = "set, but not an address"


@frozen
class Check:
    """The result of one check."""

    name: str
    status: Literal["ok", "warning", "failed"]
    detail: str
    advice: str = ""


@mutable
class _Seen:
    """Facts about the response that the library does not report."""

    status: int | None = None
    skew: float | None = None
    """Seconds by which the system clock is ahead of the API's clock."""
    is_json: bool = True


def run(base_url: str | None, call_id: int) -> list[Check]:
    """Runs all checks; sends one request for a call, with the token if there is one.

    DNS and TLS have no checks of their own: the error of the request names the one that failed.
    """
    checks = [_versions(), _extras()]
    auth: Auth | None = None
    try:
        auth, source = find_auth()
        checks.append(Check("token", "ok", source))
    except (Failure, ConvirzaError) as error:
        checks.append(_failed("token", error))
    try:
        url, source = find_base_url(base_url)
    except ConvirzaError as error:
        return [*checks, _failed("base URL", error)]
    checks.append(Check("base URL", "ok", f"{url} ({source})"))
    proxy = _proxy(url, httpx.URL(url).host)
    if proxy == _NO_ADDRESS:
        checks.append(Check("proxy", "failed", proxy, "check HTTPS_PROXY and ALL_PROXY"))
    else:
        checks.append(Check("proxy", "ok", proxy or "none"))
    checks.extend(_ask(url, auth, call_id))
    return checks


def _failed(name: str, error: Exception) -> Check:
    what, _, advice = str(error.args[0]).partition(": ")
    return Check(name, "failed", what, advice)


def _versions() -> Check:
    ours = f"convirza {convirza.__version__} (document {document()['info']['version']})"
    return Check("versions", "ok", f"{ours}, Python {platform.python_version()}, httpx {version('httpx')}")


def _extras() -> Check:
    here = [name for name, needs in _EXTRAS.items() if all(map(importlib.util.find_spec, needs))]
    missing = [name for name in _EXTRAS if name not in here]
    others = f"; not installed: {', '.join(missing)}" if missing else ""
    return Check("extras", "ok", ", ".join(here) + others)


def _proxy(url: str, host: str) -> str | None:
    """The proxy from the environment, without its password; None if it is not used for this address."""
    proxies = urllib.request.getproxies()
    found = proxies.get("https") or proxies.get("all")
    if url.startswith("http://") or not found or urllib.request.proxy_bypass(host):
        return None
    try:
        address = urlsplit(found if "://" in found else f"http://{found}")
        return f"{address.hostname}:{address.port}" if address.port else str(address.hostname)
    except ValueError:
        return _NO_ADDRESS


def _ask(url: str, auth: Auth | None, call_id: int) -> Iterator[Check]:
    """Checks that need a request for a call: the API, the token, and the clock."""
    seen = _Seen()

    def note(response: httpx.Response) -> None:
        if response.request.method == "GET":  # not a login
            seen.status = response.status_code
            seen.is_json = "json" in response.headers.get("content-type", "")
            seen.skew = _skew(response.headers.get("date"))

    try:
        # A proxy is for https only, as in the library.
        http_client = httpx.Client(event_hooks={"response": [note]}, trust_env=url.startswith("https://"))
    except Exception:  # of many types, and their texts may contain proxy passwords
        what = "the environment's proxy or certificates do not work"
        yield Check("API", "failed", what, "check HTTPS_PROXY, ALL_PROXY, NO_PROXY and SSL_CERT_FILE")
        return
    error: ConvirzaError | None = None
    with http_client:
        client = Convirza(
            auth=auth or StaticToken("none"),
            base_url=url,
            timeout=_SECONDS,
            deadline=2 * _SECONDS,
            max_retries=0,
            drift="off",
            http_client=http_client,
            clock=SystemClock(),
        )
        try:
            client.calls.get(call_id)
        except ConvirzaError as caught:
            error = caught
    if seen.status is not None or isinstance(error, TransportError):
        yield _api(error, seen)
    if auth is not None:
        if isinstance(error, AuthenticationError):
            yield _failed("access", error)
        elif seen.is_json and (error is None or seen.status in {403, 404}):
            yield Check("access", "ok", "the token is accepted")
    if seen.skew is not None:
        yield _clock(seen.skew)


def _api(error: ConvirzaError | None, seen: _Seen) -> Check:
    detail = f"responds (status {seen.status})"
    if seen.status is not None and not seen.is_json:
        return Check("API", "failed", f"{detail}, but not with JSON", "check the base URL")
    if error is None or seen.status in {401, 403, 404}:
        return Check("API", "ok", detail)
    passing = seen.status is not None and is_retryable(error)
    return evolve(_failed("API", error), status="warning" if passing else "failed")


def _skew(date: str | None) -> float | None:
    try:
        return time.time() - parsedate_to_datetime(date or "").timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def _clock(skew: float) -> Check:
    if abs(skew) <= _MOST_SKEW:
        return Check("clock", "ok", "agrees with the API's")
    direction = "ahead of" if skew > 0 else "behind"
    advice = "set it, as with NTP: the expiry of tokens is checked against it"
    return Check("clock", "warning", f"{abs(skew):.0f} s {direction} the API's", advice)


def show(checks: list[Check], *, as_json: bool) -> int:
    """Prints the checks; returns the exit code."""
    failed = any(check.status == "failed" for check in checks)
    with stdout() as out:
        if as_json:
            out.write(json.dumps({"ok": not failed, "checks": [asdict(check) for check in checks]}, indent=2))
            out.write("\n")
        else:
            out.write(_table(checks, out))
    return FAILED if failed else ExitCode.DONE


def _table(checks: list[Check], out: TextIO) -> str:
    console = make_console(out)
    width = max(len(check.name) for check in checks)
    with console.capture() as capture:
        for check in checks:
            line = Text(f"{check.status:<7}", _STYLES[check.status])
            line.append(f"  {check.name:<{width}}  {harmless(console, check.detail)}", "none")
            if check.advice:
                line.append(f"\n{'':{width + 11}}{harmless(console, check.advice)}", "none")
            console.print(line, soft_wrap=True, highlight=False)
    return capture.get()
