"""Puts new folders and files in the place of old ones: all or nothing, whatever stops it.

All is written and synced beside the old, in `.convirza-vendor`; the file `commit` in there makes it count.
Then the old is moved away and the new moved in, by a rename each, so that old and new are never mixed. A
failure in between is undone. After a kill in between, `is_pending` is true until `finish` has done the rest.
"""

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Final

__all__ = ["finish", "is_pending", "locked", "swap"]

_WORK: Final = ".convirza-vendor"
_COMMIT: Final = "commit"


def swap(folder: Path, files: dict[str, bytes], names: Iterable[str]) -> None:
    """Replaces the entries `names` of `folder` by what `files` has of them; removes those it has nothing of.

    `files` are contents by path with slashes. Call `finish` before. Raises OSError, and the old is as it was.
    """
    work = folder / _WORK
    old = [name for name in names if os.path.lexists(folder / name)]
    new = list(dict.fromkeys(name.partition("/")[0] for name in files))
    work.mkdir()  # not in the place of something else
    try:
        (work / "old").mkdir()
        (work / "new").mkdir()
        for name, content in files.items():
            _write(work / "new" / name, content)
        for parent, _, _ in os.walk(work):
            Path(parent).chmod(0o755)  # whatever the umask
            _sync(Path(parent))
        _write(work / "commit.part", json.dumps([old, new]).encode())
        (work / "commit.part").replace(work / _COMMIT)
    except BaseException:
        _dispose(work)
        raise
    error = _move(folder, old, new)
    _dispose(work)
    if error:
        raise error


def is_pending(folder: Path) -> bool:
    """Whether a swap was stopped when the old was no longer whole, or the new not yet."""
    return not (folder / _WORK).is_symlink() and os.path.lexists(folder / _WORK / _COMMIT)


def finish(folder: Path, known: Iterable[str]) -> bool:
    """Does what is left of a swap of some of the `known` entries, if one was stopped; gives whether it was.

    Raises OSError, and may be tried again; ValueError or TypeError if the work is not of such a swap.
    """
    if not is_pending(folder):
        _dispose(folder / _WORK)  # it was stopped while it wrote
        return False
    old, new = json.loads((folder / _WORK / _COMMIT).read_bytes())
    if not {*old, *new} <= set(known):
        raise ValueError("unknown entries")
    error = _move(folder, old, new)
    if error:
        raise error
    _dispose(folder / _WORK)
    return True


def _move(folder: Path, old: list[str], new: list[str]) -> BaseException | None:
    """Moves the old away and the new in, as far as it is not done; undoes that if it fails, and gives why."""
    work = folder / _WORK
    moves = [(folder / name, work / "old" / name) for name in old]
    moves += [(work / "new" / name, folder / name) for name in new]
    tried: list[tuple[Path, Path]] = []
    try:
        _sync(work)
        for source, target in moves:
            if os.path.lexists(source) and not os.path.lexists(target):
                tried.append((source, target))
                source.rename(target)
        _sync(folder)
    except BaseException as error:
        for source, target in reversed(tried):
            if os.path.lexists(target):
                target.rename(source)
        return error
    return None


def _dispose(work: Path) -> None:
    if not work.is_symlink():
        (work / _COMMIT).unlink(missing_ok=True)  # first: from now on it counts no more
    shutil.rmtree(work, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o644)  # whatever the umask


def _sync(folder: Path) -> None:
    if os.name == "posix":  # elsewhere a folder cannot be opened
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def locked(folder: Path) -> Generator[None]:
    """Keeps other processes out that ask for the same. Raises BlockingIOError if one is in."""
    if sys.platform == "win32":  # has no such lock
        yield
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:  # a network file system without locks
            pass
        yield
    finally:
        os.close(descriptor)
