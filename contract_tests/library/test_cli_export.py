"""`convirza export`, `schema`, `list` and `recordings`, in this process."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from convirza._cli.exits import ExitCode
from convirza._cli.listing import _Table
from convirza.fake import UNKNOWN_CALL_ID, FakeAPI, FakeClock

Run = Callable[..., Any]
MARCH = ["--since", "2026-03-30", "--until", "2026-04-01"]


def test_formats_have_the_same_calls(run: Run, api: FakeAPI, tmp_path: Path) -> None:
    """The name of a file decides its format; the values are the same in each, and those of a folder."""
    for name in ("calls.jsonl", "calls.csv", "calls.parquet", "folder"):
        ended = run("export", *MARCH, "--include", "tags,call_detail", "-o", str(tmp_path / name))
        days = " of 2 days" if name == "folder" else ""
        assert re.fullmatch(rf"convirza: 23 calls{days} were exported in [0-9.]+ s\n", ended.err)
        assert (ended.code, ended.out) == (0, b"")
    lines = (tmp_path / "calls.jsonl").read_text()
    files = sorted((tmp_path / "folder").glob("date=*/calls.jsonl"))
    assert "".join(file.read_text() for file in files) == lines
    records = [json.loads(line) for line in lines.splitlines()]
    with (tmp_path / "calls.csv").open(newline="") as file:
        for row, record in zip(csv.DictReader(file), records, strict=True):
            tags = json.loads(row.pop("tags") or "null")
            assert tags == record.pop("tags")
            texts = {name: v if isinstance(v, str) else json.dumps(v) for name, v in record.items()}
            assert row == {name: "" if text == "null" else text for name, text in texts.items()}
    table = pytest.importorskip("pyarrow.parquet").read_table(tmp_path / "calls.parquet")
    assert table["call_id"].to_pylist() == [record["call_id"] for record in records]


def test_folder_is_checked(run: Run, api: FakeAPI, tmp_path: Path) -> None:
    """`--check` prints what is wrong, or that nothing is, without a token."""
    folder = str(tmp_path)
    run("export", *MARCH, "-o", folder)
    assert run("export", "--check", folder).text == "23 calls of 2 days: complete, as in the manifest\n"
    (tmp_path / "date=2026-03-30/calls.jsonl").write_text("")
    ended = run("export", "--check", folder)
    assert (ended.code, ended.err) == (1, "")
    assert ended.text == "date=2026-03-30/calls.jsonl differs from the manifest: export this day again\n"
    assert "has no _manifest.json" in run("export", "--check", f"{folder}/x").failed(ExitCode.USAGE)


def test_failures_have_their_exit_code(run: Run, api: FakeAPI, tmp_path: Path) -> None:
    """A refused token, no response and a folder that cannot be written end the run with one line."""
    export = ["export", *MARCH, "--retries", "0", "-o"]
    (tmp_path / "file").touch()
    assert "cannot be written" in run(*export, str(tmp_path / "file")).failed(ExitCode.UNUSABLE)
    for scenario, times, code in (("unauthorized", 1, ExitCode.REFUSED), ("reset", 2, ExitCode.NO_ANSWER)):
        api.script(scenario, times=times)
        run(*export, str(tmp_path / "folder")).failed(code)


def test_list_in_a_pipe(run: Run, api: FakeAPI, stdin: Run) -> None:
    """Ids, one a line, that `convirza get -` reads; or the lines that it would print."""
    call_id = api.add_call(call_started="2026-03-31T01:00:00.000Z", caller_id="18015550000")
    assert run("list", *MARCH, "--caller-id", "+18015550000").text == f"{call_id}\n"
    listed = run("list", *MARCH, "--include", "tags")
    assert listed.err == ""
    assert run("list", *MARCH, "--caller-id", "+18015550009").err == "convirza: the period has no calls\n"
    assert run("list", *MARCH, "--max", "3").text == "".join(listed.text.splitlines(keepends=True)[:3])
    stdin(listed.out)
    got = run("get", "-", "--ordered", "--include", "tags")
    assert run("list", *MARCH, "--include", "tags", "--json").text == got.text
    assert got.text.count("\n") == 24


def test_list_of_odd_items(run: Run, respond_with: Run) -> None:
    """A call without an id is not dropped silently."""
    calls = [{"call_id": 7}, {"call_id": "x", "caller_id": "\x1b"}]
    respond_with({"code": 200, "data": {"total": 2, "calls": calls}})
    ended = run("list", *MARCH)
    assert (ended.text, ended.code) == ("7\n", 0)
    assert "1 calls without an id are left out: see them with --json" in ended.err
    lines = [json.loads(line) for line in run("list", *MARCH, "--json").text.splitlines()]
    assert lines[1] == {"call_id": None, "call": calls[1]}


def test_schema(run: Run) -> None:
    """The columns are printed as JSON, SQL or Arrow types, with signed URLs only on request."""
    columns = json.loads(run("schema").text)
    assert columns[0] == {"name": "call_id", "type": "integer"}
    assert columns[-1] == {"name": "_extra", "type": "json"}
    assert run("schema", "--format", "sql").text.startswith("CREATE TABLE calls (\n  call_id BIGINT,\n")
    assert run("schema", "--format", "sql", "--urls").text.count("recording_details__url") == 1
    pytest.importorskip("pyarrow")
    assert "call_started: timestamp[us, tz=UTC]\n" in run("schema", "--format", "arrow").text


def test_table_shows_a_time_that_no_other_zone_has() -> None:
    """In the year 1 a time may have no equivalent in the zone of the table: it is shown as it is."""
    out = io.StringIO()
    table = _Table(out, [("call_started", "Started", 19)], timezone(timedelta(hours=-9)))
    table.row({"call_started": datetime(1, 1, 1, tzinfo=UTC)})
    assert out.getvalue() == "Started\n0001-01-01 00:00:00\n"


# ---------------------------------------------------------------------------- recordings

MARCH_31 = ["--since", "2026-03-31", "--until", "2026-04-01"]
DETAILS = {"recording_id": 5, "duration": "00:00:01.00"}


def add_calls(api: FakeAPI, *ids: int) -> None:
    for call_id in ids:
        api.add_call(call_id=call_id, recording_details=DETAILS if call_id < 50 else None)


def test_each_call_has_a_line(run: Run, api: FakeAPI, tmp_path: Path, stdin: Callable[[bytes], None]) -> None:
    """New files, files that are there, and calls without a recording are no failures; all else is."""
    add_calls(api, 21, 22, 51)
    folder = tmp_path / "new"
    assert run("recordings", "21", "-o", str(folder)).code == ExitCode.DONE
    ended = run("recordings", "21", "22", "51", "-o", str(folder), "--ordered")
    assert [json.loads(line) for line in ended.out.splitlines()] == [
        {"call_id": 21, "path": str(folder / "21-5.wav"), "present": True},
        {"call_id": 22, "path": str(folder / "22-5.wav"), "present": False},
        {"call_id": 51, "path": None, "present": False},
    ]
    assert ended.code == ExitCode.DONE
    assert ended.err.startswith("convirza: 1 recordings were downloaded in ")
    assert ended.err.endswith(" s, 1 were there before, 1 calls have none\n")
    assert (folder / "22-5.wav").stat().st_size == 16_044

    stdin(b"21\n404\nx\n")
    ended = run("recordings", "-", "--output", str(folder), "--ordered")
    assert ended.code == ExitCode.INCOMPLETE
    assert [json.loads(line).get("error", {}).get("type") for line in ended.out.splitlines()] == [
        *(None, "NotFoundError", "ValueError")
    ]
    assert "2 of 3 recordings were not downloaded in " in ended.err
    stdin(b"")
    assert run("recordings", "-", "-o", str(folder)).err == "convirza: no ids in stdin: pass one a line\n"


@pytest.mark.parametrize(
    ("scenario", "path", "code", "message"),
    [
        ("unauthorized", "/v3/conversations", ExitCode.REFUSED, "the token was refused (401)"),
        ("server-error", "/v3/recordings", ExitCode.INCOMPLETE, "stopped after 2 failures in a row; 0 calls"),
    ],
)
def test_failure_that_ends_the_run(
    scenario: str, path: str, code: int, message: str, run: Run, api: FakeAPI, tmp_path: Path
) -> None:
    """A refused token, or a host that fails again and again, ends it with one line."""
    add_calls(api, 21, 22, 23)
    api.script(scenario, path=path, times=None)
    options = ["--max-failures", "2", "--retries", "0", "-o", str(tmp_path / "new")]
    ended = run("recordings", "21", "22", "23", *options)
    assert ended.code == code
    assert ended.err.startswith(f"convirza: {message}")
    assert list((tmp_path / "new").iterdir()) == []


def test_recordings_of_a_period(run: Run, api: FakeAPI, tmp_path: Path) -> None:
    """The list has the URLs, so that no call is requested; filters apply, and an empty period is said."""
    for call_id, recording in ((21, DETAILS), (22, None), (23, DETAILS)):
        place = {"call_started": "2026-03-31T01:00:00.000Z", "caller_id": f"180155500{call_id}"}
        api.add_call(call_id=call_id, recording_details=recording, **place)
    args = ["recordings", *MARCH_31, "-o", str(tmp_path / "new")]
    ended = run(*args, "--caller-id", "+18015550021")
    assert (ended.code, json.loads(ended.text)["path"]) == (ExitCode.DONE, str(tmp_path / "new/21-5.wav"))
    assert [request.path for request in api.requests if "/calls/" in request.path] == []
    lines = [json.loads(line) for line in run(*args, "--ordered").out.splitlines()]
    found = {line["call_id"]: (line["path"] is not None, line["present"]) for line in lines}
    assert len(found) > 10
    assert (found[21], found[22], found[23]) == ((True, True), (False, False), (True, False))
    assert "the period has no calls" in run(*args, "--caller-id", "+18015550029").err


def test_rate_is_of_list_and_calls(run: Run, api: FakeAPI, tmp_path: Path, no_waiting: FakeClock) -> None:
    """The request for a list and the one for a call whose URL has expired share a rate."""
    api.add_call(call_id=21, recording_details=DETAILS, call_started="2026-03-31T01:00:00.000Z")
    api.script("gone", path="/v3/recordings")
    before = no_waiting.monotonic()
    args = [*MARCH_31, "-o", str(tmp_path), "--rate", "0.5"]
    assert run("recordings", *args).code == ExitCode.DONE
    assert len([request for request in api.requests if "/recordings" not in request.path]) == 2
    assert no_waiting.monotonic() - before == pytest.approx(2.0)


@pytest.mark.parametrize("what", ["incomplete", "misfit"])
def test_list_that_cannot_be_used(what: str, run: Run, respond_with: Run, tmp_path: Path) -> None:
    """A list that is not complete ends the run with an error, and a call without an id is a failure."""
    total = 1 if what == "misfit" else 7
    respond_with({"data": {"total": total, "calls": [{"caller_id": "+18015550100"}]}})
    ended = run("recordings", "--last", "1d", "-o", str(tmp_path / "new"))
    if what == "misfit":
        assert ended.code == ExitCode.INCOMPLETE
        assert json.loads(ended.text)["call_id"] is None
    else:
        assert ended.code == ExitCode.UNUSABLE
        assert "cannot be read completely" in ended.err
    assert "5550100" not in ended.text + ended.err


FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))  # a write beyond it fails, as on a full disk
from convirza.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_full_disk_ends_the_run(command: Run, run: Run, api: FakeAPI, tmp_path: Path) -> None:
    """It ends with one line; whole files stay, and the same command goes on with the others."""
    add_calls(api, 21, 23)
    api.add_call(call_id=22, recording_details={**DETAILS, "duration": "00:00:09.00"})
    args = ["recordings", "21", "22", "23", "--concurrency", "1", "-o", str(tmp_path / "new")]
    ended = command(*args, program=FULL)
    assert (ended.code, ended.err.count("\n")) == (ExitCode.UNUSABLE, 1)
    assert "cannot be written (File too large): free space, or pass another folder" in ended.err
    assert [path.name for path in tmp_path.glob("new/*.wav")] == ["21-5.wav"]
    again = run(*args)
    assert (again.code, again.out.count(b"\n")) == (ExitCode.DONE, 3)
    assert [request.status for request in api.requests if "/recordings/22" in request.path] == [200, 206]


def test_demo_needs_no_network(run: Run, tmp_path: Path) -> None:
    """`--demo` downloads from the fake in this process."""
    assert run("recordings", "1", "--demo", "-o", str(tmp_path / "new")).code == ExitCode.DONE
    assert run("recordings", str(UNKNOWN_CALL_ID), "--demo", "-o", str(tmp_path)).code == ExitCode.INCOMPLETE
