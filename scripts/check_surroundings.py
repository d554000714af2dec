#!/usr/bin/env python3
"""Check that generated/ comes out the same in other surroundings.

    tox run -e generated

Generates it anew in a copy of the project, once for each of two hash seeds, below a folder with settings of
ruff and with ignore rules that would change it; exit 1 and the names of the files that differ.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
INPUTS = ("openapi", "scripts", "pyproject.toml")
SEEDS = ("1", "2")
SETTINGS = "line-length = 20\nexclude = ['*']\nforce-exclude = true\n[{lint}]\nselect = ['ALL']\n"
HOSTILE = {
    "pyproject.toml": "[tool.ruff]\n" + SETTINGS.format(lint="tool.ruff.lint"),
    "ruff.toml": SETTINGS.format(lint="lint"),
    ".gitignore": "*\n",
    ".ignore": "*\n",
}


class Refusal(Exception):
    """A reason to stop, in one line."""


def generate(seed: str, parent: Path) -> Path:
    """Generate the tree below `parent`, which becomes hostile; gives its folder."""
    for name, content in HOSTILE.items():
        (parent / name).write_text(content, "utf-8")
    (parent / ".git").mkdir()  # ruff obeys .gitignore within a repository
    project = parent / "project"
    project.mkdir()
    for name in INPUTS:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, project / name)
    for name in HOSTILE.keys() - {"pyproject.toml"}:  # or the project's own would shield it
        shutil.copyfile(parent / name, project / name)
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TMPDIR": str(parent)}
    command = [sys.executable, str(project / "scripts/generate.py")]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        raise Refusal(f"with hash seed {seed}: {run.stderr.strip() or run.returncode}")
    return project / "generated"


def files(tree: Path) -> dict[str, bytes]:
    """The content of each file below `tree`, byte code aside."""
    return {
        path.relative_to(tree).as_posix(): path.read_bytes()
        for path in tree.rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }


def main() -> int:
    """Run the command line; returns the exit code."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    wanted = files(ROOT / "generated")
    try:
        for seed in SEEDS:
            with tempfile.TemporaryDirectory() as parent:
                there = files(generate(seed, Path(parent)))
            names = [
                name for name in sorted(there.keys() | wanted.keys()) if there.get(name) != wanted.get(name)
            ]
            if names:
                raise Refusal(
                    f"with hash seed {seed}, below hostile settings, these differ: {', '.join(names)}"
                )
    except Refusal as refusal:
        print(f"check_surroundings.py: {refusal}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"check_surroundings.py: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"generated/ is the same under hash seeds {' and '.join(SEEDS)}, below hostile settings")
    return 0


if __name__ == "__main__":
    sys.exit(main())
