"""Runs programs in forks of a process that has imported what they need: saves 3 s of CPU in each."""

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# Not typed as one of them: the two have no base with `Process`.
CONTEXT: Any = multiprocessing.get_context("spawn" if os.name == "nt" else "forkserver")
# The imports of pytest's runs and of scripts/generate.py. What is not installed is passed over.
CONTEXT.set_forkserver_preload(
    [
        *("pytest", "hypothesis.strategies", "respx", "attrs", "starlette.applications"),
        *("schemathesis.pytest.plugin", "schemathesis.specs.openapi.schemas"),
        *("schemathesis.specs.openapi.stateful", "schemathesis.specs.openapi.checks"),
        *("jinja2", "jsonschema_rs", "openapi_python_client", "openapi_spec_validator", "ruamel.yaml"),
    ]
)
# The fork has imported modules before pytest could rewrite their assertions, which is of no use there.
PYTEST = ("pytest", "-W", "ignore::pytest.PytestAssertRewriteWarning")


def run(
    program: str, *arguments: str, folder: Path, environment: Mapping[str, str], seconds: float = 300
) -> subprocess.CompletedProcess[str]:
    """What `python program` does, or `python -m program`; the exit code is None if it did not end in time."""
    with tempfile.TemporaryDirectory() as name:
        outputs = [Path(name, "stdout"), Path(name, "stderr")]
        process = CONTEXT.Process(target=_run, args=([program, *arguments], folder, environment, outputs))
        process.start()
        process.join(seconds)
        code = process.exitcode
        process.kill()
        process.join()
        said = [path.read_text("utf-8", "replace") if path.exists() else "" for path in outputs]
        return subprocess.CompletedProcess([program, *arguments], code, *said)


def _run(arguments: list[str], folder: Path, environment: Mapping[str, str], outputs: Sequence[Path]) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.dont_write_bytecode = "PYTHONDONTWRITEBYTECODE" in environment
    for number, path in enumerate(outputs, start=1):
        os.dup2(os.open(path, os.O_CREAT | os.O_WRONLY), number)
    # As if this were the first to import them: the program may have copies of its own.
    for module in [each for each in sys.modules if each.partition(".")[0] == "support"]:
        del sys.modules[module]
    sys.argv, program = arguments, arguments[0]
    sys.path[:0] = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    if program.endswith(".py"):
        sys.path.insert(0, str(Path(program).parent))
        runpy.run_path(program, run_name="__main__")
    else:
        runpy.run_module(program, run_name="__main__", alter_sys=True)
