"""Every error that the API, the network or a configuration can cause is a `ConvirzaError`.

An error never holds a part of a request or a response: no token, no header, no part of a body. So its text,
its repr, its traceback and its pickle can be logged, reported and stored. It holds no other exception either.
"""

import builtins
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convirza._core.drift import Deviation


class ConvirzaError(Exception):
    """The base of all errors of this library.

    Invalid arguments raise a plain `ValueError` instead, before anything is sent.
    """

    method: str | None = None
    """The method of the request, such as GET; None if there was no request."""
    path: str | None = None
    """The path of the operation in the document, such as /conversations/calls/{id}."""
    ids: Mapping[str, int] = MappingProxyType({})
    """The arguments that identify the requested record, such as `call_id`."""
    status_code: int | None = None
    """The status of the last response, or the code in its body if that reports an error; None without one."""
    request_id: str | None = None
    """The id that the API assigned to the last request, for Convirza's support."""
    attempts: int = 0
    """The number of requests that were sent."""
    elapsed: float = 0.0
    """Seconds from start to end, with all attempts and delays."""
    deviations: "Sequence[Deviation]" = ()
    """How the last response deviates from the document."""

    def __init__(self, message: str) -> None:
        """`message` says what is wrong and what to do; it must not hold anything secret or personal."""
        super().__init__(message)

    @property
    def call_id(self) -> int | None:
        """The id of the requested call, if the request was for one."""
        return self.ids.get("call_id")

    def __str__(self) -> str:
        """The message, then the known facts about the request."""
        known = [
            f"{self.method} {self.path}" if self.method else "",
            *(f"{name.removesuffix('_id')} {value}" for name, value in self.ids.items()),
            f"{self.attempts} attempts in {self.elapsed:.1f} s" if self.attempts > 1 else "",
            f"request {self.request_id}" if self.request_id else "",
        ]
        context = ", ".join(part for part in known if part)
        return f"{self.args[0]} [{context}]" if context else str(self.args[0])


class ConfigurationError(ConvirzaError, ValueError):
    """Invalid settings: no token, an invalid address, an unusable token file."""


class APIStatusError(ConvirzaError):
    """A response with a status that is not a success. The subclasses are for common statuses."""

    retry_after: float | None = None
    """The delay from `Retry-After` in seconds, counted from the response."""


class BadRequestError(APIStatusError):
    """400: the API rejected the request as invalid."""


class AuthenticationError(APIStatusError):
    """401: the token is missing, malformed, expired or revoked, or the login was refused."""


class PermissionDeniedError(APIStatusError):
    """403: the token has no access to the record."""


class NotFoundError(APIStatusError):
    """404: there is no such record."""


class RecordingExpiredError(APIStatusError):
    """410: the resource is gone; if it was the address of a recording, get the call again for a new one."""


class RateLimitError(APIStatusError):
    """429: too many requests; `retry_after` is the delay before a retry."""


class ServerError(APIStatusError):
    """500 to 599: the API, or a gateway in front of it, failed."""


class TransportError(ConvirzaError):
    """There was no complete response."""


class TimeoutError(TransportError, builtins.TimeoutError):
    """An attempt took longer than `timeout`, or the whole operation longer than `deadline`."""


class ConnectionError(TransportError, builtins.ConnectionError):
    """No connection, or it broke before the response was complete."""


class ResponseError(ConvirzaError):
    """The response is unusable: not JSON, or without the record."""


class NoRecordingError(ConvirzaError):
    """The call has no recording."""


class WrongRecordError(ResponseError):
    """The response holds another record than the requested one. It is never returned."""


class IncompleteListError(ConvirzaError):
    """A part of a list cannot be proved complete, so calls may be missing from what was returned."""

    start: datetime | None = None
    """The start of the part."""
    end: datetime | None = None
    """The end of the part, exclusive."""


class DriftError(ConvirzaError):
    """With `drift="strict"`: the response deviates from the document; see `deviations`."""


_MEANINGS: dict[int, tuple[type[APIStatusError], str]] = {
    400: (BadRequestError, "the API calls the request invalid (400): check the arguments"),
    401: (
        AuthenticationError,
        "the token was refused (401): check that it is valid, and that its account has access",
    ),
    403: (PermissionDeniedError, "no access to {this} (403): use an account that may read it"),
    404: (NotFoundError, "{none} (404): check {what}the base URL if you have set one"),
    410: (
        RecordingExpiredError,
        "{the} is gone (410): skip it; for a new recording address, get the call again",
    ),
}


def status_error(
    status: int,
    wait: float | None,
    noun: str = "",
    meanings: Mapping[int, tuple[type[APIStatusError], str]] = MappingProxyType({}),
) -> APIStatusError:
    """The error for a status that is not a success; `wait` is the delay from `Retry-After`, in seconds.

    `noun` names the requested resource, such as `call`; `meanings` override the usual ones.
    """
    kind: type[APIStatusError]
    if status in meanings:
        kind, message = meanings[status]
    elif status in _MEANINGS:
        kind, message = _MEANINGS[status]
        message = message.format(
            this=f"this {noun}" if noun else "this",
            none=f"there is no such {noun}" if noun else "the API does not know this address",
            what="the id, and " if noun else "",
            the=f"the {noun}" if noun else "the resource",
        )
    elif status == 429:
        advice = "try again later" if wait is None else f"try again in {wait:g} s"
        kind, message = RateLimitError, f"too many requests (429): {advice}, or lower the request rate"
    elif 500 <= status <= 599:
        advice = "try again later" if wait is None else f"try again in {wait:g} s"
        kind, message = ServerError, f"the API or a gateway failed ({status}): {advice}"
    else:
        kind, message = APIStatusError, f"unexpected status {status}: check the base URL"
    error = kind(message)
    error.status_code, error.retry_after = status, wait
    return error
