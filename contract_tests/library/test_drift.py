"""The comparison of responses with the document: what is reported, where, and without values."""

import copy
from typing import Any

import jsonschema_rs
import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from convirza._core import drift
from convirza._core.drift import MAX_DEVIATIONS, Deviation
from support.document import load, resolved, schemas
from support.document import properties as all_properties
from support.library.json_places import places, replaced

DOCUMENT = load()
PATH = "/conversations/calls/{id}"
ITEM = DOCUMENT["paths"][PATH]
RESPONSES = {
    int(status): resolved(DOCUMENT, response)["content"]["application/json"]
    for status, response in ITEM["get"]["responses"].items()
}
RECORD: dict[str, Any] = RESPONSES[200]["examples"]["documented"]["value"]
ERROR: dict[str, Any] = RESPONSES[404]["examples"]["unknown_call"]["value"]
CALL = "/data/result"
PATTERN = DOCUMENT["components"]["schemas"]["Timestamp"]["pattern"]
DISPOSITIONS = DOCUMENT["components"]["schemas"]["CallDisposition"]["enum"]
CANARY = "c4n4ry +1 801 555 1234"


def deviations(status: int, body: object) -> tuple[Deviation, ...]:
    """Those of get_call, which each of them names."""
    found = drift.deviations("get_call", status, body)
    assert {deviation.operation for deviation in found} <= {"get_call"}
    return tuple(evolve(deviation, operation="") for deviation in found)


def changed(body: Any, pointer: str, value: object) -> Any:
    """A copy with another value at a place, or without the place."""
    path = [int(part) if part.isdigit() else part for part in pointer.split("/")[1:]]
    return replaced(body, tuple(path), value)


def nested(depth: int) -> dict[str, Any]:
    """An object in an object, and so on."""
    node: dict[str, Any] = {}
    for _ in range(depth):
        node = {"within": node}
    return node


# ---------------------------------------------------------------------------- one place


@pytest.mark.parametrize(
    ("pointer", "value", "kind", "expected", "got"),
    [
        # wrong types
        ("", [], "type", "object", "array"),
        ("/code", "200", "type", "integer", "string"),
        ("/code", True, "type", "integer", "boolean"),
        ("/timestamp", 1775462400, "type", "string", "integer"),
        (f"{CALL}/call_id", "987654", "type", "integer", "string"),
        (f"{CALL}/disposition", 5, "type", "string or null", "integer"),
        (f"{CALL}/duration", 182.5, "type", "integer or null", "number"),
        (f"{CALL}/duration", float("inf"), "type", "integer or null", "number"),
        (f"{CALL}/duration", float("nan"), "type", "integer or null", "number"),
        (f"{CALL}/repeat_call", 0, "type", "boolean or null", "integer"),
        (f"{CALL}/call_detail", [], "type", "object or null", "array"),
        (f"{CALL}/call_detail/call_value", "75", "type", "number or null", "string"),
        (f"{CALL}/tags", {}, "type", "array or null", "object"),
        (f"{CALL}/tags/0/tag_name", 61.0, "type", "string or null", "integer"),
        (f"{CALL}/summary", nested(900), "type", "string or null", "object"),
        # missing
        ("/request_id", ..., "required", "string", "nothing"),
        ("/data/result", ..., "required", "object", "nothing"),
        (f"{CALL}/call_id", ..., "required", "integer", "nothing"),
        # new members
        ("/pages", 3, "additionalProperties", "nothing", "integer"),
        (f"{CALL}/mood", None, "additionalProperties", "nothing", "null"),
        (f"{CALL}/mood", nested(900), "additionalProperties", "nothing", "object"),
        (f"{CALL}/tags/0/custom_source_type_6", [], "additionalProperties", "nothing", "array"),
        (f"{CALL}/custom_sources/custom_source_type_1/x", "", "additionalProperties", "nothing", "string"),
        # values
        (f"{CALL}/disposition", "RINGING", "enum", f"one of {', '.join(DISPOSITIONS)} or null", "string"),
        (f"{CALL}/duration", -1, "minimum", "at least 0", "integer"),
        (f"{CALL}/call_id", 0, "minimum", "at least 1", "integer"),
        (f"{CALL}/call_id", 2**63, "maximum", f"at most {2**63 - 1}", "integer"),
        (f"{CALL}/user_id", 10**4000, "maximum", f"at most {2**63 - 1}", "integer"),
        (f"{CALL}/recording_details/url", "not a URL", "format", "uri", "string"),
        (f"{CALL}/recording_details/url", "https://a.test/\ud800", "format", "uri", "string"),
        (f"{CALL}/voiceagent_data/appointment_date", "2026-02-30", "format", "date", "string"),
        ("/request_id", "550e8400", "format", "uuid", "string"),
        ("/timestamp", "2026-02-30T12:34:56.789Z", "format", "date-time", "string"),
        ("/timestamp", "2026-06-15T12:00:60.000Z", "format", "date-time", "string"),  # no leap second
        # valid RFC 3339, but not as this API writes it
        ("/timestamp", "2026-01-20T12:34:56Z", "pattern", PATTERN, "string"),
        ("/timestamp", "2026-01-20t12:34:56.789z", "pattern", PATTERN, "string"),
        ("/timestamp", "2026-01-20T12:34:56.789+00:00", "pattern", PATTERN, "string"),
        # neither format nor pattern holds: reported once
        ("/timestamp", "yesterday", "format", "date-time", "string"),
    ],
)
def test_each_damage_is_reported_exactly(pointer, value, kind, expected, got):
    """A record with one thing wrong has one deviation, at the place, and the document's word for it."""
    reported = deviations(200, changed(RECORD, pointer, value))
    assert reported == (Deviation(pointer, kind, expected, got),)


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        (f"{CALL}/duration", 61.0),
        (f"{CALL}/call_detail/call_value", 0.5),
        (f"{CALL}/call_detail/call_value", float("inf")),  # what json.loads makes of 1e999
        (f"{CALL}/call_detail/call_value", 10**4000),
        (f"{CALL}/call_flow", {"anything": [{"a b": 1}]}),
        (f"{CALL}/voiceagent_data/additional_info", nested(900)),
        (f"{CALL}/voiceagent_data/additional_info", {"\ud800": "\udfff"}),
        (f"{CALL}/summary", "half a pair: \ud800"),
        ("/timestamp", "2026-12-31T23:59:60.000Z"),
        ("/timestamp", "0000-01-01T00:00:00.000Z"),
    ],
)
def test_what_conforms_is_silent(pointer, value):
    """Whole floats, null, absent modules, free-form objects, leap seconds and odd characters are no drift."""
    assert deviations(200, changed(RECORD, pointer, value)) == ()


@pytest.mark.parametrize("status", RESPONSES)
def test_documented_examples_conform(status):
    """Every example of every status is as the document says; another status' body is not."""
    for shown in RESPONSES[status]["examples"].values():
        assert deviations(status, shown["value"]) == ()
    assert deviations(status, ERROR if status == 200 else RECORD) != ()


@pytest.mark.parametrize("status", [0, 204, 418, 429, 502, 520])
def test_status_without_a_schema_has_no_deviations(status):
    """The document says nothing of it, so nothing deviates."""
    assert status not in RESPONSES
    assert deviations(status, {"anything": 1}) == ()


# ---------------------------------------------------------------------------- many places, odd bodies


def test_deviations_come_in_the_order_of_the_document():
    """Several deviations in one response are all reported, in the document's order, new members last."""
    body = {"new": 1, "timestamp": "x", "data": {"result": {"also": [], "tags": [{}, 7]}}, "message": None}
    assert [(one.pointer, one.kind) for one in deviations(200, body)] == [
        ("/code", "required"),
        ("/message", "type"),
        ("/data/result/call_id", "required"),
        ("/data/result/tags/1", "type"),
        ("/data/result/also", "additionalProperties"),
        ("/request_id", "required"),
        ("/timestamp", "format"),
        ("/new", "additionalProperties"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        *(CANARY, "", "Jane Smith", "jane.smith@example.com", "18015551234", "x18015551234", "a1b2c3d4"),
        *("eyJhbGciOiJIUzI1NiJ9", "https://a.test/?secret=s", "a/b", "a~b", "Müller", "name\n", "\ud800"),
        "a" * 41,
    ],
)
def test_name_that_may_be_data_is_not_shown(name):
    """A new member whose name is no plain identifier is `[name]`, once for each type."""
    odd = {name: CANARY, f"{CANARY}2": CANARY, f"{CANARY}3": 1}
    reported = deviations(200, {**RECORD, **odd})
    assert reported == (
        Deviation("/[name]", "additionalProperties", "nothing", "string"),
        Deviation("/[name]", "additionalProperties", "nothing", "integer"),
    )


@pytest.mark.parametrize("name", ["callerMood", "_id", "custom_source_type_6", "line2address", "a" * 40])
def test_ordinary_name_is_shown(name):
    """A name as the members of an API have it is reported, since users need it."""
    assert [one.pointer for one in deviations(200, {**RECORD, name: 1})] == [f"/{name}"]


def test_malicious_response_is_cut_off():
    """Of a million wrong items as many are reported as a person may read; of a million odd names, one."""
    call = {**RECORD["data"]["result"], "tags": [5] * 1_000_000}
    reported = deviations(200, {**RECORD, "data": {"result": call}})
    assert [one.pointer for one in reported] == [f"{CALL}/tags/{index}" for index in range(MAX_DEVIATIONS)]

    odd = {f"odd name {index}": 1 for index in range(100_000)}
    assert [one.pointer for one in deviations(200, {**RECORD, **odd, "code": "200"})] == ["/code", "/[name]"]


def test_wrong_item_at_the_end_of_a_long_list_is_found():
    """Valid items cost no place among the deviations."""
    body = changed(RECORD, f"{CALL}/tags", [*[{"tag_name": "Lead"}] * 10_000, 5])
    assert deviations(200, body) == (Deviation(f"{CALL}/tags/10000", "type", "object", "integer"),)


NAMES = sorted({name for _, name, _ in all_properties(DOCUMENT)})
PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(2**62, 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text().map(lambda text: CANARY + text)
    | st.sampled_from(["", "ANSWERED", "2026-01-20T12:34:56.789Z", "2026-01-20", "a:b"])
)
ODD = PLAIN | st.sampled_from([float("nan"), float("inf"), float("-inf"), 10**4000, f"{CANARY}\ud800"])


def bodies(scalars: st.SearchStrategy[object], *names: str) -> st.SearchStrategy[Any]:
    """JSON of any kind, and the documented record with one place changed."""
    members = st.sampled_from([*NAMES, *names])
    values = st.recursive(
        scalars,
        lambda parts: st.lists(parts, max_size=4) | st.dictionaries(members, parts, max_size=6),
        max_leaves=12,
    )
    return values | st.builds(replaced, st.just(RECORD), st.sampled_from([(), *places(RECORD)]), values)


ANY = bodies(ODD, CANARY, f"{CANARY}\udfff")


KINDS = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}


@given(st.sampled_from([*RESPONSES, 429]), ANY)
def test_deviations_of_any_body_have_places_and_no_values(status, body):
    """For any JSON, nothing is raised, no value is reported, and the value at a pointer has the type."""
    reported = deviations(status, body)
    assert len(reported) <= MAX_DEVIATIONS
    assert CANARY[:6] not in repr(reported)
    assert len({(one.pointer, one.got_type) for one in reported}) == len(reported), "a value reported twice"
    for one in reported:
        if one.kind == "required" or "[name]" in one.pointer:
            assert one.got_type in {*KINDS.values(), "integer", "number", "nothing"}
            continue
        node = body
        for part in one.pointer.split("/")[1:]:
            node = node[int(part)] if isinstance(node, list) else node[part]
        number = "number" if isinstance(node, float) and not node.is_integer() else "integer"
        assert one.got_type == KINDS.get(type(node), number)


def closed() -> dict[str, Any]:
    """The document with its objects closed."""
    document = copy.deepcopy(DOCUMENT)
    for _, schema in schemas(document):
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return document


CLOSED = closed()
ORACLE = {
    status: jsonschema_rs.Draft202012Validator(
        {**response["schema"], "components": CLOSED["components"]}, validate_formats=True
    )
    for status, response in RESPONSES.items()
}


@given(st.sampled_from(list(RESPONSES)), bodies(PLAIN, CANARY))
@example(200, RECORD)
def test_there_are_deviations_if_and_only_if_the_body_is_invalid(status, body):
    """The places are searched by our own code, so a validator of the whole document has the last word."""
    assert (deviations(status, body) == ()) == ORACLE[status].is_valid(body)


@pytest.mark.parametrize(
    "body", [object(), {1: 2}, {"code": object()}, (1, 2), {"data": {"result": {None: 1}}}]
)
def test_body_that_is_not_a_json_raises_nothing(body):
    """Not even Python objects that no parser makes end in an exception."""
    assert deviations(200, body) != ()


def test_comparison_knows_what_the_document_uses():
    """A keyword that `_Schema` does not read, or a name that it would hide, must be taught to it first."""
    objects = {"type", "properties", "required", "additionalProperties"}
    lists = {"type", "items"}
    wording = {"description", "examples", "x-evidence", "x-evidence-reason"}
    for place, schema in schemas(DOCUMENT):
        if "/parameters/" in place:
            continue
        if "$ref" in schema or "anyOf" in schema:
            known = {"$ref", "anyOf"}
        elif "properties" in schema or "additionalProperties" in schema:
            known = objects
        else:
            known = lists if "items" in schema else {"type", *drift._ASSERTIONS}
        assert schema.keys() - wording <= known, f"{place}: teach src/convirza/_core/drift.py this keyword"
    for place, name, _ in all_properties(DOCUMENT):
        assert deviations(200, {**RECORD, f"{name}_x": 1})[0].pointer == f"/{name}_x", f"{place} is hidden"


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ({"anyOf": [{"$ref": "#/components/schemas/Name"}]}, None, [("type", "string")]),
        ({"anyOf": [{"$ref": "#/components/schemas/Name"}]}, "", [("minLength", "1")]),
        ({"type": "number", "minimum": 5}, 3, [("minimum", "at least 5")]),
        ({"type": "number", "exclusiveMinimum": 3}, 3, [("exclusiveMinimum", "3")]),
        ({"minimum": 5}, "no type, no limit", []),
        ({}, {"anything": 1}, []),
    ],
)
def test_schemas_that_the_document_may_get(source, value, expected):
    """What the generator accepts and the document does not use today is compared, too."""
    schema = drift._Schema(source, {"Name": {"type": "string", "minLength": 1}})
    assert [(one.kind, one.expected) for one in schema.deviations(value, "")] == expected
