"""Calls and SMS conversations as a source of dlt, which loads them into a warehouse. Needs the extra `dlt`.

import dlt
from convirza.export.dlt import source

pipeline = dlt.pipeline("convirza", destination="duckdb", dataset_name="convirza_data")
pipeline.drop()  # what an interrupted load left; the state is in the destination
pipeline.run(source("2026-01-01", include=["tags"]))
"""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import import_module
from itertools import chain, islice
from typing import Any, Final, Unpack

from convirza._core.errors import ConfigurationError, IncompleteListError, ResponseError
from convirza._core.validation import check_include, check_lookback
from convirza._core.windows import Moment, Window, floor_ms, parse_period
from convirza._generated import SmsConversation
from convirza._resources.call_arguments import Include
from convirza._resources.call_filters import CallFilters, check_filters, hash_filters
from convirza._sync_client import Convirza
from convirza.export.columns import Column, Flattener, Kind, columns
from convirza.export.run import LOOKBACK
from convirza.export.windows import read_window

try:
    _dlt: Final[Any] = import_module("dlt")  # not a dependency of the type checks
except ModuleNotFoundError:
    raise ModuleNotFoundError('convirza.export.dlt needs dlt: pip install "convirza[dlt]"') from None

_TYPES: Final[Mapping[Kind, str]] = {
    "integer": "bigint",
    "double": "double",
    "boolean": "bool",
    "text": "text",
    "timestamp": "timestamp",
    "json": "text",
}
_SMS: Final = "SmsConversation"
_BATCH: Final = 1_000  # records, about 4 MB as dicts
_TRIES: Final = 3


def source(
    since: Moment,
    *,
    until: Moment | None = None,
    tz: tzinfo | str | None = None,
    include: Include = (),
    lookback: timedelta = LOOKBACK,
    arrow: bool = False,
    rate: float | None = None,
    client: Mapping[str, Any] | None = None,
    **filters: Unpack[CallFilters],
) -> Any:
    """A dlt source with the resources `calls` and `sms`, for `dlt.pipeline(...).run`.

    `calls` are merged on `call_id`. The first load has the calls from `since` to `until`, by default now.
    Each later load continues where the last one ended, and reads the `lookback` before that again, because
    tags, comments and scores arrive late; an earlier `since` adds the calls before. Lists such as `tags` are
    child tables; with `arrow`, columns of structs or JSON, several times as fast.

    `include`, `arrow` and the filters are fixed by the first load: the pipeline raises ConfigurationError for
    others. It also raises what reading a list raises, such as IncompleteListError, and then loads nothing.
    `sms`, merged on `conversation_id`, has all conversations, open and closed, in each load.

    `client` has arguments of `Convirza`; without them, the credentials are those of `CONVIRZA_TOKEN`. The
    other arguments are as for `calls.list`. Raises ValueError for an invalid one.
    """
    now = floor_ms(datetime.now(UTC))
    given = parse_period(since, until, tz, now)
    period = Window(given.start, min(given.end, now))  # else calls that arrive later would be missed
    modules, checked = sorted(check_include(include)), check_filters(filters)
    check_lookback(lookback)
    fixed = {"include": modules, "arrow": arrow, "filters": hash_filters(checked)}

    def read_calls() -> Generator[Any]:
        state: dict[str, Any] = _dlt.current.resource_state("calls")
        _check(state.setdefault("fixed", fixed), fixed)
        loaded = [datetime.fromisoformat(time) for time in state.get("loaded", ())]
        first, last = loaded or (period.start, period.start)
        again = Window(max(first, last - lookback), period.end).split()
        earlier = [*Window(period.start, first).split()]
        for window in chain(again, reversed(earlier)):
            records = read_window(window, include=modules, rate=rate, client=client, **checked)
            yield from _batches(records, "call_id", arrow)
            # dlt keeps it only together with the rows.
            first, last = min(first, window.start), max(last, window.end)
            state["loaded"] = [first.isoformat(), last.isoformat()]

    def read_sms() -> Generator[Any]:
        flatten = Flattener(schema=_SMS)
        with Convirza(**(client or {})) as convirza:
            records = (flatten(conversation.to_dict()) for conversation in _list_sms(convirza))
            yield from _batches(records, "conversation_id", arrow=False)

    return _dlt.source(
        lambda: [
            _resource(read_calls, "calls", "call_id", () if arrow else columns()),
            _resource(read_sms, "sms", "conversation_id", columns(schema=_SMS)),
        ],
        name="convirza",
    )()


def _resource(read: Any, name: str, key: str, found: Sequence[Column]) -> Any:
    return _dlt.resource(
        read,
        name=name,
        primary_key=key,
        write_disposition="merge",
        columns=_hints(found),
        nested_hints={
            column.name: _dlt.mark.make_nested_hints(columns=_hints(column.fields))
            for column in found
            if column.kind == "list"
        },
    )


def _hints(found: Iterable[Column]) -> dict[str, Any]:
    return {column.name: {"data_type": _TYPES[column.kind]} for column in found if column.kind != "list"}


def _check(known: Mapping[str, Any], fixed: Mapping[str, Any]) -> None:
    for name, value in fixed.items():
        if known[name] != value:
            shown = f" ({', '.join(known[name]) or 'none'})" if name == "include" else ""
            raise ConfigurationError(
                f"this pipeline has loaded calls with another {name}{shown}, and a call that is read again "
                f"would lose what this load leaves out: use the same {name}, another pipeline, or "
                'run(..., refresh="drop_sources") to load everything anew'
            )


def _batches(records: Iterator[dict[str, Any]], key: str, arrow: bool) -> Generator[Any]:
    while batch := list(islice(records, _BATCH)):
        if any(record[key] is None for record in batch):
            raise ResponseError(f"a record has no valid {key} to merge it by: report it to Convirza")
        if arrow:
            from convirza.export.arrow import to_arrow

            table = to_arrow(batch)
            place = table.schema.get_field_index(key)
            # As dlt declares a primary key; it warns of a difference.
            field = table.schema.field(place).with_nullable(False)
            yield table.cast(table.schema.set(place, field))
        else:
            # dlt warns of a list that is null, and normalizes each null that is there.
            yield [{name: value for name, value in record.items() if value is not None} for record in batch]


def _list_sms(convirza: Convirza) -> Generator[SmsConversation]:
    """All conversations, each once. One that is closed meanwhile is in both lists; it counts as open."""
    seen: set[int] = set()
    for kind in ("allOpen", "close"):
        for left in reversed(range(_TRIES)):
            try:
                for conversation in convirza.sms.list(type=kind):
                    if conversation.conversation_id not in seen:
                        seen.add(conversation.conversation_id)
                        yield conversation
                break
            except IncompleteListError:  # one moved between two pages
                if not left:
                    raise
