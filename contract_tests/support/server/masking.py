"""Masks what must not be read in a report: tokens, phone numbers, personal data, signed addresses."""

import json
import re
from collections.abc import Iterable
from typing import Any, Final

MASK: Final = "***"
PERSONAL: Final = frozenset(
    {
        *("additional_info", "agent", "ai_caller_identity", "caller_id", "default_ring_to", "filename"),
        *("first_name", "last_name", "note", "notes", "phone_number", "ring_to", "ring_to_name"),
        *("summary", "transcription", "url"),
        *("access_token", "refresh_token", "frontend_token", "token", "password", "email"),
        *("message", "source", "source_name"),
    }
)
"""Members whose values are personal data, or secrets."""

_NAMES: Final = "|".join(sorted(PERSONAL))
_HIDDEN: Final = (
    # A header or a scheme with its credentials; a quote, a comma or the end of the line ends them.
    (re.compile(r"(?i)\b(bearer|basic|token)(\s+)[^\s'\",;<>]+"), rf"\1\2{MASK}"),
    (re.compile(r"(?i)(authorization['\"]?\s*[:=,]\s*b?['\"]?)[^'\"\n]+"), rf"\1{MASK}"),
    # A personal member: of JSON, of JSON in a string, of a Python dict; if it is cut off, to the line's end.
    (
        re.compile(rf'("(?:{_NAMES})"\s*:\s*)(?:"(?:[^"\\]|\\.)*(?:"|$)|[^"\s,}}{{\[][^,}}\n]*)', re.M),
        rf"\1{MASK}",
    ),
    (re.compile(rf'(\\"(?:{_NAMES})\\"\s*:\s*)(?:\\"(?:[^"\\]|\\[^"])*(?:\\"|$))', re.M), rf"\1{MASK}"),
    (
        re.compile(rf"('(?:{_NAMES})'\s*:\s*)(?:'(?:[^'\\]|\\.)*(?:'|$)|\"(?:[^\"\\]|\\.)*(?:\"|$))", re.M),
        rf"\1{MASK}",
    ),
    # The query of an address, but for the suite's own.
    (re.compile(r"(https?://[^\s'\"<>?]+\?)(?!include=)[^\s'\"<>\\]+"), rf"\1{MASK}"),
    (re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.-]+\b"), MASK),
    (re.compile(r"(?<![\w.])\+?\d{10,15}(?!\w|\.\d)"), MASK),
)


class Masker:
    """Masks by form, and by value what has been added."""

    def __init__(self, secrets: Iterable[str | None] = ()) -> None:
        """`secrets` are masked wherever they stand."""
        self._values = {secret for secret in secrets if secret}

    def learn(self, body: Any, *, personal: bool = False) -> None:
        """Remembers the personal values of a parsed body, so that they are masked in any shape."""
        if isinstance(body, dict):
            for key, value in body.items():
                self.learn(value, personal=personal or key in PERSONAL)
        elif isinstance(body, list):
            for value in body:
                self.learn(value, personal=personal)
        elif personal and isinstance(body, str) and len(body) > 2:
            self._values |= {body, json.dumps(body)[1:-1], repr(body)[1:-1]}

    def mask(self, text: str) -> str:
        """The text without what must not be read."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, MASK)
        for pattern, replacement in _HIDDEN:
            text = pattern.sub(replacement, text)
        return text
