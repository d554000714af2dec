"""Checks records and responses from tests against the document before the fake uses them."""

import functools
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from convirza._generated import OPERATIONS

if TYPE_CHECKING:
    from convirza._core.drift import Deviation

_RECORD: Final = "/data/result"
_ENVELOPE: Final[Mapping[str, Any]] = {
    "code": 200,
    "message": "Success",
    "request_id": "550e8400-e29b-41d4-a716-446655440000",
    "timestamp": "2026-01-20T12:34:56.789Z",
}
_MOST_SHOWN: Final = 3


def check_record(record: object) -> dict[str, Any]:
    """A copy of the record; raises ValueError with the places that do not match the document."""
    body = {**_ENVELOPE, "data": {"result": record}}
    return cast("dict[str, Any]", _check("get_call", 200, body, "The call")["data"]["result"])


def check_response(operations: Sequence[str], status: int, body: object) -> dict[str, Any]:
    """A copy of the body; raises ValueError if it matches the document for none of the operations."""
    statuses = {operation: _documented_statuses(operation) for operation in operations}
    possible = [operation for operation in operations if status in statuses[operation]]
    if not possible:
        known = ", ".join(map(str, sorted({status for each in statuses.values() for status in each})))
        raise ValueError(f"The document has no status {status}: use {known}, or the name of a scenario.")
    problem: ValueError | None = None
    for operation in possible:
        try:
            checked = _check(operation, status, body, f"The response {status}")
        except ValueError as error:
            problem = error  # that of get_call, if it is possible: it is the last
            continue
        if checked.get("code", status) != status:
            raise ValueError(f"The response {status} does not match the document: /code is not the status.")
        return checked
    raise cast("ValueError", problem)


def _deviations(operation: str, status: int, body: object) -> "tuple[Deviation, ...]":
    # Imported when needed: the app alone works without jsonschema-rs.
    from convirza._core.drift import deviations

    return deviations(operation, status, body)


@functools.cache
def _documented_statuses(operation: str) -> tuple[int, ...]:
    return tuple(int(status) for status in OPERATIONS[operation].responses if status.isdecimal())


def _check(operation: str, status: int, body: object, what: str) -> dict[str, Any]:
    copy = _as_json(body, "")
    found = [
        f"{item.pointer.removeprefix(_RECORD) or '/'} ({item.kind}, expected {item.expected},"
        f" got {item.got_type})"
        for item in _deviations(operation, status, copy)
    ]
    if found:
        more = f"; and {len(found) - _MOST_SHOWN} more" if len(found) > _MOST_SHOWN else ""
        raise ValueError(f"{what} does not match the document: {'; '.join(found[:_MOST_SHOWN])}{more}.")
    return cast("dict[str, Any]", copy)


def _as_json(value: object, pointer: str) -> Any:
    """A deep copy, so that later changes have no effect; raises ValueError for a value that is not JSON."""
    place = pointer.removeprefix(_RECORD) or "/"
    match value:
        case None | bool() | int():
            return value
        case float() if math.isfinite(value):
            return value
        case str() if _is_unicode(value):
            return str(value)
        case list() | tuple():
            items = cast("list[object]", value)
            return [_as_json(item, f"{pointer}/{index}") for index, item in enumerate(items)]
        case Mapping():
            members = cast("Mapping[object, object]", value)
            if not all(isinstance(name, str) and _is_unicode(name) for name in members):
                raise ValueError(f"{place} has a member whose name is not a string.")
            return {str(name): _as_json(item, f"{pointer}/{name}") for name, item in members.items()}
        case _:
            kind = type(value).__name__
            raise ValueError(f"{place} is not a JSON value ({kind}): pass it as the API sends it.")


def _is_unicode(text: str) -> bool:
    # A lone surrogate cannot be encoded.
    return not any("\ud800" <= character <= "\udfff" for character in text)
