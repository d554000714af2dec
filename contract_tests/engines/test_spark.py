"""The data source of Spark: the rows are the API's, each once, whatever fails. Run by `tox run -e spark`."""

import os
import re
import subprocess
import sys
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from convirza import ConfigurationError
from convirza.export import arrow, columns, flatten
from convirza.fake import DEFAULT_TOKEN, FakeAPI, store
from convirza.fake.records import MODULES, in_scope
from support.library.pages import SITE, blocks, run_page

pytest.importorskip("pyspark", reason="needs pyspark: tox run -e spark")

from pyspark.sql import SparkSession

from convirza.export import spark as source

SINCE, UNTIL = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
ALL = {"include": ",".join(MODULES)}


def has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    command = [f"{home}/bin/java" if home else "java", "--list-modules"]
    try:
        ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    except OSError:
        return False
    return re.search(r"^jdk\.incubator\.vector@(1[7-9]|[2-9]\d)", ended.stdout, re.MULTILINE) is not None


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Generator[Any]:
    """A Spark that runs two tasks at a time, each up to four times. Skips without a Java for it."""
    if not has_java():
        message = "Spark needs Java 17 or newer with the module jdk.incubator.vector: set JAVA_HOME"
        assert not os.environ.get("CONVIRZA_GATES"), message
        pytest.skip(message)
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("CONVIRZA_") or name.lower().endswith("_proxy"):
                patch.delenv(name)
        patch.chdir(tmp_path_factory.mktemp("spark"))  # where relative paths lead
        patch.setenv("CONVIRZA_TOKEN", DEFAULT_TOKEN)
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        settings = {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.memory": "512m",
            "spark.sql.session.timeZone": "America/New_York",  # must change nothing
            "spark.sql.shuffle.partitions": "1",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }
        session = SparkSession.builder.master("local[2,4]").config(map=settings).getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        source.register(session)
        yield session
        session.stop()


@pytest.fixture
def api() -> Generator[FakeAPI]:
    """A fake of the test's own."""
    api = FakeAPI()
    with api.serve():
        yield api


def load(session: Any, api: FakeAPI, **options: Any) -> Any:
    given = {"since": SINCE.isoformat(), "until": UNTIL.isoformat(), "base_url": api.base_url, **options}
    return session.read.format("convirza").options(**{k: v for k, v in given.items() if v}).load()


def rows(frame: Any) -> list[dict[str, Any]]:
    return sorted(frame.toArrow().to_pylist(), key=lambda row: row["call_id"] or 0)


def truth(api: FakeAPI, start: datetime = SINCE, end: datetime = UNTIL) -> list[dict[str, Any]]:
    found = [flatten(call) for call in api._store.between(start, end) if in_scope(call)]
    return sorted(found, key=lambda row: row["call_id"] or 0)


def at(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.mark.parametrize("window_days", [1, 30])
def test_rows_are_those_of_the_api(session, api, window_days):
    """Every value of every column, those in lists too, is as in the fake; no signed URL is among them."""
    frame = load(session, api, **ALL, window_days=window_days)
    assert frame.columns == [column.name for column in columns()]
    assert frame.rdd.getNumPartitions() == -(-3.5 // window_days)
    found = rows(frame)
    assert found == truth(api)
    assert len(found) > 30
    assert all(any(row[name] for row in found) for name in ("tags", "comments", "indicators", "summary"))
    assert "secret=" not in str(found)


@pytest.mark.parametrize("inclusive", [False, True])
def test_calls_at_the_ends_of_windows(session, api, monkeypatch, inclusive):
    """A call near or at the end of a partition is read once, whether the API's ends are inclusive or not."""
    ends = [SINCE, *(SINCE + timedelta(days=day) for day in (1, 2, 3)), UNTIL]
    for moment in ends:
        for shift in (-1, 0, 1):
            api.add_call(call_started=at(moment + timedelta(milliseconds=shift)))
    expected = truth(api)
    if inclusive:
        between = api._store.between
        monkeypatch.setattr(api._store, "between", lambda start, end: between(start, end + MILLISECOND))
    assert rows(load(session, api, **ALL)) == expected


@pytest.mark.parametrize("late", [None, timedelta(minutes=10)])
def test_calls_that_two_windows_list(api, monkeypatch, late):
    """A call that has no start, or another than the API selects by, is returned once."""
    for day in range(4):
        for shift in (-1, 0, 1):
            moment = SINCE + timedelta(days=day, milliseconds=shift)
            api.add_call(call_started=at(moment))
    between = api._store.between

    def listed(start: datetime, end: datetime) -> list[Any]:
        found = between(start, end + MILLISECOND)
        times = [late and at(datetime.fromisoformat(call["call_started"]) - late) for call in found]
        return [{**call, "call_started": time} for call, time in zip(found, times, strict=True)]

    monkeypatch.setenv("CONVIRZA_TOKEN", api.token)
    monkeypatch.setattr(api._store, "between", listed)
    expected = sorted(call["call_id"] for call in listed(SINCE - MILLISECOND, UNTIL) if in_scope(call))

    def read(reader: Any, *period: Any) -> list[int]:
        batches = [batch for one in reader.partitions(*period) for batch in reader.read(one)]
        return sorted(call_id for batch in batches for call_id in batch["call_id"].to_pylist())

    options = {"since": at(SINCE), "base_url": api.base_url, "rate": "1000", "parallelism": "1"}
    table = source._CallsSource({**options, "until": at(UNTIL)})
    assert read(table.reader(table.schema())) == expected
    calls = source._CallsSource(options)
    stream = calls.streamReader(calls.schema())
    ends = [{"end": at(moment)} for moment in (SINCE, SINCE + timedelta(days=1), UNTIL)]
    assert sorted(read(stream, *ends[:2]) + read(stream, *ends[1:])) == expected


def test_failing_api(session, api):
    """500s, 429s and broken connections are retried: each row is returned once."""
    api.script("server-error", "rate-limited", None, "reset", None, "truncated", times=3, retry_after=0)
    assert rows(load(session, api, **ALL)) == truth(api)
    assert {429, 500} <= {request.status for request in api.requests}


def test_dying_task(session, api, tmp_path, monkeypatch):
    """A worker that dies after half of its batches is replaced; each row comes once, without an id too."""
    flag = tmp_path / "died"
    monkeypatch.setattr(store, "check_record", dict)  # which refuses the call without an id
    api.add_call(call_id=None, call_started=at(SINCE + timedelta(hours=1)))

    class DyingReader(source._Reader):  # local, so that Spark pickles it by value
        def read(self, partition: Any) -> Any:
            arrow.ROW_GROUP = 5  # about half of the calls of a day
            for batch in super().read(partition):
                yield batch
                if not flag.exists():
                    flag.touch()
                    os._exit(9)

    class DyingSource(source._CallsSource):
        @classmethod
        def name(cls) -> str:
            return "dying"

        def reader(self, schema: Any) -> Any:
            return DyingReader(self._query, schema.names)

    session.dataSource.register(DyingSource)
    options = {"since": SINCE.isoformat(), "until": UNTIL.isoformat(), "base_url": api.base_url, **ALL}
    found = rows(session.read.format("dying").options(**options).load())
    assert found == truth(api)
    assert [row["call_id"] for row in found].count(None) == 1
    assert flag.exists()


def test_refused_token(session, api):
    """A 401 ends the job after one request, before any task runs, and the error says why."""
    refusing = FakeAPI(token="another")
    with refusing.serve(), pytest.raises(Exception, match=r"AuthenticationError: the token was refused"):
        load(session, refusing).collect()
    assert [request.status for request in refusing.requests] == [401]


def test_refused_token_in_a_task(session, api, monkeypatch):
    """A token that is refused later costs a request for each of the four attempts that Spark makes."""
    api.script(None, path="/v3/conversations/calls")
    api.script("unauthorized", path="/v3/conversations/calls", times=None)
    with pytest.raises(Exception, match=r"AuthenticationError: the token was refused"):
        load(session, api, window_days=30).collect()
    assert [request.status for request in api.requests] == [200, 401, 401, 401, 401]


def test_incomplete_window(session, api):
    """A window that cannot be proved complete fails the job: no rows are missing silently."""
    body = {"code": 200, "message": "Success", "data": {"total": 9, "calls": []}}
    ids = {"request_id": "550e8400-e29b-41d4-a716-446655440000", "timestamp": "2026-01-20T12:34:56.789Z"}
    api.script((200, {**body, **ids}), times=None)
    with pytest.raises(Exception, match=r"IncompleteListError: the list from 2026-"):
        load(session, api, until=at(SINCE + MILLISECOND)).collect()


def test_end_is_frozen(session, api):
    """All actions on one frame read the same period; a later frame has the calls since then."""
    since = at(datetime.now(UTC) - timedelta(hours=1))
    api.add_call(call_started=since)
    frame = load(session, api, since=since, until=None)
    assert frame.count() == 1
    api.add_call(call_started=at(datetime.now(UTC)))
    assert frame.count() == 1
    assert load(session, api, since=since, until=None).count() == 2


def test_columns_and_filters(session, api):
    """A schema of the caller selects columns, and a filter calls; other columns and types are refused."""
    reader = session.read.format("convirza").options(
        since=SINCE.isoformat(), until=UNTIL.isoformat(), base_url=api.base_url, disposition="BUSY,ABANDONED"
    )
    found = rows(reader.schema("duration bigint, call_id bigint").load())
    expected = [row for row in truth(api) if row["disposition"] in ("BUSY", "ABANDONED")]
    assert found == [{"duration": row["duration"], "call_id": row["call_id"]} for row in expected]
    for wrong in ("call_id string", "id bigint"):
        with pytest.raises(Exception, match=r"ConfigurationError: the schema has columns that calls do not"):
            reader.schema(wrong).load().collect()


def test_stream(session, api, tmp_path):
    """A stream continues where the last run ended, so that each call is returned once."""
    now = datetime.now(UTC)
    for hours in (70, 30, 2):
        api.add_call(call_started=at(now - timedelta(hours=hours)))

    def run(delay: int) -> list[int]:
        options = {"since": at(now - timedelta(days=3)), "base_url": api.base_url, "delay_minutes": delay}
        frame = session.readStream.format("convirza").options(**options).load().select("call_id")
        writer = frame.writeStream.option("checkpointLocation", str(tmp_path / "checkpoint"))
        query = writer.trigger(availableNow=True).start(str(tmp_path / "calls"))
        query.awaitTermination()
        return sorted(row.call_id for row in session.read.parquet(str(tmp_path / "calls")).collect())

    ids = [row["call_id"] for row in truth(api, now - timedelta(days=3), now)]
    assert run(24 * 60) == ids[:2]
    assert run(0) == ids
    ended = source._CallsSource({"since": "2026-03-01", "until": "2026-03-02"})
    with pytest.raises(ConfigurationError, match="a stream has no end: leave out the option until"):
        ended.streamReader(ended.schema())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"token": "hunter2"},
            "option token is refused, because Spark would store it in the query plan: set",
        ),
        ({"Api-Key": "hunter2"}, "option api-key is refused"),
        ({"base_url": "https://u:hunter2@a.example"}, "option base_url contains a user name or a password"),
        ({"path": "x"}, "unknown option path: use since, until,"),
        ({"since": ""}, "option since is missing"),
        ({"since": "today"}, r"options since \(start\), until \(end\) and tz: start is not an ISO date"),
        ({"until": "2026-01-01"}, "start must be before end"),
        ({"window_days": "31"}, "window_days 31 is out of range"),
        ({"window_days": "x"}, "option window_days is not a number"),
        ({"rate": "0", "parallelism": "1"}, "rate 0.0 is not a number of requests"),
        ({"org_unit_id": "x"}, "option org_unit_id is not a number"),
        ({"include": "a b"}, "include 'a b' is not valid"),
    ],
)
def test_invalid_options(options, message):
    """Each is refused when the frame is loaded, without the value of a secret."""
    with pytest.raises(ValueError, match=message) as refused:
        source._CallsSource({"since": "2026-03-01", **options})
    assert "hunter2" not in str(refused.value)


def test_token_does_not_reach_the_plan(session):
    """Spark's own error names the option, and not its value."""
    with pytest.raises(Exception, match="option token is refused") as refused:
        session.read.format("convirza").options(since="2026-03-01", token="hunter2").load()
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(("parallelism", "share"), [("2", 5.0), ("100", 2.5), (None, 2.5)])
def test_rate_is_divided(monkeypatch, parallelism, share):
    """Tasks that run at a time share the rate; a task waits for its first request, as the others do."""
    monkeypatch.delenv("CONVIRZA_TOKEN", raising=False)
    waited: list[float] = []
    given: list[Any] = []

    def read_window(_window: Any, *, rate: float, **_others: Any) -> Generator[Any]:
        given.append(rate)
        yield from ()

    monkeypatch.setattr(source.time, "sleep", waited.append)
    monkeypatch.setattr(source, "read_window", read_window)
    options = {"since": at(SINCE), "until": at(UNTIL), "rate": "10"}
    options |= {"parallelism": parallelism} if parallelism else {}
    calls = source._CallsSource(options)
    reader = calls.reader(calls.schema())
    partitions = reader.partitions()
    for partition in partitions:
        assert list(reader.read(partition)) == []
    assert (waited, given) == ([1 / share] * 4, [share] * 4)


@pytest.mark.parametrize("absent", ["pyspark.sql.datasource", "pyarrow"])
def test_missing_package(absent):
    """Without pyspark 4 or pyarrow, the error names the extra to install."""
    program = f"import sys; sys.modules[{absent!r}] = None; import convirza.export.spark"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=False
    )
    last = ended.stderr.splitlines()[-1]
    assert last.endswith("needs pyspark 4 and pyarrow: pip install 'convirza[spark]'")


def test_page_runs(session, reader, monkeypatch):
    """The code of the page does what the page says."""
    page = SITE / "spark.md"
    tokens = blocks(page)
    for token in tokens:  # no files, so that they run in this process, which has a Spark
        token.content = re.sub(r"^# \w+\.py\n", "\n", token.content)
    monkeypatch.setattr(sys, "argv", ["load_calls.py"])
    monkeypatch.setitem(session.sparkContext.environment, "CONVIRZA_BASE_URL", reader.base_url)
    zone = session.conf.get("spark.sql.session.timeZone")
    try:
        run_page(page, tokens)
    finally:
        session.conf.set("spark.sql.session.timeZone", zone)
