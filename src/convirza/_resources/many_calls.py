"""What `calls.get_many` does for each id."""

from collections.abc import Callable
from typing import Any

from convirza._core.attempts import Core, Options, Pace
from convirza._core.bulk import Outcome
from convirza._core.effects import Flow
from convirza._core.errors import ConvirzaError
from convirza._core.validation import check_id
from convirza._resources.call_records import get_call_by_id


def read_calls(
    core: Core, include: list[str], options: Options, pace: Pace
) -> Callable[[Any, Callable[[], bool]], Flow[Outcome]]:
    """The flow for an id, as `Many` runs it."""

    def read(call_id: Any, _stopped: Callable[[], bool]) -> Flow[Outcome]:
        try:
            invocation = get_call_by_id(check_id(call_id), include)
        except ValueError as error:
            return Outcome(call_id, error=error.with_traceback(None))
        result = yield from core.run(invocation, options, pace)
        if isinstance(result, ConvirzaError):
            return Outcome(call_id, error=result)
        return Outcome(call_id, call=result.parsed)

    return read
