"""Lint openapi/openapi.yaml: Redocly with all its rules, and Spectral with the OWASP rules.

Every finding fails. The exceptions and their reasons are in openapi/redocly.yaml and openapi/spectral.yaml.
`tox run -e spec` calls it.
"""

import json
import shutil
import subprocess
from typing import Any

from node.tools import REDOCLY, SPECTRAL, TOOLS, run
from shared import DOCUMENT, ROOT, Refusal, new_parser, one_line, shown

NAME = shown(DOCUMENT)


def redocly() -> list[str]:
    """Redocly's findings."""
    settings = ["--config", "openapi/redocly.yaml", "--lint-config", "error", "--max-problems", "10000"]
    result = run(REDOCLY, "lint", *settings, "--format", "json", NAME, folder=ROOT)
    findings: list[str] = []
    for problem in _report("redocly", result)["problems"]:
        place = problem["location"][0]
        start = place.get("start") or {"line": 1, "col": 1}
        findings.append(
            f"{NAME}:{start['line']}:{start['col']}: {place.get('pointer') or '#/'}: "
            f"{one_line(problem['message'])} (redocly {problem['ruleId']})"
        )
    if result.returncode and not findings:  # such as a mistake in its configuration
        raise Refusal(f"redocly: {_said(result.stderr) or f'exit code {result.returncode}'}")
    return findings


def spectral() -> list[str]:
    """Spectral's findings."""
    # It looks for the OWASP rules beside its ruleset, and they are not in the tree.
    ruleset = TOOLS / "spectral.yaml"
    shutil.copyfile(ROOT / "openapi/spectral.yaml", ruleset)
    settings = ["--ruleset", str(ruleset), "--fail-severity", "hint", "--quiet"]
    result = run(SPECTRAL, "lint", *settings, "--format", "json", NAME, folder=ROOT)
    findings: list[str] = []
    for problem in _report("spectral", result):
        start = problem["range"]["start"]
        pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in problem["path"])
        findings.append(
            f"{NAME}:{start['line'] + 1}:{start['character'] + 1}: #{pointer or '/'}: "
            f"{one_line(problem['message'])} (spectral {problem['code']})"
        )
    if result.returncode and not findings:
        raise Refusal(f"spectral: {_said(result.stderr) or f'exit code {result.returncode}'}")
    return findings


def _report(tool: str, result: subprocess.CompletedProcess[str]) -> Any:
    try:
        return json.loads(result.stdout)
    except ValueError:
        said = _said(result.stderr or result.stdout)
        raise Refusal(f"{tool}: {said or f'no report, exit code {result.returncode}'}") from None


def _said(text: str) -> str:
    return one_line(text.replace(f"{ROOT}/", ""))[:500]


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
