#!/usr/bin/env python3
"""Generate generated/ from openapi/, or check that it is up to date.

    tox run -e generate              write generated/
    tox run -e generated             check it (--check): exit 1 and a diff if anything differs

The tree is made in a temporary folder and swapped in whole, so that a failure leaves generated/ untouched.
"""

import contextlib
import difflib
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from _document import for_generator, load_document, operation_ids
from shared import DOCUMENT, ROOT, Refusal, new_parser, one_line, run, shown, swap

CONFIG = ROOT / "openapi/generator.yaml"
TEMPLATES = ROOT / "openapi/templates"
GENERATED = ROOT / "generated"
PACKAGE = "convirza_client"
BANNER = """\
# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
"""


def check_tools() -> dict[str, str]:
    """The pinned versions of the generator and ruff; refuse if others are installed."""
    try:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
        group = "\n".join(project["dependency-groups"]["generate"])
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise Refusal(f"pyproject.toml: no dependency group generate: {one_line(error)}") from None
    pins = dict(re.findall(r"^([a-z-]+)==(\S+)$", group, re.MULTILINE))
    for tool, pinned in pins.items():
        try:
            installed = metadata.version(tool)
        except metadata.PackageNotFoundError:
            installed = "none"
        if installed != pinned:
            raise Refusal(f"{tool} {pinned} is pinned, {installed} is installed: run tox run -e generate")
    # The generator takes ruff from PATH; this makes it the pinned one.
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    ruff = subprocess.run(["ruff", "--version"], capture_output=True, text=True, check=False).stdout
    if ruff.split() != ["ruff", pins["ruff"]]:
        raise Refusal(f"ruff {pins['ruff']} is pinned, PATH has {ruff.strip()}: run tox run -e generate")
    return {tool: pins[tool] for tool in ("openapi-python-client", "ruff")}


# ---------------------------------------------------------------------------- the tree


def generate(target: Path, tools: dict[str, str]) -> None:
    """Write the whole tree into `target`, which does not exist yet."""
    document = load_document()
    target.mkdir()
    _run_generator(document, target / PACKAGE)
    (target / PACKAGE / "py.typed").touch()
    _write_json(target / PACKAGE / "openapi.json", document)
    for module in sorted(target.rglob("*.py")):
        module.write_text(BANNER + module.read_text("utf-8"), "utf-8")
    manifest = {
        "document": {"version": document["info"]["version"], "sha256": _sha256(DOCUMENT)},
        "tools": tools,
        "settings": {shown(CONFIG): _sha256(CONFIG)},
        "templates": {shown(path): _sha256(path) for path in sorted(TEMPLATES.iterdir())},
    }
    _write_json(target / "manifest.json", manifest)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    """Write data unchanged, members in their order; without the banner, because JSON has no comments."""
    try:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
        path.write_bytes(text.encode("utf-8"))
    except ValueError as error:  # .nan, .inf, half a surrogate pair: YAML has them
        raise Refusal(f"{shown(DOCUMENT)}: cannot be written as JSON: {one_line(error)}") from None


def _run_generator(document: dict[str, Any], target: Path) -> None:
    from jinja2 import TemplateError
    from openapi_python_client import Project
    from openapi_python_client.config import Config, ConfigFile, MetaType
    from openapi_python_client.parser import GeneratorData
    from openapi_python_client.parser.errors import GeneratorError
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        settings = ConfigFile.load_from_path(CONFIG)
        unknown = sorted(YAML(typ="safe").load(CONFIG.read_text("utf-8")).keys() - ConfigFile.model_fields)
    except (YAMLError, TypeError, ValueError) as error:  # pydantic's is a ValueError
        raise Refusal(f"{shown(CONFIG)}: {one_line(error)}") from None
    if unknown:
        raise Refusal(f"{shown(CONFIG)}: unknown: {', '.join(unknown)}")
    config = Config.from_sources(
        settings,
        MetaType.NONE,
        document_source=DOCUMENT,
        file_encoding="utf-8",
        overwrite=False,
        output_path=target,
    )
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            data = GeneratorData.from_dict(for_generator(document), config=config)
            if isinstance(data, GeneratorError):
                problems: Sequence[GeneratorError] = [data]
            else:
                project = Project(openapi=data, config=config, custom_template_path=TEMPLATES)
                # The generator does not keep the spelling of the document.
                project.env.globals["operation_ids"] = operation_ids(document)
                problems = project.build()
    except TemplateError as error:
        raise Refusal(f"{shown(TEMPLATES)}: {one_line(error)}") from None
    # Warnings too: after a warning, a part of the client is missing.
    for problem in problems:
        reason = ": ".join(filter(None, [problem.header, problem.detail]))
        # Some of the generator's messages hold the address of an object.
        reason = re.sub(r" <\S+ object at 0x[0-9a-f]+>", "", reason)
        raise Refusal(f"{shown(DOCUMENT)}: {one_line(reason)}")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _files(tree: Path) -> dict[str, bytes]:
    """The content of each file below `tree`, without byte code."""
    return {
        path.relative_to(tree).as_posix(): path.read_bytes()
        for path in sorted(tree.rglob("*"))
        if path.is_file() and path.parent.name != "__pycache__"
    }


def differences(fresh: Path) -> list[str]:
    """Unified diffs from generated/ to the output for openapi/."""
    there, wanted = _files(GENERATED), _files(fresh)
    diffs: list[str] = []
    for name in sorted(there.keys() | wanted.keys()):
        if there.get(name) != wanted.get(name):
            diffs.append(_diff(f"generated/{name}", there.get(name), wanted.get(name)))
    return diffs


def _diff(name: str, there: bytes | None, wanted: bytes | None) -> str:
    title = f"{name}: " + (
        "not generated, remove it" if wanted is None else "missing" if there is None else "differs"
    )
    lines = difflib.unified_diff(
        _visible_lines(there or b""),
        _visible_lines(wanted or b""),
        "/dev/null" if there is None else name,
        "/dev/null" if wanted is None else name,
        lineterm="",
    )
    return "\n".join([title, *lines])


def _visible_lines(content: bytes) -> list[str]:
    """Lines in which a carriage return, a tab or a missing last line break can be seen."""
    lines = content.decode("utf-8", "backslashreplace").split("\n")
    visible = [repr(line)[1:-1] if not line.isprintable() else line for line in lines]
    return visible[:-1] if not lines[-1] else [*visible[:-1], f"{visible[-1]} (no line break)"]


def main() -> int:
    """Run the command line; returns the exit code."""
    parser = new_parser(__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if generated/ differs")
    check = parser.parse_args().check
    tools = check_tools()
    if not check:
        for leftover in ROOT.glob(".generated-*"):  # of a run that was killed
            shutil.rmtree(leftover)
    # Beside generated/, so that the swap is a rename; a check writes nothing here.
    with tempfile.TemporaryDirectory(prefix=".generated-", dir=None if check else ROOT) as folder:
        fresh = Path(folder) / "generated"
        generate(fresh, tools)
        diffs = differences(fresh)
        if not diffs:
            print("generated/ is up to date")
        elif check:
            print("\n\n".join(diffs))
            raise Refusal(
                f"generated/ differs from the output for openapi/ in {len(diffs)} file(s): "
                "run tox run -e generate, and never edit generated/ manually"
            )
        else:
            swap(fresh, GENERATED, Path(folder) / "old")
            print(f"generated/ written, {len(diffs)} file(s) changed")
    return 0


if __name__ == "__main__":
    sys.exit(run("generate.py", main))
