"""What is in the tables of a load, and what has to be there."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest
from dlt.pipeline.exceptions import PipelineStepFailed

from convirza import CallModule
from convirza.export import columns, flatten
from convirza.fake import FakeAPI
from convirza.fake.records import in_scope, view
from engines import nightly

SINCE = "2026-03-01"
NIGHT = datetime(2026, 3, 20, 3, 17, tzinfo=UTC)
ALL = [module.value for module in CallModule]
LISTS = [column.name for column in columns() if column.kind == "list"]


def client(api: FakeAPI, *hooks: Callable[[httpx.Response], None]) -> dict[str, Any]:
    http_client = httpx.Client(transport=api.transport, event_hooks={"response": [*hooks]})
    return {"token": api.token, "base_url": api.base_url, "http_client": http_client, "max_retries": 0}


def query(folder: Path, sql: str) -> list[dict[str, Any]]:
    with connect(folder) as database:
        return rows(database, sql)


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(folder / nightly.DATABASE), read_only=True)


def rows(database: Any, sql: str) -> list[dict[str, Any]]:
    """The rows of a statement. `database` is a cursor of DB-API, as DuckDB's connections are."""
    database.execute(sql)
    names = [column[0] for column in database.description]
    return [dict(zip(names, row, strict=True)) for row in database.fetchall()]


def tables(folder: Path) -> set[str]:
    with connect(folder) as database:
        return _tables(database)


def _tables(database: Any) -> set[str]:
    found = rows(database, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'convirza'")
    return {row["table_name"] for row in found if not row["table_name"].startswith("_dlt")}


def types(folder: Path, table: str = "calls") -> dict[str, str]:
    """The columns of a table with their types, without dlt's own."""
    found = {row["column_name"]: row["column_type"] for row in query(folder, f"DESCRIBE convirza.{table}")}
    return {name: kind for name, kind in found.items() if not name.startswith("_dlt")}


def loaded(folder: Path) -> list[dict[str, Any]]:
    with connect(folder) as database:  # once: opening it took two thirds of this function's time
        return calls_in(database)


def calls_in(database: Any) -> list[dict[str, Any]]:
    """The calls in the tables, as `flatten` makes them, but an empty list for null; by id."""
    calls = {row.pop("_dlt_id"): row for row in rows(database, "SELECT * FROM convirza.calls")}
    for row in calls.values():
        del row["_dlt_load_id"]
        row.update({name: [] for name in LISTS})
    for name in sorted(_tables(database) - {"calls", "sms"}):
        for child in rows(database, f"SELECT * FROM convirza.{name} ORDER BY _dlt_list_idx"):
            place = calls[child["_dlt_parent_id"]][name.removeprefix("calls__")]
            assert child["_dlt_list_idx"] == len(place), "rows of a list are missing, or came twice"
            place.append({key: value for key, value in child.items() if not key.startswith("_dlt")})
    return sorted(calls.values(), key=lambda row: row["call_id"])


def truth(api: FakeAPI, until: datetime = NIGHT, since: str = SINCE) -> list[dict[str, Any]]:
    """The same calls as the fake has them."""
    start = datetime.fromisoformat(f"{since}T00:00Z")
    calls = calls_between(api, start, until)
    records = [flatten(view(call, ALL, NIGHT, "http://fake.invalid")) for call in calls]
    return sorted(map(without_null_lists, records), key=lambda row: row["call_id"])


def without_null_lists(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, **{name: record[name] or [] for name in LISTS}}


def calls_between(api: FakeAPI, start: datetime, end: datetime) -> list[Any]:
    return [call for call in api._store.between(start, end) if in_scope(call)]


def edited(change: Callable[[dict[str, Any]], object]) -> Callable[[httpx.Response], None]:
    """A hook that changes the calls of each response, also so that they do not match the document."""

    def edit(response: httpx.Response) -> None:
        body = json.loads(response.read())
        change(body["data"])
        response._content = json.dumps(body).encode()

    return edit


def load(folder: Path, api: FakeAPI, until: Any = NIGHT, **given: Any) -> Any:
    given = {"since": SINCE, "include": ALL, "client": client(api), **given}
    return nightly.load(folder, given.pop("resource", "calls"), until=until, **given)


def refusal(run: Callable[[], object]) -> str:
    """The one line of the error that ends a load."""
    with pytest.raises(PipelineStepFailed) as caught:
        run()
    cause: BaseException = caught.value
    while cause.__cause__:
        cause = cause.__cause__
    assert "\n" not in str(cause)
    return f"{type(cause).__name__}: {cause}"
