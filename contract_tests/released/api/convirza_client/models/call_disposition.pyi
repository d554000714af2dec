from enum import StrEnum
from typing import Self

class CallDisposition(StrEnum):
    ABANDONED = 'ABANDONED'
    ANSWERED = 'ANSWERED'
    BUSY = 'BUSY'
    FAILED = 'FAILED'
    NO_ANSWER = 'NO ANSWER'
    TRANSFERRED = 'TRANSFERRED'
    VOICEMAIL = 'VOICEMAIL'

    def __str__(self) -> str:
        ...

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        ...
