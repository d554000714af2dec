"""What the command makes of what the API sends, or does not send."""

import functools
import json
import re
import time
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from convirza._cli.exits import ExitCode
from convirza.fake import FakeAPI

Run = Callable[..., Any]
TOKEN = "secret-token-of-a-test"  # the one that `respond_with` sets
PHONE = "18015551234"


def test_json_is_byte_for_byte(run: Run, respond_with: Run) -> None:
    """`--json` keeps spaces, escapes, the order of members, unknown members and numbers unchanged."""
    body = (
        b'{ "timestamp":"2026-01-20T12:34:56.789Z",\t"new": 1.50, "code":200,\r\n'
        b'"message":"\\u00e9 \xc3\xa9","request_id":"550e8400-e29b-41d4-a716-446655440000",'
        b'"data":{"result":{"call_id":7,"duration":1e2}}}\n\n'
    )
    asked = respond_with(body)
    ended = run("get", "7", "--include", "tags,recordings", "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == body
    assert asked == ["/v3/conversations/calls/7?include=tags,recordings"]


@pytest.mark.parametrize(
    ("scenario", "code", "named"),
    [
        ("server-error", ExitCode.UNUSABLE, "(500): try again later"),
        ("bad-gateway", ExitCode.UNUSABLE, "(502): try again later"),
        ("rate-limited", ExitCode.UNUSABLE, "(429): try again in"),
        ("reset", ExitCode.NO_ANSWER, "no connection to 127.0.0.1, or it broke"),
        ("truncated", ExitCode.NO_ANSWER, "no connection to 127.0.0.1, or it broke"),
    ],
)
@pytest.mark.usefixtures("no_waiting")
def test_failure_of_the_api_is_reported(
    run: Run, api: FakeAPI, scenario: str, code: ExitCode, named: str
) -> None:
    """Failures of servers and networks are one line, and no part of the response goes to stdout."""
    api.script(scenario, times=None)
    assert named in run("get", "987654", "--json").failed(code)


@pytest.mark.parametrize("args", [["--timeout", "0.2", "--retries", "0"], ["--deadline", "0.2"]])
def test_timeout_is_for_the_complete_response(run: Run, api: FakeAPI, args: list[str]) -> None:
    """A response that is too late ends the attempt, or the request."""
    api.script("slow", slow_seconds=30)
    start = time.monotonic()
    line = run("get", "987654", *args).failed(ExitCode.NO_ANSWER)
    assert time.monotonic() - start < 2
    assert f"{args[0].removeprefix('--')} of 0.2 s" in line


@pytest.mark.usefixtures("no_waiting")
def test_unreachable_host_is_named(run: Run, closed_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed port: the line names the host and the message of the system."""
    monkeypatch.setenv("CONVIRZA_TOKEN", TOKEN)
    line = run("get", "7", "--base-url", closed_url).failed(ExitCode.NO_ANSWER)
    assert line.startswith("no connection to 127.0.0.1")
    assert "refused" in line


@pytest.mark.parametrize(
    ("status", "content_type"),
    [
        *((status, "application/json") for status in (200, 204, 302, 400, 401, 403, 404, 410, 429, 503, 599)),
        *product((200, 400, 520), (f"text/{TOKEN}", "text/html", "")),
    ],
)
@pytest.mark.usefixtures("no_waiting")
def test_nothing_of_an_error_is_repeated(run: Run, respond_with: Run, status: int, content_type: str) -> None:
    """A server that echoes the token or a phone number, in the body or the media type, gets neither shown."""
    said = f"{TOKEN} {PHONE}"
    body = {"code": status, "message": said, "data": {"result": said}}
    respond_with(b"" if status == 204 else json.dumps(body).encode(), status, content_type)
    refusals = {401: ExitCode.REFUSED, 403: ExitCode.REFUSED, 404: ExitCode.NOT_FOUND}
    code = {**refusals, 400: ExitCode.USAGE}.get(status, ExitCode.UNUSABLE)
    for options in ([], ["--json"]):
        line = run("get", "7", *options).failed(code)
        assert TOKEN not in line
        assert PHONE not in line
        assert f"({status})" in line or status not in refusals


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"code": 200}', b"\xff", b'{"a": NaN}', b"[" * 5000]
)
def test_body_that_is_not_a_record_is_reported(run: Run, respond_with: Run, body: bytes) -> None:
    """A 200 without a call record cannot be used."""
    respond_with(body)
    assert "the response cannot be used (" in run("get", "7").failed(ExitCode.UNUSABLE)


def test_values_cannot_control_the_terminal(run: Run, respond_with_call: Run) -> None:
    """Escapes, controls and marks that turn the text around are shown, not sent to the terminal."""
    respond_with_call(campaign_name="a\x1b[2Jb\x9bc\x07d\u202ee\rf\x00", **{"evil\x1b\nkey": 1})
    text = run("get", "7").text
    assert r"a\x1b[2Jb\x9bc\x07d\u202ee\rf\x00" in text
    assert r"evil\x1b key" in text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_values_are_no_markup(run: Run, respond_with_call: Run) -> None:
    """Square brackets and emoji codes are text like any other."""
    respond_with_call(campaign_name="[red]sale[/red] [link=https://x]y[/link] :smile:")
    assert "[red]sale[/red] [link=https://x]y[/link] :smile:\n" in run("get", "7").text


def test_null_is_a_dash_and_absent_is_nothing(run: Run, respond_with_call: Run) -> None:
    """Null, no items, an empty text and an absent member can be distinguished."""
    respond_with_call(disposition=None, group_name="", summary=None, tags=[])
    assert run("get", "7").text == (
        'Call 7\n  Call ID      7\n  Disposition  -\n  Group name   ""\n\nTags\n  none\n\nSummary\n  -\n'
    )


def test_query_of_a_recording_is_left_out(run: Run, respond_with_call: Run) -> None:
    """The signature of an address is shown by `--json` only, wherever the address is."""
    signed = "https://host.example/r/7?secret=hunter2&a=b"
    respond_with_call(recording_details={"url": signed + "\nhunter2", "mp3": signed}, download=signed)
    text = run("get", "7").text
    assert text.count("https://host.example/r/7 (query left out: see --json)\n") == 3
    assert "hunter2" not in text
    assert b"hunter2" in run("get", "7", "--json").out


def test_units_and_times_are_shown(run: Run, respond_with_call: Run) -> None:
    """Seconds have their unit, and times of every kind are shown in UTC."""
    respond_with_call(
        duration=5,
        repeat_call=True,
        call_started="2026-02-14T20:20:12.5+02:00",
        recording_details={"expires_at": 1775462400},
        call_detail={"bill_second": 6, "call_value": 7.5},
    )
    text = re.sub(" {2,}", "  ", run("get", "7").text)
    assert "  Duration  5 s\n" in text
    assert "  Repeat call  yes\n" in text
    assert "  Call started  2026-02-14 18:20:12.500 UTC\n" in text
    assert "  Expires at  2026-04-06 08:00:00 UTC\n" in text
    assert "  Billed  6 s\n" in text
    assert "  Call value  7.5\n" in text
    # no calendar holds these
    respond_with_call(call_started="0001-01-01T00:00:00+14:00", recording_details={"expires_at": 10**30})
    text = run("get", "7").text
    assert "0001-01-01 00:00:00+14:00" in text
    assert f"{10**30} s after 1970" in text


def test_unknown_members_are_shown(run: Run, respond_with_call: Run) -> None:
    """Members that the document does not list, and listed ones that do not fit, are under `Other`."""
    respond_with_call(duration="long", new={"list": [1, {"deep": True}], "none": {}}, disposition="NEW ONE")
    before, _, other = run("get", "7").text.partition("\nOther\n")
    assert "NEW ONE" in before
    assert re.search(r"^  duration +long$", other, re.MULTILINE)
    assert re.search(r"^      2\n        deep  yes$", other, re.MULTILINE)
    assert re.search(r"^    none  none$", other, re.MULTILINE)


def test_deep_value_is_cut(run: Run, respond_with_call: Run) -> None:
    """A record nested hundreds of levels deep is shown down to some level."""
    respond_with_call(call_flow=functools.reduce(lambda inner, _: {"a": inner}, range(500), {}))
    assert "too deep: see --json" in run("get", "7").text


def test_lines_of_a_text_stay_lines(run: Run, respond_with_call: Run) -> None:
    """A transcript keeps its lines, each inside its column, however long when it is not for a terminal."""
    respond_with_call(transcription="Caller: hello\r\nAgent: " + "word " * 50 + "end", group_name="one\ntwo")
    text = run("get", "7").text
    assert "Transcription\n  Caller: hello\n  Agent: " + "word " * 50 + "end\n" in text
    assert "  Group name  one\n              two\n" in text
