"""`convirza doctor`: checks one by one what requests need, and reports how to fix what fails."""

import json
import platform
import time
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Final, Literal, TextIO

from attrs import asdict, evolve, frozen
from rich.text import Text

import convirza
from convirza._cli.exits import ExitCode, Failure
from convirza._cli.output import harmless, make_console, stdout
from convirza._cli.settings import find_auth, find_base_url
from convirza._client_settings import make_options
from convirza._core.attempts import Core
from convirza._core.clock import SystemClock
from convirza._core.credentials import Auth
from convirza._core.drift import DriftLog
from convirza._core.effects import Failure as NoReply
from convirza._core.effects import Reply, Request, Sink
from convirza._core.errors import AuthenticationError, ConvirzaError
from convirza._core.retry import is_retryable
from convirza._core.transport import Sender
from convirza._generated import document
from convirza._resources.call_records import get_call_by_id

FAILED: Final = 1

_STYLES: Final = {"ok": "green", "warning": "yellow", "failed": "bold red"}
_MOST_SKEW: Final = 60.0
_SECONDS: Final = 10.0


@frozen
class Check:
    """The result of one check."""

    name: str
    status: Literal["ok", "warning", "failed"]
    detail: str
    advice: str = ""


class _NotingSender(Sender):
    """Keeps the response, of which the library reports no header."""

    reply: Reply | None = None

    def send(self, request: Request, seconds: float, sink: Sink | None = None) -> Reply | NoReply:
        outcome = super().send(request, seconds, sink)
        if isinstance(outcome, Reply) and request.method == "GET":  # not a login
            self.reply = outcome
        return outcome

    def proxy(self, url: str) -> str:
        """Host and port of the proxy that is used for the address, or `none`."""
        found = self._connections.proxy(url)
        return found.netloc.decode() if found else "none"


def run(base_url: str | None, call_id: int) -> list[Check]:
    """Runs all checks; sends one request for a call, with the token if there is one.

    DNS and TLS have no checks of their own: the error of the request names the one that failed.
    """
    ours = f"convirza {convirza.__version__} (document {document()['info']['version']})"
    detail = f"{ours}, Python {platform.python_version()}, httpx {version('httpx')}"
    checks = [Check("versions", "ok", detail)]
    auth: Auth | None = None
    try:
        auth, source = find_auth()
        checks.append(Check("token", "ok", source))
    except (Failure, ConvirzaError) as error:
        checks.append(_failed("token", error))
    try:
        url, source = find_base_url(base_url)
        checks.append(Check("base URL", "ok", f"{url} ({source})"))
    except ConvirzaError as error:
        return [*checks, _failed("base URL", error)]
    try:
        sender = _NotingSender(trust_env=url.startswith("https://"))  # as in the library
        checks.append(Check("proxy", "ok", sender.proxy(url)))
    except ConvirzaError as error:
        return [*checks, _failed("proxy", error)]
    return [*checks, *_ask(sender, Core(url, auth, SystemClock(), "off", DriftLog()), call_id)]


def _failed(name: str, error: Exception) -> Check:
    what, _, advice = str(error.args[0]).partition(": ")
    return Check(name, "failed", what, advice)


def _ask(sender: _NotingSender, core: Core, call_id: int) -> list[Check]:
    """The checks that need a request for a call: the API, the token, and the clock."""
    options = make_options(_SECONDS, 2 * _SECONDS, 0, None)
    result = sender.run(core.run(get_call_by_id(call_id, []), options), core.clock)
    sender.close()
    error = result if isinstance(result, ConvirzaError) else None
    reply = sender.reply
    if reply is None:
        refused = core.auth is not None and isinstance(error, AuthenticationError)
        return [_failed("access" if refused else "API", error)] if error else []
    if "json" not in reply.headers.get("content-type", ""):
        detail = f"responds (status {reply.status_code}), but not with JSON"
        return [Check("API", "failed", detail, "check the base URL")]
    checks = [Check("API", "ok", f"responds (status {reply.status_code})")]
    if error is not None and reply.status_code not in {401, 403, 404}:
        checks = [evolve(_failed("API", error), status="warning" if is_retryable(error) else "failed")]
    elif core.auth is not None:
        accepted = Check("access", "ok", "the token is accepted")
        refused = isinstance(error, AuthenticationError)
        checks.append(_failed("access", error) if refused and error else accepted)
    return [*checks, *_clock(reply.headers.get("date", ""))]


def _clock(date: str) -> list[Check]:
    try:
        skew = time.time() - parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError):
        return []
    if abs(skew) <= _MOST_SKEW:
        return [Check("clock", "ok", "agrees with the API's")]
    direction = "ahead of" if skew > 0 else "behind"
    advice = "set it, as with NTP: the expiry of tokens is checked against it"
    return [Check("clock", "warning", f"{abs(skew):.0f} s {direction} the API's", advice)]


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
