"""The command as a process, on a terminal."""

import os
import pty
import subprocess
import sys

COMMAND = [sys.executable, "-m", "convirza"]


def on_a_terminal(*args: str, stdout: int | None = None, **env: str) -> bytes:
    """What a terminal shows of stderr, and of stdout if that is not passed."""
    main_end, other_end = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", **env}
    with subprocess.Popen(
        [*COMMAND, *args],
        stdin=subprocess.DEVNULL,
        stdout=other_end if stdout is None else stdout,
        stderr=other_end,
        env=environment,
    ):
        os.close(other_end)
        shown = b""
        try:
            while chunk := os.read(main_end, 65536):
                shown += chunk
        except OSError:  # how Linux reports the end of the other side
            pass
    os.close(main_end)
    return shown
