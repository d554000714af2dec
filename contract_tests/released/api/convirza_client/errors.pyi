from typing import Any, Self

class ClientError(Exception):
    ...

class TransportError(ClientError):

    def __init__(self, kind: str, request: str, detail: str=''):
        self.kind = kind
        self.request = request
        self.detail = detail

    def __str__(self) -> str:
        ...

class Timeout(TransportError):
    ...

class ResponseError(ClientError):

    def __init__(self, status_code: int, content: bytes, reason: str):
        self.status_code = status_code
        self.content = content
        self.reason = reason

    def __str__(self) -> str:
        ...

    def __reduce__(self) -> tuple[Any, ...]:
        ...

class UnexpectedStatus(ResponseError):

    def __init__(self, status_code: int, content: bytes, reason: str='not a documented status code'):
        ...

class UnexpectedContentType(ResponseError):
    ...

class InvalidBody(ResponseError):
    ...

class ParseError(ClientError):

    def __init__(self, expected: str, got: str, path: str=''):
        self.expected = expected
        self.got = got
        self.path = path

    def inside(self, name: str) -> Self:
        ...

    def __str__(self) -> str:
        ...
__all__ = ['ClientError', 'InvalidBody', 'ParseError', 'ResponseError', 'Timeout', 'TransportError', 'UnexpectedContentType', 'UnexpectedStatus']
