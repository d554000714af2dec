"""Check that a tag may be published: version, changelog and recorded commit are those of a release.

tox run -e tag -- v1.2.3
"""

from datetime import UTC, date, datetime

from gates.last_release import COMPARED, RECORD, dotted, git, newest_head, package_version, released
from shared import Refusal, new_parser, shown


def check(tag: str, today: date) -> None:
    """Refuse a tag that does not fit what is in the tree."""
    version, head = package_version(), newest_head()
    if tag != f"v{dotted(version)}":
        raise Refusal(f"the tag {tag!r} is not v{dotted(version)}, the version in pyproject.toml")
    if head.version != version:
        raise Refusal(f"CHANGELOG.md: its first section is {dotted(head.version)}, not {dotted(version)}")
    try:
        day = date.fromisoformat(head.date)
    except ValueError:  # unreleased, or no day of the calendar
        raise Refusal(
            f"CHANGELOG.md: {head.date!r} is not a date: write `## {dotted(version)} ({today})`"
        ) from None
    if day > today:
        raise Refusal(f"CHANGELOG.md: {day} is in the future, today is {today}")
    release = released()
    if release.version != version:
        raise Refusal(
            f"{shown(RECORD)} is {dotted(release.version)}: run tox run -e release, commit and tag again"
        )
    if changed := git("diff", "--name-only", release.commit, "--", *COMPARED).decode().splitlines():
        raise Refusal(
            f"{changed[0]} differs from {shown(RECORD)}'s commit: run tox run -e release, "
            "commit and tag again"
        )


def main() -> int:
    """Run the command line; returns the exit code."""
    parser = new_parser(__doc__)
    parser.add_argument("tag", help="such as v1.2.3")
    tag: str = parser.parse_args().tag
    check(tag, datetime.now(UTC).date())
    print(f"{tag} may be published")
    return 0
