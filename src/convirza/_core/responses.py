"""What an answer means: a call record, or the error that tells why there is none."""

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
    """A good answer, with all that came. Its repr shows neither headers nor content nor the record."""

    status_code: int
    headers: Mapping[str, str] = field(repr=False)
    """Looked up without regard to case."""
    request_id: str | None
    """The id that the API gave the request, for the vendor's support."""
    content: bytes = field(repr=False)
    """The body as it came, decoded from gzip and the like."""
    parsed: T = field(repr=False)
    deviations: tuple[Deviation, ...]
    """Where the answer deviates from the document; empty with `drift="off"`."""
    attempts: int
    """How many requests were sent."""
    elapsed: float
    """Seconds from the beginning of the call to the end of the answer, with all attempts and waits."""


def read_call(
    reply: Reply, call_id: int, *, token: str, drift: Drift, now: float, attempts: int, elapsed: float
) -> tuple[RawResponse[Call] | ConvirzaError, tuple[Deviation, ...]]:
    """What the answer to a request for a call says, and how it deviates from the document.

    `token` is what the request was sent with, `now` in Unix time.
    """
    status = reply.status_code
    try:
        # A Reply has all that is looked at.
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
    """The error for an attempt that brought no answer; `limit` names the time that it had."""
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
        error.status_code = 200  # the body of an error is done without
        return error
    return TransportError(f"the request to {host} cannot be sent{detail}: check the HTTP client's settings")


def member(value: Any, name: str) -> Any:
    """A member of a JSON object; None if there is none, or no object."""
    return cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else None


def _as_it_is(body: Any) -> Any:
    return body


def _error(reply: Reply, now: float) -> ConvirzaError | None:
    if reply.status_code == 200:
        return None
    return status_error(reply.status_code, retry_after(reply.headers, now))


def _error_of_envelope(body: Any) -> ConvirzaError | None:
    """The error that the envelope of a 200 speaks of: some gateways let no other status through."""
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
    """Whether the record says that it is another call's, as a number or as text; no id says nothing."""
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
    """The id in the envelope; anything but a UUID may be something secret."""
    value = member(body, "request_id")
    return (
        value
        if isinstance(value, str) and _UUID.fullmatch(value) and value.lower() != token.lower()
        else None
    )


def _call(body: Any, call_id: int) -> Call | None:
    """The record, even if its id is missing or of another type; such an id is in `additional_properties`."""
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
