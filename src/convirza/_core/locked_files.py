"""Files that one process writes at a time."""

import contextlib
import os
from pathlib import Path
from typing import BinaryIO, Final, cast

try:
    import fcntl
except ImportError:  # on Windows, two writers of one file are not detected
    fcntl = None  # type: ignore[assignment]

PART: Final = ".convirza-part"
"""The end of the name of a file that is not whole."""


def open_locked(path: Path) -> BinaryIO:
    """Opens a file, which is created if needed and locked until it is closed, unbuffered.

    Raises BlockingIOError if another process has locked it.
    """

    def create(name: str, flags: int) -> int:
        return os.open(name, flags | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)

    while True:
        file = cast("BinaryIO", open(path, "r+b", buffering=0, opener=create))  # noqa: SIM115 (returned)
        try:
            if fcntl is None:
                return file
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The process that held the lock may have renamed the file since.
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                    return file
        except BaseException:
            file.close()
            raise
        file.close()
