"""Puts new folders and files in the place of old ones.

Everything is written and synced in a work folder beside the old, `.convirza-vendor`, so that each folder
is replaced by a rename. VENDORED.toml comes last. A failure is undone; after a kill between two renames
`--check` reports that, and the next run writes the copy again.
"""

import contextlib
import os
import shutil
import stat
import sys
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Final

__all__ = ["clear", "is_interrupted", "locked", "swap"]

_WORK: Final = ".convirza-vendor"
_MARK: Final = "made-by-convirza-vendor"  # the first file in the work folder: no other folder has it


def swap(folder: Path, files: dict[str, bytes], folders: Iterable[str], last: str) -> None:
    """Writes `files`, contents by path with slashes, in the place of `folders`; the file `last` comes last.

    Those of `folders` that no file is in are removed. Call `clear` before. Raises OSError, and undoes it all.
    """
    work = folder / _WORK
    new = dict.fromkeys(name.partition("/")[0] for name in files if name != last)
    work.mkdir()
    moved: list[tuple[Path, Path]] = []
    try:
        (work / _MARK).touch()
        (work / "old").mkdir()
        for name, content in files.items():
            _write(work / "new" / name, content)
        for parent, _, _ in os.walk(work):
            Path(parent).chmod(0o755)  # whatever the umask
            _sync(Path(parent))
        moves = [(folder / name, work / "old" / name) for name in folders if os.path.lexists(folder / name)]
        moves += [(work / "new" / name, folder / name) for name in new]
        for source, target in moves:
            moved.append((source, target))
            source.rename(target)
        (work / "new" / last).replace(folder / last)
        _sync(folder)
    except BaseException:
        if os.path.lexists(work / "new" / last):  # else only the sync is missing
            for source, target in reversed(moved):
                if not os.path.lexists(source):
                    target.rename(source)
        raise
    finally:
        with contextlib.suppress(OSError):
            _remove(work)


def is_interrupted(folder: Path) -> bool:
    """Whether a run that was killed left its work folder."""
    return os.path.lexists(folder / _WORK / _MARK)


def clear(folder: Path) -> None:
    """Removes what a run that was killed left. Raises ValueError for a folder without its mark."""
    work = folder / _WORK
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISDIR(work.lstat().st_mode) or not (is_interrupted(folder) or not any(work.iterdir())):
            raise ValueError(f"{_WORK} was not made by convirza vendor")
        _remove(work)


def _remove(work: Path) -> None:
    for path in work.iterdir():
        if path.name != _MARK:  # removed last: until then the folder is known as ours
            shutil.rmtree(path)
    shutil.rmtree(work)


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
    """Locks out other processes that update the copy. Raises BlockingIOError if one holds the lock."""
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
