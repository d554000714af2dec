"""Downloads audio: streamed to a partial file, resumed after a break, checked, and renamed when complete.

Redirects are followed, at most five and under the rules of the first URL, because a signed URL may lead to
the storage behind it; no credentials are sent to any of them.
"""

import contextlib
import json
import os
import re
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Final

import httpx

from convirza._core.attempts import Options
from convirza._core.body import BodyError
from convirza._core.clock import Clock
from convirza._core.effects import Failure, Flow, Reply, Request, Send, Sleep
from convirza._core.errors import APIStatusError, ConnectionError, ConvirzaError, ResponseError, status_error
from convirza._core.locked_files import PART, open_locked, open_regular
from convirza._core.logging import log_attempt
from convirza._core.network import is_public
from convirza._core.responses import read_failure
from convirza._core.retry import is_retryable, retry_after, retry_delay

HEAD: Final = 16
"""Bytes at the start of a file that show its type."""
_OVERLAP: Final = 4096
"""Bytes that are requested again when a download is resumed: they show whether it is the same file."""
_LARGEST: Final = 2**31
"""Bytes: a day of audio at 128 kb/s is 1.4 GB."""
_MOST_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_STRONG_ETAG: Final = re.compile('"[!#-~]*"')
_PATH: Final = "recording_details.url"

_TYPES: Final = {
    "wav": rb"(RIFF|RF64)....WAVE",
    # ADTS has layer 0, so it comes before mp3. UTF-16 text begins with FF FE, which would be layer 1.
    "aac": rb"\xff[\xf0\xf1\xf8\xf9]",
    "mp3": rb"ID3|\xff[\xe2-\xe5\xf2-\xf5\xfa-\xfd]",
    "ogg": rb"OggS",
    "flac": rb"fLaC",
    "m4a": rb"....ftyp",
    "aiff": rb"FORM....AIF[FC]",
    "amr": rb"#!AMR",
    "webm": rb"\x1a\x45\xdf\xa3",
}


def audio_type(head: bytes) -> str | None:
    """The file name extension for the first bytes of a file; None if they are not audio."""
    return next((kind for kind, start in _TYPES.items() if re.match(start, head, re.DOTALL)), None)


class PartialFile:
    """The received part, in `.NAME.convirza-part`, and its URL and ETag, in `.NAME.convirza-part.json`.

    It is the `Sink` of the requests. It can only be resumed with a strong ETag, which is sent as If-Range.
    """

    def __init__(
        self, folder: Path, name: str, key: str, *, quiet: float, stopped: Callable[[], bool]
    ) -> None:
        """`key` identifies the content. Raises OSError; BlockingIOError if another process writes it."""
        self.quiet = quiet
        self.kind: str | None = None
        """The extension for its type, once it is known."""
        self.refused = ""
        """Why a retry cannot help."""
        self.disk_error: OSError | None = None
        self._stopped = stopped
        self._key = key
        self._path, self._notes = (folder / f".{name}{PART}{end}" for end in ("", ".json"))
        self._file = open_locked(self._path)
        self._size = self._start = 0
        self._overlap = b""
        self._etag: str | None = None
        self._total: int | None = None
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
            with open_regular(self._notes) as notes:
                found = json.load(notes)
            if found["key"] == key and _STRONG_ETAG.fullmatch(found["etag"]):
                self._etag, self._total = found["etag"], found["total"]

    def headers(self) -> dict[str, str]:
        """The headers of the next request, which request the rest of the file."""
        self._size = self._file.seek(0, os.SEEK_END)
        self._start = max(0, self._size - _OVERLAP)
        if not self._start or self._etag is None:
            self._start = 0
            return {}
        return {"range": f"bytes={self._start}-", "if-range": self._etag}

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        """See `Sink`."""
        if status not in (200, 206):
            return False
        if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise self._refuse("it is compressed, although no compression was requested")
        with self._on_disk():
            if status == 206:
                self._begin_rest(headers)
            else:
                self._begin_whole(headers)
        return True

    def _begin_rest(self, headers: Mapping[str, str]) -> None:
        found = re.fullmatch(
            r"bytes ([0-9]{1,15})-[0-9]{1,15}/([0-9]{1,15})", headers.get("content-range", "")
        )
        start, total = map(int, found.groups()) if found else (0, 0)
        other = headers.get("etag") != self._etag or self._total not in (None, total)
        if not self._start or start != self._start or other:
            raise self._restart("it is another part of the file, or of another file")
        self._total = total
        self._file.seek(0)
        self.kind = audio_type(self._file.read(HEAD))
        self._file.seek(start)
        self._overlap = self._file.read(_OVERLAP)

    def _begin_whole(self, headers: Mapping[str, str]) -> None:
        length, etag = headers.get("content-length", ""), headers.get("etag", "")
        self.start_anew()
        self._total = int(length) if re.fullmatch("[0-9]{1,15}", length) else None
        if self._total is None and "chunked" not in headers.get("transfer-encoding", "").lower():
            raise self._refuse("its length is unknown, so an incomplete file would not be noticed")
        self._etag = etag if _STRONG_ETAG.fullmatch(etag) else None
        self._notes.unlink(missing_ok=True)  # writing to a pipe would block
        self._notes.write_text(json.dumps({"key": self._key, "etag": self._etag, "total": self._total}))

    def add(self, part: bytes) -> None:
        """See `Sink`."""
        if self._stopped():
            raise BodyError("the consumer stopped iterating")
        known = min(len(part), len(self._overlap))
        if part[:known] != self._overlap[:known]:
            raise self._restart("it is not the rest of what was received before")
        self._overlap = self._overlap[known:]
        self._size += len(part) - known
        if max(self._size, self._total or 0) > _LARGEST:
            raise self._refuse("it is larger than 2 GiB")
        if self._total is not None and self._size > self._total:
            raise self._restart("it is longer than its length")
        with self._on_disk():
            rest = memoryview(part)[known:]
            while rest:
                rest = rest[self._file.write(rest) :]
        if self.kind is None and self._size >= HEAD:
            self._check_type()

    def content(self) -> bytes:
        """See `Sink`."""
        if self._overlap or self._total not in (None, self._size):
            raise BodyError("it is incomplete")
        if self.kind is None:
            self._check_type()
        return b""

    def finish(self, target: Path) -> None:
        """Renames the complete file. Raises OSError."""
        os.fsync(self._file.fileno())
        if os.name == "nt":
            self._file.close()  # Windows cannot rename an open file
        os.replace(self._path, target)
        self._notes.unlink(missing_ok=True)

    def close(self) -> None:
        """Removes the files if they are of no use later."""
        with contextlib.suppress(OSError):
            if not self._size or self.refused:
                self._path.unlink(missing_ok=True)
                self._notes.unlink(missing_ok=True)
        self._file.close()

    def start_anew(self) -> None:
        """Drops what was received."""
        with self._on_disk():
            self._file.truncate(0)
            self._file.seek(0)
        self._size, self._overlap, self.kind, self._etag = 0, b"", None, None

    def _check_type(self) -> None:
        with self._on_disk():
            self._file.seek(0)
            head = self._file.read(HEAD)
            self._file.seek(0, os.SEEK_END)
        self.kind = audio_type(head)
        if self.kind is None:
            start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
            looks = {b"<": "HTML or XML", b"{": "JSON", b"[": "JSON", b"": "empty"}.get(
                start, "of unknown type"
            )
            raise self._refuse(f"it is {looks}, not audio")

    def _restart(self, reason: str) -> BodyError:
        self.start_anew()
        return BodyError(reason)

    def _refuse(self, reason: str) -> BodyError:
        self.refused = reason
        return BodyError(reason)

    @contextlib.contextmanager
    def _on_disk(self) -> Generator[None]:
        """An error of the disk, as opposed to one of the network."""
        try:
            yield
        except OSError as error:
            self.disk_error = error
            raise BodyError("it cannot be written") from None


def download(
    url: str, part: PartialFile, *, base_url: str, options: Options, clock: Clock
) -> Flow[ConvirzaError | None]:
    """Fills the partial file; returns the error of the last attempt. Raises the OSError of a full disk."""
    begun, sent = clock.monotonic(), 0
    while True:
        sent += 1
        outcome = yield from _attempt(url, part, base_url, options, clock, begun + options.deadline, sent)
        now = clock.monotonic()
        if part.disk_error is not None:
            raise part.disk_error
        error = outcome if isinstance(outcome, ConvirzaError | None) else _refusal(outcome, clock.time())
        if error is None:
            return None
        error.method, error.path, error.attempts, error.elapsed = "GET", _PATH, sent, now - begun
        if error.status_code == 416:
            part.start_anew()
        elif not is_retryable(error):
            return error
        pause = retry_delay(sent, error.retry_after if isinstance(error, APIStatusError) else None)
        if sent > options.max_retries or now + pause >= begun + options.deadline:
            return error
        yield Sleep(pause)


def _attempt(
    url: str, part: PartialFile, base_url: str, options: Options, clock: Clock, end: float, number: int
) -> Flow[Reply | ConvirzaError | None]:
    # Not the headers of the options, which may hold secrets for the API.
    agent = {name: value for name, value in options.headers.items() if name == "user-agent"}
    headers = {"accept": "audio/*, */*;q=0.5", "accept-encoding": "identity", **agent, **part.headers()}
    location = url
    for _ in range(_MOST_REDIRECTS + 1):
        if (checked := _check(url, location, base_url)) is None:
            return _unusable("its address is not https, or leads into a private network")
        parsed, public = checked
        url = str(parsed)
        request = Request("GET", url, _PATH, headers, public=public)
        begun = clock.monotonic()
        outcome: Reply | Failure = Failure("timeout")
        if end > begun:
            outcome = yield Send(request, end - begun, part)
        now = clock.monotonic()
        what = outcome.kind if isinstance(outcome, Failure) else outcome.status_code
        log_attempt(request, what, number, now - begun, None)
        if isinstance(outcome, Failure):
            late = now >= end or options.timeout > end - begun
            limit = f"deadline of {options.deadline:g} s" if late else f"timeout of {options.timeout:g} s"
            return _failure(outcome, part, parsed.host, limit)
        if outcome.status_code in (200, 206):
            return None
        if outcome.status_code not in _REDIRECTS or "location" not in outcome.headers:
            return outcome
        location = outcome.headers["location"]
    return _unusable("there are too many redirects")


def _check(url: str, location: str, base_url: str) -> tuple[httpx.URL, bool] | None:
    """The URL, and whether its host must have public addresses; None if the URL is refused.

    The host of the base URL is the user's choice, such as a fake on this machine, and may be private. Names
    of other hosts are checked when a connection is opened.
    """
    try:
        found, base = httpx.URL(url).join(location), httpx.URL(base_url)
    except (httpx.InvalidURL, ValueError):
        return None
    own = found.host == base.host
    if found.userinfo or not found.host or found.scheme not in ("https", base.scheme if own else "https"):
        return None
    with contextlib.suppress(ValueError, OSError):  # a name
        if not own and not is_public(found.host):
            return None
    return found, not own


def _failure(failure: Failure, part: PartialFile, host: str, limit: str) -> ConvirzaError:
    if part.refused:
        return _unusable(part.refused)
    if failure.kind == "body":
        return ConnectionError(f"the recording was not received completely ({failure.detail}): try again")
    if failure.detail == "PrivateAddress":
        return _unusable("its address leads into a private network")
    return read_failure(failure, host=host, limit=limit)


def _unusable(reason: str) -> ResponseError:
    error = ResponseError(f"the recording cannot be used ({reason}): get the call again, or skip it")
    error.status_code = 200
    return error


def _refusal(reply: Reply, now: float) -> APIStatusError:
    """The error of a status; most have another meaning here than for the API."""
    status = reply.status_code
    error = status_error(status, retry_after(reply.headers, now))
    if status == 410:
        error.args = ("the address of the recording has expired (410): get the call again",)
    elif status < 500 and status != 429:
        error = APIStatusError(f"the recording is refused (status {status}): get the call again, or skip it")
        error.status_code = status
    return error
