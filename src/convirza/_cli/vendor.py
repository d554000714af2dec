"""`convirza vendor`: copies the client, and optionally the library, into another project.

`convirza._vendor.files` decides what a copy contains, `convirza._vendor.swap` puts it in place. This module
compares the files listed in VENDORED.toml, the files present, and the files that this version would write.
"""

import contextlib
import importlib
import os
import stat
import tomllib
from collections.abc import Generator, Iterator
from importlib import metadata
from pathlib import Path
from typing import Final, Self

from attrs import frozen

from convirza._cli.exits import ExitCode, Failure
from convirza._vendor.files import (
    CLIENT,
    INIT,
    LIBRARY,
    RECORD,
    Record,
    copied_files,
    is_package_name,
    sha256,
)
from convirza._vendor.swap import clear, is_interrupted, locked, swap

__all__ = ["vendor"]

_MOST_NAMES: Final = 10
_EXAMPLE: Final = "pass one, such as myapp/_vendor"
_ADVICE: Final = "back up these files, then pass --force"
_INIT_CONTENT: Final = b'"""Copies made by `convirza vendor`."""\n'
# Folders with these are on sys.path, not in a package.
_PROJECT_FILES: Final = (".git", "pyproject.toml", "setup.cfg", "setup.py")


def vendor(
    destination: str,
    *,
    library: bool | None = None,
    package: str | None = None,
    check: bool = False,
    force: bool = False,
) -> tuple[ExitCode, list[str]]:
    """Writes a copy into the folder `destination`, or checks it; returns the exit code and lines to print.

    `library` and `package` default to those of the existing copy; for a new copy, to the client alone with
    relative imports. With `check` nothing is written, and each line is a finding. Raises `Failure`.
    """
    if check and force:
        raise Failure(ExitCode.USAGE, "--check writes nothing", "leave out --force, or --check")
    if package and not is_package_name(package):
        what = f"--package {package!r} is not the name of a package"
        raise Failure(ExitCode.USAGE, what, "write it as in an import, such as myapp._vendor")
    if not destination or "\0" in destination:
        raise Failure(ExitCode.USAGE, f"DEST {destination!r} is not a folder", _EXAMPLE)
    folder = Path(destination)
    try:
        if os.path.lexists(folder) and not folder.is_dir():
            raise Failure(ExitCode.USAGE, f"{_shown(folder)} is not a folder", _EXAMPLE)
        if check:
            return _check(folder, library, package)
        with _made(folder), locked(folder):
            return ExitCode.DONE, list(_write(folder, library, package, force))
    except BlockingIOError:
        what = f"another convirza vendor is running in {_shown(folder)}"
        raise Failure(ExitCode.USAGE, what, "try again when it is done") from None
    except metadata.PackageNotFoundError:
        what = "this convirza is not installed, so it has no version"
        raise Failure(ExitCode.USAGE, what, "pip install 'convirza[cli]'") from None
    except OSError as error:
        place = _shown(Path(error.filename) if error.filename else folder)
        what = f"cannot {'read' if check else 'write'} {place} ({error.strerror})"
        raise Failure(ExitCode.USAGE, what, "check its permissions and the free space") from None


@contextlib.contextmanager
def _made(folder: Path) -> Generator[None]:
    """Creates the folder if it is missing; removes it again on failure."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for path in missing:
            with contextlib.suppress(OSError):
                path.rmdir()
        raise


@frozen
class _Copy:
    """The copy in a folder: the recorded files, the present ones, and those that this version would write."""

    folder: Path
    record: bytes
    """VENDORED.toml; empty if there is none."""
    old: Record | None
    """Its content; None if it is missing or invalid."""
    flaw: str
    """Why it is invalid."""
    new: Record
    files: dict[str, bytes]
    folders: list[str]
    """The top-level packages of the copy."""
    present: dict[str, str]
    """SHA-256 of the files in them; empty for anything but a regular file."""

    @classmethod
    def read(cls, folder: Path, library: bool | None, package: str | None) -> Self:
        """Options that are None keep their values of the existing copy."""
        _refuse_link(folder / RECORD)
        record, old, flaw = b"", None, ""
        if os.path.lexists(folder / RECORD):
            if not stat.S_ISREG((folder / RECORD).lstat().st_mode):  # reading a pipe would never end
                what = f"{_shown(folder / RECORD)} is not a regular file"
                raise Failure(ExitCode.USAGE, what, "remove it, or pass another folder")
            record = (folder / RECORD).read_bytes()
            try:
                old = Record.load(tomllib.loads(record.decode()))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
                flaw = "not TOML"
            except ValueError as error:
                flaw = str(error)
        if library is None:
            library = old is not None and old.library
        if package is None:
            package = old.package if old else ""
        files = copied_files(library=library, package=package)
        new = Record.of(files, library=library, package=package)
        both = {*files, *(old.files if old else ())}
        folders = [name for name in (CLIENT, LIBRARY) if any(file.startswith(f"{name}/") for file in both)]
        for name in folders:
            _refuse_link(folder / name)
        present = {file: digest for name in folders for file, digest in _present(folder / name, name)}
        return cls(folder, record, old, flaw, new, files, folders, present)

    def findings(self) -> dict[str, str]:
        """By path, how the copy differs from its record, or from what this version would write."""
        written = self.old.files if self.old else {}
        found = {RECORD: self._outdated()}
        for file in sorted({*written, *self.present}):
            if file not in self.present:
                found[file] = "missing"
            elif file not in written:
                found[file] = "unexpected: not part of the copy"
            elif self.present[file] != written[file]:
                found[file] = "edited manually"
        return {file: finding for file, finding in found.items() if finding}

    def would_be_lost(self) -> list[str]:
        """The files that an update would overwrite or remove, and that could not be restored."""
        kept = self.new.files
        found = self.findings()
        return [file for file in found if file in self.present and self.present[file] != kept.get(file)]

    def _outdated(self) -> str:
        old, new = self.old, self.new
        if not self.record:
            return "missing: nothing was vendored here, or its record is lost"
        if old is None:
            return f"invalid ({self.flaw}): restore it, as from git"
        if old.version != new.version:
            return f"outdated: written by convirza {old.version}, installed is {new.version}"
        if old.document != new.document:
            return "outdated: made from another document than the installed client"
        if (old.library, old.package) != (new.library, new.package):
            return "outdated: written with another --library or --package"
        if old.files != new.files:
            return f"outdated: the installed convirza {new.version} writes other files"
        return "" if self.record == new.dump() else "edited manually"


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        what = f"{_shown(path)} is a symbolic link"
        raise Failure(ExitCode.USAGE, what, "remove it: a copy contains only files and folders")


def _present(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """The files at a path and below, and their SHA-256; without __pycache__."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISDIR(mode):
        for child in sorted(path.iterdir()):
            if child.name != "__pycache__":
                yield from _present(child, f"{name}/{child.name}")
    else:  # links are not followed, pipes not opened
        yield name, sha256(path.read_bytes()) if stat.S_ISREG(mode) else ""


def _check(folder: Path, library: bool | None, package: str | None) -> tuple[ExitCode, list[str]]:
    place = _shown(folder)
    if is_interrupted(folder):
        return ExitCode.UNUSABLE, [f"{place}: an update was interrupted: run convirza vendor {place} again"]
    copy = _Copy.read(folder, library, package)
    findings = [f"{_shown(folder / file)}: {finding}" for file, finding in copy.findings().items()]
    if findings:
        return ExitCode.UNUSABLE, findings
    return ExitCode.DONE, [f"{place}: as convirza {copy.new.version} writes it, {len(copy.files)} files"]


def _write(folder: Path, library: bool | None, package: str | None, force: bool) -> Iterator[str]:
    """Writes the copy; yields lines about what was done."""
    place = _shown(folder)
    try:
        clear(folder)
    except ValueError as error:
        advice = "move it elsewhere: an update needs that folder"
        raise Failure(ExitCode.UNUSABLE, f"in {place}, {error}", advice) from None
    copy = _Copy.read(folder, library, package)
    for name in copy.folders:
        installed = importlib.import_module(name).__file__
        if installed and Path(installed).parent == (folder / name).resolve():
            raise Failure(ExitCode.USAGE, f"{place} is where convirza is installed", "pass another folder")
    lost = copy.would_be_lost()
    if not force:
        _refuse(copy, lost)
    if not copy.findings():
        yield f"{place} is up to date: convirza {copy.new.version}, {len(copy.files)} files"
        return
    files = {**copy.files, RECORD: copy.new.dump()}
    if _needs_init(folder):
        files[INIT] = _INIT_CONTENT
        yield f"wrote {_shown(folder / INIT)}, to make it a package"
    swap(folder, files, copy.folders, last=RECORD)
    folders = [name for name in copy.folders if f"{name}/__init__.py" in copy.files]
    yield f"wrote {len(copy.files)} files of convirza {copy.new.version} to {place}: {', '.join(folders)}"
    was = copy.old.files if copy.old else {}
    gone = sorted({*was, *lost} - {*copy.files})
    if gone:
        yield f"removed {_some(gone)}"
    replaced = [file for file in lost if file in copy.files]
    if replaced:
        yield f"overwrote manual edits: {_some(replaced)}"
    yield f"commit them and {RECORD}: git add {place}"


def _needs_init(folder: Path) -> bool:
    """Whether it lacks what makes it a package; not for the root of a project or of its sources."""
    name = folder.resolve().name
    if os.path.lexists(folder / INIT) or name == "src" or not is_package_name(name) or "." in name:
        return False
    return not any(os.path.lexists(folder / file) for file in _PROJECT_FILES)


def _refuse(copy: _Copy, lost: list[str]) -> None:
    """Raises `Failure` if files would be lost."""
    place = _shown(copy.folder)
    if copy.record and copy.old is None:
        advice = "restore it, as from git, or pass --force"
        raise Failure(ExitCode.UNUSABLE, f"{_shown(copy.folder / RECORD)} is invalid ({copy.flaw})", advice)
    if lost and copy.old is None:
        names = dict.fromkeys(file.partition("/")[0] for file in lost)
        what = f"{' and '.join(names)} in {place} was not made by convirza vendor ({RECORD} is missing)"
        raise Failure(ExitCode.UNUSABLE, what, _ADVICE)
    if lost:
        raise Failure(ExitCode.UNUSABLE, f"edited manually or unknown, in {place}: {_some(lost)}", _ADVICE)


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def _shown(path: Path) -> str:
    """A path for messages: relative to the current folder if below it, in one line."""
    absolute = Path(os.path.abspath(path))
    here = Path.cwd()
    text = str(absolute.relative_to(here) if absolute.is_relative_to(here) else path)
    return text if text.isprintable() else ascii(text)
