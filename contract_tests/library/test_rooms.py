"""The packages of `convirza` import downwards only, so that each can be read without those above it."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import convirza

# What each package may import, in addition to itself; a module of the root counts as a package of its own.
ALLOWED: dict[str, set[str]] = {
    "_generated": set(),
    "_version": set(),
    "_core": {"_generated"},
    "_auth": {"_core", "_generated"},
    "_resources": {"_core", "_generated"},
    "_client_settings": {"_auth", "_core", "_version"},
    "_async_client": {"_client_settings", "_core", "_resources"},
    "_sync_client": {"_client_settings", "_core", "_resources"},
    "__init__": {"_async_client", "_auth", "_core", "_generated", "_resources", "_sync_client"},
    "_vendor": set(),
    "fake": {"_core", "_generated"},
    "export": {"__init__", "_core", "_generated", "_resources", "_sync_client"},
    "pytest_plugin": {"__init__", "fake"},
    "_cli": {
        *("__init__", "_async_client", "_auth", "_client_settings", "_core", "_generated"),
        *("_resources", "_sync_client", "_vendor", "export"),
    },
    "cli": {"_cli", "_core"},
    "__main__": {"cli"},
}

ROOT = Path(convirza.__file__).parent


def room_of(name: str) -> str:
    """The package of a dotted name below `convirza`; a public name of `convirza` itself is in __init__."""
    part = name.split(".")[1] if "." in name else "__init__"
    return part if part in ALLOWED else "__init__"


def imports(path: Path) -> Iterator[str]:
    """The packages that a module imports, at any place."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: a relative import"
            names = [f"{node.module}.{name}" for name in names]
        yield from (room_of(name) for name in names if name.split(".")[0] == "convirza")


def test_allowed_directions_have_no_circle():
    """The table itself has an order from the bottom to the top."""
    assert list(TopologicalSorter(ALLOWED).static_order())


def test_modules_import_downwards():
    """Each module imports its own package, or one that the table allows."""
    for path in ROOT.rglob("*.py"):
        room = path.relative_to(ROOT).parts[0].removesuffix(".py")
        assert set(imports(path)) <= ALLOWED[room] | {room}, path
