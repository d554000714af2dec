"""A file that is replaced when the new one is complete, and the formats of files."""

import contextlib
import hashlib
import io
import os
from collections.abc import Callable, Generator, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, TypeAlias, cast, get_args

import msgspec

from convirza._core.errors import ConfigurationError
from convirza._core.locked_files import PART, open_locked
from convirza.export.columns import columns
from convirza.export.pages import Values, record_type, to_cells, write_page

Format: TypeAlias = Literal["jsonl", "csv", "parquet"]


def check_format(format: str) -> Format:
    """The format; raises ConfigurationError for an unknown one, or if its package is missing."""
    if format not in get_args(Format):
        raise ConfigurationError(f"unknown format {format!r}: use one of {', '.join(get_args(Format))}")
    if format == "parquet":
        try:
            import_module("pyarrow")
        except ImportError:
            advice = "pip install 'convirza[parquet]', or use jsonl or csv"
            raise ConfigurationError(f"parquet needs pyarrow, which is not installed: {advice}") from None
    return cast("Format", format)


class Replacement:
    """The new content of a file, under a temporary name until `swap`. Readable by the owner only."""

    def __init__(self, target: Path) -> None:
        """Raises ConfigurationError if another process writes the file, or if it is a pipe or a device."""
        self._target = target = Path(os.path.realpath(target))  # a link to it stays
        if target.exists() and not target.is_file():
            raise ConfigurationError(f"{target} is not a regular file: use another name")
        self._swapped = False
        self._part = target.with_name(f".{target.name}{PART}")
        try:
            self._raw = cast("io.FileIO", open_locked(self._part))
        except BlockingIOError:
            raise in_use(target) from None
        self._raw.truncate(0)  # of a killed run
        self.file: BinaryIO = io.BufferedWriter(self._raw, 2**16)  # a page is larger, and not copied

    def seal(self) -> tuple[int, str]:
        """Writes everything to the disk; returns size and SHA-256."""
        self.file.flush()
        os.fsync(self._raw.fileno())
        self._raw.seek(0)
        return os.fstat(self._raw.fileno()).st_size, hashlib.file_digest(self._raw, "sha256").hexdigest()

    def swap(self) -> None:
        """Replaces the file."""
        if os.name == "nt":
            self.file.close()  # Windows cannot rename an open file
        os.replace(self._part, self._target)
        self._swapped = True
        sync_folder(self._target.parent)

    def close(self) -> None:
        """Removes the temporary file, if it was not swapped."""
        if not self._swapped:  # later, the name may be that of another process
            with contextlib.suppress(OSError):
                self._part.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.file.close()


def replace_file(target: Path, content: bytes) -> None:
    """Replaces a file atomically."""
    with contextlib.closing(Replacement(target)) as new:
        new.file.write(content)
        new.seal()
        new.swap()


def sync_folder(folder: Path) -> None:
    """Syncs the folder, so that a rename survives a power failure."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def in_use(path: Path) -> ConfigurationError:
    """The error if another process has the lock."""
    return ConfigurationError(f"{path} is being written by another process: wait for it, or use another name")


Add: TypeAlias = Callable[[Sequence[Any]], None]


@contextlib.contextmanager
def open_writer(format: Format, file: BinaryIO, *, urls: bool) -> Generator[Add]:
    """Yields a function that adds some calls, as the API sent them. The file is complete after the block."""
    known = columns(urls=urls)
    record = record_type(known)

    def to_lines(page: Sequence[Values]) -> bytes:
        return _encoder.encode_lines(map(record, *to_cells(page)))

    def to_csv(page: Sequence[Values]) -> bytes:
        return "".join(map(_csv_line, zip(*to_cells(page), strict=True))).encode()

    def add(items: Sequence[Any]) -> None:
        file.write(write_page(items, to_csv if format == "csv" else to_lines, urls=urls))

    if format == "parquet":
        with _open_parquet(file, urls=urls) as add_rows:
            yield add_rows
    else:
        if format == "csv":
            file.write(_csv_line(column.name for column in known).encode())
        yield add


_encoder: Final = msgspec.json.Encoder()


def _csv_line(cells: Iterable[Any]) -> str:
    return ",".join(map(_csv_cell, cells)) + "\n"


def _csv_cell(value: Any) -> str:
    # Text is always quoted: so "" is the empty text, and nothing is null, which the csv module cannot write.
    if value is None:
        return ""
    text = value if type(value) is str else _encoder.encode(value).decode()
    return '"' + text.replace('"', '""') + '"' if isinstance(value, str | list) else text


@contextlib.contextmanager
def _open_parquet(file: BinaryIO, *, urls: bool) -> Generator[Add]:
    from convirza.export.arrow import ROW_GROUP, arrow_schema, page_to_arrow

    schema = arrow_schema(urls=urls)
    table = schema.empty_table()  # of less than a row group
    pa = import_module("pyarrow")
    with import_module("pyarrow.parquet").ParquetWriter(file, schema) as writer:

        def write(rows: int) -> None:
            nonlocal table
            writer.write_table(table[:rows].combine_chunks(), row_group_size=ROW_GROUP)
            table = table[rows:]

        def add(items: Sequence[Any]) -> None:
            nonlocal table
            new = write_page(items, lambda page: page_to_arrow(page, urls=urls), urls=urls)
            table = pa.concat_tables([table, new])
            while len(table) >= ROW_GROUP:
                write(ROW_GROUP)

        yield add
        if len(table):
            write(len(table))
