#!/usr/bin/env python3
"""Check what the wheel and the sdist in dist/ hold: all that must be there, and nothing else.

tox run -e dist                          build them first, then this
python scripts/check_dist.py FOLDER      another folder than dist/
"""

import argparse
import base64
import csv
import hashlib
import io
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {"convirza": "src/convirza", "convirza_client": "generated/convirza_client"}
DOCUMENT = "openapi/openapi.yaml"
# What people need who have only the sdist: to read, to build, to test.
NEEDED = (
    "LICENSE",
    "PKG-INFO",
    "README.md",
    "CHANGELOG.md",
    "pyproject.toml",
    "tox.ini",
    "contract_tests/conftest.py",
    "scripts/generate.py",
    DOCUMENT,
    "src/convirza/py.typed",
    "generated/convirza_client/py.typed",
)
MADE = {"PKG-INFO", ".gitignore"}  # by the build; hatchling reads the second when it builds the wheel
UNWANTED = {"__pycache__", "node_modules", "build", "dist"}


class Refusal(Exception):
    """A reason to stop, in one line."""


def package_files(root: Path) -> dict[str, bytes]:
    """What the wheel has of the packages: every file of them in the tree, and the document."""
    files = {"convirza/openapi.yaml": (root / DOCUMENT).read_bytes()}
    for package, folder in PACKAGES.items():
        for path in (root / folder).rglob("*"):
            name = path.relative_to(root / folder)
            if path.is_file() and not _litter(PurePosixPath(name.as_posix())):
                files[f"{package}/{name.as_posix()}"] = path.read_bytes()
    return files


def _litter(name: PurePosixPath) -> bool:
    folders_and_file = set(name.parts)
    return (
        bool(UNWANTED & folders_and_file)
        or any(part.startswith(".") for part in folders_and_file)
        or name.name.endswith((".pyc", ".orig", ".rej", "~"))
    )


def check_wheel(path: Path, version: str, wanted: dict[str, bytes]) -> list[str]:
    """What is wrong with the wheel, a line each."""
    info = f"convirza-{version}.dist-info/"
    made = {info + name for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")}
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
        content = {name: wheel.read(name) for name in names}
    problems = [f"{name} is there twice" for name in content if names.count(name) > 1]
    problems += _names(set(content), wanted.keys() | made)
    changed = [name for name in sorted(wanted) if content.get(name, wanted[name]) != wanted[name]]
    problems += [f"{name} differs from the tree" for name in changed]
    record = content.get(f"{info}RECORD", b"").decode()
    hashes = {name: digest for name, digest, _ in csv.reader(io.StringIO(record))}
    problems += [f"RECORD: {problem}" for problem in _names(set(hashes), set(content))]
    for name in sorted(content.keys() & hashes.keys() - {f"{info}RECORD"}):
        digest = base64.urlsafe_b64encode(hashlib.sha256(content[name]).digest()).decode().rstrip("=")
        if hashes[name] != f"sha256={digest}":
            problems.append(f"RECORD: {name} has another hash")
    return problems


def _names(there: set[str], wanted: set[str]) -> list[str]:
    missing = [f"{name} is missing" for name in sorted(wanted - there)]
    return missing + [f"{name} does not belong there" for name in sorted(there - wanted)]


def check_sdist(path: Path, version: str, root: Path) -> list[str]:
    """What is wrong with the sdist, a line each."""
    folder = f"convirza-{version}/"
    with tarfile.open(path, "r:gz") as sdist:
        files = {member.name: sdist.extractfile(member) for member in sdist}
        content = {name: file.read() for name, file in files.items() if file}
    problems = [
        f"{name} is no plain file in {folder}"
        for name, file in files.items()
        if not file or not name.startswith(folder)
    ]
    there = {name.removeprefix(folder): data for name, data in content.items()}
    problems += [f"{name} is missing" for name in NEEDED if name not in there]
    for name, data in sorted(there.items()):
        if name in MADE:
            continue
        if _litter(PurePosixPath(name)):
            problems.append(f"{name} does not belong there")
        elif not (root / name).is_file() or (root / name).read_bytes() != data:
            problems.append(f"{name} differs from the tree")
    return problems


def check(folder: Path, root: Path) -> list[str]:
    """What is wrong with the two files in `folder`, a line each."""
    version: str = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    wheel, sdist = folder / f"convirza-{version}-py3-none-any.whl", folder / f"convirza-{version}.tar.gz"
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if problems := _names(there, {wheel.name, sdist.name}):
        raise Refusal(f"{folder.name}: {problems[0]}: run tox run -e dist")
    problems = [f"{wheel.name}: {problem}" for problem in check_wheel(wheel, version, package_files(root))]
    return problems + [f"{sdist.name}: {problem}" for problem in check_sdist(sdist, version, root)]


def main() -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "dist")
    try:
        problems = check(parser.parse_args().folder, ROOT)
    except (Refusal, tarfile.TarError, zipfile.BadZipFile) as error:
        print(f"check_dist.py: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"check_dist.py: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    for problem in problems:
        print(f"check_dist.py: {problem}", file=sys.stderr)
    if not problems:
        print("the wheel and the sdist hold what they must, and nothing else")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
