"""The dlt source on DuckDB: the tables have what the API has."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from convirza.export import columns, create_table, flatten
from convirza.export.columns import Flattener
from support.library.pages import SITE, run_page

pytest.importorskip("dlt", reason="needs the extra dlt and DuckDB: tox run -e engines")
duckdb = pytest.importorskip("duckdb", reason="needs DuckDB: tox run -e engines")

import pyarrow.parquet  # noqa: E402 - after the skip
from dlt.common.runtime import anon_tracker  # noqa: E402

from convirza.export.arrow import arrow_schema  # noqa: E402
from engines import nightly  # noqa: E402
from engines.warehouse import (  # noqa: E402
    ALL,
    LISTS,
    NIGHT,
    SINCE,
    calls_between,
    client,
    edited,
    load,
    loaded,
    query,
    refusal,
    tables,
    truth,
    types,
    without_null_lists,
)


@pytest.mark.parametrize("file_format", ["parquet", None])
def test_first_load_has_every_value(api, tmp_path, file_format):
    """All calls and lists are there, each value in its type, whatever a call has or lacks."""
    api.add_call(call_started="2026-03-19T23:59:59.999Z", campaign_name="Zoë 屋 \\ ' \" \t\r\n \U0001f600")
    api.add_call(call_started="2026-03-01T00:00:00.000Z", tags=[{}, {"tag_id": 2**63 - 1}], summary="")
    api.add_call(call_started="2026-03-20T03:17:00.000Z")
    load(tmp_path, api, file_format=file_format)
    expected = truth(api)
    assert len(expected) > 200
    assert loaded(tmp_path) == expected
    with duckdb.connect() as database:
        database.execute(create_table())
        same = database.execute("DESCRIBE calls").fetchall()
    assert types(tmp_path) == {name: kind for name, kind, *_ in same if name not in LISTS}
    made = query(tmp_path, "DESCRIBE convirza.calls")
    required = {row["column_name"] for row in made if row["null"] == "NO"}
    assert required == {"call_id", "_dlt_id", "_dlt_load_id"}
    assert not any("http://" in str(row) for row in loaded(tmp_path))


def test_arrow_has_every_value(api, tmp_path):
    """With `arrow`, lists are columns; a second load replaces what has changed."""
    load(tmp_path, api, NIGHT - timedelta(days=1), arrow=True)
    call = calls_between(api, NIGHT - timedelta(days=3), NIGHT)[0]
    api.change_call(call["call_id"], tags=[{"tag_name": "Lead"}], indicators=[], comments=None, duration=7)
    load(tmp_path, api, arrow=True)
    assert tables(tmp_path) == {"calls"}
    rows = query(tmp_path, "SELECT * FROM convirza.calls ORDER BY call_id")
    times = {column.name for one in columns() for column in one.fields if column.kind == "timestamp"}
    for row in rows:
        for name in LISTS:
            row[name] = json.loads(row[name] or "[]")
            for item in row[name]:
                item.update(
                    {key: datetime.fromisoformat(item[key]) for key in times & item.keys() if item[key]}
                )
    assert rows == truth(api)


def test_arrow_files_have_structs(api, tmp_path):
    """In files, the lists of an Arrow load are lists of structs, typed as in the export."""
    pipeline = nightly.open_pipeline(tmp_path, nightly.dlt.destinations.filesystem(str(tmp_path / "files")))
    calls = nightly.source(SINCE, until=NIGHT, include=ALL, client=client(api), arrow=True)
    pipeline.run(calls.with_resources("calls"), loader_file_format="parquet")
    (file,) = (tmp_path / "files/convirza/calls").iterdir()
    table = pyarrow.parquet.read_table(file)
    assert [field.remove_metadata().with_nullable(True) for field in table.schema] == list(arrow_schema())
    found = sorted(map(without_null_lists, table.to_pylist()), key=lambda row: row["call_id"])
    assert found == truth(api)


def test_late_changes_arrive(api, tmp_path):
    """Calls up to `lookback` before the end of the last load are read again, no others."""
    load(tmp_path, api, NIGHT)
    before = loaded(tmp_path)
    old, late = (calls_between(api, NIGHT - timedelta(days=days), NIGHT)[0] for days in (8, 7))
    for call in (old, late):
        api.change_call(
            call["call_id"], tags=[{"tag_name": "Late", "tag_id": 5}], duration=7777, summary=None
        )
    next_night = NIGHT + timedelta(days=1)
    load(tmp_path, api, next_night)
    kept = [row for row in before if row["call_id"] == old["call_id"]]
    expected = [row for row in truth(api, next_night) if row["call_id"] != old["call_id"]]
    assert loaded(tmp_path) == sorted([*kept, *expected], key=lambda row: row["call_id"])
    load(tmp_path, api, next_night, lookback=timedelta(days=9))
    assert loaded(tmp_path) == truth(api, next_night)


def test_child_tables_are_typed(api, tmp_path):
    """Tables of lists have the columns of the document, also those without any value."""
    api.add_call(call_started="2026-01-01T00:00:00.000Z", **{name: [{}] for name in LISTS})
    load(tmp_path, api, "2026-01-01T00:00:00.001Z", since="2026-01-01")
    kinds = {"integer": "BIGINT", "double": "DOUBLE", "boolean": "BOOLEAN", "text": "VARCHAR"}
    kinds["timestamp"] = "TIMESTAMP WITH TIME ZONE"
    for column in columns():
        if column.kind == "list":
            wanted = {field.name: kinds[field.kind] for field in column.fields}
            assert types(tmp_path, f"calls__{column.name}") == wanted


@pytest.mark.parametrize("empty", [None, []])
def test_emptied_lists_lose_their_rows(api, tmp_path, empty):
    """Rows of tags vanish with the tags, even if the next load has no row of any list."""
    until = datetime(2026, 3, 5, tzinfo=UTC)
    load(tmp_path, api, until)
    assert len(query(tmp_path, "SELECT * FROM convirza.calls__tags")) > 10
    for call in calls_between(api, datetime(2026, 3, 1, tzinfo=UTC), until):
        api.change_call(call["call_id"], **dict.fromkeys(LISTS, empty))
    load(tmp_path, api, until)
    assert loaded(tmp_path) == truth(api, until)
    assert query(tmp_path, "SELECT * FROM convirza.calls__tags") == []


def test_value_of_another_kind_goes_to_extra(api, tmp_path):
    """A number that becomes text, or a list that becomes an object, adds no column and fails no load."""
    until = datetime(2026, 3, 5, tzinfo=UTC)
    load(tmp_path, api, until)
    before = types(tmp_path), types(tmp_path, "calls__indicators")
    items: list[dict[str, Any]] = []

    def change(data: dict[str, Any]) -> None:
        for call in data["calls"]:
            call.update(duration=f"{call['duration']} s", repeat_call=1, comments={"a": 1}, new=[{"b": 2}])
            for indicator in call["indicators"] or ():
                indicator.update(score_value="high", indicator_id=1.5, outcome=True, new="x")
            call["call_started"], call["campaign_id"] = call["call_started"].replace("Z", "+00:00"), 2**63
        items.extend(data["calls"])

    load(tmp_path, api, until, client=client(api, edited(change)))
    expected = {item["call_id"]: without_null_lists(flatten(item)) for item in items}
    assert loaded(tmp_path) == [expected[call_id] for call_id in sorted(expected)]
    assert (types(tmp_path), types(tmp_path, "calls__indicators")) == before
    assert tables(tmp_path) <= {"calls", *(f"calls__{name}" for name in LISTS)}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"include": ["tags"]}, "another include (call_detail, "),
        ({"include": []}, "another include (call_detail, "),
        ({"arrow": True}, "another arrow, and"),
        ({"disposition": "BUSY"}, "another filters, and"),
    ],
)
def test_other_arguments_are_rejected(api, tmp_path, given, message):
    """Calls of a pipeline are of one kind; nothing is changed, and the same arguments go on."""
    until = datetime(2026, 3, 3, tzinfo=UTC)
    load(tmp_path, api, until)
    later = until + timedelta(days=1)
    assert f"ConfigurationError: this pipeline has loaded calls with {message}" in refusal(
        lambda: load(tmp_path, api, later, **given)
    )
    assert loaded(tmp_path) == truth(api, until)
    load(tmp_path, api, later, include=reversed(ALL))
    assert loaded(tmp_path) == truth(api, later)


def test_refresh_allows_another_include(api, tmp_path):
    """With `refresh`, as the refusal says, everything is loaded anew."""
    until = datetime(2026, 3, 12, tzinfo=UTC)
    load(tmp_path, api, until, include=["tags"])
    pipeline = nightly.open_pipeline(tmp_path)
    given = {"since": SINCE, "until": until, "include": ALL, "client": client(api)}
    pipeline.run(nightly.source(**given).with_resources("calls"), refresh="drop_sources")
    assert loaded(tmp_path) == truth(api, until)


def test_call_without_id_is_rejected(api, tmp_path):
    """A record that cannot be merged ends the load, and the error shows no value."""
    nameless = client(api, edited(lambda data: data["calls"][0].update(call_id="x-7")))
    until = datetime(2026, 3, 2, tzinfo=UTC)
    assert refusal(lambda: load(tmp_path, api, until, client=nameless)) == (
        "ResponseError: a record has no valid call_id to merge it by: report it to Convirza"
    )


def test_since_and_until(api, tmp_path):
    """An earlier `since` adds the calls before; a later one, or an earlier `until`, leaves no gap."""
    first, last = datetime(2026, 3, 5, tzinfo=UTC), datetime(2026, 3, 20, tzinfo=UTC)
    load(tmp_path, api, first, since="2026-03-03")
    load(tmp_path, api, last, since="2026-03-19")
    assert loaded(tmp_path) == truth(api, last, "2026-03-03")
    load(tmp_path, api, first, since="2026-02-20T00:00Z")
    assert loaded(tmp_path) == truth(api, last, "2026-02-20")
    requests = len(api.requests)
    load(tmp_path, api, last + timedelta(hours=1))
    assert len(api.requests) - requests == 1
    assert loaded(tmp_path) == truth(api, last + timedelta(hours=1), "2026-02-20")


def test_end_is_now_at_the_latest(api, tmp_path):
    """An `until` in the future is not kept: calls until then are still to come."""
    before = datetime.now(UTC)
    pipeline = load(tmp_path, api, before + timedelta(days=90), since=before - timedelta(days=1))
    end = pipeline.state["sources"]["convirza"]["resources"]["calls"]["loaded"][1]
    assert before - timedelta(seconds=1) < datetime.fromisoformat(end) <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"since": "x"}, "start is not an ISO date"),
        ({"until": SINCE}, "start must be before end"),
        ({"include": [""]}, "include"),
        ({"lookback": timedelta(-1)}, "lookback is out of range"),
        ({"lookback": timedelta.max}, "lookback is out of range"),
        ({"caller_id": 5}, "caller_id"),
    ],
)
def test_invalid_argument_raises_at_once(given, message):
    """An invalid argument raises before the pipeline runs."""
    with pytest.raises(ValueError, match=message):
        nightly.source(**{"since": SINCE, **given})


def test_sms(api, tmp_path):
    """All conversations are there, open and closed, with what has changed in the next load."""
    load(tmp_path, api, resource="sms")
    flattener = Flattener(schema="SmsConversation")

    def listed(*hooks: Any) -> list[dict[str, Any]]:
        with httpx.Client(transport=api.transport, headers={"Authorization": f"Bearer {api.token}"}) as http:
            address = f"{api.base_url}/conversations/sms"
            pages = [
                http.get(address, params={"type": kind, "limit": 200}).json() for kind in ("allOpen", "close")
            ]
        return sorted(
            (flattener(item) for page in pages for item in page["data"]["conversation"]),
            key=lambda row: row["conversation_id"],
        )

    def rows() -> list[dict[str, Any]]:
        found = query(tmp_path, "SELECT * FROM convirza.sms ORDER BY conversation_id")
        return [{key: row[key] for key in row if not key.startswith("_dlt")} for row in found]

    expected = listed()
    assert len(expected) == 240
    assert rows() == expected
    changed = {"message": "changed", "unread_count": "many", "closed_at": None}
    hook = edited(lambda data: data["conversation"][0].update(changed))
    load(tmp_path, api, resource="sms", client=client(api, hook))
    extra = [row for row in rows() if row["message"] == "changed"]
    assert [(row["unread_count"], row["_extra"]) for row in extra] == [(None, '{"unread_count":"many"}')] * 2
    assert len(rows()) == 240


@pytest.mark.parametrize("moves", [1, 99])
def test_moving_sms(api, tmp_path, moves):
    """Conversations are listed again if one moved meanwhile, three times at most."""
    left = moves

    def move(data: dict[str, Any]) -> None:
        nonlocal left
        if left:
            left -= 1
            data["conversation"].pop()

    given = {"resource": "sms", "client": client(api, edited(move))}
    if moves == 99:
        assert "IncompleteListError" in refusal(lambda: load(tmp_path, api, **given))
    else:
        load(tmp_path, api, **given)
        assert query(tmp_path, "SELECT count(DISTINCT conversation_id) AS n FROM convirza.sms") == [
            {"n": 240}
        ]


def test_telemetry_is_off(api, tmp_path):
    """The variable that the page names turns dlt's telemetry off."""
    load(tmp_path, api, datetime(2026, 3, 2, tzinfo=UTC))
    assert anon_tracker._ANON_TRACKER_ENDPOINT is None


@pytest.mark.usefixtures("reader")
def test_page_runs():
    """The code of the page does what the page says."""
    run_page(SITE / "dlt.md")
