"""Check the types of the installed packages against the last release.

    tox run -e api

The typing tests of the last release (its contract_tests/typing) must pass mypy --strict and pyright's
strict mode on the code that is installed now, unless it is a breaking change: with the version bumped and a
`**Breaking**` line in the changelog. And `pyright --verifytypes` must know every type of both packages.
"""

import importlib.util
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
from shared import Refusal, new_parser, one_line

PACKAGES = ("convirza_client", "convirza")


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
    report = pyright(folder)
    if report["summary"]["filesAnalyzed"] != len(list(tests.glob("*.py"))):
        raise Refusal("pyright did not check the typing tests of the last release")
    problems = [f"{line} (mypy)" for line in mypy.stdout.splitlines() if ": error:" in line]
    problems += [
        f"{_place(each)}: {one_line(each['message'])} (pyright)" for each in report["generalDiagnostics"]
    ]
    return [f"{version}: contract_tests/{problem.removeprefix(f'{folder}/')}" for problem in problems]


def incomplete(folder: str, package: str) -> list[str]:
    """The symbols of an installed package whose types `pyright --verifytypes` does not know."""
    spec = importlib.util.find_spec(package)
    if not spec or not spec.origin or not Path(spec.origin).is_relative_to(sys.prefix):
        raise Refusal(f"{package} is not installed in this environment: run tox run -e api")
    report = pyright(folder, "--verifytypes", package, "--ignoreexternal")["typeCompleteness"]
    if not Path(report["packageRootDirectory"]).is_relative_to(sys.prefix):
        raise Refusal(f"pyright looked at {report['packageRootDirectory']}, not at the installed {package}")
    if report["completenessScore"] == 1:
        return []
    lacking = [
        f"{_place(each).rpartition('/site-packages/')[2]}: {symbol['name']}: {one_line(each['message'])}"
        for symbol in report["symbols"]
        if not symbol["isTypeKnown"]
        for each in symbol["diagnostics"]
    ]
    return [f"{package}: {report['completenessScore']:.1%} of its types are known, not 100 %", *lacking]


def pyright(folder: str, *arguments: str) -> dict[str, Any]:
    """Pyright's report."""
    run = tool(folder, "pyright", "--pythonpath", sys.executable, *arguments, "--outputjson")
    try:
        report: dict[str, Any] = json.loads(run.stdout)
    except ValueError:
        raise Refusal(f"pyright: {one_line(run.stderr or run.stdout)[:300]}") from None
    return report


def _place(diagnostic: dict[str, Any]) -> str:
    return f"{diagnostic['file']}:{diagnostic['range']['start']['line'] + 1}"


def main() -> int:
    """Run the command line; returns the exit code."""
    new_parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = str(Path(name).resolve())  # as the tools write it
        lacking = [line for package in PACKAGES for line in incomplete(folder, package)]
        with last_release() as (release, there):
            problems = previous_tests(folder, there, dotted(release.version))
    missing = demands("a change that the last release's typing tests see", release) if problems else []
    print("\n".join([*lacking, *problems]) or "the types: complete, and the last release's typing tests pass")
    if missing:
        print(f"gates.type_hints: {len(problems)} breaking finding(s): {'; '.join(missing)}", file=sys.stderr)
    if lacking:
        print("gates.type_hints: annotate what has no type that pyright knows", file=sys.stderr)
    return 1 if lacking or missing else 0
