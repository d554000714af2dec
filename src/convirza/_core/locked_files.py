"""Regular files only: read without waiting for a pipe, or written by one process at a time."""

import contextlib
import errno
import io
import os
import stat
from pathlib import Path
from typing import BinaryIO, Final, cast

try:
    import fcntl
except ImportError:  # on Windows, two writers of one file are not detected
    fcntl = None  # type: ignore[assignment]

PART: Final = ".convirza-part"
"""The end of the name of a file that is not complete."""


def open_regular(path: "str | os.PathLike[str]") -> io.BufferedReader:
    """Opens a file to read it. Raises OSError for a pipe or a device, which may never end."""
    # Without O_NONBLOCK, opening a named pipe would block.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    file = open(os.open(path, flags), "rb")  # noqa: SIM115 (returned)
    try:
        _check_regular(file, path)
    except OSError:
        file.close()
        raise
    return file


def open_locked(path: Path) -> BinaryIO:
    """Opens a file, which is created if needed and locked until it is closed, unbuffered.

    Raises BlockingIOError if another process has locked it.
    """
    while True:
        file = _LockedFile(path)
        try:
            _check_regular(file, path)
            if fcntl is None:
                return cast("BinaryIO", file)
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The process that held the lock may have renamed the file since.
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                    return cast("BinaryIO", file)
        except BaseException:
            file.close()
            raise
        file.close()


class _LockedFile(io.FileIO):
    def __init__(self, path: Path) -> None:
        super().__init__(path, "r+b", opener=_create)
        self._pid = os.getpid()

    def close(self) -> None:
        # A child process that was forked meanwhile has it open too, and would keep it locked.
        if fcntl is not None and not self.closed and self._pid == os.getpid():
            fcntl.flock(self, fcntl.LOCK_UN)
        super().close()


def _create(name: str, flags: int) -> int:
    flags |= os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    return os.open(name, flags, 0o600)


def _check_regular(file: io.IOBase, path: "str | os.PathLike[str]") -> None:
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        raise OSError(errno.EINVAL, "not a regular file", os.fspath(path))
