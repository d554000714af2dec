"""The call records in responses: read leniently, and never those of other calls."""

import contextlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, cast

from convirza._core.drift import Deviation
from convirza._core.errors import ConvirzaError, WrongRecordError
from convirza._core.operations import Invocation
from convirza._core.responses import member, unusable_response
from convirza._generated import Call, CallModule, errors, get_call

_DAY: Final = timedelta(days=1)
_KEYS: Final = {"recordings": "recording_details", "voiceagent": "voiceagent_data"}
_OTHER_CALL: Final = Deviation(
    "/data/result/call_id", "const", "the requested id", "integer", get_call.OPERATION.id
)


def get_call_by_id(call_id: int, include: list[str]) -> Invocation[Call]:
    """get_call with its arguments, which have been checked."""

    def read(body: Any) -> Call | ConvirzaError:
        found = member(member(body, "data"), "result")
        if is_of_another(found, call_id):
            return wrong_record(
                "the response holds the record of another call than the one requested", _OTHER_CALL
            )
        if not isinstance(found, dict):
            return unusable_response(None, "data.result is not a call record")
        return read_call(cast("dict[str, Any]", found), call_id)

    request = get_call.build_request(call_id, include=[CallModule(name) for name in include])
    return Invocation(get_call.OPERATION, request, read, noun="call", ids={"call_id": call_id})


def record_key(module: str) -> str:
    """The member of a call record that a module of `include` adds."""
    return _KEYS.get(module, module)


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


def has_outsider(items: Iterable[Any], start: datetime | None, end: datetime | None) -> bool:
    """Whether a call in a list is known to be more than a day before or after the period.

    Which time of a call the period selects by is not known, so a call just outside passes.
    """
    low = start.astimezone(UTC).isoformat() if start else ""
    high = end.astimezone(UTC).isoformat() if end else "~"
    for item in items:
        text = member(item, "call_started")
        # Text is compared first: parsing each time took a fifth of the time of json.loads.
        if not (type(text) is str and low <= text <= high) and _is_outside(item, start, end):
            return True
    return False


def _is_outside(item: Any, start: datetime | None, end: datetime | None) -> bool:
    started = _time(item, "call_started")
    if started is None or _is_near(started, start, end):
        return False
    created = _time(item, "call_created")
    return created is None or not _is_near(created, start, end)


def _is_near(moment: datetime, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or start - moment <= _DAY) and (end is None or moment - end <= _DAY)


def call_id_of(item: Any) -> int | None:
    """The id of a call that is not parsed; None for an item without one."""
    call_id = member(item, "call_id")
    return call_id if type(call_id) is int else None


def call_started_of(item: Any) -> datetime | None:
    """When a call started, which is presumed to be what `start` and `end` select by."""
    return _time(item, "call_started")


def _time(item: Any, name: str) -> datetime | None:
    if not isinstance(text := member(item, name), str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def wrong_record(what: str, deviation: Deviation) -> WrongRecordError:
    """The error for a record that was not requested."""
    error = WrongRecordError(f"{what}: try again, and report it to Convirza with the request id")
    error.deviations = (deviation,)
    return error
