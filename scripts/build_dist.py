#!/usr/bin/env python3
"""Build the sdist and the wheel into dist/, and prove that a second build gives the same bytes.

    tox run -e dist

Builds from copies of the tree: one as it is; one in another folder, with other times, modes, umask, time zone
and hash seed, and with the litter of editors in it; and the wheel a third time, from the sdist.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
LITTER = ("__pycache__/stray.cpython-311.pyc", ".stray.py.swp", "stray.py~", "stray.py.orig", ".DS_Store")
PACKAGES = ("src/convirza", "generated/convirza_client")


class Refusal(Exception):
    """A reason to stop, in one line."""


def copy_tree(target: Path) -> None:
    """Copy what is in the repository, and what could be: not what git ignores."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        raise Refusal(f"git ls-files: {listed.stderr.strip()}")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():  # not one that is removed and not yet committed
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)


def disturb(tree: Path) -> None:
    """Change what must not reach the output: times, modes, and files that belong to nobody."""
    for package in PACKAGES:
        for name in LITTER:
            (tree / package / name).parent.mkdir(exist_ok=True)
            (tree / package / name).write_bytes(b"litter\n")
    for path in sorted(tree.rglob("*"), reverse=True):
        path.chmod(0o700 if path.is_dir() or path.stat().st_mode & 0o100 else 0o600)
        os.utime(path, (2_000_000_000, 2_000_000_000))


def build(tree: Path, target: Path, *kinds: str, umask: int) -> list[Path]:
    """Build each of `kinds` from `tree` into `target`, in an environment of its own."""
    command = [sys.executable, "-P", "-m", "build", *kinds, "--outdir", str(target), str(tree)]
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    environment |= {"PYTHONHASHSEED": str(umask), "TZ": f"XXX{umask % 12}"}
    run = subprocess.run(command, env=environment, umask=umask, capture_output=True, text=True, check=False)
    if run.returncode:
        print(run.stdout, run.stderr, sep="\n", file=sys.stderr)
        raise Refusal(f"build {' '.join(kinds)}: exit code {run.returncode}, see above")
    return sorted(target.iterdir(), reverse=True)


def members(archive: Path) -> dict[str, bytes]:
    """The files of a wheel or an sdist."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist()}
    with tarfile.open(archive) as sdist:
        files = ((member.name, sdist.extractfile(member)) for member in sdist)
        return {name: file.read() for name, file in files if file}


def compare(first: Path, second: Path, what: str) -> None:
    """Refuse two builds that differ in a byte; name the first file that does."""
    if first.name == second.name and first.read_bytes() == second.read_bytes():
        return
    one, other = members(first), members(second)
    names = [name for name in sorted(one.keys() | other.keys()) if one.get(name) != other.get(name)]
    where = names[0] if names else "times, modes or order only"
    raise Refusal(f"{first.name}: {what} differs ({where})")


def make(folder: Path) -> list[Path]:
    """Build all in `folder`, compare, and give the sdist and the wheel."""
    plain, other, built = folder / "plain", folder / "some/other place", folder / "built"
    for tree in (plain, other):
        tree.mkdir(parents=True)
        copy_tree(tree)
    disturb(other)
    sdist, wheel = kept = build(plain, built / "1", "--sdist", "--wheel", umask=0o022)
    again = build(other, built / "2", "--sdist", "--wheel", umask=0o077)
    for first, second in zip(kept, again, strict=True):
        compare(first, second, "a second build, in another folder,")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    unpacked = folder / "unpacked" / sdist.name.removesuffix(".tar.gz")
    (from_sdist,) = build(unpacked, built / "3", "--wheel", umask=0o022)
    compare(wheel, from_sdist, "the wheel built from the sdist")
    return kept


def main() -> int:
    """Run the command line; returns the exit code."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    try:
        # Beside dist/, so that the swap is a rename; its name is one that git ignores.
        (ROOT / "build").mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="dist-", dir=ROOT / "build") as name:
            kept = make(Path(name))
            fresh = kept[0].parent
            if DIST.exists():
                DIST.rename(Path(name) / "old")
            fresh.rename(DIST)
    except Refusal as refusal:
        print(f"build_dist.py: {refusal}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"build_dist.py: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    print("the same bytes twice, and from the sdist:", *(f"dist/{path.name}" for path in kept))
    return 0


if __name__ == "__main__":
    sys.exit(main())
