"""Whole pages of calls as columns, for files.

Column by column, nearly all the work is done in C: half the time of record by record. A page with a value
that does not fit, or is not known, needs `_extra`: `Flattener` reads it instead, record by record.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import chain, islice
from operator import itemgetter
from types import NoneType
from typing import Any, Final, TypeAlias

import msgspec
from attrs import frozen

from convirza.export.columns import (
    Column,
    Flattener,
    Kind,
    Member,
    columns,
    is_utf8,
    read_members,
    value_checks,
)


class _MisfitError(Exception):
    """A value that does not fit its column, or has none."""


# The others: not a text; a number beyond 64 bits.
MISFITS: Final = (_MisfitError, TypeError, OverflowError)


@frozen
class Lists:
    """A column of lists: their lengths, None for null, and the columns of all their objects."""

    lengths: list[int | None]
    columns: "list[Values]"


Values: TypeAlias = "list[Any] | Lists"
"""A column: a plain value, or None, for each record; timestamps are text."""


def read_page(items: Sequence[Any], *, urls: bool) -> list[Values]:
    """The columns of calls, as JSON from the API."""
    try:
        return read_usual(items, urls=urls)
    except MISFITS:
        return _transpose(columns(urls=urls), list(map(_flattener(urls), items)))


def read_usual(items: Sequence[Any], *, urls: bool) -> list[Values]:
    """The same; raises one of `MISFITS` if `_extra` is needed, or if a time has another form."""
    return [*_read(read_members("Call", urls), items, value_checks(urls)), [None] * len(items)]


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
    members: Mapping[str, Member], objects: Sequence[Any], checks: Mapping[str, Callable[[Any], Any]]
) -> list[Values]:
    _expect({*map(type, objects)} <= {dict})
    found: list[Values] = []
    known = 0
    for name, member in members.items():
        try:
            values = list(map(itemgetter(name), objects))
            known += len(values)
        except KeyError:
            values = [one.get(name) for one in objects]
            known += sum(name in one for one in objects)
        if member.column is None:
            empty = dict.fromkeys(member.members)
            nested = [empty if value is None else value for value in values]
            found += _read(member.members, nested, checks)
        elif member.left_out:
            continue
        elif member.column.kind == "list":
            _expect({*map(type, values)} <= {list, type(None)})
            rows = list(chain.from_iterable(filter(None, values)))
            found.append(Lists(_lengths(values), _read(member.members, rows, checks)))
        else:
            found.append(_checked(member.column.kind, values, checks))
    _expect(known == sum(map(len, objects)))
    return found


def _expect(fits: bool) -> None:
    if not fits:
        raise _MisfitError


def _checked(kind: Kind, values: list[Any], checks: Mapping[str, Callable[[Any], Any]]) -> list[Any]:
    if kind == "timestamp":
        _expect(_are_usual({*values} - {None}))
    elif kind == "text":
        try:
            text = "".join(values)
        except TypeError:
            text = "".join([value for value in values if value is not None])
        _expect(is_utf8(text))
    elif types := {*map(type, values)} - {NoneType}:
        if kind == "integer":
            _expect(types == {int})
            array("q", filter(None, values))  # raises beyond 64 bits
        elif kind == "boolean":
            _expect(types == {bool})
        else:
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
    names = {f"column_{number}": column.name for number, column in enumerate(given)}
    return msgspec.defstruct("Row", list(names), rename=names, gc=False)
