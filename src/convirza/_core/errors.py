"""Every error that the API, the network or a configuration can cause is a `ConvirzaError`.

An error never holds what was sent or what came: no token, no header, no part of a body. So its text, its
repr, its traceback and its pickle can be logged, reported and stored. It holds no other exception either.
"""

import builtins
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convirza._core.drift import Deviation


class ConvirzaError(Exception):
    """The base of all errors of this library.

    Wrong arguments are a `ValueError` of Python instead, before anything is sent.
    """

    method: str | None = None
    """The method of the request, such as GET; None if there was no request."""
    path: str | None = None
    """The path of the operation as the document has it, such as /conversations/calls/{id}."""
    call_id: int | None = None
    """The id of the call that was asked for."""
    status_code: int | None = None
    """The status of the last response, or the code in its body if that reports an error; else None."""
    request_id: str | None = None
    """The id that the API gave the last request, for the vendor's support."""
    attempts: int = 0
    """How many requests were sent for this call."""
    elapsed: float = 0.0
    """Seconds from the beginning of the call to its end, with all attempts and waits."""
    deviations: "Sequence[Deviation]" = ()
    """Where the last answer deviates from the document, and how."""

    def __init__(self, message: str) -> None:
        """`message` says what is wrong and what to do; it may hold nothing secret or personal."""
        super().__init__(message)

    def __str__(self) -> str:
        """The message, then what is known of the request."""
        known = [
            f"{self.method} {self.path}" if self.method else "",
            f"call {self.call_id}" if self.call_id is not None else "",
            f"{self.attempts} attempts in {self.elapsed:.1f} s" if self.attempts > 1 else "",
            f"request {self.request_id}" if self.request_id else "",
        ]
        context = ", ".join(part for part in known if part)
        return f"{self.args[0]} [{context}]" if context else str(self.args[0])


class ConfigurationError(ConvirzaError, ValueError):
    """The client cannot work as it is set up: no token, a bad address, an unusable token file."""


class APIStatusError(ConvirzaError):
    """An answer came whose status is not 200. Its subclasses are for the statuses that matter most."""

    retry_after: float | None = None
    """Seconds to wait as the answer's `Retry-After` asked for, counted from the answer."""


class BadRequestError(APIStatusError):
    """400: the API calls the request invalid."""


class AuthenticationError(APIStatusError):
    """401: the token is missing, malformed, expired or revoked, or the login was refused."""


class PermissionDeniedError(APIStatusError):
    """403: the token has no access to this call."""


class NotFoundError(APIStatusError):
    """404: there is no such call."""


class RecordingExpiredError(APIStatusError):
    """410: what was asked for is gone; for the address of a recording, get the call again for a fresh one."""


class RateLimitError(APIStatusError):
    """429: too many requests; `retry_after` says how long to wait."""


class ServerError(APIStatusError):
    """500 to 599: the API or a gateway before it failed."""


class TransportError(ConvirzaError):
    """No complete answer came."""


class TimeoutError(TransportError, builtins.TimeoutError):
    """An attempt took longer than `timeout`, or the call longer than `deadline`."""


class ConnectionError(TransportError, builtins.ConnectionError):
    """No connection, or one that broke before the answer was complete."""


class ResponseError(ConvirzaError):
    """An answer came that cannot be used: not JSON, or not a call."""


class WrongRecordError(ResponseError):
    """The response holds the record of another call than the one requested. It is never handed out."""


class DriftError(ConvirzaError):
    """With `drift="strict"`: the answer deviates from the document, as `deviations` says."""


_MEANINGS: dict[int, tuple[type[APIStatusError], str]] = {
    400: (BadRequestError, "the API calls the request invalid (400): check the id and include"),
    401: (
        AuthenticationError,
        "the token was refused (401): it is not valid, or its account may not read this; check both",
    ),
    403: (
        PermissionDeniedError,
        "no access to this call (403): use an account that may read it",
    ),
    404: (NotFoundError, "there is no such call (404): check the id, and the base URL if you have set one"),
    410: (
        RecordingExpiredError,
        "the call is gone (410): leave it out; for a new recording address, get its call again",
    ),
}


def status_error(status: int, wait: float | None) -> APIStatusError:
    """The error for an answer whose status is not 200; `wait` is what its `Retry-After` asks for."""
    kind: type[APIStatusError]
    if status in _MEANINGS:
        kind, message = _MEANINGS[status]
    elif status == 429:
        advice = "try again later" if wait is None else f"try again in {wait:g} s"
        kind, message = RateLimitError, f"too many requests (429): {advice}, or ask less often"
    elif 500 <= status <= 599:
        advice = "try again later" if wait is None else f"try again in {wait:g} s"
        kind, message = ServerError, f"the API or a gateway failed ({status}): {advice}"
    else:
        kind, message = APIStatusError, f"unexpected status {status}: check the base URL"
    error = kind(message)
    error.status_code, error.retry_after = status, wait
    return error
