"""A data source for Spark 4: `spark.read.format("convirza")`. Needs the extra `spark`, and Java 17 or newer.

from convirza.export.spark import register

register(spark)
calls = spark.read.format("convirza").option("since", "2026-01-01").option("include", "tags").load()
"""

import contextlib
import os
import re
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import islice
from typing import Any, Final

from attrs import frozen

from convirza._core.errors import ConfigurationError, RateLimitError, ServerError, TransportError
from convirza._core.validation import check_count, check_include, check_rate, check_url
from convirza._core.windows import LONGEST, MILLISECOND, Window, parse_period
from convirza._resources.call_filters import ID_FILTERS, CallFilters, check_filters
from convirza._sync_client import Convirza
from convirza.export.columns import format_time
from convirza.export.windows import read_window, without_earlier

try:
    _arrow: Final[Any] = import_module("convirza.export.arrow")
    _spark: Final[Any] = import_module("pyspark.sql.datasource")  # not a dependency of the type checks
    _from_arrow_schema: Final[Any] = import_module("pyspark.sql.pandas.types").from_arrow_schema
except ModuleNotFoundError:
    message = "convirza.export.spark needs pyspark 4 and pyarrow: pip install 'convirza[spark]'"
    raise ModuleNotFoundError(message) from None

_NAMES: Final = (
    *("since", "until", "tz", "include", "window_days", "rate", "parallelism", "base_url", "delay_minutes"),
    *CallFilters.__annotations__,
)
_SECRET: Final = re.compile("auth|email|key|password|secret|token")


def register(spark: Any) -> None:
    """Makes the format `convirza` known to a session, for `spark.read` and `spark.readStream`."""
    spark.dataSource.register(_CallsSource)


def spark_schema() -> Any:
    """The columns, as a pyspark.sql.types.StructType."""
    return _from_arrow_schema(_arrow.arrow_schema())


@frozen
class _Query:
    """The checked options. Spark pickles it into its plan, so it holds no secret."""

    period: Window
    endless: bool
    longest: timedelta
    delay: timedelta
    include: list[str]
    filters: Mapping[str, Any]
    rate: float | None
    parallelism: int | None
    client: Mapping[str, Any]

    def plan(self, period: Window, *, follows: bool = False) -> list[Any]:
        """A partition for each window, with its share of the rate. Runs on the driver.

        With `follows`, the window before the first one is read, too, as it is before the others.
        """
        windows = list(period.split(self.longest))
        if windows and os.environ.get("CONVIRZA_TOKEN"):
            self._check_access(windows[0].start)
        rate = self.rate and self.rate / min(self.parallelism or len(windows), len(windows))
        return [
            _spark.InputPartition((window, follows or window is not windows[0], rate)) for window in windows
        ]

    def _check_access(self, start: datetime) -> None:
        """Raises if the API refuses the token or an option: in a task, Spark would try this four times."""
        transient = (RateLimitError, ServerError, TransportError)  # the tasks retry them
        with contextlib.suppress(*transient), Convirza(**self.client, max_retries=0, deadline=10) as client:
            client.calls.list(start, start + MILLISECOND, include=self.include, **self.filters).count()

    def read(self, partition: Any, names: Sequence[str]) -> Iterator[Any]:
        """The records of a partition, in Arrow batches of these columns. Runs in the executors."""
        window, follows, rate = partition.value

        def read(one: Window) -> Generator[dict[str, Any]]:
            if rate:  # the last request of the task before, with another client, may have been just now
                time.sleep(1 / rate)
            yield from read_window(one, include=self.include, rate=rate, client=self.client, **self.filters)

        with contextlib.closing(without_earlier(window, read) if follows else read(window)) as records:
            while some := list(islice(records, _arrow.ROW_GROUP)):
                yield from _arrow.to_arrow(some).select(names).to_batches()


def _read_options(options: Mapping[str, str]) -> _Query:
    """Checks the options, whose names are in lower case. Raises ValueError without the value of a secret."""
    for name in sorted(set(options) - set(_NAMES)):
        if _SECRET.search(name):
            raise ConfigurationError(
                f"option {name} is refused, because Spark would store it in the query plan: "
                "set CONVIRZA_TOKEN in the environment of the executors"
            )
        raise ConfigurationError(f"unknown option {name}: use {', '.join(_NAMES)}")
    if not options.get("since"):
        raise ConfigurationError('option since is missing: set it, for example, to "2026-03-01"')

    def number(name: str, kind: type[int] | type[float] = int) -> Any:
        try:
            return kind(options[name])
        except ValueError:
            raise ConfigurationError(f"option {name} is not a number: {options[name][:20]!r}") from None

    def count(name: str, default: int | None, least: int, most: int) -> Any:
        return check_count(name, number(name), least, most) if name in options else default

    until = options.get("until")
    try:
        period = parse_period(options["since"], until, options.get("tz"), datetime.now(UTC))
    except ValueError as error:
        raise ConfigurationError(f"options since (start), until (end) and tz: {error}") from None
    filters = {
        name: number(name) if name in ID_FILTERS else options[name]
        for name in CallFilters.__annotations__
        if name in options
    }
    url = options.get("base_url")
    return _Query(
        period=period,
        endless=until is None,
        longest=timedelta(days=count("window_days", 1, 1, LONGEST.days)),
        delay=timedelta(minutes=count("delay_minutes", 60, 0, 10**6)),
        include=check_include(options["include"]) if options.get("include") else [],
        filters=check_filters(filters),
        rate=check_rate(number("rate", float)) if "rate" in options else None,
        parallelism=count("parallelism", None, 1, 10**6),
        # Whether http:// is allowed is up to the executors.
        client={} if url is None else {"base_url": check_url(url, "option base_url", clear=True)},
    )


class _CallsSource(_spark.DataSource):  # type: ignore[misc]  # see _spark
    """The data source `convirza`. The end of the period is frozen when it is loaded."""

    def __init__(self, options: Any) -> None:
        """Called by Spark on the driver. Raises ValueError for an invalid option."""
        super().__init__(options)  # pyright: ignore[reportUnknownMemberType]
        self._query = _read_options({name.lower(): value for name, value in options.items()})

    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return "convirza"

    def schema(self) -> Any:
        """All columns."""
        return spark_schema()

    def reader(self, schema: Any) -> Any:
        """The reader of a period."""
        return _Reader(self._query, _check_schema(schema))

    def streamReader(self, schema: Any) -> Any:
        """The reader of a stream."""
        if not self._query.endless:
            raise ConfigurationError("a stream has no end: leave out the option until")
        return _StreamReader(self._query, _check_schema(schema))


def _check_schema(schema: Any) -> list[str]:
    """The columns of a schema, which the caller may have set. Raises ConfigurationError if they differ."""
    known = {field.name: field.dataType for field in spark_schema()}
    wrong = [field.name for field in schema if known.get(field.name) != field.dataType]
    if wrong:
        advice = "use columns of convirza.export.spark.spark_schema()"
        raise ConfigurationError(
            f"the schema has columns that calls do not have: {', '.join(wrong)}: {advice}"
        )
    return [field.name for field in schema]


@frozen
class _Reads:
    query: _Query
    names: list[str]

    def read(self, partition: Any) -> Iterator[Any]:
        return self.query.read(partition, self.names)


class _Reader(_Reads, _spark.DataSourceReader):  # type: ignore[misc]  # see _spark
    def partitions(self) -> list[Any]:
        return self.query.plan(self.query.period)


class _StreamReader(_Reads, _spark.DataSourceStreamReader):  # type: ignore[misc]  # see _spark
    """A micro-batch has the calls that started between two offsets: the frozen ends of batches."""

    def initialOffset(self) -> dict[str, str]:
        return {"end": format_time(self.query.period.start)}

    def latestOffset(self, start: Any = None, _limit: Any = None) -> dict[str, str]:
        """Whole minutes, so that a query without a trigger interval sends at most one request a minute."""
        end = (datetime.now(UTC) - self.query.delay).replace(second=0, microsecond=0)
        first = (start or self.initialOffset())["end"]  # before Spark 4.2 without start
        return {"end": max(first, format_time(end))}

    def partitions(self, start: dict[str, str], end: dict[str, str]) -> list[Any]:
        first, last = (datetime.fromisoformat(offset["end"]) for offset in (start, end))
        return self.query.plan(Window(first, last), follows=first != self.query.period.start)
