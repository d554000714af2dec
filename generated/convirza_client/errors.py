# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
"""Contains shared errors types that can be raised from API functions

Every error that a server or the network can cause is a ClientError. Messages name kinds and places, never
values: a response may contain personal data, or repeat the token.
"""

from typing import Any, Self


class ClientError(Exception):
    """The base of all errors that API functions and models raise because of what a server did."""


class TransportError(ClientError):
    """There is no complete response: no connection, a broken one, or a response that is not HTTP."""

    def __init__(self, kind: str, request: str, detail: str = ""):
        self.kind = kind
        """The name of httpx's exception, such as ConnectError."""
        self.request = request
        """The method and the path of the request."""
        self.detail = detail
        """The message of the operating system, if it is known to contain no secret."""
        super().__init__(kind, request, detail)

    def __str__(self) -> str:
        return f"{self.request}: {self.kind}" + (f": {self.detail}" if self.detail else "")


class Timeout(TransportError):
    """A step of the request took longer than the client's timeout."""


class ResponseError(ClientError):
    """The response cannot be used."""

    def __init__(self, status_code: int, content: bytes, reason: str):
        self.status_code = status_code
        self.content = content
        """The body of the response; it is not in the message, nor in a pickle or a copy."""
        self.reason = reason
        super().__init__(status_code, reason)

    def __str__(self) -> str:
        return f"status {self.status_code}: {self.reason}"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.status_code, b"", self.reason)


class UnexpectedStatus(ResponseError):
    """Raised by api functions when the response status an undocumented status and Client.raise_on_unexpected_status is True"""

    def __init__(
        self, status_code: int, content: bytes, reason: str = "not a documented status code"
    ):
        super().__init__(status_code, content, reason)


class UnexpectedContentType(ResponseError):
    """The response has a documented status, and its media type is not JSON."""


class InvalidBody(ResponseError):
    """The body is not JSON, or lacks a member that the document requires."""


class ParseError(ClientError):
    """A value does not fit its schema. Raised by a model's from_dict."""

    def __init__(self, expected: str, got: str, path: str = ""):
        self.expected = expected
        self.got = got
        """The Python type of the value; the value itself is not kept."""
        self.path = path
        """The path of members to the value, such as data.result.call_id."""
        super().__init__(expected, got, path)

    def inside(self, name: str) -> Self:
        """The same error, seen from the object whose member `name` is."""
        return type(self)(self.expected, self.got, f"{name}.{self.path}" if self.path else name)

    def __str__(self) -> str:
        return f"{self.path or 'value'}: expected {self.expected}, got {self.got}"


__all__ = [
    "ClientError",
    "InvalidBody",
    "ParseError",
    "ResponseError",
    "Timeout",
    "TransportError",
    "UnexpectedContentType",
    "UnexpectedStatus",
]
