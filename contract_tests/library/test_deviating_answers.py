"""How a client treats responses that deviate from the document; only its own errors are raised."""

import copy
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import convirza
from convirza import Call, ConvirzaError
from convirza.fake import FakeClock
from support.library.hostile_rows import record
from support.library.hostile_server import DOCUMENTED
from support.library.ways import PAIR, ClientUnderTest, Variant, asking

TIMES = int(os.environ.get("CONVIRZA_CONTRACT_TIMES", "1"))
DRIFT = ["report", "strict", "off"]
ERROR = {"code": 404, "message": "Call not found.", "request_id": DOCUMENTED["request_id"]}


def responding(way: Variant, *bodies: Any, status: int = 200) -> Callable[[Any], Any]:
    """A server that returns these bodies, one by one."""
    left = list(bodies)
    return lambda _request: way.library.Response(status, json=left.pop(0) if len(left) > 1 else left[0])


def list_of(rows: list[Any]) -> Any:
    """The response to a list, with these calls."""
    return {**DOCUMENTED, "data": {"total": len(rows), "calls": rows}}


DEVIATING = [
    (record(disposition="RINGING"), "/data/result/disposition", "enum"),
    (record(mood="good"), "/data/result/mood", "additionalProperties"),
    (record(call_id=...), "/data/result/call_id", "required"),
    (record(call_id="987654"), "/data/result/call_id", "type"),
    (record(duration="three minutes"), "/data/result/duration", "type"),
    ({**DOCUMENTED, "request_id": 5}, "/request_id", "type"),
]


def test_each_mode_treats_a_deviation_as_documented(way, caplog):
    """By default it is reported, once a client, and the record returned; strict raises; off is silent."""
    told: list[convirza.Deviation] = []
    for (body, pointer, kind), drift in product(DEVIATING, ("report", "report", "strict", "off")):
        caplog.clear()
        told.clear()
        with asking(way, handler=responding(way, body), drift=drift, on_deviation=told.append) as asker:
            if drift == "strict":
                with pytest.raises(convirza.DriftError, match="deviates from the document at /") as caught:
                    asker.get()
                assert (caught.value.attempts, caught.value.status_code) == (1, 200)
                deviations = [caught.value.deviations]
            else:
                responses = [asker.raw(), asker.raw()]
                assert all(isinstance(response.parsed, Call) for response in responses)
                deviations = [response.deviations for response in responses]
        reported = [] if drift == "off" else [(pointer, kind)]
        for each in (told, *deviations):
            assert [(one.pointer, one.kind) for one in each] == reported
        warnings = [each.name for each in caplog.records if each.levelno >= logging.WARNING]
        assert warnings == ["convirza.drift"] * len(reported)


@pytest.mark.parametrize("call_id", ["987654", " 987654.0", 987654.0, "NaN", "five", None, True, ["5"]])
def test_id_in_another_form_is_drift(way, call_id):
    """An id that is the same number, or no number, is not another call's."""
    with asking(way, handler=responding(way, record(call_id=call_id))) as asker:
        assert asker.get().call_id == 987654


@pytest.mark.parametrize("drift", DRIFT)
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (404, convirza.NotFoundError),
        (401, convirza.AuthenticationError),
        (403, convirza.PermissionDeniedError),
        (500, convirza.ServerError),
    ],
)
def test_envelope_that_reports_an_error_is_that_error(way, drift, code, kind):
    """A 200 whose body says otherwise is an error of that code's kind, with a record in it or without."""
    for body in ({}, {"data": DOCUMENTED["data"]}):
        handler = responding(way, {**ERROR, **body, "code": code})
        with (
            asking(way, handler=handler, drift=drift, max_retries=0) as asker,
            pytest.raises(kind) as caught,
        ):
            asker.get()
        assert caught.value.status_code == code
        assert f"the HTTP status was 200, the code in the body {code}" in str(caught.value)


def listed(asker: ClientUnderTest, **options: Any) -> list[Call]:
    """The calls of `calls.list`."""
    calls: Any = asker.client.calls.list(**options)

    async def collect() -> list[Call]:
        return [call async for call in calls]

    found: list[Call] = asker.wait(collect()) if asker.way.is_async else list(calls)
    return found


@pytest.mark.parametrize("drift", DRIFT)
def test_record_of_another_call_raises(way, drift):
    """In every mode, after one request, without the other id; only `off` reports no deviation."""
    for call_id in (5, "5", 5.0, 0, -987654, "987655.0", " 987655", "+1", "9" * 31, "-5"):
        told: list[convirza.Deviation] = []
        handler = responding(way, record(call_id=call_id))
        said = r"^the response holds the record of another call "
        with (
            asking(way, handler=handler, drift=drift, on_deviation=told.append) as asker,
            pytest.raises(convirza.WrongRecordError, match=said) as caught,
        ):
            asker.get()
        error = caught.value
        assert (error.attempts, error.status_code, error.call_id) == (1, 200, 987654)
        assert error.request_id == DOCUMENTED["request_id"]
        assert error.deviations[-1].kind == "const"
        assert told == ([] if drift == "off" else list(error.deviations))


PERIOD = {"start": datetime(2026, 2, 1, tzinfo=UTC), "end": datetime(2026, 2, 2, tzinfo=UTC)}


@pytest.mark.parametrize("drift", DRIFT)
@pytest.mark.parametrize(
    ("asked", "row", "foreign"),
    [
        (PERIOD, {"call_started": "2026-01-30T23:59:59.000Z"}, True),
        (PERIOD, {"call_started": "2026-02-03T00:00:01+00:00"}, True),
        (PERIOD, {"call_started": "2026-02-02T23:00:00.000Z"}, False),
        (PERIOD, {"call_started": "2025-02-01T00:00:00Z", "call_created": "2026-02-01T00:00:00Z"}, False),
        (PERIOD, {"call_started": None}, False),
        (PERIOD | {"call_id": 8}, {}, True),
        ({"call_id": 8}, {"call_id": "5"}, True),
        ({"call_id": 7}, {"call_started": "2025-02-01T00:00:00.000Z"}, False),
    ],
)
def test_call_that_was_not_requested_raises(way, drift, asked, row, foreign):
    """A call of another time or id is the response to another request, and is never handed out."""
    rows = [{"call_id": 7, "disposition": "ANSWERED", **row}]
    with asking(way, handler=responding(way, list_of(rows)), drift=drift if foreign else "off") as asker:
        reads = [lambda: asker.wait(asker.client.calls.list_page(**asked)).items]
        if asked is PERIOD:
            reads += [lambda: listed(asker, **asked), lambda: listed(asker, **asked, concurrency=2)]
        for read in reads:
            if foreign:
                with pytest.raises(
                    convirza.WrongRecordError, match=r"was not requested.*try again"
                ) as caught:
                    read()
                assert caught.value.call_id == asked.get("call_id")
            else:
                assert [call.call_id for call in read()] == [7]


def test_what_is_unknown_is_kept(way):
    """A new value, a new member, a value of another type, a record without an id: all is in the record."""
    body = record(disposition="RINGING", mood="good", duration="three minutes", tags=...)
    with asking(way, handler=responding(way, body, record(call_id=...))) as asker:
        call, without_id = asker.get(), asker.get()
    with asking(way, handler=responding(way, record(call_id="987654"))) as asker:
        assert asker.get().additional_properties["call_id"] == "987654"
    assert call.disposition == "RINGING"
    assert call["mood"] == "good"
    assert call.tags is convirza.UNSET
    assert call.to_dict()["duration"] == "three minutes"
    assert without_id.call_id == 987654  # as it was requested


@pytest.mark.parametrize("drift", DRIFT)
def test_status_of_an_error_counts_more_than_its_body(way, drift):
    """An error's body that deviates is reported, and the error is that of its status in each mode."""
    told: list[convirza.Deviation] = []
    handler = responding(way, {**ERROR, "message": 17}, status=404)
    with (
        asking(way, handler=handler, drift=drift, on_deviation=told.append) as asker,
        pytest.raises(convirza.NotFoundError) as caught,
    ):
        asker.get()
    assert caught.value.request_id == ERROR["request_id"]
    assert [each.pointer for each in told] == ([] if drift == "off" else ["/message"])


def test_nothing_is_imported_for_what_is_off():
    """Without the comparison, jsonschema-rs is not loaded, and with it not before the first response."""
    program = """
import sys, httpx
from convirza import Convirza
def answer(request): return httpx.Response(200, json={"data": {"result": {"call_id": 5}}})
for drift in ("off", "report"):
    mine = httpx.Client(transport=httpx.MockTransport(answer))
    with Convirza(token="t", drift=drift, http_client=mine) as client:
        print("jsonschema_rs" in sys.modules)
        client.calls.get(5)
        print("jsonschema_rs" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["False", "False", "False", "True"]


# ---------------------------------------------------------------------------- any response


@pytest.fixture(scope="module")
def clients() -> Generator[list[tuple[ClientUnderTest, list[Any]]]]:
    """Clients in each way and mode, and the list of responses that each takes the last of."""
    with ExitStack() as stack:
        made: list[tuple[ClientUnderTest, list[Any]]] = []
        for way, drift in product(PAIR, DRIFT):
            responses: list[Any] = []

            def handler(_request: Any, responses: list[Any] = responses, library: Any = way.library) -> Any:
                status, headers, body = responses.pop()
                return library.Response(status, headers=headers, content=body)

            client = asking(way, handler=handler, drift=drift, max_retries=0, clock=FakeClock())
            made.append((stack.enter_context(client), responses))
        yield made


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
NAMES = st.sampled_from(["data", "result", "call_id", "tags", ""]) | st.text()
JSON = st.recursive(
    SCALARS | st.sampled_from(["result", "\ud800"]),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(NAMES, children, max_size=4),
    max_leaves=12,
)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """The documented response, with other values in one to three places."""
    body = copy.deepcopy(DOCUMENTED)
    for _ in range(draw(st.integers(1, 3))):
        node, key = {"": body}, ""
        while isinstance(node[key], dict | list) and node[key] and draw(st.integers(0, 4)):
            node = node[key]
            key = draw(st.sampled_from(list(node) if isinstance(node, dict) else range(len(node))))
        node[key] = draw(JSON)
        if "" in node and node[""] is not body:
            return node[""]
    return body


MEDIA_TYPES = st.sampled_from(["text/html", "application/json; charset=utf-16", ""]) | st.text(
    st.characters(min_codepoint=32, max_codepoint=126), max_size=20
)


@settings(max_examples=150 * TIMES)
@given(
    status=st.sampled_from([200, 200, 200, 404, 500]) | st.integers(100, 999),
    media_type=st.just("application/json") | MEDIA_TYPES,
    body=st.binary() | (JSON | mutated()).map(lambda value: json.dumps(value).encode()),
)
def test_nothing_but_a_call_or_an_error_of_ours(clients, status, media_type, body):
    """Any status, media type and body, in each mode: a record or a ConvirzaError, sync and async."""
    kinds = []
    for asker, responses in clients:
        responses.append((status, {"Content-Type": media_type}, body))
        try:
            result: Any = asker.raw()
        except ConvirzaError as error:
            result = error
            assert len(str(error)) < 1000
        kinds.append(type(result))
        assert isinstance(
            result,
            convirza.RawResponse | convirza.APIStatusError | convirza.ResponseError | convirza.DriftError,
        )
        assert isinstance(result, convirza.APIStatusError) == (status != 200)
        if isinstance(result, convirza.RawResponse):
            assert isinstance(result.parsed, Call)
            assert isinstance(result.parsed.call_id, int)
            result.parsed.to_dict()
            repr(result)
    assert kinds == kinds[:3] * len(PAIR)
