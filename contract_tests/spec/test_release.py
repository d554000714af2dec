"""The last release: scripts/publish/record.py records it, scripts/publish/tag.py compares a tag with it."""

import re
import tomllib

import pytest

from support.spec.gates import ROOT, Tree

RECORD = "scripts/gates/last_release.toml"


@pytest.fixture(scope="module")
def _copy(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    return Tree(tmp_path_factory.mktemp("tree"))


@pytest.fixture
def tree(_copy: Tree) -> Tree:
    """A copy of the tree."""
    _copy.restore()
    return _copy


@pytest.fixture
def tagged(tree: Tree) -> Tree:
    """A copy of the tree that may be published as 1.2.3."""
    tree.versions("1.2.3", "1.2.3 (2026-01-02)")
    tree.commit()
    record = f'version = "1.2.3"\ncommit = "{tree.git("rev-parse", "HEAD").strip()}"\n'
    (tree.folder / RECORD).write_text(record, "utf-8")
    return tree


def heads() -> list[tuple[str, str]]:
    """The versions and dates of the changelog, newest first."""
    return re.findall(r"^## (\S+) \((.+)\)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def refusal(tree: Tree, *tool: str) -> str:
    """The one line with which a tool ends; the record stays as it was."""
    path = tree.folder / RECORD
    before = path.exists() and path.read_bytes()
    run = tree.run(*tool)
    assert (run.returncode, run.stdout) == (1, "")
    assert (path.exists() and path.read_bytes()) == before
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
    tree.versions("7.0.0", "7.0.0 (2026-01-02)")
    tree.commit()
    with (tree.folder / name).open("a", encoding="utf-8") as file:
        file.write("# more\n")
    said = f"publish.record: {name}: commit it first: the gates will compare with the commit"
    assert refusal(tree, "publish.record") == said


@pytest.mark.parametrize(
    ("package", "head", "said"),
    [
        ("7.0.0", "7.0.0 (unreleased)", "CHANGELOG.md: write the date of the release, `## 7.0.0 ("),
        ("7.0.0", "7.0.1 (2026-01-02)", "CHANGELOG.md is at 7.0.1, pyproject.toml at 7.0.0"),
        ("0.1.0", "0.1.0 (2026-01-02)", "pyproject.toml: version 0.1.0 is not higher than the release"),
        ("0.0.9", "0.0.9 (2026-01-02)", "pyproject.toml: version 0.0.9 is not higher than the release"),
        ("7.0", "7.0.0 (2026-01-02)", "pyproject.toml: version '7.0': expected three numbers"),
        ("7.0.0", "7 (2026-01-02)", "CHANGELOG.md: version '7': expected three numbers"),
        ("7.0.0", "7.0.0", "CHANGELOG.md: its first section needs a head"),
        ("7.0.0", "next (unreleased)", "CHANGELOG.md: version 'next'"),
    ],
)
def test_tree_that_is_not_a_release_is_rejected(tree: Tree, package: str, head: str, said: str) -> None:
    """Without one version, higher than the last, and a date nothing is written, and one line says why."""
    tree.versions(package, head)
    assert said in refusal(tree, "publish.record")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("pyproject.toml", None, "pyproject.toml"),
        ("pyproject.toml", b"= broken", "pyproject.toml: "),
        ("CHANGELOG.md", None, "CHANGELOG.md"),
        ("CHANGELOG.md", b"\xff", "CHANGELOG.md: not UTF-8 at byte 0"),
        ("openapi/openapi.yaml", None, "openapi/openapi.yaml"),
        ("openapi/openapi.yaml", b"hello", "openapi/openapi.yaml:1: expected an OpenAPI 3.1 document"),
        (RECORD, b"x = 1", "scripts/gates/last_release.toml: not written by scripts/publish/record.py"),
    ],
)
def test_bad_file_is_one_line(tree: Tree, name: str, content: bytes | None, said: str) -> None:
    """A file that is missing, or cannot be read, is named; nothing is written."""
    tree.versions("7.0.0", "7.0.0 (2026-01-02)")
    (tree.folder / name).unlink()
    if content is not None:
        (tree.folder / name).write_bytes(content)
    assert said in refusal(tree, "publish.record")


def test_tag_that_fits_may_be_published(tagged: Tree) -> None:
    """The version, a dated head and the recorded commit are there."""
    run = tagged.run("publish.tag", "v1.2.3")
    assert (run.returncode, run.stdout, run.stderr) == (0, "v1.2.3 may be published\n", "")


@pytest.mark.parametrize("tag", ["1.2.3", "v1.2.4", "v1.2.3rc1", "v1.2.3 ", "V1.2.3", "v1.2.3\nx", ""])
def test_tag_of_another_version_is_rejected(tagged: Tree, tag: str) -> None:
    """The tag is v and the version of the package, to the letter."""
    assert f"{tag!r} is not v1.2.3" in refusal(tagged, "publish.tag", tag)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("CHANGELOG.md", "## 1.2.3", "## 1.2.2", "CHANGELOG.md: its first section is 1.2.2"),
        ("CHANGELOG.md", "2026-01-02", "unreleased", "'unreleased' is not a date: write `## 1.2.3 ("),
        ("CHANGELOG.md", "2026-01-02", "2026-02-30", "'2026-02-30' is not a date"),
        ("CHANGELOG.md", "2026-01-02", "9999-01-02", "9999-01-02 is in the future"),
        (RECORD, '"1.2.3"', '"1.2.2"', f"{RECORD} is 1.2.2: run tox run -e release"),
        ("src/convirza/py.typed", "", "a", f"src/convirza/py.typed differs from {RECORD}'s commit"),
    ],
)
def test_tag_of_another_tree_is_rejected(tagged: Tree, name: str, old: str, new: str, said: str) -> None:
    """The changelog has the version and its date, and the recorded commit has what the tag publishes."""
    tagged.replace(name, (old, new))
    assert said in refusal(tagged, "publish.tag", "v1.2.3")


@pytest.mark.parametrize("name", ["pyproject.toml", "CHANGELOG.md", RECORD])
def test_missing_file_is_named(tagged: Tree, name: str) -> None:
    """Without one of its inputs the check of a tag names it."""
    (tagged.folder / name).unlink()
    assert name in refusal(tagged, "publish.tag", "v1.2.3")
