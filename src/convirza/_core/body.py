"""The body of a response: decoded within a bound, so that a few bytes cannot become gigabytes."""

import zlib
from collections.abc import Mapping
from typing import Any, Final

DEFAULT_MAX_BODY: Final = 8 * 2**20
"""Bytes, decoded. A record is a few kilobytes, a page a few megabytes; parsing `[],[],` takes 0.4 s a MiB."""


class BodyError(Exception):
    """The body cannot be used. The text states the reason and contains no part of the body."""


class Body:
    """Collects the parts of a body. Its methods raise BodyError."""

    def __init__(self, headers: Mapping[str, str], limit: int, *, decoded: bool) -> None:
        """`limit` is in bytes after decoding; with `decoded`, the parts are decoded already."""
        coding = headers.get("content-encoding", "").strip().lower()
        if coding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise BodyError("its Content-Encoding is neither gzip nor deflate")
        self._limit = limit
        self._plain = decoded or coding in {"", "identity"}
        self._content = bytearray()
        self._first = b""
        self._inflater: Any = None

    def add(self, part: bytes) -> None:
        """Takes the next part."""
        self._content += part if self._plain else self._inflate(part)
        if len(self._content) > self._limit:
            raise BodyError(f"larger than max_body, {self._limit} bytes")

    def content(self) -> bytes:
        """The whole body."""
        if self._first and not (self._inflater and self._inflater.eof):
            raise BodyError("it does not match its Content-Encoding")
        return bytes(self._content)

    def _inflate(self, part: bytes) -> bytes:
        if self._inflater is None:
            self._first = part = self._first + part
            if len(part) < 2:
                return b""
            # deflate means the zlib format, but some servers send it without the two bytes of its header.
            headed = part[:2] == b"\x1f\x8b" or (part[0] & 15 == 8 and (part[0] << 8 | part[1]) % 31 == 0)
            self._inflater = zlib.decompressobj(47 if headed else -15)
        if self._inflater.eof:  # what follows would be kept in unused_data
            return b""
        try:
            inflated: bytes = self._inflater.decompress(part, self._limit + 1 - len(self._content))
        except zlib.error:
            raise BodyError("it does not match its Content-Encoding") from None
        return inflated
