"""Keep one issue about the live API's deviations: open, update or close it, depending on the report.

    tox run -e issue -- build/drift.txt

The report is that of `tox run -e drift`; an empty one closes the issue. The issue is the open one with the
label `drift`. Calls GitHub's own command, gh: it takes the token from GH_TOKEN, the repository from GH_REPO.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from shared import Refusal, new_parser, one_line

LABEL = "drift"
TITLE = "The live API deviates from the document"
CLEAN = "No deviations any more{run}."
CHANGED = "The deviations have changed{run}: the table above is the new one."
BODY = """\
Responses of the live API deviate from `openapi/openapi.yaml`{run}. The table has pointers and types only.

```text
{table}
```

Change the document (see CONTRIBUTING.md), or report it to the vendor. The nightly
workflow updates this issue, and closes it.
"""
LONGEST = 60_000  # characters; GitHub takes 65,536


def gh(*arguments: str, text: str | None = None) -> str:
    """Run gh; long text goes through stdin."""
    try:
        run = subprocess.run(
            ["gh", *arguments], input=text, capture_output=True, encoding="utf-8", check=False
        )
    except FileNotFoundError:
        raise Refusal("gh is not installed: see https://cli.github.com") from None
    if run.returncode:
        reason = next(iter(run.stderr.strip().splitlines()), f"exit code {run.returncode}")
        raise Refusal(f"gh {' '.join(arguments[:2])}: {reason}")
    return run.stdout


def open_issue() -> dict[str, Any] | None:
    """The oldest open issue with the label."""
    listed = gh(
        "issue", "list", "--label", LABEL, "--state", "open", "--limit", "100", "--json", "number,body"
    )
    issues: list[dict[str, Any]] = json.loads(listed)
    return min(issues, key=lambda issue: issue["number"], default=None)


def this_run() -> str:
    """Where the report was made, if this is a workflow."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (os.environ.get(name) for name in names)
    return f" ([run]({server}/{repository}/actions/runs/{run}))" if server and repository and run else ""


def update(report: str) -> str:
    """Update the issue to the report; returns what was done."""
    table = report.strip("\n").replace("```", "'''")
    if len(table) > LONGEST:
        table = table[:LONGEST].rpartition("\n")[0] + "\n(cut)"
    issue = open_issue()
    if not table:
        if issue is None:
            return "no deviations, no issue"
        gh("issue", "close", str(issue["number"]), "--comment", CLEAN.format(run=this_run()))
        return f"closed issue {issue['number']}"
    body = BODY.format(run=this_run(), table=table)
    if issue is None:
        gh("label", "create", LABEL, "--force", "--description", TITLE)
        gh("issue", "create", "--title", TITLE, "--label", LABEL, "--body-file", "-", text=body)
        return "opened an issue"
    number = str(issue["number"])
    # GitHub may keep the line breaks of a browser.
    if f"\n{table}\n```" in issue["body"].replace("\r\n", "\n"):
        return f"issue {number} is up to date"
    gh("issue", "edit", number, "--body-file", "-", text=body)
    gh("issue", "comment", number, "--body", CHANGED.format(run=this_run()))
    return f"updated issue {number}"


def main() -> int:
    """Run the command line; returns the exit code."""
    parser = new_parser(__doc__)
    parser.add_argument("report", type=Path, help="the file that tox run -e drift wrote")
    report: Path = parser.parse_args().report
    try:
        print(update(report.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise Refusal(f"{report}: {one_line(error)}") from None
    return 0
