"""`convirza drift`: a sample of calls is compared with the document."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convirza._cli.exits import ExitCode
from convirza.fake import FakeAPI, FakeClock
from support.contract import DOCUMENT

Run = Callable[..., Any]
IDS = [18015551001, 18015551002, 18015551003]  # easily found where they should not be
SECRET = "hunter2"

pytestmark = pytest.mark.usefixtures("no_waiting")


@pytest.fixture
def calls(api: FakeAPI) -> FakeAPI:
    """A fake with a call for each of the ids."""
    for call_id in IDS:
        api.add_call(call_id=call_id)
    return api


@pytest.fixture
def ids_file(tmp_path: Path) -> str:
    """A file with the ids, and with other permitted lines."""
    file = tmp_path / "ids.txt"
    file.write_text("# known calls\n\n" + "".join(f"{call_id}\n" for call_id in IDS))
    return str(file)


def table(text: str) -> list[list[str]]:
    """The rows of the table: what two spaces or more keep apart."""
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in text.splitlines()[1:]]


def test_api_as_documented_has_no_drift(run: Run, calls: FakeAPI, ids_file: str) -> None:
    """All ids are read with all modules, and each list once, by GET, and nothing deviates: exit code 0."""
    ended = run("drift", "--ids-file", ids_file)
    version = DOCUMENT["info"]["version"]
    assert (ended.code, ended.err) == (0, "")
    assert ended.text == f"5 of 5 responses compared with document {version}: no deviation\n"
    assert [request.call_id for request in calls.requests[:3]] == IDS
    assert {request.method for request in calls.requests} == {"GET"}
    modules = set(DOCUMENT["components"]["schemas"]["CallModule"]["enum"])
    assert all(set(request.include) == modules for request in calls.requests[:3])
    paths = {path for path, item in DOCUMENT["paths"].items() if "get" in item and "{" not in path}
    assert {request.path.removeprefix("/v3") for request in calls.requests[3:]} == paths


def test_include_names_the_modules(run: Run, calls: FakeAPI, ids_file: str) -> None:
    """`--include` limits the comparison to some modules."""
    run("drift", "--ids-file", ids_file, "--include", "tags,summary")
    assert {request.include for request in calls.requests if request.call_id} == {("tags", "summary")}


def test_deviations_are_counted_by_kind(run: Run, calls: FakeAPI, ids_file: str) -> None:
    """The table has each kind once, with in how many calls it was, and the exit code is 1."""
    calls.script("unknown-disposition", times=None)
    calls.script("wrong-type", call_id=IDS[1])
    ended = run("drift", "--ids-file", ids_file)
    assert (ended.code, ended.err) == (1, "")
    assert ended.text.splitlines()[0].endswith(": 2 kinds of deviation")
    header, first, second = table(ended.text)
    assert header == ["POINTER", "KIND", "EXPECTED", "GOT", "RESPONSES"]
    assert first[:2] == ["/data/result/disposition", "enum"]
    assert first[2].startswith("one of ")
    assert first[3:] == ["string", "2 of 3"]
    assert second == ["/data/result/duration", "type", "integer or null", "string", "1 of 3"]


def test_indices_are_one_kind(run: Run, respond_with_call: Run, ids_file: str) -> None:
    """Ten tags that deviate alike are one row, with * for the index, and one call."""
    respond_with_call(tags=[{"tag_id": "x"}] * 10)
    ended = run("drift", "--ids-file", ids_file)
    assert ended.code == 1
    rows = [row for row in table(ended.text) if row[0] == "/data/result/tags/*/tag_id"]
    assert [row[-1] for row in rows] == ["3 of 3"]


def test_no_value_and_no_id_is_in_the_table(run: Run, respond_with_call: Run, ids_file: str) -> None:
    """The table can be put into an issue: it holds neither what a call said nor whose it was."""
    respond_with_call(duration=SECRET, **{SECRET + "!": SECRET}, tags=[{SECRET + "1801": 18015551234}])
    for option in ([], ["--json"]):
        ended = run("drift", "--ids-file", ids_file, *option)
        assert ended.code == 1
        assert not any(found in ended.text for found in (SECRET, "1801"))


def test_errors_are_reported_too(run: Run, calls: FakeAPI, ids_file: str) -> None:
    """A call that cannot be read is named on stderr; the others are compared all the same."""
    calls.script("not-found", call_id=IDS[0])
    ended = run("drift", "--ids-file", ids_file)
    assert ended.code == 0
    assert "4 of 5 responses compared" in ended.text
    assert "1 not read: no deviation" in ended.text
    assert ended.err.startswith(f"convirza: call {IDS[0]} was not read: there is no such call (404)")
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize(
    ("scenario", "code"),
    [
        ("unauthorized", ExitCode.REFUSED),
        ("forbidden", ExitCode.REFUSED),
        ("not-found", ExitCode.NOT_FOUND),
        ("reset", ExitCode.NO_ANSWER),
        ("server-error", ExitCode.INCOMPLETE),
        ("bad-gateway", ExitCode.INCOMPLETE),
        ("rate-limited", ExitCode.INCOMPLETE),
    ],
)
@pytest.mark.parametrize("option", [[], ["--json"]])
def test_nothing_compared_is_never_no_drift(
    run: Run, calls: FakeAPI, ids_file: str, scenario: str, code: ExitCode, option: list[str]
) -> None:
    """If no call could be read, stdout is empty and the exit code says why: neither 0 nor 1."""
    calls.script(scenario, times=None)
    ended = run("drift", "--ids-file", ids_file, *option)
    assert (ended.code, ended.out) == (code, b"")
    if scenario == "unauthorized":
        assert len(calls.requests) == 1
        assert "(401)" in ended.err
    else:
        assert ended.err.endswith("none of 5 responses could be read: see the lines above\n")


@pytest.mark.parametrize("scenario", ["html", "empty"])
def test_response_that_is_not_a_json_deviates(run: Run, calls: FakeAPI, ids_file: str, scenario: str) -> None:
    """HTML instead of a record is a deviation of the whole response."""
    calls.script(scenario, call_id=IDS[1])
    ended = run("drift", "--ids-file", ids_file)
    assert ended.code == 1
    [_, row] = table(ended.text)
    assert row[0] == "(the whole response)"
    assert row[-1] == "1 of 3"


def test_body_of_an_error_is_compared(run: Run, respond_with: Run, ids_file: str) -> None:
    """An error whose body is not as documented deviates, though no call was read."""
    respond_with({"code": "not a number", "message": SECRET}, 404)
    ended = run("drift", "--ids-file", ids_file)
    assert ended.code == 1
    assert ["/code", "type", "integer", "string", "3 of 3"] in table(ended.text)
    assert SECRET not in ended.text + ended.err


def test_json_has_the_same(run: Run, calls: FakeAPI, ids_file: str) -> None:
    """`--json` prints one document with the deviations, and the errors with their ids."""
    calls.script("wrong-type", call_id=IDS[1])
    calls.script("not-found", call_id=IDS[2])
    ended = run("drift", "--ids-file", ids_file, "--json")
    found = json.loads(ended.out)
    assert ended.code == 1
    assert found["document"] == DOCUMENT["info"]["version"]
    assert (found["asked"], found["compared"]) == (5, 4)
    assert found["deviations"] == [
        {
            "pointer": "/data/result/duration",
            "kind": "type",
            "expected": "integer or null",
            "got_type": "string",
            "operation": "get_call",
            "responses": 1,
        }
    ]
    [error] = found["errors"]
    assert (error["call_id"], error["type"], error["status"]) == (IDS[2], "NotFoundError", 404)


def test_one_request_a_second(run: Run, calls: FakeAPI, ids_file: str, no_waiting: FakeClock) -> None:
    """Without `--rate`, five requests take four seconds; with it, less."""
    begin = no_waiting.monotonic()
    run("drift", "--ids-file", ids_file)
    middle = no_waiting.monotonic()
    run("drift", "--ids-file", ids_file, "--rate", "10")
    assert middle - begin == pytest.approx(4.0)
    assert no_waiting.monotonic() - middle == pytest.approx(0.4)


def test_sample_is_some_of_the_ids(run: Run, calls: FakeAPI, ids_file: str) -> None:
    """`--sample 2` reads two different ones of the ids; as many as there are, all."""
    drawn = set()
    for _ in range(20):
        before = len(calls.requests)
        assert "4 of 4 responses" in run("drift", "--ids-file", ids_file, "--sample", "2").text
        asked = [request.call_id for request in calls.requests[before:] if request.call_id]
        assert len(set(asked)) == 2
        assert set(asked) <= set(IDS)
        drawn.update(asked)
    assert drawn == set(IDS)
    assert "5 of 5 responses" in run("drift", "--ids-file", ids_file, "--sample", "9").text


def test_ids_come_from_stdin(run: Run, calls: FakeAPI, stdin: Run) -> None:
    """`--ids-file -` reads stdin; an id that is there twice is read once."""
    stdin(b"%d\n%d\n%d\n" % (IDS[0], IDS[1], IDS[0]))
    assert "4 of 4 responses" in run("drift", "--ids-file", "-").text


@pytest.mark.parametrize(
    ("content", "named"),
    [("", "no ids"), ("# none\n", "no ids"), (f"{IDS[0]}\n7;Jane Doe\n", "line 2"), (None, "No such file")],
)
def test_bad_file_is_reported_before_anything_is_sent(
    run: Run, calls: FakeAPI, tmp_path: Path, content: str | None, named: str
) -> None:
    """No file, no ids or a line that is none: the file is named, what is in it is not."""
    file = tmp_path / "ids"
    if content is not None:
        file.write_text(content)
    line = run("drift", "--ids-file", str(file)).failed(ExitCode.USAGE)
    assert named in line
    assert str(file) in line
    assert "Jane" not in line
    assert calls.requests == []
