"""The calls that the fake API holds."""

import hashlib
import json
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from convirza.fake.records import (
    FORBIDDEN_CALL_ID,
    LARGEST_ID,
    MODULES,
    SMALLEST_ID,
    UNKNOWN_CALL_ID,
    Call,
    calls,
    ids_in_scope,
    in_scope,
)

MISSED = ("ABANDONED", "BUSY", "FAILED", "NO ANSWER")


def _all() -> list[Call]:
    return list(calls().values())


def test_same_seed_makes_the_same_calls() -> None:
    """Two builds from one seed are equal, member by member and in order."""
    first = calls(7)
    calls.cache_clear()
    second = calls(7)

    assert first is not second
    assert list(first.items()) == list(second.items())


def test_seeded_calls_do_not_change_between_versions() -> None:
    """The calls of seed 7 are pinned, on each Python that runs this test."""
    text = json.dumps(list(calls(7).values()))

    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "3fef861167e23ad2"


def test_another_seed_makes_other_calls() -> None:
    """Seeds differ in more than the order of their calls."""
    assert calls(7)[SMALLEST_ID] != calls(8)[SMALLEST_ID]
    assert calls(7).keys() != calls(8).keys()


@pytest.mark.parametrize("seed", [0, 1, 7, 2**40])
def test_ids_that_tests_rely_on_exist_whatever_the_seed(seed: int) -> None:
    """The edges are calls in scope, one known id is out of scope and one is no call."""
    assert {SMALLEST_ID, LARGEST_ID} <= set(ids_in_scope(seed))
    assert not in_scope(calls(seed)[FORBIDDEN_CALL_ID])
    assert UNKNOWN_CALL_ID not in calls(seed)


def test_at_least_a_thousand_calls_are_in_scope_and_some_are_not() -> None:
    """The counts of calls inside and outside the scope."""
    assert len(ids_in_scope()) >= 1_000
    assert len(calls()) - len(ids_in_scope()) == 50


def test_every_day_of_the_ninety_has_calls() -> None:
    """Calls start on each day from 1 January to 31 March 2026, in order."""
    starts = [call["call_started"] for call in _all()[1:]]
    first = date(2026, 1, 1)

    assert starts == sorted(starts)
    assert {start[:10] for start in starts} == {str(first + timedelta(days=day)) for day in range(90)}
    assert str(first + timedelta(days=89)) == "2026-03-31"


def test_every_disposition_of_the_document_occurs(document: dict[str, Any]) -> None:
    """The calls show all dispositions that the document lists, each several times."""
    listed = document["components"]["schemas"]["CallDisposition"]["enum"]
    counts = Counter(call["disposition"] for call in _all())

    assert sorted(counts) == sorted(listed)
    assert min(counts.values()) >= 10


def test_missed_call_has_neither_length_nor_recording() -> None:
    """Nobody spoke in a missed call, so nothing of speech is in its record."""
    missed = [call for call in _all() if call["disposition"] in MISSED]

    assert missed
    assert {call["duration"] for call in missed} == {0}
    for key in ("recording_details", "transcription", "summary", "indicators", "user_id"):
        assert {call[key] for call in missed} == {None}


def test_voicemail_has_a_recording() -> None:
    """Each voicemail has its length and its recording."""
    voicemails = [call for call in _all() if call["disposition"] == "VOICEMAIL"]

    assert voicemails
    assert all(call["duration"] > 0 and call["recording_details"] for call in voicemails)


@pytest.mark.parametrize("key", [*MODULES.values(), "campaign_id", "user_id", "group_name"])
def test_each_module_and_attribution_occurs_and_is_missing(key: str) -> None:
    """Some calls have the member and some have null."""
    counts = Counter(call[key] is None for call in _all())

    assert counts[True] >= 20
    assert counts[False] >= 20


def test_unattributed_call_has_no_campaign_at_all() -> None:
    """Id, name and external id of the campaign are null together."""
    unattributed = [call for call in _all() if call["campaign_id"] is None]

    assert unattributed
    assert {(call["campaign_name"], call["campaign_ext_id"]) for call in unattributed} == {(None, None)}


def test_some_attributed_calls_have_no_external_id() -> None:
    """A campaign that the customer gave no identifier of its own."""
    assert any(call["campaign_id"] and call["campaign_ext_id"] is None for call in _all())


def test_repeat_call_says_whether_the_number_called_before() -> None:
    """The flag follows from the calls themselves, in the order of time."""
    seen: set[str] = set()
    for call in _all()[1:]:
        assert call["repeat_call"] == (call["caller_id"] in seen)
        seen.add(call["caller_id"])
    assert 100 < len(seen) < 500


@pytest.mark.parametrize("name", ["Zoë Brontë", "李 小龍", "Łukasz Żółć", "محمد الفاسي", "שרה לוי"])
def test_names_are_in_many_scripts(name: str) -> None:
    """The identity of some callers is beyond ASCII, right to left included."""
    assert any(call["ai_caller_identity"] == name for call in _all())


def test_some_campaign_names_have_emoji() -> None:
    """Characters outside the basic plane occur."""
    assert any(ord(max(call["campaign_name"] or " ")) > 0xFFFF for call in _all())


@pytest.mark.parametrize("key", ["caller_id", "phone_number", "ring_to", "default_ring_to"])
def test_phone_numbers_of_seeded_calls_are_fictitious(key: str) -> None:
    """Every number has the exchange 555 and a line from 0100 to 0199, which nobody is given."""
    assert {(call[key][0], call[key][4:9]) for call in _all()[1:]} == {("1", "55501")}
    assert {len(call[key]) for call in _all()} == {11}
