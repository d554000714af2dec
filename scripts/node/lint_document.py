"""Lint openapi/openapi.yaml: Redocly with all its rules, and Spectral with the OWASP rules.

Every finding fails. The exceptions and their reasons are in openapi/redocly.yaml and openapi/spectral.yaml.
`tox run -e spec` calls it.
"""

import json
import shutil
from typing import Any

from _document import shown_pointer
from node.tools import REDOCLY, SPECTRAL, TOOLS, run
from shared import DOCUMENT, ROOT, Refusal, new_parser, one_line, shown

NAME = shown(DOCUMENT)


def redocly() -> list[str]:
    """Redocly's findings."""
    settings = ["--config", "openapi/redocly.yaml", "--lint-config", "error", "--max-problems", "10000"]
    findings: list[str] = []
    for problem in _report("redocly", REDOCLY, *settings)["problems"]:
        place = problem["location"][0]
        start = place.get("start") or {"line": 1, "col": 1}
        findings.append(
            f"{NAME}:{start['line']}:{start['col']}: {place.get('pointer') or '#/'}: "
            f"{one_line(problem['message'])} (redocly {problem['ruleId']})"
        )
    return findings


def spectral() -> list[str]:
    """Spectral's findings."""
    # It looks for the OWASP rules beside its ruleset, and they are not in the tree.
    ruleset = TOOLS / "spectral.yaml"
    shutil.copyfile(ROOT / "openapi/spectral.yaml", ruleset)
    settings = ["--ruleset", str(ruleset), "--fail-severity", "hint", "--quiet"]
    findings: list[str] = []
    for problem in _report("spectral", SPECTRAL, *settings):
        start = problem["range"]["start"]
        findings.append(
            f"{NAME}:{start['line'] + 1}:{start['character'] + 1}: #{shown_pointer(problem['path'])}: "
            f"{one_line(problem['message'])} (spectral {problem['code']})"
        )
    return findings


def _report(tool: str, script: str, *settings: str) -> Any:
    result = run(script, "lint", *settings, "--format", "json", NAME, folder=ROOT)
    try:
        report = json.loads(result.stdout)
    except ValueError:
        report = None
    problems = report["problems"] if isinstance(report, dict) else report
    if not problems and (result.returncode or report is None):  # such as a mistake in its configuration
        said = one_line((result.stderr or result.stdout).replace(f"{ROOT}/", ""))[:500]
        raise Refusal(f"{tool}: {said or f'exit code {result.returncode}'}")
    return report


def main() -> int:
    """Run the command line; returns the exit code."""
    new_parser(__doc__).parse_args()
    findings = redocly() + spectral()
    print("\n".join(findings) or f"{NAME}: nothing found by Redocly and Spectral")
    if findings:
        raise Refusal(
            f"{len(findings)} finding(s): fix the document, or write an exception with its reason into "
            "openapi/redocly.yaml or openapi/spectral.yaml"
        )
    return 0
