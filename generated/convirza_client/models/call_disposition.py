# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
from enum import StrEnum
from typing import Self


class CallDisposition(StrEnum):
    """An open enumeration: a value that is not listed becomes a member of its own, equal to its string."""

    ABANDONED = "ABANDONED"
    ANSWERED = "ANSWERED"
    BUSY = "BUSY"
    CALLER_HANGUP = "Caller Hangup"
    FAILED = "FAILED"
    HANGUP = "HANGUP"
    NO_ANSWER = "NO ANSWER"
    REFERRAL = "REFERRAL"
    TRANSFERRED = "TRANSFERRED"
    VOICEMAIL = "VOICEMAIL"

    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        return member
