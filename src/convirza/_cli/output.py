"""Where output goes: stdout that may end early, and a console that knows when to leave colours out."""

import contextlib
import os
import re
import sys
from collections.abc import Generator
from typing import Final, TextIO

from rich.console import Console

from convirza._cli import exits
from convirza._cli.exits import ExitCode, Failure

# What moves the cursor, changes the terminal or turns the direction of writing; tabs and line breaks stay.
_HARMFUL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@contextlib.contextmanager
def stdout() -> Generator[TextIO]:
    """Stdout, flushed; a reader that has gone away, as in `| head -1`, has read enough."""
    if not sys.stdout:  # as by >&-
        raise Failure(ExitCode.UNUSABLE, "stdout is closed", "check where the output goes")
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        exits.discard_stdout()


def is_terminal(file: TextIO | None) -> bool:
    """Whether somebody looks on; None is a closed stream."""
    return file is not None and file.isatty()


def make_console(file: TextIO) -> Console:
    """Colours if `file` is a terminal, unless NO_COLOR is set."""
    return Console(file=file, color_system=None if os.environ.get("NO_COLOR") else "auto")


def harmless(console: Console, text: str) -> str:
    """The text with its control characters, and those that the output cannot encode, as escapes."""
    visible = _HARMFUL.sub(lambda found: ascii(found[0])[1:-1], text.replace("\r\n", "\n"))
    return visible.encode(console.encoding, "backslashreplace").decode(console.encoding)
