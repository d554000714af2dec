"""Make HEAD the last release: its commit goes into scripts/gates/last_release.toml, for the gates.

    tox run -e release

CHANGELOG.md and pyproject.toml must agree on the version, the changelog's newest section must have a date,
the version must be higher than that of the last release, and what the gates compare must be committed.
"""

from gates.changes import info_version
from gates.last_release import (
    COMPARED,
    RECORD,
    dotted,
    git,
    newest_head,
    package_version,
    parse_version,
    released,
)
from shared import DOCUMENT, Refusal, new_parser, shown


def record() -> str:
    """What to write into the file; refuse if this tree is not a release."""
    head, version = newest_head(), package_version()
    if head.version != version:
        raise Refusal(
            f"CHANGELOG.md is at {dotted(head.version)}, pyproject.toml at {dotted(version)}: make them agree"
        )
    if head.date == "unreleased":
        raise Refusal(f"CHANGELOG.md: write the date of the release, `## {dotted(version)} (2026-12-31)`")
    if RECORD.exists() and version <= (last := released().version):
        raise Refusal(
            f"pyproject.toml: version {dotted(version)} is not higher than the release {dotted(last)}"
        )
    parse_version(info_version(DOCUMENT), f"{shown(DOCUMENT)}: info.version")
    if changed := git("status", "--porcelain", "--", *COMPARED).decode().splitlines():
        raise Refusal(f"{changed[0][3:]}: commit it first: the gates will compare with the commit")
    return (
        "# Written by scripts/publish/record.py: the last release. The gates read this commit from git.\n"
        f'version = "{dotted(version)}"\ncommit = "{git("rev-parse", "HEAD").decode().strip()}"\n'
    )


def main() -> int:
    """Run the command line; returns the exit code."""
    new_parser(__doc__).parse_args()
    RECORD.write_text(record(), "utf-8")
    print(f"{shown(RECORD)} is {dotted(released().version)}: commit it, then tag that commit")
    return 0
