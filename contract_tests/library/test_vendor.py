"""`convirza vendor`: what it writes, and the command."""

import hashlib
import json
import os
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import attrs
import pytest

from convirza._vendor.files import Record
from support.vendored import check, contents, make_older, write

Run = Callable[..., Any]


@pytest.fixture
def dest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to vendor into, which does not exist yet; the current folder is above it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # slow, and no power fails here
    return Path("myapp/_vendor")


# ---------------------------------------------------------------------------- writing


def test_client_is_copied_as_it_is_installed(dest: Path) -> None:
    """DEST/convirza_client holds the bytes of the installed one, and there is a record beside it."""
    lines = write(dest)
    installed = resources.files("convirza_client")
    copied = contents(dest / "convirza_client")
    assert {"__init__.py", "py.typed", "openapi.json", "api/calls/get_call.py"} <= set(copied)
    assert copied == {name: installed.joinpath(name).read_bytes() for name in copied}
    assert sorted(path.name for path in dest.iterdir()) == ["VENDORED.toml", "convirza_client"]
    version = metadata.version("convirza")
    assert lines == [
        f"wrote {len(copied)} files of convirza {version} to myapp/_vendor: convirza_client",
        "commit them and VENDORED.toml: git add myapp/_vendor",
    ]


def test_record_says_what_was_copied(dest: Path) -> None:
    """VENDORED.toml has version, document, options, a hash of each file in order, and the licence."""
    write(dest, library=True, package="myapp._vendor")
    text = (dest / "VENDORED.toml").read_text("utf-8")
    record = tomllib.loads(text)
    document = (dest / "convirza_client/openapi.json").read_bytes()
    assert record["convirza"] == {
        "version": metadata.version("convirza"),
        "library": True,
        "package": "myapp._vendor",
    }
    assert record["document"] == {
        "version": json.loads(document)["info"]["version"],
        "sha256": hashlib.sha256(document).hexdigest(),
    }
    files = {name: content for name, content in contents(dest).items() if name != "VENDORED.toml"}
    assert record["files"] == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if isinstance(content, bytes)
    }
    assert list(record["files"]) == sorted(record["files"])
    assert text.startswith("# Written by `convirza vendor`")
    for said in ("vendor . --check", "vendor .\n", "# MIT License", "# The above copyright notice"):
        assert said in text


@pytest.mark.parametrize("text", ['a"b', "a\\b", "a\nb", "a\x7fb", "a\x00\x1fb", "h\u00e9\U0001f600"])
def test_record_is_toml_whatever_is_in_it(dest: Path, text: str) -> None:
    """Quotes, control characters and what is beyond ASCII are written so that they are read again."""
    write(dest)
    record = Record.load(tomllib.loads((dest / "VENDORED.toml").read_text("utf-8")))
    strange = attrs.evolve(record, version=text, package=text, files={text: "0"})
    assert Record.load(tomllib.loads(strange.dump().decode())) == strange


def test_files_are_for_everybody_to_read(dest: Path) -> None:
    """Files have mode 644 and folders 755, whatever the umask."""
    before = os.umask(0o077)
    try:
        dest.mkdir(parents=True)
        write(dest, library=True)
    finally:
        os.umask(before)
    for path in dest.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o755 if path.is_dir() else 0o644), path


def test_copies_are_the_same_everywhere(dest: Path, tmp_path: Path) -> None:
    """Another process, with another hash seed and locale, writes the same bytes; no __pycache__."""
    write(dest, library=True)
    program = "import sys; from convirza._cli.vendor import vendor; vendor(sys.argv[1], library=True)"
    env = {**os.environ, "PYTHONHASHSEED": "7", "LC_ALL": "C", "PYTHONUTF8": "0"}
    subprocess.run([sys.executable, "-c", program, tmp_path / "b"], env=env, check=True)
    assert contents(tmp_path / "b") == contents(dest)
    assert not list(dest.rglob("__pycache__"))


def test_other_files_are_left_alone(dest: Path) -> None:
    """What else is in DEST stays, a folder `convirza` too as long as the library is not asked for."""
    (dest / "convirza").mkdir(parents=True)
    (dest / "convirza/mine.py").write_text("mine", "utf-8")
    (dest / "__init__.py").write_text("mine, too", "utf-8")
    write(dest)
    make_older(dest)
    record = tomllib.loads((dest / "VENDORED.toml").read_text("utf-8"))
    record["files"].pop("convirza/mine.py")
    (dest / "VENDORED.toml").write_bytes(Record.load(record).dump())
    write(dest)
    assert check(dest) == []
    assert (dest / "convirza/mine.py").read_text("utf-8") == "mine"
    assert (dest / "__init__.py").read_text("utf-8") == "mine, too"


def test_second_run_has_nothing_to_do(dest: Path) -> None:
    """A copy that is as it should be is not written again."""
    write(dest, library=True)
    inodes = {path: path.stat().st_ino for path in dest.rglob("*")}
    (line,) = write(dest)
    assert line.startswith("myapp/_vendor is up to date: convirza ")
    assert {path: path.stat().st_ino for path in dest.rglob("*")} == inodes


def test_update_replaces_an_older_copy(dest: Path, tmp_path: Path) -> None:
    """A re-run writes what is other, brings what is new, removes what is gone and what Python cached."""
    write(tmp_path / "fresh", library=True)
    write(dest, library=True)
    make_older(dest)
    (dest / "convirza_client/__pycache__").mkdir()
    (dest / "convirza_client/__pycache__/errors.cpython-311.pyc").touch()
    lines = write(dest)
    assert contents(dest) == contents(tmp_path / "fresh")
    assert "removed convirza_client/models/gone.py" in lines


def test_options_are_remembered(dest: Path) -> None:
    """A re-run without options takes the copy's; --no-library and an empty --package take them back."""
    write(dest, library=True, package="myapp._vendor")
    written = contents(dest)
    make_older(dest)
    write(dest)
    assert contents(dest) == written

    write(dest, package="")
    assert b"from ._client import" in (dest / "convirza/__init__.py").read_bytes()
    lines = write(dest, library=False)
    assert not (dest / "convirza").exists()
    assert lines[1].startswith("removed convirza/__init__.py, convirza/_auth/__init__.py, ")
    assert lines[1].endswith(" more")
    assert check(dest) == []


def test_missing_file_is_brought_back(dest: Path) -> None:
    """A file that was deleted is no edit that could be lost."""
    write(dest)
    written = contents(dest)
    (dest / "convirza_client/client.py").unlink()
    write(dest)
    assert contents(dest) == written


# ---------------------------------------------------------------------------- the command


def test_command_writes_checks_and_fails(dest: Path, run: Run) -> None:
    """`convirza vendor` shows what was done on stdout; findings and refusals end in 1, wrong usage in 2."""
    ended = run("vendor", str(dest), "--library", "--package", "myapp._vendor")
    assert (ended.code, ended.err) == (0, "")
    assert ended.text.startswith("wrote ")
    ended = run("vendor", str(dest), "--check")
    assert (ended.code, ended.err, ended.text.count("\n")) == (0, "", 1)

    (dest / "convirza/_auth/providers.py").write_text("mine", "utf-8")
    ended = run("vendor", str(dest), "--check")
    assert (ended.code, ended.err) == (1, "")
    assert ended.text == "myapp/_vendor/convirza/_auth/providers.py: edited by hand\n"
    assert "convirza/_auth/providers.py" in run("vendor", str(dest)).failed(1)
    assert run("vendor", str(dest), "--no-library", "--force").code == 0
    assert not (dest / "convirza").exists()
    assert "DEST" in run("vendor").failed(2)


def test_vendoring_needs_no_extra(dest: Path) -> None:
    """The modules that do it work without typer and rich, and without the fake."""
    program = (
        "import sys\n"
        "for name in ('typer', 'rich', 'starlette', 'uvicorn', 'jsonschema_rs'): sys.modules[name] = None\n"
        "from convirza._cli.vendor import vendor\n"
        f"vendor({str(dest)!r}, library=True)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    assert check(dest) == []
