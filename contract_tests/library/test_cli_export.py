"""`convirza export`, `schema`, `list` and `sms`, in this process."""

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
from convirza.fake import FakeAPI

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
            assert row == {
                name: "" if value is None else value if isinstance(value, str) else json.dumps(value)
                for name, value in record.items()
            }
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
    body = {
        "code": 200,
        "data": {"total": 2, "calls": [{"call_id": 7}, {"call_id": "x", "caller_id": "\x1b"}]},
    }
    respond_with(body)
    ended = run("list", *MARCH)
    assert (ended.text, ended.code) == ("7\n", 0)
    assert "1 calls without an id are left out: see them with --json" in ended.err
    lines = [json.loads(line) for line in run("list", *MARCH, "--json").text.splitlines()]
    assert lines[1] == {"call_id": None, "call": {"call_id": "x", "caller_id": "\x1b"}}


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
