"""Runs `convirza vendor` in this process, and makes copies that are not as they should be."""

import functools
import hashlib
import tomllib
from pathlib import Path
from typing import Any

import attrs
import pytest

from convirza._cli.exits import ExitCode, Failure
from convirza._cli.vendor import vendor
from convirza._vendor.files import Record, copied_files

copied_files_once = functools.cache(copied_files)
"""For tests that do not look into the copies: rewriting the library takes 0.4 s each time."""


def write(dest: Path, **options: Any) -> list[str]:
    """What was done."""
    code, lines = vendor(str(dest), **options)
    assert code == ExitCode.DONE
    return lines


def check(dest: Path, **options: Any) -> list[str]:
    """The findings, without the folder. Nothing was changed."""
    before = contents(dest)
    code, lines = vendor(str(dest), check=True, **options)
    assert contents(dest) == before
    assert (code == ExitCode.DONE) == (len(lines) == 1 and " writes it, " in lines[0])
    return [] if code == ExitCode.DONE else [line.removeprefix(f"{dest}/") for line in lines]


def refusal(dest: Path | str, code: ExitCode, **options: Any) -> str:
    """The line of a failure that has changed nothing in the current folder."""
    before = contents(Path())
    with pytest.raises(Failure) as raised:
        vendor(str(dest), **options)
    assert raised.value.code == code
    assert contents(Path()) == before
    assert "\n" not in str(raised.value)
    return str(raised.value)


def contents(folder: Path) -> dict[str, bytes | str]:
    """The files below a folder, and where links lead."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = str(path.readlink())
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def make_older(dest: Path) -> None:
    """Makes the copy an older version's: a file is changed, one removed, one missing."""
    record = Record.load(tomllib.loads((dest / "VENDORED.toml").read_text("utf-8")))
    (dest / "convirza_client/errors.py").write_text("older = True\n", "utf-8")
    (dest / "convirza_client/models/gone.py").write_text("gone = True\n", "utf-8")
    (dest / "convirza_client/models/tag.py").unlink()
    files = {
        path.relative_to(dest).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("convirza", "convirza_client")
        for path in sorted((dest / folder).rglob("*"))
        if path.is_file()
    }
    older = attrs.evolve(record, version="0.0.9", files=files)
    (dest / "VENDORED.toml").write_bytes(older.dump())
