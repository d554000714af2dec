"""The columns of an export: typed from the document, the same for any record, and nothing is lost."""

import contextlib
import io
import json
import pickle
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from convirza import Call
from convirza._core.windows import Window
from convirza._generated import document
from convirza.export import columns, create_table, flatten, read_window
from convirza.export.columns import Flattener, read_members, schema_json
from convirza.export.files import open_writer
from convirza.export.pages import _MISFITS, _flattener, _record_list, read_usual, write_page
from convirza.fake import FakeAPI
from convirza.fake.records import calls

MARCH = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC))


def leaves(value: Any) -> list[Any]:
    """The values without null in a record of the API, timestamps as text."""
    if isinstance(value, dict | list):
        items = value.values() if isinstance(value, dict) else value
        return [leaf for item in items for leaf in leaves(item)]
    return [] if value is None else [value]


@pytest.mark.parametrize("urls", [True, False])
def test_each_value_has_a_place(urls: bool) -> None:
    """All seeded calls have the same columns, none needs `_extra`, and no value is lost."""
    flattener = Flattener(urls=urls, as_text=True)
    names = [column.name for column in columns(urls=urls)]
    for call in calls().values():
        item = json.loads(json.dumps(dict(call)))
        for name in ("call_flow", "voiceagent_data"):
            item[name] = None  # they have free members, which become one text
        record = flattener(item)
        assert (list(record), record["_extra"]) == (names, None)
        if not urls:
            for name in ("url", "expires_at"):
                (item["recording_details"] or {}).pop(name, None)
        assert leaves(record) == leaves(item)
        assert flatten(Call.from_dict(item), urls=urls) == flatten(item, urls=urls)


SIGNED = 'https://x.example/a.mp3?Signature=abc\\u0026b=c\\"d'


ODD: list[tuple[Any, dict[str, Any], Any]] = [
    ({"call_id": 7, "new": {"a": None}}, {"call_id": 7}, {"new": {"a": None}}),
    ({"call_id": "7", "duration": 5.0}, {"duration": 5}, {"call_id": "7"}),
    ({"disposition": "NEW VALUE"}, {"disposition": "NEW VALUE"}, None),
    ({"call_detail": {"call_value": 3}}, {"call_detail__call_value": 3.0}, None),
    ({"call_detail": {"call_value": float("inf")}}, {}, {"call_detail": {"call_value": "inf"}}),
    ({"call_started": "2026-03-01T02:00:00+02:00"}, {"call_started": MARCH.start}, None),
    ({"call_started": "2026-03-01T00:00:00.000Z"}, {"call_started": MARCH.start}, None),
    ({"call_flow": {"a": [1]}}, {"call_flow": '{"a":[1]}'}, None),
    ({"recording_details": {"url": 5, "expires_at": "x"}}, {}, None),
    ({"new": SIGNED}, {}, {"new": "https://x.example/a.mp3"}),
    (None, {}, None),
]
UNFIT: list[Any] = [  # all of it goes to `_extra` as it is
    *("text", [], {"call_id": 2**63}, {"duration": 1.5, "repeat_call": 1}),
    {"caller_id": "\ud800", "ring_to": 5},
    {"call_detail": {"call_value": 2**53 + 1}},
    {"call_detail": 0, "tags": {}},
    {"call_detail": {"new": 1}, "voiceagent_data": []},
    *({"call_started": text} for text in ("2026-03-01T00:00:00", "2026-W09-7T00:00:00.000Z")),
    *({"call_started": text} for text in ("2026-03-01T00:00:00.1234567Z", "0001-01-01T00:00:00+01:00")),
]


@pytest.mark.parametrize(("item", "record", "extra"), [*ODD, *((item, {}, item) for item in UNFIT)])
def test_odd_members(item: Any, record: dict[str, Any], extra: Any) -> None:
    """What does not fit goes to `_extra`, and the rest to the columns."""
    found = flatten(item)
    rest = found.pop("_extra")
    assert {name: value for name, value in found.items() if value is not None} == record
    assert (rest and json.loads(rest)) == extra
    json.dumps(Flattener(as_text=True)(item), allow_nan=False).encode()


def test_odd_members_of_a_list() -> None:
    """The objects of a list keep their places and have all fields; what does not fit is in `_extra`."""
    found = flatten({"indicators": [{"score_value": 7, "new": 1}, "odd", None, {"outcome": False}]})
    first, second, third, fourth = found["indicators"]
    assert (first["score_value"], type(first["score_value"])) == (7.0, float)
    assert list(first) == list(second)
    assert {*second.values(), *third.values(), *fourth.values()} == {None}
    assert json.loads(found["_extra"]) == {
        "indicators": {"0": {"new": 1}, "1": "odd", "2": None, "3": {"outcome": False}}
    }


def test_too_deep_member_is_noted() -> None:
    """A member that no JSON text can hold does not end an export."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert flatten({"call_id": 7, "new": deep})["_extra"] == '"too deep"'
    while deep:  # or its removal would overflow the stack
        deep = deep.pop()


def test_sql_takes_the_columns() -> None:
    """The statement creates a table with the columns."""
    with sqlite3.connect(":memory:") as database:
        database.execute(create_table("calls", urls=True))
        made = database.execute("SELECT name, type FROM pragma_table_info('calls')").fetchall()
    database.close()
    assert [name for name, _ in made] == [column.name for column in columns(urls=True)]
    types = dict(made)
    assert types["call_id"] == "BIGINT"
    assert types["call_detail__call_value"] == "DOUBLE PRECISION"
    assert [one["type"] for one in schema_json()] == [column.kind for column in columns()]


def test_arrow_has_the_types_of_the_document() -> None:
    """Tables of odd and of usual records have one schema, and hold what the records do."""
    arrow = pytest.importorskip("convirza.export.arrow", exc_type=ImportError)
    items = [*calls().values(), {}, {"tags": [None, {"tag_id": 5}], "new": 1}]
    records = [flatten(item) for item in items]
    table = arrow.to_arrow(iter(records))
    assert table.to_pylist() == records
    assert str(table.schema.field("call_started").type) == "timestamp[us, tz=UTC]"
    assert str(table.schema.field("indicators").type).startswith("list<")
    assert arrow.to_arrow([]).schema == table.schema
    assert write_page(items, arrow.page_to_arrow, urls=False).equals(table)


DOCUMENTED = Path(__file__).parents[1] / "spec/get_call.200.json"
WRONG = (
    *(None, True, 0, 2**63, 7.0, 7.5, float("inf"), "", "\ud800", "é", SIGNED, "2026-02-14T18:20:12.000Z"),
    *("2026-02-30T18:20:12.000Z", "2026-02-14T18:20:12Z", "2026-02-14 18:20:12.000Z", [], [None], [{}], {}),
)


def variants(value: Any) -> Iterator[Any]:
    """The value with one place in it changed: a value replaced, a member removed or renamed."""
    for name, member in list(value.items() if isinstance(value, dict) else enumerate(value)):
        for wrong in WRONG:
            yield {**value, name: wrong} if isinstance(value, dict) else [wrong]
        if isinstance(value, dict):
            rest = {other: one for other, one in value.items() if other != name}
            yield from (rest, {**rest, "new": member})
        if isinstance(member, dict | list):
            for changed in variants(member):
                yield {**value, name: changed} if isinstance(value, dict) else [changed, member]


def written(format: Any, items: list[Any], *, urls: bool) -> bytes:
    """What a file of the calls has."""
    file = io.BytesIO()
    with open_writer(format, file, urls=urls) as add:
        add(items)
    return file.getvalue()


def misfit(*_: Any, **__: Any) -> Any:
    """No page is a usual one."""
    raise _MISFITS[0]


@pytest.mark.parametrize("urls", [False, True])
def test_pages_and_records_agree(urls: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each place of the documented record, changed, is written as by the way that reads record by record."""
    record = json.loads(DOCUMENTED.read_bytes())["data"]["result"]
    flattener = Flattener(urls=urls, as_text=True)
    usual: list[Any] = []
    for item in variants(record):
        items = [record, item, record]
        lines, cells = (written(format, items, urls=urls) for format in ("jsonl", "csv"))
        assert repr([json.loads(line) for line in lines.splitlines()]) == repr(list(map(flattener, items)))
        with contextlib.suppress(*_MISFITS):
            read_usual(items, urls=urls)
            usual += items
        with monkeypatch.context() as patch:
            patch.setattr("convirza.export.pages.read_usual", misfit)
            assert [written(format, items, urls=urls) for format in ("jsonl", "csv")] == [lines, cells]
    assert len(usual) > 1000
    arrow = pytest.importorskip("convirza.export.arrow", exc_type=ImportError)
    table = arrow.to_arrow([flatten(item, urls=urls) for item in usual], urls=urls)
    assert write_page(usual, lambda page: arrow.page_to_arrow(page, urls=urls), urls=urls).equals(table)


def test_list_of_nested_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists that the document does not have today: of objects with objects, JSON and a signed URL."""
    whole = json.loads(json.dumps(document()))
    schemas = whole["components"]["schemas"]
    schemas["Tag"]["properties"] |= {
        "by": {"type": "object", "properties": {"name": {"type": "string"}}},
        "any": {},
        "url": {"type": "string"},
    }
    monkeypatch.setattr(sys.modules["convirza.export.columns"], "document", lambda: whole)
    caches = read_members, _record_list, _flattener
    for cached in caches:
        cached.cache_clear()
    items = [{"tags": [{"tag_id": 1, "by": {"name": "x"}, "any": [1], "url": "y"}, {}]}, {"tags": []}]
    try:
        lines = written("jsonl", items, urls=False).splitlines()
        assert [json.loads(line) for line in lines] == list(map(Flattener(as_text=True), items))
        assert json.loads(lines[0])["tags"][0]["by__name"] == "x"
    finally:
        for cached in caches:
            cached.cache_clear()


def test_parquet_has_whole_row_groups() -> None:
    """Pages of any size, of both ways, become row groups of the same size; no row is lost."""
    pytest.importorskip("convirza.export.arrow", exc_type=ImportError)
    parquet = pytest.importorskip("pyarrow.parquet")
    file = io.BytesIO()
    with open_writer("parquet", file, urls=False) as add:
        for start in range(0, 10_010, 770):
            odd = {"new": 1} if start % 3 else {}
            add([{"call_id": number, **odd} for number in range(start, start + 770)])
    found = parquet.ParquetFile(file)
    assert [found.metadata.row_group(group).num_rows for group in range(3)] == [5000, 5000, 10]
    assert found.read()["call_id"].to_pylist() == list(range(10_010))


def test_read_window_is_pure(api: FakeAPI) -> None:
    """Function and arguments can be pickled; the records are those that the list has."""
    call, window = pickle.loads(pickle.dumps((read_window, MARCH)))
    client = {"token": api.token, "base_url": api.base_url}
    records = list(call(window, include=["tags"], disposition="ANSWERED", client=client))
    expected = [
        (call["call_id"], len(call["tags"] or ()))
        for call in calls().values()
        if "2026-03-01" <= call["call_started"] < "2026-03-03" and call["disposition"] == "ANSWERED"
        if call["org_unit_id"] != 1300
    ]
    assert [(record["call_id"], len(record["tags"] or ())) for record in records] == expected


def test_missing_dlt_is_one_line(command: Any) -> None:
    """Without dlt, the import of its source names the extra."""
    err = command(program="import sys; sys.modules['dlt'] = None; import convirza.export.dlt").err
    said = 'ModuleNotFoundError: convirza.export.dlt needs dlt: pip install "convirza[dlt]"'
    assert err.splitlines()[-1] == said
    assert "another exception" not in err
