"""`convirza vendor`: what it writes, what --check finds, and what a run refuses."""

import hashlib
import json
import os
import shutil
import stat
import tomllib
from collections.abc import Callable
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import pytest

from convirza._cli import vendor as vendor_command
from convirza._cli.exits import ExitCode, Failure
from convirza._cli.vendor import vendor
from support.library.vendored import check, contents, copied_files_once, make_older, refusal, write

Run = Callable[..., Any]
VERSION = metadata.version("convirza")
OTHER_OPTIONS = "VENDORED.toml: outdated: written with another --library or --package"
STORED = "convirza/_auth/stored.py"


@pytest.fixture
def dest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to vendor into, which does not exist yet; the current folder is above it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # slow, and no power fails here
    monkeypatch.setattr(vendor_command, "copied_files", copied_files_once)
    return Path("myapp/_vendor")


def edit(path: Path) -> None:
    with path.open("a") as file:
        file.write("# mine\n")


# ---------------------------------------------------------------------------- writing


def test_client_is_copied_with_a_record(dest: Path) -> None:
    """The client's bytes are the installed ones; VENDORED.toml has version, options, hashes and licence."""
    lines = write(dest, package="myapp._vendor")
    installed = resources.files("convirza_client")
    copied = contents(dest / "convirza_client")
    assert {"__init__.py", "py.typed", "openapi.json", "api/calls/get_call.py"} <= set(copied)
    assert copied == {name: installed.joinpath(name).read_bytes() for name in copied}
    assert sorted(path.name for path in dest.iterdir()) == ["VENDORED.toml", "__init__.py", "convirza_client"]
    assert lines == [
        "wrote myapp/_vendor/__init__.py, to make it a package",
        f"wrote {len(copied)} files of convirza {VERSION} to myapp/_vendor: convirza_client",
        "commit them and VENDORED.toml: git add myapp/_vendor",
    ]
    text = (dest / "VENDORED.toml").read_text("utf-8")
    record = tomllib.loads(text)
    document = (dest / "convirza_client/openapi.json").read_bytes()
    assert record["convirza"] == {"version": VERSION, "library": False, "package": "myapp._vendor"}
    assert record["document"] == {
        "version": json.loads(document)["info"]["version"],
        "sha256": hashlib.sha256(document).hexdigest(),
    }
    hashes = {f"convirza_client/{name}": hashlib.sha256(copied[name]).hexdigest() for name in copied}  # type: ignore[arg-type]
    assert list(record["files"].items()) == sorted(hashes.items())
    assert text.startswith("# Written by `convirza vendor`")
    for said in ("vendor . --check", "vendor .\n", "# MIT License", "# The above copyright notice"):
        assert said in text


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


@pytest.mark.parametrize(
    ("name", "there", "made"),
    [
        ("myapp/_vendor", "notes.txt", True),
        ("myapp/_vendor", "__init__.py", False),
        ("project", "pyproject.toml", False),
        ("src", "myapp/__init__.py", False),
        ("third-party", "notes.txt", False),
    ],
)
def test_missing_init_is_written(dest: Path, name: str, there: str, made: bool) -> None:
    """DEST becomes a regular package, unless it is the root of a project or no package at all."""
    del dest  # only its current folder
    path = Path(name, there)
    path.parent.mkdir(parents=True)
    path.write_text("mine", "utf-8")
    write(Path(name))
    assert Path(name, "__init__.py").exists() == (made or there == "__init__.py")
    assert path.read_text("utf-8") == "mine"


def test_other_files_are_left_alone(dest: Path) -> None:
    """What else is in DEST stays, a folder `convirza` too as long as the library is not requested."""
    (dest / "convirza").mkdir(parents=True)
    (dest / "convirza/mine.py").write_text("mine", "utf-8")
    write(dest)
    edit(dest / "convirza_client/types.py")
    write(dest, force=True)
    assert check(dest) == []
    assert (dest / "convirza/mine.py").read_text("utf-8") == "mine"


def test_update_replaces_an_older_copy(dest: Path, tmp_path: Path) -> None:
    """An update changes, adds and removes files, with the copy's options; then it has nothing to do."""
    options = {"library": True, "package": "myapp._vendor"}
    write(tmp_path / "fresh", **options)
    write(dest, **options)
    make_older(dest)
    assert check(dest) == [f"VENDORED.toml: outdated: written by convirza 0.0.9, installed is {VERSION}"]
    (dest / "convirza_client/client.py").unlink()  # no edit that could be lost
    # As after a merge: what would be written is there.
    shutil.copy(tmp_path / "fresh/convirza_client/errors.py", dest / "convirza_client/errors.py")
    (dest / "convirza_client/__pycache__").mkdir()
    (dest / "convirza_client/__pycache__/errors.cpython-311.pyc").touch()
    lines = write(dest)
    assert contents(dest) == contents(tmp_path / "fresh")
    assert "removed convirza_client/models/gone.py" in lines
    inodes = {path: path.stat().st_ino for path in dest.rglob("*")}
    (line,) = write(dest)
    assert line.startswith("myapp/_vendor is up to date: convirza ")
    assert {path: path.stat().st_ino for path in dest.rglob("*")} == inodes

    assert check(dest, package="") == check(dest, library=False) == [OTHER_OPTIONS]
    write(dest, package="")
    assert check(dest, library=True, package="") == []
    assert b"from ._sync_client import" in (dest / "convirza/__init__.py").read_bytes()
    lines = write(dest, library=False)
    assert not (dest / "convirza").exists()
    assert lines[1].startswith("removed convirza/__init__.py, convirza/_async_client.py, ")
    assert lines[1].endswith(" more")
    assert check(dest) == []


def test_command_writes_checks_and_fails(dest: Path, run: Run) -> None:
    """`convirza vendor` shows what was done on stdout; findings and refusals end in 1, wrong usage in 2."""
    ended = run("vendor", str(dest), "--library", "--package", "myapp._vendor")
    assert (ended.code, ended.err) == (0, "")
    assert ended.text.startswith("wrote ")
    ended = run("vendor", str(dest), "--check")
    assert (ended.code, ended.err, ended.text.count("\n")) == (0, "", 1)

    edit(dest / STORED)
    ended = run("vendor", str(dest), "--check")
    assert (ended.code, ended.err) == (1, "")
    assert ended.text == f"myapp/_vendor/{STORED}: edited manually\n"
    assert STORED in run("vendor", str(dest)).failed(1)
    assert run("vendor", str(dest), "--no-library", "--force").code == 0
    assert not (dest / "convirza").exists()
    assert "DEST" in run("vendor").failed(2)


# ---------------------------------------------------------------------------- --check


def test_check_finds_what_was_changed(dest: Path) -> None:
    """Edited, missing and stray files are named, a line each; a fresh copy with Python's caches passes."""
    missing = "VENDORED.toml: missing: nothing was vendored here, or its record is lost"
    assert missing in check(dest)
    assert not dest.parent.exists()
    write(dest, library=True)
    (dest / "convirza/__pycache__").mkdir()
    (dest / "convirza/__pycache__/_auth.cpython-311.pyc").touch()
    count = len(contents(dest)) - 3
    said = f"myapp/_vendor: as convirza {VERSION} writes it, {count} files"
    assert vendor(str(dest), check=True) == (ExitCode.DONE, [said])

    edit(dest / STORED)
    for name in ("client.py", "errors.py", "py.typed"):
        (dest / "convirza_client" / name).unlink()
    (dest / "convirza_client/errors.py").symlink_to("types.py")
    os.mkfifo(dest / "convirza_client/py.typed")
    (dest / "convirza/extra").symlink_to("/")
    (dest / "convirza/a\nb").touch()
    edit(dest / "VENDORED.toml")
    assert check(dest) == [
        "VENDORED.toml: edited manually",
        f"{STORED}: edited manually",
        "'myapp/_vendor/convirza/a\\nb': unexpected: not part of the copy",
        "convirza/extra: unexpected: not part of the copy",
        "convirza_client/client.py: missing",
        "convirza_client/errors.py: edited manually",
        "convirza_client/py.typed: edited manually",
    ]
    (dest / "VENDORED.toml").unlink()
    assert check(dest)[0] == missing


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("openapi.json", "made from another document than the installed client"),
        ("types.py", f"the installed convirza {VERSION} writes other files"),
    ],
)
def test_check_finds_other_files_of_the_same_version(
    dest: Path, monkeypatch: pytest.MonkeyPatch, name: str, finding: str
) -> None:
    """The same version with another document, or other modules, as in a working tree, is outdated too."""
    write(dest)
    copied_files = vendor_command.copied_files

    def changed(**options: Any) -> dict[str, bytes]:
        files = copied_files(**options)
        return {**files, f"convirza_client/{name}": files[f"convirza_client/{name}"] + b"\n"}

    monkeypatch.setattr(vendor_command, "copied_files", changed)
    assert check(dest) == [f"VENDORED.toml: outdated: {finding}"]


# ---------------------------------------------------------------------------- refusing


@pytest.mark.parametrize("older", [False, True])
def test_manual_edits_are_not_overwritten(dest: Path, older: bool) -> None:
    """An edited file and a stray one stop a run, which names them; --force goes on."""
    write(dest, library=True)
    written = contents(dest)
    if older:
        make_older(dest)
    edit(dest / STORED)
    assert STORED in refusal(dest, ExitCode.UNUSABLE, library=False)  # though it would be removed
    (dest / "convirza_client/notes.txt").write_text("mine", "utf-8")
    assert refusal(dest, ExitCode.UNUSABLE) == (
        f"edited manually or unknown, in myapp/_vendor: {STORED}, convirza_client/notes.txt: "
        "back up these files, then pass --force"
    )
    lines = write(dest, force=True)
    assert contents(dest) == written
    assert f"overwrote manual edits: {STORED}" in lines
    assert any(line.startswith("removed convirza_client/") and "notes.txt" in line for line in lines)


@pytest.mark.parametrize("name", ["convirza_client", "convirza_client/__init__.py"])
def test_folder_of_others_is_not_taken(dest: Path, name: str) -> None:
    """A convirza_client that no record is of stops a run, be it a folder or a file; --force takes it."""
    (dest / name).parent.mkdir(parents=True)
    (dest / name).write_text("mine", "utf-8")
    assert refusal(dest, ExitCode.UNUSABLE) == (
        "convirza_client in myapp/_vendor was not made by convirza vendor (VENDORED.toml is missing): "
        "back up these files, then pass --force"
    )
    write(dest, force=True)
    assert check(dest) == []


SHAPE = "a field is missing or has another type"
NO_PACKAGE = "package is not the name of a package"
PY_TYPED = '"convirza/py.typed"'
NO_FILE = "a file name is not of a file below convirza_client or convirza"


INVALID_RECORDS = [
    *(("", text, "not TOML") for text in ("<<<<<<< HEAD\n", "\udcff", f"a = {'[' * 100_000}")),
    ("[convirza]", "[other]", SHAPE),
    ("library = true", 'library = "yes"', SHAPE),
    *(
        ('package = ""', f'package = "{name}"', NO_PACKAGE)
        for name in ("a\\nimport os\\n", "a;b", ".a", "a.class")
    ),
    ('version = "', 'version = "\\u001b[2J', "version is not a version"),
    *(
        (PY_TYPED, f'"{name}"', NO_FILE)
        for name in (
            *("../../mine.py", "convirza/../../mine.py", "convirza/..", "/etc/passwd"),
            *("convirza/a\\nb", "convirza\\\\..\\\\mine.py"),
        )
    ),
    *((f'{PY_TYPED} = "', f"{PY_TYPED} = {text}", "a hash is not SHA-256") for text in ('"0', '1 # "')),
]


def test_invalid_record_is_rejected(dest: Path) -> None:
    """No field of VENDORED.toml is trusted: one line says what is wrong; --force writes a new one."""
    write(dest, library=True)
    text = (dest / "VENDORED.toml").read_text("utf-8")
    for old, new, flaw in INVALID_RECORDS:
        assert old in text
        changed = text.replace(old, new) if old else new
        (dest / "VENDORED.toml").write_bytes(changed.encode("utf-8", "surrogateescape"))
        assert check(dest)[0] == f"VENDORED.toml: invalid ({flaw}): restore it, as from git"
        said = refusal(dest, ExitCode.UNUSABLE)
        where = f"myapp/_vendor/VENDORED.toml is invalid ({flaw})"
        assert said == f"{where}: restore it, as from git, or pass --force"
        write(dest, force=True, library=True)
        assert (dest / "VENDORED.toml").read_text("utf-8") == text
        assert check(dest) == []


@pytest.mark.parametrize("checking", [False, True])
@pytest.mark.parametrize("name", ["convirza_client", "convirza", "VENDORED.toml"])
def test_links_and_pipes_are_rejected(dest: Path, tmp_path: Path, name: str, checking: bool) -> None:
    """A symbolic link is neither followed nor replaced; a VENDORED.toml that is a pipe is not waited for."""
    options = {"check": checking, "force": not checking}
    write(tmp_path / "elsewhere", library=True)
    write(dest, library=True)
    (dest / name).rename(tmp_path / "aside")
    (dest / name).symlink_to(tmp_path / "elsewhere" / name)
    said = refusal(dest, ExitCode.USAGE, **options)
    assert said.startswith(f"myapp/_vendor/{name} is a symbolic link: ")
    if name == "VENDORED.toml":
        for make in (os.mkfifo, os.mkdir):
            (dest / name).unlink()
            make(dest / name)
            said = refusal(dest, ExitCode.USAGE, **options)
            assert said.startswith("myapp/_vendor/VENDORED.toml is not a regular file: ")


def test_link_to_the_folder_is_followed(dest: Path, tmp_path: Path) -> None:
    """DEST itself may be a link, as any folder above it."""
    dest.parent.mkdir()
    (tmp_path / "real").mkdir()
    dest.symlink_to(tmp_path / "real")
    write(dest)
    assert check(dest) == []
    assert (tmp_path / "real/VENDORED.toml").is_file()


@pytest.mark.parametrize("checking", [False, True])
def test_destination_that_is_not_a_folder_is_rejected(dest: Path, checking: bool) -> None:
    """A file, a link to nothing, an empty name and a name with NUL end in one line."""
    dest.parent.mkdir()
    dest.with_name("file").write_text("mine", "utf-8")
    dest.symlink_to("nothing")
    for name, said in {
        "myapp/_vendor": "myapp/_vendor is not a folder: ",
        "myapp/file": "myapp/file is not a folder: ",
        "myapp/file/below": "cannot ",
        "": "DEST '' is not a folder: ",
        "a\0b": "DEST 'a\\x00b' is not a folder: ",
        "x" * 300: "cannot ",
    }.items():
        assert refusal(name, ExitCode.USAGE, check=checking).startswith(said)


def test_invalid_package_is_rejected(dest: Path) -> None:
    """--package takes what an import statement takes, and nothing is made before."""
    for name in ("my-app", "myapp.", ".myapp", "myapp.class", "my app", "1st", "a..b", "a\nb"):
        assert " is not the name of a package: " in refusal(dest, ExitCode.USAGE, package=name)
        assert not dest.parent.exists()


def test_installed_package_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder that convirza is installed in is refused, with --force too."""
    monkeypatch.setattr(vendor_command, "swap", None)  # in case that it is not
    with resources.as_file(resources.files("convirza_client")) as installed, pytest.raises(Failure) as raised:
        vendor(str(installed.parent), force=True)
    assert raised.value.code == ExitCode.USAGE
    assert " is where convirza is installed: pass another folder" in str(raised.value)


def test_check_and_force_exclude_each_other(dest: Path) -> None:
    """--check writes nothing, so there is nothing to force."""
    assert refusal(dest, ExitCode.USAGE, check=True, force=True).startswith("--check writes nothing: ")
