"""The body of a response: decoded within a bound, so that a few bytes cannot become gigabytes."""

import io
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import Any, Final

from convirza._generated import load_json

DEFAULT_MAX_BODY: Final = 8 * 2**20
"""Bytes, decoded. A record is a few kilobytes, a page a few megabytes; parsing `[],[],` takes 0.4 s a MiB."""
# From here on, a body is parsed by msgspec. Its import takes as long as it saves in 30 full pages: single
# records never need it.
_LARGE: Final = 2**16


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
        self._content = io.BytesIO()  # getvalue makes no copy
        self._first = b""
        self._inflater: Any = None

    def add(self, part: bytes) -> None:
        """Takes the next part."""
        self._content.write(part if self._plain else self._inflate(part))
        if self._content.tell() > self._limit:
            raise BodyError(f"larger than max_body, {self._limit} bytes")

    def content(self) -> bytes:
        """The whole body."""
        if self._first and not (self._inflater and self._inflater.eof):
            raise BodyError("it does not match its Content-Encoding")
        return self._content.getvalue()

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
            inflated: bytes = self._inflater.decompress(part, self._limit + 1 - self._content.tell())
        except zlib.error:
            raise BodyError("it does not match its Content-Encoding") from None
        return inflated


def load_large_json(content: bytes) -> Any:
    """What load_json returns or raises, for a page in half the time.

    msgspec returns equal values, or refuses what Python's json may take: a lone surrogate, 1e999, UTF-16.
    """
    if len(content) >= _LARGE and (decode := _msgspec_decoder()):
        with suppress(Exception):  # its own, and RecursionError: load_json decides
            return decode(content)
    return load_json(content)


@cache
def _msgspec_decoder() -> Callable[[bytes], Any] | None:
    try:
        decode: Callable[[bytes], Any] = import_module("msgspec").json.Decoder().decode
    except ImportError:  # in a vendored copy
        return None
    return decode
