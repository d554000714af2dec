"""Whole pages of calls as columns, for files.

Column by column, nearly all the work is done in C: half the time of record by record. A page with a value
that does not fit, or is not known, needs `_extra`: it is read by `Flattener` instead, which is exact.
"""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice, repeat
from json.encoder import encode_basestring_ascii
from operator import itemgetter
from typing import Any, Final, TypeAlias

from attrs import frozen

from convirza.export.columns import (
    Column,
    Kind,
    Member,
    columns,
    is_utf8,
    read_members,
    value_checks,
)


class _MisfitError(Exception):
    """A value that does not fit its column, or has none."""


# As many members as documented, but others; not a text; a number beyond 64 bits.
_MISFITS: Final = (_MisfitError, KeyError, TypeError, OverflowError)


@frozen
class Lists:
    """A column of lists: their lengths, None for null, and the columns of all their objects."""

    lengths: list[int | None]
    columns: "list[Values]"


Values: TypeAlias = "list[Any] | Lists"
"""A column: a plain value, or None, for each record; timestamps are text."""


def read_page(items: Sequence[Any], *, urls: bool) -> list[Values] | None:
    """The columns of calls, as JSON from the API; None if `_extra` is needed, or a time has another form."""
    try:
        return [*_read(read_members("Call", urls), items, value_checks(urls)), [None] * len(items)]
    except _MISFITS:
        return None


def _read(
    members: Mapping[str, Member], objects: Sequence[Any], checks: Mapping[str, Callable[[Any], Any]]
) -> list[Values]:
    _expect({*map(type, objects)} <= {dict})
    if not {*map(len, objects)} <= {len(members)}:
        empty = dict.fromkeys(members)
        objects = [{**empty, **one} for one in objects]
        _expect({*map(len, objects)} <= {len(members)})
    found: list[Values] = []
    for name, member in members.items():
        values = list(map(itemgetter(name), objects))
        if member.column is None:
            empty = dict.fromkeys(member.members)
            nested = [empty if value is None else value for value in values]
            found += _read(member.members, nested, checks)
        elif member.left_out:
            continue
        elif member.column.kind == "list":
            _expect({*map(type, values)} <= {list, type(None)})
            lengths = [None if value is None else len(value) for value in values]
            rows = list(chain.from_iterable(filter(None, values)))
            found.append(Lists(lengths, _read(member.members, rows, checks)))
        else:
            found.append(_checked(member.column.kind, values, checks))
    return found


def _expect(fits: bool) -> None:
    if not fits:
        raise _MisfitError


def _checked(kind: Kind, values: list[Any], checks: Mapping[str, Callable[[Any], Any]]) -> list[Any]:
    present = [value for value in values if value is not None]
    if kind in ("text", "timestamp"):
        _expect(is_utf8("".join(present)) if kind == "text" else _are_usual({*present}))
    elif kind == "integer":
        _expect({*map(type, present)} <= {int})
        array("q", present)
    elif kind == "boolean":
        _expect({*map(type, present)} <= {bool})
    else:
        checked = [None if value is None else checks[kind](value) for value in values]
        _expect(checked.count(None) == len(values) - len(present))
        return checked
    return values


def _are_usual(texts: set[str]) -> bool:
    """Whether all look like 2026-02-14T18:20:12.000Z, and are times."""
    joined = "".join(texts)
    for place, mark in {4: "-", 7: "-", 10: "T", 13: ":", 16: ":", 19: ".", 23: "Z"}.items():
        if joined[place::24] != mark * len(texts):
            return False
    try:
        return all(map(datetime.fromisoformat, texts)) and {*map(len, texts)} <= {24}
    except ValueError:
        return False


def to_lines(page: Sequence[Values], *, urls: bool) -> list[str]:
    """The records of a page as JSON, with the same text as from the json module without spaces."""
    return _lines(columns(urls=urls), page, "}\n")


def _lines(given: Sequence[Column], page: Sequence[Values], end: str) -> list[str]:
    # Joined, and not formatted: a third of the time.
    parts: list[Iterable[str]] = []
    for column, values in zip(given, page, strict=True):
        before = "," if parts else "{"
        parts += [repeat(f"{before}{encode_basestring_ascii(column.name)}:"), _cells(column, values)]
    return list(map("".join, zip(*parts, repeat(end))))


_BOOLEANS: Final = {True: "true", False: "false", None: "null"}
# Those of the json module.
_ENCODERS: Final[Mapping[str, Callable[[Any], str]]] = {
    "integer": int.__repr__,
    "double": float.__repr__,
    "boolean": _BOOLEANS.__getitem__,
}


def _cells(column: Column, values: Values) -> Iterable[str]:
    if isinstance(values, Lists):
        rows = iter(_lines(column.fields, values.columns, "}"))
        return [
            "null" if length is None else f"[{','.join(islice(rows, length))}]" for length in values.lengths
        ]
    encode = _ENCODERS.get(column.kind, encode_basestring_ascii)
    try:
        return list(map(encode, values))
    except TypeError:  # null
        return ["null" if value is None else encode(value) for value in values]
