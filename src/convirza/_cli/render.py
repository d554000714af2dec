"""A readable call record: labels, units and times, with colours on a terminal (rich)."""

import re
from datetime import UTC, datetime
from typing import Any, Final, TextIO, cast

import attrs
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from convirza._cli.output import harmless, make_console
from convirza._generated import UNSET, Call, CallModule
from convirza._resources.call_records import record_key

# Name in the document or "", label, value.
_Member = tuple[str, str, object]

_SECTIONS: Final = frozenset(record_key(module.value) for module in CallModule)
_LABELS: Final = {
    "bill_second": "Billed",
    "campaign_ext_id": "Campaign external ID",
    "recording_details": "Recording",
    "voiceagent_data": "Voice agent",
}
_WORDS: Final = {word: word.upper() for word in ("ai", "cdr", "ct", "dni", "id", "url")}
_SECONDS: Final = {"bill_second", "duration"}
_WIDEST_LABEL: Final = 28
_DEEPEST_INDENT: Final = 16

_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)


def render(call: Call, file: TextIO) -> str:
    """The record as text, with colours and line breaks if `file` is a terminal."""
    console = make_console(file)
    members = _members(call)
    fields = [member for member in members if member[0] and member[0] not in _SECTIONS]
    other = [member for member in members if not member[0]]
    with console.capture() as capture:
        _print(console, f"Call {call.call_id}", fields, 0)
        for name, label, value in members:
            if name in _SECTIONS:
                console.print()
                _print(console, label, _content(name, value), 0)
        if other:
            console.print()
            _print(console, "Other", other, 0)
    return capture.get()


def _print(console: Console, label: str, content: str | list[_Member], indent: int, width: int = 0) -> None:
    # A Text is not parsed as markup.
    head = Text(" " * indent).append(harmless(console, " ".join(label.split())), "cyan" if indent else "bold")
    if isinstance(content, list):
        console.print(head, soft_wrap=True)
        indent += 2
        width = min(max(cell_len(label) for _, label, _ in content), _WIDEST_LABEL)
        for name, child_label, value in content:
            child = _content(name, value) if indent < _DEEPEST_INDENT else "(too deep: see --json)"
            _print(console, child_label, child, indent, width)
        return
    if indent:
        left = indent + width + 2
        head.append(" " * max(left - head.cell_len, 1))
    else:
        left = 2
        head.append("\n" + " " * left)
    lines = harmless(console, content).split("\n")
    if console.is_terminal:
        room = max(console.width - left, 20)
        lines = [wrapped.plain for line in lines for wrapped in Text(line).wrap(console, room)]
    console.print(head.append(("\n" + " " * left).join(lines)), soft_wrap=True)


def _content(name: str, value: object) -> str | list[_Member]:
    """The members of an object or a list; the text of any other value."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case int() if name in _SECONDS:
            return f"{value} s"
        case int() if name == "expires_at":
            return _unix_time(value)
        case datetime():
            return _utc(value)
        case str() if name == "url" or _ADDRESS.fullmatch(value):
            address, *query = re.split("[?#]", value, maxsplit=1)
            return f"{address} (query left out: see --json)" if query else address
        case str():
            return value or '""'
        case _:
            has_members = attrs.has(type(value)) or type(value) in {dict, list}
            return (_members(value) or "none") if has_members else str(value)


def _members(value: object) -> list[_Member]:
    if isinstance(value, list):
        return [("", f"{number}", item) for number, item in enumerate(cast("list[object]", value), 1)]
    if isinstance(value, dict):
        return [("", key, item) for key, item in cast("dict[str, object]", value).items()]
    fields = attrs.asdict(cast("Any", value), recurse=False, filter=lambda _, member: member is not UNSET)
    other = fields.pop("additional_properties")
    return [(name, _label(name), member) for name, member in fields.items()] + _members(other)


def _label(name: str) -> str:
    words = [_WORDS.get(word, word) for word in name.split("_")]
    return _LABELS.get(name, words[0][0].upper() + " ".join(words)[1:])


def _utc(time: datetime) -> str:
    try:
        utc = time.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:  # within a day of the year 1 or 9999
        return str(time)
    return f"{utc.isoformat(' ', 'milliseconds' if utc.microsecond else 'seconds')} UTC"


def _unix_time(seconds: int) -> str:
    try:
        return _utc(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, ValueError, OSError):
        return f"{seconds} s after 1970"
