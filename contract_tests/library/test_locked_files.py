"""Files are regular ones; a lock ends with the process that took it, not with its forked children."""

import os
from pathlib import Path

import pytest

from convirza._core.locked_files import open_locked, open_regular
from support.library.forks import FORKS, in_child

pytestmark = [*FORKS, pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")]

OUTPUT = ("--output", "c.jsonl")
RECORDINGS = ("recordings", "1", "--demo", "-o", ".")
DEMO = ("--demo", "--since", "2026-02-14", "--until", "2026-02-15")


@pytest.mark.parametrize("open_file", [open_locked, open_regular])
def test_pipe_is_rejected(tmp_path, open_file):
    """Opening it, or reading it, would wait for another program."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        open_file(tmp_path / "pipe")


@pytest.mark.parametrize(
    ("name", "args", "code", "says"),
    [
        (".c.jsonl.convirza", ("get", "1", "--demo", *OUTPUT), 2, "not a regular file"),
        (".c.jsonl.convirza-new", ("get", "1", "--demo", *OUTPUT, "--resume"), 2, "not a regular file"),
        ("new.jsonl", ("export", *DEMO, "-o", "new.jsonl"), 2, "new.jsonl is not a regular file: use"),
        ("_manifest.json", ("export", *DEMO, "-o", "."), 1, "cannot be written (not a regular file)"),
        ("c.csv.manifest.json", ("export", "--check", "c.csv"), 2, "has no c.csv.manifest.json"),
        ("1-1.wav", RECORDINGS, 0, "1 recordings were downloaded"),
        (".1-1.convirza-part.json", RECORDINGS, 0, "1 recordings were downloaded"),
    ],
)
def test_pipe_does_not_stop_the_command(run, tmp_path, monkeypatch, name, args, code, says):
    """Whichever file of the command is a pipe: it is refused, or replaced by the new file."""
    monkeypatch.chdir(tmp_path)
    Path("c.jsonl").write_bytes(b'{"call_id": 5, "error": {}}\n' if "--resume" in args else b"")
    os.mkfifo(name)
    ended = run(*args)
    assert (ended.code, says in ended.err) == (code, True), ended.err


def test_lock_is_not_inherited(tmp_path):
    """A child process neither keeps a file locked that its parent has closed, nor unlocks it."""
    path = tmp_path / "file"
    read, write = os.pipe()
    with open_locked(path) as file:
        assert in_child(file.close) == "None"
        with pytest.raises(BlockingIOError):
            open_locked(path)
        child = os.fork()
        if child == 0:
            os.read(read, 1)
            os._exit(0)
    open_locked(path).close()
    os.write(write, b".")
    os.waitpid(child, 0)
    os.close(read)
    os.close(write)
