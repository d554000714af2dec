"""`convirza vendor` that is killed or fails leaves the old copy, or says how to go on."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from convirza._cli import vendor as vendor_command
from convirza._cli.exits import ExitCode, Failure
from convirza._cli.vendor import vendor
from convirza._vendor.swap import locked
from support.library.vendored import contents, copied_files_once, make_older, write

PROGRAM = """
import os, signal, sys
from convirza._cli.vendor import vendor
left = int(sys.argv[3])
os.fsync = lambda _: None  # slow, and no power fails here
def hook(event, args):
    global left
    if event == sys.argv[2] and (event != "open" or "new" in str(args[0])):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
vendor(sys.argv[1], library=True)
"""


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the copy of an older version."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr(vendor_command, "copied_files", copied_files_once)
    write(tmp_path / "dest", library=True)
    make_older(tmp_path / "dest")
    return tmp_path / "dest"


@pytest.mark.parametrize(
    ("event", "number"), [("open", 3), *(("os.rename", number) for number in range(1, 6)), ("os.rmdir", 1)]
)
def test_killed_update_leaves_the_old_copy_or_reports_how_to_continue(
    older: Path, tmp_path: Path, event: str, number: int
) -> None:
    """A kill at each rename, in writing or removing: --check reports it, and the next run fixes it."""
    write(tmp_path / "fresh", library=True)
    before = contents(older)
    command = [sys.executable, "-B", "-c", PROGRAM, older, event, str(number)]
    assert subprocess.run(command, timeout=60, check=False).returncode == -signal.SIGKILL
    code, lines = vendor(str(older), check=True)
    assert (code, len(lines)) == (ExitCode.UNUSABLE, 1)
    assert lines[0] == f"{older}: an update was interrupted: run convirza vendor {older} again"
    if event == "open":
        left = {name: text for name, text in contents(older).items() if not name.startswith(".")}
        assert left == before
    write(older)
    assert contents(older) == contents(tmp_path / "fresh")
    assert not (older / ".convirza-vendor").exists()


@pytest.mark.parametrize(
    ("name", "number"), [("fsync", 1), ("fsync", 60), *(("rename", number) for number in range(1, 6))]
)
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
def test_update_that_fails_is_undone(
    older: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: int, error: BaseException
) -> None:
    """Ctrl-C or an error of the file system at any point leaves the old copy, and nothing beside it."""
    before = contents(older)
    left = [number]

    def failing(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def fail(*args: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                raise error
            return real(*args)

        monkeypatch.setattr(owner, name, fail)

    if name == "fsync":
        failing(os, "fsync")
    else:
        failing(Path, "rename")
        failing(Path, "replace")
    with pytest.raises((Failure, KeyboardInterrupt), match=r"^$|cannot write .*\(No space left on device\)"):
        vendor(str(older))
    assert contents(older) == before
    assert not (older / ".convirza-vendor").exists()


def test_folder_that_cannot_be_written_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only folder ends in one line; a folder that was made for the copy is gone again."""
    mkdir = os.mkdir

    def refuse(path: Path, mode: int = 0o777) -> None:
        if path.name == ".convirza-vendor":
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        mkdir(path, mode)

    monkeypatch.setattr(os, "mkdir", refuse)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Failure, match=r"^cannot write new/folder/\.convirza-vendor \(Read-only") as raised:
        vendor("new/folder")
    assert raised.value.code == ExitCode.USAGE
    assert list(tmp_path.iterdir()) == []


def test_two_runs_at_once_do_not_mix(tmp_path: Path) -> None:
    """While one is at work the other is refused, and says why."""
    with locked(tmp_path), pytest.raises(Failure, match="another convirza vendor is running in ") as raised:
        vendor(str(tmp_path))
    assert raised.value.code == ExitCode.USAGE
    assert list(tmp_path.iterdir()) == []
    vendor(str(tmp_path))


@pytest.mark.parametrize("kind", ["folder", "file", "link", "link to a work folder"])
@pytest.mark.parametrize("force", [False, True])
def test_work_folder_of_others_is_rejected(tmp_path: Path, kind: str, force: bool) -> None:
    """A .convirza-vendor that no run has left is neither removed nor written to."""
    work, elsewhere = tmp_path / "dest/.convirza-vendor", tmp_path / "elsewhere"
    (elsewhere / "old").mkdir(parents=True)
    (elsewhere / "mine").write_text("mine", "utf-8")
    work.parent.mkdir()
    if kind == "folder":
        elsewhere.rename(work)
    elif kind == "file":
        work.write_text("mine", "utf-8")
    else:
        work.symlink_to(elsewhere)
        (elsewhere / ("made-by-convirza-vendor" if "work" in kind else "other")).touch()
    before = contents(tmp_path)
    with pytest.raises(Failure, match=r"dest, \.convirza-vendor was not made by convirza vendor: move it"):
        vendor(str(work.parent), force=force)
    assert contents(tmp_path) == before
