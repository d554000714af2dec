"""What `calls.list` hands out, and how it reads the id and the time of a call that is not parsed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from convirza._core.attempts import Options, Pace
from convirza._core.responses import member
from convirza._core.windows import Window
from convirza._generated import Call


@frozen
class ListQuery:
    """The checked arguments of `calls.list`."""

    options: Options
    pace: Pace
    filters: Mapping[str, Any] = field(repr=False)
    include: list[str]
    page_size: int
    max_items: int | None
    hash: str
    end: datetime
    windows: tuple[Window, ...]


@frozen
class CallListPage:
    """Calls that were not handed out before. Its repr shows no record."""

    items: list[Call] = field(repr=False)
    misfits: list[Any] = field(repr=False)
    """Items that are no call records, as the API sent them. They are reported as drift."""
    window: Window
    """The part of the period that is being read."""
    window_total: int | None
    """The number of calls in the window, on its last page: the window is complete. None on other pages."""
    resume: str | None
    """Pass it as `resume=` to go on after the last complete window; None before the first."""


@frozen
class RawCallListPage:
    """Calls as the API sent them, parsed from JSON; the rest is as in `CallListPage`."""

    items: list[Any] = field(repr=False)
    window: Window
    window_total: int | None
    resume: str | None


def call_id_of(item: Any) -> int | None:
    """The id of a call; None for an item without one."""
    call_id = member(item, "call_id")
    return call_id if type(call_id) is int else None


def call_started_of(item: Any) -> datetime | None:
    """When a call started, which is presumed to be what `start` and `end` select by."""
    started = member(item, "call_started")
    try:
        moment = datetime.fromisoformat(started)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None
