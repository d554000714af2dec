"""What `calls.list` yields, and how it reads pages and windows."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Set
from datetime import datetime
from typing import Any

from attrs import field, frozen

from convirza._core.attempts import Core, Options
from convirza._core.effects import Flow
from convirza._core.errors import BadRequestError, ConvirzaError, IncompleteListError
from convirza._core.paging import PageQuery, Rows, read_window
from convirza._core.windows import Window
from convirza._generated import Call
from convirza._resources.call_filters import list_raw_calls_page
from convirza._resources.call_records import call_id_of, call_started_of
from convirza._resources.list_pages import RawPage
from convirza._resources.many import Many


@frozen
class ListQuery:
    """The checked arguments of `calls.list`."""

    options: Options
    many: "Many[WindowRead]"
    filters: Mapping[str, Any] = field(repr=False)
    include: list[str]
    page_size: int
    max_items: int | None
    hash: str
    end: datetime
    windows: tuple[Window, ...]


@frozen
class WindowRead:
    """A window that was read before its turn."""

    window: Window
    rows: list[Rows] = field(repr=False)
    ids: Set[Hashable] = field(default=frozenset[Hashable](), repr=False)
    """Those of the rows, as `read_window` returns them."""
    error: ConvirzaError | None = None

    def new_rows(self, known: Set[Hashable]) -> Iterator[Rows]:
        """The rows, without those of the window before."""
        for rows in self.rows:
            if items := [item for item in rows.items if call_id_of(item) not in known]:
                yield Rows(items, self.window)


@frozen
class CallListPage:
    """Calls that were not yielded before. Its repr shows no record."""

    items: list[Call] = field(repr=False)
    misfits: list[Any] = field(repr=False)
    """Items that are not call records, as the API sent them. They are reported as drift."""
    window: Window
    """The part of the period that is being read."""
    window_total: int | None
    """The number of calls in the window, on its last page: the window is complete. None on other pages."""
    resume: str | None
    """Pass it as `resume=` to continue after the last complete window; None before the first."""


@frozen
class RawCallListPage:
    """Calls as the API sent them, parsed from JSON; the rest is as in `CallListPage`."""

    items: list[Any] = field(repr=False)
    window: Window
    window_total: int | None
    resume: str | None


def get_page(core: Core, query: ListQuery, page: PageQuery) -> Flow[RawPage | ConvirzaError]:
    """Requests a page."""
    invocation = list_raw_calls_page(
        page.start, page.end, page.limit, page.offset, query.filters, query.include
    )
    result = yield from core.run(invocation, query.options, query.many.pace)
    if isinstance(result, BadRequestError) and page.offset:
        return RawPage([], None)  # a limit of the offset: the window is halved
    return result if isinstance(result, ConvirzaError) else result.parsed


def read_ahead(core: Core, query: ListQuery) -> Callable[[Window, Callable[[], bool]], Flow[WindowRead]]:
    """The flow that reads a whole window, as `Many` runs it."""

    def read(window: Window, _stopped: Callable[[], bool]) -> Flow[WindowRead]:
        reader = read_window(window, query.page_size, frozenset(), call_id_of, call_started_of)
        rows: list[Rows] = []
        page: RawPage | None = None
        try:
            while True:
                step = reader.send(page)
                page = None
                if isinstance(step, Rows):
                    rows.append(step)
                    continue
                result = yield from get_page(core, query, step)
                if isinstance(result, ConvirzaError):
                    return WindowRead(window, rows, error=result)
                page = result
        except StopIteration as end:
            return WindowRead(window, rows, end.value)
        except IncompleteListError as error:
            return WindowRead(window, rows, error=error.with_traceback(None))

    return read
