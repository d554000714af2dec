"""The recorder: what it counts, and that it keeps no value."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import rules
from support.document import load
from support.masking import Masker
from support.recording import ANY_RULE, OUTSIDE, VARIABLE, Recorder, Watch, register
from support.rules import Judge, Violation
from support.suite import Suite
from support.target import Target
from support.wire import Exchange, Wire

TOKEN = "canary-token-5f2e"
PHONE = "15550001234"
CALL_ID = 987654321
TARGET = Target(kind="app", base_url="http://contract.example/v3", token=TOKEN, call_ids=(CALL_ID,))
RECORD = {
    "call_id": CALL_ID,
    "caller_id": PHONE,
    "duration": None,
    "disposition": "ANSWERED",
    "unlisted": PHONE,
}
ENVELOPE = {"code": 200, "message": TOKEN, "request_id": "x", "timestamp": "y"}


def exchange(
    path: str, status: int = 200, body: Any = None, method: str = "GET", token: str = TOKEN
) -> Exchange:
    """An exchange as the wire has it."""
    request = httpx.Request(
        method, f"http://contract.example/v3{path}", headers={"Authorization": f"Bearer {token}"}
    )
    return Exchange(request, httpx.Response(status, content=json.dumps(body)), 0.0)


def call(path: str, **record: Any) -> Exchange:
    """An exchange that found a call."""
    return exchange(
        f"/conversations/calls/{path}", body={**ENVELOPE, "data": {"result": {**RECORD, **record}}}
    )


def record(*exchanges: Exchange) -> dict[str, Any]:
    """What a recorder makes of exchanges, as JSON has it."""
    recorder = Recorder(load(), TARGET)
    recorder.test = ("ids", "test_ids")
    for each in exchanges:
        recorder.exchange(each)
    result: dict[str, Any] = json.loads(json.dumps(recorder.result()))
    return result


def keyword(result: dict[str, Any], name: str) -> tuple[int, int | None]:
    """How often a keyword was kept and broken."""
    [row] = [row for row in result["keywords"] if row["keyword"] == name]
    return row["kept"], row["broken"]


def test_exchanges_are_counted_by_operation_status_and_test() -> None:
    """Each exchange counts for its operation; what the document does not have counts as such."""
    result = record(
        call("1"),
        call("2"),
        exchange("/conversations/calls/3", 404),
        exchange("/other"),
        exchange("/", method="X"),
    )
    assert [tuple(row.values()) for row in result["exchanges"]] == [
        ("get_call", 200, "ids", "test_ids", 2),
        ("get_call", 404, "ids", "test_ids", 1),
        (OUTSIDE, 200, "ids", "test_ids", 2),
    ]


@pytest.mark.parametrize(
    ("text", "kept", "broken"),
    [
        ("1", {"type: integer", "minimum: 1", "minimum: 1, at the edge"}, set()),
        ("0", {"type: integer"}, {"minimum: 1", "minimum: 1, at the edge"}),
        ("-7", {"type: integer"}, {"minimum: 1"}),
        (str(2**63 - 1), {"format: int64", f"maximum: {2**63 - 1}, at the edge"}, set()),
        (str(2**63), {"type: integer"}, {"format: int64", f"maximum: {2**63 - 1}, at the edge"}),
        ("9" * 5000, {"type: integer"}, {"format: int64", f"maximum: {2**63 - 1}"}),
        ("abc", set(), {"type: integer"}),
        ("%20", set(), {"type: integer"}),
    ],
)
def test_keywords_of_an_id(text: str, kept: set[str], broken: set[str]) -> None:
    """An id keeps or breaks each keyword of its schema, and the edge of a limit counts on its own."""
    result = record(exchange(f"/conversations/calls/{text}", 400))
    assert {name for name in kept if keyword(result, name) == (1, 0)} == kept
    assert {name for name in broken if keyword(result, name) == (0, 1)} == broken


@pytest.mark.parametrize("text", ["007", "+7", "7.0"])
def test_doubtful_id_counts_nowhere(text: str) -> None:
    """The document leaves open whether another way to write a number is one."""
    result = record(exchange(f"/conversations/calls/{text}", 400))
    assert keyword(result, "type: integer") == (0, 0)


def test_keywords_of_include() -> None:
    """A list counts by its style and by its values; leaving it out counts too."""
    result = record(
        *(call(f"1{query}") for query in ("", "?include=tags,nonsense", "?include=tags%2Csummary"))
    )
    assert keyword(result, "given") == (2, None)
    assert keyword(result, "left out") == (1, None)
    assert keyword(result, "enum") == (1, 1)
    assert keyword(result, "enum: tags") == (2, None)
    assert keyword(result, "enum: comments") == (0, None)
    assert keyword(result, "style: form, explode: false") == (2, 0)
    twice = record(call("1?include=tags&include=summary"))
    assert keyword(twice, "style: form, explode: false") == (0, 1)


def test_token_counts_as_kept_or_broken() -> None:
    """The header has the token or it has not."""
    result = record(call("1"), exchange("/conversations/calls/1", 401, token="wrong"))
    assert keyword(result, "the token") == (1, 1)


def test_members_of_answers() -> None:
    """A member was present, null or absent, and a value of an enumeration was seen or not."""
    result = record(
        call("1"), call("1", tags=[{"tag_id": 1}, {"tag_id": None}]), exchange("/conversations/calls/1")
    )
    members = {(row["schema"], row["member"]): tuple(row.values())[2:] for row in result["members"]}
    assert members["Call", "caller_id"] == (2, 0, 0)
    assert members["Call", "duration"] == (0, 2, 0)
    assert members["Call", "tags"] == (1, 0, 1)
    assert members["Tag", "tag_id"] == (1, 1, 0)
    assert members["Error", "code"] == (0, 0, 0)
    values = {row["value"]: row["seen"] for row in result["values"]}
    assert (values["ANSWERED"], values["BUSY"]) == (2, 0)


def test_value_that_is_not_listed_is_counted_and_not_kept() -> None:
    """A value of an answer never gets into the recording, not even as a name."""
    values = record(call("1", disposition=PHONE))["values"]
    assert {"schema": "CallDisposition", "value": "a value that is not listed", "seen": 1} in values


@pytest.mark.parametrize("body", [b"", b"no JSON", b"[1, 2]", b'{"data": [1]}', b"[" * 100_000, b"\xff"])
def test_broken_answer_does_not_stop_the_recorder(body: bytes) -> None:
    """Whatever comes, a check says what is wrong with it: the recorder only counts."""
    broken = exchange("/conversations/calls/1")
    assert record(Exchange(broken.request, httpx.Response(200, content=body), 0.0))["exchanges"]


def test_recording_has_no_values() -> None:
    """No token, no phone number and no id of the exchanges is in the recording."""
    text = json.dumps(
        record(
            call(f"{CALL_ID}?include=tags,{PHONE}"),
            exchange(f"/{PHONE}"),
            exchange(f"/conversations/calls/{PHONE}", 404, {"code": TOKEN}, token=PHONE),
            exchange(f"/conversations/calls/{CALL_ID}", body=PHONE, method=PHONE),
        )
    )
    for canary in (TOKEN, PHONE, str(CALL_ID), "unlisted"):
        assert canary not in text


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Suite, Watch, Path]:
    """A suite whose API answers every request as a call in trouble would, and its watch."""
    monkeypatch.setattr(rules, "_require", rules._require)
    monkeypatch.setattr("schemathesis.hook", lambda function: function)
    answer = httpx.Response(200, json={**ENVELOPE, "message": "Success"})
    masker = Masker([TOKEN])
    wire = Wire(TARGET, httpx.MockTransport(lambda request: answer))
    suite = Suite(TARGET, wire, Judge(TARGET, masker), masker, None)
    path = tmp_path / "build/contract.json"
    return suite, Watch(suite, path), path


def test_watch_counts_rules(watched: tuple[Suite, Watch, Path]) -> None:
    """A rule counts for the answers that it was held to; its name comes from the source and has no value."""
    suite, watch, path = watched
    watch.pytest_runtest_logstart("contract_tests/server/test_access.py::test_it[secret::id]")
    with pytest.raises(Violation):
        suite.ask(CALL_ID)
    watch.pytest_sessionfinish()
    result = json.loads(path.read_text("utf-8"))
    checks = {row["check"]: (row["ran"], row["failed"]) for row in result["checks"]}
    assert checks[ANY_RULE] == (1, 1)
    assert checks["the answer repeats the token"] == (1, 0)
    assert sum(failed for _, failed in checks.values()) == 2, checks
    assert [tuple(row.values()) for row in result["exchanges"]] == [("get_call", 200, "access", "test_it", 1)]
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_phases_of_schemathesis_are_phases(watched: tuple[Suite, Watch, Path]) -> None:
    """A test of schemathesis's module is a phase of its own."""
    suite, watch, path = watched
    watch.pytest_runtest_logstart("contract_tests/server/test_schemathesis.py::test_fuzzing")
    suite.wire.get(1)
    watch.pytest_sessionfinish()
    assert json.loads(path.read_text("utf-8"))["exchanges"][0]["phase"] == "fuzzing"


def test_nothing_is_recorded_unasked(
    monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config, watched: tuple[Suite, Watch, Path]
) -> None:
    """Without the variable nothing is watched."""
    suite, _, _ = watched
    send = suite.wire.send
    monkeypatch.delenv(VARIABLE, raising=False)
    register(pytestconfig, suite)
    assert suite.wire.send == send
