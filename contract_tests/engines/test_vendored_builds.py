"""setuptools and hatchling pack a vendored client whole, with the settings of docs/vendoring.md."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from support.library.pages import SITE, blocks

PROJECT = """
[build-system]
requires = []
build-backend = "{backend}"

[project]
name = "myapp"
version = "1.0"

{extra}
"""


@pytest.mark.parametrize("backend", ["setuptools.build_meta", "hatchling.build"])
def test_wheel_has_all_files(reader, backend, tmp_path):
    """The wheel has the document and the marker of types too, and a program runs from it."""
    [extra] = [
        token.content
        for token in blocks(SITE / "vendoring.md")
        if token.info == "toml" and f".{'hatch.' if 'hatch' in backend else 'setuptools.'}" in token.content
    ]
    Path("pyproject.toml").write_text(PROJECT.format(backend=backend, extra=extra))
    assert tomllib.loads(Path("pyproject.toml").read_text())
    Path("myapp").mkdir()
    Path("myapp/__init__.py").touch()
    if "setuptools" in backend:  # the reader's folder has others beside it
        Path("pyproject.toml").write_text(
            Path("pyproject.toml").read_text() + "\n[tool.setuptools.packages.find]\ninclude = ['myapp*']\n"
        )
    vendor = "convirza vendor myapp/_vendor --library --package myapp._vendor"
    subprocess.run(vendor.split(), check=True, capture_output=True)
    vendored = {
        path.as_posix() for path in Path("myapp").rglob("*") if path.suffix in (".py", ".json", ".typed")
    }
    build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", "dist"]
    subprocess.run(build, check=True, capture_output=True)
    [wheel] = Path("dist").glob("*.whl")
    subprocess.run([sys.executable, "-m", "zipfile", "-e", wheel, tmp_path / "installed"], check=True)
    packed = {
        path.relative_to(tmp_path / "installed").as_posix() for path in (tmp_path / "installed").rglob("*")
    }
    assert vendored - packed == set()
    assert {Path(name).name for name in vendored} >= {"openapi.json", "py.typed"}
    program = "from myapp._vendor.convirza import Convirza; print(Convirza().calls.get(987654).duration)"
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path / "installed",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (ended.stdout, ended.stderr) == ("182\n", "")
    assert len(reader.requests) == 1
