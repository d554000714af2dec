# Generated from src/convirza/_resources/async_call_list.py by scripts/generate_sync.py: do not edit.
# To change it, edit that file and run: tox run -e generate
"""`calls.list`."""

from collections.abc import Generator, Hashable, Iterable, Set
from contextlib import closing

from attrs import evolve

from convirza._core.attempts import Core
from convirza._core.bulk import Outcome
from convirza._core.errors import ConvirzaError
from convirza._core.paging import PageQuery, Rows, WindowDone, read_period
from convirza._core.tracebacks import clear_traceback_locals
from convirza._core.transport import Sender
from convirza._core.validation import check_include
from convirza._core.windows import Window, write_resume
from convirza._generated import Call
from convirza._resources.call_arguments import Include
from convirza._resources.call_list_parts import (
    CallListPage,
    ListQuery,
    RawCallListPage,
    get_page,
    read_ahead,
)
from convirza._resources.call_records import call_id_of, call_started_of
from convirza._resources.list_pages import RawPage, parse_items
from convirza._resources.many import MAX_FAILURES, Many
from convirza._resources.many_calls import read_calls


class CallList:
    """The calls of a period, complete and each once; nothing is requested before it is iterated.

    Each iteration starts anew. Raises `IncompleteListError` if the API's responses do not prove that a window
    is complete, and otherwise what `calls.get` raises.
    """

    def __init__(self, core: Core, sender: Sender, query: ListQuery) -> None:
        """Created by `calls.list`."""
        self._core = core
        self._sender = sender
        self._query = query
        self.windows: tuple[Window, ...] = query.windows
        """The windows that the period is read in, oldest first: half-open, UTC."""
        self._details = Many[Outcome](
            concurrency=query.many.concurrency, ordered=False, rate=None, max_failures=MAX_FAILURES
        )

    def __repr__(self) -> str:
        return f"CallList({len(self.windows)} windows)"

    def in_windows(self, windows: Iterable[Window]) -> "CallList":
        """The same list, read in these windows: each at most 30 days long, oldest first."""
        return CallList(self._core, self._sender, evolve(self._query, windows=tuple(windows)))

    def __iter__(self) -> Generator[Call]:
        """Yields the calls, window by window in the order of the API."""
        with closing(self.pages()) as pages:
            for page in pages:
                yield from page.items

    def pages(self) -> Generator[CallListPage]:
        """Yields the calls page by page, each page with a token to resume after the last complete window."""
        with closing(self.raw_pages()) as pages:
            for page in pages:
                items, misfits = parse_items(page.items, Call.from_dict)
                yield CallListPage(items, misfits, page.window, page.window_total, page.resume)

    def raw_pages(self) -> Generator[RawCallListPage]:
        """The same, with the items as the API sent them, parsed from JSON; faster than `pages`."""
        left = self._query.max_items
        resume: str | None = None
        if left == 0:
            return
        with closing(self._read_ahead() if self._query.many.concurrency > 1 else self._read()) as steps:
            for step in steps:
                if isinstance(step, WindowDone):
                    resume = step.resume
                    yield RawCallListPage([], step.window, step.total, resume)
                    continue
                items = step.items if left is None else step.items[:left]
                if left is not None:
                    left -= len(items)
                yield RawCallListPage(items, step.window, None, resume)
                if left == 0:
                    break

    def details(self, ids: Iterable[int], include: Include) -> Generator[Outcome]:
        """Gets calls with modules that the list did not return, at the list's rate and concurrency.

        Yields an `Outcome` for each id; raises ConvirzaError after many failures in a row, as
        `calls.get_many` does, here of all ids of the list.
        """
        query = self._query
        read = read_calls(self._core, check_include(include), query.options, query.many.pace)
        return self._details.run(self._sender, self._core.clock, ids, read)

    def _read(self) -> Generator[Rows | WindowDone]:
        reader = read_period(
            self.windows,
            self._query.page_size,
            call_id_of,
            query=self._query.hash,
            end=self._query.end,
            when=call_started_of,
        )
        step = next(reader, None)
        while step is not None:
            if isinstance(step, PageQuery):
                step = reader.send(self._get(step))
            else:
                yield step
                step = next(reader, None)

    def _read_ahead(self) -> Generator[Rows | WindowDone]:
        query = self._query
        reads = query.many.run(self._sender, self._core.clock, self.windows, read_ahead(self._core, query))
        known: Set[Hashable] = frozenset()
        with closing(reads):
            for read in reads:
                yield from read.new_rows(known)
                if read.error:
                    raise read.error
                known = read.ids - known
                resume = write_resume(query.hash, query.end, read.window.end)
                yield WindowDone(read.window, len(known), resume)

    @clear_traceback_locals
    def count(self) -> int:
        """The number of calls, with one request a window.

        It is what the API states, not proved; a call that starts exactly at the end of a window may count
        twice.
        """
        totals = [(self._get(PageQuery(window.start, window.end, 1, 0))).total for window in self.windows]
        if not all(type(total) is int for total in totals):
            raise ConvirzaError("the API does not state how many calls there are: iterate over the list")
        return sum(totals)

    @clear_traceback_locals
    def _get(self, page: PageQuery) -> RawPage:
        return self._sender.run_or_raise(get_page(self._core, self._query, page), self._core.clock)
