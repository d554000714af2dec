"""The baseline of the last release, and scripts/release.py, which makes it."""

import hashlib
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from support.gates import ROOT, Tree

RELEASED = ROOT / "contract_tests/released"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A copy of the tree."""
    return Tree(tmp_path)


def heads() -> list[tuple[str, str]]:
    """The versions and dates of the changelog, newest first."""
    return re.findall(r"^## (\S+) \((.+)\)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refusal(tree: Tree) -> str:
    """The one line that release.py refuses with; the baseline stays as it was."""
    before = files(tree.folder / "contract_tests")
    run = tree.run("release.py")
    assert run.returncode == 1
    assert files(tree.folder / "contract_tests") == before
    (line,) = run.stderr.splitlines()
    return line


def test_the_changelog_starts_with_the_version_of_the_package() -> None:
    """The newest section of the changelog is about the version in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert heads()[0][0] == project["version"]


def test_the_baseline_is_the_newest_release_of_the_changelog() -> None:
    """The newest section with a date is the release that the gates compare with."""
    record = tomllib.loads((RELEASED / "release.toml").read_text("utf-8"))
    version, date = next(head for head in heads() if head[1] != "unreleased")
    assert (record["version"], str(record["date"])) == (version, date)


def test_the_baseline_is_as_it_was_written() -> None:
    """Each file of the baseline has the hash that its record states, and none is missing or new."""
    record = tomllib.loads((RELEASED / "release.toml").read_text("utf-8"))
    there = {name: hashlib.sha256(content).hexdigest() for name, content in files(RELEASED).items()}
    del there["release.toml"]
    assert record["files"] == there


def test_a_release_is_the_present_tree(tree: Tree) -> None:
    """The new baseline has the document, the typing tests and a stub of each module of both packages."""
    tree.release("7.0.0")
    released = tree.folder / "contract_tests/released"
    assert (released / "openapi.yaml").read_bytes() == tree.document.read_bytes()
    assert files(released / "typing") == files(tree.folder / "contract_tests/typing")
    modules = {
        str(path.relative_to(tree.folder / root).with_suffix(".pyi"))
        for root in ("src", "generated")
        for path in (tree.folder / root).rglob("*.py")
    }
    assert modules == set(files(released / "api"))
    record = tomllib.loads((released / "release.toml").read_text("utf-8"))
    assert (record["version"], str(record["date"])) == ("7.0.0", "2030-01-01")


def test_a_stub_has_what_is_promised_and_nothing_else(tree: Tree) -> None:
    """Names, signatures, bases, defaults and what a constructor sets stay; docstrings and bodies go."""
    (tree.folder / "src/convirza/new.py").write_text(
        '"""Words."""\n'
        "import os\n"
        "LIMIT: int = 3\n"
        "class Thing(Exception):\n"
        '    """Words."""\n'
        "    def __init__(self, size: int = 1) -> None:\n"
        '        """Words."""\n'
        "        self.size: int = size\n"
        "        secret = size\n"
        "class Empty:\n"
        '    """Words."""\n'
        "async def go(*, fast: bool = False) -> str:\n"
        "    return 'body'\n",
        "utf-8",
    )
    tree.release("7.0.0")
    stub = (tree.folder / "contract_tests/released/api/convirza/new.pyi").read_text("utf-8")
    for kept in (
        "import os",
        "LIMIT: int = 3",
        "class Thing(Exception)",
        "size: int=1",
        "self.size: int = size",
    ):
        assert kept in stub
    assert "class Empty:\n    ..." in stub
    assert "async def go(*, fast: bool=False) -> str:\n    ..." in stub
    assert not re.search("Words|body|secret", stub)


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
def test_what_is_no_release_is_refused(tree: Tree, package: str, head: str, said: str) -> None:
    """Without one version, higher than the last, and a date nothing is written, and one line says why."""
    tree.versions(package, head)
    assert said in refusal(tree)


@pytest.mark.parametrize("name", ["CHANGELOG.md", "pyproject.toml", "openapi/openapi.yaml"])
def test_a_missing_file_is_one_line(tree: Tree, name: str) -> None:
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
        ("src/convirza/__init__.py", b"def", "src/convirza/__init__.py"),
        ("contract_tests/released/release.toml", b"x = 1", "not written by scripts/release.py"),
        ("contract_tests/released/openapi.yaml", b"", "openapi.yaml: not as scripts/release.py wrote it"),
    ],
)
def test_a_broken_file_is_one_line(tree: Tree, name: str, content: bytes, said: str) -> None:
    """A file that cannot be read, or a baseline that somebody edited, is named; nothing is written."""
    tree.versions("7.0.0", "7.0.0 (2030-01-01)")
    (tree.folder / name).write_bytes(content)
    assert said in refusal(tree)


def test_a_first_release_needs_no_baseline(tree: Tree) -> None:
    """Where there is no last release, the first one is made."""
    shutil.rmtree(tree.folder / "contract_tests/released")
    tree.release("0.0.1")
    assert (tree.folder / "contract_tests/released/release.toml").is_file()


def test_nothing_is_left_beside_the_baseline(tree: Tree) -> None:
    """The old baseline and what was made on the way are gone."""
    before = sorted(path.name for path in (tree.folder / "contract_tests").iterdir())
    tree.release("7.0.0")
    assert sorted(path.name for path in (tree.folder / "contract_tests").iterdir()) == before


BREAK_RENAME = """
import errno, os
rename, failed = os.rename, []
def broken(source, target, **how):
    if str(target).endswith("contract_tests/released") and not failed:
        failed.append(target)
        raise OSError(errno.ENOSPC, "No space left on device", str(target))
    rename(source, target, **how)
os.rename = broken
"""


def test_a_swap_that_fails_leaves_the_old_baseline(
    tree: Tree, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """If the new folder cannot take its place, the old one is put back, whole."""
    tree.versions("7.0.0", "7.0.0 (2030-01-01)")
    folder = tmp_path_factory.mktemp("site")
    (folder / "sitecustomize.py").write_text(BREAK_RENAME, "utf-8")
    before = files(tree.folder / "contract_tests")
    run = tree.run("release.py", PYTHONPATH=str(folder))
    assert run.returncode == 1
    assert run.stderr.endswith("No space left on device\n")
    assert files(tree.folder / "contract_tests") == before
