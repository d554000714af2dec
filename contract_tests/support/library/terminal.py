"""The command as a process, and in this process on a terminal."""

import contextlib
import os
import pty
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor

import pytest

from convirza.cli import main

COMMAND = [sys.executable, "-m", "convirza"]


@contextlib.contextmanager
def started(*args: str, stdin: bytes = b"", **env: str) -> Generator["subprocess.Popen[bytes]"]:
    """The command as a process with pipes, after this was written to its stdin, which stays open."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [*COMMAND, *args], stdin=pipe, stdout=pipe, stderr=pipe, env={**os.environ, **env}
    ) as process:
        assert process.stdin
        process.stdin.write(stdin)
        process.stdin.flush()
        try:
            yield process
        finally:
            process.kill()


def on_a_terminal(*args: str, stdout: str | None = None, **env: str) -> bytes:
    """What a terminal shows of stderr, and of stdout unless that is the file of this name."""
    main_end, other_end = pty.openpty()

    def read() -> bytes:
        shown = b""
        try:
            while chunk := os.read(main_end, 65536):
                shown += chunk
        except OSError:  # how Linux reports the end of the other side
            pass
        return shown

    with ThreadPoolExecutor() as pool, pytest.MonkeyPatch.context() as patch:
        shown = pool.submit(read)
        for name, value in {"TERM": "xterm-256color", "COLUMNS": "80", **env}.items():
            patch.setenv(name, value)
        with (
            open(stdout or os.dup(other_end), "w") as out,
            open(other_end, "w") as err,
            open(os.devnull) as none,
        ):
            patch.setattr("sys.stdin", none)
            patch.setattr("sys.stdout", out)
            patch.setattr("sys.stderr", err)
            main(args)
    os.close(main_end)
    return shown.result()
