"""Exports a period to a folder with a file for each day, or to one file."""

import contextlib
import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final, TypeAlias, Unpack

from attrs import evolve, frozen

from convirza._core.validation import check_include
from convirza._core.windows import Moment, floor_ms, query_hash
from convirza._resources.call_arguments import Include
from convirza._resources.call_filters import CallFilters, check_filters
from convirza._resources.sync_call_list import CallList
from convirza._sync_client import Convirza
from convirza.export.columns import columns, format_time
from convirza.export.files import Add, Replacement, check_format, open_writer
from convirza.export.folder import date_of, open_folder
from convirza.export.windows import day_windows

LOOKBACK: Final = timedelta(days=7)

PathLike: TypeAlias = str | os.PathLike[str]


@frozen
class Progress:
    """How far an export is."""

    calls: int
    """The calls that were read."""
    windows: int
    """The windows that are complete: days, or for one file up to 30 days each."""
    of_windows: int
    kept: int = 0
    """The days of the period that were finished before."""


OnProgress: TypeAlias = Callable[[Progress], None]


def to_folder(
    client: Convirza,
    folder: PathLike,
    start: Moment,
    end: Moment | None = None,
    *,
    tz: tzinfo | str | None = None,
    include: Include = (),
    format: str = "jsonl",
    urls: bool = False,
    lookback: timedelta = LOOKBACK,
    resume: bool = False,
    rate: float | None = None,
    now: datetime | None = None,
    on_progress: OnProgress = lambda _progress: None,
    **filters: Unpack[CallFilters],
) -> Progress:
    """Exports the whole UTC days of a period to files `date=YYYY-MM-DD/calls.jsonl`, `.csv` or `.parquet`.

    A day is read once more in each run until it was read `lookback` after its end, because tags, comments and
    scores arrive late. Other days that are in the folder are skipped. After an interruption, the next run
    goes on; with `resume` it keeps the end of the interrupted one, and skips all days that this one finished.
    `manifest.json` is written last.

    With `urls`, the signed URLs of recordings are included. `now` replaces the system clock. The other
    arguments are as for `calls.list`, and so are the errors; also raises ConfigurationError if the folder was
    exported with other arguments or is being written, and OSError if it cannot be written.
    """
    path, modules = Path(folder), sorted(check_include(include))
    format = check_format(format)
    made_with = {
        "include": modules,
        "format": format,
        "filters": query_hash(datetime.fromtimestamp(0, UTC), check_filters(filters)),
        "urls": urls,
        "API": repr(client),
        "columns": hashlib.sha256(repr(columns(urls=urls)).encode()).hexdigest()[:8],
    }
    now = floor_ms(now or datetime.now(UTC))
    day_windows(start, end, tz=tz, now=now)  # raises before the folder is created
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open_folder(path) as state:
        state.check(made_with)
        if resume and state.run:
            now = datetime.fromisoformat(state.run["read_at"])
            end = state.run["end"] if end is None else end
        days = day_windows(start, end, tz=tz, now=now)
        late = [day for day in state.unfinished(days[-1].end, now, lookback) if day.start < days[0].start]
        left = [*late, *(day for day in days if not state.is_done(day, now, lookback))]
        calls = client.calls.list(days[0].start, days[-1].end, include=modules, rate=rate, **filters)
        state.begin(made_with, now, days[-1].end)
        reader = _Reader(calls.in_windows(left), len(days) + len(late) - len(left), on_progress)
        for day in left:
            name = f"date={date_of(day)}/calls.{format}"
            (path / name).parent.mkdir(mode=0o700, exist_ok=True)
            with contextlib.closing(Replacement(path / name)) as new:
                before = reader.progress.calls
                with open_writer(format, new.file, urls=urls) as add:
                    reader.copy_window(add)
                size, digest = new.seal()
                state.add(
                    {
                        "date": date_of(day),
                        "file": name,
                        "start": format_time(day.start),
                        "end": format_time(day.end),
                        "calls": reader.progress.calls - before,
                        "bytes": size,
                        "sha256": digest,
                        "read_at": format_time(now),
                    }
                )
                new.swap()
        state.finish()
    return reader.progress


def to_file(
    client: Convirza,
    path: PathLike,
    start: Moment,
    end: Moment | None = None,
    *,
    tz: tzinfo | str | None = None,
    include: Include = (),
    urls: bool = False,
    rate: float | None = None,
    on_progress: OnProgress = lambda _progress: None,
    **filters: Unpack[CallFilters],
) -> Progress:
    """Exports exactly the period to one file, whose name ends in `.jsonl`, `.csv` or `.parquet`.

    The file appears, or is replaced, when it is whole; an interrupted run starts again. The arguments are as
    for `to_folder`, and so are the errors.
    """
    path = Path(path)
    format = check_format(path.suffix[1:])
    calls = client.calls.list(start, end, tz=tz, include=include, rate=rate, **filters)
    reader = _Reader(calls, 0, on_progress)
    with contextlib.closing(Replacement(path)) as new:
        with open_writer(format, new.file, urls=urls) as add:
            for _ in calls.windows:
                reader.copy_window(add)
        new.seal()
        new.swap()
    return reader.progress


class _Reader:
    """Reads a list window by window."""

    def __init__(self, calls: CallList, kept: int, on_progress: OnProgress) -> None:
        self._pages = calls.raw_pages()
        self._on_progress = on_progress
        self.progress = Progress(0, 0, len(calls.windows), kept)
        on_progress(self.progress)

    def copy_window(self, add: Add) -> None:
        """Adds the records of the next window, all of them. Raises what reading a list raises."""
        for page in self._pages:
            add(page.items)
            done = page.window_total is not None
            old = self.progress
            self.progress = evolve(old, calls=old.calls + len(page.items), windows=old.windows + done)
            self._on_progress(self.progress)
            if done:
                return
