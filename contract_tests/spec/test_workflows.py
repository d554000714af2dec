"""The workflows: they only call tox, on environments that exist, with no more rights than they need."""

import configparser
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / ".github/workflows").glob("*"))
WORKFLOWS: dict[str, dict[Any, Any]] = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in FILES}
JOBS = {
    f"{name}.{job}": body for name, workflow in WORKFLOWS.items() for job, body in workflow["jobs"].items()
}
STEPS = [(job, step) for job, body in JOBS.items() for step in body.get("steps", [])]
RUN = re.compile(r"python -m pip install tox|tox run( --skip-missing-interpreters=false)? -e (\S+)( -- \S+)?")
# Beside reading the repository.
RIGHTS = {"nightly.issue": {"issues": "write"}, "release.publish": {"id-token": "write"}}

pytestmark = pytest.mark.skipif(not FILES, reason="no workflows here, as in the sdist")


def environments(job: str, step: dict[str, Any]) -> list[str]:
    """The environments of tox that a step runs."""
    found = RUN.fullmatch(step["run"])
    assert found, f"{job}: what is more than a call of tox goes to scripts/: {step['run']!r}"
    if found[2] != '"$ENVIRONMENT"':
        return [found[2]] if found[2] else []
    assert step["env"]["ENVIRONMENT"] == "${{ matrix.environment }}"
    matrix = JOBS[job]["strategy"]["matrix"]
    return matrix.get("environment") or [row["environment"] for row in matrix["include"]]


def test_step_runs_an_environment_of_tox() -> None:
    """Every command is tox with an environment that tox.ini has."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "tox.ini")
    called = {name for job, step in STEPS if "run" in step for name in environments(job, step)}
    pythons = {"py311", "py312", "py313", "py314"}
    assert called - pythons <= {section.removeprefix("testenv:") for section in config.sections()}
    assert called >= pythons | {"generated", "spec", "api", "typing", "lint", "docs", "dist", "workflows"}
    assert called >= {"contract", "engines", "frameworks", "spark"}
    assert called >= {"deep", "faults", "latest", "lowest", "live", "drift", "issue", "tag"}


def test_only_python_3_14_may_fail() -> None:
    """No job but the tests on 3.14 is allowed to fail."""
    lax = {job: body["continue-on-error"] for job, body in JOBS.items() if "continue-on-error" in body}
    assert lax == {"ci.tests": "${{ matrix.python == '3.14' }}"}
    assert not [job for job, step in STEPS if "continue-on-error" in step]


def test_job_has_no_more_rights_than_it_needs() -> None:
    """A workflow has no rights by itself; a job reads the repository, and few may do one thing more."""
    assert all(workflow["permissions"] == {} for workflow in WORKFLOWS.values())
    for job, body in JOBS.items():
        rights = dict(body["permissions"])
        assert rights.pop("contents", "read") == "read"
        assert rights == RIGHTS.get(job, {}), job


def test_secrets_stay_in_one_job() -> None:
    """The secrets of the live API go to the steps of one job that need them, and it has no other right."""
    with_secrets = {job for job, body in JOBS.items() if "secrets." in str(body)}
    assert with_secrets == {"nightly.live"}
    body = JOBS["nightly.live"]
    assert "secrets." not in str({key: value for key, value in body.items() if key != "steps"})
    for step in body["steps"]:
        assert ("secrets." in str(step)) == (step.get("run") in {"tox run -e live", "tox run -e drift"})


def test_action_is_pinned_to_one_commit() -> None:
    """Each action is a commit with its version beside it, the same everywhere."""
    pins: dict[str, set[str]] = {}
    for path in FILES:
        for action in re.findall(r"uses: (.*)", path.read_text("utf-8")):
            if not action.startswith("./"):
                found = re.fullmatch(r"([\w/-]+)@([0-9a-f]{40} # v\d+\.\d+\.\d+)", action)
                assert found, f"{path.name}: {action}"
                pins.setdefault(found[1], set()).add(found[2])
    assert {name: len(commits) for name, commits in pins.items()} == dict.fromkeys(pins, 1)
    assert len(pins) == 6
    checkouts = [step for _, step in STEPS if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
    with_history = {job for job, step in STEPS if step.get("with", {}).get("fetch-depth") == 0}
    assert with_history == {"ci.tests", "ci.gates", "release.build"}  # they read the last release from git


def test_release_is_tested_and_checked_first() -> None:
    """Publishing waits for the whole of CI and for the build, and takes what the build has checked."""
    jobs = WORKFLOWS["release"]["jobs"]
    assert WORKFLOWS["release"][True] == {"push": {"tags": ["v*"]}}  # YAML 1.1 reads `on` as true
    assert jobs["ci"]["uses"] == "./.github/workflows/ci.yml"
    assert jobs["publish"]["needs"] == ["ci", "build"]
    assert [step["run"] for step in jobs["build"]["steps"] if "run" in step][1:] == [
        'tox run -e tag -- "$GITHUB_REF_NAME"',
        "tox run -e dist",
    ]


def test_newest_are_those_that_the_suite_has() -> None:
    """`latest` has every tool of the suite, without its pin."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "tox.ini")
    newest = config["testenv:latest"]["deps"].split()
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    (suite,) = re.findall(r"^suite = \[(.*?)^\]", pyproject, re.MULTILINE | re.DOTALL)
    assert newest == [*re.findall(r'"([\w-]+)==', suite), "schemathesis"]
