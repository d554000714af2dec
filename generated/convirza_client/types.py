# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
"""Contains some shared types for properties, and how values are read from and written to the wire"""

import datetime
import json
import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import suppress
from enum import Enum, StrEnum
from functools import cache
from typing import (
    IO,
    TYPE_CHECKING,
    Any,
    BinaryIO,
    Generic,
    Literal,
    TypeGuard,
    TypeVar,
)
from urllib.parse import quote
from uuid import UUID

from attrs import AttrsInstance, define, field, fields, frozen

from .errors import ParseError


class Unset(Enum):
    """The type of UNSET: an enumeration, because its one member survives copy and pickle."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Literal[Unset.UNSET] = Unset.UNSET

# The types that `httpx.Client(files=)` can accept, copied from that library.
FileContent = IO[bytes] | bytes | str
FileTypes = (
    # (filename, file (or bytes), content_type)
    tuple[str | None, FileContent, str | None]
    # (filename, file (or bytes), content_type, headers)
    | tuple[str | None, FileContent, str | None, Mapping[str, str]]
)
RequestFiles = list[tuple[str, FileTypes]]


@define
class File:
    """Contains information for file uploads"""

    payload: BinaryIO
    file_name: str | None = None
    mime_type: str | None = None

    def to_tuple(self) -> FileTypes:
        """Return a tuple representation that httpx will accept for multipart/form-data"""
        # Without a name a server takes a part for text; without a media type httpx reads the system's table of them.
        return (
            self.file_name or "upload",
            self.payload,
            self.mime_type or "application/octet-stream",
        )


T = TypeVar("T")
EnumT = TypeVar("EnumT", bound=StrEnum)


@define
class Response(Generic[T]):
    """A response from an endpoint. The status is any integer that a server sent, such as 520."""

    status_code: int
    content: bytes = field(repr=False)
    headers: MutableMapping[str, str] = field(repr=False)
    parsed: T | None


@frozen
class Operation:
    """What the document says of an operation."""

    id: str
    method: str
    path: str
    """Relative to the base URL, with the names of its parameters in braces."""
    safe_to_repeat: bool
    """Whether two requests have the effect of one (RFC 9110, 9.2.2): not so for POST and PATCH."""
    needs_token: bool
    """Whether the request is sent by an AuthenticatedClient."""
    responses: Mapping[str, Any]
    """The model of each documented status, such as "200", "4XX" or "default"; None stands for no content."""


@frozen
class Request:
    """The request of an operation, to be sent by Client.request or by other means."""

    method: str
    url: str
    """Path and query, to be added to the base URL."""
    options: Mapping[str, Any] = field(factory=dict[str, Any], repr=False)
    """Headers, cookies and body, as arguments of httpx."""


def _misfit(expected: str, value: object) -> ParseError:
    return ParseError(expected, type(value).__name__)


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, dict) or isinstance(value, Mapping)  # the second check is slow


def parse_any(value: Any) -> Any:
    """Any JSON value, as it is."""
    return value


def parse_bool(value: object) -> bool:
    """A JSON boolean. Raises ParseError."""
    if isinstance(value, bool):
        return value
    raise _misfit("a boolean", value)


def parse_int(value: object) -> int:
    """A JSON integer; 61.0 is one too, as in JSON Schema. Raises ParseError."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise _misfit("an integer", value)


def parse_float(value: object) -> float:
    """A JSON number, an integer staying one. Raises ParseError."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise _misfit("a number", value)


def parse_str(value: object) -> str:
    """A JSON string. Raises ParseError."""
    if isinstance(value, str):
        return value
    raise _misfit("a string", value)


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# More than six digits of a second do not fit a datetime.
_DATE_TIME = re.compile(
    _DATE.pattern + r"[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_read_datetime = datetime.datetime.fromisoformat
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def parse_date(value: object) -> datetime.date:
    """A date of RFC 3339, YYYY-MM-DD. Raises ParseError."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            pass
    raise _misfit("a date", value)


def parse_datetime(value: object) -> datetime.datetime:
    """A date-time of RFC 3339, as an aware datetime. Raises ParseError."""
    if isinstance(value, str) and _DATE_TIME.fullmatch(value):
        try:
            return _read_datetime(value.upper())
        except ValueError:
            pass
    raise _misfit("a date-time", value)


def parse_uuid(value: object) -> UUID:
    """A UUID. Raises ParseError."""
    if isinstance(value, str) and _UUID.fullmatch(value):
        return UUID(value)
    raise _misfit("a UUID", value)


def parse_file(value: object) -> File:
    """A File, which no response has. Raises ParseError."""
    if isinstance(value, File):
        return value
    raise _misfit("a File", value)


def enum_of(enum: type[EnumT]) -> Callable[[object], EnumT]:
    """A parser of strings into members of an open enumeration."""
    listed: dict[str, Any] = {member.value: member for member in enum}

    def parse_enum(value: object) -> EnumT:
        text = value if type(value) is str else parse_str(value)
        return listed.get(text) or enum(text)

    return parse_enum


if not TYPE_CHECKING:
    enum_of = cache(enum_of)  # pyright does not see through a generic function that is decorated


def list_of(parse: Callable[[Any], T]) -> Callable[[object], list[T]]:
    """A parser of lists, every item of which must fit."""

    def parse_list(value: object) -> list[T]:
        if _is_list(value):
            return [parse(item) for item in value]
        raise _misfit("a list", value)

    return parse_list


def parse_object(value: object) -> dict[str, Any]:
    """The members of a JSON object, in a new dict. Raises ParseError."""
    if _is_object(value):
        return {**value}
    raise _misfit("an object", value)


def split(value: Any, documented: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """All members of a JSON object, with UNSET for a documented one that is missing; and those not documented.

    Raises ParseError for anything but an object.
    """
    members = {**documented, **(value if dict is type(value) else parse_object(value))}
    if len(members) == len(documented):
        return members, {}
    return members, {name: member for name, member in members.items() if name not in documented}


def make_additional_properties(model: Any, name: str) -> Any:
    """The `__getattr__` of models: a record rarely has additional properties. A dict in each of its objects takes 5 % of
    the time of from_dict, and makes the garbage collector run three times as often while a list is read."""
    if name != "additional_properties":
        raise AttributeError(
            f"{type(model).__name__!r} object has no attribute {name!r}", name=name, obj=model
        )
    model.additional_properties = dict[str, Any]()
    return model.additional_properties


def required(name: str, value: Any, parse: Callable[[Any], T]) -> T:
    """The parsed value of a member that must be there. Raises ParseError, which names it."""
    if value is UNSET:
        raise ParseError("a value", "nothing", name)
    try:
        return parse(value)
    except ParseError as error:
        failure = error.inside(name)
    raise failure  # not in the handler: the context's traceback would hold the value


def optional(model: Any, name: str, value: Any, parse: Callable[[Any], T]) -> T | Unset:
    """The parsed value of a member; one that does not fit is put into `additional_properties`."""
    try:
        return parse(value)
    except ParseError:
        model.additional_properties[name] = value
        return UNSET


def optional_list(model: Any, name: str, value: Any, parse: Callable[[Any], T]) -> list[T] | Unset:
    """The same for a list; `parse` is for its items."""
    if list is type(value) or _is_list(value):  # the first is faster
        try:
            return [parse(item) for item in value]
        except ParseError:
            pass
    model.additional_properties[name] = value
    return UNSET


def optional_datetime(model: Any, name: str, value: Any) -> datetime.datetime | Unset:
    """The same for a date-time."""
    # The form that the API documents, 2026-02-14T18:20:12.000Z, is told apart without the regular expression, which
    # takes four times as long; a record has 15 of them. Of all forms that fromisoformat takes, only this one has
    # these characters there: a week has no "-" at 7, a time without colons no "." at 19.
    if type(value) is str and len(value) == 24:
        if value[7] == "-" and value[10] == "T" and value[19] == "." and value[23] == "Z":
            try:
                return _read_datetime(value)
            except ValueError:
                pass
    return optional(model, name, value, parse_datetime)


_PLAIN = frozenset({str, int, float, bool, type(None)})


def to_wire(value: Any, name: str = "value") -> Any:
    """A value as JSON has it; a datetime in UTC in the API's form, 2026-02-14T18:20:12.000Z.

    Raises ValueError, which names the parameter or member, for a datetime without a time zone.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, datetime.datetime):
        if value.utcoffset() is None:
            raise ValueError(
                f"{name}: the datetime has no time zone: add one, such as tzinfo=datetime.UTC"
            )
        with suppress(OverflowError):  # the first and last hours of the calendar are not in UTC's
            value = value.astimezone(datetime.UTC)
        timespec = "microseconds" if value.microsecond % 1000 else "milliseconds"
        return value.isoformat(timespec=timespec).replace("+00:00", "Z")
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if _is_list(value):
        return [to_wire(item, name) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value


def to_members(additional: Mapping[str, Any], members: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a model as JSON has them, without those that are UNSET."""
    known = {name: to_wire(value, name) for name, value in members.items() if value is not UNSET}
    return {**additional, **known}


def to_text(value: Any, name: str) -> str:
    """A parameter as text: booleans as in JSON, and items of a list with commas between them."""
    return _joined(value, name, str)


def to_path(value: Any, name: str) -> str:
    """A parameter as a segment of a path. Raises ValueError for one that would lead to another path."""
    text = to_text(value, name)
    if text in ("", ".", ".."):
        raise ValueError(f"{name}: must not be {text!r}, which leads to another path")
    return quote(text, safe="")


def to_query(params: Mapping[str, Any]) -> str:
    """The query of a URL, without parameters that are UNSET, null or an empty list.

    The commas between the items of a list are literal (`style: form`, `explode: false`, the only style that the
    document uses; RFC 6570); all else that is reserved is percent-encoded, commas within an item too.
    """
    texts = {
        name: _joined(value, name, lambda text: quote(text, safe=""))
        for name, value in params.items()
    }
    query = "&".join(
        f"{quote(name, safe='')}={text}"
        for name, text in texts.items()
        if text or params[name] == ""
    )
    return f"?{query}" if query else ""


def to_headers(params: Mapping[str, Any]) -> dict[str, str]:
    """Parameters in headers or cookies, without those that are UNSET or null."""
    return {
        name: to_text(value, name)
        for name, value in params.items()
        if value is not UNSET and value is not None
    }


def to_form(members: Mapping[str, Any]) -> dict[str, list[str]]:
    """The fields of a form, one for each item of a list, and none for null. Raises ValueError for an object."""
    form: dict[str, list[str]] = {}
    for name, item in _fields(members):
        if _is_object(item):
            raise ValueError(f"{name}: a form cannot contain an object")
        form.setdefault(name, []).append(_text(item))
    return form


def to_parts(members: Mapping[str, Any]) -> RequestFiles:
    """The parts of a multipart body: files, objects as JSON, all else as text; none for null. Raises ValueError if
    there is no part, because RFC 2046 requires one."""
    parts: RequestFiles = []
    for name, item in _fields(members):
        if isinstance(item, File):
            parts.append((name, item.to_tuple()))
        elif _is_object(item):
            parts.append(
                (
                    name,
                    (
                        None,
                        json.dumps(item, ensure_ascii=False, allow_nan=False),
                        "application/json",
                    ),
                )
            )
        else:
            parts.append((name, (None, _text(item), None)))
    if not parts:
        raise ValueError("body: a multipart body must have at least one part")
    return parts


def _fields(members: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in members.items():
        yield from ((name, item) for item in _items(value, name) if item is not None)


def _items(value: Any, name: str) -> list[Any]:
    return [to_wire(item, name) for item in (value if _is_list(value) else [value])]


def _text(item: Any) -> str:
    return str(item).lower() if isinstance(item, bool) else str(item)


def _joined(value: Any, name: str, encode: Callable[[str], str]) -> str:
    if value is UNSET or value is None:
        return ""
    return ",".join(encode(_text(item)) for item in _items(value, name))


def _without_url_queries(value: Any) -> Any:
    if isinstance(value, str):
        return re.sub(r"\?\S+", "?...", value)
    if _is_list(value):
        return [_without_url_queries(item) for item in value]
    if _is_object(value):
        return {name: _without_url_queries(item) for name, item in value.items()}
    return value


def represent(model: AttrsInstance) -> str:
    """The repr of a model: its members that are set; no credential, and no query of a URL, which may sign it."""
    values = {attribute.name: getattr(model, attribute.name) for attribute in fields(type(model))}
    shown = {
        name: value
        for name, value in values.items()
        if value is not UNSET and (value or name != "additional_properties")
    }
    members = (f"{name}={_shown(name, value)}" for name, value in shown.items())
    return f"{type(model).__name__}({', '.join(members)})"


def _shown(name: str, value: Any) -> str:
    if isinstance(value, Enum):
        return repr(value)
    if isinstance(value, str) and re.search("(password|secret|token)$", name):
        return "'***'"
    return repr(_without_url_queries(value))


__all__ = [
    "UNSET",
    "File",
    "FileTypes",
    "Operation",
    "Request",
    "RequestFiles",
    "Response",
    "Unset",
]
