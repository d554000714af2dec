"""Type-check vendored copies as their users do: mypy --strict and pyright strict, with attrs and httpx alone.

Vendors client and library into the example of contract_tests/library/vendor_example, with relative and with
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


def check(project: Path, package: str) -> bool:
    """Whether both type checkers find nothing in the example, with what it vendors."""
    shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns("__pycache__"))
    vendor(str(project / "myapp/_vendor"), library=True, package=package)
    bare = project / ".venv"
    venv.create(bare, symlinks=True)
    python = bare / "bin/python"
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    link_needed(
        Path(subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip())
    )
    settings = {"include": ["myapp"], "typeCheckingMode": "strict"}
    (project / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    checks = (
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--config-file=",
            f"--python-executable={python}",
            "myapp",
        ],
        [sys.executable, "-m", "pyright", f"--pythonpath={python}"],
    )
    codes = [subprocess.run(command, cwd=project, check=False).returncode for command in checks]
    return not any(codes)


def main() -> int:
    """Exit code 1 if something is found."""
    new_parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = [
            check(Path(folder) / (package or "relative"), package) for package in ("", "myapp._vendor")
        ]
    return 0 if all(results) else 1
