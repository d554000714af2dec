from enum import StrEnum
from typing import Self

class CallModule(StrEnum):
    CALL_DETAIL = 'call_detail'
    CALL_FLOW = 'call_flow'
    COMMENTS = 'comments'
    CUSTOM_SOURCES = 'custom_sources'
    INDICATORS = 'indicators'
    RECORDINGS = 'recordings'
    SUMMARY = 'summary'
    TAGS = 'tags'
    TRANSCRIPTION = 'transcription'
    VOICEAGENT = 'voiceagent'

    def __str__(self) -> str:
        ...

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        ...
