"""Check the types of the installed packages against the last release; `tox run -e typing` checks the rest.

    tox run -e api

The typing tests of the last release (its contract_tests/typing) must pass mypy --strict and pyright's
strict mode on the code that is installed now, unless it is a breaking change: with the version bumped and a
`**Breaking**` line in the changelog.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from gates.last_release import demands, dotted, last_release
from gates.python_api import installed
from shared import Refusal, new_parser, one_line


def tool(folder: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a type checker where it finds no configuration of the tree, and so only what is installed."""
    # Pyright runs the first `python` that it finds.
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def previous_tests(folder: str, release: Path, version: str) -> list[str]:
    """The findings of mypy and pyright in the typing tests of the last release."""
    # Copied: pyright takes only files below its configuration.
    tests = shutil.copytree(release / "contract_tests/typing", Path(folder) / "typing")
    settings = {
        "typeCheckingMode": "strict",
        "enableTypeIgnoreComments": False,  # those are for mypy
        "reportUnnecessaryTypeIgnoreComment": True,  # a mistake must stay one
    }
    (Path(folder) / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    mypy = tool(folder, "mypy", "--strict", "--no-error-summary", "--cache-dir", "mypy", "typing")
    if mypy.returncode not in (0, 1) or (mypy.returncode and not mypy.stdout):
        raise Refusal(f"mypy: {one_line(mypy.stderr or mypy.stdout)[:300]}")
    checked = tool(folder, "pyright", "--pythonpath", sys.executable, "--outputjson")
    try:
        report: dict[str, Any] = json.loads(checked.stdout)
    except ValueError:
        raise Refusal(f"pyright: {one_line(checked.stderr or checked.stdout)[:300]}") from None
    if report["summary"]["filesAnalyzed"] != len(list(tests.glob("*.py"))):
        raise Refusal("pyright did not check the typing tests of the last release")
    problems = [f"{line} (mypy)" for line in mypy.stdout.splitlines() if ": error:" in line]
    problems += [
        f"{each['file']}:{each['range']['start']['line'] + 1}: {one_line(each['message'])} (pyright)"
        for each in report["generalDiagnostics"]
    ]
    return [f"{version}: contract_tests/{problem.removeprefix(f'{folder}/')}" for problem in problems]


def main() -> int:
    """Run the command line; returns the exit code."""
    new_parser(__doc__).parse_args()
    if not installed().is_relative_to(sys.prefix):
        raise Refusal("the packages are not installed in this environment: run tox run -e api")
    with tempfile.TemporaryDirectory() as name:
        folder = str(Path(name).resolve())  # as the tools write it
        with last_release() as (release, there):
            problems = previous_tests(folder, there, dotted(release.version))
    print("\n".join(problems) or "the types: the last release's typing tests pass")
    if problems and (missing := demands("a change that the last release's typing tests see", release)):
        raise Refusal(f"{len(problems)} breaking finding(s): {'; '.join(missing)}")
    return 0
