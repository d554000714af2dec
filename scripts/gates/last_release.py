"""A part of the gates: the last release, which git has, and what a breaking change needs."""

import contextlib
import io
import re
import subprocess
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from shared import DOCUMENT, ROOT, Refusal, one_line, shown

RECORD = ROOT / "scripts/gates/last_release.toml"
COMPARED = (
    "pyproject.toml",
    "openapi/openapi.yaml",
    "src/convirza",
    "generated/convirza_client",
    "contract_tests/typing",
)
BREAKING = "**Breaking**"
Version = tuple[int, int, int]


class Release(NamedTuple):
    """The last release."""

    version: Version
    commit: str


class Head(NamedTuple):
    """A section of the changelog: `date` is `unreleased` until it is released."""

    version: Version
    date: str
    lines: list[str]


def released() -> Release:
    """The last release, as scripts/publish/record.py recorded it."""
    record = _toml(RECORD)
    version, commit = record.get("version"), str(record.get("commit"))
    if not re.fullmatch("[0-9a-f]{40}", commit):
        raise Refusal(f"{shown(RECORD)}: not written by scripts/publish/record.py")
    return Release(parse_version(version, shown(RECORD)), commit)


@contextlib.contextmanager
def last_release() -> Iterator[tuple[Release, Path]]:
    """The last release, and a folder with what the gates compare of it, as git has it."""
    release = released()
    if git("rev-parse", "--show-prefix", check=False) != b"\n":
        raise Refusal(
            f"{ROOT.name}/ is no clone: git has the release {dotted(release.version)} to compare with: "
            "clone the repository with its history"
        )
    if not git("rev-parse", "--verify", "--quiet", f"{release.commit}^{{commit}}", check=False):
        raise Refusal(
            f"commit {release.commit[:12]}, the release {dotted(release.version)}, is not in this clone: "
            "run git fetch --unshallow, or git fetch"
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()  # as the tools write it
        with tarfile.open(fileobj=io.BytesIO(git("archive", release.commit, "--", *COMPARED))) as archive:
            archive.extractall(folder, filter="data")
        yield release, folder


def git(*arguments: str, check: bool = True) -> bytes:
    """What git prints; nothing if it fails and `check` is false."""
    try:
        run = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False)
    except FileNotFoundError:
        raise Refusal("git is not installed: the gates read the last release from it") from None
    if run.returncode and check:
        raise Refusal(f"git {arguments[0]}: {one_line(run.stderr.decode(errors='replace'))[:300]}")
    return run.stdout


def package_version() -> Version:
    """The version of the package in pyproject.toml."""
    project = _toml(ROOT / "pyproject.toml").get("project", {})
    return parse_version(project.get("version"), "pyproject.toml")


def newest_head() -> Head:
    """The first section of the changelog."""
    text = _text(ROOT / "CHANGELOG.md")
    found = re.search(r"^## (\S+) \((unreleased|\d{4}-\d\d-\d\d)\)\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    first = re.search(r"^## .*", text, re.M)
    if not found or not first or found.start() != first.start():
        raise Refusal("CHANGELOG.md: its first section needs a head such as `## 0.2.0 (unreleased)`")
    lines = [line.lstrip("-* ") if BREAKING not in line else line for line in found[3].splitlines()]
    return Head(parse_version(found[1], "CHANGELOG.md"), found[2], lines)


def demands(what: str, release: Release, document: tuple[Version, Version] | None = None) -> list[str]:
    """What a breaking change of `what` still needs, one line each; nothing if it has all.

    `document` has the versions of the document, that of the release and the present one, if it changed.
    """
    missing: list[str] = []
    if document is not None and document[1] < _next(document[0]):
        missing.append(
            f"{shown(DOCUMENT)}: info.version is {dotted(document[1])}: "
            f"{what} needs {dotted(_next(document[0]))}"
        )
    version = package_version()
    if version < _next(release.version):
        missing.append(
            f"pyproject.toml: version is {dotted(version)}: {what} needs {dotted(_next(release.version))}"
        )
    head = newest_head()
    if head.date != "unreleased":
        missing.append(f"CHANGELOG.md: open a section `## {dotted(_next(release.version))} (unreleased)`")
    elif not any(re.match(rf"\s*(?:[-*] )?{re.escape(BREAKING)}", line) for line in head.lines):
        missing.append(
            f"CHANGELOG.md: the section {dotted(head.version)} needs a line that starts with {BREAKING} and "
            "says what breaks"
        )
    return missing


def parse_version(text: Any, place: str) -> Version:
    """The three numbers of a version."""
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", text) if isinstance(text, str) else None
    if not found:
        raise Refusal(f"{place}: version {text!r}: expected three numbers, such as 0.2.0")
    return int(found[1]), int(found[2]), int(found[3])


def dotted(version: Version) -> str:
    """A version as people write it."""
    return ".".join(map(str, version))


def _next(version: Version) -> Version:
    """The lowest version that may break what `version` promised: SemVer, where 0.x breaks in its minor."""
    major, minor, _ = version
    return (major + 1, 0, 0) if major else (0, minor + 1, 0)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise Refusal(f"{shown(path)}: {error}") from None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(f"{shown(path)}: not UTF-8 at byte {error.start}") from None
