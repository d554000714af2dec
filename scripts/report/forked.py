"""Runs pytest in a fork of a process that has imported what all runs need: half of the time of a run."""

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from shared import ROOT

# Not typed as one of them: the two have no base with `Process`.
CONTEXT: Any = multiprocessing.get_context("spawn" if os.name == "nt" else "forkserver")
CONTEXT.set_forkserver_preload(["pytest", "hypothesis.strategies", "schemathesis.openapi", "respx", "attrs"])


def run_pytest(
    arguments: Sequence[str], environment: Mapping[str, str], path: Sequence[str], seconds: float
) -> tuple[int | None, str]:
    """The exit code, None if it did not end in time, and what was printed; `path` goes first in sys.path."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        process = CONTEXT.Process(target=_run, args=(arguments, environment, path, output))
        process.start()
        process.join(seconds)
        process.kill()
        ended = process.exitcode
        process.join()
        return ended, output.read_text("utf-8", "replace") if output.exists() else ""


def _run(arguments: Sequence[str], environment: Mapping[str, str], path: Sequence[str], output: Path) -> None:
    os.chdir(ROOT)
    sys.dont_write_bytecode = False  # one run compiles for the next
    os.environ.update(environment)
    os.environ["PYTHONPATH"] = os.pathsep.join([*path, *filter(None, [os.environ.get("PYTHONPATH")])])
    sys.path[:0] = path
    with output.open("w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    # Imported before pytest could rewrite their assertions, which is of no use here.
    sys.exit(pytest.main([*arguments, "-W", "ignore::pytest.PytestAssertRewriteWarning"]))
