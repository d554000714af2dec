"""The call record in a response to get_call: read leniently, and never that of another call."""

import contextlib
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, cast

from convirza._core.drift import Deviation
from convirza._core.errors import ConvirzaError, WrongRecordError
from convirza._core.operations import Invocation
from convirza._core.responses import member, unusable_response
from convirza._generated import Call, CallModule, errors, get_call

_OTHER_CALL: Final = Deviation(
    "/data/result/call_id", "const", "the id that was asked for", "integer", get_call.OPERATION.id
)


def get_call_by_id(call_id: int, include: list[str]) -> Invocation[Call]:
    """get_call with its arguments, which have been checked."""

    def read(body: Any) -> Call | ConvirzaError:
        found = member(member(body, "data"), "result")
        if is_of_another(found, call_id):
            return wrong_record("the record of another call than the one requested", _OTHER_CALL)
        if not isinstance(found, dict):
            return unusable_response(None, "data.result is not a call record")
        return read_call(cast("dict[str, Any]", found), call_id)

    request = get_call.build_request(call_id, include=[CallModule(name) for name in include])
    return Invocation(get_call.OPERATION, request, read, noun="call", ids={"call_id": call_id})


def read_call(record: dict[str, Any], call_id: int) -> Call:
    """The record, even if its id is missing or has another type; then it is in `additional_properties`."""
    try:
        return Call.from_dict(record)
    except errors.ParseError:
        call = Call.from_dict({**record, "call_id": call_id})
        if "call_id" in record:
            call.additional_properties["call_id"] = record["call_id"]
        return call


def is_of_another(record: Any, call_id: int) -> bool:
    """Whether the record has another id, as a number or as text; a record without an id passes."""
    found = member(record, "call_id")
    if isinstance(found, str) and len(found) < 100:
        with contextlib.suppress(ArithmeticError):
            found = Decimal(found.strip())
    if isinstance(found, Decimal) and not found.is_finite():
        return False
    number = isinstance(found, int | float | Decimal) and not isinstance(found, bool)
    return number and found != call_id


def call_started_of(item: Any) -> datetime | None:
    """When a call started, which is presumed to be what `start` and `end` select by."""
    started = member(item, "call_started")
    try:
        moment = datetime.fromisoformat(started)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None


def wrong_record(what: str, deviation: Deviation) -> WrongRecordError:
    """The error for a record that was not asked for."""
    advice = "try again, and report it to the vendor with the request id"
    error = WrongRecordError(f"the response holds {what}: {advice}")
    error.deviations = (deviation,)
    return error
