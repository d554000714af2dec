import datetime
import re
from collections.abc import Callable, Mapping, MutableMapping
from enum import Enum, StrEnum
from typing import IO, Any, BinaryIO, Generic, Literal, TypeGuard, TypeVar
from uuid import UUID
from attrs import AttrsInstance, define, field, fields
from .errors import ParseError

class Unset(Enum):
    UNSET = 'UNSET'

    def __bool__(self) -> Literal[False]:
        ...

    def __repr__(self) -> str:
        ...
UNSET: Literal[Unset.UNSET] = Unset.UNSET
FileContent = IO[bytes] | bytes | str
FileTypes = tuple[str | None, FileContent, str | None] | tuple[str | None, FileContent, str | None, Mapping[str, str]]
RequestFiles = list[tuple[str, FileTypes]]

@define
class File:
    payload: BinaryIO
    file_name: str | None = None
    mime_type: str | None = None

    def to_tuple(self) -> FileTypes:
        ...
T = TypeVar('T')
EnumT = TypeVar('EnumT', bound=StrEnum)

@define
class Response(Generic[T]):
    status_code: int
    content: bytes = field(repr=False)
    headers: MutableMapping[str, str] = field(repr=False)
    parsed: T | None

def _misfit(expected: str, value: object) -> ParseError:
    ...

def _is_list(value: object) -> TypeGuard[list[Any]]:
    ...

def _is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    ...

def parse_any(value: Any) -> Any:
    ...

def parse_bool(value: object) -> bool:
    ...

def parse_int(value: object) -> int:
    ...

def parse_float(value: object) -> float:
    ...

def parse_str(value: object) -> str:
    ...
_DATE = re.compile('[0-9]{4}-[0-9]{2}-[0-9]{2}')
_DATE_TIME = re.compile(_DATE.pattern + '[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})')
_UUID = re.compile('[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}')

def parse_date(value: object) -> datetime.date:
    ...

def parse_datetime(value: object) -> datetime.datetime:
    ...

def parse_uuid(value: object) -> UUID:
    ...

def enum_of(enum: type[EnumT]) -> Callable[[object], EnumT]:
    ...

def list_of(parse: Callable[[Any], T]) -> Callable[[object], list[T]]:
    ...

def parse_object(value: object) -> dict[str, Any]:
    ...

def required(members: dict[str, Any], name: str, parse: Callable[[Any], T]) -> T:
    ...

def optional(members: dict[str, Any], name: str, parse: Callable[[Any], T]) -> T | Unset:
    ...

def nullable(members: dict[str, Any], name: str, parse: Callable[[Any], T]) -> T | None | Unset:
    ...
_PLAIN = frozenset({str, int, float, bool, type(None)})

def to_wire(value: Any) -> Any:
    ...

def to_members(additional: Mapping[str, Any], members: Mapping[str, Any]) -> dict[str, Any]:
    ...

def to_query(params: Mapping[str, Any]) -> dict[str, Any]:
    ...

def _without_url_queries(value: Any) -> Any:
    ...

def represent(model: AttrsInstance) -> str:
    ...
__all__ = ['UNSET', 'File', 'FileTypes', 'RequestFiles', 'Response', 'Unset']
