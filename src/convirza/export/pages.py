"""Whole pages of calls as columns, for files.

msgspec checks a page, and nearly all else is done column by column, in C: a quarter of the time of record by
record. A page with a value that does not fit, or is not known, needs `_extra`: `Flattener` reads it instead,
record by record.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import chain, repeat
from operator import itemgetter
from typing import Annotated, Any, Final, TypeAlias, TypeVar

import msgspec
from attrs import frozen
from msgspec.structs import astuple

from convirza.export.columns import (
    EXACT,
    Column,
    Flattener,
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
    """A column of lists of objects."""

    cells: Sequence[Any]
    """A list, or None, for each record; msgspec encodes an object with all columns."""
    columns: "list[Values]"
    """The columns of all objects, one list after the other."""


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
    return [*_read(read_members("Call", urls), records, value_checks(urls)["json"]), [None] * len(items)]


@cache
def _record_list(urls: bool) -> Any:
    return list[_structure(read_members("Call", urls))]  # type: ignore[misc]  # made here


def _structure(members: Mapping[str, Member]) -> Any:
    """The type of objects with these members and no others, in which msgspec checks most values."""

    def kind(member: Member) -> Any:
        if member.column is None:
            return _structure(member.members) | None
        if member.column.kind == "list":
            # The document has flat ones only, which are written as they are.
            return list[_structure(member.members)] | None if _is_flat(member.members) else None  # type: ignore[misc]
        return Any if member.left_out else _TYPES.get(member.column.kind, Any)

    fields = {f"member_{number}": name for number, name in enumerate(members)}
    types = [(field, kind(members[name]), None) for field, name in fields.items()]
    return msgspec.defstruct("Object", types, rename=fields, forbid_unknown_fields=True, gc=False)


def _is_flat(members: Mapping[str, Member]) -> bool:
    kinds = {None if one.left_out else one.column and one.column.kind for one in members.values()}
    return kinds.isdisjoint({None, "json", "list"})


_INT64: Final[Any] = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
# Larger numbers are left to the check in `columns`: not every whole number has a double there.
_DOUBLE: Final[Any] = Annotated[float, msgspec.Meta(ge=-EXACT, le=EXACT)]
_TYPES: Final[Mapping[str, Any]] = {
    "integer": _INT64 | None,
    "double": _DOUBLE | None,
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
            found.append(Lists(values, _transpose(column.fields, rows)))
        else:
            found.append(values)
    return found


def _read(
    members: Mapping[str, Member], objects: Sequence[Any], to_json: Callable[[Any], str]
) -> list[Values]:
    try:
        given = list(zip(*map(astuple, objects), strict=True))  # a list: frees the tuples of the rows
    except TypeError:  # there are nulls
        none = (None,) * len(members)
        given = list(zip(*[none if one is None else astuple(one) for one in objects], strict=True))
    found: list[Values] = []
    for member, values in zip(members.values(), given or repeat((), len(members)), strict=True):
        if member.column is None:
            found += _read(member.members, values, to_json)
        elif member.left_out:
            continue
        elif member.column.kind == "list":
            inner = list(chain.from_iterable(filter(None, values)))
            found.append(Lists(values, _read(member.members, inner, to_json)))
        elif member.column.kind == "json":
            found.append([None if value is None else to_json(value) for value in values])
        elif member.column.kind == "timestamp" and not _are_usual({*values} - {None}):
            raise _MisfitError
        else:
            found.append(values)
    return found


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


def to_cells(page: Sequence[Values]) -> list[Sequence[Any]]:
    """For each column the cells of all records."""
    return [values.cells if isinstance(values, Lists) else values for values in page]


def record_type(given: Sequence[Column]) -> type[msgspec.Struct]:
    """What msgspec encodes as an object with these columns, in a quarter of the time of a dict."""
    # The name of a column need not be one in Python.
    names = {f"member_{number}": column.name for number, column in enumerate(given)}
    return msgspec.defstruct("Record", list(names), rename=names, gc=False)
