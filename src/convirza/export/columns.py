"""The columns of a table of calls, typed from the document, and a call as plain values in them.

A nested object becomes columns named `<object>__<member>`, the names that dlt uses; a list of objects is one
column. Members that are not in the document, or have another type than there, go to `_extra`.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, Literal, TypeAlias, cast

import msgspec
from attrs import field, frozen

from convirza._core.drift import resolve_schema
from convirza._generated import Call, document

Kind: TypeAlias = Literal["integer", "double", "boolean", "text", "timestamp", "json", "list"]

EXTRA: Final = "_extra"
# Whole numbers in the examples only: the document allows others, and the type of a column cannot change.
_DOUBLES: Final = {"score_value"}
# A signed URL and its expiry, which differ in each response.
_SIGNED: Final = {"url", "expires_at"}
_SQL: Final[Mapping[Kind, str]] = {
    "integer": "BIGINT",
    "double": "DOUBLE PRECISION",
    "boolean": "BOOLEAN",
    "text": "TEXT",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "json": "TEXT",
    "list": "TEXT",
}
EXACT: Final = 2**53  # up to here, a double holds each whole number
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")
_QUERY: Final = re.compile(r'(https?://[^\s"?#\\]*)[?#](?:[^\s"\\]|\\.)*', re.IGNORECASE)


@frozen
class Column:
    """A column: `kind` is "json" for JSON text; "list" has the `fields` of the objects in the list."""

    name: str
    kind: Kind
    fields: "tuple[Column, ...]" = ()


@frozen
class Member:
    """A member of an object in the document; without a `column` it is an object itself, or is left out."""

    column: Column | None
    members: "Mapping[str, Member]" = field(factory=dict[str, "Member"])
    left_out: bool = False


def columns(*, urls: bool = False, schema: str = "Call") -> tuple[Column, ...]:
    """The columns, in the order of the document; with `urls` those of signed URLs too.

    `schema` is the name of the record's schema in the document.
    """
    return (*_columns(read_members(schema, urls)), Column(EXTRA, "json"))


def schema_json(*, urls: bool = False) -> list[dict[str, Any]]:
    """The columns as JSON values."""
    return [_as_json(column) for column in columns(urls=urls)]


def create_table(name: str = "calls", *, urls: bool = False) -> str:
    """The columns as SQL. Lists are JSON text, as in CSV files."""
    lines = ",\n".join(f"  {column.name} {_SQL[column.kind]}" for column in columns(urls=urls))
    return f"CREATE TABLE {name} (\n{lines}\n);\n"


def flatten(item: Any, *, urls: bool = False) -> dict[str, Any]:
    """A call as plain values, one for each of `columns()`: a `Call`, or JSON as the API sent it.

    Timestamps are aware datetimes in UTC, lists are lists of dicts, missing values are None.
    """
    return Flattener(urls=urls)(item.to_dict() if isinstance(item, Call) else item)


# The column of a member, None if it is left out; the check of its value; the plan of an object or a list.
_Plan: TypeAlias = "Mapping[str, tuple[str | None, Callable[[Any], Any] | None, _Plan]]"


class Flattener:
    """Does what `flatten` does for many items; with `as_text`, timestamps are ISO strings."""

    def __init__(self, *, urls: bool = False, as_text: bool = False, schema: str = "Call") -> None:
        names = (column.name for column in columns(urls=urls, schema=schema))
        self._empty: dict[str, Any] = dict.fromkeys(names)
        checks = value_checks(urls, as_text=as_text)
        self._to_json = checks["json"]

        # Plain tuples: twice as fast as attributes.
        def plan(members: Mapping[str, Member]) -> _Plan:
            return {
                name: (
                    None if member.column is None or member.left_out else member.column.name,
                    None if member.column is None else checks.get(member.column.kind),
                    plan(member.members),
                )
                for name, member in members.items()
            }

        self._plan = plan(read_members(schema, urls))

    def __call__(self, item: Any) -> dict[str, Any]:
        """The record."""
        record = self._empty.copy()
        extra = _fill(record, self._plan, item) if isinstance(item, dict) else item
        if extra != {}:
            record[EXTRA] = self._to_json(extra)
        return record


def _fill(record: dict[str, Any], plan: _Plan, found: Any) -> dict[str, Any]:
    """Puts the members into the record; returns those that do not fit."""
    extra: dict[str, Any] = {}
    for name, value in found.items():
        if name not in plan:
            extra[name] = value
        elif value is not None:
            column, check, members = plan[name]
            if column is None:
                rest = _fill(record, members, value) if members and isinstance(value, dict) else value
                if members and rest != {}:
                    extra[name] = rest
            elif check is _text and type(value) is str and value.isascii():  # nearly all values
                record[column] = value
            elif check is None and type(value) is list:
                record[column], rest = _fill_list(members, cast("list[object]", value))
                if rest:
                    extra[name] = rest
            elif check is None or (checked := check(value)) is None:
                extra[name] = value
            else:
                record[column] = checked
    return extra


def _fill_list(plan: _Plan, items: list[object]) -> tuple[list[Any], dict[str, Any]]:
    empty = dict.fromkeys(_names(plan))
    rows: list[Any] = []
    extra: dict[str, Any] = {}
    for number, item in enumerate(items):
        row = empty.copy()  # never None: Arrow cannot cast the text in a list with null
        rest = _fill(row, plan, item) if isinstance(item, dict) else item
        rows.append(row)
        if rest != {}:
            extra[str(number)] = rest
    return rows, extra


def _names(plan: _Plan) -> Iterator[str]:
    for column, _, members in plan.values():
        yield from [column] if column else _names(members)


@cache
def read_members(name: str, urls: bool) -> Mapping[str, Member]:
    """The members of a schema of the document."""
    schemas = document()["components"]["schemas"]

    def resolve(schema: dict[str, Any]) -> dict[str, Any]:
        return resolve_schema(schema, schemas)[0]

    def read_all(schema: Mapping[str, Any], prefix: str = "") -> dict[str, Member]:
        return {name: read(name, prefix, resolve(part)) for name, part in schema["properties"].items()}

    def read(name: str, prefix: str, schema: Mapping[str, Any]) -> Member:
        given = schema.get("type")
        types = [given] if isinstance(given, str) else [one for one in given or () if one != "null"]
        kind: Kind = "json"
        if types == ["object"] and "properties" in schema:
            return Member(None, read_all(schema, f"{prefix}{name}__"))
        if types == ["array"]:
            items = resolve(schema["items"])
            if "properties" in items:
                members = read_all(items)
                return Member(Column(prefix + name, "list", tuple(_columns(members))), members)
        elif types == ["string"]:
            kind = "timestamp" if schema.get("format") == "date-time" else "text"
        elif types == ["number"] or name in _DOUBLES:
            kind = "double"
        elif types == ["integer"]:
            kind = "integer"
        elif types == ["boolean"]:
            kind = "boolean"
        return Member(Column(prefix + name, kind), left_out=name in _SIGNED and not urls)

    return read_all(schemas[name])


def _columns(members: Mapping[str, Member]) -> Iterator[Column]:
    for member in members.values():
        if member.column is None:
            yield from _columns(member.members)
        elif not member.left_out:
            yield member.column


def _as_json(column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {"name": column.name, "type": column.kind}
    return {**found, "fields": [_as_json(one) for one in column.fields]} if column.fields else found


# The checks return None for a value that does not fit.


def value_checks(urls: bool, *, as_text: bool = True) -> Mapping[str, Callable[[Any], Any]]:
    """The check of each kind."""
    return {
        "integer": _integer,
        "double": _double,
        "boolean": _boolean,
        "text": _text,
        "timestamp": _time_text if as_text else _time,
        "json": _to_json if urls else _to_json_without_queries,
    }


def _integer(value: Any) -> int | None:
    if type(value) is int:
        return value if -(2**63) <= value < 2**63 else None
    return int(value) if type(value) is float and value.is_integer() and abs(value) <= EXACT else None


def _double(value: Any) -> float | None:
    if type(value) is int:
        return float(value) if abs(value) <= EXACT else None
    return value if type(value) is float and math.isfinite(value) else None


def _boolean(value: Any) -> bool | None:
    return value if type(value) is bool else None


def _text(value: Any) -> str | None:
    return value if type(value) is str and is_utf8(value) else None


def is_utf8(text: str) -> bool:
    """Whether UTF-8 can encode it: not a lone surrogate, for which JSON has an escape."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _time(value: Any) -> datetime | None:
    try:
        if _is_usual(value):
            return datetime.fromisoformat(value)
        if type(value) is str and _TIME.fullmatch(value):
            return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    return None


def _time_text(value: Any) -> str | None:
    moment = _time(value)
    if moment is None:
        return None
    return str(value) if _is_usual(value) else format_time(moment)


def _is_usual(value: Any) -> bool:
    """Whether it looks like 2026-02-14T18:20:12.000Z; faster than the regular expression."""
    return type(value) is str and len(value) == 24 and value[4:20:3] == "--T::." and value[23] == "Z"


def format_time(moment: datetime) -> str:
    """A datetime in UTC as the API writes it, in milliseconds, or in microseconds if it has them."""
    spec = "microseconds" if moment.microsecond % 1000 else "milliseconds"
    return moment.isoformat(timespec=spec).replace("+00:00", "Z")


_encode: Final = msgspec.json.Encoder().encode


def _to_json(value: Any) -> str:
    try:
        text = _encode(value).decode()
        # msgspec writes null for infinity.
        return _encode(_without_infinity(value)).decode() if "null" in text else text
    except RecursionError:
        return '"too deep"'
    except UnicodeEncodeError:  # a lone surrogate
        return json.dumps(_without_infinity(value), separators=(",", ":"))


def _without_infinity(value: Any) -> Any:
    """1e999 in a response is infinite in Python, and JSON cannot hold it."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {name: _without_infinity(member) for name, member in members.items()}
    if type(value) is list:
        return [_without_infinity(item) for item in cast("list[object]", value)]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _to_json_without_queries(value: Any) -> str:
    text = _to_json(value)
    return _QUERY.sub(r"\1", text) if "://" in text else text
