"""Reads a period completely, page by page, although rows move while they are read.

The logic does no I/O: it yields `PageQuery` and is sent a `Page`. It yields `Rows` as soon as a page has
new ones; `read_period` also yields `WindowDone`.

A part of a window is accepted if `total` stayed the same and as many distinct ids were returned; if not, its
halves are read again. An insertion and a deletion that cancel out are not detected by that: 17 % of simulated
lists of up to 12 pages missed a row. So a page starts with the last row of the page before: if it is missing,
rows moved. That left none of 1,000, and costs one request in 200. Where it costs none, it left 3 %.
"""

from collections.abc import Callable, Collection, Generator, Hashable, Iterable, Set
from datetime import datetime
from typing import Any, Final, TypeAlias

from attrs import define, field, frozen

from convirza._core.errors import IncompleteListError
from convirza._core.windows import MILLISECOND, Window, floor_ms, write_resume

Key: TypeAlias = Callable[[Any], Hashable | None]
"""The id of a row; None if it has none."""
When: TypeAlias = Callable[[Any], datetime | None]
"""The time that decides to which period a row belongs; None if unknown."""

# Rows that the last page must have room for beyond `total`: else a list with a capped total could end there,
# as if complete. Costs a request in one of 200 windows.
_ROOM: Final = 1
# Parts that may fail in a window before any row is received: to find one place takes 31 halvings of 30 days.
_FAILURES: Final = 64
# Reads of a part that cannot be halved.
_TRIES: Final = 3


@frozen
class PageQuery:
    """One request: at most `limit` rows from `offset` on, of the time from `start` to `end`.

    `start` is one millisecond early, so that no row is missing if the API's ends are exclusive.
    """

    start: datetime
    end: datetime
    limit: int
    offset: int


@frozen
class Page:
    """The response to a `PageQuery`. A `total` that is not a whole number counts as missing."""

    items: Collection[Any] = field(repr=False)
    total: Any


@frozen
class Rows:
    """Rows of a window that were not yielded before, in the API's order."""

    items: list[Any] = field(repr=False)
    window: Window


@frozen
class WindowDone:
    """A window is complete; `total` rows of it were yielded. `resume` continues after it."""

    window: Window
    total: int
    resume: str


def read_period(
    windows: Iterable[Window],
    page_size: int,
    key: Key,
    *,
    query: str,
    end: datetime,
    when: When | None = None,
) -> Generator[PageQuery | Rows | WindowDone, Any, None]:
    """Reads windows, oldest first. `query` is the `query_hash`, `end` the frozen end of the whole period."""
    known: Set[Hashable] = frozenset()
    for window in windows:
        known = yield from read_window(window, page_size, known, key, when)
        yield WindowDone(window, len(known), write_resume(query, end, window.end))


def read_window(
    window: Window, page_size: int, known: Set[Hashable], key: Key, when: When | None = None
) -> Generator[PageQuery | Rows, Any, Set[Hashable]]:
    """Reads a window; returns the ids that were yielded, and a placeholder for each row without an id.

    Rows with an id in `known`, those of the window before, are not yielded. With `when`, neither are rows
    one millisecond outside the window, which the API only returns if its ends are inclusive. Raises
    IncompleteListError if the window cannot be read completely.
    """
    reader = _Reader(window, page_size, known, key, when)
    parts = [window]
    failures = tries = 0
    while parts:
        part = parts.pop()
        flaw = yield from reader.read(part)
        if not flaw:
            tries = 0
            continue
        failures += 1
        halves = part.halves()
        tries += not halves
        if tries == _TRIES or failures > _FAILURES + len(reader.handed) or flaw == _NO_TOTAL:
            raise _incomplete(part, flaw)
        parts += reversed(halves or (part,))
    return reader.handed


_NO_TOTAL: Final = "a response has no total"


@define
class _Reader:
    """Reads parts of a window."""

    window: Window
    page_size: int
    known: Set[Hashable]
    key: Key
    when: When | None
    handed: set[Hashable] = field(factory=set[Hashable])

    def read(self, part: Window) -> Generator[PageQuery | Rows, Any, str | None]:
        """Reads a part once; returns None if it is complete, or else the reason why it may not be."""
        seen: set[Hashable] = set()
        total = length = overlap = 0  # length: of the first page, because a server may clamp the limit
        last: Hashable = None
        kept: list[Any] = []  # rows without an id: yielded when the part is complete, so only once
        while True:
            offset = len(seen) - overlap
            page = yield PageQuery(part.start - MILLISECOND, part.end, self.page_size, offset)
            rows = [(self.key(item), item) for item in page.items]
            new = [item for name, item in rows if self._is_new(name, item)]
            nameless = [item for name, item in rows[overlap:] if name is None]
            names, stated = [name for name, _ in rows], page.total
            del page, rows  # so that the consumer can free each row that it has converted
            if new:
                yield Rows(new, self.window)
            if type(stated) is not int or stated < 0:
                return "a later response has no total" if offset else _NO_TOTAL
            if not offset:
                total, length = stated, len(names)
            elif stated != total:
                return f"the total changed from {total} to {stated}"
            if overlap and (not names or names[0] != last):
                return "rows moved between two pages"
            del names[:overlap]
            before = len(seen)
            seen.update(object() if name is None else name for name in names)
            if len(seen) < before + len(names):
                return "a row was returned twice"
            if len(seen) > total or (len(seen) < total and not names):
                return f"the total is {total}, but {len(seen)} rows were returned"
            if nameless and (offset or len(seen) < total):  # on several pages, they cannot be told apart
                return "rows without an id do not fit on one page"
            kept += [item for item in nameless if not _is_outside(item, part, self.when)]
            if len(seen) == total and len(names) + overlap <= (length if offset else self.page_size) - _ROOM:
                break
            last = names[-1] if names else last
            overlap = int(length > 1)
        if kept:
            self.handed.update(object() for _ in kept)
            yield Rows(kept, self.window)
        return None

    def _is_new(self, name: Hashable | None, item: Any) -> bool:
        if (
            name is None
            or name in self.handed
            or name in self.known
            or _is_outside(item, self.window, self.when)
        ):
            return False
        self.handed.add(name)
        return True


def _is_outside(item: Any, window: Window, when: When | None) -> bool:
    """Whether a row is in the millisecond before the window, or in the first after it."""
    moment = when(item) if when else None
    if moment is None or window.start <= moment < window.end:
        return False
    return floor_ms(moment) in (window.start - MILLISECOND, window.end)


def _incomplete(part: Window, flaw: str) -> IncompleteListError:
    error = IncompleteListError(
        f"the list from {part.start.isoformat()} to {part.end.isoformat()} cannot be read completely, "
        f"because {flaw}: try again later, or list other periods"
    )
    error.start, error.end = part.start, part.end
    return error
