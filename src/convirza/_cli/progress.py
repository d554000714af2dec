"""A progress bar for terminals (rich)."""

import contextlib
import sys
import time
from collections.abc import Callable, Generator

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as RichProgress

from convirza._cli.output import is_terminal, make_console
from convirza.export.run import Progress


@contextlib.contextmanager
def progress(total: int | None, *, wanted: bool = True) -> Generator[Callable[[bool], None]]:
    """A bar on stderr if it is a terminal; yields a function to call with whether a call failed."""
    if not (wanted and is_terminal(sys.stderr)):
        yield lambda _failed: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(20),  # all of it fits in 80 columns
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]} failed, {task.fields[rate]:.1f}/s"),
        TimeElapsedColumn(),
        # The time that is left is known if the number of ids is.
        *(() if total is None else (TextColumn("left"), TimeRemainingColumn())),
    )
    failures, begun = 0, time.monotonic()
    with RichProgress(*columns, console=make_console(sys.stderr), redirect_stdout=False) as bar:
        task = bar.add_task("Calls", total=total, failed=0, rate=0.0)

        def advance(failed: bool) -> None:
            nonlocal failures
            failures += failed
            rate = (bar.tasks[task].completed + 1) / max(time.monotonic() - begun, 0.1)
            bar.update(task, advance=1, failed=failures, rate=rate)

        yield advance


@contextlib.contextmanager
def export_progress() -> Generator[Callable[[Progress], None]]:
    """The same for an export; yields a function to call with how far it is."""
    if not is_terminal(sys.stderr):
        yield lambda _progress: None
        return
    columns = (
        TextColumn("Windows"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[calls]} calls, {task.fields[rate]:.0f}/s, left"),
        TimeRemainingColumn(),
    )
    begun = time.monotonic()
    with RichProgress(*columns, console=make_console(sys.stderr), redirect_stdout=False) as bar:
        task = bar.add_task("", total=None, calls=0, rate=0)

        def show(progress: Progress) -> None:
            rate = progress.calls / max(time.monotonic() - begun, 0.1)
            bar.update(
                task, total=progress.of_windows, completed=progress.windows, calls=progress.calls, rate=rate
            )

        yield show
