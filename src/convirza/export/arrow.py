"""Records as Arrow tables. Needs pyarrow, the extra `parquet`."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from itertools import accumulate, islice
from typing import Any, Final

from convirza.export.columns import Column, columns
from convirza.export.pages import Lists, Values

_pa: Final[Any] = import_module("pyarrow")  # it has no types

ROW_GROUP: Final = 5_000


@cache
def arrow_schema(*, urls: bool = False) -> Any:
    """The columns, as a pyarrow.Schema."""
    types: Mapping[str, Any] = {
        "integer": _pa.int64(),
        "double": _pa.float64(),
        "boolean": _pa.bool_(),
        "text": _pa.string(),
        "timestamp": _pa.timestamp("us", "UTC"),
        "json": _pa.string(),
    }

    def fields(given: Sequence[Column]) -> list[Any]:
        return [_pa.field(column.name, types.get(column.kind) or listed(column)) for column in given]

    def listed(column: Column) -> Any:
        return _pa.list_(_pa.struct(fields(column.fields)))

    return _pa.schema(fields(columns(urls=urls)))


def to_arrow(records: Iterable[Mapping[str, Any]], *, urls: bool = False) -> Any:
    """The records of `read_window` or `flatten`, as a pyarrow.Table with `arrow_schema`."""
    rows, schema = iter(records), arrow_schema(urls=urls)
    tables = [schema.empty_table()]
    while some := list(islice(rows, ROW_GROUP)):  # as dicts, records are ten times as large
        tables.append(_pa.Table.from_pylist(some, schema=schema))
    return _pa.concat_tables(tables)


def page_to_arrow(page: Sequence[Values], *, urls: bool = False) -> Any:
    """The columns of a page, as a pyarrow.Table with `arrow_schema`."""
    schema = arrow_schema(urls=urls)
    arrays = [_array(values, field.type) for values, field in zip(page, schema, strict=True)]
    return _pa.Table.from_arrays(arrays, schema=schema)


def _array(values: Values, type: Any) -> Any:
    if isinstance(values, Lists):
        item = type.value_type
        members = [_array(part, item.field(number).type) for number, part in enumerate(values.columns)]
        rows = _pa.StructArray.from_arrays(
            members, fields=[item.field(number) for number in range(len(members))]
        )
        ends = accumulate(length or 0 for length in values.lengths)
        starts = [
            None if length is None else end - length for length, end in zip(values.lengths, ends, strict=True)
        ]
        return _pa.ListArray.from_arrays(_pa.array([*starts, len(rows)], _pa.int32()), rows)
    if _pa.types.is_timestamp(type):
        return _pa.array(values, _pa.string()).cast(type)
    return _pa.array(values, type)
