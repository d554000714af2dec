"""scripts/generate_sync.py, run as a process in a copy of the project."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.document import ROOT

SOURCE, TARGET = "src/convirza/_resources/async_calls.py", "src/convirza/_resources/sync_calls.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the script reads and writes."""
    for name in ("scripts", "src/convirza"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(project / "scripts/generate_sync.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def edit(file: Path, there: str, wanted: str) -> None:
    text = file.read_text("utf-8")
    assert there in text
    file.write_text(text.replace(there, wanted), "utf-8")


def test_committed_files_are_up_to_date(project: Path) -> None:
    """The check passes on the tree as it is."""
    ended = run(project, "--check")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


@pytest.mark.parametrize("file", [SOURCE, TARGET])
def test_edit_of_one_half_is_found_and_generated(project: Path, file: str) -> None:
    """The check shows a diff and writes nothing; without --check the sync file follows the async one."""
    edit(project / file, "Gets one call.", "Reads one call.")
    before = (project / TARGET).read_bytes()
    ended = run(project, "--check")
    assert ended.returncode == 1
    assert "Reads one call." in ended.stdout
    assert "run tox run -e generate" in ended.stderr
    assert (project / TARGET).read_bytes() == before
    assert run(project).returncode == 0
    assert (b"Reads one call." in (project / TARGET).read_bytes()) is (file == SOURCE)
    assert run(project, "--check").returncode == 0


def test_sentence_that_is_gone_is_rejected(project: Path) -> None:
    """A docstring that the script would no longer adapt is an error, and not a wrong sync docstring."""
    edit(project / SOURCE, "may be an asynchronous iterable", "may be asynchronous")
    ended = run(project)
    assert ended.returncode == 1
    assert "SENTENCES" in ended.stderr
