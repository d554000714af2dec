"""The generated package as something to copy: what it needs, and that its name does not matter."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import convirza_client

PACKAGE = Path(convirza_client.__file__).parent
BANNER = "# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.\n"


def test_package_needs_attrs_and_httpx_only():
    """No module imports another distribution, or its own package by name; all say that they are generated."""
    allowed = {*sys.stdlib_module_names, "attrs", "httpx"}
    for module in PACKAGE.rglob("*.py"):
        text = module.read_text("utf-8")
        assert text.startswith(BANNER), module
        for node in ast.walk(ast.parse(text)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [str(node.module)]
            assert {name.partition(".")[0] for name in names} <= allowed, module
    assert (PACKAGE / "py.typed").is_file()  # for type checkers


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
