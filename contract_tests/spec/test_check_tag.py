"""The check of a tag before it is published."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

RECORD = "scripts/gates/last_release.toml"
SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
TODAY = datetime.now(UTC).date()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project that may release 1.2.3."""
    shutil.copytree(SCRIPTS, tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    for name in (
        "openapi/openapi.yaml",
        "src/convirza/a",
        "generated/convirza_client/a",
        "contract_tests/typing/a",
    ):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("a\n", "utf-8")
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n', "utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "--all")
    git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "--message", "a")
    commit = git(tmp_path, "rev-parse", "HEAD").strip()
    (tmp_path / RECORD).write_text(f'version = "1.2.3"\ncommit = "{commit}"\n', "utf-8")
    (tmp_path / "CHANGELOG.md").write_text(
        f"# Changelog\n\n## 1.2.3 ({TODAY})\n\n### Added\n- All.\n", "utf-8"
    )
    return tmp_path


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), "-c", "commit.gpgsign=false", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def tell(root: Path, tag: str = "v1.2.3") -> str:
    """What the script says of the tag; nothing if it may be published."""
    command = [sys.executable, root / "scripts", "publish.tag", tag]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == ((1, "") if run.stderr else (0, f"{tag} may be published\n"))
    assert run.stderr.count("\n") == bool(run.stderr), run.stderr
    return run.stderr


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_tag_that_fits_may_be_published(root: Path) -> None:
    """The version, a dated head and the baseline are there."""
    assert tell(root) == ""


@pytest.mark.parametrize("tag", ["1.2.3", "v1.2.4", "v1.2.3rc1", "v1.2.3 ", "V1.2.3", "v1.2.3\nx", ""])
def test_tag_of_another_version_is_rejected(root: Path, tag: str) -> None:
    """The tag is v and the version of the package, to the letter."""
    assert f"{tag!r} is not v1.2.3" in tell(root, tag)


def test_version_without_its_changelog_is_rejected(root: Path) -> None:
    """The first section of the changelog is that of the version."""
    edit(root / "CHANGELOG.md", "## 1.2.3", "## 1.2.2")
    assert "CHANGELOG.md: its first section is 1.2.2" in tell(root)


def test_section_without_its_date_is_rejected(root: Path) -> None:
    """What is unreleased has no date yet."""
    edit(root / "CHANGELOG.md", str(TODAY), "unreleased")
    assert f"'unreleased' is not a date: write `## 1.2.3 ({TODAY})`" in tell(root)


@pytest.mark.parametrize(
    ("day", "why"), [(str(TODAY + timedelta(days=9)), "future"), ("2026-02-30", "not a date")]
)
def test_impossible_day_is_rejected(root: Path, day: str, why: str) -> None:
    """The date is a day that was."""
    edit(root / "CHANGELOG.md", str(TODAY), day)
    assert why in tell(root)


def test_release_that_is_not_recorded_is_rejected(root: Path) -> None:
    """The next release has to be compared with this one, and not with the one before."""
    edit(root / RECORD, '"1.2.3"', '"1.2.2"')
    assert "scripts/gates/last_release.toml is 1.2.2: run tox run -e release" in tell(root)


def test_another_commit_than_the_recorded_one_is_rejected(root: Path) -> None:
    """The recorded commit has what the tag publishes."""
    edit(root / "src/convirza/a", "a", "b")
    assert "src/convirza/a differs from scripts/gates/last_release.toml's commit" in tell(root)


@pytest.mark.parametrize("name", ["pyproject.toml", "CHANGELOG.md", RECORD])
def test_missing_file_is_named(root: Path, name: str) -> None:
    """Without one of its inputs the script says which."""
    (root / name).unlink()
    assert name in tell(root)
