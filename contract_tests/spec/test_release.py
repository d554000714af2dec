"""The record of the last release, and scripts/publish/record.py, which writes it."""

import re
import tomllib
from pathlib import Path

import pytest

from support.spec.gates import ROOT, Tree

RECORD = "scripts/gates/last_release.toml"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A copy of the tree."""
    return Tree(tmp_path)


def heads() -> list[tuple[str, str]]:
    """The versions and dates of the changelog, newest first."""
    return re.findall(r"^## (\S+) \((.+)\)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def refusal(tree: Tree) -> str:
    """The one line that publish.record refuses with; the record stays as it was."""
    before = (tree.folder / RECORD).read_bytes()
    run = tree.run("publish.record")
    assert run.returncode == 1
    assert (tree.folder / RECORD).read_bytes() == before
    (line,) = run.stderr.splitlines()
    return line


def test_changelog_starts_with_the_version_of_the_package() -> None:
    """The newest section of the changelog is about the version in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert heads()[0][0] == project["version"]


def test_recorded_release_is_the_newest_release_of_the_changelog() -> None:
    """The newest section with a date is the release that the gates compare with."""
    record = tomllib.loads((ROOT / RECORD).read_text("utf-8"))
    assert record["version"] == next(version for version, date in heads() if date != "unreleased")


def test_release_is_the_last_commit(tree: Tree) -> None:
    """The file names the version and the commit HEAD; a first release needs no file before it."""
    tree.release("7.0.0")
    record = tomllib.loads((tree.folder / RECORD).read_text("utf-8"))
    assert record == {"version": "7.0.0", "commit": tree.git("rev-parse", "HEAD").strip()}
    (tree.folder / RECORD).unlink()
    tree.release("0.0.1")


@pytest.mark.parametrize(
    "name", ["openapi/openapi.yaml", "src/convirza/__init__.py", "src/convirza/new.py", "pyproject.toml"]
)
def test_what_is_not_committed_is_rejected(tree: Tree, name: str) -> None:
    """The commit must have what is released: a file that differs from it, or is new, is named."""
    tree.versions("7.0.0", "7.0.0 (2030-01-01)")
    tree.commit()
    with (tree.folder / name).open("a", encoding="utf-8") as file:
        file.write("# more\n")
    assert refusal(tree) == f"publish.record: {name}: commit it first: the gates will compare with the commit"


@pytest.mark.parametrize(
    ("package", "head", "said"),
    [
        ("7.0.0", "7.0.0 (unreleased)", "CHANGELOG.md: write the date of the release, `## 7.0.0 ("),
        ("7.0.0", "7.0.1 (2030-01-01)", "CHANGELOG.md is at 7.0.1, pyproject.toml at 7.0.0"),
        ("0.1.0", "0.1.0 (2030-01-01)", "pyproject.toml: version 0.1.0 is not higher than the release"),
        ("0.0.9", "0.0.9 (2030-01-01)", "pyproject.toml: version 0.0.9 is not higher than the release"),
        ("7.0", "7.0.0 (2030-01-01)", "pyproject.toml: version '7.0': expected three numbers"),
        ("7.0.0", "7 (2030-01-01)", "CHANGELOG.md: version '7': expected three numbers"),
        ("7.0.0", "7.0.0", "CHANGELOG.md: its first section needs a head"),
    ],
)
def test_tree_that_is_not_a_release_is_rejected(tree: Tree, package: str, head: str, said: str) -> None:
    """Without one version, higher than the last, and a date nothing is written, and one line says why."""
    tree.versions(package, head)
    assert said in refusal(tree)


@pytest.mark.parametrize("name", ["CHANGELOG.md", "pyproject.toml", "openapi/openapi.yaml"])
def test_missing_file_is_one_line(tree: Tree, name: str) -> None:
    """A file that is not there is named."""
    tree.versions("7.0.0", "7.0.0 (2030-01-01)")
    (tree.folder / name).unlink()
    assert name in refusal(tree)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("pyproject.toml", b"= broken", "pyproject.toml: "),
        ("CHANGELOG.md", b"\xff", "CHANGELOG.md: not UTF-8 at byte 0"),
        ("openapi/openapi.yaml", b"hello", "openapi/openapi.yaml:1: expected an OpenAPI 3.1 document"),
        (RECORD, b"x = 1", "scripts/gates/last_release.toml: not written by scripts/publish/record.py"),
    ],
)
def test_broken_file_is_one_line(tree: Tree, name: str, content: bytes, said: str) -> None:
    """A file that cannot be read is named; nothing is written."""
    tree.versions("7.0.0", "7.0.0 (2030-01-01)")
    (tree.folder / name).write_bytes(content)
    assert said in refusal(tree)
