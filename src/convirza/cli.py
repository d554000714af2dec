"""The command `convirza`: what it accepts, whom it asks, how it ends.

What people type and see is in `convirza._terminal`, which needs the extra `convirza[cli]`; nothing here
does, so that a missing extra is told in one line. Every failure is one line on stderr.
"""

import asyncio
import contextlib
import difflib
import importlib
import ipaddress
import os
import re
import sys
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Any, Final, Self

import httpx

from convirza._generated import AuthenticatedClient, Call, CallModule, CallResponse, errors, get_call

DEFAULT_BASE_URL: Final = "https://platform-api.convirza.com/v3"
DEFAULT_TIMEOUT: Final = 30.0

_LONGEST_TIMEOUT: Final = 3600.0
_LARGEST_ID: Final = 2**63 - 1


class ExitCode(IntEnum):
    """How the command ended, with the meaning that `--help` shows."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> Self:
        """A member that knows its meaning."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    DONE = 0, "done"
    UNUSABLE = 1, "the answer cannot be used: 429, 500, not JSON, ..."
    USAGE = 2, "wrong usage: bad id or option, no token, extra missing, ..."
    REFUSED = 3, "the token was refused (401) or has no access (403)"
    NOT_FOUND = 4, "no such call (404)"
    NO_ANSWER = 5, "no answer: unreachable, timeout, broken connection"
    INTERRUPTED = 130, "interrupted (Ctrl-C)"


class Failure(Exception):
    """An end other than `ExitCode.DONE`: what is wrong, and what to do about it."""

    def __init__(self, code: ExitCode, what: str, advice: str) -> None:
        """Neither text may hold the token or anything that a server sent."""
        super().__init__(f"{what}: {advice}")
        self.code = code


def main(args: Sequence[str] | None = None) -> int:
    """Runs the command with `args`, or else the arguments of the process; gives the exit code."""
    try:
        terminal = load("convirza._terminal", extras="cli")
        return int(terminal.run(sys.argv[1:] if args is None else args))
    except Failure as failure:
        _complain(str(failure))
        return failure.code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except OSError as error:
        discard_stdout()
        _complain(f"cannot go on ({error.strerror}): check where the output goes, such as a full disk")
        return ExitCode.UNUSABLE
    except Exception as error:
        _complain(f"internal error ({type(error).__name__}): please report it, with the command that you ran")
        return ExitCode.UNUSABLE


def _complain(message: str) -> None:
    # A token that was given in the place of another argument is not repeated either.
    token = os.environ.get("CONVIRZA_TOKEN")
    shown = message.replace(token, "[token]") if token else message
    shown = "".join(character if character.isprintable() else " " for character in shown)
    with contextlib.suppress(OSError):  # nobody reads stderr
        print("convirza:", " ".join(shown.split()), file=sys.stderr, flush=True)


def discard_stdout() -> None:
    """Drops what could not be written: Python flushes once more at its end, and would complain then."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def load(module: str, *, extras: str) -> Any:
    """Imports a module of ours that needs extras."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("convirza"):
            raise
        advice = f"pip install 'convirza[{extras}]'"
        raise Failure(ExitCode.USAGE, f"this needs {error.name}, which is not installed", advice) from None


def parse_id(text: str) -> int:
    """The id of a call as the API writes it: decimal digits, from 1 to 2^63-1."""
    if re.fullmatch("[1-9][0-9]{0,18}", text) and int(text) <= _LARGEST_ID:
        return int(text)
    raise Failure(ExitCode.USAGE, f"{text!r} is not the id of a call", "give a whole number, such as 987654")


def parse_include(values: Iterable[str]) -> list[CallModule]:
    """The modules named in `values`, which are separated by commas or spaces; each once."""
    known = [module.value for module in CallModule]
    names = dict.fromkeys(name for value in values for name in re.split(r"[,\s]+", value) if name)
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name.lower(), known, n=1)
            advice = f"did you mean {close[0]}? " if close else ""
            advice += f"the modules are {', '.join(known)}"
            raise Failure(ExitCode.USAGE, f"--include {name!r} is not a module", advice)
    return [CallModule(name) for name in names]


def parse_timeout(seconds: float) -> float:
    """A time to wait that ends; NaN is not one."""
    if 0 < seconds <= _LONGEST_TIMEOUT:
        return seconds
    advice = f"give seconds, more than 0 and at most {_LONGEST_TIMEOUT:g}"
    raise Failure(ExitCode.USAGE, f"--timeout {seconds:g} is out of range", advice)


def live_client(base_url: str | None) -> AuthenticatedClient:
    """A client of the API at `base_url`, or else at CONVIRZA_BASE_URL, with the token of CONVIRZA_TOKEN."""
    if base_url is None:
        url = _parse_base_url("CONVIRZA_BASE_URL", os.environ.get("CONVIRZA_BASE_URL") or DEFAULT_BASE_URL)
    else:
        url = _parse_base_url("--base-url", base_url)
    token = os.environ.get("CONVIRZA_TOKEN")
    if not token:
        advice = "export it with an access token, or try --demo"
        raise Failure(ExitCode.USAGE, "CONVIRZA_TOKEN is not set", advice)
    # A proxy named in the environment would read what goes out in clear.
    settings = {"trust_env": url.scheme == "https"}
    try:
        client = AuthenticatedClient(base_url=str(url), token=token, timeout=None, httpx_args=settings)
    except ValueError:
        advice = "export the bare token, without spaces, quotes or line breaks"
        raise Failure(ExitCode.USAGE, "CONVIRZA_TOKEN holds a character that no token has", advice) from None
    try:
        client.get_async_httpx_client()
    except (ImportError, OSError, ValueError, httpx.InvalidURL):
        advice = "check HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR"
        raise Failure(ExitCode.USAGE, "the environment's proxy or certificates do not work", advice) from None
    return client


def _parse_base_url(source: str, text: str) -> httpx.URL:
    # The text is not shown: it may hold a password.
    def refused(what: str, advice: str) -> Failure:
        return Failure(ExitCode.USAGE, f"{source} {what}", advice)

    if not text.lower().startswith(("https://", "http://")):
        raise refused("does not begin with https://", f"write it like {DEFAULT_BASE_URL}")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL()
    if not url.host or not 0 <= (url.port or 0) < 2**16:
        raise refused("is not an address", f"write it like {DEFAULT_BASE_URL}")
    if url.userinfo:
        raise refused("holds a user name or a password", "take it out, the token is in CONVIRZA_TOKEN")
    if "?" in text or "#" in text:
        raise refused("holds a query or a fragment", f"write it like {DEFAULT_BASE_URL}")
    if url.scheme == "http" and not _is_loopback(url.host):
        raise refused("would send the token in clear", "use https://; http:// is for this machine only")
    return url


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def demo_client() -> AuthenticatedClient:
    """A client of the fake API in this process: no token and no network."""
    fake = load("convirza.fake", extras="cli,fake")
    return AuthenticatedClient(
        base_url="http://fake.invalid/v3",
        token=fake.DEFAULT_TOKEN,
        timeout=None,
        httpx_args={"transport": fake.FakeTransport(fake.create_app())},
    )


def fetch(
    client: AuthenticatedClient, call_id: int, include: list[CallModule], *, seconds: float
) -> tuple[bytes, Call]:
    """The body of the answer as it came, and the call in it."""

    async def ask() -> tuple[int, bytes, object]:
        async with client, asyncio.timeout(seconds):
            response = await get_call.asyncio_detailed(call_id, client=client, include=include)
        return response.status_code, response.content, response.parsed

    try:
        status, content, parsed = asyncio.run(ask())
    except TimeoutError:
        what, advice = f"no answer within {seconds:g} s", "try again, or allow more with --timeout"
        raise Failure(ExitCode.NO_ANSWER, what, advice) from None
    except errors.TransportError as error:
        raise _unreachable(client, error) from None
    except errors.ResponseError as error:
        raise _refused(error.status_code, call_id, error.reason) from None
    if not isinstance(parsed, CallResponse):
        raise _refused(status, call_id, "not a documented status")
    return content, parsed.data.result


def _unreachable(client: AuthenticatedClient, error: errors.TransportError) -> Failure:
    host = client.get_async_httpx_client().base_url.host
    if error.kind in {"ConnectError", "ConnectTimeout", "ProxyError"}:
        # The detail is what the operating system or TLS said.
        detail = f" ({error.detail})" if error.detail else ""
        advice = "check the network, and CONVIRZA_BASE_URL or --base-url"
        return Failure(ExitCode.NO_ANSWER, f"no connection to {host}{detail}", advice)
    what = f"the connection to {host} broke before the answer was complete"
    return Failure(ExitCode.NO_ANSWER, what, "try again")


def _refused(status: int, call_id: int, reason: str) -> Failure:
    """Why the answer is no call. `reason` names kinds and places, never values."""
    match status:
        case 200:
            code, what = ExitCode.UNUSABLE, f"the answer is not a call record ({reason})"
            advice = "check CONVIRZA_BASE_URL or --base-url; if it is right, the API has changed"
        case 400:
            code, what = ExitCode.USAGE, "the API calls the request invalid (400)"
            advice = "check the id and --include"
        case 401:
            code, what = ExitCode.REFUSED, "the token was refused (401)"
            advice = "put a valid one into CONVIRZA_TOKEN; this one may have expired"
        case 403:
            code, what = ExitCode.REFUSED, f"no access to call {call_id} (403)"
            advice = "use the token of an account that may read it"
        case 404:
            code, what = ExitCode.NOT_FOUND, f"there is no call {call_id} (404)"
            advice = "check the id, and the base URL if you have set one"
        case 429:
            code, what = ExitCode.UNUSABLE, "too many requests (429)"
            advice = "wait a while, then try again"
        case _ if status >= 500:
            code, what = ExitCode.UNUSABLE, f"the API or a gateway failed ({status})"
            advice = "try again later"
        case _:
            code, what = ExitCode.UNUSABLE, f"unexpected answer (status {status}, {reason})"
            advice = "check CONVIRZA_BASE_URL or --base-url"
    return Failure(code, what, advice)
