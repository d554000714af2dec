"""A program that stops `convirza vendor` at each of its steps, and looks at what is left.

    python vendor_stops.py SCENARIO MODE     as JSON: how many steps there were, and what was found after them

A step is whatever changes something below DEST. MODE is `kill` (the process ends before it), `interrupt`
(Ctrl-C comes), `once` (it fails as on a full disk) or `on` (it and all that follow do). The program asserts
that the old copy is there, or the new, or that an update is pending of which nothing is mixed; and that the
next run leaves the new one and nothing else.
"""

import errno
import itertools
import json
import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from convirza._cli import vendor as vendor_command
from convirza._cli.exits import Failure
from convirza._cli.vendor import vendor
from convirza._vendor.swap import is_pending

CHANGES = {"open", "os.chmod", "os.mkdir", "os.remove", "os.rename", "os.rmdir"}
DONE, FAILED, STOPPED = 0, 3, -signal.SIGKILL

OLD = {
    "convirza/__init__.py": b"old",
    "convirza/gone.py": b"old",
    "convirza_client/__init__.py": b"old",
    "convirza_client/openapi.json": b'{"info": {"version": "1"}}',
}
NEW = {
    "convirza/__init__.py": b"new",
    "convirza/come.py": b"new",
    "convirza_client/__init__.py": b"new",
    "convirza_client/openapi.json": b'{"info": {"version": "2"}}',
}
# What is there before, what the run that is stopped asks for.
SCENARIOS: dict[str, tuple[dict[str, bytes] | None, dict[str, Any]]] = {
    "first": (None, {"library": True}),
    "update": (OLD, {}),
    "without": (OLD, {"library": False}),
}


def take(files: dict[str, bytes]) -> None:
    """Lets the installed packages be these."""

    def copied_files(*, library: bool, package: str) -> dict[str, bytes]:
        return {name: content for name, content in files.items() if library or "_client" in name}

    vendor_command.copied_files = copied_files


def count_steps(dest: Path, stop: Callable[[int], None]) -> list[int]:
    """Calls `stop` before each step; gives where the steps are counted."""
    steps = [0]
    inside = str(dest)

    def step() -> None:
        steps[0] += 1
        stop(steps[0])

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event not in CHANGES or (event == "open" and not args[2] & (os.O_WRONLY | os.O_RDWR)):
            return
        if str(args[0]).startswith(inside) or not str(args[0]).startswith("/"):  # relative: to an open folder
            step()

    def synced(_descriptor: int) -> None:
        step()  # what is written may fail as late as here

    os.fsync = synced
    sys.addaudithook(hook)
    return steps


def run_stopped(dest: Path, options: dict[str, Any], number: int, mode: str) -> tuple[int, int]:
    """In a process of its own: how it ended, and how many steps it made."""
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        _, status = os.waitpid(child, 0)
        with open(reader, "rb") as pipe:
            steps = int(pipe.read() or 0)
        return os.waitstatus_to_exitcode(status), steps

    def stop(step: int) -> None:
        if step == number or (mode == "on" and step > number):
            if mode == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            if mode == "interrupt":
                raise KeyboardInterrupt
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    steps = count_steps(dest, stop)
    code = DONE
    try:
        vendor(str(dest), **options)
    except Failure as failure:
        assert "No space left on device" in str(failure)
        code = FAILED
    except KeyboardInterrupt:
        code = FAILED
    os.write(writer, str(steps[0]).encode())
    os._exit(code)


def tree(dest: Path) -> dict[str, bytes]:
    """The files below a folder."""
    return {
        path.relative_to(dest).as_posix(): path.read_bytes() for path in dest.rglob("*") if path.is_file()
    }


def visible(dest: Path) -> dict[str, bytes]:
    """The same without what the work is done in."""
    return {name: content for name, content in tree(dest).items() if not name.startswith(".")}


def parts(files: dict[str, bytes]) -> dict[str, dict[str, bytes]]:
    """The files of each entry of DEST."""
    found: dict[str, dict[str, bytes]] = {}
    for name, content in files.items():
        found.setdefault(name.partition("/")[0], {})[name] = content
    return found


def look(dest: Path, old: dict[str, bytes], new: dict[str, bytes]) -> str:
    """Which copy is there; no mixture of them is."""
    files = visible(dest)
    if is_pending(dest):
        found = parts(files)
        assert any(found.items() <= parts(files).items() for files in (old, new)), files
        code, lines = vendor(str(dest), check=True)
        assert (code, len(lines)) == (1, 1)
        assert "stopped halfway" in lines[0]
        return "pending"
    assert files in (old, new), files
    return "new" if files == new else "old"


def main(scenario: str, mode: str) -> None:
    """Stops at the first step, the second, and so on, until nothing is left to be stopped."""
    before, options = SCENARIOS[scenario]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        (root / "old").mkdir()
        if before:
            take(before)
            vendor(str(root / "old"), library=True)
        old = tree(root / "old")
        take(NEW)
        shutil.copytree(root / "old", root / "new")
        vendor(str(root / "new"), **options)
        new = tree(root / "new")
        found: Counter[str] = Counter()
        for number in itertools.count(1):
            dest = root / f"dest{number}"
            shutil.copytree(root / "old", dest)
            code, steps = run_stopped(dest, options, number, mode)
            state = look(dest, old, new)
            if 0 < steps < number:
                assert (code, state) == (DONE, "new")
                print(json.dumps({"steps": steps, **found}))
                return
            found[state] += 1
            assert code == STOPPED if mode == "kill" else code in {DONE, FAILED}
            assert code != DONE or state in {"new", "pending"}
            if code == FAILED and mode != "on":  # all was undone, or all was done but for tidying up
                assert tree(dest) == old or visible(dest) == new, number
            vendor(str(dest), **options)
            assert tree(dest) == new
            assert not (dest / ".convirza-vendor").exists()
            assert vendor(str(dest), check=True)[0] == 0


if __name__ == "__main__":
    main(*sys.argv[1:])
