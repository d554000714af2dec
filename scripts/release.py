#!/usr/bin/env python3
"""Make this tree the last release: write contract_tests/released/, what the gates compare with.

    tox run -e release

CHANGELOG.md and pyproject.toml must agree on the version, the changelog's newest section must have a date,
and the version must be higher than that of the last release. Writes the document, the signatures of the
Python API, the typing tests, and release.toml with their hashes; the folder is swapped in whole.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from _changes import info_version
from _document import DOCUMENT, ROOT, Refusal, shown
from _released import (
    RECORD,
    RELEASED,
    Head,
    dotted,
    hashes,
    newest_head,
    package_version,
    parse_version,
    released,
)
from _stubs import stub

PACKAGES = ("generated/convirza_client", "src/convirza")


def agreed_head() -> Head:
    """The changelog's section of the release; refuse if this tree is none."""
    head, version = newest_head(), package_version()
    if head.version != version:
        raise Refusal(
            f"CHANGELOG.md is at {dotted(head.version)}, pyproject.toml at {dotted(version)}: make them agree"
        )
    if head.date == "unreleased":
        raise Refusal(f"CHANGELOG.md: write the date of the release, `## {dotted(version)} (2026-12-31)`")
    if RELEASED.exists() and version <= (last := released().version):
        raise Refusal(
            f"pyproject.toml: version {dotted(version)} is not higher than the release {dotted(last)}"
        )
    return head


def write(target: Path, head: Head) -> None:
    """Write the baseline into `target`, which does not exist yet."""
    document = parse_version(info_version(DOCUMENT), f"{shown(DOCUMENT)}: info.version")
    target.mkdir()
    shutil.copyfile(DOCUMENT, target / "openapi.yaml")
    for package in PACKAGES:
        for module in sorted((ROOT / package).rglob("*.py")):
            place = target / "api" / module.relative_to((ROOT / package).parent).with_suffix(".pyi")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(stub(module.read_text("utf-8"), shown(module)), "utf-8")
    (target / "typing").mkdir()
    for test in sorted((ROOT / "contract_tests/typing").glob("*.py")):
        shutil.copyfile(test, target / "typing" / test.name)
    lines = [
        "# Written by scripts/release.py: the last release, which the gates compare with. Do not edit.",
        f'version = "{dotted(head.version)}"',
        f'document = "{dotted(document)}" # its info.version',
        f"date = {head.date}",
        "",
        "[files] # SHA-256",
        *(f'"{name}" = "{digest}"' for name, digest in hashes(target).items()),
    ]
    (target / RECORD).write_text("\n".join(lines) + "\n", "utf-8")


def main() -> int:
    """Run the command line; returns the exit code."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    try:
        head = agreed_head()
        with tempfile.TemporaryDirectory(prefix=".released-", dir=RELEASED.parent) as folder:
            fresh, old = Path(folder) / "released", Path(folder) / "old"
            write(fresh, head)
            if RELEASED.exists():
                RELEASED.rename(old)
            try:
                fresh.rename(RELEASED)
            except OSError:
                if old.exists():
                    old.rename(RELEASED)
                raise
    except Refusal as refusal:
        print(f"release.py: {refusal}", file=sys.stderr)
        return 1
    except SyntaxError as error:
        print(f"release.py: {error.filename}:{error.lineno}: {error.msg}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"release.py: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"release.py: contract_tests/released/ is {dotted(head.version)}: commit it, then tag that commit")
    return 0


if __name__ == "__main__":
    sys.exit(main())
