"""A copy of the project in which scripts/generate.py runs."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from support import forked

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = "openapi/openapi.yaml"

sys.path.append(str(ROOT / "scripts"))

from _document import problems, shown_pointer  # noqa: E402

__all__ = ["problems", "shown_pointer"]


needs_tools = pytest.mark.skipif(
    not find_spec("openapi_python_client"), reason="needs openapi-python-client: tox run -e py311"
)


def replaced(text: str, old: str, new: str) -> str:
    """The text with its first `old` replaced, which must be there."""
    assert old in text, f"{old!r} is no longer there: choose another place to damage"
    return text.replace(old, new, 1)


class Project:
    """A copy of what scripts/generate.py reads and writes."""

    def __init__(self, root: Path) -> None:
        self.root = root
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
        """The script and its arguments."""
        return [str(self.root / "scripts/generate.py"), *arguments]

    def run(
        self, *arguments: str, seconds: float = 300, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the script in the copy, with these variables; kill it after so many seconds."""
        settings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | environment
        return forked.run(*self.command(*arguments), folder=self.root, environment=settings, seconds=seconds)

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace the first `old` in a file, which must be there."""
        path = self.root / name
        path.write_text(replaced(path.read_text("utf-8"), old, new), "utf-8")

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


def assert_refused(project: Project, names: str) -> None:
    """A run ends with 1 and one line, which names the place, and generated/ is unchanged."""
    run = project.run()
    assert run.returncode == 1, f"accepted: {run.stdout[-500:]}"
    assert len(run.stderr.splitlines()) == 1, run.stderr
    assert " object at 0x" not in run.stderr, "not the same the next time"
    assert re.search(names, run.stderr), f"{names!r} is not in: {run.stderr}"
    assert run.stdout == "", run.stdout
    assert project.tree() == project.committed, "generated/ was changed"
    assert project.leftovers() == []
