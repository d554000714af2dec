"""How a response deviates from the document, without any of its values.

Enumerations and objects are open in the document, so a new value or member is valid. It is drift, though, so
the schemas that responses are checked against are closed. jsonschema-rs validates each value. This module
walks the schemas itself to find the places, lazily, and stops after `MAX_DEVIATIONS`: on 1,000,000 wrong
items jsonschema-rs took 57.9 s to its first error, this module 0.1 s.
"""

import functools
import importlib.util
import itertools
import logging
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Protocol

from attrs import evolve, frozen

from convirza._core.forking import reset_in_child
from convirza._generated import OPERATIONS, document

__all__ = ["MAX_DEVIATIONS", "MAX_KINDS", "Deviation", "DriftLog", "deviations", "kind_of", "unavailable"]

MAX_DEVIATIONS: Final = 100
"""Limit for one response: a malformed one could have millions."""

MAX_KINDS: Final = 1000
"""Limit for one `DriftLog`; further kinds are not reported."""

_MOST_NAMES: Final = 10_000  # unknown members of one object: half a million took 0.7 s
_NAME: Final = re.compile(r"(?=.{1,40}\Z)[A-Za-z_]+[0-9]{0,3}[A-Za-z_]*")
_INDEX: Final = re.compile(r"(?<=/)[0-9]+(?=/|\Z)")
_LIMITS: Final = {"minimum": "at least {}", "maximum": "at most {}"}
# _Schema reads the keywords about members and items; annotations such as examples are left out.
_ASSERTIONS: Final = {
    *("enum", "exclusiveMaximum", "exclusiveMinimum", "format", "maxLength", "maximum", "minLength"),
    *("minimum", "multipleOf", "pattern"),
}
_TYPES: Final[dict[type[object], str]] = {
    bool: "boolean",
    dict: "object",
    float: "number",
    int: "integer",
    list: "array",
    str: "string",
    type(None): "null",
}

_logger = logging.getLogger("convirza.drift")


class _Validator(Protocol):  # of jsonschema-rs, which a vendored copy may lack
    def is_valid(self, instance: object) -> bool: ...
    def iter_errors(self, instance: object) -> Iterator[Any]: ...


@frozen
class Deviation:
    """One place where a response deviates from the document. Never holds a value of the response."""

    pointer: str
    """JSON pointer (RFC 6901) into the body. A member's name that is not a plain identifier is `[name]`."""
    kind: str
    """The JSON Schema keyword that fails, such as `type`; `additionalProperties` for a new member."""
    expected: str
    """What the document requires, in a few words."""
    got_type: str
    """JSON type of the value; `integer` includes 61.0. `nothing`: the member is missing."""
    operation: str = ""
    """The operationId in the document, such as `get_call`."""


def unavailable() -> str:
    """What a vendored copy lacks to check responses, and what to do; empty if it lacks nothing."""
    if importlib.util.find_spec("jsonschema_rs") is None:
        return "jsonschema-rs is not installed: install it"
    try:
        _schemas()
    except FileNotFoundError:
        return "openapi.json is missing from the package convirza_client: add it to the package data"
    return ""


def deviations(operation: str, status: int, body: object) -> tuple[Deviation, ...]:
    """How a parsed JSON body deviates from the document's schema for an operation and a status.

    Empty if the document has no JSON schema for them. In the order of the document, unknown members of
    an object last; at most `MAX_DEVIATIONS`. A value has one deviation: the first keyword that fails.
    NaN and numbers beyond a double are numbers. Never raises, for anything that `json.loads` returns.
    """
    schema = _schemas().get((operation, status))
    if schema is None:
        return ()
    found = itertools.islice(schema.deviations(body, ""), MAX_DEVIATIONS)
    return tuple(evolve(deviation, operation=operation) for deviation in found)


def kind_of(deviation: Deviation) -> Deviation:
    """The same with `*` for array indices: deviations that differ only in indices are of one kind."""
    return evolve(deviation, pointer=_INDEX.sub("*", deviation.pointer))


class DriftLog:
    """Reports each kind of deviation once: a line at WARNING, and a call of `on_deviation`. Thread-safe.

    Deviations are of one kind if they differ in indices of arrays only. What `on_deviation` raises is logged
    at ERROR by its type and not propagated: the caller's response is valid, and a report must not lose it.
    """

    def __init__(self, on_deviation: Callable[[Deviation], None] | None = None) -> None:
        self._on_deviation = on_deviation
        self._seen: set[Deviation] = set()
        self.after_fork()
        reset_in_child(self)

    def after_fork(self) -> None:
        """Replaces the lock: a thread of the parent may have held it, and would never release it here."""
        self._lock = threading.Lock()

    def report(self, found: Iterable[Deviation]) -> None:
        """Reports the new kinds among the deviations of one response."""
        for deviation in found:
            kind = kind_of(deviation)
            with self._lock:
                if kind in self._seen or len(self._seen) >= MAX_KINDS:
                    continue
                self._seen.add(kind)
                last = len(self._seen) == MAX_KINDS
            self._emit(deviation, kind)
            if last:
                _logger.warning("%d kinds of deviation: further ones are not reported", MAX_KINDS)

    def _emit(self, deviation: Deviation, kind: Deviation) -> None:
        line = "%s: %s: %s: expected %s, got %s"
        _logger.warning(line, _name(kind.operation), kind.pointer, kind.kind, kind.expected, kind.got_type)
        if self._on_deviation is not None:
            try:
                self._on_deviation(deviation)
            except Exception as error:
                _logger.error("on_deviation raised %s", type(error).__name__)


def referenced(part: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """The component that a part of the document refers to; the part itself, if it is no reference."""
    return components[part["$ref"].rpartition("/")[2]] if "$ref" in part else part


def resolve_schema(source: dict[str, Any], components: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The schema that a reference or an anyOf resolves to, and whether null is allowed too."""
    nullable = False
    while "$ref" in source or "anyOf" in source:
        if "$ref" in source:
            source = referenced(source, components)
        else:  # one schema and null: the generator refuses any other anyOf
            parts = [part for part in source["anyOf"] if part != {"type": "null"}]
            nullable = nullable or len(parts) < len(source["anyOf"])
            source = parts[0]
    return source, nullable


class _Schema:
    """A schema of the document without references, closed, and with `null` as one of its types."""

    def __init__(self, source: dict[str, Any], components: dict[str, Any]) -> None:
        source, nullable = resolve_schema(source, components)
        kinds: str | list[str] = source.get("type", [])
        self.types = [kinds] if isinstance(kinds, str) else list(kinds)
        if nullable and "null" not in self.types:
            self.types.append("null")
        self.members = {
            name: _Schema(value, components) for name, value in source.get("properties", {}).items()
        }
        self.closed = "properties" in source and "additionalProperties" not in source
        self.required: list[str] = source.get("required", [])
        self.items = _Schema(source["items"], components) if "items" in source else None
        self.assertions = {key: value for key, value in source.items() if key in _ASSERTIONS}
        if nullable and "enum" in self.assertions:
            self.assertions["enum"] = [*self.assertions["enum"], None]

    def plain(self) -> dict[str, Any]:
        """The same as JSON Schema."""
        plain = {**self.assertions, "required": self.required}
        if self.types:
            plain["type"] = self.types
        if self.items:
            plain["items"] = self.items.plain()
        if self.members:
            plain["properties"] = {name: member.plain() for name, member in self.members.items()}
        return {**plain, "additionalProperties": not self.closed}

    @functools.cached_property
    def validator(self) -> _Validator:
        # Imported at first use: the import takes longer than most commands.
        jsonschema_rs: Any = importlib.import_module("jsonschema_rs")
        validator: _Validator = jsonschema_rs.Draft202012Validator(self.plain(), validate_formats=True)
        return validator

    def deviations(self, value: Any, pointer: str) -> Iterator[Deviation]:
        """The deviations of `value`, found lazily."""
        if self._is_valid(value):
            return
        got = _json_type(value)
        if self.types and got not in self.types and not (got == "integer" and "number" in self.types):
            yield Deviation(pointer, "type", _either(self.types), got)
        elif got == "object":
            yield from self._in_object(value, pointer)
        elif got == "array":
            if self.items:
                for index, item in enumerate(value):
                    yield from self.items.deviations(item, f"{pointer}/{index}")
        else:
            if got == "string":  # a lone surrogate becomes a character that no format allows
                value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            failed = {error.schema_path[-1] for error in self.validator.iter_errors(value)}
            for kind, limit in self.assertions.items():
                if kind in failed:
                    expected = f"one of {_either(limit)}" if kind == "enum" else str(limit)
                    yield Deviation(pointer, kind, _LIMITS.get(kind, "{}").format(expected), got)
                    return

    def _is_valid(self, value: object) -> bool:
        validator = self.validator
        try:
            return validator.is_valid(value)
        except Exception:  # jsonschema-rs cannot read a lone surrogate: check value by value
            return False

    def _in_object(self, value: dict[str, Any], pointer: str) -> Iterator[Deviation]:
        for name, member in self.members.items():
            place = f"{pointer}/{_shown(name)}"
            if name in value:
                yield from member.deviations(value[name], place)
            elif name in self.required:
                yield Deviation(place, "required", _either(member.types), "nothing")
        if self.closed:
            names = itertools.islice((name for name in value if name not in self.members), _MOST_NAMES)
            unknown = ((_shown(name), _json_type(value[name])) for name in names)
            for name, got in dict.fromkeys(unknown):  # many names may be [name]
                yield Deviation(f"{pointer}/{name}", "additionalProperties", "nothing", got)


@functools.cache
def _schemas() -> dict[tuple[str, int], _Schema]:
    """By operation and status. Two threads may both compute it first: the results are equal."""
    whole = document()
    components = whole["components"]
    found: dict[tuple[str, int], _Schema] = {}
    for operation in OPERATIONS.values():
        described = whole["paths"][operation.path][operation.method.lower()]
        for status, response in described["responses"].items():
            content = referenced(response, components["responses"]).get("content", {})
            source = content.get("application/json", {}).get("schema")
            if source is not None and status.isdecimal():
                found[operation.id, int(status)] = _Schema(source, components["schemas"])
    return found


def _name(operation: str) -> str:
    """The operation as it is logged."""
    known = OPERATIONS.get(operation)
    return operation if known is None else f"{known.method} {known.path}"


def _shown(name: object) -> str:
    """A member's name if it is a plain identifier; another one may be a secret or personal data."""
    return name if isinstance(name, str) and _NAME.fullmatch(name) else "[name]"


def _json_type(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return "integer"  # as in JSON Schema
    return _TYPES.get(type(value), "not JSON")


def _either(words: list[Any]) -> str:
    """A, B or C."""
    *first, last = ["null" if word is None else str(word) for word in words] or ["anything"]
    return f"{', '.join(first)} or {last}" if first else last
