"""scripts/generate.py, run in a copy of the project: what it writes and leaves alone."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from importlib import metadata, resources
from pathlib import Path

import pytest

from support.document import load
from support.spec.generator import DOCUMENT, ROOT, Project, assert_refused, needs_tools

TEMPLATES = sorted((ROOT / "openapi/templates").iterdir())
INDICATOR = "generated/convirza_client/models/indicator.py"
PACKAGED = "generated/convirza_client/openapi.json"

pytestmark = needs_tools


def test_check_passes_on_what_is_committed(shared: Project) -> None:
    """generated/ is up to date, and a check leaves nothing behind."""
    run = shared.run("--check")
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stderr == ""
    assert shared.tree() == shared.committed
    assert shared.leftovers() == []


def test_every_difference_is_shown_and_fixed(shared: Project) -> None:
    """A check shows each kind of difference and changes nothing; a run writes the committed bytes."""
    models = shared.root / "generated/convirza_client/models"
    shared.edit(INDICATOR, '"""A score of a call."""', '"""A mark of a call."""')
    shared.edit(PACKAGED, '"A score of a call."', '"A mark of a call."')
    (models / "stray.py").write_text("x = 1\n", "utf-8")
    (models / "tag.py").unlink()
    (models / "comment.py").write_bytes((models / "comment.py").read_bytes().replace(b"\n", b"\r\n"))
    (models / "call.py").write_bytes((models / "call.py").read_bytes().removesuffix(b"\n"))
    (models / "error.py").write_bytes(b"\x00\xff\n")
    before = shared.tree()

    check = shared.run("--check")

    assert check.returncode == 1
    assert len(check.stderr.splitlines()) == 1, check.stderr
    diffs = {}
    for diff in re.split(r"\n\n(?=generated/)", check.stdout):
        title, old, new, hunk, *lines = diff.splitlines()
        assert (old[:4], new[:4], hunk[:3]) == ("--- ", "+++ ", "@@ "), diff[:500]
        diffs[Path(title.partition(":")[0]).name] = (old, new, lines)
    python = {"indicator.py", "stray.py", "tag.py", "comment.py", "call.py", "error.py"}
    assert set(diffs) == {*python, "openapi.json"}
    assert diffs["indicator.py"][:2] == (f"--- {INDICATOR}", f"+++ {INDICATOR}")
    assert '-    """A mark of a call."""' in diffs["indicator.py"][2]
    assert '-        "description": "A mark of a call.",' in diffs["openapi.json"][2]
    assert diffs["stray.py"][1] == "+++ /dev/null"
    assert diffs["tag.py"][0] == "--- /dev/null"
    assert any(line.startswith("-") and line.endswith("\\r") for line in diffs["comment.py"][2])
    assert any(line.endswith("(no line break)") for line in diffs["call.py"][2])
    assert any("\\xff" in line for line in diffs["error.py"][2])
    assert shared.tree() == before, "--check changed generated/"

    run = shared.run()

    assert run.returncode == 0, run.stderr
    assert shared.tree() == shared.committed
    assert shared.leftovers() == []


@pytest.mark.parametrize("tool", ["openapi-python-client", "ruff", "openapi-spec-validator", "jsonschema-rs"])
def test_another_version_of_a_tool_is_rejected(shared: Project, tool: str) -> None:
    """A tool whose version is not the pinned one is reported in one line, without a diff."""
    shared.edit("pyproject.toml", f"{tool}=={metadata.version(tool)}", f"{tool}==0.0.1")
    version = re.escape(metadata.version(tool))
    assert_refused(shared, rf"{tool} 0\.0\.1 is pinned, {version} is installed: run tox")


def test_ruff_is_that_of_the_interpreter(shared: Project, tmp_path: Path) -> None:
    """A ruff that PATH has first is not run; nor does one have to be on PATH."""
    fake = tmp_path / "ruff"
    fake.write_text("#!/bin/sh\necho ruff 0.0.1\n", "utf-8")
    fake.chmod(0o755)
    run = shared.run("--check", PATH=str(tmp_path))
    assert run.returncode == 0, run.stderr


HOSTILE = {
    "pyproject.toml": "[tool.ruff]\nline-length = 20\nexclude = ['*']\nforce-exclude = true\n",
    "ruff.toml": "line-length = 20\nexclude = ['*']\nforce-exclude = true\n",
    ".gitignore": "*\n",
    ".ignore": "*\n",
}


def test_surroundings_do_not_reach_the_output(tmp_path: Path) -> None:
    """A process below a folder with hostile settings writes the same bytes, with another hash seed."""
    for name, content in HOSTILE.items():
        (tmp_path / name).write_text(content, "utf-8")
    (tmp_path / ".git").mkdir()  # ruff obeys .gitignore within a repository
    project = Project(tmp_path / "project")
    for name in ("ruff.toml", ".gitignore", ".ignore"):
        (project.root / name).write_text(HOSTILE[name], "utf-8")
    shutil.rmtree(project.root / "generated")
    command, settings = [sys.executable, *project.command()], {**os.environ, "PYTHONHASHSEED": "1"}
    run = subprocess.run(command, cwd=project.root, env=settings, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert project.tree() == project.committed


def test_killed_run_leaves_a_whole_tree(project: Project) -> None:
    """Killed at any moment, generated/ is the old tree or the new one; the next run writes the new one."""
    old = project.committed
    project.edit(DOCUMENT, "description: A score of a call.", "description: A mark of a call.")
    assert project.run().returncode == 0
    new = project.tree()
    assert new != old
    for moment in (0.2, 0.4, 0.6, 0.8):
        shutil.rmtree(project.root / "generated")
        shutil.copytree(project.attic, project.root / "generated")
        project.run(seconds=moment)
        assert project.tree() in (old, new), f"killed after {moment} s, generated/ is neither old nor new"
    assert project.run().returncode == 0
    assert project.tree() == new
    assert project.leftovers() == [], "remove the folders that killed runs have left"


def test_manifest_names_the_sources_of_the_tree() -> None:
    """The hashes and versions in manifest.json are those of the files and pins."""
    manifest = json.loads((ROOT / "generated/manifest.json").read_text("utf-8"))
    named = {**manifest["settings"], **manifest["templates"], DOCUMENT: manifest["document"]["sha256"]}
    assert named == {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in named}, (
        "run tox run -e generate"
    )
    assert set(manifest["templates"]) == {path.relative_to(ROOT).as_posix() for path in TEMPLATES}
    assert f"\n  version: {manifest['document']['version']}\n" in (ROOT / DOCUMENT).read_text("utf-8")
    assert manifest["tools"] == {tool: metadata.version(tool) for tool in ("openapi-python-client", "ruff")}


def test_packaged_document_is_the_document() -> None:
    """Every member, extensions and examples too, in the same order and of the same types; text as UTF-8."""
    content = (ROOT / PACKAGED).read_bytes()
    assert content == (json.dumps(load(), ensure_ascii=False, indent=2) + "\n").encode()


def test_only_json_has_no_banner() -> None:
    """A generated file says so in its first line, unless it is empty or cannot have a comment."""
    banner = "# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.\n"
    files = [path for path in (ROOT / "generated").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    bare = [path.name for path in files if not path.read_text("utf-8").startswith(banner)]
    assert sorted(bare) == ["manifest.json", "openapi.json", "py.typed"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_override_names_the_upstream_it_was_made_from(template: Path) -> None:
    """The first comment of an override has the version and the hash of the generator's own template."""
    comment = template.read_text("utf-8").partition("#}")[0]
    upstream = resources.files("openapi_python_client") / "templates" / template.name
    if not upstream.is_file():
        assert comment.startswith("{# Not an override:"), (
            f"{template.name}: the generator has no such template; start with '{{# Not an override:' and why"
        )
        return
    named = re.match(
        r"\{# Override of (\S+), openapi-python-client (\S+), upstream sha256 ([0-9a-f]{64})\.\n", comment
    )
    version, digest = (
        metadata.version("openapi-python-client"),
        hashlib.sha256(upstream.read_bytes()).hexdigest(),
    )
    expected = (template.name, version, digest)
    assert named is not None, f"{template.name}: start with the comment that openapi/README.md shows"
    assert named.groups() == expected, (
        f"{template.name}: the upstream template is another one now. Compare it with the override, take over"
        f" what is new, then write version {version} and sha256 {digest} into the comment"
    )
    assert "   Why: " in comment, f"{template.name}: the comment has to say why"
