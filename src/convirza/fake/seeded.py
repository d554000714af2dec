"""Calls generated from a seed: the same calls on every Python from 3.11 on."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final, TypeAlias, TypeVar

from convirza.fake.timestamps import timestamp
from convirza.fake.words import (
    CAMPAIGNS,
    CHANNELS,
    COMMENTS,
    GROUPS,
    INDICATORS,
    LINES,
    PEOPLE,
    SOURCES,
    SUMMARIES,
    TAGS,
)

Call: TypeAlias = Mapping[str, Any]
_T = TypeVar("_T")

FORBIDDEN_CALL_ID: Final = 403
"""A call of an organisation unit outside the scope of the token, for any seed."""
SMALLEST_ID: Final = 1
LARGEST_ID: Final = 2**63 - 1

ORG_UNITS_IN_SCOPE: Final = (1200, 1201, 1202)
ORG_UNIT_OUT_OF_SCOPE: Final = 1300

FIRST_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
DAYS: Final = 90
DEFAULT_CALLS: Final = 1_100

# One disposition for each twentieth of the calls; changing the order changes all seeds.
_DISPOSITIONS: Final = (
    *("ANSWERED",) * 11,
    *("NO ANSWER",) * 2,
    *("VOICEMAIL",) * 2,
    *("ABANDONED",) * 2,
    "TRANSFERRED",
    "BUSY",
    "FAILED",
)
_RARE_DISPOSITIONS: Final = ("Caller Hangup", "HANGUP", "REFERRAL")
# By position in time; the other calls have generated ids.
_FORBIDDEN_INDEX: Final = 10
_SPECIAL_IDS: Final[Mapping[int, int]] = {
    0: SMALLEST_ID,
    _FORBIDDEN_INDEX: FORBIDDEN_CALL_ID,
}
_MISSED: Final = frozenset({"NO ANSWER", "ABANDONED", "BUSY", "FAILED"})


def make_calls(seed: int, count: int) -> dict[int, Call]:
    """`count` calls of a seed by id, in the order of their start.

    Each has all modules, or `None`, but no address of the recording, which depends on the request. Every
    22nd call is out of scope. The smallest and the largest id that the document allows exist.
    """
    dice = _Dice(seed)
    callers = [_Caller(dice, number) for number in range(400)]
    # One call in each time slot: every day has calls, in the order of time.
    slot = DAYS * 86_400_000 // count
    made: dict[int, Call] = {}
    next_id = 1_000_000
    for index in range(count):
        next_id += dice.between(1, 2_000)
        call_id = LARGEST_ID if index == count - 1 else _SPECIAL_IDS.get(index, next_id)
        org_unit_id = dice.pick(ORG_UNITS_IN_SCOPE)
        if index % 22 == _FORBIDDEN_INDEX:
            org_unit_id = ORG_UNIT_OUT_OF_SCOPE
        started = FIRST_DAY + timedelta(milliseconds=index * slot + dice.below(slot))
        # Squared, so that some callers call often and many only once.
        caller = callers[int(dice.roll() ** 2 * len(callers))]
        made[call_id] = _make_call(dice, call_id, org_unit_id, started, caller)
        if index % 25 == 12:  # without a draw, so that the other calls stay as they are
            rare = _RARE_DISPOSITIONS[index // 25 % len(_RARE_DISPOSITIONS)]
            made[call_id] = {**made[call_id], "disposition": rare}
    return made


class _Dice:
    """Draws from a seed; only with `random`, the one method that Python guarantees not to change."""

    def __init__(self, seed: int) -> None:
        self.roll = Random(seed).random

    def chance(self, probability: float) -> bool:
        return self.roll() < probability

    def below(self, end: int) -> int:
        return int(self.roll() * end)

    def between(self, start: int, end: int) -> int:
        return start + self.below(end - start)

    def pick(self, choices: Sequence[_T]) -> _T:
        return choices[self.below(len(choices))]


class _Caller:
    """A caller with a fixed, fictitious number (555-01xx)."""

    def __init__(self, dice: _Dice, number: int) -> None:
        self.number = f"1{('208', '385', '435', '702')[number // 100]}55501{number % 100:02d}"
        self.first_name, self.last_name = dice.pick(PEOPLE)
        self.has_called = False


def _make_call(dice: _Dice, call_id: int, org_unit_id: int, started: datetime, caller: _Caller) -> Call:
    disposition = dice.pick(_DISPOSITIONS)
    missed = disposition in _MISSED
    voicemail = disposition == "VOICEMAIL"
    talked = not missed and not voicemail
    duration = 0 if missed else dice.between(3, 120) if voicemail else dice.between(5, 1_800)
    attributed = dice.chance(0.7)
    campaign = dice.pick(CAMPAIGNS) if attributed else (None, None, None)
    default_ring_to = f"1801555019{dice.below(10)}"
    ring_to = f"1801555017{dice.below(10)}" if dice.chance(0.2) else default_ring_to
    identified = dice.chance(0.6)
    recorded = voicemail or (talked and dice.chance(0.9))
    transcribed = recorded and dice.chance(0.8)
    repeat_call = caller.has_called
    caller.has_called = True
    return {
        "call_id": call_id,
        "provisioned_route_id": dice.between(1_000, 1_040),
        "org_unit_id": org_unit_id,
        "disposition": disposition,
        "duration": duration,
        "caller_id": caller.number,
        "phone_number": f"1801555018{dice.below(10)}",
        "ring_to": ring_to,
        "default_ring_to": default_ring_to,
        "repeat_call": repeat_call,
        "call_started": timestamp(started),
        "campaign_id": campaign[0],
        "campaign_name": campaign[1],
        "campaign_ext_id": campaign[2],
        "user_id": dice.between(1_001, 1_021) if talked and dice.chance(0.8) else None,
        "group_name": dice.pick(GROUPS) if dice.chance(0.8) else None,
        "ai_caller_identity": (
            f"{caller.first_name} {caller.last_name}" if identified and not missed else None
        ),
        "voiceagent_data": (_voice_agent(dice, caller, started) if talked and dice.chance(0.2) else None),
        "recording_details": _recording(dice, duration, started) if recorded else None,
        "call_detail": (
            _call_detail(dice, duration, started, attributed=attributed) if dice.chance(0.95) else None
        ),
        "custom_sources": _custom_sources(dice) if dice.chance(0.5) else None,
        "tags": _tags(dice, started) if dice.chance(0.5) else None,
        "comments": _comments(dice, call_id, started) if dice.chance(0.25) else None,
        "indicators": _indicators(dice) if talked and dice.chance(0.7) else None,
        "summary": dice.pick(SUMMARIES) if transcribed and dice.chance(0.9) else None,
        "transcription": _transcription(dice, caller) if transcribed else None,
        "call_flow": _call_flow(dice, disposition, ring_to) if dice.chance(0.6) else None,
    }


def _voice_agent(dice: _Dice, caller: _Caller, started: datetime) -> dict[str, Any]:
    outcome = dice.chance(0.6)
    wanted = started + timedelta(days=dice.between(1, 15))
    return {
        "voiceagent_id": dice.between(40, 46),
        "voiceagent_name": "Customer Support Agent",
        "outcome": outcome,
        "summary": dice.pick(SUMMARIES),
        "first_name": caller.first_name,
        "last_name": caller.last_name,
        "phone_number": f"+{caller.number}",
        "requested_time": timestamp(wanted) if outcome else None,
        "appointment_date": f"{wanted:%Y-%m-%d}" if outcome else None,
        "appointment_time": f"{wanted:%H}:{dice.pick(('00', '30'))}" if outcome else None,
        "additional_info": {"notes": dice.pick(COMMENTS)} if dice.chance(0.5) else None,
    }


def _recording(dice: _Dice, duration: int, started: datetime) -> dict[str, Any]:
    recording_id = dice.between(1_000, 1_000_000)
    hours, minutes, seconds = duration // 3_600, duration // 60 % 60, duration % 60
    return {
        "recording_id": recording_id,
        "filename": f"fake{recording_id}_{int(started.timestamp())}",
        "channel_layout": dice.pick(("mono", "stereo")),
        "frequency": "8000 Hz",
        "format": "wav",
        "duration": f"{hours:02d}:{minutes:02d}:{seconds:02d}.{dice.below(100):02d}",
        "bitrate": "128 kb/s",
        "size": f"{duration * 16}kB",
    }


def _call_detail(dice: _Dice, duration: int, started: datetime, *, attributed: bool) -> dict[str, Any]:
    ended = started + timedelta(seconds=duration)
    mined = dice.chance(0.8)
    channel_id, category, sub_category = dice.pick(CHANNELS) if attributed else (None, None, None)
    return {
        "bill_second": -(-duration // 30) * 30,
        "call_value": dice.below(40_000) / 100 if dice.chance(0.6) else None,
        "dni_log_id": f"{dice.below(2**48):012x}" if attributed else None,
        "is_outbound": dice.chance(0.1),
        "cdr_source": "CE",
        "call_ended": timestamp(ended),
        "analytic_status": "complete" if mined else "pending",
        "call_mine_status": "mined" if mined else None,
        "call_created": timestamp(started),
        "mined_timestamp": timestamp(ended + timedelta(minutes=2)) if mined else None,
        "ring_to_name": dice.pick(GROUPS),
        "channel_id": channel_id,
        "channel_category": category,
        "channel_sub_category": sub_category,
        "channel": f"{category} > {sub_category}" if attributed else None,
    }


def _custom_sources(dice: _Dice) -> dict[str, Any]:
    def source() -> dict[str, Any] | None:
        if dice.chance(0.4):
            return None
        source_id, name = dice.pick(SOURCES)
        return {
            "custom_source_id": source_id,
            "custom_source_name": name,
            "custom_source_created": "2025-11-10T12:00:00.000Z",
        }

    return {f"custom_source_type_{place}": source() for place in range(1, 6)}


def _tags(dice: _Dice, started: datetime) -> list[dict[str, Any]]:
    first = dice.below(len(TAGS))
    return [
        {
            "tag_id": tag_id,
            "ct_user_id": dice.between(1_001, 1_021),
            "call_tag_created": timestamp(started + timedelta(minutes=dice.between(30, 300))),
            "tag_name": name,
            "tag_created": "2025-12-01T12:00:00.000Z",
            "tag_active": dice.chance(0.9),
        }
        for tag_id, name in TAGS[first : first + dice.between(1, 4)]
    ]


def _comments(dice: _Dice, call_id: int, started: datetime) -> list[dict[str, Any]]:
    written = started + timedelta(minutes=dice.between(30, 300))
    comments: list[dict[str, Any]] = []
    for place in range(dice.between(1, 4)):
        first_name, last_name = dice.pick(PEOPLE)
        written += timedelta(minutes=20 * place)
        comments.append(
            {
                "note_id": dice.between(1, 1_000_000),
                "call_id": call_id,
                "note": dice.pick(COMMENTS),
                "created_on": timestamp(written),
                "updated_on": timestamp(written) if dice.chance(0.5) else None,
                "ct_user_id": dice.between(1_001, 1_021),
                "first_name": first_name,
                "last_name": last_name,
            }
        )
    return comments


def _indicators(dice: _Dice) -> list[dict[str, Any]]:
    return [
        {
            "indicator_id": indicator_id,
            "score_id": dice.between(1, 1_000_000),
            "score_value": dice.below(101),
            "indicator_name": name,
            "external_id": external_id,
            "indicator_active": True,
            "indicator_created": "2025-12-01T00:00:00.000Z",
            "agent": f"agent{dice.between(1, 21)}@example.com",
            "scorecard": "Sales Scorecard",
            "outcome": dice.pick(("won", "lost", None)),
        }
        for indicator_id, name, external_id in INDICATORS[: dice.between(1, len(INDICATORS) + 1)]
    ]


def _transcription(dice: _Dice, caller: _Caller) -> str:
    lines = [f"Caller: This is {caller.first_name}. {dice.pick(LINES)}"]
    lines += [f"Agent: {dice.pick(LINES)}" for _ in range(dice.between(1, 5))]
    return "\n".join(lines)


def _call_flow(dice: _Dice, disposition: str, ring_to: str) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"type": "greeting", "seconds": dice.between(2, 9)}]
    if dice.chance(0.5):
        steps.append({"type": "menu", "key": str(dice.between(1, 4))})
    steps.append({"type": "ring", "to": ring_to, "result": disposition})
    return {"steps": steps}
