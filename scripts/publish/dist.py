"""Build the sdist, and from it the wheel, into dist/, and prove that a second build produces the same bytes.

    tox run -e dist

Builds from copies of what git has; the second one is in another folder, with other times, modes and umask.
check-wheel-contents then compares the wheel with the packages in the tree.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from shared import ROOT, Refusal, new_parser, swap

DIST = ROOT / "dist"


def copy_tree(target: Path) -> None:
    """Copy the files of the repository, and new ones that git does not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        raise Refusal(f"git ls-files: {listed.stderr.strip()}")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():  # not one that is removed and not yet committed
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)


def disturb(tree: Path) -> None:
    """Change the times and modes, which must not reach the output."""
    for path in sorted(tree.rglob("*"), reverse=True):
        path.chmod(0o700 if path.is_dir() or path.stat().st_mode & 0o100 else 0o600)
        os.utime(path, (2_000_000_000, 2_000_000_000))


def build(tree: Path, target: Path, umask: int) -> dict[str, bytes]:
    """Build both from `tree` into `target`, in an environment of its own; returns the files."""
    command = [sys.executable, "-P", "-m", "build", "--outdir", str(target), str(tree)]
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    environment |= {"PYTHONHASHSEED": str(umask), "TZ": f"XXX{umask % 12}"}
    run = subprocess.run(command, env=environment, umask=umask, capture_output=True, text=True, check=False)
    if run.returncode:
        print(run.stdout, run.stderr, sep="\n", file=sys.stderr)
        raise Refusal(f"build: exit code {run.returncode}, see above")
    return {path.name: path.read_bytes() for path in sorted(target.iterdir())}


def make(folder: Path) -> Path:
    """Build twice in `folder` and compare; returns the folder of the files."""
    plain, other, built = folder / "plain", folder / "some/other place", folder / "built"
    for tree in (plain, other):
        tree.mkdir(parents=True)
        copy_tree(tree)
    disturb(other)
    first, second = build(plain, built / "1", 0o022), build(other, built / "2", 0o077)
    if changed := [name for name in first if first[name] != second.get(name)]:
        raise Refusal(f"{changed[0]}: a second build, in another folder, differs")
    return built / "1"


def main() -> int:
    """Run the command line; returns the exit code."""
    new_parser(__doc__).parse_args()
    # Beside dist/, so that the swap is a rename; its name is one that git ignores.
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="dist-", dir=ROOT / "build") as name:
        fresh = make(Path(name))
        swap(fresh, DIST, Path(name) / "old")
    print("the same bytes twice:", *(f"dist/{path.name}" for path in sorted(DIST.iterdir())))
    return 0
