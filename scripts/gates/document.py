"""Check the document against the last release: a breaking change needs a version and a changelog line.

    tox run -e spec

Compares the document with that of the last release. A change that breaks the code of somebody who uses the
API or the client passes only if `info.version` and the version in pyproject.toml are bumped (the minor in
0.x, else the major) and the unreleased section of CHANGELOG.md has a line that starts with `**Breaking**`.
"""

import shutil
import tempfile
from pathlib import Path

from gates.changes import Break, breaking_changes, info_version
from gates.last_release import Version, demands, last_release, parse_version
from shared import DOCUMENT, ROOT, Refusal, new_parser, shown


def changes(old: Path) -> list[Break]:
    """The breaking changes since the document `old`."""
    with tempfile.TemporaryDirectory() as name:  # Redocly writes its places relative to the folder
        folder = Path(name)
        base = shutil.copyfile(old, folder / "released.yaml")
        revision = shutil.copyfile(DOCUMENT, folder / "openapi.yaml")
        return breaking_changes(base, revision, shown(DOCUMENT), ROOT / "openapi/redocly.yaml")


def _version(document: Path) -> Version:
    return parse_version(info_version(document), f"{shown(DOCUMENT)}: info.version")


def main() -> int:
    """Run the command line; returns the exit code."""
    new_parser(__doc__).parse_args()
    with last_release() as (release, folder):
        versions = (_version(folder / shown(DOCUMENT)), _version(DOCUMENT))
        breaks = changes(folder / shown(DOCUMENT))
    missing = demands("a breaking change of the document", release, versions) if breaks else []
    for place, problem in breaks:
        print(f"{place}: {problem}")
    if missing:
        raise Refusal(f"{len(breaks)} breaking change(s): {'; '.join(missing)}")
    print(
        f"{shown(DOCUMENT)}: "
        + ("breaking, and announced" if breaks else "nothing breaks since the last release")
    )
    return 0
