"""Lists are complete although rows move: the paging laboratory, and single faults of a server."""

import itertools
import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convirza import ConvirzaError
from convirza._core.paging import Page, PageQuery, read_window
from convirza._core.windows import MILLISECOND, Window, read_resume
from support.library.paging_lab import PERIOD, START, Server, faults, make_rows, moment, read

ORDERS = ["ascending", "descending", "ties", "unstable"]
ENDS = list(itertools.product([True, False], repeat=2))
# Moves that cannot cancel out between two requests. Those that do: test_cancelling_moves_are_noticed.
MOVES: list[tuple[str, ...]] = [(), ("insert",), ("delete",), ("move",), ("insert", "move")]
FAULTS: list[dict[str, Any]] = [
    *({}, {"ignores_offset": True}, {"clamp": 1}, {"clamp": 3}, {"offset_cap": 10}, {"total_cap": 10}),
    *({"empty": 0.2}, {"total": lambda count: None}, {"total": str}, {"total": lambda count: count + 1}),
    *({"total": lambda count: max(0, count - 1)}, {"total": float}, {"total": lambda count: -1}),
]


def server(count: int, **properties: Any) -> Server:
    """A server with rows in the one window that the tests below read, a minute apart."""
    rows = {number: START + number * timedelta(minutes=1) for number in range(1, count + 1)}
    return Server(rows, random.Random(1), **properties)


@settings(max_examples=300)
@given(
    seed=st.integers(0, 2**32),
    count=st.sampled_from([0, 1, 5, 10, 20, 60, 150]),
    page_size=st.sampled_from([1, 5, 7, 10, 50]),
    order=st.sampled_from(ORDERS),
    inclusive=st.sampled_from(ENDS),
    moves=st.sampled_from(MOVES),
    fault=st.sampled_from(FAULTS),
)
def test_list_is_complete_or_raises(seed, count, page_size, order, inclusive, moves, fault):
    """Rows that existed during the whole run are handed out once, or there is an error; it always ends."""
    source = random.Random(seed)
    rows = make_rows(source, count)
    lab = Server(rows, source, order=order, inclusive=inclusive, moves=moves, **fault)
    result = read(lab, page_size)
    assert faults(lab, result) == ""
    assert lab.requests <= 400 + 60 * (count + 1)


@pytest.mark.parametrize("order", ORDERS[:2])
def test_cancelling_moves_are_noticed(order):
    """An insertion and a deletion between two requests, which leave `total` as it was, are noticed.

    Without the overlap of pages 17 % of such lists missed a row.
    """
    found = []
    for seed in range(120):
        source = random.Random(seed)
        lab = Server(make_rows(source, source.randint(50, 600)), source, order=order, moves=("swap",))
        found.append(faults(lab, read(lab, 100, [PERIOD])))
    assert set(found) == {""}


@pytest.mark.parametrize("inclusive", ENDS)
@pytest.mark.parametrize("order", ORDERS[:2])
@pytest.mark.parametrize(
    ("count", "requests"),
    [(0, 1), (1, 1), (49, 1), (50, 2), (51, 2), (98, 2), (99, 3), (100, 3), (487, 10), (491, 11)],
)
def test_requests_are_the_minimum(count, requests, order, inclusive):
    """If nothing moves: no more than the overlaps of pages and a free row on the last one need."""
    lab = server(count, order=order, inclusive=inclusive)
    assert sorted(read(lab, 50, [PERIOD]).ids) == sorted(lab.rows)
    assert lab.requests == requests


def test_capped_total_of_clamped_pages_is_noticed():
    """The length of the first page, not the requested limit, shows whether the last page is full."""
    lab = server(30, clamp=3, total_cap=9)
    assert sorted(read(lab, 5, [PERIOD]).ids) == sorted(lab.rows)


def test_pages_overlap():
    """The first row of a page is the last of the page before; a full page is not the last one."""
    lab = server(28)
    read(lab, 10, [PERIOD])
    assert lab.offsets == [0, 9, 18, 27]


@pytest.mark.parametrize("inclusive", ENDS)
def test_rows_at_the_ends_belong_to_one_window(inclusive):
    """A row at the end of a window is in the next, whether the API's ends are inclusive or not."""
    middle = START + timedelta(days=1)
    windows = [Window(START, middle), Window(middle, PERIOD.end)]
    times = [end + ms * MILLISECOND for end in (START, middle, PERIOD.end) for ms in (-1, 0, 1)]
    lab = Server(dict(enumerate(times)), random.Random(1), inclusive=inclusive)
    result = read(lab, 50, windows)
    assert result.ids == [1, 2, 3, 4, 5, 6]
    assert [done.total for done in result.done] == [3, 3]
    assert read_resume(result.done[0].resume, "q", PERIOD, open_end=False) == windows[1]


def test_without_times_ids_tell_windows_apart():
    """Rows of the overlap are dropped by their id if their time is unknown."""
    lab = Server({1: START + timedelta(days=1) - MILLISECOND}, random.Random(1))
    result = read(lab, when=lambda _row: None)
    assert result.ids == [1]
    assert [done.total for done in result.done] == [1, 0, 0]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("inclusive", ENDS)
def test_rows_without_an_id_are_handed_out_once(inclusive, order):
    """They are neither lost nor repeated: their windows are halved until each fits into one response."""
    source = random.Random(3)
    times = {moment(source) for _ in range(60)}
    lab = Server(dict(enumerate(times)), source, order=order, inclusive=inclusive)
    result = read(lab, 7, id_of=lambda row: row["id"] if row["id"] % 3 else None)
    assert result.error is None
    assert sorted(result.ids) == sorted(set(result.ids))
    assert faults(lab, result) == ""
    assert sum(done.total for done in result.done) == len(result.items)


def test_error_names_the_part():
    """More rows in a millisecond than a page takes, of a server that ignores offset, cannot be read."""
    place = START + timedelta(hours=5)
    lab = Server(dict.fromkeys(range(6), place), random.Random(1), ignores_offset=True)
    result = read(lab, 5)
    assert isinstance(result.error, ConvirzaError)
    assert result.error.start is not None
    assert result.error.end is not None
    assert result.error.start - MILLISECOND <= place <= result.error.end == result.error.start + MILLISECOND
    assert str(result.error) == (
        "the list from 2026-03-01T05:00:00+00:00 to 2026-03-01T05:00:00.001000+00:00 cannot be read "
        "completely, because rows moved between two pages: try again later, or list other periods"
    )
    assert len(set(result.ids)) == 5
    assert lab.requests < 150


@pytest.mark.parametrize("total", [None, "3", 3.0, True, -1])
def test_missing_total_raises_at_once(total):
    """Without a total nothing is proved; the received rows are yielded before the error."""
    lab = server(3, total=lambda count: total)
    result = read(lab, 5)
    assert result.ids == [1, 2, 3]
    assert "because a response has no total: " in str(result.error)
    assert lab.requests == 1


def test_attempts_are_bounded():
    """A server that is consistent for single rows only ends the list, instead of a request for each row."""
    rows = {
        number: START + number // 2 * timedelta(hours=1) + number % 2 * 20 * MILLISECOND
        for number in range(40)
    }
    lab = Server(rows, random.Random(1), total=lambda count: count if count < 2 else 1000)
    assert read(lab, 50).error
    assert lab.requests < 400


@pytest.mark.parametrize(
    ("second", "new"),
    [
        (Page([], 3), []),
        (Page(["a"], 3), []),
        (Page(["a", "c"], 4), ["c"]),
        (Page(["a", "c"], 2), ["c"]),
        (Page(["c", "d"], 3), ["c", "d"]),
        (Page(["a", "c"], None), ["c"]),
    ],
)
def test_rows_are_handed_out_at_once(second, new):
    """New rows are not held back; what does not fit together is read again in halves."""
    flow: Any = read_window(PERIOD, 2, frozenset({"known"}), lambda row: row)
    start = PERIOD.start - MILLISECOND
    middle = PERIOD.start + (PERIOD.end - PERIOD.start) / 2
    assert next(flow) == PageQuery(start, PERIOD.end, 2, 0)
    assert flow.send(Page(["known", "a"], 3)).items == ["a"]
    assert next(flow) == PageQuery(start, PERIOD.end, 2, 1)
    step = flow.send(second)
    if new:
        assert step.items == new
        step = next(flow)
    assert step == PageQuery(start, middle, 2, 0)
    assert flow.send(Page(["known", "a"], 3)) == PageQuery(start, middle, 2, 1)
