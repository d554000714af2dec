"""The report of the live API's deviations, and the one issue about it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
TABLE = "pointer                 kind   expected  got\n/data/result/duration   type   integer   string\n"
OTHER = TABLE.replace("duration", "tags")
# Stands in for GitHub: keeps its issues in a file, and all requests.
GH = f"""#!{sys.executable}
import json, pathlib, sys
path = pathlib.Path(__file__).with_name("github.json")
github = json.loads(path.read_text())
what, options = sys.argv[1:3], sys.argv[3:]
number = int(options[0]) if options[0].isdecimal() else None
text = sys.stdin.read() if "--body-file" in options else None
github["asked"].append([*what, *options])
if github.get("broken"):
    sys.exit("HTTP 401: Bad credentials\\nTry: gh auth login")
if what == ["issue", "list"]:
    assert options[:4] == ["--label", "drift", "--state", "open"]
    print(json.dumps([issue for issue in github["issues"] if issue["state"] == "open"]))
elif what == ["issue", "create"]:
    github["issues"].append({{"number": 7, "state": "open", "body": text}})
elif what == ["issue", "edit"]:
    next(issue for issue in github["issues"] if issue["number"] == number)["body"] = text
elif what == ["issue", "close"]:
    next(issue for issue in github["issues"] if issue["number"] == number)["state"] = "closed"
path.write_text(json.dumps(github))
"""


class GitHub:
    """A folder with a gh that keeps issues in a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "gh").write_text(GH, "utf-8")
        (folder / "gh").chmod(0o755)
        self.write({"issues": [], "asked": []})

    def write(self, state: dict[str, Any]) -> None:
        """Put GitHub into this state."""
        (self.folder / "github.json").write_text(json.dumps(state), "utf-8")

    def state(self) -> dict[str, Any]:
        """The state of GitHub."""
        state: dict[str, Any] = json.loads((self.folder / "github.json").read_text("utf-8"))
        return state

    def verbs(self) -> list[str]:
        """What was changed, since the last time."""
        state = self.state()
        verbs = [f"{asked[0]} {asked[1]}" for asked in state["asked"]]
        self.write({**state, "asked": []})
        return verbs

    def run(self, report: str | None) -> subprocess.CompletedProcess[str]:
        """Run the script with a report."""
        path = self.folder / "drift.txt"
        path.unlink(missing_ok=True)
        if report is not None:
            path.write_text(report, "utf-8")
        environment = {
            "PATH": str(self.folder),
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_REPOSITORY": "us/convirza",
            "GITHUB_RUN_ID": "55",
        }
        return subprocess.run(
            [sys.executable, SCRIPTS, "report.issue", path],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def github(tmp_path: Path) -> GitHub:
    return GitHub(tmp_path)


def test_one_issue_is_opened_updated_and_closed(github: GitHub) -> None:
    """The first report opens it, the same again changes nothing, another edits it, an empty one closes it."""
    assert github.run(TABLE).stdout == "opened an issue\n"
    assert github.verbs() == ["issue list", "label create", "issue create"]
    (issue,) = github.state()["issues"]
    assert f"```text\n{TABLE}```" in issue["body"]
    assert "([run](https://github.example/us/convirza/actions/runs/55))" in issue["body"]

    assert github.run(TABLE).stdout == "issue 7 is up to date\n"
    assert github.verbs() == ["issue list"]

    assert github.run(OTHER).stdout == "updated issue 7\n"
    assert github.verbs() == ["issue list", "issue edit", "issue comment"]
    (issue,) = github.state()["issues"]
    assert OTHER in issue["body"]
    assert TABLE not in issue["body"]

    assert github.run("").stdout == "closed issue 7\n"
    assert github.verbs() == ["issue list", "issue close"]
    assert github.run("").stdout == "no deviations, no issue\n"
    assert github.verbs() == ["issue list"]


def test_closed_issue_stays_closed(github: GitHub) -> None:
    """New deviations after a closed issue get an issue of their own."""
    github.write({"issues": [{"number": 3, "state": "closed", "body": TABLE}], "asked": []})
    assert github.run(TABLE).stdout == "opened an issue\n"
    assert [issue["number"] for issue in github.state()["issues"]] == [3, 7]


def test_oldest_of_several_issues_is_the_one(github: GitHub) -> None:
    """With the label on several issues the report goes to the first."""
    issues = [{"number": number, "state": "open", "body": ""} for number in (30, 4, 12)]
    github.write({"issues": issues, "asked": []})
    assert github.run(TABLE).stdout == "updated issue 4\n"


def test_report_never_ends_its_block(github: GitHub) -> None:
    """Backticks of a pointer cannot end the block of code, and a long report is cut."""
    assert github.run("/a\n```\n@somebody\n").returncode == 0
    assert github.state()["issues"][0]["body"].count("```") == 2
    github.write({"issues": [], "asked": []})
    assert github.run("/pointer type integer string\n" * 5000).returncode == 0
    body = github.state()["issues"][0]["body"]
    assert len(body) < 65_536
    assert "string\n(cut)\n```" in body


def test_what_gh_cannot_do_is_one_line(github: GitHub) -> None:
    """The first line of gh's complaint is passed on; without gh the line says so."""
    github.write({"issues": [], "asked": [], "broken": True})
    run = github.run(TABLE)
    assert (run.returncode, run.stderr) == (1, "report.issue: gh issue list: HTTP 401: Bad credentials\n")
    (github.folder / "gh").unlink()
    run = github.run(TABLE)
    assert (run.returncode, run.stderr) == (
        1,
        "report.issue: gh is not installed: see https://cli.github.com\n",
    )


def test_missing_report_changes_nothing(github: GitHub) -> None:
    """No report is not an empty report: the issue stays."""
    run = github.run(None)
    assert run.returncode == 1
    assert "drift.txt" in run.stderr
    assert github.verbs() == []


# ---------------------------------------------------------------------------- the report

CONVIRZA = """
import json, os, pathlib, sys
ids = pathlib.Path(sys.argv[sys.argv.index("--ids-file") + 1])
assert sys.argv[1:2] == ["drift"]
assert ids.stat().st_mode & 0o077 == 0 or ids.parent.stat().st_mode & 0o077 == 0
pathlib.Path(os.environ["SEEN"]).write_text(ids.read_text())
print(os.environ["TABLE"], end="")
sys.exit(int(os.environ["CODE"]))
"""


class Reporter:
    """A copy of the script, with a `convirza` that prints what a test sets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(SCRIPTS, folder / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "convirza").mkdir()
        (folder / "convirza/__init__.py").touch()
        (folder / "convirza/__main__.py").write_text(CONVIRZA, "utf-8")
        self.report = folder / "build/drift.txt"

    def run(self, table: str, code: int, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the script where `convirza drift` prints this and ends so."""
        known = {
            "CONVIRZA_TOKEN": "t",
            "CONVIRZA_CONTRACT_CALL_IDS": "11, 22",
            "TABLE": table,
            "CODE": str(code),
        }
        paths = {
            "PYTHONPATH": str(self.folder),
            "SEEN": str(self.folder / "seen"),
            "PATH": os.environ["PATH"],
        }
        return subprocess.run(
            [sys.executable, self.folder / "scripts", "report.drift"],
            env={**paths, **known, **environment},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def reporter(tmp_path: Path) -> Reporter:
    return Reporter(tmp_path)


def test_table_becomes_the_report(reporter: Reporter) -> None:
    """Deviations result in the table and exit code 1; the ids are those of the environment."""
    run = reporter.run(TABLE, 1)
    assert (run.returncode, run.stderr) == (1, "")
    assert reporter.report.read_text("utf-8") == TABLE
    assert (reporter.folder / "seen").read_text("utf-8") == "11\n22\n"


def test_no_deviations_are_an_empty_report(reporter: Reporter) -> None:
    """Whatever it prints, an exit code of 0 is an empty report."""
    run = reporter.run("2 calls, no deviations\n", 0)
    assert (run.returncode, run.stdout) == (0, "no deviations\n")
    assert reporter.report.read_bytes() == b""


@pytest.mark.parametrize(("table", "code"), [("", 1), ("", 4), (TABLE, 3)])
def test_run_that_failed_leaves_no_report(reporter: Reporter, table: str, code: int) -> None:
    """Without responses there is no report on drift, and an old report is removed."""
    reporter.run(TABLE, 1)
    run = reporter.run(table, code)
    assert run.returncode == code
    assert not reporter.report.exists()


@pytest.mark.parametrize(
    "value",
    [
        "15550001234",
        "https://storage.example/a",
        "jane@example.org",
        "eyJhbGciOiJIUzI1NiJ9.e30.ZRrHA1JJJW8opB1Q",
    ],
)
def test_what_looks_like_a_value_is_left_out(reporter: Reporter, value: str) -> None:
    """A line with a number, an address or a token of somebody never reaches the issue."""
    run = reporter.run(f"{TABLE}/data/result/x type integer {value}\n", 1)
    assert value not in reporter.report.read_text("utf-8") + run.stdout + run.stderr
    assert reporter.report.read_text("utf-8") == f"{TABLE}(a line that seems to hold a value was left out)\n"


def test_without_a_token_there_is_not_a_report(reporter: Reporter) -> None:
    """Without the secret no request is sent, which is not a failure."""
    run = reporter.run(TABLE, 1, CONVIRZA_TOKEN="")
    assert run.returncode == 0
    assert "CONVIRZA_TOKEN is not set" in run.stdout
    assert not reporter.report.exists()


def test_token_without_ids_is_reported(reporter: Reporter) -> None:
    """With a token and no ids one line says what to set."""
    run = reporter.run(TABLE, 1, CONVIRZA_CONTRACT_CALL_IDS=" ")
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert "CONVIRZA_CONTRACT_CALL_IDS" in run.stderr
