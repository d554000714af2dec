import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final
from convirza.fake.documented import DOCUMENTED_CALL
from convirza.fake.seeded import FORBIDDEN_CALL_ID, LARGEST_ID, ORG_UNITS_IN_SCOPE, SMALLEST_ID, Call, make_calls
__all__ = ['DEFAULT_SEED', 'DOCUMENTED_CALL_ID', 'FORBIDDEN_CALL_ID', 'LARGEST_ID', 'MODULES', 'SMALLEST_ID', 'UNKNOWN_CALL_ID', 'URL_LIFETIME', 'Call', 'calls', 'ids_in_scope', 'in_scope', 'view']
DEFAULT_SEED: Final = 20260101
DOCUMENTED_CALL_ID: Final = 987654
UNKNOWN_CALL_ID: Final = 404
URL_LIFETIME: Final = timedelta(days=7)
MODULES: Final[Mapping[str, str]] = MappingProxyType({'call_detail': 'call_detail', 'call_flow': 'call_flow', 'comments': 'comments', 'custom_sources': 'custom_sources', 'indicators': 'indicators', 'recordings': 'recording_details', 'summary': 'summary', 'tags': 'tags', 'transcription': 'transcription', 'voiceagent': 'voiceagent_data'})

@lru_cache(maxsize=8)
def calls(seed: int=DEFAULT_SEED) -> Mapping[int, Call]:
    ...

def in_scope(call: Call) -> bool:
    ...

def ids_in_scope(seed: int=DEFAULT_SEED) -> tuple[int, ...]:
    ...

def view(call: Call, modules: Collection[str], now: datetime) -> dict[str, Any]:
    ...

def _sign(recording: Mapping[str, Any], call_id: int, now: datetime) -> dict[str, Any]:
    ...
