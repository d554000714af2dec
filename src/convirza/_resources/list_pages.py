"""One page of a list, read leniently: a malformed item is kept apart, and the page is not lost."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from attrs import field, frozen

from convirza._core.errors import ConvirzaError
from convirza._core.responses import member, unusable_response
from convirza._generated import errors

T = TypeVar("T")


@frozen
class ListPage(Generic[T]):
    """One page of a list. Its repr shows no record."""

    items: list[T] = field(repr=False)
    total: int | None
    """The number of items of all pages; None if the response does not state it."""
    misfits: list[Any] = field(repr=False)
    """Items that are not records, as the API sent them. They are reported as drift."""


@frozen
class RawPage:
    """The items of a page as the API sent them."""

    items: list[Any] = field(repr=False)
    total: Any


def read_raw_page(member_name: str) -> Callable[[Any], RawPage | ConvirzaError]:
    """Reads the array of that name in `data`, or the one array of objects there, whatever its name is.

    The name of the array of calls is inferred, and differs between the endpoints of the API.
    """

    def read(body: Any) -> RawPage | ConvirzaError:
        data = member(body, "data")
        members = cast("dict[str, Any]", data) if isinstance(data, dict) else {member_name: data}
        arrays: dict[str, list[Any]] = {
            name: value for name, value in members.items() if isinstance(value, list)
        }
        filled = [array for array in arrays.values() if any(isinstance(item, dict) for item in array)]
        others = filled or list(arrays.values())
        if member_name not in arrays and len(others) != 1:
            return unusable_response(None, f"data has no array {member_name}")
        return RawPage(arrays[member_name] if member_name in arrays else others[0], members.get("total"))

    return read


def read_page(
    member_name: str, from_dict: Callable[[Any], T]
) -> Callable[[Any], ListPage[T] | ConvirzaError]:
    """Reads the items as records."""
    read_raw = read_raw_page(member_name)

    def read(body: Any) -> ListPage[T] | ConvirzaError:
        page = read_raw(body)
        return page if isinstance(page, ConvirzaError) else parse_page(page, from_dict)

    return read


def parse_page(page: RawPage, from_dict: Callable[[Any], T]) -> ListPage[T]:
    """The items as records."""
    items, misfits = parse_items(page.items, from_dict)
    return ListPage(items, page.total if type(page.total) is int else None, misfits)


def parse_items(items: list[Any], from_dict: Callable[[Any], T]) -> tuple[list[T], list[Any]]:
    """The records, and the items that are not records. Empties `items`."""
    records: list[T] = []
    misfits: list[Any] = []
    items.reverse()
    while items:
        item = items.pop()  # freed before the next: else the garbage collector runs three times as often
        try:
            records.append(from_dict(item))
        except errors.ParseError:
            misfits.append(item)
    return records, misfits
