# Generated from src/convirza/_resources/async_call_list.py by scripts/generate_sync.py: do not edit.
# To change it, edit that file and run: tox run -e generate
"""`calls.list`."""

from collections.abc import Generator, Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from convirza._core.attempts import Core, Options, Pace
from convirza._core.errors import ConvirzaError
from convirza._core.paging import PageQuery, Rows, read_period
from convirza._core.tracebacks import clear_traceback_locals
from convirza._core.transport import Sender
from convirza._core.windows import Window
from convirza._generated import Call
from convirza._resources.call_filters import list_raw_calls_page
from convirza._resources.call_list_parts import CallListPage, RawCallListPage, call_id_of, call_started_of
from convirza._resources.list_pages import parse_items


@frozen(eq=False)
class CallList:
    """The calls of a period, complete and each once; nothing is requested before it is iterated.

    Each iteration starts anew. Raises `IncompleteListError` if the API's responses do not prove that a window
    is complete, and otherwise what `calls.get` raises.
    """

    _core: Core = field(repr=False)
    _sender: Sender = field(repr=False)
    _options: Options = field(repr=False)
    _pace: Pace = field(repr=False)
    _filters: Mapping[str, Any] = field(repr=False)
    _include: list[str] = field(repr=False)
    _page_size: int = field(repr=False)
    _max_items: int | None = field(repr=False)
    _query: str = field(repr=False)
    _end: datetime = field(repr=False)
    windows: tuple[Window, ...]
    """The windows that the period is read in, oldest first. Each has `start` and `end`, UTC, half-open."""

    def __iter__(self) -> Generator[Call]:
        """Yields the calls, window by window in the order of the API."""
        for page in self.pages():
            yield from page.items

    def pages(self) -> Generator[CallListPage]:
        """Yields the calls page by page, each page with a token to resume after the last complete window."""
        for page in self.raw_pages():
            items, misfits = parse_items(page.items, Call.from_dict)
            yield CallListPage(items, misfits, page.window, page.window_total, page.resume)

    def raw_pages(self) -> Generator[RawCallListPage]:
        """The same, with the items as the API sent them, parsed from JSON; faster than `pages`."""
        left = self._max_items
        resume: str | None = None
        windows = iter(self.windows)
        window = next(windows, None)
        reader = read_period(
            self.windows, self._page_size, call_id_of, query=self._query, end=self._end, when=call_started_of
        )
        step = next(reader, None)
        while window is not None and step is not None and left != 0:
            if isinstance(step, PageQuery):
                step = reader.send(self._get(step.start, step.end, step.limit, step.offset))
            elif isinstance(step, Rows):
                items = step.items[:left]
                left = None if left is None else left - len(items)
                yield RawCallListPage(items, window, None, resume)
                step = next(reader, None)
            else:
                resume = step.resume
                yield RawCallListPage([], window, step.total, resume)
                window, step = next(windows, None), next(reader, None)

    @clear_traceback_locals
    def count(self) -> int:
        """The number of calls, with one request a window.

        It is what the API states, not proved; a call that starts exactly at the end of a window may count
        twice.
        """
        totals = [(self._get(window.start, window.end, 1, 0)).total for window in self.windows]
        if not all(type(total) is int for total in totals):
            raise ConvirzaError("the API does not state how many calls there are: iterate over the list")
        return sum(totals)

    @clear_traceback_locals
    def _get(self, start: datetime, end: datetime, limit: int, offset: int) -> Any:
        invocation = list_raw_calls_page(start, end, limit, offset, self._filters, self._include)
        result = self._sender.run(self._core.run(invocation, self._options, self._pace), self._core.clock)
        if isinstance(result, ConvirzaError):
            raise result
        return result.parsed
