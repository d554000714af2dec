"""What a vendored copy holds: which modules, with which imports, and that they work by themselves.

That the example passes strict type checkers is checked by scripts/gates/vendored.py, in `tox run -e typing`.
"""

import ast
import re
import shutil
import sys
import zipfile
from collections.abc import Iterator
from importlib import metadata, resources
from pathlib import Path

import pytest

import convirza
from convirza._cli.vendor import vendor
from convirza._generated import document
from convirza._vendor import files as vendor_files
from convirza._vendor.files import copied_files, rewrite
from convirza.fake import DEFAULT_TOKEN
from support.library.bare import link_needed, run_bare
from support.library.vendored import contents

PACKAGES = ("", "myapp._vendor")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for `sys.path` with attrs, httpx and what they need."""
    folder = tmp_path_factory.mktemp("bare")
    link_needed(folder)
    return folder


def imported(content: bytes) -> Iterator[tuple[int, str]]:
    """The level and the full name of each import, whatever it is of: a module, or a name in one."""
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (
                (node.level, ".".join(filter(None, [node.module, alias.name]))) for alias in node.names
            )


# ---------------------------------------------------------------------------- which modules


def test_library_is_copied_without_its_surroundings() -> None:
    """The core is copied; the command, exports, the fake, the fixtures and the vendoring itself are not."""
    names = {name for name in copied_files(library=True, package="") if name.startswith("convirza/")}
    folder = Path(convirza.__file__).parent
    installed = {path.relative_to(folder.parent).as_posix() for path in folder.rglob("*.py")}
    surroundings = ("__main__.py", "_cli/", "_vendor/", "cli.py", "export/", "fake/", "pytest_plugin.py")
    left_out = {name for name in installed if name.removeprefix("convirza/").startswith(surroundings)}
    assert names == {"convirza/py.typed", *installed} - left_out
    assert not any(name.startswith("convirza/") for name in copied_files(library=False, package=""))


@pytest.mark.parametrize("package", PACKAGES)
def test_copies_import_only_copies(package: str) -> None:
    """Each import in a copy is of the standard library, of attrs and httpx, or of a module that is copied."""
    files = copied_files(library=True, package=package)
    modules = {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in files}
    others = set()
    for path, content in files.items():
        if not path.endswith(".py"):
            continue
        parents = path.split("/")[:-1]
        for level, name in imported(content):
            if level == 0 and not (package and name.startswith(f"{package}.")):
                others.add(name.split(".")[0])
                continue
            if level == 0:
                target = name.removeprefix(f"{package}.")
            else:
                assert level - 1 <= len(parents)
                target = ".".join([*parents[: len(parents) - level + 1], name])
            assert {target, target.rpartition(".")[0]} & modules, f"{path} imports {name}"
    assert others - set(sys.stdlib_module_names) == {"attrs", "httpcore", "httpx"}


def test_rule_of_what_is_copied_follows_imports_wherever_they_stand() -> None:
    """A module is copied if the package needs it: in a function, for types, below a folder, as a name."""
    source = {
        "convirza/__init__.py": b"def f():\n    from convirza._a import x",
        "convirza/_a.py": b"import typing\nif typing.TYPE_CHECKING:\n    import convirza.sub.deep as d",
        "convirza/sub/__init__.py": b"",
        "convirza/sub/deep.py": b"from convirza import _b",
        "convirza/_b.py": b"import json, convirza_client\n",
        "convirza/cli.py": b"from convirza import _c",
        "convirza/_c.py": b"",
    }
    wanted = set(source) - {"convirza/cli.py", "convirza/_c.py"}
    assert vendor_files._reachable(source) == wanted


def test_litter_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What editors, merges and Python leave in a working tree is no part of a copy."""
    for name in ("a.py", ".#a.py", ".a.json", "a.py~", "a.py.orig", "a.pyc", "__pycache__/b.py", "sub/c.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(resources, "files", lambda _: tmp_path)
    assert sorted(name for name, _ in vendor_files._installed("convirza")) == ["a.py", "sub/c.py"]


def test_copy_is_the_same_everywhere(tmp_path: Path, bare: Path) -> None:
    """Another process, whose convirza is in a zip file and without extras, writes the same bytes."""
    archive = tmp_path / "convirza.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for package in ("convirza", "convirza_client"):
            for name, content in vendor_files._installed(package):
                file.writestr(f"{package}/{name}", content)
        version = metadata.version("convirza")
        info = f"convirza-{version}.dist-info"
        file.writestr(f"{info}/METADATA", f"Name: convirza\nVersion: {version}\n")
        licence = metadata.distribution("convirza").read_text("licenses/LICENSE")
        file.writestr(f"{info}/licenses/LICENSE", licence or "")
    vendor(str(tmp_path / "here"), library=True)
    program = "from convirza._cli.vendor import vendor; vendor(sys.argv[1], library=True)"
    run_bare(program, tmp_path / "there", path=[archive, bare])
    assert contents(tmp_path / "here") == contents(tmp_path / "there")


# ---------------------------------------------------------------------------- which imports

OURS = ("convirza", "convirza_client")
STATEMENTS = [
    ("from convirza import X", "from . import X", "from a.b.convirza import X"),
    ("from convirza._x import (\n    Y,  # convirza\n)", "from ._x import (\n    Y,  # convirza\n)", None),
    ("from convirza._x import Y as convirza", "from ._x import Y as convirza", None),
    ("import convirza", "from .. import convirza", "from a.b import convirza"),
    *((f"import {us} as c", f"from .. import {us} as c", f"from a.b import {us} as c") for us in OURS),
    ("import convirza._x as x", "from . import _x as x", "from a.b.convirza import _x as x"),
    (
        "from  convirza_client.api.calls  import get_call",
        "from  ..convirza_client.api.calls  import get_call",
        "from  a.b.convirza_client.api.calls  import get_call",
    ),
    ('x = "\u00e9"; import convirza', 'x = "\u00e9"; from .. import convirza', None),
    ("if x:\n\tfrom convirza._x import Y", "if x:\n\tfrom ._x import Y", None),
    *((text, text, text) for text in ("import json, re", "from convirza_other import x")),
    *((text, text, None) for text in ("s = '''\nfrom convirza import X\n'''", "x = 1  # import convirza")),
]


@pytest.mark.parametrize(("statement", "relative", "absolute"), STATEMENTS)
def test_imports_are_rewritten_and_nothing_else(statement: str, relative: str, absolute: str | None) -> None:
    """Only the import statements of our packages change, not strings and comments that look like them."""
    content = f'"""\u00e9"""\n{statement}\nlast = "convirza"\n'
    other = content.replace(statement, relative)
    assert rewrite("convirza/_y.py", content.encode(), "").decode() == other
    rewritten = rewrite("convirza/_y.py", content.encode(), "a.b").decode()
    if absolute is not None:
        assert rewritten == content.replace(statement, absolute)
    ast.parse(rewritten)


def test_imports_are_relative_to_where_the_module_is() -> None:
    """A module in a sub-package has one dot more."""
    content = b"from convirza._x import Y\nimport convirza_client\n"
    rewritten = rewrite("convirza/sub/_z.py", content, "")
    assert rewritten == b"from .._x import Y\nfrom ... import convirza_client\n"


@pytest.mark.parametrize(
    "statement",
    ["import convirza._x", "import json, convirza", "from . import _x", "from \\\n  convirza import X"],
)
def test_imports_that_cannot_be_rewritten_are_no_copy(statement: str) -> None:
    """An import that would have another meaning in a copy is an error, and names its line."""
    with pytest.raises(ValueError, match=r"^convirza/_y\.py:2: "):
        rewrite("convirza/_y.py", f"\n{statement}\n".encode(), "")


def test_no_string_leads_to_an_installed_package() -> None:
    """In the copies, nothing but loggers and the like is called with the name of one of our packages."""
    harmless = {"getLogger", "ContextVar"}
    found = set()
    for path, content in copied_files(library=True, package="").items():
        for node in ast.walk(ast.parse(content) if path.endswith(".py") else ast.Module([], [])):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func).rpartition(".")[2]
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and re.match("convirza", str(argument.value)):
                        found.add(called)
    assert found == harmless


# ---------------------------------------------------------------------------- by themselves


@pytest.mark.parametrize("package", PACKAGES)
def test_copy_never_imports_an_installed_package(tmp_path: Path, bare: Path, package: str) -> None:
    """Every copied module works where `convirza` and `convirza_client` are traps that raise."""
    for name in OURS:
        (tmp_path / "traps" / name).mkdir(parents=True)
        (tmp_path / "traps" / name / "__init__.py").write_text("raise SystemExit('trap')", "utf-8")
    vendor(str(tmp_path / "myapp/_vendor"), library=True, package=package)
    modules = [
        path.relative_to(tmp_path).as_posix().removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for path in (tmp_path / "myapp").rglob("*.py")
    ]
    program = f"""
import importlib
for name in {modules}:
    importlib.import_module(name)
assert not {{"convirza", "convirza_client"}} & set(sys.modules)
from myapp._vendor import convirza
print(convirza.__version__, convirza.Convirza.__module__)
from myapp._vendor.convirza._generated import document
print(document()["openapi"])
"""
    printed = run_bare(program, path=[tmp_path / "traps", tmp_path, bare]).split()
    expected = [metadata.version("convirza"), "myapp._vendor.convirza._sync_client", document()["openapi"]]
    assert printed == expected


def test_client_alone_works_wherever_it_lies(tmp_path: Path, bare: Path) -> None:
    """The generated client needs no package around it, just attrs and httpx."""
    vendor(str(tmp_path / "lib"))
    program = "import convirza_client.api.calls.get_call as m; print(m.__name__)"
    assert run_bare(program, path=[tmp_path / "lib", bare]) == "convirza_client.api.calls.get_call\n"


@pytest.mark.parametrize(
    ("lacks", "reason"),
    [
        ("jsonschema_rs", "jsonschema-rs is not installed: install it, or"),
        ("openapi.json", "openapi.json is missing from the package convirza_client: add it to the package"),
    ],
)
def test_copy_that_cannot_check_responses_works(tmp_path: Path, bare: Path, lacks: str, reason: str) -> None:
    """Without jsonschema-rs, or the document, calls are read and a line is logged; strict is refused."""
    vendor(str(tmp_path / "myapp/_vendor"), library=True)
    if lacks == "openapi.json":
        (tmp_path / "myapp/_vendor/convirza_client/openapi.json").unlink()
        (tmp_path / "jsonschema_rs.py").touch()
    program = """
import logging
import httpx
from myapp._vendor.convirza import ConfigurationError, Convirza
logging.basicConfig(format="%(levelname)s %(name)s %(message)s", stream=sys.stdout)
logging.getLogger("httpx").setLevel("ERROR")
body = {"code": 200, "data": {"result": {"call_id": 7}}}
transport = httpx.MockTransport(lambda request: httpx.Response(200, json=body))
with Convirza(token="t", http_client=httpx.Client(transport=transport)) as api:
    assert api.calls.get(7).call_id == api.calls.get(7).call_id == 7
Convirza(token="t", drift="off").close()
try:
    Convirza(token="t", drift="strict")
except ConfigurationError as error:
    print(error)
"""
    logged, said = run_bare(program, path=[tmp_path, bare]).splitlines()
    assert said.startswith(f"cannot check responses against the OpenAPI document: {reason}")
    assert said.endswith(", or pass drift='off'")
    assert logged == f"WARNING convirza {said}"


# ---------------------------------------------------------------------------- in a project

EXAMPLE = Path(__file__).with_name("vendor_example")

ABSENT = ("convirza", "convirza_client", "jsonschema_rs", "starlette", "typer", "pytest")
START = f"""
import importlib.util, runpy
for name in {ABSENT}:
    assert importlib.util.find_spec(name) is None, name
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the example, which has not vendored anything yet."""
    folder = tmp_path / "project"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.mark.parametrize("package", PACKAGES)
def test_example_gets_calls(project: Path, bare: Path, fake_url: str, package: str) -> None:
    """The library and the generated client, vendored, read calls from the fake API over loopback."""
    vendor(str(project / "myapp/_vendor"), library=True, package=package)
    program = "runpy.run_module('myapp', run_name='__main__')"
    args = (fake_url, DEFAULT_TOKEN, "987654", "404")
    printed = run_bare(START + program, *args, path=[project, bare])
    assert printed == "987654: 182 s (Lead)\n404: no such call\n987654: 182\n"


def test_several_copies_work_side_by_side(project: Path, bare: Path, fake_url: str) -> None:
    """Two copies in one process each get a call, log it once, and keep their own classes."""
    vendor(str(project / "myapp/_vendor"), library=True)
    vendor(str(project / "other/_vendor"), library=True, package="other._vendor")
    program = """
import logging
logging.basicConfig(format="%(name)s %(levelname)s", stream=sys.stdout)
logging.getLogger("convirza").setLevel("DEBUG")
from myapp._vendor import convirza as one
from other._vendor import convirza as two
base_url, token = sys.argv[1:]
assert one.NotFoundError is not two.NotFoundError
for copy in (one, two, one):
    with copy.Convirza(base_url=base_url, token=token, drift="off") as api:
        assert type(api.calls.get(987654)).__module__.startswith(copy.__name__.rpartition(".")[0])
        try:
            api.calls.get(404)
        except copy.NotFoundError:
            pass
"""
    printed = run_bare(START + program, fake_url, DEFAULT_TOKEN, path=[project, bare])
    assert printed == "convirza DEBUG\n" * 6
