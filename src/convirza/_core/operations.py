"""One use of an operation of the API: its request, and how its response is read."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar, cast

import httpx
from attrs import Factory, field, frozen

from convirza._core.errors import APIStatusError, ConvirzaError
from convirza._generated import OPERATIONS, GeneratedRequest, Operation, to_query

T = TypeVar("T")


def _is_safe_to_repeat(invocation: "Invocation[Any]") -> bool:
    return invocation.operation.safe_to_repeat


@frozen
class Invocation(Generic[T]):
    """An operation with its arguments. It is all that the core needs to send it."""

    operation: Operation
    request: GeneratedRequest = field(repr=False)
    read: Callable[[Any], T | ConvirzaError]
    """Turns the parsed JSON body of a success into the result, or returns why it cannot be used."""
    noun: str = ""
    """What a 403, 404 or 410 is about, such as `call`; empty for a list."""
    ids: Mapping[str, int] = field(factory=dict[str, int])
    """The arguments that identify the record, for errors. Nothing personal."""
    repeatable: bool = field(default=Factory(_is_safe_to_repeat, takes_self=True))
    """Whether it is sent again after something may have reached the server."""
    any_body: bool = False
    """Whether a body that is not JSON is accepted; `read` gets None then."""
    meanings: Mapping[int, tuple[type[APIStatusError], str]] = field(factory=dict[int, Any])
    """Errors and messages for statuses with a special meaning for this operation."""

    def is_success(self, status: int) -> bool:
        """Whether the document calls the status a success. An operation without documented responses
        succeeds with any 2xx."""
        if not 200 <= status <= 299:
            return False
        return not self.operation.responses or str(status) in self.operation.responses

    def has_content(self, status: int) -> bool:
        """Whether the document says that a response with this status has a body."""
        return self.operation.responses.get(str(status), True) is not None

    def encode(self) -> tuple[Mapping[str, str], bytes | None]:
        """The headers and the body of the request."""
        if not self.request.options:
            return {}, None
        if "json" in self.request.options:  # in ASCII: a password may hold what UTF-8 cannot encode
            content = json.dumps(self.request.options["json"]).encode()
            given = self.request.options.get("headers", {})
            return {name.lower(): value for name, value in given.items()}, content
        # httpx encodes forms and files as the generated client does.
        built = httpx.Request(self.request.method, "http://unused.invalid", **self.request.options)
        headers = {name: value for name, value in built.headers.items() if name not in _OF_CONNECTION}
        return headers, built.read() or None


_OF_CONNECTION: Final = {"host", "content-length"}


def by_path(
    method: str, path: str, params: Mapping[str, Any] | None, json: Any, headers: Mapping[str, str]
) -> Invocation[Any]:
    """A request by method and path, documented or not. Its result is the parsed JSON, or None.

    Raises ValueError for an invalid method, path or parameter.
    """
    if not isinstance(cast("object", method), str) or not re.fullmatch("[A-Za-z]+", method):
        raise ValueError("method is not the name of an HTTP method: pass a word such as GET")
    parts = path.split("/") if isinstance(cast("object", path), str) else []
    if not re.fullmatch(r"(/[!$&-.0-;=@-\[\]^-~%]+)+/?", "/".join(parts)) or not {".", ".."}.isdisjoint(
        parts
    ):
        advice = "pass a path below the base URL, such as /users, percent-encoded, and the query as params"
        raise ValueError(f"path is not valid: {advice}")
    method = method.upper()
    options: dict[str, Any] = {"headers": headers} if headers else {}
    if json is not None:
        options |= {"json": json, "headers": {"content-type": "application/json", **headers}}
    operation = _documented(method, parts) or _unknown(method, parts)
    request = GeneratedRequest(method, path + to_query(dict(params or {})), options)
    return Invocation(operation, request, lambda body: body, any_body=True)


def _documented(method: str, parts: list[str]) -> Operation | None:
    for operation in OPERATIONS.values():
        names = operation.path.split("/")
        if (
            operation.method.upper() == method
            and len(names) == len(parts)
            and all(name == part or name.startswith("{") for name, part in zip(names, parts, strict=True))
        ):
            return operation
    return None


def _unknown(method: str, parts: list[str]) -> Operation:
    # A part of the path with a digit may be a phone number, which errors and logs must not show.
    shown = "/".join("*" if re.search("[0-9%]", part) else part for part in parts)
    return Operation(
        id="",
        method=method,
        path=shown,
        safe_to_repeat=method in _SAFE_TO_REPEAT,
        needs_token=True,
        responses={},
    )


_SAFE_TO_REPEAT: Final = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"}
"""RFC 9110, section 9.2.2."""
