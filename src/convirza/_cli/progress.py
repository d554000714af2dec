"""A progress bar for terminals (rich)."""

import contextlib
import sys
from collections.abc import Callable, Generator

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from convirza._cli.output import is_terminal, make_console


@contextlib.contextmanager
def progress(total: int | None, *, wanted: bool = True) -> Generator[Callable[[bool], None]]:
    """A bar on stderr if it is a terminal; yields a function to call with whether a call failed."""
    if not (wanted and is_terminal(sys.stderr)):
        yield lambda _failed: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]} failed"),
        TimeElapsedColumn(),
    )
    failures = 0
    with Progress(*columns, console=make_console(sys.stderr), redirect_stdout=False) as bar:
        task = bar.add_task("Calls", total=total, failed=0)

        def advance(failed: bool) -> None:
            nonlocal failures
            failures += failed
            bar.update(task, advance=1, failed=failures)

        yield advance
