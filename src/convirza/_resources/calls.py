"""The operations on calls, as `convirza.calls` offers them: sync and async, with the same signatures."""

import threading
from collections.abc import AsyncGenerator, AsyncIterable, Generator, Iterable, Mapping
from typing import Any, Final

from convirza._core.attempts import Core, Options
from convirza._core.bulk import FailureLimit, Outcome, Pacer, gather, gather_async
from convirza._core.effects import Flow
from convirza._core.errors import ConvirzaError
from convirza._core.responses import RawResponse
from convirza._core.tracebacks import forgetful, forgetful_async
from convirza._core.transport import AsyncSender, Sender
from convirza._core.validation import (
    ModuleName,
    check_count,
    check_headers,
    check_id,
    check_ids,
    check_include,
    check_max_failures,
    check_rate,
    check_retries,
    check_seconds,
)
from convirza._generated import Call

Include = Iterable[ModuleName | str]

# At 20 at a time, an API that refuses connections ends a read after about 10 s; one bad moment fails only 20.
MAX_FAILURES: Final = 100
_CONCURRENCY: Final = 20
_MOST_AT_A_TIME: Final = 1000


def _options(
    defaults: Options,
    timeout: float | None,
    deadline: float | None,
    headers: Mapping[str, str] | None,
    max_retries: int | None,
) -> Options:
    return Options(
        timeout=defaults.timeout if timeout is None else check_seconds("timeout", timeout),
        deadline=defaults.deadline if deadline is None else check_seconds("deadline", deadline),
        max_retries=defaults.max_retries if max_retries is None else check_retries(max_retries),
        headers={**defaults.headers, **check_headers(headers)},
    )


class Calls:
    """Operations on calls."""

    def __init__(self, core: Core, sender: Sender, defaults: Options) -> None:
        """Made by `Convirza`."""
        self._core = core
        self._sender = sender
        self._defaults = defaults
        self.with_raw_response: CallsWithRawResponse = CallsWithRawResponse(core, sender, defaults)

    def __repr__(self) -> str:
        return "Calls(...)"

    @forgetful
    def get(
        self,
        call_id: int,
        *,
        include: Include = (),
        timeout: float | None = None,
        deadline: float | None = None,
        headers: Mapping[str, str] | None = None,
        max_retries: int | None = None,
    ) -> Call:
        """Gets one call.

        `include` names modules, the optional parts of a record; without it, none is sent. `timeout` is in
        seconds for one attempt, `deadline` in seconds for all attempts and waits, `max_retries` how many more
        attempts may follow the first; what is not given is as the client has it. `headers` are added.

        Raises ValueError for an argument that cannot be sent, and otherwise nothing but a `ConvirzaError`:
        `NotFoundError` and other kinds of `APIStatusError`, `TransportError`, `ResponseError`, `DriftError`.
        """
        response = self.with_raw_response.get(
            call_id,
            include=include,
            timeout=timeout,
            deadline=deadline,
            headers=headers,
            max_retries=max_retries,
        )
        return response.parsed

    @forgetful
    def get_many(
        self,
        ids: Iterable[Any],
        *,
        include: Include = (),
        concurrency: int = _CONCURRENCY,
        ordered: bool = False,
        rate: float | None = None,
        max_failures: int | None = MAX_FAILURES,
        timeout: float | None = None,
        deadline: float | None = None,
        headers: Mapping[str, str] | None = None,
        max_retries: int | None = None,
    ) -> Generator[Outcome]:
        """Gets many calls, up to `concurrency` at a time, and yields an `Outcome` for each id.

        Outcomes come as they are ready, or with `ordered` as the ids were given. `ids` may be endless: it is
        read as outcomes are taken, at most twice `concurrency` ahead. `rate` is the most requests a second,
        for all of them together. After a 429, all requests of the client slow down to what the API accepts; a
        429 is retried until the deadline, if `max_retries` is not 0. The other arguments are as for `get`,
        the deadline is for each id. Breaking out of the loop cancels pending work; it waits at most a
        second for requests that were sent already.

        After `max_failures` failures in a row that have nothing to do with an id (no response, 429, 5xx,
        401), a ConvirzaError ends the read and says how far it came; None reads on.

        Raises ValueError for an argument that cannot be sent; for an id that cannot, its outcome holds it.
        """
        names = check_include(include)
        options = _options(self._defaults, timeout, deadline, headers, max_retries)
        pacer = Pacer(check_rate(rate))
        limit = FailureLimit(check_max_failures("max_failures", max_failures))

        def read(call_id: Any, stopped: threading.Event) -> Outcome:
            flow = _flow(self._core, call_id, names, options, pacer)
            if isinstance(flow, Outcome):
                return flow
            return _outcome(call_id, self._sender.run(flow, self._core.clock, stopped))

        at_a_time = check_count("concurrency", concurrency, 1, _MOST_AT_A_TIME)
        return gather(check_ids(ids), read, concurrency=at_a_time, ordered=ordered, limit=limit)


class CallsWithRawResponse:
    """The same operations, with all that came: `RawResponse` in the place of the record."""

    def __init__(self, core: Core, sender: Sender, defaults: Options) -> None:
        """Made by `Calls`."""
        self._core = core
        self._sender = sender
        self._defaults = defaults

    def __repr__(self) -> str:
        return "CallsWithRawResponse(...)"

    @forgetful
    def get(
        self,
        call_id: int,
        *,
        include: Include = (),
        timeout: float | None = None,
        deadline: float | None = None,
        headers: Mapping[str, str] | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[Call]:
        """Gets one call, with all that came with it; raises as `calls.get` does."""
        options = _options(self._defaults, timeout, deadline, headers, max_retries)
        flow = self._core.get_call(check_id(call_id), check_include(include), options)
        result = self._sender.run(flow, self._core.clock)
        if isinstance(result, RawResponse):
            return result
        raise result


class AsyncCalls:
    """Operations on calls."""

    def __init__(self, core: Core, sender: AsyncSender, defaults: Options) -> None:
        """Made by `AsyncConvirza`."""
        self._core = core
        self._sender = sender
        self._defaults = defaults
        self.with_raw_response: AsyncCallsWithRawResponse = AsyncCallsWithRawResponse(core, sender, defaults)

    def __repr__(self) -> str:
        return "AsyncCalls(...)"

    @forgetful_async
    async def get(
        self,
        call_id: int,
        *,
        include: Include = (),
        timeout: float | None = None,
        deadline: float | None = None,
        headers: Mapping[str, str] | None = None,
        max_retries: int | None = None,
    ) -> Call:
        """Gets one call.

        `include` names modules, the optional parts of a record; without it, none is sent. `timeout` is in
        seconds for one attempt, `deadline` in seconds for all attempts and waits, `max_retries` how many more
        attempts may follow the first; what is not given is as the client has it. `headers` are added.

        Raises ValueError for an argument that cannot be sent, and otherwise nothing but a `ConvirzaError`:
        `NotFoundError` and other kinds of `APIStatusError`, `TransportError`, `ResponseError`, `DriftError`.
        """
        response = await self.with_raw_response.get(
            call_id,
            include=include,
            timeout=timeout,
            deadline=deadline,
            headers=headers,
            max_retries=max_retries,
        )
        return response.parsed

    @forgetful
    def get_many(
        self,
        ids: Iterable[Any] | AsyncIterable[Any],
        *,
        include: Include = (),
        concurrency: int = _CONCURRENCY,
        ordered: bool = False,
        rate: float | None = None,
        max_failures: int | None = MAX_FAILURES,
        timeout: float | None = None,
        deadline: float | None = None,
        headers: Mapping[str, str] | None = None,
        max_retries: int | None = None,
    ) -> AsyncGenerator[Outcome]:
        """Gets many calls, up to `concurrency` at a time, and yields an `Outcome` for each id.

        Outcomes come as they are ready, or with `ordered` as the ids were given. `ids`, which may be
        asynchronous, may be endless: it is read as outcomes are taken, at most twice `concurrency` ahead.
        `rate` is the most requests a second, for all of them together. After a 429, all requests of the
        client slow down to what the API accepts; a 429 is retried until the deadline, if `max_retries` is not
        0. The other arguments are as for `get`, the deadline is for each id. Leaving the loop cancels what is
        under way; close the iterator, as with `contextlib.aclosing`, to have that at once.

        After `max_failures` failures in a row that have nothing to do with an id (no response, 429, 5xx,
        401), a ConvirzaError ends the read and says how far it came; None reads on.

        Raises ValueError for an argument that cannot be sent; for an id that cannot, its outcome holds it.
        """
        names = check_include(include)
        options = _options(self._defaults, timeout, deadline, headers, max_retries)
        pacer = Pacer(check_rate(rate))
        limit = FailureLimit(check_max_failures("max_failures", max_failures))

        async def read(call_id: Any) -> Outcome:
            flow = _flow(self._core, call_id, names, options, pacer)
            if isinstance(flow, Outcome):
                return flow
            return _outcome(call_id, await self._sender.run(flow, self._core.clock))

        at_a_time = check_count("concurrency", concurrency, 1, _MOST_AT_A_TIME)
        several = aiter(ids) if isinstance(ids, AsyncIterable) else check_ids(ids)
        return gather_async(several, read, concurrency=at_a_time, ordered=ordered, limit=limit)


class AsyncCallsWithRawResponse:
    """The same operations, with all that came: `RawResponse` in the place of the record."""

    def __init__(self, core: Core, sender: AsyncSender, defaults: Options) -> None:
        """Made by `AsyncCalls`."""
        self._core = core
        self._sender = sender
        self._defaults = defaults

    def __repr__(self) -> str:
        return "AsyncCallsWithRawResponse(...)"

    @forgetful_async
    async def get(
        self,
        call_id: int,
        *,
        include: Include = (),
        timeout: float | None = None,
        deadline: float | None = None,
        headers: Mapping[str, str] | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[Call]:
        """Gets one call, with all that came with it; raises as `calls.get` does."""
        options = _options(self._defaults, timeout, deadline, headers, max_retries)
        flow = self._core.get_call(check_id(call_id), check_include(include), options)
        result = await self._sender.run(flow, self._core.clock)
        if isinstance(result, RawResponse):
            return result
        raise result


def _flow(
    core: Core, call_id: object, include: list[str], options: Options, pacer: Pacer
) -> Flow[RawResponse[Call] | ConvirzaError] | Outcome:
    try:
        return core.get_call(check_id(call_id), include, options, pacer)
    except ValueError as error:
        return Outcome(call_id, error=error.with_traceback(None))


def _outcome(call_id: object, result: RawResponse[Call] | ConvirzaError) -> Outcome:
    if isinstance(result, ConvirzaError):
        return Outcome(call_id, error=result)
    return Outcome(call_id, call=result.parsed)
