"""Turns a response into the result of an operation, or into an error."""

import re
from collections.abc import Mapping
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar, cast

import httpx
from attrs import field, frozen

from convirza._core.body import load_large_json
from convirza._core.drift import Deviation, deviations
from convirza._core.effects import Failure, Reply, Request
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
from convirza._core.operations import Invocation
from convirza._core.retry import retry_after
from convirza._generated import errors, parse_json

T = TypeVar("T")

Drift: TypeAlias = Literal["report", "strict", "off"]

# 200 calls as in the document's example have 24,000. No deadline ends parsing and checking, which take up to
# 2 us a value: 8 MiB of `{},` took 5 s. A larger `max_body` allows more values, in proportion to the body.
_VALUES: Final = 2**19
_BYTES_A_VALUE: Final = 16

_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


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


def read_response(
    reply: Reply,
    invocation: Invocation[T],
    *,
    request: Request,
    drift: Drift,
    now: float,
    attempts: int,
    elapsed: float,
) -> tuple[RawResponse[T] | ConvirzaError, tuple[Deviation, ...]]:
    """The result or error in a response, and its deviations from the document; `now` is in Unix time."""
    status = reply.status_code
    failed: ConvirzaError | None = None
    if not invocation.is_success(status):
        wait = retry_after(reply.headers, now)
        failed = status_error(status, wait, invocation.noun, invocation.meanings)
    if invocation.has_content(status) and (excess := _find_excess(reply.content)):
        return failed or unusable_response(status, excess), ()
    try:
        # A Reply has the attributes that parse_json reads.
        body = (
            parse_json(cast("httpx.Response", reply), _as_it_is, load_large_json)
            if invocation.has_content(status)
            else None
        )
    except errors.ResponseError as unusable:
        if failed or not invocation.any_body:
            return failed or unusable_response(status, unusable.reason), ()
        body = None
    request_id = _request_id(body, request)
    found = () if drift == "off" else deviations(invocation.operation.id, status, body)
    error = failed or _error_of_envelope(body, status, invocation)
    if error is None:
        result = invocation.read(body)
        if found and drift == "strict" and not isinstance(result, WrongRecordError):
            result = DriftError(_summary(found))
        if not isinstance(result, ConvirzaError):
            headers, content = reply.headers, reply.content
            response = RawResponse(status, headers, request_id, content, result, found, attempts, elapsed)
            return response, found
        error = result
        error.status_code = status
    error.request_id, error.deviations = request_id, (*found, *error.deviations)
    return error, () if drift == "off" else tuple(error.deviations)


def read_failure(failure: Failure, *, host: str, limit: str) -> ConvirzaError:
    """The error for an attempt without a complete response; `limit` names its time limit."""
    detail = f" ({failure.detail})" if failure.detail else ""
    peer = f"the proxy {failure.proxy}" if failure.proxy else host
    if failure.kind == "timeout":
        return TimeoutError(f"no complete response from {host} within the {limit}: try again, or increase it")
    if failure.kind == "connection":
        return ConnectionError(f"no connection to {host}, or it broke{detail}: check the network, try again")
    if failure.kind == "certificate":
        advice = "check the address and this machine's clock; for a private CA, set SSL_CERT_FILE"
        return TransportError(f"the TLS certificate of {peer} cannot be verified{detail}: {advice}")
    if failure.kind == "tls":
        advice = "check the address and port, and any proxy or firewall in between"
        return TransportError(f"the TLS handshake with {peer} failed{detail}: {advice}")
    if failure.kind == "proxy":
        advice = "check HTTPS_PROXY and ALL_PROXY, and the user name and password in them"
        return TransportError(f"the proxy refused to connect to {host}{detail}: {advice}")
    if failure.kind == "body":
        error = ResponseError(f"the body of the response cannot be read{detail}: check the base URL")
        error.status_code = 200  # with an error status, the body is not needed
        return error
    return TransportError(f"the request to {host} cannot be sent{detail}: check the HTTP client's settings")


def member(value: Any, name: str) -> Any:
    """A member of a JSON object; None if it is missing, or if `value` is not an object."""
    # Not isinstance, after which pyright needs a cast; a page has 600 of these.
    return value.get(name) if dict is type(value) else None


def _as_it_is(body: Any) -> Any:
    return body


def _find_excess(content: bytes) -> str:
    """Why a body may take too long to parse; empty if it does not."""
    most = max(_VALUES, len(content) // _BYTES_A_VALUE)
    # Values are counted by the marks before them: all but the first one, and those in strings too.
    excess = len(content) > most and sum(content.count(mark) for mark in (b",", b"[", b"{")) > most
    return f"it holds more than {most} JSON values" if excess else ""


def _error_of_envelope(body: Any, status: int, invocation: Invocation[Any]) -> ConvirzaError | None:
    """The error code in the envelope of a success: some gateways change every status to 200."""
    code = member(body, "code")
    if type(code) is not int or not 400 <= code <= 599:
        return None
    error = status_error(code, None, invocation.noun, invocation.meanings)
    error.args = (f"{error.args[0]} (the HTTP status was {status}, the code in the body {code})",)
    return error


def unusable_response(status: int | None, reason: str) -> ResponseError:
    """The error for a success whose body cannot be used."""
    of = "" if status is None else f"status {status}, "
    advice = "check the base URL; if it is right, the API has changed"
    error = ResponseError(f"the response cannot be used ({of}{reason}): {advice}")
    error.status_code = status
    return error


def _request_id(body: Any, request: Request) -> str | None:
    """The id in the envelope, if it is a UUID that was not sent: then it may be a secret."""
    value = member(body, "request_id")
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        return None
    sent = " ".join(request.headers.values()) + (request.content or b"").decode("latin-1")
    return None if _bare(value) in _bare(sent) else value


def _bare(text: str) -> str:
    return text.lower().replace("-", "")


def _summary(found: tuple[Deviation, ...]) -> str:
    first = found[0]
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    where = f"{first.pointer} ({first.kind}: expected {first.expected}, got {first.got_type}){more}"
    return f'the response deviates from the document at {where}: report it, or read it with drift="report"'
