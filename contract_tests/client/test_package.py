"""The generated package as something to copy: what it needs, and that its name does not matter."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import convirza_client

PACKAGE = Path(convirza_client.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
BANNER = "# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.\n"


def imported(module: Path) -> set[str]:
    """The top-level packages that a module imports by name; relative imports are '.'."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." if node.level else (node.module or "").partition(".")[0])
    return names


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.relative_to(PACKAGE).as_posix())
def test_module_imports_attrs_httpx_and_the_package_itself(module):
    """No other distribution is needed, and the package never names itself."""
    assert imported(module) - set(sys.stdlib_module_names) <= {"attrs", "httpx", "."}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.relative_to(PACKAGE).as_posix())
def test_module_states_that_it_is_generated(module):
    """Every file begins with the banner."""
    assert module.read_text("utf-8").startswith(BANNER)


def test_package_is_typed():
    """Type checkers look for py.typed."""
    assert (PACKAGE / "py.typed").is_file()


USE = """
import json, pickle, sys
import httpx
from myapp._vendor.calls_api import AuthenticatedClient, errors
from myapp._vendor.calls_api.api.calls import get_call
from myapp._vendor.calls_api.models import CallModule
from myapp._vendor.calls_api.types import UNSET

wire = json.loads(sys.argv[1])
answers = iter([httpx.Response(200, json=wire), httpx.Response(200, text="<html>")])
transport = httpx.MockTransport(lambda _: next(answers))
client = AuthenticatedClient(base_url="https://api.test", token="t", httpx_args={"transport": transport})
answer = get_call.sync(987654, client=client, include=[CallModule.TAGS])
assert answer.to_dict() == wire
assert pickle.loads(pickle.dumps(answer)) == answer
assert pickle.loads(pickle.dumps(UNSET)) is UNSET
try:
    get_call.sync(987654, client=client)
except errors.UnexpectedContentType as error:
    assert type(pickle.loads(pickle.dumps(error))) is type(error)
assert not [name for name in sys.modules if name.startswith("convirza")]
print("used", answer.data.result.call_id)
"""


def test_copy_under_another_name_works(tmp_path, documented):
    """Copied into another package, it calls, parses, pickles and raises without its first name."""
    import json

    vendor = tmp_path / "myapp/_vendor"
    vendor.mkdir(parents=True)
    shutil.copytree(PACKAGE, vendor / "calls_api", ignore=shutil.ignore_patterns("__pycache__"))
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", USE, json.dumps(documented)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.stdout, run.stderr) == ("used 987654\n", "")
