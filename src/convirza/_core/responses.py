"""Turns a response into a call record, or into the error that says why there is none."""

import contextlib
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar, cast

import httpx
from attrs import field, frozen

from convirza._core.drift import Deviation, deviations
from convirza._core.effects import Failure, Reply
from convirza._core.errors import (
    ConnectionError,
    ConvirzaError,
    DriftError,
    ResponseError,
    TimeoutError,
    TransportError,
    WrongRecordError,
    status_error,
)
from convirza._core.retry import retry_after
from convirza._generated import Call, errors, parse_json

T = TypeVar("T")

Drift: TypeAlias = Literal["report", "strict", "off"]

_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_OTHER_CALL: Final = Deviation("/data/result/call_id", "const", "the id that was asked for", "integer")


@frozen
class RawResponse(Generic[T]):
    """A successful response. Its repr shows neither headers nor content nor the record."""

    status_code: int
    headers: Mapping[str, str] = field(repr=False)
    """Names are case-insensitive."""
    request_id: str | None
    """The id that the API assigned to the request, for Convirza's support."""
    content: bytes = field(repr=False)
    """The body, decompressed and otherwise unchanged."""
    parsed: T = field(repr=False)
    deviations: tuple[Deviation, ...]
    """How the response deviates from the document; empty with `drift="off"`."""
    attempts: int
    """The number of requests that were sent."""
    elapsed: float
    """Seconds from start to the end of the response, with all attempts and delays."""


def read_call(
    reply: Reply, call_id: int, *, token: str, drift: Drift, now: float, attempts: int, elapsed: float
) -> tuple[RawResponse[Call] | ConvirzaError, tuple[Deviation, ...]]:
    """The record or error in the response to get_call, and its deviations from the document.

    `token` is the token of the request, `now` is in Unix time.
    """
    status = reply.status_code
    try:
        # A Reply has the attributes that parse_json reads.
        body = parse_json(cast("httpx.Response", reply), _as_it_is)
    except errors.ResponseError as unusable:
        return _error(reply, now) or _unusable(status, unusable.reason), ()
    request_id = _request_id(body, token)
    found = () if drift == "off" else deviations(status, body)
    error = _error(reply, now) or _error_of_envelope(body)
    if error is None:
        call = _call(body, call_id)
        if _is_of_another(body, call_id):
            error, found = _wrong_record(status), (*found, _OTHER_CALL)
        elif found and drift == "strict":
            error = DriftError(_summary(found))
            error.deviations, error.status_code = found, status
        elif call is None:
            error = _unusable(status, "data.result is not a call record")
        else:
            headers, content = reply.headers, reply.content
            response = RawResponse(status, headers, request_id, content, call, found, attempts, elapsed)
            return response, found
    error.request_id, error.deviations = request_id, found
    return error, () if drift == "off" else found


def read_failure(failure: Failure, *, host: str, limit: str) -> ConvirzaError:
    """The error for an attempt without a complete response; `limit` names its time limit."""
    detail = f" ({failure.detail})" if failure.detail else ""
    if failure.kind == "timeout":
        return TimeoutError(f"no complete answer from {host} within the {limit}: try again, or allow more")
    if failure.kind == "connection":
        return ConnectionError(f"no connection to {host}, or it broke{detail}: check the network, try again")
    if failure.kind == "certificate":
        advice = "check the address and this machine's clock; for a private CA, set SSL_CERT_FILE"
        return TransportError(f"the TLS certificate of {host} cannot be verified{detail}: {advice}")
    if failure.kind == "proxy":
        advice = "check HTTPS_PROXY and ALL_PROXY, and the user name and password in them"
        return TransportError(f"the proxy refused to connect to {host}{detail}: {advice}")
    if failure.kind == "body":
        error = ResponseError(f"the answer's body cannot be read{detail}: check the base URL")
        error.status_code = 200  # with an error status, the body is not needed
        return error
    return TransportError(f"the request to {host} cannot be sent{detail}: check the HTTP client's settings")


def member(value: Any, name: str) -> Any:
    """A member of a JSON object; None if it is missing, or if `value` is not an object."""
    return cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else None


def _as_it_is(body: Any) -> Any:
    return body


def _error(reply: Reply, now: float) -> ConvirzaError | None:
    if reply.status_code == 200:
        return None
    return status_error(reply.status_code, retry_after(reply.headers, now))


def _error_of_envelope(body: Any) -> ConvirzaError | None:
    """The error code in the envelope of a 200: some gateways change every status to 200."""
    code = member(body, "code")
    if type(code) is not int or not 400 <= code <= 599:
        return None
    error = status_error(code, None)
    error.args = (f"{error.args[0]} (the HTTP status was 200, the code in the body {code})",)
    return error


def _unusable(status: int, reason: str) -> ResponseError:
    advice = "check the base URL; if it is right, the API has changed"
    error = ResponseError(f"the answer cannot be used (status {status}, {reason}): {advice}")
    error.status_code = status
    return error


def _is_of_another(body: Any, call_id: int) -> bool:
    """Whether the record has another id, as a number or as text; a record without an id passes."""
    found = member(member(member(body, "data"), "result"), "call_id")
    if isinstance(found, str) and len(found) < 100:
        with contextlib.suppress(ArithmeticError):
            found = Decimal(found.strip())
    if isinstance(found, Decimal) and not found.is_finite():
        return False
    number = isinstance(found, int | float | Decimal) and not isinstance(found, bool)
    return number and found != call_id


def _wrong_record(status: int) -> WrongRecordError:
    what = "the response holds the record of another call than the one requested"
    error = WrongRecordError(f"{what}: try again, and report it to the vendor with the request id")
    error.status_code = status
    return error


def _request_id(body: Any, token: str) -> str | None:
    """The id in the envelope; anything but a UUID may be a secret."""
    value = member(body, "request_id")
    return (
        value
        if isinstance(value, str) and _UUID.fullmatch(value) and value.lower() != token.lower()
        else None
    )


def _call(body: Any, call_id: int) -> Call | None:
    """The record, even if its id is missing or has another type; then it is in `additional_properties`."""
    found = member(member(body, "data"), "result")
    if not isinstance(found, dict):
        return None
    record = cast("dict[str, Any]", found)
    try:
        return Call.from_dict(record)
    except errors.ParseError:
        call = Call.from_dict({**record, "call_id": call_id})
        if "call_id" in record:
            call.additional_properties["call_id"] = record["call_id"]
        return call


def _summary(found: tuple[Deviation, ...]) -> str:
    first = found[0]
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    where = f"{first.pointer} ({first.kind}: expected {first.expected}, got {first.got_type}){more}"
    return f'the answer deviates from the document at {where}: report it, or read on with drift="report"'
