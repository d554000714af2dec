"""Exports a period to a folder with a file for each day, or to one file."""

import contextlib
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Final, TypeAlias, Unpack, cast

from attrs import evolve, field, frozen

from convirza._core.errors import AuthenticationError, ConfigurationError
from convirza._core.validation import check_include, check_lookback
from convirza._core.windows import Moment, floor_ms
from convirza._resources.call_arguments import Include
from convirza._resources.call_filters import CallFilters, check_filters, hash_filters
from convirza._resources.call_records import call_id_of, record_key
from convirza._resources.sync_call_list import CallList
from convirza._sync_client import Convirza
from convirza.export.columns import columns, format_time
from convirza.export.files import Add, Replacement, check_format, open_writer
from convirza.export.folder import date_of, open_folder, write_file_manifest
from convirza.export.windows import day_windows

LOOKBACK: Final = timedelta(days=7)

PathLike: TypeAlias = str | os.PathLike[str]


@frozen
class Progress:
    """The progress of an export."""

    calls: int
    """The calls that were read."""
    windows: int
    """The windows that are complete: days, or for one file up to 30 days each."""
    of_windows: int
    kept: int = 0
    """The days of the period that were finished before."""
    most_details: int = 0
    """How many requests for details there may be: one for each call."""
    failures: Mapping[str, int] = field(factory=dict[str, int])
    """The calls without details, by type of error."""


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
    details: bool = False,
    concurrency: int = 1,
    rate: float | None = None,
    now: datetime | None = None,
    on_progress: OnProgress = lambda _progress: None,
    **filters: Unpack[CallFilters],
) -> Progress:
    """Exports the whole UTC days of a period to files `date=YYYY-MM-DD/calls.jsonl`, `.csv` or `.parquet`.

    A day is read once more in each run until it was read `lookback` after its end, because tags, comments and
    scores arrive late. Other days that are in the folder are skipped. After an interruption, the next run
    continues; with `resume` it keeps the end of the interrupted one, and skips the days that it finished.
    `_manifest.json` is written last.

    With `details`, a call that the list returns without a module of `include` is requested by its id. If that
    fails, the call is in the file without the module, `Progress.failures` counts it, and the next run reads
    its day again.

    With `urls`, the signed URLs of recordings are included. `now` replaces the system clock. The other
    arguments are as for `calls.list`, and so are the errors; also raises ConfigurationError if the folder was
    exported with other arguments or is being written, and OSError if it cannot be written.
    """
    path, modules = Path(folder), sorted(check_include(include))
    format = check_format(format)
    check_lookback(lookback)
    wanted = _check_details(details, modules)
    made_with = {
        "include": modules,
        "format": format,
        "filters": hash_filters(check_filters(filters)),
        "urls": urls,
        "details": details,
        "API": repr(client),
        "columns": hashlib.sha256(repr(columns(urls=urls)).encode()).hexdigest()[:8],
    }
    now = floor_ms(now or datetime.now(UTC))
    day_windows(start, end, tz=tz, now=now)  # raises before the folder is created
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open_folder(path) as state, contextlib.ExitStack() as stack:
        state.check(made_with)
        if resume and state.run:
            now = datetime.fromisoformat(state.run["read_at"])
            end = state.run["end"] if end is None else end
        days = day_windows(start, end, tz=tz, now=now)
        late = [day for day in state.unfinished(days[-1].end, now, lookback) if day.start < days[0].start]
        left = [*late, *(day for day in days if not state.is_done(day, now, lookback))]
        calls = client.calls.list(
            days[0].start, days[-1].end, include=modules, concurrency=concurrency, rate=rate, **filters
        )
        state.begin(made_with, now, days[-1].end)
        kept = len(days) + len(late) - len(left)
        reader = stack.enter_context(
            contextlib.closing(_Reader(calls.in_windows(left), wanted, kept, on_progress))
        )
        for day in left:
            name = f"date={date_of(day)}/calls.{format}"
            (path / name).parent.mkdir(mode=0o700, exist_ok=True)
            with contextlib.closing(Replacement(path / name)) as new:
                with open_writer(format, new.file, urls=urls) as add:
                    count, failed = reader.copy_window(add)
                size, digest = new.seal()
                state.add(
                    {
                        "date": date_of(day),
                        "file": name,
                        "start": format_time(day.start),
                        "end": format_time(day.end),
                        "calls": count,
                        **({"without_details": failed} if failed else {}),
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
    details: bool = False,
    concurrency: int = 1,
    rate: float | None = None,
    on_progress: OnProgress = lambda _progress: None,
    **filters: Unpack[CallFilters],
) -> Progress:
    """Exports exactly the period to one file, whose name ends in `.jsonl`, `.csv` or `.parquet`.

    The file appears, or is replaced, when it is complete; an interrupted run starts again. Then
    `NAME.manifest.json` is written, for `check_file`. The arguments are as for `to_folder`, and so are the
    errors.
    """
    path, modules = Path(path), sorted(check_include(include))
    format = check_format(path.suffix[1:])
    wanted = _check_details(details, modules)
    calls = client.calls.list(
        start, end, tz=tz, include=modules, concurrency=concurrency, rate=rate, **filters
    )
    windows: list[Mapping[str, Any]] = []
    with (
        contextlib.closing(Replacement(path)) as new,
        contextlib.closing(_Reader(calls, wanted, 0, on_progress)) as reader,
    ):
        with open_writer(format, new.file, urls=urls) as add:
            for window in calls.windows:
                count, failed = reader.copy_window(add)
                times = {"start": format_time(window.start), "end": format_time(window.end)}
                windows.append({**times, "calls": count, "without_details": failed})
        _, digest = new.seal()
        new.swap()
        write_file_manifest(path, {"include": modules, "sha256": digest, "windows": windows})
    return reader.progress


def _check_details(details: bool, modules: Sequence[str]) -> Mapping[str, str]:
    """The modules that are requested by id if the list does not return them, by their key in the record."""
    if details and not modules:
        raise ValueError("details has no effect without include: name modules, or leave it out")
    return {record_key(name): name for name in modules} if details else {}


class _Reader:
    """Reads a list window by window."""

    def __init__(
        self, calls: CallList, details: Mapping[str, str], kept: int, on_progress: OnProgress
    ) -> None:
        self._calls, self._details = calls, details
        self._pages = calls.raw_pages()
        self._on_progress = on_progress
        self._failures: Counter[str] = Counter()
        self.progress = Progress(0, 0, len(calls.windows), kept, calls.count() if details else 0)
        on_progress(self.progress)

    def copy_window(self, add: Add) -> tuple[int, int]:
        """Adds the records of the next window, all of them; returns their number, and how many lack details.

        Raises what reading a list raises.
        """
        before, failed = self.progress.calls, self._failures.total()
        for page in self._pages:
            self._add_details(page.items)
            add(page.items)
            done = page.window_total is not None
            old = self.progress
            self.progress = evolve(
                old,
                calls=old.calls + len(page.items),
                windows=old.windows + done,
                failures=dict(self._failures),
            )
            self._on_progress(self.progress)
            if done:
                break
        return self.progress.calls - before, self._failures.total() - failed

    def close(self) -> None:
        """Cancels pending requests."""
        self._pages.close()

    def _add_details(self, items: Iterable[Any]) -> None:
        keys = self._details
        left: dict[int, dict[str, Any]] = {}
        for item in items:
            if isinstance(item, dict) and not item.keys() >= keys.keys():
                record = cast("dict[str, Any]", item)
                if (call_id := call_id_of(record)) is None:
                    self._failures["no id"] += 1
                else:
                    left[call_id] = record
        if not left:
            return
        names = [name for key, name in keys.items() if any(key not in record for record in left.values())]
        with contextlib.closing(self._calls.details(left, names)) as outcomes:
            for outcome in outcomes:
                if isinstance(outcome.error, AuthenticationError | ConfigurationError):
                    raise outcome.error  # all other calls would fail with it, too
                if outcome.call is None:
                    self._failures[type(outcome.error).__name__] += 1
                    continue
                record, found = left[outcome.call_id], outcome.call.to_dict()
                record.update({key: found[key] for key in keys.keys() & found.keys() - record.keys()})
