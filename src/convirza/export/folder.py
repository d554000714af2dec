"""The state of an export folder: its manifest, and the journal of a run.

`_manifest.json` is replaced at the end of a run. `.convirza-export` is locked during a run, and has a line
for each day that was written since. A day's line is written before its file is swapped: after a kill, the
line counts only if the file has its hash, and otherwise the day is read again. So a file is never
trusted if it differs from its line.
"""

import contextlib
import json
import os
from collections.abc import Generator, Iterable, Mapping
from datetime import date, datetime, timedelta
from hashlib import file_digest
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias

from attrs import define, field, frozen

from convirza._core.errors import ConfigurationError
from convirza._core.locked_files import PART, open_locked, open_regular
from convirza._core.windows import Window
from convirza.export.columns import format_time
from convirza.export.files import in_use, replace_file
from convirza.export.windows import DAY

Day: TypeAlias = dict[str, Any]
"""The state of a day: the period that was read, when, and the file."""

MANIFEST: Final = "_manifest.json"
"""The underscore, because Arrow and Spark read all files of a folder whose names have none."""
_JOURNAL: Final = ".convirza-export"
_VERSION: Final = 1


@define
class Folder:
    """A folder that is locked by this process."""

    path: Path
    _journal: BinaryIO
    made_with: dict[str, Any] | None = None
    """The settings that decide what the files contain; None for a new folder."""
    days: dict[str, Day] = field(factory=dict[str, Day])
    """By date."""
    run: dict[str, Any] | None = None
    """The run that was interrupted: when it began and the end of its period."""

    def check(self, made_with: Mapping[str, Any]) -> None:
        """Raises ConfigurationError if the days were written with other settings."""
        before = self.made_with if self.days and self.made_with else made_with
        for name, value in made_with.items():
            if before.get(name) == value:
                continue
            shown = ""
            if name == "include":
                named = ", ".join(before.get(name, ())) or "none"
                shown = f" ({named}), and a day that is read again would lose a part"
            raise ConfigurationError(
                f"the days in {self.path} were exported with another {name}{shown}: "
                f"use the same {name}, or another folder"
            )

    def is_done(self, window: Window, now: datetime, lookback: timedelta) -> bool:
        """Whether a day need not be read: it was read late enough, or by this run before a kill."""
        day = self.days.get(date_of(window))
        if day is None or "without_details" in day or _parse(day["end"]) < window.end:
            return False
        read_at = _parse(day["read_at"])
        final = window.end == window.start + DAY and read_at >= window.end + lookback
        file = self.path / day["file"]
        return (final or read_at == now) and file.is_file() and file.stat().st_size == day["bytes"]

    def unfinished(self, before: datetime, now: datetime, lookback: timedelta) -> Iterable[Window]:
        """The days before a time that have to be read again, whatever the period of the run."""
        for name in sorted(self.days):
            start = _parse(f"{name}T00:00:00Z")
            if start < before and not self.is_done(window := Window(start, start + DAY), now, lookback):
                yield window

    def begin(self, made_with: Mapping[str, Any], now: datetime, end: datetime) -> None:
        """Notes the begin of a run in the journal."""
        self.made_with = dict(made_with)
        run = {"read_at": format_time(now), "end": format_time(end)}
        self.run = run
        for stale in self.path.glob(f"date=*/.*{PART}"):
            stale.unlink()
        self._note({"run": run, "made_with": self.made_with})

    def add(self, day: Day) -> None:
        """Notes a day, before its file is swapped."""
        self._note({"day": day})
        self.days[day["date"]] = day

    def finish(self) -> None:
        """Replaces the manifest, and empties the journal."""
        days = [self.days[date] for date in sorted(self.days)]
        manifest = {
            "version": _VERSION,
            "made_with": self.made_with,
            **(self.run or {}),
            "calls": sum(day["calls"] for day in days),
            "days": days,
        }
        replace_file(self.path / MANIFEST, json.dumps(manifest, indent=1).encode() + b"\n")
        self._journal.truncate(0)
        self.run = None

    def _note(self, line: dict[str, Any]) -> None:
        self._journal.seek(0, os.SEEK_END)
        # The last line of a killed run may be incomplete.
        self._journal.write(b"\n" + json.dumps(line).encode() + b"\n")
        os.fsync(self._journal.fileno())

    def load(self) -> None:
        """Reads manifest and journal."""
        with contextlib.suppress(FileNotFoundError):
            try:
                with open_regular(self.path / MANIFEST) as file:
                    manifest = json.load(file)
                self.made_with = dict(manifest["made_with"])
                self.days = {day["date"]: day for day in manifest["days"]}
            except (ValueError, TypeError, KeyError, RecursionError):
                what = f"{self.path / MANIFEST} is not a manifest of this version"
                raise ConfigurationError(f"{what}: remove it, and all days are exported again") from None
        noted: dict[str, Day] = {}
        self._journal.seek(0)
        for line in self._journal.read().splitlines():
            with contextlib.suppress(ValueError, TypeError, KeyError, RecursionError):
                note = json.loads(line)
                if "day" in note:
                    noted[note["day"]["date"]] = note["day"]
                else:
                    self.run, self.made_with = note["run"], note["made_with"]
        for name, day in noted.items():
            self.days.pop(name, None)
            if not damage(self.path / day["file"], day):
                self.days[name] = day


@contextlib.contextmanager
def open_folder(path: Path) -> Generator[Folder]:
    """Locks a folder, and reads its state. Raises ConfigurationError if another process writes it."""
    try:
        journal = open_locked(path / _JOURNAL)
    except BlockingIOError:
        raise in_use(path) from None
    with journal:
        folder = Folder(path, journal)
        folder.load()
        yield folder


def date_of(window: Window) -> str:
    """The name of the day of a window."""
    return f"{window.start:%Y-%m-%d}"


def damage(path: Path, known: Mapping[str, Any]) -> str | None:
    """What is wrong with a file."""
    try:
        with open_regular(path) as file:
            digest = file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return None if digest == known["sha256"] else "differs from the manifest"


@frozen
class ExportCheck:
    """What a folder or a file has, and what is wrong with it or missing."""

    days: int
    """For a file, its windows."""
    calls: int
    problems: list[str]


def check_folder(path: str | os.PathLike[str]) -> ExportCheck:
    """Compares the files of an export folder with its manifest, and looks for missing days.

    Raises ConfigurationError if there is no manifest, or if a run is writing the folder.
    """
    path = Path(path)
    if not (path / MANIFEST).is_file():
        raise ConfigurationError(
            f"{path} has no {MANIFEST}: export to it first, or run an interrupted export again"
        )
    problems: list[str] = []
    with open_folder(path) as folder:
        if folder.run:
            problems.append("the last run was interrupted: run the export again")
        files = {day["file"] for day in folder.days.values()}
        for day in folder.days.values():
            if what := damage(path / day["file"], day):
                problems.append(f"{day['file']} {what}: export this day again")
            if missing := day.get("without_details"):
                problems.append(f"{day['file']} has {missing} calls without details: export this day again")
        known = sorted(folder.days)
        calls = sum(day["calls"] for day in folder.days.values())
        for first, second in pairwise(known):
            if folder.days[first]["end"] < f"{date.fromisoformat(first) + DAY}":
                problems.append(f"date={first} was exported before its end: export this day again")
            between = date.fromisoformat(first) + DAY
            while between < date.fromisoformat(second):
                problems.append(f"date={between} is missing: export this day")
                between += DAY
        for file in sorted(path.glob("date=*/calls.*")):
            if (name := file.relative_to(path).as_posix()) not in files:
                problems.append(f"{name} is not in the manifest: remove it, or export this day")
    return ExportCheck(len(known), calls, problems)


def write_file_manifest(path: Path, known: Mapping[str, Any]) -> None:
    """Writes the manifest of a file."""
    replace_file(_manifest_of(path), json.dumps({"version": _VERSION, **known}, indent=1).encode() + b"\n")


def check_file(path: str | os.PathLike[str]) -> ExportCheck:
    """Compares a single file with its manifest. Raises ConfigurationError if there is none."""
    path = Path(path)
    try:
        with open_regular(_manifest_of(path)) as file:
            known = json.load(file)
        windows = known["windows"]
        calls, missing = (sum(window[name] for window in windows) for name in ("calls", "without_details"))
        what = damage(path, known)
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        raise ConfigurationError(f"{path} has no {_manifest_of(path).name}: export to it first") from None
    problems = [f"{path} {what}: export it again"] if what else []
    if missing:
        problems.append(f"{path} has {missing} calls without details: export it again")
    return ExportCheck(len(windows), calls, problems)


def _manifest_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.manifest.json")


def _parse(text: str) -> datetime:
    return datetime.fromisoformat(text)
