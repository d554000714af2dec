"""Whole pages of calls as columns, for files.

msgspec checks a page, and nearly all else is done column by column, in C: a quarter of the time of record by
record. A page with a value that does not fit, or is not known, needs `_extra`: `Flattener` reads it instead,
record by record.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import chain, islice, repeat
from operator import itemgetter
from typing import Annotated, Any, Final, TypeAlias, TypeVar

import msgspec
from attrs import frozen
from msgspec.structs import astuple

from convirza.export.columns import (
    Column,
    Flattener,
    Kind,
    Member,
    columns,
    read_members,
    value_checks,
)

T = TypeVar("T")


class _MisfitError(Exception):
    """A value that does not fit its column, or has none."""


# Lone surrogates are found by those who encode the text.
_MISFITS: Final = (_MisfitError, msgspec.ValidationError, UnicodeEncodeError, RecursionError)


@frozen
class Lists:
    """A column of lists: their lengths, None for null, and the columns of all their objects."""

    lengths: list[int | None]
    columns: "list[Values]"


Values: TypeAlias = "Sequence[Any] | Lists"
"""A column: a plain value, or None, for each record; timestamps are text."""


def write_page(items: Sequence[Any], write: Callable[[list[Values]], T], *, urls: bool) -> T:
    """Writes the columns of calls, which are JSON from the API, with `write`.

    It is called again if it raises UnicodeEncodeError.
    """
    try:
        return write(read_usual(items, urls=urls))
    except _MISFITS:
        return write(_transpose(columns(urls=urls), list(map(_flattener(urls), items))))


def read_usual(items: Sequence[Any], *, urls: bool) -> list[Values]:
    """The columns; raises one of `_MISFITS` if `_extra` is needed, or if a time has another form."""
    records = msgspec.convert(items, _record_list(urls))
    return [*_read(read_members("Call", urls), records, value_checks(urls)), [None] * len(items)]


@cache
def _record_list(urls: bool) -> Any:
    return list[_structure(read_members("Call", urls))]  # type: ignore[misc]  # made here


def _structure(members: Mapping[str, Member]) -> Any:
    """The type of objects with these members and no others, in which msgspec checks most values."""

    def kind(member: Member) -> Any:
        if member.column is None:
            return _structure(member.members) | None
        if member.column.kind == "list":
            return list[_structure(member.members)] | None  # type: ignore[misc]
        return Any if member.left_out else _TYPES.get(member.column.kind, Any)

    fields = {f"member_{number}": name for number, name in enumerate(members)}
    types = [(field, kind(members[name]), None) for field, name in fields.items()]
    return msgspec.defstruct("Object", types, rename=fields, forbid_unknown_fields=True, gc=False)


_INT64: Final[Any] = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_TYPES: Final[Mapping[str, Any]] = {
    "integer": _INT64 | None,
    "boolean": bool | None,
    "text": str | None,
    "timestamp": str | None,
}


@cache
def _flattener(urls: bool) -> Flattener:
    return Flattener(urls=urls, as_text=True)


def _transpose(given: Sequence[Column], records: Sequence[Mapping[str, Any]]) -> list[Values]:
    found: list[Values] = []
    for column in given:
        values = list(map(itemgetter(column.name), records))
        if column.kind == "list":
            rows = list(chain.from_iterable(filter(None, values)))
            found.append(Lists(_lengths(values), _transpose(column.fields, rows)))
        else:
            found.append(values)
    return found


def _lengths(values: Sequence[Any]) -> list[int | None]:
    return [None if value is None else len(value) for value in values]


def _read(
    members: Mapping[str, Member], objects: Iterable[Any], checks: Mapping[str, Callable[[Any], Any]]
) -> list[Values]:
    none = (None,) * len(members)
    rows = [none if one is None else astuple(one) for one in objects]
    given: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else repeat((), len(members))
    found: list[Values] = []
    for member, values in zip(members.values(), given, strict=True):
        if member.column is None:
            found += _read(member.members, values, checks)
        elif member.left_out:
            continue
        elif member.column.kind == "list":
            inner: Iterable[Any] = chain.from_iterable(filter(None, values))
            found.append(Lists(_lengths(values), _read(member.members, inner, checks)))
        else:
            found.append(_checked(member.column.kind, values, checks))
    return found


def _expect(fits: bool) -> None:
    if not fits:
        raise _MisfitError


def _checked(kind: Kind, values: Sequence[Any], checks: Mapping[str, Callable[[Any], Any]]) -> Sequence[Any]:
    if kind == "timestamp":
        _expect(_are_usual({*values} - {None}))
    elif kind in ("double", "json"):
        checked = [None if value is None else checks[kind](value) for value in values]
        _expect(checked.count(None) == values.count(None))
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


def to_cells(given: Sequence[Column], page: Sequence[Values]) -> list[Iterable[Any]]:
    """For each column the cells of all records; those of lists are lists of rows."""

    def cells(column: Column, values: Values) -> Iterable[Any]:
        if not isinstance(values, Lists):
            return values
        rows = to_rows(column.fields, values.columns)
        return [None if length is None else list(islice(rows, length)) for length in values.lengths]

    return list(map(cells, given, page))


def to_rows(given: tuple[Column, ...], page: Sequence[Values]) -> Iterator[msgspec.Struct]:
    """The records, which msgspec encodes as objects with all columns."""
    return map(_row_type(given), *to_cells(given, page))


@cache
def _row_type(given: tuple[Column, ...]) -> type[msgspec.Struct]:
    # Takes a quarter of the time of dicts. The name of a column need not be one in Python.
    names = {f"member_{number}": column.name for number, column in enumerate(given)}
    return msgspec.defstruct("Object", list(names), rename=names, gc=False)
