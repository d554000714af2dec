"""Modules that the list does not return are requested by id, and no failure of one is silent."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from convirza import AuthenticationError, ConfigurationError, Convirza
from convirza._cli.exits import ExitCode
from convirza.export import Progress, check_file, check_folder, to_file, to_folder
from convirza.fake import FakeAPI, calls

NIGHT = datetime(2026, 4, 1, tzinfo=UTC)
PERIOD = "2026-03-30", NIGHT
MODULES = ["tags", "recordings", "call_detail"]
MARCH = ["--since", "2026-03-30", "--until", "2026-04-01"]


@pytest.fixture
def lean(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fake's list knows only one of the modules."""
    whole = calls.get_names

    def get_names(request: Any, *args: Any) -> Any:
        found = whole(request, *args)
        return found & {"tags"} if request.url.path.endswith("/calls") else found

    monkeypatch.setattr(calls, "get_names", get_names)


def export(api: FakeAPI, target: Path, **given: Any) -> Progress:
    http_client = httpx.Client(transport=api.transport)
    with Convirza(token=api.token, base_url=api.base_url, http_client=http_client, max_retries=0) as convirza:
        if target.suffix:
            return to_file(convirza, target, *PERIOD, include=MODULES, **given)
        return to_folder(convirza, target, *PERIOD, include=MODULES, now=NIGHT, **given)


def days(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in sorted(folder.glob("date=*/calls.*"))]


def requests(api: FakeAPI) -> int:
    return sum("/calls/" in request.path for request in api.requests)


@pytest.mark.parametrize("concurrency", [1, 3])
@pytest.mark.parametrize("target", ["folder", "calls.jsonl"])
def test_details_are_in_the_columns(
    tmp_path: Path, request: pytest.FixtureRequest, concurrency: int, target: str
) -> None:
    """The result is what a list with these modules would have returned, at one request for each call."""
    api = FakeAPI(clock=lambda: NIGHT)
    whole = export(api, tmp_path / f"whole{Path(target).suffix}", details=True)
    assert requests(api) == 0
    request.getfixturevalue("lean")
    progress = export(api, tmp_path / target, details=True, concurrency=concurrency)
    assert progress == whole
    assert requests(api) == progress.calls == progress.most_details
    if target == "folder":
        assert days(tmp_path / "folder") == days(tmp_path / "whole") != []
    else:
        assert (tmp_path / target).read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
        assert check_file(tmp_path / target).problems == []


@pytest.mark.usefixtures("lean")
def test_failure_is_counted_and_read_again(tmp_path: Path) -> None:
    """The call is kept with the rest of its record; `--check` names its day, which the next run completes."""
    api = FakeAPI(clock=lambda: NIGHT)
    export(api, tmp_path / "expected", details=True)
    first = json.loads(days(tmp_path / "expected")[0].splitlines()[0])
    api.script("not-found", call_id=first["call_id"], times=2)
    given = {"details": True, "lookback": timedelta(0)}
    assert export(api, tmp_path / "folder", **given).failures == {"NotFoundError": 1}
    assert export(api, tmp_path / "calls.csv", details=True).failures == {"NotFoundError": 1}
    lines = [json.loads(line) for line in days(tmp_path / "folder")[0].splitlines()]
    (found,) = (line for line in lines if line["call_id"] == first["call_id"])
    assert (found["caller_id"], found["recording_details__duration"]) == (first["caller_id"], None)
    (problem,) = check_folder(tmp_path / "folder").problems
    assert problem == ("date=2026-03-30/calls.jsonl has 1 calls without details: export this day again")
    assert "has 1 calls without details: export it again" in check_file(tmp_path / "calls.csv").problems[0]
    progress = export(api, tmp_path / "folder", **given)
    assert (progress.windows, progress.failures) == (1, {})
    assert days(tmp_path / "folder") == days(tmp_path / "expected")
    with pytest.raises(ConfigurationError, match="another details"):
        export(api, tmp_path / "folder")


@pytest.mark.usefixtures("lean")
def test_failure_of_all_ends_the_run(tmp_path: Path) -> None:
    """A token that is refused is not one failure for each call."""
    api = FakeAPI(clock=lambda: NIGHT)
    api.script("unauthorized", path="/v3/conversations/calls/", times=None)
    with pytest.raises(AuthenticationError):
        export(api, tmp_path / "calls.csv", details=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("lean")
def test_command_prints_the_number_of_requests(run: Callable[..., Any], api: FakeAPI, tmp_path: Path) -> None:
    """Before it starts; failures are in the last line and the exit code, and a file is checked."""
    args = ["export", *MARCH, "--include", "tags,summary", "--details", "-o", str(tmp_path / "calls.jsonl")]
    ended = run(*args)
    lines = ended.err.splitlines()
    says = "--details: up to 23 more requests, one for each call that the list returns without a module"
    assert (ended.code, lines[0]) == (ExitCode.DONE, f"convirza: {says}")
    assert run("export", "--check", args[-1]).text == "23 calls: complete, as in the manifest\n"
    call_id = json.loads((tmp_path / "calls.jsonl").read_text().splitlines()[0])["call_id"]
    api.script("server-error", call_id=call_id, times=None)
    ended = run(*args, "--retries", "0")
    assert ended.code == ExitCode.INCOMPLETE
    said = "1 calls were exported without details (1 ServerError): run the same command again"
    assert ended.err.endswith(f"convirza: {said}\n")
    assert run("export", "--check", args[-1]).code == ExitCode.UNUSABLE
    (tmp_path / "calls.jsonl").write_text("")
    assert "differs from the manifest: export it again" in run("export", "--check", args[-1]).text
    assert "has no x.csv.manifest.json" in run("export", "--check", "x.csv").failed(ExitCode.USAGE)
    assert "--details needs --include" in run(*args[:3], "--details", "-o", "x").failed(ExitCode.USAGE)
