"""A copy of what the gates read, in a git repository of its own, and the gates' tools."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
REQUIRED = "CONVIRZA_GATES"
PARTS = (
    "CHANGELOG.md",
    "pyproject.toml",
    "openapi",
    "scripts",
    "generated/convirza_client",
    "src/convirza",
    "contract_tests/typing",
)


def need(environment: str, *tools: str) -> None:
    """Skip a test module whose tools only that environment has; there, fail without them.

    A tool is a Python module, or a package of npm, `@scope/name`.
    """
    npm = Path(sys.prefix) / "node/node_modules"
    absent = [
        tool
        for tool in tools
        if not ((npm / tool).is_dir() if "/" in tool else importlib.util.find_spec(tool))
    ]
    if absent and os.environ.get(REQUIRED):
        raise ImportError(f"not installed: {', '.join(absent)}")
    if absent:
        pytest.skip(f"needs {', '.join(absent)}: tox run -e {environment}", allow_module_level=True)


def released_document() -> bytes:
    """The document of the project's last release."""
    commit = tomllib.loads((ROOT / "scripts/gates/last_release.toml").read_text("utf-8"))["commit"]
    command = ["git", "-C", str(ROOT), "show", f"{commit}:openapi/openapi.yaml"]
    return subprocess.run(command, capture_output=True, check=True).stdout


class Tree:
    """A copy of the tree."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.document = folder / "openapi/openapi.yaml"
        for part in PARTS:
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(ROOT / part, folder / part)

        self.git("init", "-q")
        self.commit()
        self.git("tag", "first")

    def git(self, *arguments: str) -> str:
        """What git prints in the copy."""
        who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
        command = ["git", "-C", str(self.folder), *who, *arguments]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout

    def commit(self) -> None:
        """Commit what is there."""
        self.git("add", "--all", "--force")
        self.git("commit", "-q", "--allow-empty", "--message", "a")

    def restore(self) -> None:
        """Go back to the first commit."""
        self.git("reset", "--hard", "-q", "first")
        self.git("clean", "-fdq")

    def replace(self, name: str, *pairs: tuple[str, str]) -> None:
        """Replace texts of a file, each of which it must have."""
        path = self.folder / name
        text = path.read_text("utf-8")
        for old, new in pairs:
            assert old in text, f"{name} has no {old!r}"
            text = text.replace(old, new)
        path.write_text(text, "utf-8")

    def versions(self, package: str, head: str, *lines: str) -> None:
        """Set the package's version and the changelog's newest section."""
        pyproject = self.folder / "pyproject.toml"
        before, _, after = pyproject.read_text("utf-8").partition('\nversion = "')
        pyproject.write_text(f'{before}\nversion = "{package}"{after.partition(chr(34))[2]}', "utf-8")
        text = "\n".join(["# Changelog", "", f"## {head}", "", *lines, "", "## 0.0.1 (2026-01-01)", ""])
        (self.folder / "CHANGELOG.md").write_text(text, "utf-8")

    def release(self, version: str) -> None:
        """Make what is there the last release."""
        self.versions(version, f"{version} (2026-01-02)")
        self.commit()
        run = self.run("publish.record")
        assert run.returncode == 0, run.stderr

    def run(
        self, *tool: str, folder: Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run one of its tools, with arguments, or of those of a clone in `folder`."""
        folder = folder or self.folder
        return subprocess.run(
            [sys.executable, str(folder / "scripts"), *tool],
            cwd=folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
