"""Output: stdout that a reader may close early, and a console that omits colours where needed."""

import contextlib
import os
import re
import sys
from collections.abc import Generator
from typing import Final, TextIO

from rich.console import Console

from convirza._cli import exits
from convirza._cli.exits import ExitCode, Failure

# Characters that control the cursor, the terminal or the text direction; tabs and line breaks stay.
_HARMFUL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@contextlib.contextmanager
def stdout() -> Generator[TextIO]:
    """Stdout, flushed at the end; ignores that the reader closed it, as `| head -1` does."""
    if not sys.stdout:  # closed with >&-
        raise Failure(ExitCode.UNUSABLE, "stdout is closed", "check where the output goes")
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        exits.discard_stdout()


def is_terminal(file: TextIO | None) -> bool:
    """Whether a stream is a terminal; None is a closed stream."""
    return file is not None and file.isatty()


def make_console(file: TextIO) -> Console:
    """A console with colours if `file` is a terminal, unless NO_COLOR is set."""
    return Console(file=file, color_system=None if os.environ.get("NO_COLOR") else "auto")


def harmless(console: Console, text: str) -> str:
    """The text with escapes for control characters and for characters that the output cannot encode."""
    visible = _HARMFUL.sub(lambda found: ascii(found[0])[1:-1], text.replace("\r\n", "\n"))
    return visible.encode(console.encoding, "backslashreplace").decode(console.encoding)
