"""Large bodies are parsed by msgspec, with the same result as by the json module."""

import json
import sys

import pytest

from convirza._core.body import load_large_json
from convirza_client.client import load_json

DEEP = "[" * 100_000
ODD = (
    *("[-0, 0.1, 1E5, 1.0, -0.0, 1e-400, 5e-324, 2.2250738585072011e-308]", "9" * 30, "1" * 5000, "1e999"),
    *('{"a": 1, "b": 2, "a": 3}', r'"\ud83d\ude00\u0000\/"', r'["\ud800", {"\udc00": "\ud800x"}]', '"é'),
    *("NaN", "-Infinity", "01", "1.", "[1,]", "[1] x", '"\t"', r'"\x"', "", "\ufeff[]", DEEP),
    *(b'"\xed\xa0\x80"', b'"\xff"', b'"\xc0\x80"', "é[]".encode("utf-16"), DEEP + "]" * 100_000),
)


def outcome(load, content):
    """The value, which shows its types, or "invalid"."""
    try:
        return repr(load(content))
    except (ValueError, RecursionError):
        return "invalid"


@pytest.mark.parametrize("text", ODD, ids=lambda text: repr(text[:30]))
def test_same_value_as_from_json(text):
    """Both return equal values of the same types, or both refuse the text."""
    content = (text if isinstance(text, bytes) else text.encode()) + b" " * 2**16
    assert outcome(load_large_json, content) == outcome(load_json, content)


def test_json_is_for_small_bodies(monkeypatch):
    """A page does not need the json module, and a record not msgspec."""
    monkeypatch.setattr(json, "loads", lambda *_, **__: "json")
    assert load_large_json(b"[1]") == "json"
    assert load_large_json(b"[1]" + b" " * 2**16) == [1]


def test_msgspec_is_not_needed(monkeypatch):
    """A vendored copy works without it."""
    monkeypatch.setitem(sys.modules, "msgspec", None)
    from convirza._core import body

    body._msgspec_decoder.cache_clear()
    try:
        assert load_large_json(b"[1]" + b" " * 2**16) == [1]
    finally:
        body._msgspec_decoder.cache_clear()
