"""What a malicious server does, and the expected result: tables for test_hostile_server.py."""

import copy
import gzip
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from convirza import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    Call,
    ConnectionError,
    ConvirzaError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    RecordingExpiredError,
    ResponseError,
    ServerError,
    TransportError,
    WrongRecordError,
)
from support.library.hostile_server import BODY, DOCUMENTED, End, Endless, Steps, head, http
from support.library.ways import Variant

SMALL = 200_000
"""Bytes: the largest body, in these tests."""
HTML = b"<!doctype html><title>502 Bad Gateway</title>"
PLAIN = {"Content-Type": "application/json"}
CHUNKED = {**PLAIN, "Transfer-Encoding": "chunked"}
LONG = {**PLAIN, "Content-Length": "9999"}
PACKED = {**PLAIN, "Content-Encoding": "gzip"}
HTTPX = dict.fromkeys(["httpx", "httpx async"], ConnectionError)
"""httpx's own clients look where a redirect leads to, even if they are not to follow it."""
ENVELOPE = {key: value for key, value in DOCUMENTED.items() if key != "data"}


def record(**members: Any) -> Any:
    """The documented response with other members in the record; `...` removes one."""
    body = copy.deepcopy(DOCUMENTED)
    body["data"]["result"].update(members)
    body["data"]["result"] = {key: value for key, value in body["data"]["result"].items() if value is not ...}
    return body


def member(members: bytes) -> bytes:
    """A body with these members beside the id, as text of JSON."""
    return b'{"data": {"result": {"call_id": 987654%s}}}' % members


@dataclass(frozen=True)
class Row:
    """What the server does to each request, the result, and the number of requests, at most two.

    `other` is the result where an HTTP library differs, by the name of the variant; None: an error.
    """

    steps: Steps
    becomes: type[Call] | type[ConvirzaError]
    requests: int = 1
    other: Mapping[str, type[ConvirzaError] | None] = field(default_factory=dict)

    def holds(self, way: Variant, result: Call | ConvirzaError, requests: int) -> bool:
        """Whether this is the result, after that many requests."""
        becomes = self.other.get(way.name, self.becomes)
        if becomes is None:
            return isinstance(result, ConvirzaError)
        twice = issubclass(becomes, TransportError) if way.name in self.other else self.requests == 2
        return type(result) is becomes and requests == 1 + twice


# The table of ../shared/anchors.md, in its order.
ANCHORS = {
    "unknown enum value": Row(http(body=record(disposition="RINGING")), Call),
    "extra field": Row(http(body=record(mood="good")), Call),
    "required field missing": Row(http(body=record(call_id=...)), Call),
    "wrong type": Row(http(body=record(duration="three minutes")), Call),
    "200 with HTML": Row(http(body=HTML, media_type="text/html"), ResponseError),
    "HTML labelled JSON": Row(http(body=HTML), ResponseError),
    "empty 200": Row(http(body=b""), ResponseError),
    "404 JSON": Row(http(404, ENVELOPE), NotFoundError),
    "502 HTML": Row(http(502, HTML, media_type="text/html"), ServerError, 2),
    "status 520": Row(http(520, b"", media_type=None), ServerError, 2),
    "429 Retry-After: 2": Row(http(429, ENVELOPE, {"Retry-After": "2"}), RateLimitError, 2),
    "429 Retry-After: 3600": Row(http(429, ENVELOPE, {"Retry-After": "3600"}), RateLimitError),
    "connection reset": Row([End.RESET], ConnectionError, 2),
}

MEMBERS = DOCUMENTED["data"]["result"]
READABLE = {
    "documented": BODY,
    "nothing but an id": member(b""),
    "id of a wrong type": record(call_id="987654"),
    "everything null": record(**dict.fromkeys(MEMBERS)),
    "everything a list": record(**{name: [[]] for name in MEMBERS}),
    "beyond a double": member(b', "duration": 1e999'),
    "a member twice": b'{"data": 1, "data": {"result": {"call_id": 5, "call_id": 987654}}}',
    "deep but readable": record(summary=json.loads("[" * 300 + "]" * 300)),
    "BOM": b"\xef\xbb\xbf" + BODY,
    "UTF-16": BODY.decode().encode("utf-16"),
    "UTF-32 without a BOM": BODY.decode().encode("utf-32-le"),
    "half a surrogate pair": member(rb', "summary": "\ud800", "\udfff": "\udc00"'),
    "members without names": record(**{"": 1, " ": 2, "/~": 3, "\n\x1b[31m": 4}),
    "ten thousand members": record(**{f"m{n}": n for n in range(10_000)}),
}
UNREADABLE = {
    "no record": {**ENVELOPE, "data": {}},
    "record is null": {**ENVELOPE, "data": {"result": None}},
    "record is a list": {**ENVELOPE, "data": {"result": [record()]}},
    "data is a text": {**ENVELOPE, "data": "result"},
    "null": b"null",
    "list": b"[1, 2]",
    "NaN": member(b', "duration": NaN'),
    "digits without end": member(b', "duration": ' + b"9" * 5000),
    "very deep": b"[" * 90_000 + b"]" * 90_000,
    "very deep record": b'{"data":{"result":' + b'{"a":' * 20_000 + b"1" + b"}" * 20_002,
    "half of it": BODY[:500],
    "two of it": BODY + BODY,
    "no UTF-8": member(b', "summary": "\xff\xfe"'),
    "white space": b" " * 1000,
}
BODIES = {
    **{name: Row(http(body=body), Call) for name, body in READABLE.items()},
    **{name: Row(http(body=body), ResponseError) for name, body in UNREADABLE.items()},
    "another call's record": Row(http(body=record(call_id=5)), WrongRecordError),
    "enormous id": Row(http(body=record(call_id=10**400)), WrongRecordError),
}

MEDIA_TYPES = {
    f"media type {media_type!r}": Row(http(media_type=media_type), becomes)
    for media_type, becomes in {
        "application/json; charset=utf-8": Call,
        "APPLICATION/JSON": Call,
        "application/problem+json": Call,
        "application/json; charset=klingon": Call,
        "text/plain": ResponseError,
        "application/jsonp": ResponseError,
        "json": ResponseError,
        "": ResponseError,
        "\xff\xfe": ResponseError,
        "; ; ;": ResponseError,
        None: ResponseError,
    }.items()
}

STATUSES = {
    "204": Row((head(204), End.KEEP), APIStatusError),
    "206 with a record": Row(http(206, headers={"Content-Range": "bytes 0-99/1000"}), APIStatusError),
    "304": Row((head(304, {"ETag": '"1"'}), End.KEEP), APIStatusError),
    "302 without Location": Row(http(302, b""), APIStatusError),
    "301 to nowhere": Row(http(301, b"", {"Location": "http://[::1"}), APIStatusError, other=HTTPX),
    "307 to itself": Row(http(307, b"", {"Location": "/v3/conversations/calls/987654"}), APIStatusError),
    "308 to a file": Row(http(308, b"", {"Location": "file:///etc/passwd"}), APIStatusError),
    "400 HTML": Row(http(400, HTML, media_type="text/html"), BadRequestError),
    "401": Row(http(401, ENVELOPE, {"WWW-Authenticate": "Negotiate"}), AuthenticationError),
    "403 list": Row(http(403, [ENVELOPE]), PermissionDeniedError),
    "404 empty": Row(http(404, b""), NotFoundError),
    "404 with a record": Row(http(404), NotFoundError),
    "404 very deep": Row(http(404, b"[" * 90_000), NotFoundError),
    "407": Row(http(407, b"", {"Proxy-Authenticate": "Basic"}), APIStatusError),
    "410": Row(http(410, ENVELOPE), RecordingExpiredError),
    "429 broken JSON": Row(http(429, b'{"code": 429,'), RateLimitError, 2),
    "500 with a record": Row(http(500), ServerError, 2),
    "503 NaN": Row(http(503, b"NaN"), ServerError, 2),
    "600": Row(http(600, b""), APIStatusError),
    "999": Row(http(999, b""), APIStatusError),
    "100 and then 200": Row([head(100), *http()], Call),
    "103 with hints and then 200": Row([head(103, {"Link": "</a>; rel=preload"}), *http()], Call),
    "101": Row(
        [head(101, {"Upgrade": "chat", "Connection": "Upgrade"}), b"\0\1\2"],
        ConnectionError,
        2,
        {"aiohttp": APIStatusError},
    ),
}


ZIPPED = gzip.compress(BODY)
CODED = {
    "gzip": ("gzip", ZIPPED, Call),
    "deflate": ("deflate", zlib.compress(BODY), Call),
    "deflate without a header": ("deflate", zlib.compress(BODY)[2:-4], Call),
    "more after gzip": ("gzip", ZIPPED + bytes(2 * SMALL), Call),
    "identity": ("identity", BODY, Call),
    "gzip that is none": ("gzip", BODY, ResponseError),
    "gzip cut off": ("gzip", ZIPPED[:-200], ResponseError),
    "gzip without its checksum": ("gzip", ZIPPED[:-8], ResponseError),
    "gzip bomb": ("gzip", gzip.compress(b" " * 100 * SMALL), ResponseError),
    "deflate bomb": ("deflate", zlib.compress(b" " * 100 * SMALL), ResponseError),
    **{
        coding: (coding, gzip.compress(ZIPPED), ResponseError)
        for coding in ("gzip, gzip", "identity, gzip", "br", "zstd", "rot13")
    },
}
BROKEN: dict[str, Steps] = {
    "100 and then nothing": [head(100)],
    "chunk without a length": [head(200, CHUNKED) + b"soon\r\n"],
    "chunk of negative length": [head(200, CHUNKED) + b"-5\r\n"],
    "chunks without an end": [head(200, CHUNKED), b"%x\r\n%s\r\n" % (len(BODY), BODY)],
    "Content-Length too large": [head(200, LONG), BODY],
    "Content-Length no number": [head(200, {**PLAIN, "Content-Length": "many"}), BODY],
    "Content-Length negative": [head(200, {**PLAIN, "Content-Length": "-1"}), BODY],
    "reset in the headers": [head(200, PLAIN)[:-4], 0.01, End.RESET],
    "reset in the body": [head(200, LONG), BODY, 0.01, End.RESET],
    "closed without a response": [],
    "closed in the headers": [head(200, PLAIN)[:-4]],
    "status without a number": [b"HTTP/1.1 OK\r\n\r\n"],
    "status of two digits": [b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"],
    "HTTP/0.9": [HTML],
    "garbage": [bytes(range(256)) * 4],
    "a TLS alert": [b"\x15\x03\x01\x00\x02\x02\x28"],
    "header without a colon": [b"HTTP/1.1 200 OK\r\nnothing\r\n\r\n"],
    "header with NUL": [b"HTTP/1.1 200 OK\r\nA: b\0c\r\nContent-Length: 0\r\n\r\n"],
    "endless header": Endless(b"HTTP/1.1 200 OK\r\nA: ", b"a" * 65536),
    "endless headers": Endless(b"HTTP/1.1 200 OK\r\n", b"A: a\r\n" * 9999),
}
FRAMES = {
    **{
        name: Row(http(body=content, headers={"Content-Encoding": coding}), becomes)
        for name, (coding, content, becomes) in CODED.items()
    },
    **{name: Row(steps, ConnectionError, 2) for name, steps in BROKEN.items()},
    "gzip byte for byte": Row([head(200, PACKED), *(bytes([byte]) for byte in ZIPPED)], Call),
    "502 in broken gzip": Row(http(502, HTML, {"Content-Encoding": "gzip"}), ServerError, 2),
    "reason that is not ASCII": Row(http(reason="\xff\xfe"), Call),
    "body to the end of the connection": Row([head(200, PLAIN), BODY], Call),
    "chunked": Row([head(200, CHUNKED), b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY), End.KEEP], Call),
    "Content-Length too small": Row(
        [head(200, {**PLAIN, "Content-Length": "99", "Connection": "close"}) + BODY],
        ResponseError,
        other={"aiohttp": None},  # which may see the rest in time to complain of it, or not
    ),
    "HTTP/3.7": Row(
        [b"HTTP/3.7 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"],
        ResponseError,
        other={"aiohttp": ConnectionError},
    ),
    "endless body": Row(Endless(head(200, PLAIN), b" " * 65536), ResponseError),
    "endless error": Row(Endless(head(404, PLAIN), b" " * 65536), NotFoundError),
}

SLOW: dict[str, Steps] = {
    "no response": [End.HOLD],
    "half a response": [head(200, LONG), BODY, End.HOLD],
    "half a head": [b"HTTP/1.1 200 OK\r\nContent-", End.HOLD],
    "body byte by byte": Endless(head(200, PLAIN), b" ", 0.01),
    "chunks byte by byte": Endless(head(200, CHUNKED), b"1\r\n \r\n", 0.01),
    "gzip byte by byte": Endless(head(200, PACKED) + gzip.compress(b"")[:10], b"\0\0\0\xff\xff", 0.01),
    "headers byte by byte": Endless(b"HTTP/1.1 200 OK\r\nA: ", b"a", 0.01),
    "endless 100": Endless(b"", head(100) * 99),
    "100 again and again": Endless(b"", head(100), 0.01),
}
"""An attempt ends at its timeout."""

WITHOUT_CONTENT = {"gzip byte by byte", "headers byte by byte", "endless 100", "100 again and again"}

TABLE = ANCHORS | BODIES | MEDIA_TYPES | STATUSES | FRAMES
