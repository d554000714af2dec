"""`calls.download_recording` and `calls.download_recordings`: from a call to the file of its recording."""

import contextlib
import functools
import os
import re
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final, TypeAlias

from attrs import evolve, frozen

from convirza._core.attempts import Core, Options, Pace
from convirza._core.effects import Flow, Wait, Work
from convirza._core.errors import ConvirzaError, NoRecordingError, RecordingExpiredError, ResponseError
from convirza._core.locked_files import open_regular
from convirza._core.validation import check_id
from convirza._generated import UNSET, Call
from convirza._resources.call_arguments import override
from convirza._resources.call_records import get_call_by_id
from convirza._resources.download import HEAD, PartialFile, audio_type, download

PathLike: TypeAlias = str | os.PathLike[str]

_MODULES: Final = ["recordings"]
DOWNLOAD_DEADLINE: Final = 600.0
"""Seconds for a download, unless the client allows more: a recording of 40 minutes is 39 MB."""
_SOON: Final = 60
"""Seconds: a URL that expires earlier is replaced before it is used."""


@frozen
class RecordingOutcome:
    """The result for one call: `path` or `error`; the other is None."""

    call_id: Any
    """The id as it was passed."""
    path: Path | None = None
    error: Exception | None = None
    """A `ConvirzaError`, such as `NoRecordingError`, or the `ValueError` of an invalid id."""
    present: bool = False
    """Whether the file existed before."""

    def unwrap(self) -> Path:
        """The path. Raises the error if there is none."""
        if self.path is None:
            raise self.error or ValueError("the outcome has neither a path nor an error")
        return self.path


class Downloads:
    """Downloads the recordings of many calls into one folder."""

    def __init__(self, core: Core, folder: PathLike, options: Options, pace: Pace) -> None:
        """Creates the folder. Raises OSError."""
        self._core = core
        self._folder = Path(folder)
        self._options = options
        self._pace = pace
        self._present: dict[str, Path] = {}
        self._under_way: dict[int, Future[None]] = {}
        self._folder.mkdir(0o700, parents=True, exist_ok=True)
        for path in self._folder.iterdir():
            if re.fullmatch(r"[0-9]+-[0-9a-z]+\.[0-9a-z]+", path.name):
                self._note(path)

    def download(self, item: Any, stopped: Callable[[], bool]) -> Flow[RecordingOutcome]:
        """The flow for an id or a call, as `Many` runs it."""
        given = item.call_id if isinstance(item, Call) else item
        try:
            call_id = check_id(given)
        except ValueError as error:
            return RecordingOutcome(given, error=error.with_traceback(None))
        mine: Future[None] = Future()
        mine.set_running_or_notify_cancel()
        while (other := self._under_way.setdefault(call_id, mine)) is not mine:  # the id was passed twice
            yield Wait(other, self._options.deadline)
        try:
            if (there := self._find(item, call_id)) is not None:
                return RecordingOutcome(given, there, present=True)
            result = yield from fetch(self._core, item, self._folder, self._options, self._pace, stopped)
            if isinstance(result, ConvirzaError):
                return RecordingOutcome(given, error=result)
            self._note(result)
            return RecordingOutcome(given, result)
        finally:
            del self._under_way[call_id]
            mine.set_result(None)

    def _note(self, path: Path) -> None:
        self._present[path.stem] = self._present[path.stem.partition("-")[0]] = path

    def _find(self, item: Any, call_id: int) -> Path | None:
        """The file of a call. It is complete, because only complete files get such a name.

        The first bytes are checked nevertheless: another program may have written it.
        """
        details = item.recording_details if isinstance(item, Call) else None
        path = self._present.get(_stem(call_id, details) if details else str(call_id))
        if path is not None:
            with contextlib.suppress(OSError), open_regular(path) as file:
                if audio_type(file.read(HEAD)) == path.suffix[1:]:
                    return path
        return None


def download_options(
    defaults: Options,
    timeout: float | None,
    deadline: float | None,
    headers: Mapping[str, str] | None,
    max_retries: int | None,
) -> Options:
    """Those of the client, with a deadline for large files."""
    longer = evolve(defaults, deadline=max(defaults.deadline, DOWNLOAD_DEADLINE))
    return override(longer, timeout, deadline, headers, max_retries)


def fetch(
    core: Core,
    item: Any,
    path: Path,
    options: Options,
    pace: Pace | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Flow[Path | ConvirzaError]:
    """Downloads to a file, or into a folder. Raises ValueError for an invalid id, OSError for a full disk."""
    call = item if isinstance(item, Call) else None
    call_id = check_id(item if call is None else call.call_id)
    is_folder = path.is_dir()
    fresh, renewable = False, True
    while True:
        if call is None or (call.recording_details is UNSET and not fresh):
            response = yield from core.run(get_call_by_id(call_id, _MODULES), options, pace)
            if isinstance(response, ConvirzaError):
                return response
            call, fresh = response.parsed, True
        details = call.recording_details
        if not details or not details.url:
            return _no_recording(call)
        soon = core.clock.time() + _SOON
        if not fresh and details.expires_at and details.expires_at < soon:
            call, renewable = None, False
            continue
        stem = _stem(call_id, details)
        folder, name = (path, stem) if is_folder else (path.parent, path.name)
        try:
            part = PartialFile(folder, name, stem, quiet=options.timeout, stopped=stopped)
        except BlockingIOError:
            return ConvirzaError("another process downloads this recording: wait until it has ended")
        with contextlib.closing(part):
            error = yield from download(
                details.url, part, base_url=core.base_url, options=options, clock=core.clock
            )
            if error is None:
                target = path / f"{stem}.{part.kind}" if is_folder else path
                yield Work(functools.partial(part.finish, target))
                return target
        if not (renewable and isinstance(error, RecordingExpiredError)):
            error.ids = {"call_id": call_id}
            return error
        call, renewable = None, False


def _stem(call_id: int, details: Any) -> str:
    """The name of the file without its extension; never a name from the API."""
    return f"{call_id}-{details.recording_id if isinstance(details.recording_id, int) else 'unknown'}"


def _no_recording(call: Call) -> ConvirzaError:
    details = call.recording_details
    if "recording_details" in call.additional_properties or (
        details and "url" in details.additional_properties
    ):
        error: ConvirzaError = ResponseError("the call has a recording without a usable address: report it")
    else:
        error = NoRecordingError("the call has no recording: skip it, or try again later if it is recent")
    error.ids, error.status_code = {"call_id": call.call_id}, 200
    return error
