"""`calls.list`. Source of the sync half: see scripts/generate_sync.py."""

from collections.abc import AsyncGenerator, Iterable
from datetime import datetime
from typing import Any

from attrs import evolve

from convirza._core.attempts import Core
from convirza._core.errors import BadRequestError, ConvirzaError
from convirza._core.paging import PageQuery, Rows, read_period
from convirza._core.tracebacks import clear_traceback_locals_async
from convirza._core.transport import AsyncSender
from convirza._core.windows import Window
from convirza._generated import Call
from convirza._resources.call_filters import list_raw_calls_page
from convirza._resources.call_list_parts import (
    CallListPage,
    ListQuery,
    RawCallListPage,
    call_id_of,
    call_started_of,
)
from convirza._resources.list_pages import RawPage, parse_items


class AsyncCallList:
    """The calls of a period, complete and each once; nothing is requested before it is iterated.

    Each iteration starts anew. Raises `IncompleteListError` if the API's responses do not prove that a window
    is complete, and otherwise what `calls.get` raises.
    """

    def __init__(self, core: Core, sender: AsyncSender, query: ListQuery) -> None:
        """Created by `calls.list`."""
        self._core = core
        self._sender = sender
        self._query = query
        self.windows: tuple[Window, ...] = query.windows
        """The windows that the period is read in, oldest first: half-open, UTC."""

    def __repr__(self) -> str:
        return f"AsyncCallList({len(self.windows)} windows)"

    def in_windows(self, windows: Iterable[Window]) -> "AsyncCallList":
        """The same list, read in these windows: each at most 30 days long, oldest first."""
        return AsyncCallList(self._core, self._sender, evolve(self._query, windows=tuple(windows)))

    async def __aiter__(self) -> AsyncGenerator[Call]:
        """Yields the calls, window by window in the order of the API."""
        async for page in self.pages():
            for call in page.items:
                yield call

    async def pages(self) -> AsyncGenerator[CallListPage]:
        """Yields the calls page by page, each page with a token to resume after the last complete window."""
        async for page in self.raw_pages():
            items, misfits = parse_items(page.items, Call.from_dict)
            yield CallListPage(items, misfits, page.window, page.window_total, page.resume)

    async def raw_pages(self) -> AsyncGenerator[RawCallListPage]:
        """The same, with the items as the API sent them, parsed from JSON; faster than `pages`."""
        left = self._query.max_items
        resume: str | None = None
        windows = iter(self.windows)
        window = next(windows, None)
        reader = read_period(
            self.windows,
            self._query.page_size,
            call_id_of,
            query=self._query.hash,
            end=self._query.end,
            when=call_started_of,
        )
        step = next(reader, None)
        while window is not None and step is not None and left != 0:
            if isinstance(step, PageQuery):
                step = reader.send(await self._get(step.start, step.end, step.limit, step.offset))
            elif isinstance(step, Rows):
                items = step.items[:left]
                left = None if left is None else left - len(items)
                yield RawCallListPage(items, window, None, resume)
                step = next(reader, None)
            else:
                resume = step.resume
                yield RawCallListPage([], window, step.total, resume)
                window, step = next(windows, None), next(reader, None)

    @clear_traceback_locals_async
    async def count(self) -> int:
        """The number of calls, with one request a window.

        It is what the API states, not proved; a call that starts exactly at the end of a window may count
        twice.
        """
        totals = [(await self._get(window.start, window.end, 1, 0)).total for window in self.windows]
        if not all(type(total) is int for total in totals):
            raise ConvirzaError("the API does not state how many calls there are: iterate over the list")
        return sum(totals)

    @clear_traceback_locals_async
    async def _get(self, start: datetime, end: datetime, limit: int, offset: int) -> Any:
        invocation = list_raw_calls_page(start, end, limit, offset, self._query.filters, self._query.include)
        flow = self._core.run(invocation, self._query.options, self._query.pace)
        try:
            return (await self._sender.run_or_raise(flow, self._core.clock)).parsed
        except BadRequestError:
            if not offset:
                raise
            return RawPage([], None)  # a limit of the offset: the window is halved
