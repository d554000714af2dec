"""A copy of the project in which scripts/generate.py runs as a process."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = "openapi/openapi.yaml"


def wrong_tools() -> list[str]:
    """The pinned tools that this interpreter does not have in the pinned version."""
    group = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]["generate"]
    wrong = []
    for pin in group:
        tool, _, version = pin.partition("==")
        try:
            if metadata.version(tool) != version:
                wrong.append(pin)
        except metadata.PackageNotFoundError:
            wrong.append(pin)
    return wrong


needs_tools = pytest.mark.skipif(
    bool(wrong_tools()), reason=f"not installed in this interpreter: {', '.join(wrong_tools())}"
)

# Most runs are forks of a process that has imported what the script needs: 1 s of CPU instead of 3.
FORKING = """
import json, os, runpy, sys
import jinja2, jsonschema_rs, openapi_python_client, openapi_spec_validator, ruamel.yaml
for line in sys.stdin:
    arguments = json.loads(line)
    if child := os.fork():
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    root = os.path.dirname(os.path.dirname(arguments[0]))
    os.chdir(root)
    for number, name in (1, "stdout"), (2, "stderr"):
        os.dup2(os.open(f"{root}-{name}", os.O_CREAT | os.O_TRUNC | os.O_WRONLY), number)
    sys.argv, sys.path[0] = arguments, os.path.dirname(arguments[0])
    runpy.run_path(arguments[0], run_name="__main__")
"""


class Project:
    """A copy of what scripts/generate.py reads and writes."""

    def __init__(self, root: Path, forking: subprocess.Popen[str] | None = None) -> None:
        self.root, self.forking = root, forking
        for folder in ("openapi", "generated", "scripts"):
            shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", root)
        self.attic = shutil.copytree(root / "generated", root.with_name(f"{root.name}-generated"))
        self.committed = self.tree()
        self.sources = {
            name: (root / name).read_bytes()
            for name in (DOCUMENT, "openapi/generator.yaml", "pyproject.toml")
        }

    def tree(self) -> dict[str, str]:
        """The hash of each file of generated/."""
        files = sorted(path for path in (self.root / "generated").rglob("*") if path.is_file())
        return {
            path.relative_to(self.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
        }

    def command(self, *arguments: str) -> list[str]:
        """How the script is started."""
        return [sys.executable, str(self.root / "scripts/generate.py"), *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the script in the copy, as a fork."""
        command = self.command(*arguments)[1:]
        print(json.dumps(command), file=self.forking.stdin, flush=True)
        code = int(self.forking.stdout.readline())
        shown = [
            self.root.with_name(f"{self.root.name}-{name}").read_text("utf-8")
            for name in ("stdout", "stderr")
        ]
        return subprocess.CompletedProcess(command, code, *shown)

    def start(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the script in the copy, as a process that has these variables."""
        clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env={**clean, **environment},
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace the first `old` in a file, which must be there."""
        text = (self.root / name).read_text("utf-8")
        assert old in text, f"{old!r} is no longer in {name}: choose another place to damage"
        (self.root / name).write_text(text.replace(old, new, 1), "utf-8")

    def leftovers(self) -> list[str]:
        """What lies in the project and does not belong there."""
        known = {"openapi", "generated", "scripts", "pyproject.toml"}
        return sorted({path.name for path in self.root.iterdir()} - known)

    def restore(self) -> None:
        """Put the sources back, and generated/ if somebody changed it."""
        for name, content in self.sources.items():
            (self.root / name).write_bytes(content)
        if self.tree() != self.committed:
            shutil.rmtree(self.root / "generated")
            shutil.copytree(self.attic, self.root / "generated")


def assert_refused(run: subprocess.CompletedProcess[str], names: str) -> None:
    """Exit code 1 and one line, which names the place and is the same the next time."""
    assert run.returncode == 1, f"accepted: {run.stdout[-500:]}"
    assert "Traceback" not in run.stderr, run.stderr[-1500:]
    assert len(run.stderr.splitlines()) == 1, run.stderr
    assert " object at 0x" not in run.stderr, run.stderr
    assert re.search(names, run.stderr), f"{names!r} is not in: {run.stderr}"
    assert run.stdout == "", run.stdout
