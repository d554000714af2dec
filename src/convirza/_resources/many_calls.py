"""`calls.get_many`, which differs: sync reads in threads, async in tasks. Both functions are called alike."""

import threading
from collections.abc import AsyncGenerator, AsyncIterable, Generator
from typing import Any, Final

from convirza._core.attempts import Core, Options
from convirza._core.bulk import FailureLimit, Outcome, Pacer, gather, gather_async
from convirza._core.effects import Flow
from convirza._core.errors import ConvirzaError
from convirza._core.responses import RawResponse
from convirza._core.transport import AsyncSender, Sender
from convirza._core.validation import check_count, check_id, check_ids, check_max_failures, check_rate
from convirza._generated import Call
from convirza._resources.call_arguments import AsyncIds, Ids
from convirza._resources.call_records import get_call_by_id

MAX_FAILURES: Final = 100
"""At 20 at a time an API that refuses connections ends a read after about 10 s; one bad moment fails 20."""

_MAX_CONCURRENCY: Final = 1000


def read_many(
    core: Core,
    sender: Sender,
    ids: Ids,
    include: list[str],
    options: Options,
    *,
    concurrency: int,
    ordered: bool,
    rate: float | None,
    max_failures: int | None,
) -> Generator[Outcome]:
    """Reads calls in threads. Raises ValueError for an invalid argument at once."""
    pacer = Pacer(check_rate(rate))
    limit = FailureLimit(check_max_failures("max_failures", max_failures))

    def read(call_id: Any, stopped: threading.Event) -> Outcome:
        flow = _flow(core, call_id, include, options, pacer)
        if isinstance(flow, Outcome):
            return flow
        return _outcome(call_id, sender.run(flow, core.clock, stopped))

    concurrency = check_count("concurrency", concurrency, 1, _MAX_CONCURRENCY)
    return gather(check_ids(ids), read, concurrency=concurrency, ordered=ordered, limit=limit)


def read_many_async(
    core: Core,
    sender: AsyncSender,
    ids: AsyncIds,
    include: list[str],
    options: Options,
    *,
    concurrency: int,
    ordered: bool,
    rate: float | None,
    max_failures: int | None,
) -> AsyncGenerator[Outcome]:
    """Reads calls in tasks. Raises ValueError for an invalid argument at once."""
    pacer = Pacer(check_rate(rate))
    limit = FailureLimit(check_max_failures("max_failures", max_failures))

    async def read(call_id: Any) -> Outcome:
        flow = _flow(core, call_id, include, options, pacer)
        if isinstance(flow, Outcome):
            return flow
        return _outcome(call_id, await sender.run(flow, core.clock))

    concurrency = check_count("concurrency", concurrency, 1, _MAX_CONCURRENCY)
    several = aiter(ids) if isinstance(ids, AsyncIterable) else check_ids(ids)
    return gather_async(several, read, concurrency=concurrency, ordered=ordered, limit=limit)


def _flow(
    core: Core, call_id: object, include: list[str], options: Options, pacer: Pacer
) -> Flow[RawResponse[Call] | ConvirzaError] | Outcome:
    try:
        return core.run(get_call_by_id(check_id(call_id), include), options, pacer)
    except ValueError as error:
        return Outcome(call_id, error=error.with_traceback(None))


def _outcome(call_id: object, result: RawResponse[Call] | ConvirzaError) -> Outcome:
    if isinstance(result, ConvirzaError):
        return Outcome(call_id, error=result)
    return Outcome(call_id, call=result.parsed)
