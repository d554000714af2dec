"""A part of the gates: the last release (contract_tests/released/), and what a breaking change needs."""

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from _document import DOCUMENT, ROOT, Refusal, shown

RELEASED = ROOT / "contract_tests/released"
RECORD = "release.toml"
BREAKING = "**Breaking**"
Version = tuple[int, int, int]


class Release(NamedTuple):
    """The last release."""

    version: Version
    document: Version


class Head(NamedTuple):
    """A section of the changelog: `date` is `unreleased` until it is released."""

    version: Version
    date: str
    lines: list[str]


def released() -> Release:
    """The last release; refuse a baseline that is not what scripts/release.py wrote."""
    record = _toml(RELEASED / RECORD)
    try:
        files = dict(record["files"])
        release = Release(parse_version(record["version"], RECORD), parse_version(record["document"], RECORD))
    except (KeyError, TypeError, ValueError):
        raise Refusal(f"{shown(RELEASED / RECORD)}: not written by scripts/release.py") from None
    if files != hashes(RELEASED):
        changed = sorted(set(files.items()) ^ set(hashes(RELEASED).items()))[0][0]
        raise Refusal(
            f"{shown(RELEASED / changed)}: not as scripts/release.py wrote it: nobody edits the baseline"
        )
    return release


def hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of a baseline but its record."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != folder / RECORD and path.suffix != ".pyc"
    }


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


def demands(what: str, release: Release, document: Version | None = None) -> list[str]:
    """What a breaking change of `what` still needs, one line each; nothing if it has all.

    `document` is the present version of the document, if the document changed.
    """
    missing: list[str] = []
    if document is not None and document < _next(release.document):
        missing.append(
            f"{shown(DOCUMENT)}: info.version is {dotted(document)}: "
            f"{what} needs {dotted(_next(release.document))}"
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
