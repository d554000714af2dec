"""The file of `--output`: one run at a time, complete lines after a kill, and the settings of its lines.

The file is locked while a run writes, and so is the state file `.calls.jsonl.convirza` beside
`calls.jsonl`. It has the process id of the run and the settings that decide what a line contains. Without
them, `--resume` would mix lines with and without a module.
"""

import contextlib
import io
import json
import os
import shutil
import stat
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from convirza._cli import exits
from convirza._cli.exits import ExitCode, Failure
from convirza._core.locked_files import open_locked, open_regular

_LARGEST_STATE: Final = 2**16
_BEGIN: Final = b'{"call_id": '


@contextlib.contextmanager
def open_output(
    path: Path, made_with: Mapping[str, Any], *, resume: bool
) -> Generator[tuple[BinaryIO, set[int]]]:
    """Opens and locks the file to append to; yields it with the ids of the calls in it.

    Raises Failure if it is not empty, unless `resume`. Then lines with an error are removed, and so is an
    incomplete last line of a killed run: their ids are read again. Raises Failure too if another run writes
    to it, or if its lines were written with other settings than `made_with`.
    """
    with contextlib.ExitStack() as stack:
        try:
            _check_target(path, resume=resume)
            real = Path(os.path.realpath(path))
            done: set[int] = set()
            if real.is_file() or not real.exists():  # not a device or a pipe
                state = stack.enter_context(_lock(path, real.with_name(f".{real.name}.convirza")))
                _check_target(path, resume=resume)  # another run may have written it before the lock
                real.touch()
                with _lock(path, real):  # another run may write to it by a hard link
                    if real.stat().st_size:
                        _check_settings(path, state, made_with)
                        done = _keep_calls(real)
                stack.enter_context(_lock(path, real))  # it may be a new file now
                state.truncate(0)
                state.seek(0)
                state.write(json.dumps({"pid": os.getpid(), "made_with": made_with}).encode())
            file = real.open("ab")
            stack.callback(_close, file)
        except OSError as error:
            raise unwritable(path, error) from None
        yield file, done


def unwritable(path: Path, error: OSError, code: ExitCode = ExitCode.USAGE) -> Failure:
    """The failure for a file that cannot be opened, or for a full disk."""
    what = f"--output {path} cannot be written ({error.strerror})"
    return Failure(code, what, "free space, or pass another file; --resume continues this one")


def _close(file: BinaryIO) -> None:
    with contextlib.suppress(OSError):  # each line was flushed, or its failure reported
        file.close()


def _check_target(path: Path, *, resume: bool) -> None:
    if str(path) == "-":
        raise Failure(ExitCode.USAGE, "--output - is not a file", "leave it out, lines go to stdout then")
    if not path.exists():
        return
    if path.is_dir():
        raise Failure(ExitCode.USAGE, f"--output {path} is a folder", "pass the name of a file in it")
    if resume and not stat.S_ISREG(path.stat().st_mode):
        raise Failure(ExitCode.USAGE, f"--resume: {path} is not a file", "pass the file of an earlier run")
    if not resume and path.stat().st_size:
        advice = "pass --resume to continue it, or another name"
        raise Failure(ExitCode.USAGE, f"--output {path} is not empty", advice)


def _lock(path: Path, locked: Path) -> BinaryIO:
    """The open file, locked until it is closed: the state file, or `path` itself."""
    try:
        return open_locked(locked)
    except BlockingIOError:
        with open_regular(locked) as state:
            holder = _load(state).get("pid")
        who = f"process {holder}" if isinstance(holder, int) else "another process"
        advice = "wait until it has ended, or pass another file"
        raise Failure(ExitCode.USAGE, f"--output {path} is being written by {who}", advice) from None


def _check_settings(path: Path, state: BinaryIO, made_with: Mapping[str, Any]) -> None:
    before: dict[str, Any] | None = _load(state).get("made_with")
    if before is None:
        exits.complain(f"--resume: it is not known what {path} was made with: its lines are kept as they are")
        return
    for name, value in made_with.items():
        if before.get(name) != value:
            what = f"--resume: {path} was made with another {name}"
            raise Failure(ExitCode.USAGE, what, "pass the same one, or another --output")


def _load(state: BinaryIO) -> dict[str, Any]:
    """The content of the state file; empty if a run was killed while it wrote it."""
    try:
        found: Any = json.loads(state.read(_LARGEST_STATE))
        return {"pid": found["pid"], "made_with": dict(found["made_with"])}
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}


def _keep_calls(path: Path) -> set[int]:
    """Keeps the complete lines with a call, and returns their ids. Replaces the file only if it changes."""
    done: set[int] = set()
    # A fixed name: the leftover of a killed run is overwritten and removed.
    name = path.with_name(f".{path.name}.convirza-new")
    try:
        with io.BufferedWriter(cast("io.FileIO", open_locked(name))) as new, path.open("rb") as old:
            new.truncate(0)
            for number, line in enumerate(old, 1):
                if not line.endswith(b"\n") and line.startswith(_BEGIN[: len(line)]):
                    continue
                if (call_id := _id_of_call(line, path, number)) is not None:
                    done.add(call_id)
                    new.write(line)
            changed = new.tell() != old.tell()
            new.flush()
            os.fsync(new.fileno())
        if changed:
            shutil.copymode(path, name)
            os.replace(name, path)
        return done
    finally:
        name.unlink(missing_ok=True)


def _id_of_call(line: bytes, path: Path, number: int) -> int | None:
    try:
        record = json.loads(line)
        if "call" in record and isinstance(record["call_id"], int):
            return int(record["call_id"])
        if "error" in record:
            return None
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    what = f"--resume: line {number} of {path} is not one of convirza get"
    raise Failure(ExitCode.USAGE, what, "pass the file of an earlier run")
