"""Check the document against the last release: what each kind of change needs.

    tox run -e spec

Compares the document with that of the last release. Any difference but comments and formatting needs a
higher `info.version`, so that a version names one document. A change that breaks code that uses the API or
the client passes only if `info.version` and the version in pyproject.toml are bumped (the minor in 0.x, else
the major) and the unreleased section of CHANGELOG.md has a line that starts with `**Breaking**`.
"""

import shutil
import tempfile
from pathlib import Path

from _document import read
from gates.changes import Break, breaking_changes, info_version
from gates.last_release import demands, dotted, last_release, parse_version
from shared import DOCUMENT, ROOT, Refusal, new_parser, shown


def changes(old: Path) -> list[Break]:
    """The breaking changes since the document `old`."""
    with tempfile.TemporaryDirectory() as name:  # Redocly writes its places relative to the folder
        folder = Path(name)
        base = shutil.copyfile(old, folder / "released.yaml")
        revision = shutil.copyfile(DOCUMENT, folder / "openapi.yaml")
        return breaking_changes(base, revision, shown(DOCUMENT), ROOT / "openapi/redocly.yaml")


def main() -> int:
    """Run the command line; returns the exit code."""
    new_parser(__doc__).parse_args()
    with last_release() as (release, folder):
        old = folder / shown(DOCUMENT)
        place = f"{shown(DOCUMENT)}: info.version"
        versions = (parse_version(info_version(old), place), parse_version(info_version(DOCUMENT), place))
        breaks = changes(old)
        before, after = (read(document)[0] for document in (old, DOCUMENT))
        before["info"]["version"] = after["info"]["version"]
    missing = demands("a breaking change of the document", release, versions) if breaks else []
    for place, problem in breaks:
        print(f"{place}: {problem}")
    if missing:
        raise Refusal(f"{len(breaks)} breaking change(s): {'; '.join(missing)}")
    if before == after and versions[1] != versions[0]:
        raise Refusal(
            f"{shown(DOCUMENT)}: nothing differs from release {dotted(release.version)} but info.version: "
            f"write {dotted(versions[0])}"
        )
    if before != after and versions[1] <= versions[0]:
        major, minor, patch = versions[0]
        raise Refusal(
            f"{shown(DOCUMENT)}: differs from release {dotted(release.version)}: raise info.version, "
            f"for example to {dotted((major, minor, patch + 1))}"
        )
    print(
        f"{shown(DOCUMENT)}: "
        + ("breaking changes, all announced" if breaks else "no breaking change since the release")
    )
    return 0
