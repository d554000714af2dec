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
    TimeoutError,
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
HTTPX = dict.fromkeys(["httpx", "httpx async"], ConnectionError)
"""httpx's own clients look where a redirect leads to, even if they are not to follow it."""
BY_AIOHTTP = {"aiohttp": ConnectionError}
ENVELOPE = {key: value for key, value in DOCUMENTED.items() if key != "data"}


def record(**members: Any) -> Any:
    """The documented response with other members in the record; `...` removes one."""
    body = copy.deepcopy(DOCUMENTED)
    body["data"]["result"].update(members)
    body["data"]["result"] = {key: value for key, value in body["data"]["result"].items() if value is not ...}
    return body


def zipped(content: bytes) -> Steps:
    """A response that states that it is packed with gzip."""
    return http(body=content, headers={"Content-Encoding": "gzip"})


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

BODIES = {
    "documented": Row(http(), Call),
    "nothing but an id": Row(http(body={"data": {"result": {"call_id": 987654}}}), Call),
    "another call's record": Row(http(body=record(call_id=5)), WrongRecordError),
    "id of a wrong type": Row(http(body=record(call_id="987654")), Call),
    "enormous id": Row(http(body=record(call_id=10**400)), WrongRecordError),
    "everything null": Row(http(body=record(**dict.fromkeys(DOCUMENTED["data"]["result"]))), Call),
    "everything a list": Row(
        http(body=record(**{name: [[]] for name in DOCUMENTED["data"]["result"]})), Call
    ),
    "no record": Row(http(body={**ENVELOPE, "data": {}}), ResponseError),
    "record is null": Row(http(body={**ENVELOPE, "data": {"result": None}}), ResponseError),
    "record is a list": Row(http(body={**ENVELOPE, "data": {"result": [record()]}}), ResponseError),
    "data is a text": Row(http(body={**ENVELOPE, "data": "result"}), ResponseError),
    "null": Row(http(body=b"null"), ResponseError),
    "number": Row(http(body=b"17"), ResponseError),
    "text": Row(http(body=b'"call"'), ResponseError),
    "list": Row(http(body=b"[1, 2]"), ResponseError),
    "false": Row(http(body=b"false"), ResponseError),
    "NaN": Row(http(body=b'{"data": {"result": {"call_id": 987654, "duration": NaN}}}'), ResponseError),
    "Infinity": Row(
        http(body=b'{"data": {"result": {"call_id": 987654, "duration": -Infinity}}}'), ResponseError
    ),
    "beyond a double": Row(http(body=b'{"data": {"result": {"call_id": 987654, "duration": 1e999}}}'), Call),
    "digits without end": Row(
        http(body=b'{"data": {"result": {"call_id": 987654, "duration": %s}}}' % (b"9" * 5000)), ResponseError
    ),
    "a member twice": Row(
        http(body=b'{"data": 1, "data": {"result": {"call_id": 5, "call_id": 987654}}}'), Call
    ),
    "very deep": Row(http(body=b"[" * 90_000 + b"]" * 90_000), ResponseError),
    "very deep record": Row(
        http(body=b'{"data":{"result":' + b'{"a":' * 20_000 + b"1" + b"}" * 20_002), ResponseError
    ),
    "deep but readable": Row(http(body=record(summary=json.loads("[" * 300 + "]" * 300))), Call),
    "half of it": Row(http(body=BODY[:500]), ResponseError),
    "two of it": Row(http(body=BODY + BODY), ResponseError),
    "comment": Row(http(body=b"/* for you */" + BODY), ResponseError),
    "BOM": Row(http(body=b"\xef\xbb\xbf" + BODY), Call),
    "UTF-16": Row(http(body=BODY.decode().encode("utf-16")), Call),
    "UTF-32 without a BOM": Row(http(body=BODY.decode().encode("utf-32-le")), Call),
    "no UTF-8": Row(
        http(body=b'{"data": {"result": {"call_id": 987654, "summary": "\xff\xfe"}}}'), ResponseError
    ),
    "half a surrogate pair": Row(
        http(body=b'{"data": {"result": {"call_id": 987654, "summary": "\\ud800", "\\udfff": "\\udc00"}}}'),
        Call,
    ),
    "NUL": Row(http(body=b"\0" * 1000), ResponseError),
    "white space": Row(http(body=b" " * 1000), ResponseError),
    "members without names": Row(http(body=record(**{"": 1, " ": 2, "/~": 3, "\n\x1b[31m": 4})), Call),
    "ten thousand members": Row(http(body=record(**{f"m{n}": n for n in range(10_000)})), Call),
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
    "201 with a record": Row(http(201), APIStatusError),
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
    "408": Row(http(408, b""), APIStatusError, 2),
    "410": Row(http(410, ENVELOPE), RecordingExpiredError),
    "418": Row(http(418, b"short and stout", media_type="text/plain"), APIStatusError),
    "429 broken JSON": Row(http(429, b'{"code": 429,'), RateLimitError, 2),
    "500 with a record": Row(http(500), ServerError, 2),
    "501": Row(http(501, b""), ServerError),
    "503 NaN": Row(http(503, b"NaN"), ServerError, 2),
    "599": Row(http(599, b""), ServerError),
    "600": Row(http(600, b""), APIStatusError),
    "999": Row(http(999, b""), APIStatusError),
    "100 and then 200": Row([head(100), *http()], Call),
    "103 with hints and then 200": Row([head(103, {"Link": "</a>; rel=preload"}), *http()], Call),
    "100 and then nothing": Row([head(100)], ConnectionError, 2),
    "101": Row(
        [head(101, {"Upgrade": "chat", "Connection": "Upgrade"}), b"\0\1\2"],
        ConnectionError,
        2,
        {"aiohttp": APIStatusError},
    ),
}


def encoded(coding: str) -> dict[str, str]:
    """The header that names a coding."""
    return {"Content-Encoding": coding}


BYTES = [bytes([byte]) for byte in gzip.compress(BODY)]

FRAMES = {
    "gzip": Row(zipped(gzip.compress(BODY)), Call),
    "deflate": Row(http(body=zlib.compress(BODY), headers=encoded("deflate")), Call),
    "gzip that is none": Row(zipped(BODY), ResponseError),
    "gzip cut off": Row(zipped(gzip.compress(BODY)[:-200]), ResponseError),
    "gzip without its checksum": Row(zipped(gzip.compress(BODY)[:-8]), ResponseError),
    "gzip bomb": Row(zipped(gzip.compress(b" " * 100 * SMALL)), ResponseError),
    "deflate without a header": Row(http(body=zlib.compress(BODY)[2:-4], headers=encoded("deflate")), Call),
    "deflate bomb": Row(
        http(body=zlib.compress(b" " * 100 * SMALL), headers=encoded("deflate")), ResponseError
    ),
    "gzip byte for byte": Row([head(200, {**PLAIN, **encoded("gzip")}), *BYTES], Call),
    "more after gzip": Row(zipped(gzip.compress(BODY) + bytes(2 * SMALL)), Call),
    "identity": Row(http(headers=encoded("identity")), Call),
    "reason that is not ASCII": Row(http(reason="\xff\xfe"), Call),
    **{
        coding: Row(http(body=gzip.compress(gzip.compress(BODY)), headers=encoded(coding)), ResponseError)
        for coding in ("gzip, gzip", "identity, gzip", "br", "zstd", "rot13")
    },
    "502 in broken gzip": Row(http(502, HTML, {"Content-Encoding": "gzip"}), ServerError, 2),
    "body to the end of the connection": Row([head(200, PLAIN), BODY], Call),
    "chunked": Row([head(200, CHUNKED), b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY), End.KEEP], Call),
    "chunk without a length": Row([head(200, CHUNKED) + b"soon\r\n"], ConnectionError, 2),
    "chunk of negative length": Row([head(200, CHUNKED) + b"-5\r\n"], ConnectionError, 2),
    "chunks without an end": Row(
        [head(200, CHUNKED), b"%x\r\n%s\r\n" % (len(BODY), BODY)], ConnectionError, 2
    ),
    "Content-Length too large": Row(
        [head(200, {**PLAIN, "Content-Length": "9999"}), BODY], ConnectionError, 2
    ),
    "Content-Length too small": Row(
        [head(200, {**PLAIN, "Content-Length": "99", "Connection": "close"}) + BODY],
        ResponseError,
        other={"aiohttp": None},  # which may see the rest in time to complain of it, or not
    ),
    "Content-Length no number": Row(
        [head(200, {**PLAIN, "Content-Length": "many"}), BODY], ConnectionError, 2
    ),
    "Content-Length negative": Row([head(200, {**PLAIN, "Content-Length": "-1"}), BODY], ConnectionError, 2),
    "reset in the headers": Row([head(200, PLAIN)[:-4], 0.01, End.RESET], ConnectionError, 2),
    "reset in the body": Row(
        [head(200, {**PLAIN, "Content-Length": "9999"}), BODY, 0.01, End.RESET], ConnectionError, 2
    ),
    "closed without a response": Row([], ConnectionError, 2),
    "closed in the headers": Row([head(200, PLAIN)[:-4]], ConnectionError, 2),
    "status without a number": Row([b"HTTP/1.1 OK\r\n\r\n"], ConnectionError, 2),
    "status of two digits": Row([b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"], ConnectionError, 2),
    "HTTP/0.9": Row([HTML], ConnectionError, 2),
    "HTTP/3.7": Row(
        [b"HTTP/3.7 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"], ResponseError, 1, BY_AIOHTTP
    ),
    "garbage": Row([bytes(range(256)) * 4], ConnectionError, 2),
    "a TLS alert": Row([b"\x15\x03\x01\x00\x02\x02\x28"], ConnectionError, 2),
    "header without a colon": Row([b"HTTP/1.1 200 OK\r\nnothing\r\n\r\n"], ConnectionError, 2),
    "header with NUL": Row([b"HTTP/1.1 200 OK\r\nA: b\0c\r\nContent-Length: 0\r\n\r\n"], ConnectionError, 2),
    "endless body": Row(Endless(head(200, PLAIN), b" " * 65536), ResponseError),
    "endless error": Row(Endless(head(404, PLAIN), b" " * 65536), NotFoundError),
    "endless header": Row(Endless(b"HTTP/1.1 200 OK\r\nA: ", b"a" * 65536), ConnectionError, 2),
    "endless headers": Row(Endless(b"HTTP/1.1 200 OK\r\n", b"A: a\r\n" * 9999), ConnectionError, 2),
}

SLOW = {
    "no response": Row([End.HOLD], TimeoutError, 2),
    "half a response": Row([head(200, {**PLAIN, "Content-Length": "9999"}), BODY, End.HOLD], TimeoutError, 2),
    "half a head": Row([b"HTTP/1.1 200 OK\r\nContent-", End.HOLD], TimeoutError, 2),
    "body byte by byte": Row(Endless(head(200, PLAIN), b" ", 0.01), TimeoutError, 2),
    "chunks byte by byte": Row(Endless(head(200, CHUNKED), b"1\r\n \r\n", 0.01), TimeoutError, 2),
    "gzip byte by byte": Row(
        Endless(
            head(200, {**PLAIN, "Content-Encoding": "gzip"}) + gzip.compress(b"")[:10],
            b"\0\0\0\xff\xff",
            0.01,
        ),
        TimeoutError,
        2,
    ),
    "headers byte by byte": Row(Endless(b"HTTP/1.1 200 OK\r\nA: ", b"a", 0.01), TimeoutError, 2),
    "endless 100": Row(Endless(b"", head(100) * 99), TimeoutError, 2),
    "100 again and again": Row(Endless(b"", head(100), 0.01), TimeoutError, 2),
}

WITHOUT_CONTENT = {"gzip byte by byte", "headers byte by byte", "endless 100", "100 again and again"}

TABLE = ANCHORS | BODIES | MEDIA_TYPES | STATUSES | FRAMES
