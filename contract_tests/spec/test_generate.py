"""scripts/generate.py, run as a process in a copy of the project: what it writes, refuses, leaves alone."""

import ast
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from importlib import metadata, resources
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from support.document import load
from support.spec.bad_documents import BAD_DOCUMENTS, ENUM, ENUM_PLACE, STATUS, STATUS_PLACE, Bad

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = "openapi/openapi.yaml"
TEMPLATES = sorted((ROOT / "openapi/templates").iterdir())
INDICATOR = "generated/convirza_client/models/indicator.py"
PACKAGED = "generated/convirza_client/openapi.json"


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


pytestmark = pytest.mark.skipif(
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


@pytest.fixture(scope="module")
def forking() -> Iterator[Queue[subprocess.Popen[str]]]:
    """Processes that run scripts/generate.py in forks of themselves, one for each processor."""
    idle: Queue[subprocess.Popen[str]] = Queue()
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with ExitStack() as stack:
        for _ in range(os.cpu_count() or 1):
            pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": clean}
            idle.put(stack.enter_context(subprocess.Popen([sys.executable, "-c", FORKING], **pipes)))
        yield idle
        for process in idle.queue:
            process.stdin.close()


class Project:
    """A copy of what scripts/generate.py reads and writes."""

    def __init__(self, root: Path, forking: Queue[subprocess.Popen[str]]) -> None:
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
        process = self.forking.get(timeout=60)
        print(json.dumps(command), file=process.stdin, flush=True)
        code = int(process.stdout.readline())
        self.forking.put(process)
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


@pytest.fixture
def project(tmp_path: Path, forking: Queue[subprocess.Popen[str]]) -> Project:
    """A fresh copy."""
    return Project(tmp_path / "project", forking)


@pytest.fixture(scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory, forking: Queue[subprocess.Popen[str]]) -> Project:
    return Project(tmp_path_factory.mktemp("shared") / "project", forking)


@pytest.fixture
def shared(_shared: Project) -> Project:
    """A copy that many tests use one after another, as committed."""
    _shared.restore()
    return _shared


def assert_refused(run: subprocess.CompletedProcess[str], names: str) -> None:
    """Exit code 1 and one line, which names the place and is the same the next time."""
    assert run.returncode == 1, f"accepted: {run.stdout[-500:]}"
    assert "Traceback" not in run.stderr, run.stderr[-1500:]
    assert len(run.stderr.splitlines()) == 1, run.stderr
    assert " object at 0x" not in run.stderr, run.stderr
    assert re.search(names, run.stderr), f"{names!r} is not in: {run.stderr}"
    assert run.stdout == "", run.stdout


# ---------------------------------------------------------------------------- check and write


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


def test_changed_document_is_seen(shared: Project) -> None:
    """A check names the module that a new description changes, and the packaged document."""
    shared.edit(DOCUMENT, "description: A score of a call.", "description: A mark of a call.")
    check = shared.run("--check")
    assert check.returncode == 1
    assert f"--- {INDICATOR}\n" in check.stdout
    assert '+    """A mark of a call."""\n' in check.stdout
    assert f"--- {PACKAGED}\n" in check.stdout
    assert shared.tree() == shared.committed


def test_missing_tree_is_written_whole(shared: Project) -> None:
    """Without generated/ a run writes it, byte for byte as committed."""
    shutil.rmtree(shared.root / "generated")
    run = shared.run()
    assert run.returncode == 0, run.stderr
    assert shared.tree() == shared.committed


# ---------------------------------------------------------------------------- bad documents


Run = subprocess.CompletedProcess[str]
Attempts = dict[str, Future[tuple[Project, Run]]]


@pytest.fixture(scope="module")
def attempts(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    forking: Queue[subprocess.Popen[str]],
) -> Iterator[Attempts]:
    """What the script makes of the bad documents of this session, tried on all processors at once."""
    selected = [
        item.callspec.params.get("bad") for item in request.session.items if hasattr(item, "callspec")
    ]
    wanted = [bad for bad in selected if isinstance(bad, Bad)]
    root = tmp_path_factory.mktemp("bad")

    def attempt(bad: Bad) -> tuple[Project, Run]:
        project = Project(root / bad.name, forking)
        project.edit(DOCUMENT, bad.old, bad.new)
        return project, project.run()

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {bad.name: pool.submit(attempt, bad) for bad in wanted}


@pytest.mark.parametrize("bad", BAD_DOCUMENTS, ids=lambda bad: bad.name)
def test_bad_document_is_rejected_in_one_line(attempts: Attempts, bad: Bad) -> None:
    """A damaged document is reported in one line with the place, and generated/ is unchanged."""
    project, run = attempts[bad.name].result()
    assert project.tree() == project.committed, f"generated/ was changed: {run.stdout}"
    assert_refused(run, bad.names)
    assert project.leftovers() == []


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


# ---------------------------------------------------------------------------- surroundings


@pytest.mark.parametrize("tool", ["openapi-python-client", "ruff", "openapi-spec-validator", "jsonschema-rs"])
def test_another_version_of_a_tool_is_rejected(shared: Project, tool: str) -> None:
    """A tool whose version is not the pinned one is reported in one line, without a diff."""
    shared.edit("pyproject.toml", f"{tool}=={metadata.version(tool)}", f"{tool}==0.0.1")
    run = shared.run("--check")
    assert_refused(
        run, rf"{tool} 0\.0\.1 is pinned, {re.escape(metadata.version(tool))} is installed: run tox"
    )
    assert shared.tree() == shared.committed


def test_ruff_is_that_of_the_interpreter(shared: Project, tmp_path: Path) -> None:
    """A ruff that PATH has first is not run; nor does one have to be on PATH."""
    fake = tmp_path / "ruff"
    fake.write_text("#!/bin/sh\necho ruff 0.0.1\n", "utf-8")
    fake.chmod(0o755)
    run = shared.start("--check", PATH=str(tmp_path))
    assert run.returncode == 0, run.stderr


HOSTILE = {
    "pyproject.toml": "[tool.ruff]\nline-length = 20\nexclude = ['*']\nforce-exclude = true\n",
    "ruff.toml": "line-length = 20\nexclude = ['*']\nforce-exclude = true\n",
    ".gitignore": "*\n",
    ".ignore": "*\n",
}


@pytest.mark.parametrize("seed", ["0", "1"])
def test_surroundings_do_not_reach_the_output(tmp_path: Path, seed: str) -> None:
    """The same bytes whatever the hash seed, and below a folder with hostile settings."""
    for name, content in HOSTILE.items():
        (tmp_path / name).write_text(content, "utf-8")
    (tmp_path / ".git").mkdir()  # ruff obeys .gitignore within a repository
    project = Project(tmp_path / "project", Queue())
    for name in ("ruff.toml", ".gitignore", ".ignore"):
        (project.root / name).write_text(HOSTILE[name], "utf-8")
    shutil.rmtree(project.root / "generated")
    run = project.start(PYTHONHASHSEED=seed)
    assert run.returncode == 0, run.stderr
    assert project.tree() == project.committed


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
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
        with subprocess.Popen(
            project.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            time.sleep(moment)
            process.kill()
        assert project.tree() in (old, new), f"killed after {moment} s, generated/ is neither old nor new"
    assert project.run().returncode == 0
    assert project.tree() == new
    assert project.leftovers() == [], "remove the folders that killed runs have left"


# ---------------------------------------------------------------------------- what is written down


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
