"""What the models keep, show and write."""

import copy
import json
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from types import MappingProxyType
from uuid import UUID

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


def test_documented_response_round_trips(documented):
    """from_dict and to_dict return the documented example, byte for byte as sorted JSON."""
    before = json.dumps(documented, sort_keys=True)
    assert json.dumps(CallResponse.from_dict(documented).to_dict(), sort_keys=True) == before
    assert json.dumps(documented, sort_keys=True) == before, "from_dict changed its argument"


def test_members_have_their_types(documented, call):
    """Values have the types of the annotations."""
    response = CallResponse.from_dict(documented)
    assert response.request_id == UUID("550e8400-e29b-41d4-a716-446655440000")
    assert response.timestamp == datetime(2026, 1, 20, 12, 34, 56, 789000, UTC)
    assert call.disposition is CallDisposition.ANSWERED
    assert call.call_started == datetime(2026, 2, 14, 18, 20, 12, tzinfo=UTC)
    assert call.call_started.utcoffset() == timedelta(0)
    assert call.voiceagent_data.appointment_date == date(2026, 3, 20)
    assert call.voiceagent_data.additional_info["service_type"] == "roof_inspection"
    assert call.custom_sources.custom_source_type_5.custom_source_id == 445
    assert [tag.tag_name for tag in call.tags] == ["Lead"]
    assert type(call.call_detail.call_value) is int
    assert call.call_flow is UNSET


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-02-14T18:20:12.000Z", datetime(2026, 2, 14, 18, 20, 12, tzinfo=UTC)),
        ("2026-02-14T18:20:12.789Z", datetime(2026, 2, 14, 18, 20, 12, 789000, tzinfo=UTC)),
        ("2026-02-14T18:20:12.789123Z", datetime(2026, 2, 14, 18, 20, 12, 789123, tzinfo=UTC)),
        ("0001-01-01T00:00:00.000+01:00", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))),
        ("0001-01-01T00:00:00.000Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59.999Z", datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)),
    ],
)
def test_timestamps_are_aware_and_go_back_to_the_wire_form(text, value):
    """A timestamp with milliseconds becomes an aware datetime and the same text again."""
    tag = Tag.from_dict({"tag_created": text})
    assert tag.tag_created == value
    assert tag.tag_created.tzinfo is not None
    assert tag.to_dict() == {"tag_created": text}


@pytest.mark.parametrize(
    "text", ["2026-02-14T18:20:12Z", "2026-02-14t18:20:12.0z", "2026-02-14T18:20:12-00:00"]
)
def test_other_spellings_of_a_timestamp_are_the_same_time(text):
    """RFC 3339 in another spelling is understood, and written in the API's own."""
    tag = Tag.from_dict({"tag_created": text})
    assert tag.tag_created == datetime(2026, 2, 14, 18, 20, 12, tzinfo=UTC)
    assert tag.to_dict() == {"tag_created": "2026-02-14T18:20:12.000Z"}


@pytest.mark.parametrize(
    "text",
    [
        "2016-12-31T23:59:60.000Z",  # a leap second: valid, and no datetime
        "0000-01-01T00:00:00.000Z",  # the year 0: valid, and no datetime
        "2026-02-14T18:20:12.1234567Z",  # would lose a digit
        "2026-02-14T18:20:12.000",  # no zone
        "2026-02-14 18:20:12.000Z",
        "2026-02-14",
        "20260214T182012Z",
        "2026-02-30T18:20:12.000Z",
        "2026-02-14T18:20:12.000Z\n",
        "2026-02-14T18:20:12.000+01:00:30",  # an offset with seconds is not RFC 3339
        "٢٠٢٦-02-14T18:20:12.000Z",
        "",
    ],
)
def test_invalid_datetime_is_kept_unchanged(text):
    """It is not guessed at, and not lost: it stays in additional_properties and goes back."""
    tag = Tag.from_dict({"tag_created": text})
    assert tag.tag_created is UNSET
    assert tag.additional_properties == {"tag_created": text}
    assert tag.to_dict() == {"tag_created": text}


@pytest.mark.parametrize(
    "text", ["2026-3-20", "20260320", "2026-W12-5", "2026-02-30", "2026-03-20T00:00:00Z"]
)
def test_invalid_date_is_kept_unchanged(text):
    """Only YYYY-MM-DD is a date."""
    agent = VoiceAgentData.from_dict({"appointment_date": text})
    assert (agent.appointment_date, agent.to_dict()) == (UNSET, {"appointment_date": text})


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
def test_enumeration_value_is_written_as_its_string(enumeration):
    """str() and format() of each member are its value."""
    assert all(str(member) == f"{member}" == member.value for member in enumeration)


@pytest.mark.parametrize("value", [1, None, []])
@pytest.mark.parametrize("enumeration", ENUMERATIONS)
def test_enumeration_value_is_a_string(enumeration, value):
    """What is no string is no member."""
    with pytest.raises(ValueError, match=f"not a valid {enumeration.__name__}"):
        enumeration(value)


def test_unknown_members_are_kept_at_every_level(documented):
    """A member that the document does not list is in additional_properties, and goes back."""
    documented["new"] = documented["data"]["new"] = {"a": [1]}
    documented["data"]["result"]["new"] = documented["data"]["result"]["tags"][0]["new"] = None
    response = CallResponse.from_dict(documented)
    assert response["new"] == {"a": [1]}
    assert "new" in response.data.result
    assert response.data.result.tags[0].additional_keys == ["new"]
    assert response.to_dict() == documented


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("duration", "182"),
        ("duration", True),
        ("duration", 1.5),
        ("repeat_call", 1),
        ("caller_id", 18015551234),
        ("tags", {}),
        ("tags", "Lead"),
        ("tags", [None]),
        ("voiceagent_data", []),
        ("disposition", 7),
        ("call_flow", "text"),
    ],
)
def test_value_of_the_wrong_type_is_never_in_an_attribute(name, value):
    """It stays in additional_properties under its name; the attribute is UNSET, as its type says."""
    call = Call.from_dict({"call_id": 1, name: value})
    assert getattr(call, name) is UNSET
    assert call[name] == value
    assert call.to_dict() == {"call_id": 1, name: value}


@pytest.mark.parametrize("value", [True, "75", None, []])
def test_number_is_neither_a_boolean_nor_a_text(value):
    """A value of a call that is no number is kept aside, but for null."""
    detail = CallDetail.from_dict({"call_value": value})
    assert detail.call_value is (None if value is None else UNSET)
    assert detail.to_dict() == {"call_value": value}


def test_attribute_that_is_set_wins_over_the_kept_value():
    """A call can be changed in code."""
    call = Call.from_dict({"call_id": 1, "duration": "182"})
    call.duration = 182
    assert call.to_dict() == {"call_id": 1, "duration": 182}


def test_null_and_missing_are_distinguished(call):
    """null is None, a missing member is UNSET, and both are written back unchanged."""
    members = dict.fromkeys(call.to_dict())
    wire = {**members, "call_id": 1}
    empty = Call.from_dict(wire)
    assert empty.tags is None
    assert empty.call_flow is UNSET
    assert empty.to_dict() == wire
    assert Call.from_dict({"call_id": 1}).to_dict() == {"call_id": 1}


def test_null_does_not_fit_where_it_is_not_allowed():
    """An optional member that is not nullable keeps a null aside."""
    error = Error.from_dict({"code": 404, "message": "x", "timestamp": None, "request_id": None})
    assert (error.timestamp, error.request_id) == (UNSET, UNSET)
    assert error.to_dict() == {"code": 404, "message": "x", "timestamp": None, "request_id": None}


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


@pytest.mark.parametrize("enumeration", ENUMERATIONS)
def test_enumerations_have_the_values_of_the_document(document, enumeration):
    """Each value that the document lists, and no other, is a member."""
    assert sorted(enumeration) == sorted(document["components"]["schemas"][enumeration.__name__]["enum"])


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


def test_repr_names_what_is_set():
    """A repr is short: members that are UNSET are left out."""
    assert (
        repr(Call(call_id=1, duration=5, campaign_name=None))
        == "Call(call_id=1, duration=5, campaign_name=None)"
    )


def test_response_shows_no_body_and_no_header():
    """The repr of a Response has the status and the parsed model."""
    response = Response(status_code=404, content=b"CANARY", headers={"x": "CANARY"}, parsed=None)
    assert repr(response) == "Response(status_code=404, parsed=None)"


def test_repr_shows_an_enumeration_as_such(call):
    """A member of an enumeration is distinguished from its string."""
    assert "disposition=<CallDisposition.ANSWERED: 'ANSWERED'>" in repr(call)


def test_repr_shows_members_that_are_kept_aside():
    """What is in additional_properties is part of the model."""
    assert (
        repr(Call.from_dict({"call_id": 1, "new": 2})) == "Call(call_id=1, additional_properties={'new': 2})"
    )
