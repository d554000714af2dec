"""What the models keep, show and write."""

import copy
import json
import pickle
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType

import attrs
import pytest

import convirza_client
from convirza_client import api, errors, models, types
from convirza_client.models import (
    Call,
    CallDetail,
    CallDisposition,
    CallResponse,
    Error,
    RecordingDetails,
    Tag,
    VoiceAgentData,
)
from convirza_client.types import UNSET, Response, Unset

CLASSES = [getattr(models, name) for name in models.__all__]
MODELS = [each for each in CLASSES if attrs.has(each)]
ENUMERATIONS = [each for each in CLASSES if not attrs.has(each)]


@pytest.fixture
def call(documented):
    """The documented call."""
    return CallResponse.from_dict(documented).data.result


# ---------------------------------------------------------------------------- round trips


NOON = datetime(2026, 2, 14, 18, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "value", "written"),
    [
        ("2026-02-14T18:20:12.000Z", NOON, None),
        ("2026-02-14T18:20:12.789Z", NOON.replace(microsecond=789000), None),
        ("2026-02-14T18:20:12.789123Z", NOON.replace(microsecond=789123), None),
        ("0001-01-01T00:00:00.000+01:00", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))), None),
        ("0001-01-01T00:00:00.000Z", datetime(1, 1, 1, tzinfo=UTC), None),
        ("9999-12-31T23:59:59.999Z", datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC), None),
        # RFC 3339 in another spelling is written in the API's own
        ("2026-02-14T18:20:12Z", NOON, "2026-02-14T18:20:12.000Z"),
        ("2026-02-14t18:20:12.0z", NOON, "2026-02-14T18:20:12.000Z"),
        ("2026-02-14T18:20:12-00:00", NOON, "2026-02-14T18:20:12.000Z"),
    ],
)
def test_timestamps_are_aware_and_go_back_to_the_wire_form(text, value, written):
    """A timestamp becomes an aware datetime, and the same text again."""
    tag = Tag.from_dict({"tag_created": text})
    assert tag.tag_created == value
    assert tag.tag_created.utcoffset() == value.utcoffset()
    assert tag.to_dict() == {"tag_created": written or text}


NO_TIMES = (
    "2016-12-31T23:59:60.000Z",  # a leap second: valid, and no datetime
    "0000-01-01T00:00:00.000Z",  # the year 0: valid, and no datetime
    "2026-02-14T18:20:12.1234567Z",  # would lose a digit
    "2026-02-14T18:20:12.000",  # no zone
    "2026-02-14T18:20:12.000+01:00:30",  # an offset with seconds is not RFC 3339
    *("2026-02-14 18:20:12.000Z", "2026-02-14", "20260214T182012Z", "2026-02-30T18:20:12.000Z"),
    *("2026-02-14T18:20:12.000Z\n", "٢٠٢٦-02-14T18:20:12.000Z", ""),
)
NO_DATES = ("2026-3-20", "20260320", "2026-W12-5", "2026-02-30", "2026-03-20T00:00:00Z")


@pytest.mark.parametrize(
    ("model", "member", "text"),
    [
        *((Tag, "tag_created", text) for text in NO_TIMES),
        *((VoiceAgentData, "appointment_date", text) for text in NO_DATES),
    ],
)
def test_invalid_time_is_kept_unchanged(model, member, text):
    """It is not guessed at, and not lost: it stays in additional_properties and goes back."""
    read = model.from_dict({member: text})
    assert getattr(read, member) is UNSET
    assert read.additional_properties == read.to_dict() == {member: text}


# ---------------------------------------------------------------------------- what the document does not say


def test_unknown_enumeration_value_is_kept(documented):
    """A disposition that the document does not list is its raw string, and goes back so."""
    documented["data"]["result"]["disposition"] = "TELEPORTED"
    response = CallResponse.from_dict(documented)
    disposition = response.data.result.disposition
    assert disposition == "TELEPORTED"
    assert str(disposition) == disposition.value == f"{disposition}" == "TELEPORTED"
    assert hash(disposition) == hash("TELEPORTED")
    assert json.dumps(response.to_dict(), sort_keys=True) == json.dumps(documented, sort_keys=True)
    assert type(response.to_dict()["data"]["result"]["disposition"]) is str
    assert "TELEPORTED" in repr(disposition)
    assert "TELEPORTED" not in list(CallDisposition)


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))]
)
@pytest.mark.parametrize("value", ["NEW", "", "a b", "ANSWERED"])
def test_enumeration_values_survive_copy_and_pickle(copied, value):
    """Unknown members too, equal and of the same type; known ones as themselves."""
    member = CallDisposition(value)
    again = copied(member)
    assert (again, type(again), again.value) == (member, CallDisposition, value)
    assert value != "ANSWERED" or again is CallDisposition.ANSWERED


@pytest.mark.parametrize("enumeration", ENUMERATIONS)
def test_enumeration_is_that_of_the_document(document, enumeration):
    """It has each value that the document lists, and no other; a member is written as its value, a string."""
    assert sorted(enumeration) == sorted(document["components"]["schemas"][enumeration.__name__]["enum"])
    assert all(str(member) == f"{member}" == member.value for member in enumeration)
    for value in (1, None, []):
        with pytest.raises(ValueError, match=f"not a valid {enumeration.__name__}"):
            enumeration(value)


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        *((Call, "duration", value) for value in ("182", True, 1.5)),
        *((Call, "tags", value) for value in ({}, "Lead", [None])),
        *((Call, "repeat_call", 1), (Call, "caller_id", 18015551234), (Call, "voiceagent_data", [])),
        *((Call, "disposition", 7), (Call, "call_flow", "text")),
        *((CallDetail, "call_value", value) for value in (True, "75", [])),
        *((Error, "timestamp", None), (Error, "request_id", None)),  # optional, but not nullable
    ],
)
def test_value_of_the_wrong_type_is_never_in_an_attribute(model, name, value):
    """It stays in additional_properties under its name; the attribute is UNSET, as its type says."""
    wire = {"call_id": 1, "code": 404, "message": "x", name: value}
    read = model.from_dict(wire)
    assert getattr(read, name) is UNSET
    assert read[name] == value
    assert read.to_dict() == wire


def test_attribute_that_is_set_wins_over_the_kept_value():
    """A call can be changed in code."""
    call = Call.from_dict({"call_id": 1, "duration": "182"})
    call.duration = 182
    assert call.to_dict() == {"call_id": 1, "duration": 182}


@pytest.mark.parametrize("value", [61.0, 2**63, -1])
def test_integers_are_taken_as_json_schema_has_them(value):
    """61.0 is an integer, and range is the document's business, not the type's."""
    call = Call.from_dict({"call_id": 1, "duration": value})
    assert (call.duration, type(call.duration)) == (value, int)


@pytest.mark.parametrize("value", [None, [], "text", 7, [("call_id", 1)]])
def test_from_dict_takes_objects_only(value):
    """Anything else is ParseError."""
    with pytest.raises(errors.ParseError, match=f"^value: expected an object, got {type(value).__name__}$"):
        Call.from_dict(value)


def test_from_dict_takes_any_mapping():
    """A mapping that is no dict will do, and is left alone."""
    wire = MappingProxyType({"call_id": 1, "new": 2})
    assert Call.from_dict(wire).to_dict() == wire


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_additional_properties_are_items(model):
    """They are filled by keyword or by item, and never shared between two models."""
    required = {field.name: 1 for field in attrs.fields(model) if field.default is attrs.NOTHING}
    one, other = model(**required), model(**required)
    one["new"] = 2
    assert one == model(**required, additional_properties={"new": 2})
    assert (one["new"], "new" in one, one.additional_keys) == (2, True, ["new"])
    assert one.to_dict()["new"] == 2
    one["new"] = 3
    assert one["new"] == 3
    assert ("new" in other, other.additional_keys) == (False, [])
    del one["new"]
    assert one == other
    with pytest.raises(KeyError):
        one["new"]


def test_modules_export_what_is_public(document):
    """__all__ has the names below and no other, and each is there."""
    schemas = document["components"]["schemas"]
    classes = {name for name, schema in schemas.items() if schema.get("type") == "object" or "enum" in schema}
    exported = {
        convirza_client: {"AuthenticatedClient", "Client"},
        api: {"OPERATIONS"},
        models: classes,
        types: {
            *("UNSET", "File", "FileTypes", "Operation", "Request", "RequestFiles", "Response", "Unset"),
        },
    }
    for module, names in exported.items():
        assert sorted(module.__all__) == sorted(names)
        assert all(hasattr(module, name) for name in names)


# ---------------------------------------------------------------------------- copies and looks


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))]
)
def test_unset_stays_one_object(copied):
    """`is UNSET` holds after copy and pickle, alone and inside a model."""
    assert copied(UNSET) is UNSET
    assert not UNSET
    assert isinstance(UNSET, Unset)
    assert copied(Call(call_id=1)).tags is UNSET


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_models_survive_copy_and_pickle(copied, documented):
    """A copy is equal and shares nothing."""
    response = CallResponse.from_dict(documented)
    again = copied(response)
    assert again == response
    again.data.result.tags[0].tag_name = "Other"
    assert again != response


def test_signed_url_does_not_show_its_query(call):
    """The repr of a recording, of the call around it and of an unlisted member hides what signs a URL."""
    url = "https://api.convirza.com/v3/recordings/1?secret=CANARY&access=CANARY"
    call.recording_details = RecordingDetails.from_dict({"url": url, "download": [url], "more": {"url": url}})
    call.comments[0].note = f"listen: {url}"
    call["mirror"] = url
    for shown in (repr(call), str(call), f"{call.recording_details}", repr([call])):
        assert "CANARY" not in shown
        assert "recordings/1?..." in shown
    assert "'download': ['https://api.convirza.com/v3/recordings/1?...']" in repr(call)
    assert call.recording_details.url == url
    assert call.recording_details.to_dict()["url"] == url


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Call(call_id=1, duration=5, campaign_name=None), "Call(call_id=1, duration=5, campaign_name=None)"),
        (Call.from_dict({"call_id": 1, "new": 2}), "Call(call_id=1, additional_properties={'new': 2})"),
        (
            Response(status_code=404, content=b"x", headers={"x": "y"}, parsed=None),
            "Response(status_code=404, parsed=None)",
        ),
        (
            Call(call_id=1, disposition=CallDisposition.ANSWERED),
            "Call(call_id=1, disposition=<CallDisposition.ANSWERED: 'ANSWERED'>)",
        ),
    ],
)
def test_repr_names_what_is_set(value, shown):
    """Members that are UNSET are left out; a Response shows neither body nor headers."""
    assert repr(value) == shown
