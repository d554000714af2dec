"""The gates on the Python API: scripts/gates/python_api.py and scripts/gates/type_hints.py, on broken copies."""

import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import convirza_client
from support.spec.gates import Tree, need

need("api", "griffe", "mypy", "pyright")
if not Path(str(convirza_client.__file__)).is_relative_to(sys.prefix):
    pytest.skip("needs the installed wheel, this is a tree: tox run -e api", allow_module_level=True)

LINE = "- **Breaking** A name."


class Change(NamedTuple):
    """A change of a module, and the finding of the gate (none if it is not breaking)."""

    name: str
    says: str
    module: str
    old: str
    new: str


CALLS = "convirza_client/api/calls/get_call.py"
TAG = "convirza_client/models/tag.py"
CLIENT = "convirza_client/client.py"
TAG_ID = "tag_id: int | None | Unset = UNSET"
CHANGES = [
    Change("a class is renamed", "models.tag.Tag: public object was removed", TAG, "class Tag:", "class Mark:"),
    Change("a method is renamed", "Tag.to_dict", TAG, "def to_dict(", "def as_dict("),
    Change("an attribute is renamed", "Tag.tag_id: public object was removed", TAG, TAG_ID, TAG_ID.replace("tag_id", "id")),
    Change("an attribute has another type", "Tag.tag_id: type", TAG, TAG_ID, TAG_ID.replace("int", "str")),
    Change("an attribute has no default", "Tag.tag_id: the default was removed", TAG, TAG_ID, TAG_ID.partition(" =")[0]),
    Change("a name is not exported", "models.Tag: not in __all__", "convirza_client/models/__init__.py", '    "Tag",\n', ""),
    Change("a value of an enumeration goes", "CallModule.TAGS", "convirza_client/models/call_module.py", '    TAGS = "tags"\n', ""),
    Change("a value of an enumeration changes", "CallModule.TAGS: value", "convirza_client/models/call_module.py", '"tags"', '"tag"'),
    Change("a parameter is renamed", "get_call.sync", CALLS, "    id: int,", "    call_id: int,"),
    Change("a parameter takes less", "get_call.sync(include): type", CALLS, "list[CallModule] | Unset = UNSET", "Unset = UNSET"),
    Change("a function returns more", "get_call.sync: return type", CALLS, "-> CallResponse | Error | None:", "-> CallResponse | Error | int | None:"),
    Change("attrs names a parameter anew", "Client(timeout): parameter was removed", CLIENT, 'alias="timeout"', 'alias="limit"'),
    Change("attrs asks for a parameter", "Client(timeout): parameter is now required", CLIENT, "default=DEFAULT_TIMEOUT, ", ""),
    Change("attrs takes a parameter by name only", "Client: positional parameters base_url ->", CLIENT, 'field(alias="base_url"', 'field(kw_only=True, alias="base_url"'),
    Change("a class takes parameters by name only", "Client: positional parameters base_url -> none", CLIENT, "@define\nclass Client(", "@define(kw_only=True)\nclass Client("),
    Change("a class takes parameters by position", "", TAG, "repr=False, kw_only=True", "repr=False"),
    Change("an error is of another family", "ResponseError: is no ClientError", "convirza_client/errors.py", "class ResponseError(ClientError)", "class ResponseError(Exception)"),
    Change("the fake loses a name", "convirza.fake.create_app: not in __all__", "convirza/fake/__init__.py", '    "create_app",\n', ""),
    Change("the fake loses a parameter", "create_app", "convirza/fake/control.py", "    seed: int = DEFAULT_SEED,", "    seeds: int = DEFAULT_SEED,"),
    Change("a parameter takes more", "", CALLS, "    id: int,", "    id: int | str,"),
    Change("a new function", "", CALLS, "def sync(", "def more() -> None: ...\n\n\ndef sync("),
    Change("a new optional attribute", "", TAG, TAG_ID, f"{TAG_ID}\n    more: int | Unset = UNSET"),
    Change("a private function goes", "", CLIENT, "def _not_a_constant(", "def _no_constant("),
    Change("another order of a union", "", TAG, TAG_ID, "tag_id: None | int | Unset = UNSET"),
]  # fmt: skip


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A copy of the tree in which what is there is the last release, 4.2.0."""
    tree = Tree(tmp_path_factory.mktemp("tree"))
    tree.release("4.2.0")
    return tree


@pytest.fixture
def tree(released: Tree, tmp_path: Path) -> Tree:
    """The same, one patch release on, with both packages installed into a folder that a test may break."""
    released.versions("4.2.1", "4.2.1 (unreleased)")
    for package in ("generated/convirza_client", "src/convirza"):
        shutil.copytree(released.folder / package, tmp_path / Path(package).name)
    return released


def change(folder: Path, module: str, old: str, new: str) -> None:
    path = folder / module
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("each", CHANGES, ids=lambda each: each.name)
def test_what_breaks_is_named_and_the_rest_passes(tree: Tree, tmp_path: Path, each: Change) -> None:
    """A breaking change is red with its place and what it needs; a harmless one is green."""
    change(tmp_path, each.module, each.old, each.new)
    run = tree.run("gates.python_api", PYTHONPATH=str(tmp_path))
    if not each.says:
        assert (run.returncode, run.stderr) == (0, ""), run.stdout
        assert run.stdout == "the Python API: no breaking change since the release\n"
        return
    assert run.returncode == 1
    assert each.says in run.stdout
    (line,) = run.stderr.splitlines()
    assert "pyproject.toml: version is 4.2.1: a breaking change of the Python API needs 5.0.0" in line
    assert "CHANGELOG.md: the section 4.2.1 needs a line that starts with **Breaking**" in line


def test_what_is_announced_passes(tree: Tree, tmp_path: Path) -> None:
    """With the version and the line a break is green, and listed all the same."""
    tree.versions("5.0.0", "5.0.0 (unreleased)", LINE)
    change(tmp_path, TAG, "class Tag:", "class Mark:")
    run = tree.run("gates.python_api", PYTHONPATH=str(tmp_path))
    assert (run.returncode, run.stderr) == (0, "")
    assert "models.tag.Tag: public object was removed" in run.stdout


def test_module_that_cannot_be_read_is_red(tree: Tree, tmp_path: Path) -> None:
    """What a broken module defined is gone, and a package without its first module is reported in one line."""
    (tmp_path / "convirza_client/client.py").write_text("def broken(", "utf-8")
    run = tree.run("gates.python_api", PYTHONPATH=str(tmp_path))
    assert run.returncode == 1
    assert "convirza_client.client" in run.stdout
    (tmp_path / "convirza_client/__init__.py").write_text("def broken(", "utf-8")
    run = tree.run("gates.python_api", PYTHONPATH=str(tmp_path))
    assert run.returncode == 1
    assert "Traceback" not in run.stderr


def test_tree_is_not_what_is_installed(tree: Tree, tmp_path: Path) -> None:
    """The types are those of the installed package: a copy elsewhere on the path is refused."""
    run = tree.run("gates.type_hints", PYTHONPATH=str(tmp_path))
    assert run.returncode == 1
    said = "gates.type_hints: the packages are not installed in this environment: run tox run -e api\n"
    assert run.stderr == said


def test_last_release_s_typing_tests_are_checked(tree: Tree) -> None:
    """A typing test of the last release that the installed code fails is named, by both checkers."""
    tree.replace(
        "contract_tests/typing/generated_client.py",
        ("assert_type(call.call_id, int)", "assert_type(call.call_id, str)"),
    )
    tree.release("4.2.2")
    run = tree.run("gates.type_hints")
    assert run.returncode == 1
    for tool in ("mypy", "pyright"):
        assert any(
            line.startswith("4.2.2: contract_tests/typing/generated_client.py:")
            and line.endswith(f"({tool})")
            for line in run.stdout.splitlines()
        ), run.stdout + run.stderr
    assert "a change that the last release's typing tests see needs 5.0.0" in run.stderr
