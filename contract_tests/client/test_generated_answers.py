"""Responses drawn from the document's schemas, and the documented responses with one defect.

The oracle is the document: jsonschema-rs says whether a body conforms, and what the client gives is compared
with the JSON on the wire, member by member, by rules written here.

Bodies are drawn by the few lines of `values` below. hypothesis-jsonschema 0.23.1 fails with hypothesis 6.170,
and schemathesis's own drawing (a mirror document whose request bodies are our responses) took 0.17 s a body,
hardly ever with a module in it.
"""

import builtins
import datetime
import json
import os
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convirza_client import errors
from convirza_client.api import OPERATIONS
from convirza_client.types import UNSET
from support.contract import media, response_validator
from support.document import resolved
from support.library.json_places import JSON, edited, places, replaced

TIMES = int(os.environ.get("CONVIRZA_CONTRACT_TIMES", "1"))
STATUSES = (200, 400, 401, 403, 404, 500)
each_response = pytest.mark.parametrize(
    ("operation", "status"),
    [
        (each.id, int(status))
        for each in OPERATIONS.values()
        for status in each.responses
        if each.responses[status]
    ],
)


# ---------------------------------------------------------------------------- drawing from a schema

FORMATS: dict[str | None, st.SearchStrategy[str]] = {
    None: st.text(max_size=20),
    "date": st.dates().map(datetime.date.isoformat),
    "date-time": st.datetimes().map(lambda time: time.isoformat(timespec="milliseconds") + "Z"),
    "uri": st.from_regex(
        r"https://[a-z]{1,9}\.test/[a-z]{0,9}(\?[a-z]{1,9}=[a-zA-Z0-9%._-]{0,9})?", fullmatch=True
    ).filter(lambda uri: "%" not in uri),
    "uuid": st.uuids().map(str),
}


def values(document: dict[str, Any], schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that conform to a schema, of the kinds that the house rules allow in the document."""
    schema = resolved(document, schema)
    if "anyOf" in schema:
        return st.one_of([values(document, each) for each in schema["anyOf"]])
    if isinstance(schema["type"], list):
        return st.one_of([values(document, {**schema, "type": each}) for each in schema["type"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "object":
            members = {name: values(document, each) for name, each in schema.get("properties", {}).items()}
            must = {name: members.pop(name) for name in schema.get("required", [])}
            others = st.dictionaries(
                st.text(max_size=5).filter(lambda name: name not in members), JSON, max_size=1
            )
            known = st.fixed_dictionaries(must, optional=members)
            return st.builds(lambda known, others: {**others, **known}, known, others)
        case "array":
            return st.lists(values(document, schema["items"]), max_size=2)
        case "integer":
            return st.integers(schema.get("minimum"), schema.get("maximum"))
        case "number":
            return st.floats(allow_nan=False, allow_infinity=False) | st.integers()
        case "string":
            return FORMATS[schema.get("format")]
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case other:
            raise NotImplementedError(other)


# ---------------------------------------------------------------------------- the expected result


def expected(document: dict[str, Any], schema: dict[str, Any], wire: Any) -> Any:
    """The Python value of a scalar on the wire, by the document's schema."""
    schema = resolved(document, schema)
    for each in schema.get("anyOf", []):
        if wire is not None and each != {"type": "null"}:
            return expected(document, each, wire)
    match schema.get("format") if isinstance(wire, str) else None:
        case "date-time":
            time = datetime.datetime.strptime(wire, "%Y-%m-%dT%H:%M:%S.%fZ")
            return time.replace(tzinfo=datetime.UTC)
        case "date":
            return datetime.datetime.strptime(wire, "%Y-%m-%d").date()
        case "uuid":
            return UUID(wire)
    return wire


def assert_reads(document: dict[str, Any], schema: dict[str, Any], value: Any, wire: Any) -> None:
    """`value`, which the client returned, equals `wire`, attribute by attribute."""
    schema = resolved(document, schema)
    for each in schema.get("anyOf", []):
        if wire is not None and each != {"type": "null"}:
            assert_reads(document, each, value, wire)
            return
    if isinstance(wire, dict):
        properties = schema.get("properties", {})
        for name, each in properties.items():
            # The generator moves out of the way of Python's own names: `format` is `format_`.
            read = getattr(value, f"{name}_" if hasattr(builtins, name) else name)
            if name in wire:
                assert_reads(document, each, read, wire[name])
            else:
                assert read is UNSET
        assert value.additional_properties == {name: wire[name] for name in wire if name not in properties}
    elif isinstance(wire, list):
        assert len(value) == len(wire)
        for one, each in zip(value, wire, strict=True):
            assert_reads(document, schema["items"], one, each)
    else:
        wanted = expected(document, schema, wire)
        assert value == wanted
        assert isinstance(value, type(wanted))
        assert not isinstance(value, datetime.datetime) or value.utcoffset() == datetime.timedelta(0)


def as_json(value: Any) -> str:
    """Comparable text: True is not 1 and 1.0 is not 1."""
    return json.dumps(value, sort_keys=True)


def parse(operation: str, status: int, text: str) -> Any:
    """The model of a body; without a client, which takes 95 % of the time."""
    return OPERATIONS[operation].responses[str(status)].from_dict(json.loads(text))


# ---------------------------------------------------------------------------- conforming responses


@pytest.mark.parametrize("status", STATUSES)
def test_conforming_body_is_read_and_written_exactly(document, status):
    """Whatever the document allows is read member by member, and written as the same JSON."""
    schema, validator = media(status)["schema"], response_validator(status)

    @given(body=values(document, schema))
    @settings(max_examples=TIMES * (150 if status == 200 else 30))
    def check(body: Any) -> None:
        validator.validate(body)
        parsed = parse("get_call", status, json.dumps(body))
        assert_reads(document, schema, parsed, body)
        assert as_json(parsed.to_dict()) == as_json(body)

    check()


# ---------------------------------------------------------------------------- one thing wrong


OTHER_VALUES = [None, True, 0, -1, 7.5, 2**70, "", "text", "\ud800", [], [None], {}, {"": []}]


def damaged(body: Any) -> Iterator[tuple[str, Any]]:
    """The body, and copies with one member dropped, renamed, or replaced by a value of another kind."""
    yield "nothing", body
    for path in places(body):
        name = "/".join(map(str, path))
        yield f"{name} dropped", replaced(body, path, ...)
        if isinstance(path[-1], str):
            rename = lambda parent, key: parent.update({f"{key}_": parent.pop(key)})  # noqa: E731
            yield f"{name} renamed", edited(body, path, rename)
        for other in OTHER_VALUES:
            yield f"{name} = {other!r}", replaced(body, path, other)


@each_response
def test_one_wrong_member_is_kept_or_named(document, operation, status):
    """A body with one member dropped, renamed or replaced: what conforms is read exactly; what does not is
    kept and written back exactly, or is ParseError that names a member the document requires."""
    content, validator = media(status, operation), response_validator(status, operation)
    counts = {True: 0, False: 0}
    for example in content["examples"].values():
        for what, body in damaged(example["value"]):
            text = json.dumps(body)
            conforms = "\\ud800" not in text and validator.is_valid(body)
            counts[conforms] += 1
            try:
                parsed = parse(operation, status, text)
            except errors.ParseError as error:
                assert not conforms, what
                named = str(error).partition(":")[0]
                place = ".".join(part for part in what.partition(" ")[0].split("/") if not part.isdigit())
                assert named.startswith(place) or place.startswith(named), (what, str(error))
            else:
                assert as_json(parsed.to_dict()) == as_json(body), what
                if conforms:
                    assert_reads(document, content["schema"], parsed, body)
    assert min(counts.values()) > 5


def test_truncated_body_is_invalid(fetch, responding):
    """A body that ends anywhere is InvalidBody."""
    whole = json.dumps(media(200)["examples"]["documented"]["value"]).encode()
    for end in range(0, len(whole), len(whole) // 100):
        with pytest.raises(errors.InvalidBody):
            fetch(responding(200, whole[:end]))


@pytest.mark.parametrize("status", STATUSES)
def test_body_under_another_status_is_read_by_that_status(fetch, responding, document, status):
    """The status decides how a body is read, whatever the body says of itself."""
    for other in (*STATUSES, 204, 302, 418, 429, 502, 520):
        content = media(status)
        body = next(iter(content["examples"].values()))["value"]
        try:
            response = fetch(responding(other, json.dumps(body).encode()))
        except errors.InvalidBody:
            assert not response_validator(other).is_valid(body)
        else:
            assert response.status_code == other
            if other in STATUSES:
                assert_reads(document, media(other)["schema"], response.parsed, body)
            else:
                assert response.parsed is None
