"""Lists whose windows are read ahead: as complete and in the same order as one by one; nothing is left."""

import contextvars
import itertools
import random
import threading
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convirza import IncompleteListError
from support.library.call_api import workers
from support.library.paging_lab import START, Api, Result, Server, faults, make_rows

BOTH = pytest.mark.parametrize("is_async", [False, True])
FAULTS: list[dict[str, Any]] = [
    *({}, {}, {"ignores_offset": True}, {"clamp": 3}, {"offset_cap": 10}, {"total_cap": 10}),
    *({"empty": 0.2}, {"total": lambda count: count + 1}),
]


def still(count: int, **properties: Any) -> Server:
    """A server whose rows stay, an hour apart, from the first millisecond of the period on."""
    rows = {number: START + (number - 1) * timedelta(hours=1) for number in range(1, count + 1)}
    return Server(rows, random.Random(1), **properties)


def ids(pages: list[Any]) -> list[int]:
    return [call.call_id for page in pages for call in page.items]


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32),
    count=st.sampled_from([0, 1, 10, 40, 120]),
    page_size=st.sampled_from([1, 5, 7, 50]),
    order=st.sampled_from(["ascending", "descending", "ties", "unstable"]),
    inclusive=st.sampled_from(list(itertools.product([True, False], repeat=2))),
    moves=st.sampled_from([(), ("insert",), ("delete",), ("move",), ("insert", "move")]),
    fault=st.sampled_from(FAULTS),
    is_async=st.booleans(),
)
def test_list_read_ahead_is_complete_or_raises(
    seed, count, page_size, order, inclusive, moves, fault, is_async
):
    """Rows that existed during the whole run are handed out once, window by window, or there is an error."""
    source = random.Random(seed)
    lab = Server(make_rows(source, count), source, order=order, inclusive=inclusive, moves=moves, **fault)
    pages, error = Api(lab).pages(is_async=is_async, concurrency=4, page_size=page_size)
    items = [{"id": call.call_id, "at": call.call_started} for page in pages for call in page.items]
    assert faults(lab, Result(items, error=error)) == ""
    days = [page.window.start for page in pages]
    assert days == sorted(days)
    for day, group in itertools.groupby(pages, lambda page: page.window):
        *rest, last = group
        if last.window_total is not None:
            assert last.window_total == len(ids(rest)), day


@BOTH
@pytest.mark.parametrize("inclusive", [(True, True), (False, False)])
@pytest.mark.parametrize("timeless", [False, True])
def test_pages_are_those_of_a_list_without_concurrency(is_async, inclusive, timeless):
    """Calls, totals and resume tokens; rows of the overlap without a time are dropped by their id."""
    read = [
        Api(still(72, inclusive=inclusive), timeless=timeless).pages(
            is_async=is_async, concurrency=number, page_size=10
        )
        for number in (1, 3)
    ]
    assert read[0] == read[1]
    assert ids(read[0][0]) == list(range(1, 73))


@BOTH
@pytest.mark.parametrize(
    ("stop", "expected"), [({"max_items": 3}, [1, 2, 3]), ({"most": 1}, [1, 2, 3, 4, 5])]
)
def test_leaving_cancels_the_windows_ahead(is_async, stop, expected):
    """At most `concurrency` windows were requested, and no thread or task is left."""
    api = Api(still(72))
    pages, error = api.pages(is_async=is_async, concurrency=2, page_size=5, **stop)
    assert (ids(pages), error) == (expected, None)
    assert max(api.windows) < START + timedelta(days=2)
    assert workers() == []


@BOTH
@pytest.mark.parametrize("concurrency", [1, 3])
def test_offset_that_the_api_refuses_halves_the_window(is_async, concurrency):
    """An API may limit the offset with a 400: smaller windows need no large one."""
    api = Api(still(72, offset_cap=10), refuses=True)
    pages, error = api.pages(is_async=is_async, concurrency=concurrency, page_size=5)
    assert (ids(pages), error) == (list(range(1, 73)), None)


@BOTH
def test_error_is_raised_in_its_turn(is_async):
    """What was read of its window and of those before is handed out first, then nothing more."""
    api = Api(still(72, total=lambda count: count if count == 24 else None))
    del api.server.rows[40]
    pages, error = api.pages(is_async=is_async, concurrency=3, page_size=50)
    assert ids(pages) == [number for number in range(1, 49) if number != 40]
    assert isinstance(error, IncompleteListError)
    assert "2026-03-02" in str(error)


def test_windows_are_read_at_a_time():
    """As many as `concurrency`, with the context variables of the caller."""
    who = contextvars.ContextVar("who", default="nobody")
    seen: list[str] = []
    together = threading.Barrier(3)
    api = Api(still(72))

    def before(_day: int) -> None:
        seen.append(who.get())
        together.wait(10)

    api.before = before
    who.set("caller")
    pages, error = api.pages(is_async=False, concurrency=3, page_size=50)
    assert (len(ids(pages)), error) == (72, None)
    assert set(seen) == {"caller"}
