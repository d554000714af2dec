"""What scripts/generate.py refuses: one line that names the place, and generated/ stays as it was."""

import ast
import json
import re

import pytest

from support.document import load
from support.spec.bad_documents import BAD_DOCUMENTS, PAYLOADS, UNREADABLE, Bad, damaged
from support.spec.generator import DOCUMENT, Project, assert_refused, needs_tools, problems, shown_pointer

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


PLACES = {
    "title": ("title: Convirza V3 calls API", "title: {}"),
    "description": ("      description: A score of a call.", "      description: {}"),
    "summary": ("summary: Get call by ID", "summary: {}"),
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
        project.edit(DOCUMENT, old, new.replace("{}", json.dumps(value)))
    run = project.run()
    assert run.returncode == 0, f"move what is refused to BAD_DOCUMENTS: {run.stderr}"
    assert project.tree() != project.committed
    assert_no_code(project)


def assert_no_code(project: Project) -> None:
    for path in (project.root / "generated").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"), path.name)):
            names = (
                [name.name for name in node.names]
                if isinstance(node, ast.Import)
                else [getattr(node, "id", "")]
            )
            assert "injected" not in names, f"{path.name}: the document's text became code"
