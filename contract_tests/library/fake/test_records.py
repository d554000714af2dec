"""The calls that the fake API holds."""

import hashlib
import json
from collections import Counter
from typing import Any

import pytest

from convirza.fake.records import (
    FORBIDDEN_CALL_ID,
    LARGEST_ID,
    MODULES,
    SMALLEST_ID,
    UNKNOWN_CALL_ID,
    calls,
    ids_in_scope,
    in_scope,
)


def test_seeded_calls_do_not_change_between_versions() -> None:
    """The calls of seed 7 are pinned, on each Python that runs this test, and made alike each time."""
    for _ in range(2):
        calls.cache_clear()
        text = json.dumps(list(calls(7).values()))
        assert hashlib.sha256(text.encode()).hexdigest()[:16] == "523f4f60a494da2c"


@pytest.mark.parametrize("seed", [0, 7])
def test_calls_are_of_all_kinds(seed: int, document: dict[str, Any]) -> None:
    """Numbers are fictitious, each disposition and null occurs, days are in order."""
    every = list(calls(seed).values())
    assert len(ids_in_scope(seed)) == len(every) - 50 >= 1_000
    dispositions = Counter(call["disposition"] for call in every)
    assert sorted(dispositions) == sorted(document["components"]["schemas"]["CallDisposition"]["enum"])
    for key in (*MODULES.values(), "campaign_id", "user_id", "group_name"):
        counts = Counter(call[key] is None for call in every)
        assert min(*dispositions.values(), counts[True], counts[False]) >= 10, key
    for key in ("caller_id", "phone_number", "ring_to", "default_ring_to"):
        # exchange 555 and a line from 0100 to 0199, which is never assigned
        assert {(call[key][0], call[key][4:9]) for call in every[1:]} == {("1", "55501")}
        assert {len(call[key]) for call in every} == {11}
    starts = [call["call_started"] for call in every[1:]]
    assert starts == sorted(starts)
    assert len({start[:10] for start in starts}) == 90
    seen: set[str] = set()
    for call in every[1:]:
        assert call["repeat_call"] == (call["caller_id"] in seen)
        seen.add(call["caller_id"])
        if call["disposition"] in ("ABANDONED", "BUSY", "FAILED", "NO ANSWER"):
            assert call["duration"] == 0
            assert call["recording_details"] is call["transcription"] is call["summary"] is None
        if call["campaign_id"] is None:
            assert call["campaign_name"] is call["campaign_ext_id"] is None


@pytest.mark.parametrize("seed", [0, 1, 7, 2**40])
def test_ids_that_tests_rely_on_exist_whatever_the_seed(seed: int) -> None:
    """The edges are calls in scope, one known id is out of scope and one is no call."""
    assert {SMALLEST_ID, LARGEST_ID} <= set(ids_in_scope(seed))
    assert not in_scope(calls(seed)[FORBIDDEN_CALL_ID])
    assert UNKNOWN_CALL_ID not in calls(seed)
