"""`convirza get` for many ids: a JSON line for each, in this process."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convirza._cli.exits import ExitCode
from convirza.fake import FORBIDDEN_CALL_ID, UNKNOWN_CALL_ID, FakeAPI, FakeClock

Run = Callable[..., Any]
PHONE = "18015551234"
TOKEN = "secret-token-of-a-test"  # the one that `respond_with` sets


def lines(ended: Any) -> list[dict[str, Any]]:
    """The lines of stdout, each a JSON document of its own."""
    assert ended.out == b"" or ended.out.endswith(b"\n")
    return [json.loads(line) for line in ended.out.splitlines()]


def asked(api: FakeAPI) -> list[int | None]:
    return [request.call_id for request in api.requests]


def add_calls(api: FakeAPI, number: int) -> list[int]:
    return [api.add_call(call_id=5000 + index, duration=index) for index in range(number)]


def test_each_id_has_a_line(run: Run, api: FakeAPI) -> None:
    """Several ids print the records that the API sends, one a line."""
    ids = add_calls(api, 3)
    ended = run("get", *map(str, ids), "--ordered", "--include", "tags")
    assert (ended.code, ended.err.count("\n")) == (0, 1)
    found = lines(ended)
    assert [line["call_id"] for line in found] == ids
    assert all(list(line) == ["call_id", "call"] for line in found)
    assert [line["call"]["duration"] for line in found] == [0, 1, 2]
    alone = json.loads(run("get", f"{ids[1]}", "--include", "tags", "--json").out)
    assert found[1]["call"] == alone["data"]["result"]


def test_ordered_lines_are_in_the_order_of_the_ids(run: Run, api: FakeAPI) -> None:
    """With `--ordered` a slow first response is printed first, without it last."""
    ids = add_calls(api, 3)
    api.script("slow", call_id=ids[0], slow_seconds=0.15, times=None)
    texts = list(map(str, ids))
    assert [line["call_id"] for line in lines(run("get", *texts, "--ordered"))] == ids
    assert [line["call_id"] for line in lines(run("get", *texts))][-1] == ids[0]


def test_call_that_is_not_read_loses_no_other(run: Run, api: FakeAPI) -> None:
    """An error has a line with the same members whatever its kind, and the run an exit code of its own."""
    ids = add_calls(api, 2)
    given = [ids[0], UNKNOWN_CALL_ID, FORBIDDEN_CALL_ID, ids[1]]
    ended = run("get", *map(str, given), "--ordered")
    assert ended.code == ExitCode.INCOMPLETE
    first, unknown, forbidden, last = lines(ended)
    assert "call" in first
    assert "call" in last
    assert list(unknown) == ["call_id", "error"]
    assert unknown["call_id"] == UNKNOWN_CALL_ID
    for line, kind, status in ((unknown, "NotFoundError", 404), (forbidden, "PermissionDeniedError", 403)):
        error = line["error"]
        assert list(error) == ["type", "status", "message", "request_id"]
        assert (error["type"], error["status"]) == (kind, status)
        assert f"({status})" in error["message"]
        assert re.fullmatch("[0-9a-f-]{36}", error["request_id"])
    kinds = "1 NotFoundError, 1 PermissionDeniedError"
    said = rf"convirza: 2 of 4 calls were not read in [0-9.]+ s \({kinds}\): see their lines\n"
    assert re.fullmatch(said, ended.err)


@pytest.mark.parametrize("args", [["-"], ["7", "8"]])
def test_error_line_holds_nothing_personal(run: Run, respond_with: Run, stdin: Run, args: list[str]) -> None:
    """What a server writes into an error, the token too, is not in the lines or on stderr."""
    stdin(b"7\n8\n")
    respond_with({"code": 404, "message": f"{PHONE} {TOKEN}", "request_id": f"{PHONE} {TOKEN}"}, 404)
    ended = run("get", *args)
    assert ended.code == ExitCode.INCOMPLETE
    assert len(lines(ended)) == 2
    for secret in (PHONE, TOKEN):
        assert secret not in ended.text + ended.err


def test_ids_are_read_from_stdin(run: Run, api: FakeAPI, stdin: Run) -> None:
    """One a line: blank lines and comments are skipped, so are what Windows adds and a missing last break."""
    ids = add_calls(api, 4)
    text = "\ufeff{}\r\n\n  \n# {} is not asked for\n {}\t# the second\n{}\n{}"
    stdin(text.format(ids[0], 999, *ids[1:]).encode())
    ended = run("get", "-", "--ordered")
    assert (ended.code, ended.err.count("\n")) == (0, 1)
    assert [line["call_id"] for line in lines(ended)] == ids
    assert sorted(asked(api), key=str) == ids


@pytest.mark.parametrize(
    "bad", [b"x18015551234", b"7;18015551234", b"0", b"\xff", b"\0", b"9" * 5000, b"1" + b" " * 5000 + b"2"]
)
def test_bad_line_is_an_error_of_its_own(run: Run, api: FakeAPI, stdin: Run, bad: bytes) -> None:
    """A line of stdin that is not an id is reported by its number, not repeated, and the others are read."""
    ids = add_calls(api, 2)
    stdin(b"%d\n\n%s\n%d\n" % (ids[0], bad, ids[1]))
    ended = run("get", "-", "--ordered")
    assert ended.code == ExitCode.INCOMPLETE
    first, second, third = lines(ended)
    assert [first["call_id"], third["call_id"]] == ids
    assert (second["call_id"], second["line"]) == (None, 3)
    assert second["error"] == {
        "type": "ValueError",
        "status": None,
        "message": "line 3 is not the id of a call: write a whole number, such as 987654",
        "request_id": None,
    }
    assert PHONE not in ended.text + ended.err
    assert asked(api) == ids


def test_long_comment_is_a_comment(run: Run, api: FakeAPI, stdin: Run) -> None:
    """A line longer than any id is cut, and is still what it was."""
    [call_id] = add_calls(api, 1)
    stdin(b"# " + b"9 " * 5000 + b"\n%d # " % call_id + b"9 " * 5000 + b"\n")
    assert [line["call_id"] for line in lines(run("get", "-"))] == [call_id]


def test_no_ids_are_no_lines(run: Run, api: FakeAPI, stdin: Run) -> None:
    """An empty stdin is not a failure, and is reported."""
    stdin(b"\n# none\n")
    ended = run("get", "-")
    assert (ended.code, ended.out) == (0, b"")
    assert ended.err == "convirza: no ids in stdin: pass one a line\n"
    assert api.requests == []


def test_refused_token_ends_the_run(run: Run, api: FakeAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """No other id would fare better: a dead token does not cost a request for each of them."""
    monkeypatch.setenv("CONVIRZA_TOKEN", "a-token-that-has-expired")
    line = run("get", *map(str, range(1, 300)), "--concurrency", "3").failed(ExitCode.REFUSED)
    assert "(401)" in line
    assert len(api.requests) < 20


def test_failures_in_a_row_end_the_run(run: Run, api: FakeAPI, tmp_path: Path) -> None:
    """The message states how far it was and how to continue; the lines are kept."""
    ids = add_calls(api, 9)
    for call_id in ids[2:]:
        api.script("server-error", call_id=call_id, times=None)
    options = ["--retries", "0", "--ordered", "--concurrency", "1", "--max-failures", "3"]
    ended = run("get", *map(str, ids), *options)
    assert ended.code == ExitCode.INCOMPLETE
    assert "stopped after 3 failures in a row; 2 calls were read: " in ended.err
    assert [line["call_id"] for line in lines(ended)] == ids[:5]
    ended = run("get", *map(str, ids), *options, "--output", str(tmp_path / "calls.jsonl"))
    assert "continue with --resume, or raise --max-failures" in ended.err
    assert "7 of 9 calls were not read" in run("get", *map(str, ids), *options[:-1], "0").err


def test_rate_is_kept(run: Run, api: FakeAPI, no_waiting: FakeClock) -> None:
    """`--rate 2` spreads five requests over two seconds."""
    ids = add_calls(api, 5)
    before = no_waiting.monotonic()
    ended = run("get", *map(str, ids), "--rate", "2", "--concurrency", "1")
    assert ended.code == 0
    assert no_waiting.monotonic() - before == pytest.approx(2.0)


@pytest.mark.parametrize("others", [[], ["987654"]])
def test_what_may_pass_is_tried_again(
    run: Run, api: FakeAPI, no_waiting: FakeClock, others: list[str]
) -> None:
    """`--retries` says how often, for one id and for several."""
    [call_id] = add_calls(api, 1)
    api.script("server-error", "bad-gateway", None, "server-error", call_id=call_id)
    assert run("get", f"{call_id}", *others, "--retries", "2").code == 0
    assert asked(api).count(call_id) == 3
    code = run("get", f"{call_id}", *others, "--retries", "0").code
    assert code == (ExitCode.INCOMPLETE if others else ExitCode.UNUSABLE)
    assert asked(api).count(call_id) == 4


@pytest.mark.parametrize("member", [b'{"deep": 1e999}', b"[" * 400 + b"]" * 400])
def test_every_line_is_json(run: Run, respond_with: Run, member: bytes) -> None:
    """A number beyond all doubles, which Python would write as Infinity, never makes a line invalid."""
    respond_with(b'{"data":{"result":{"call_id":7,"call_flow":%s}}}' % member)
    out = run("get", "7", "7").out
    assert (out.count(b"\n"), b"Infinity" in out) == (2, False)
    for line in out.splitlines():
        found = json.loads(line)
        assert (found["call_id"], "call" in found) == (7, b"e999" not in member)


def test_lines_are_plain_ascii(run: Run, respond_with_call: Run) -> None:
    """Whatever a record holds, a line neither controls a terminal nor breaks a decoder."""
    name = "Zo\u00eb \u9b5a \ud800 \x9b31m\n\u2028"
    respond_with_call(campaign_name=name)
    ended = run("get", "7", "7")
    assert ended.out.isascii()
    assert [line["call"]["campaign_name"] for line in lines(ended)] == [name] * 2
