"""Type-check vendored copies as their users do: mypy --strict and pyright strict, with attrs and httpx alone.

Vendors client and library into two copies of contract_tests/library/vendor_example, with relative and with
absolute imports, beside an environment that has nothing else installed.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from convirza._cli.vendor import vendor
from shared import ROOT, new_parser

EXAMPLE = ROOT / "contract_tests/library/vendor_example"
sys.path.insert(0, str(ROOT / "contract_tests"))

from support.library.bare import link_needed  # noqa: E402


def check(project: Path) -> bool:
    """Whether both type checkers find nothing in two examples, with what they vendor."""
    for name, package in (("relative", ""), ("absolute", "absolute._vendor")):
        shutil.copytree(EXAMPLE / "myapp", project / name, ignore=shutil.ignore_patterns("__pycache__"))
        vendor(str(project / name / "_vendor"), library=True, package=package)
    venv.create(project / ".venv", symlinks=True)
    python = project / ".venv/bin/python"
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    link_needed(Path(found.stdout.strip()))
    settings = {"include": ["relative", "absolute"], "typeCheckingMode": "strict"}
    (project / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    mypy = ["mypy", "--strict", "--config-file=", f"--python-executable={python}", *settings["include"]]
    pyright = ["pyright", f"--pythonpath={python}"]
    commands = [[sys.executable, "-m", *tool] for tool in (mypy, pyright)]
    codes = [subprocess.run(command, cwd=project, check=False).returncode for command in commands]
    return not any(codes)


def main() -> int:
    """Exit code 1 if something is found."""
    new_parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return 0 if check(Path(folder)) else 1
