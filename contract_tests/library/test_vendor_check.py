"""`convirza vendor`: what --check finds, and what a run refuses."""

import os
from collections.abc import Callable
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import pytest

from convirza._cli import vendor as vendor_command
from convirza._cli.exits import ExitCode, Failure
from convirza._cli.vendor import vendor
from support.vendored import check, contents, make_older, refusal, write


@pytest.fixture
def dest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to vendor into, which does not exist yet; the current folder is above it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # slow, and no power fails here
    return Path("myapp/_vendor")


# ---------------------------------------------------------------------------- --check


def test_check_finds_nothing_in_a_fresh_copy(dest: Path) -> None:
    """A fresh copy passes, with what Python and tools of the machine leave beside modules."""
    write(dest, library=True)
    (dest / "convirza/__pycache__").mkdir()
    (dest / "convirza/__pycache__/_auth.cpython-311.pyc").touch()
    code, lines = vendor(str(dest), check=True)
    count = len(contents(dest)) - 2
    said = f"myapp/_vendor: as convirza {metadata.version('convirza')} writes it, {count} files"
    assert (code, lines) == (ExitCode.DONE, [said])


def test_check_tells_each_finding_in_a_line(dest: Path) -> None:
    """Edited, missing and stray files are named; links, pipes and line breaks in names do no harm."""
    write(dest, library=True)
    with (dest / "convirza/_auth/providers.py").open("a") as file:
        file.write("# mine\n")
    (dest / "convirza_client/client.py").unlink()
    (dest / "convirza_client/errors.py").unlink()
    (dest / "convirza_client/errors.py").symlink_to("types.py")
    (dest / "convirza_client/py.typed").unlink()
    os.mkfifo(dest / "convirza_client/py.typed")
    (dest / "convirza/extra").symlink_to("/")
    (dest / "convirza/a\nb").touch()
    assert check(dest) == [
        "convirza/_auth/providers.py: edited by hand",
        "'myapp/_vendor/convirza/a\\nb': stray: it is no part of the copy",
        "convirza/extra: stray: it is no part of the copy",
        "convirza_client/client.py: missing",
        "convirza_client/errors.py: edited by hand",
        "convirza_client/py.typed: edited by hand",
    ]


def test_check_tells_an_outdated_copy(dest: Path) -> None:
    """A copy that another version has written is told in one line, and passes after an update."""
    write(dest)
    make_older(dest)
    version = metadata.version("convirza")
    assert check(dest) == [f"VENDORED.toml: outdated: written by convirza 0.0.9, installed is {version}"]
    write(dest)
    assert check(dest) == []


def test_check_tells_another_document_and_other_files(dest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same version with another document, or other modules, as in a working tree, is outdated too."""
    write(dest)
    copied_files = vendor_command.copied_files

    def changed(name: str) -> Callable[..., dict[str, bytes]]:
        def changed(**options: Any) -> dict[str, bytes]:
            files = copied_files(**options)
            return {**files, name: files[name] + b"\n"}

        return changed

    monkeypatch.setattr(vendor_command, "copied_files", changed("convirza_client/openapi.json"))
    assert check(dest) == ["VENDORED.toml: outdated: made from another document than the installed client"]
    monkeypatch.setattr(vendor_command, "copied_files", changed("convirza_client/types.py"))
    (finding,) = check(dest)
    assert finding.startswith("VENDORED.toml: outdated: the installed convirza ")


def test_check_tells_other_options(dest: Path) -> None:
    """--check with options holds the copy to them; without, to those that it was made with."""
    write(dest, library=True)
    finding = "VENDORED.toml: outdated: written with another --library or --package"
    assert check(dest, library=True, package="") == []
    assert check(dest, package="myapp._vendor") == [finding]
    assert check(dest, library=False) == [finding]


@pytest.mark.parametrize(
    ("record", "finding"),
    [
        (None, "VENDORED.toml: missing: nothing was vendored here, or its record is lost"),
        ("<<<<<<< HEAD\n", "VENDORED.toml: cannot be read: restore it, as from git"),
        ("[convirza]\nversion = 1\n", "VENDORED.toml: cannot be read: restore it, as from git"),
        ("\udcff", "VENDORED.toml: cannot be read: restore it, as from git"),
    ],
)
def test_check_tells_a_lost_record(dest: Path, record: str | None, finding: str) -> None:
    """Without a record, or with one that is no TOML of ours, the copy does not pass."""
    write(dest)
    (dest / "VENDORED.toml").unlink()
    if record is not None:
        (dest / "VENDORED.toml").write_bytes(record.encode("utf-8", "surrogateescape"))
    assert check(dest)[0] == finding


def test_check_tells_an_edited_record(dest: Path) -> None:
    """The record is compared, too."""
    write(dest)
    with (dest / "VENDORED.toml").open("a") as file:
        file.write("# mine\n")
    assert check(dest) == ["VENDORED.toml: edited by hand"]


def test_check_of_a_missing_folder_makes_none(dest: Path) -> None:
    """Where nothing is, --check finds that, and writes nothing."""
    assert "VENDORED.toml: missing: nothing was vendored here, or its record is lost" in check(dest)
    assert not dest.parent.exists()


# ---------------------------------------------------------------------------- refusing


@pytest.mark.parametrize("older", [False, True])
def test_hand_edits_are_not_overwritten(dest: Path, older: bool) -> None:
    """An edited file and a stray one stop a run, which names them; --force goes on."""
    write(dest, library=True)
    written = contents(dest)
    if older:
        make_older(dest)
    with (dest / "convirza/_auth/providers.py").open("a") as file:
        file.write("# mine\n")
    (dest / "convirza_client/notes.txt").write_text("mine", "utf-8")
    assert refusal(dest, ExitCode.UNUSABLE) == (
        "edited by hand, or not ours, in myapp/_vendor: convirza/_auth/providers.py, "
        "convirza_client/notes.txt: "
        "keep elsewhere what you need of it, then give --force"
    )
    lines = write(dest, force=True)
    assert contents(dest) == written
    assert "overwrote hand edits: convirza/_auth/providers.py" in lines
    assert any(line.startswith("removed convirza_client/") and "notes.txt" in line for line in lines)


def test_edits_of_what_would_be_removed_are_kept(dest: Path) -> None:
    """--no-library does not remove a library that was edited."""
    write(dest, library=True)
    (dest / "convirza/_auth/providers.py").write_text("mine", "utf-8")
    assert "convirza/_auth/providers.py" in refusal(dest, ExitCode.UNUSABLE, library=False)


def test_edit_that_is_the_update_is_no_obstacle(dest: Path) -> None:
    """A file that is already what would be written, as after a merge, stops nothing."""
    write(dest)
    written = contents(dest)
    make_older(dest)
    new = written["convirza_client/errors.py"]
    assert isinstance(new, bytes)
    (dest / "convirza_client/errors.py").write_bytes(new)
    write(dest)
    assert contents(dest) == written


def test_folder_of_others_is_not_taken(dest: Path) -> None:
    """A convirza_client that no record is of stops a run, be it a folder or a file; --force takes it."""
    (dest / "convirza_client").mkdir(parents=True)
    (dest / "convirza_client/__init__.py").write_text("mine", "utf-8")
    assert refusal(dest, ExitCode.UNUSABLE) == (
        "convirza_client in myapp/_vendor is not of convirza vendor (there is no VENDORED.toml): "
        "keep elsewhere what you need of it, then give --force"
    )
    write(dest, force=True)
    assert check(dest) == []

    other = dest.parent / "other"
    other.mkdir()
    (other / "convirza_client").write_text("mine", "utf-8")
    assert refusal(other, ExitCode.UNUSABLE).startswith("convirza_client in myapp/other is not of ")
    write(other, force=True)
    assert check(other) == []


def test_unknown_record_is_not_taken(dest: Path) -> None:
    """A VENDORED.toml that is not ours, or is broken by a merge, stops a run; --force takes it."""
    dest.mkdir(parents=True)
    (dest / "VENDORED.toml").write_text("[other]\ntool = true\n", "utf-8")
    said = refusal(dest, ExitCode.UNUSABLE)
    assert said.startswith("myapp/_vendor/VENDORED.toml cannot be read: restore it")
    write(dest, force=True)
    assert check(dest) == []


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("name", ["convirza_client", "convirza", "VENDORED.toml"])
def test_links_in_the_place_of_copies_are_refused(dest: Path, tmp_path: Path, name: str, check: bool) -> None:
    """A symbolic link is neither followed nor replaced."""
    write(tmp_path / "elsewhere", library=True)
    write(dest, library=True)
    (dest / name).rename(tmp_path / "aside")
    (dest / name).symlink_to(tmp_path / "elsewhere" / name)
    force = not check
    said = refusal(dest, ExitCode.USAGE, check=check, force=force)
    assert said.startswith(f"myapp/_vendor/{name} is a symbolic link: ")


def test_link_to_the_folder_is_followed(dest: Path, tmp_path: Path) -> None:
    """DEST itself may be a link, as any folder above it."""
    dest.parent.mkdir()
    (tmp_path / "real").mkdir()
    dest.symlink_to(tmp_path / "real")
    write(dest)
    assert check(dest) == []
    assert (tmp_path / "real/VENDORED.toml").is_file()


@pytest.mark.parametrize("check", [False, True])
def test_destination_that_is_no_folder_is_refused(dest: Path, check: bool) -> None:
    """A file, a link to nothing, an empty name and a name with NUL end in one line."""
    dest.parent.mkdir()
    dest.write_text("mine", "utf-8")
    assert refusal(dest, ExitCode.USAGE, check=check).startswith("myapp/_vendor is not a folder: ")
    assert refusal(dest / "below", ExitCode.USAGE, check=check).startswith("cannot ")
    dest.unlink()
    dest.symlink_to("nothing")
    assert refusal(dest, ExitCode.USAGE, check=check).startswith("myapp/_vendor is not a folder: ")
    assert refusal("", ExitCode.USAGE, check=check).startswith("DEST '' is not a folder: ")
    assert refusal("a\0b", ExitCode.USAGE, check=check).startswith("DEST 'a\\x00b' is not a folder: ")
    assert "File name too long" in refusal("x" * 300, ExitCode.USAGE, check=check)


@pytest.mark.parametrize(
    "name", ["my-app", "myapp.", ".myapp", "myapp.class", "my app", "1st", "a..b", "a\nb"]
)
def test_name_that_no_package_has_is_refused(dest: Path, name: str) -> None:
    """--package takes what an import statement takes, and nothing is made before."""
    assert " is not the name of a package: " in refusal(dest, ExitCode.USAGE, package=name)
    assert not dest.parent.exists()


def test_installed_package_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder that convirza is installed in is refused, with --force too."""
    monkeypatch.setattr(vendor_command, "swap", None)  # in case that it is not
    with resources.as_file(resources.files("convirza_client")) as installed, pytest.raises(Failure) as raised:
        vendor(str(installed.parent), force=True)
    assert raised.value.code == ExitCode.USAGE
    assert " is where convirza is installed: give another folder" in str(raised.value)


def test_check_and_force_exclude_each_other(dest: Path) -> None:
    """--check writes nothing, so there is nothing to force."""
    assert refusal(dest, ExitCode.USAGE, check=True, force=True).startswith("--check writes nothing: ")
