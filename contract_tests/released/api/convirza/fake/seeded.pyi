from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final, TypeAlias, TypeVar
from convirza.fake.timestamps import timestamp
from convirza.fake.words import CAMPAIGNS, CHANNELS, COMMENTS, GROUPS, INDICATORS, LINES, PEOPLE, SOURCES, SUMMARIES, TAGS
Call: TypeAlias = Mapping[str, Any]
_T = TypeVar('_T')
FORBIDDEN_CALL_ID: Final = 403
SMALLEST_ID: Final = 1
LARGEST_ID: Final = 2 ** 63 - 1
ORG_UNITS_IN_SCOPE: Final = (1200, 1201, 1202)
ORG_UNIT_OUT_OF_SCOPE: Final = 1300
FIRST_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
DAYS: Final = 90
SEEDED_CALLS: Final = 1100
_DISPOSITIONS: Final = (*('ANSWERED',) * 11, *('NO ANSWER',) * 2, *('VOICEMAIL',) * 2, *('ABANDONED',) * 2, 'TRANSFERRED', 'BUSY', 'FAILED')
_FORBIDDEN_INDEX: Final = 10
_SPECIAL_IDS: Final[Mapping[int, int]] = {0: SMALLEST_ID, _FORBIDDEN_INDEX: FORBIDDEN_CALL_ID, SEEDED_CALLS - 1: LARGEST_ID}
_MISSED: Final = frozenset({'NO ANSWER', 'ABANDONED', 'BUSY', 'FAILED'})

def make_calls(seed: int) -> dict[int, Call]:
    ...

class _Dice:

    def __init__(self, seed: int) -> None:
        self.roll = Random(seed).random

    def chance(self, probability: float) -> bool:
        ...

    def below(self, end: int) -> int:
        ...

    def between(self, start: int, end: int) -> int:
        ...

    def pick(self, choices: Sequence[_T]) -> _T:
        ...

class _Caller:

    def __init__(self, dice: _Dice, number: int) -> None:
        self.number = f"1{('208', '385', '435', '702')[number // 100]}55501{number % 100:02d}"
        self.has_called = False

def _make_call(dice: _Dice, call_id: int, org_unit_id: int, started: datetime, caller: _Caller) -> Call:
    ...

def _voice_agent(dice: _Dice, caller: _Caller, started: datetime) -> dict[str, Any]:
    ...

def _recording(dice: _Dice, duration: int, started: datetime) -> dict[str, Any]:
    ...

def _call_detail(dice: _Dice, duration: int, started: datetime, *, attributed: bool) -> dict[str, Any]:
    ...

def _custom_sources(dice: _Dice) -> dict[str, Any]:
    ...

def _tags(dice: _Dice, started: datetime) -> list[dict[str, Any]]:
    ...

def _comments(dice: _Dice, call_id: int, started: datetime) -> list[dict[str, Any]]:
    ...

def _indicators(dice: _Dice) -> list[dict[str, Any]]:
    ...

def _transcription(dice: _Dice, caller: _Caller) -> str:
    ...

def _call_flow(dice: _Dice, disposition: str, ring_to: str) -> dict[str, Any]:
    ...
