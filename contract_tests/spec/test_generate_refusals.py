"""What scripts/generate.py refuses: one line that names the place, and generated/ stays as it was."""

import ast
import json
import re

import pytest

from support.spec.bad_documents import BAD_DOCUMENTS, ENUM, ENUM_PLACE, STATUS, STATUS_PLACE, Bad
from support.spec.generator import DOCUMENT, Project, assert_refused, needs_tools

pytestmark = needs_tools


@pytest.mark.parametrize("bad", BAD_DOCUMENTS, ids=lambda bad: bad.name)
def test_bad_document_is_rejected_in_one_line(shared: Project, bad: Bad) -> None:
    """A damaged document is reported in one line with the place, and generated/ is unchanged."""
    shared.edit(DOCUMENT, bad.old, bad.new)
    run = shared.run()
    assert shared.tree() == shared.committed, f"generated/ was changed: {run.stdout}"
    assert_refused(run, bad.names)
    assert shared.leftovers() == []


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b"", r"openapi\.yaml:1:"),
        (b"- a\n", r"openapi\.yaml:1:"),
        (b"hello\n", r"openapi\.yaml:1:"),
        (b"openapi: 3.1.0\ninfo: \xff\n", r"openapi\.yaml:.*UTF-8"),
        (b"openapi: 3.1.0\x00\n", r"openapi\.yaml:.*#x0000"),
    ],
    ids=["empty", "a list", "a string", "not UTF-8", "a null byte"],
)
def test_file_without_a_document_is_rejected_in_one_line(shared: Project, content: bytes, names: str) -> None:
    """Bytes that are not an OpenAPI document are reported in one line."""
    (shared.root / DOCUMENT).write_bytes(content)
    assert_refused(shared.run(), names)
    assert shared.tree() == shared.committed


@pytest.mark.parametrize("name", [DOCUMENT, "openapi/generator.yaml", "pyproject.toml"])
def test_missing_file_is_named(shared: Project, name: str) -> None:
    """A missing file is reported in one line."""
    (shared.root / name).unlink()
    assert_refused(shared.run(), re.escape(name))
    assert shared.tree() == shared.committed


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("openapi/generator.yaml", "a: ["),
        ("openapi/generator.yaml", ""),
        ("openapi/generator.yaml", "post_hooks: 5\n"),
        ("openapi/generator.yaml", "package_name_overide: convirza_client\npost_hooks: []\n"),
        ("pyproject.toml", "a = "),
        ("pyproject.toml", "[dependency-groups]\n"),
    ],
    ids=["not YAML", "empty", "a number for a list", "a misspelt key", "not TOML", "no pins"],
)
def test_bad_setting_is_rejected_in_one_line(shared: Project, name: str, content: str) -> None:
    """An unusable settings file is reported in one line that names it."""
    (shared.root / name).write_text(content, "utf-8")
    assert_refused(shared.run(), re.escape(name))
    assert shared.tree() == shared.committed


@pytest.mark.parametrize(
    ("example", "names"), [(".nan", "nan"), ("-.inf", "-inf"), (r'"\ud800"', "surrogates not allowed")]
)
def test_value_that_json_cannot_have_is_rejected_in_one_line(
    shared: Project, example: str, names: str
) -> None:
    """YAML has numbers and half characters that the packaged document could not hold."""
    shared.edit(DOCUMENT, "examples: [75]", f"examples: [{example}]")
    assert_refused(shared.run(), rf"openapi\.yaml: cannot be written as JSON: .*{names}")
    assert shared.tree() == shared.committed


PAYLOADS = [
    'x"""\nimport injected\n"""',
    'x"\nimport injected\n"',
    'x\\"""\ninjected()\n#',
]
PLACES = {
    "title": ("title: Convirza V3 calls API", "title: {}"),
    "description": ("      description: A score of a call.", "      description: {}"),
    "summary": ("summary: Get call by ID", "summary: {}"),
    "enum": (ENUM, "enum: [{}, ANSWERED,"),
    "default": (STATUS, "          type: string\n          default: {}"),
    "property": ("        analytic_status:", "        {}:"),
    "operationId": ("operationId: get_call", "operationId: {}"),
    "tag": ("      tags:\n        - calls", "      tags:\n        - {}"),
    "path": ("  /conversations/calls/{id}:", "  {}:"),
    "parameter": ("      name: include", "      name: {}"),
}


@pytest.mark.parametrize("payload", PAYLOADS[::2])
def test_text_of_the_document_never_becomes_code(project: Project, payload: str) -> None:
    """Titles, descriptions and names with quotes and code are written as text."""
    for place, (old, new) in PLACES.items():
        value = "/conversations/calls/{id}" + payload if place == "path" else payload
        if place not in {"enum", "default"}:  # These have tests of their own.
            project.edit(DOCUMENT, old, new.replace("{}", json.dumps(value)))
    run = project.run()
    assert run.returncode == 0, f"give what is refused a test of its own, as enum has: {run.stderr}"
    assert project.tree() != project.committed
    assert_no_code(project)


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("place", ["enum", "default"])
def test_value_of_the_document_is_kept_or_refused(shared: Project, place: str, payload: str) -> None:
    """The value of an enum or of a default arrives in the client unchanged, or is refused."""
    old, new = PLACES[place]
    shared.edit(DOCUMENT, old, new.replace("{}", json.dumps(payload)))
    run = shared.run()
    assert_no_code(shared)
    if run.returncode:
        assert_refused(run, ENUM_PLACE if place == "enum" else STATUS_PLACE)
    else:
        module = "disposition_filter" if place == "enum" else "call_detail"
        source = (shared.root / f"generated/convirza_client/models/{module}.py").read_text("utf-8")
        texts = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
        assert payload in texts, f"{payload!r} arrived as something else"


def assert_no_code(project: Project) -> None:
    for path in (project.root / "generated").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"), path.name)):
            names = (
                [name.name for name in node.names]
                if isinstance(node, ast.Import)
                else [getattr(node, "id", "")]
            )
            assert "injected" not in names, f"{path.name}: the document's text became code"
