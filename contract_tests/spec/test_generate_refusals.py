"""What scripts/generate.py refuses: one line that names the place, and generated/ stays as it was."""

import ast
import json
import re

import pytest

from support.document import load
from support.spec.bad_documents import BAD_DOCUMENTS, UNREADABLE, Bad, damaged
from support.spec.generator import (
    DOCUMENT,
    Project,
    assert_refused,
    needs_tools,
    problems,
    shown_pointer,
)

pytestmark = needs_tools


@pytest.mark.parametrize(
    ("place", "value", "says"),
    BAD_DOCUMENTS,
    ids=[f"{place.rpartition('/')[2]}-{says}" for place, _, says in BAD_DOCUMENTS],
)
def test_bad_document_has_a_problem(place: str, value: object, says: str) -> None:
    """A damaged document has a problem, whose pointer leads to the component or operation."""
    pointer, problem = next(problems(damaged(load(), place, value)))
    assert says in f"{shown_pointer(pointer)}: {problem}"
    owner = "/".join(place.split("/")[:4])
    assert shown_pointer(pointer).startswith(owner)


BAD_FILES: list[tuple[str, bytes | None, str]] = [
    *((name, None, re.escape(name)) for name in (DOCUMENT, "openapi/generator.yaml", "pyproject.toml")),
    (DOCUMENT, b"", r"openapi\.yaml:1:"),
    (DOCUMENT, b"- a\n", r"openapi\.yaml:1:"),
    (DOCUMENT, b"openapi: 3.1.0\ninfo: \xff\n", r"openapi\.yaml:.*UTF-8"),
    (DOCUMENT, b"openapi: 3.1.0\x00\n", r"openapi\.yaml:.*#x0000"),
    ("openapi/generator.yaml", b"a: [", "openapi/generator.yaml"),
    ("openapi/generator.yaml", b"", "openapi/generator.yaml"),
    ("openapi/generator.yaml", b"post_hooks: 5\n", "openapi/generator.yaml"),
    ("openapi/generator.yaml", b"package_name_overide: a\npost_hooks: []\n", "unknown: package_name_overide"),
    ("pyproject.toml", b"a = ", "pyproject.toml"),
    ("pyproject.toml", b"[dependency-groups]\n", "pyproject.toml"),
]


@pytest.mark.parametrize("bad", UNREADABLE, ids=lambda bad: bad.name)
def test_bad_document_is_rejected_in_one_line(shared: Project, bad: Bad) -> None:
    """A damaged document is reported in one line with the place, and generated/ is unchanged."""
    shared.edit(DOCUMENT, bad.old, bad.new)
    assert_refused(shared, bad.names)


@pytest.mark.parametrize(("name", "content", "names"), BAD_FILES)
def test_bad_file_is_rejected_in_one_line(
    shared: Project, name: str, content: bytes | None, names: str
) -> None:
    """A file that is missing, or has other content than expected, is named in one line."""
    (shared.root / name).unlink()
    if content is not None:
        (shared.root / name).write_bytes(content)
    assert_refused(shared, names)


PAYLOADS = [
    'x"""\nimport injected\n"""',
    'x"\nimport injected\n"',
    'x\\"""\ninjected()\n#',
]
ENUM = "enum: [ABANDONED, ANSWERED,"
STATUS = "          type: [string, 'null']\n          examples: ['complete']"
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
    if shared.run().returncode:
        assert_refused(shared, "/DispositionFilter" if place == "enum" else "analytic_status")
    else:
        assert_no_code(shared)
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
