"""`convirza get` for many ids as a process: pipes, a full disk, a terminal."""

import asyncio
import json
import os
import re
import select
import signal
import subprocess
import sys

import pytest

from convirza._cli.bulk import _handle_exception
from convirza._cli.exits import ExitCode
from support.library.terminal import on_a_terminal, started


def next_line(process: subprocess.Popen[bytes]) -> bytes:
    """A line of the process's stdout, which must be printed while its stdin is open."""
    assert process.stdout
    ready, _, _ = select.select([process.stdout], [], [], 20)
    if not ready:
        process.kill()
    assert ready, "no line came"
    return process.stdout.readline()


def test_lines_are_streamed(live: str) -> None:
    """A call is printed as soon as it is there, however long stdin stays open."""
    with started("get", "-") as process:
        assert process.stdin
        for call_id in (987654, 1, 987654):
            process.stdin.write(b"%d\n" % call_id)
            process.stdin.flush()
            assert json.loads(next_line(process))["call_id"] == call_id
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out) == (0, b"")
    assert err.startswith(b"convirza: 3 calls were read in ")


def test_ctrl_c_while_waiting_for_stdin_ends_quietly(live: str) -> None:
    """Ctrl-C ends a command that gets no ids, with 130 and no traceback."""
    with started("get", "-", stdin=b"987654\n") as process:
        next_line(process)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=10)
        assert (process.returncode, *process.communicate()) == (130, b"", b"")


def test_ctrl_c_between_two_steps_of_asyncio_is_not_reported(caplog: pytest.LogCaptureFixture) -> None:
    """A future that is cancelled just before asyncio sets it is no matter for stderr; all else is."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_handle_exception)
        cancelled: asyncio.Future[None] = loop.create_future()
        cancelled.cancel()
        loop.call_soon(cancelled.set_result, None)
        await asyncio.sleep(0)
        assert caplog.text == ""
        loop.call_soon(int, "not a number")
        await asyncio.sleep(0)

    asyncio.run(main())
    assert "ValueError" in caplog.text


def test_head_ends_an_endless_run_quietly(live: str) -> None:
    """`yes 987654 | convirza get - | head -1` prints one line and ends."""
    script = f'yes 987654 | {sys.executable} -m convirza get - | head -1; echo "${{PIPESTATUS[1]}}" >&2'
    ended = subprocess.run(["bash", "-c", script], capture_output=True, timeout=30, check=False)
    assert ended.stdout.count(b"\n") == 1
    assert json.loads(ended.stdout)["call_id"] == 987654
    assert ended.stderr == b"0\n"


def test_closed_stdin_is_reported(live: str) -> None:
    """A stdin that is closed, as by `<&-`, is named with what to do."""
    script = f"exec {sys.executable} -m convirza get - <&-"
    ended = subprocess.run(["bash", "-c", script], capture_output=True, timeout=30, check=False)
    assert (ended.returncode, ended.stdout) == (ExitCode.USAGE, b"")
    assert ended.stderr.startswith(b"convirza: the ids in stdin cannot be read")
    assert ended.stderr.count(b"\n") == 1


def test_terminal_sees_how_far_it_is() -> None:
    """While the lines go elsewhere, a bar on stderr counts calls and failures; NO_COLOR takes its colours."""
    args = ("get", "987654", "1", "404", "--demo")
    shown = on_a_terminal(*args, stdout=os.devnull)
    assert b"3/3" in shown
    assert re.search(rb"1 failed, [0-9.]+/s", re.sub(rb"\x1b\[[0-9;]*m", b"", shown))
    assert b"left" in shown
    assert b"\x1b[?25h" in shown  # the cursor is back
    assert shown.endswith(b"see their lines\r\n")
    assert b"\x1b[38;5;" in shown
    assert b"\x1b[38;5;" not in on_a_terminal(*args, stdout=os.devnull, NO_COLOR="1")


def test_lines_on_a_terminal_have_no_bar() -> None:
    """Where the lines themselves are shown, no bar runs through them."""
    shown = on_a_terminal("get", "987654", "1", "--demo")
    assert b"\x1b" not in shown
    assert shown.count(b"\n") == 2
