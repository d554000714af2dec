"""The report of the live API's deviations, and the one issue about it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.document import ROOT

sys.path.append(str(ROOT / "scripts"))

from report import drift, issue

TABLE = "pointer                 kind   expected  got\n/data/result/duration   type   integer   string\n"
OTHER = TABLE.replace("duration", "tags")


class GitHub:
    """Stands in for gh: keeps the issues, and what it was called with."""

    def __init__(self) -> None:
        self.issues: list[dict[str, Any]] = []
        self.called: list[str] = []

    def gh(self, what: str, verb: str, *options: str, text: str | None = None) -> str:
        """Does what gh does."""
        self.called.append(f"{what} {verb}")
        found = [each for each in self.issues if str(each["number"]) == options[0]]
        if verb == "list":
            assert options[:4] == ("--label", "drift", "--state", "open")
            return json.dumps([each for each in self.issues if each["state"] == "open"])
        if verb == "create" and what == "issue":
            self.issues.append({"number": 7, "state": "open", "body": text})
        elif verb == "edit":
            found[0]["body"] = text
        elif verb == "close":
            found[0]["state"] = "closed"
        return ""

    def take(self) -> list[str]:
        """What it was called with since the last time."""
        called, self.called = self.called, []
        return called


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> GitHub:
    """GitHub without issues, in a run of a workflow."""
    run = {"SERVER_URL": "https://github.example", "REPOSITORY": "us/convirza", "RUN_ID": "55"}
    for name, value in run.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    github = GitHub()
    monkeypatch.setattr(issue, "gh", github.gh)
    return github


def test_one_issue_is_opened_updated_and_closed(github: GitHub) -> None:
    """The first report opens it, the same again changes nothing, another edits it, an empty one closes it."""
    assert issue.update(TABLE) == "opened an issue"
    assert github.take() == ["issue list", "label create", "issue create"]
    (opened,) = github.issues
    assert f"```text\n{TABLE}```" in opened["body"]
    assert "([run](https://github.example/us/convirza/actions/runs/55))" in opened["body"]

    assert issue.update(TABLE) == "issue 7 is up to date"
    assert github.take() == ["issue list"]

    assert issue.update(OTHER) == "updated issue 7"
    assert github.take() == ["issue list", "issue edit", "issue comment"]
    assert OTHER in opened["body"]
    assert TABLE not in opened["body"]

    assert issue.update("") == "closed issue 7"
    assert github.take() == ["issue list", "issue close"]
    assert issue.update("") == "no deviations, no issue"
    assert github.take() == ["issue list"]


def test_closed_issue_stays_closed(github: GitHub) -> None:
    """New deviations after a closed issue get an issue of their own."""
    github.issues = [{"number": 3, "state": "closed", "body": TABLE}]
    assert issue.update(TABLE) == "opened an issue"
    assert [each["number"] for each in github.issues] == [3, 7]


def test_oldest_of_several_issues_is_the_one(github: GitHub) -> None:
    """With the label on several issues the report goes to the first."""
    github.issues = [{"number": number, "state": "open", "body": ""} for number in (30, 4, 12)]
    assert issue.update(TABLE) == "updated issue 4"


def test_report_never_ends_its_block(github: GitHub) -> None:
    """Backticks of a pointer cannot end the block of code, and a long report is cut."""
    issue.update("/a\n```\n@somebody\n")
    assert github.issues[0]["body"].count("```") == 2
    github.issues.clear()
    issue.update("/pointer type integer string\n" * 5000)
    body = github.issues[0]["body"]
    assert len(body) < 65_536
    assert "string\n(cut)\n```" in body


@pytest.mark.parametrize(
    ("program", "report", "code", "said"),
    [
        (
            "[ $2 != list ] || echo []\ncase $* in *body-file*) grep -q duration ;; esac",
            TABLE,
            0,
            "opened an issue\n",
        ),
        (
            "echo HTTP 401 >&2\necho Try again >&2\nexit 1",
            TABLE,
            1,
            "report.issue: gh issue list: HTTP 401\n",
        ),
        (None, TABLE, 1, "report.issue: gh is not installed: see https://cli.github.com\n"),
        ("exit", None, 1, "report.issue: drift.txt: [Errno 2] No such file or directory: 'drift.txt'\n"),
    ],
    ids=["opens", "refuses", "no gh", "no report"],
)
def test_gh_is_run(tmp_path: Path, program: str | None, report: str | None, code: int, said: str) -> None:
    """The report goes through gh; the first line of its complaint, or what is missing, is passed on."""
    if program is not None:
        (tmp_path / "gh").write_text(f"#!/bin/sh\n{program}\n", "utf-8")
        (tmp_path / "gh").chmod(0o755)
    if report is not None:
        (tmp_path / "drift.txt").write_text(report, "utf-8")
    run = subprocess.run(
        [sys.executable, ROOT / "scripts", "report.issue", "drift.txt"],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}{os.pathsep}{os.defpath}" if program else str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout + run.stderr) == (code, said)


# ---------------------------------------------------------------------------- the report

CONVIRZA = """
import os, pathlib, sys
ids = pathlib.Path(sys.argv[sys.argv.index("--ids-file") + 1])
assert sys.argv[1:2] == ["drift"]
assert ids.stat().st_mode & 0o077 == 0 or ids.parent.stat().st_mode & 0o077 == 0
assert ids.read_text() == "11\\n22\\n"
print(os.environ["TABLE"], end="")
sys.exit(int(os.environ["CODE"]))
"""


class Reporter:
    """Runs the script where `convirza` prints what a test sets."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.report, self._monkeypatch = folder / "build/drift.txt", monkeypatch
        (folder / "convirza.py").write_text(CONVIRZA, "utf-8")
        monkeypatch.setattr(drift, "REPORT", self.report)
        monkeypatch.setattr(sys, "argv", ["report.drift"])
        monkeypatch.setenv("PYTHONPATH", str(folder))
        self.set(CONVIRZA_TOKEN="t", CONVIRZA_CONTRACT_CALL_IDS="11, 22")

    def set(self, **environment: str) -> None:
        """Set variables."""
        for name, value in environment.items():
            self._monkeypatch.setenv(name, value)

    def run(self, table: str, code: int) -> int:
        """The exit code where `convirza drift` prints this and ends so."""
        self.set(TABLE=table, CODE=str(code))
        return drift.main()


@pytest.fixture
def reporter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reporter:
    """The script, with a token and two ids."""
    return Reporter(tmp_path, monkeypatch)


def test_table_becomes_the_report(reporter: Reporter) -> None:
    """Deviations result in the table and exit code 1; the ids are those of the environment."""
    assert reporter.run(TABLE, 1) == 1
    assert reporter.report.read_text("utf-8") == TABLE


def test_no_deviations_are_an_empty_report(reporter: Reporter) -> None:
    """Whatever it prints, an exit code of 0 is an empty report."""
    assert reporter.run("2 calls, no deviations\n", 0) == 0
    assert reporter.report.read_bytes() == b""


@pytest.mark.parametrize(("table", "code"), [("", 1), ("", 4), (TABLE, 3)])
def test_run_that_failed_leaves_no_report(reporter: Reporter, table: str, code: int) -> None:
    """Without responses there is no report on drift, and an old report is removed."""
    reporter.run(TABLE, 1)
    assert reporter.run(table, code) == code
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
def test_what_looks_like_a_value_is_left_out(
    reporter: Reporter, value: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A line with a number, an address or a token of somebody never reaches the issue."""
    reporter.run(f"{TABLE}/data/result/x type integer {value}\n", 1)
    assert value not in "".join(capfd.readouterr())
    assert reporter.report.read_text("utf-8") == f"{TABLE}(a line that seems to hold a value was left out)\n"


@pytest.mark.parametrize(
    ("missing", "code"), [("CONVIRZA_TOKEN", 0), ("CONVIRZA_CONTRACT_CALL_IDS", 2)], ids=["token", "ids"]
)
def test_without_token_or_ids_there_is_no_report(
    reporter: Reporter, missing: str, code: int, capfd: pytest.CaptureFixture[str]
) -> None:
    """Without the secret no request is sent, which is not a failure; a token without ids is one."""
    reporter.set(**{missing: ""})
    assert reporter.run(TABLE, 1) == code
    (line,) = "".join(capfd.readouterr()).splitlines()
    assert missing in line
    assert not reporter.report.exists()
