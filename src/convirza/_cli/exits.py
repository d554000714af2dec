"""How the command ends: exit codes, failures, and their one line on stderr.

Nothing here needs the extra `convirza[cli]`, so that a missing extra is reported in one line too.
"""

import contextlib
import difflib
import importlib
import json
import os
import re
import sys
from collections.abc import Callable, Generator, Iterable
from enum import IntEnum
from typing import Any, Final, ParamSpec, Self, TypeVar

from convirza._core.errors import (
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    TransportError,
)
from convirza._core.validation import check_count, check_id, check_rate
from convirza._generated import CallModule
from convirza._resources.many import MAX_CONCURRENCY

P = ParamSpec("P")
T = TypeVar("T")


class ExitCode(IntEnum):
    """An exit code, with the meaning that `--help` shows."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> Self:
        """Creates a member with its meaning."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    DONE = 0, "done"
    UNUSABLE = 1, "the response cannot be used: 429, 500, not JSON, ..."
    USAGE = 2, "wrong usage: bad id or option, no token, missing extra, ..."
    REFUSED = 3, "the token was refused (401) or has no access (403)"
    NOT_FOUND = 4, "no such call (404)"
    NO_ANSWER = 5, "no response: unreachable, timeout, broken connection"
    INCOMPLETE = 6, "several ids: some calls were not read, as their lines say"
    INTERRUPTED = 130, "interrupted (Ctrl-C)"


class Failure(Exception):
    """Ends the command with a code other than `ExitCode.DONE`: what is wrong, and what to do."""

    def __init__(self, code: ExitCode, what: str, advice: str) -> None:
        """Neither text may contain the token or any part of a response."""
        super().__init__(f"{what}: {advice}")
        self.code = code


def exit_code(error: Exception) -> ExitCode:
    """The exit code for an error of the library."""
    match error:
        case ConfigurationError() | BadRequestError():
            return ExitCode.USAGE
        case AuthenticationError() | PermissionDeniedError():
            return ExitCode.REFUSED
        case NotFoundError():
            return ExitCode.NOT_FOUND
        case TransportError():
            return ExitCode.NO_ANSWER
        case _:
            return ExitCode.UNUSABLE


# A shorter text, such as "e", is no secret of the API. To replace it would spoil the message, and show it.
_SHORTEST_SECRET: Final = 8

log_as_json = False
"""Whether lines on stderr are JSON."""


def complain(message: str) -> None:
    """Prints one line on stderr, without control characters."""
    # Not the token either, which the user may have passed as an argument by mistake.
    token = os.environ.get("CONVIRZA_TOKEN", "")
    shown = message.replace(token, "[token]") if len(token) >= _SHORTEST_SECRET else message
    shown = "".join(character if character.isprintable() else " " for character in shown)
    with contextlib.suppress(OSError):  # stderr is closed
        text = " ".join(shown.split())
        line = json.dumps({"message": text}) if log_as_json else f"convirza: {text}"
        print(line, file=sys.stderr, flush=True)


def discard_stdout() -> None:
    """Drops unwritten output: Python flushes stdout again at exit, and would print an error."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def load(module: str, *, extras: str) -> Any:
    """Imports a module of this package that needs extras."""
    with needing(extras):
        return importlib.import_module(module)


@contextlib.contextmanager
def needing(extras: str) -> Generator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("convirza"):
            raise
        advice = f"pip install 'convirza[{extras}]'"
        raise Failure(ExitCode.USAGE, f"this needs {error.name}, which is not installed", advice) from None


def checked(check: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of a check of the library; its ValueError, "what: advice", becomes wrong usage."""
    try:
        return check(*args, **kwargs)
    except ValueError as error:
        what, _, advice = str(error.args[0]).partition(": ")
    raise Failure(ExitCode.USAGE, what, advice)


def parse_id(text: str) -> int:
    """A call id in decimal digits, from 1 to 2^63-1."""
    if re.fullmatch("[1-9][0-9]{0,18}", text):
        with contextlib.suppress(ValueError):
            return check_id(int(text))
    raise Failure(ExitCode.USAGE, f"{text!r} is not the id of a call", "pass a whole number, such as 987654")


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


def parse_concurrency(concurrency: int) -> int:
    """How many at a time."""
    return checked(check_count, "--concurrency", concurrency, 1, MAX_CONCURRENCY)


def parse_rate(rate: float | None) -> float | None:
    """Requests a second, or None for no limit."""
    try:
        return check_rate(rate)
    except ValueError:
        what = f"--rate {rate:g} is not a number of requests a second"
        raise Failure(ExitCode.USAGE, what, "pass one from 0.0000116 (one a day) to 1000000") from None
