"""A project that vendors client and library reads calls with nothing installed but attrs and httpx.

That it passes strict type checkers is checked by scripts/gates/vendored.py, in `tox run -e typing`.
"""

import shutil
from pathlib import Path

import pytest

from convirza._cli.vendor import vendor
from convirza.fake import DEFAULT_TOKEN
from support.library.bare import link_needed, run_bare

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


def run(project: Path, program: str, *args: str) -> str:
    bare = project.parent / "bare"
    link_needed(bare)
    return run_bare(START + program, *args, path=[project, bare])


@pytest.mark.parametrize("package", ["", "myapp._vendor"])
def test_example_gets_calls(project: Path, fake_url: str, package: str) -> None:
    """The library and the generated client, vendored, read calls from the fake API over loopback."""
    vendor(str(project / "myapp/_vendor"), library=True, package=package)
    program = "runpy.run_module('myapp', run_name='__main__')"
    printed = run(project, program, fake_url, DEFAULT_TOKEN, "987654", "404")
    assert printed == "987654: 182 s (Lead)\n404: no such call\n987654: 182\n"


def test_several_copies_work_side_by_side(project: Path, fake_url: str) -> None:
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
    assert run(project, program, fake_url, DEFAULT_TOKEN) == "convirza DEBUG\n" * 6
