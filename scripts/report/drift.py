"""Request known calls of the live API, read-only, and write build/drift.txt: how responses deviate.

    tox run -e drift

Runs `convirza drift` on the ids in CONVIRZA_CONTRACT_CALL_IDS. The report is its table, without lines that
seem to hold a value; it is empty if nothing deviates. Without CONVIRZA_TOKEN there is none. Exit code 1 if
the API deviates; that of `convirza drift` if the requests failed, and then there is no report either.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from shared import ROOT, new_parser

REPORT = ROOT / "build/drift.txt"
DEVIATES = 1
# What no pointer and no type looks like: a long number, an address, a name at a host, a token.
VALUE = re.compile(r"\d{5,}|\w://|\w@\w|[\w.-]{40,}")
LEFT_OUT = "(a line that seems to hold a value was left out)"


def harmless(table: str) -> str:
    """The table without lines that could hold a person's data: it goes into a public issue."""
    return "".join(f"{LEFT_OUT if VALUE.search(line) else line.rstrip()}\n" for line in table.splitlines())


def run_drift(ids: str) -> subprocess.CompletedProcess[str]:
    """The result of `convirza drift` for these calls."""
    with tempfile.TemporaryDirectory() as folder:  # of mode 0700
        file = Path(folder) / "ids"
        file.write_text("".join(f"{call_id.strip()}\n" for call_id in ids.split(",")), "utf-8")
        command = [sys.executable, "-m", "convirza", "drift", "--ids-file", str(file)]
        return subprocess.run(
            command, stdout=subprocess.PIPE, encoding="utf-8", errors="backslashreplace", check=False
        )


def main() -> int:
    """Run the command line; returns the exit code."""
    new_parser(__doc__).parse_args()
    REPORT.unlink(missing_ok=True)
    if not os.environ.get("CONVIRZA_TOKEN"):
        print("report.drift: CONVIRZA_TOKEN is not set: no requests, no report")
        return 0
    ids = os.environ.get("CONVIRZA_CONTRACT_CALL_IDS", "")
    if not ids.strip():
        print("report.drift: set CONVIRZA_CONTRACT_CALL_IDS, ids separated by commas", file=sys.stderr)
        return 2
    run = run_drift(ids)
    deviates = run.returncode == DEVIATES and run.stdout.strip() != ""
    if run.returncode and not deviates:
        print(f"report.drift: convirza drift ended with {run.returncode}: no report", file=sys.stderr)
        return run.returncode
    table = harmless(run.stdout) if deviates else ""
    REPORT.parent.mkdir(exist_ok=True)
    fresh = REPORT.with_suffix(".new")
    fresh.write_text(table, "utf-8")
    fresh.replace(REPORT)
    print(table or "no deviations")
    return DEVIATES if deviates else 0
