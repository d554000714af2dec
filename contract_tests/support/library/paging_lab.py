"""A simulated list API whose rows are added, removed and moved between requests. No network, no time."""

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable, Generator, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from attrs import Factory, define

from convirza import AsyncConvirza, Convirza, ConvirzaError, IncompleteListError
from convirza._core.paging import Page, PageQuery, Rows, WindowDone, read_period
from convirza._core.windows import MILLISECOND, Window

START = datetime(2026, 3, 1, tzinfo=UTC)
PERIOD = Window(START, START + timedelta(days=3))


@define
class Server:
    """Rows are `{"id": ..., "at": ...}`. The other attributes are properties of the API, or faults."""

    rows: dict[int, datetime]
    random: random.Random
    order: str = "ascending"
    """`ascending` or `descending` by time; `ties`: by day, in another order each time; `unstable`: any."""
    inclusive: tuple[bool, bool] = (True, False)
    ignores_offset: bool = False
    clamp: int = 1000
    offset_cap: int = 10**9
    total_cap: int = 10**9
    empty: float = 0.0
    """How often a page is empty although there are rows."""
    total: Callable[[int], Any] = int
    moves: tuple[str, ...] = ()
    """What may happen before each request but the first: `insert`, `delete`, `swap` (both), `move`."""
    pace: float = 0.3
    """How likely each of them is."""
    requests: int = 0
    offsets: list[int] = Factory(list)
    ever: set[int] = Factory(set)
    always: set[int] = Factory(set)
    _rank: dict[int, datetime] = Factory(dict)

    def __attrs_post_init__(self) -> None:
        self.ever, self.always = set(self.rows), set(self.rows)

    def respond(self, query: PageQuery) -> Page:
        """One response; before it, rows may move."""
        assert timedelta() < query.end - query.start <= timedelta(days=31)
        assert query.limit >= 1
        for kind in self.moves if self.requests else ():
            if self.random.random() < self.pace:
                self._change(kind)
        self.requests += 1
        assert self.requests < 20_000, "the list does not end"
        self.offsets.append(query.offset)
        found = [number for number, at in self.rows.items() if self._is_in(at, query)]
        found.sort(key=self._place, reverse=self.order == "descending")
        offset = 0 if self.ignores_offset else query.offset
        page = [] if offset > self.offset_cap else found[offset : offset + min(query.limit, self.clamp)]
        if self.random.random() < self.empty:
            page = []
        items = [{"id": number, "at": self.rows[number]} for number in page]
        return Page(items, self.total(min(len(found), self.total_cap)))

    def _is_in(self, at: datetime, query: PageQuery) -> bool:
        first, last = self.inclusive
        after = at >= query.start if first else at > query.start
        return after and (at <= query.end if last else at < query.end)

    def _place(self, number: int) -> tuple[Any, int]:
        if self.order == "unstable":
            return self.random.random(), number
        at = self._rank.get(number, self.rows[number])
        return (at.day, self.random.randrange(10**9)) if self.order == "ties" else (at, number)

    def _change(self, kind: str) -> None:
        if kind in ("delete", "swap") and self.rows:
            gone = self.random.choice(list(self.rows))
            del self.rows[gone]
            self.always.discard(gone)
        if kind in ("insert", "swap"):
            number = max(self.ever, default=0) + 1
            self.rows[number] = moment(self.random)
            self.ever.add(number)
        if kind == "move" and self.rows:
            self._rank[self.random.choice(list(self.rows))] = moment(self.random)


def moment(source: random.Random) -> datetime:
    """Any millisecond of the period and around it; often one at the border of a day."""
    hour = timedelta(hours=1)
    if source.random() < 0.1:
        return PERIOD.start + timedelta(days=source.randint(0, 3)) + source.randint(-2, 1) * MILLISECOND
    span = (PERIOD.end - PERIOD.start + 2 * hour) // MILLISECOND
    return PERIOD.start - hour + source.randrange(span) * MILLISECOND


def make_rows(source: random.Random, count: int) -> dict[int, datetime]:
    return {number: moment(source) for number in source.sample(range(1, 10 * count + 1), count)}


@define
class Result:
    """What a caller of the list sees."""

    items: list[Any] = Factory(list)
    done: list[WindowDone] = Factory(list)
    error: IncompleteListError | None = None

    @property
    def ids(self) -> list[int]:
        """The ids of all rows that were handed out, in order."""
        return [item["id"] for item in self.items]


def run(flow: Generator[Any, Any, Any], server: Server) -> Result:
    """Drives a flow against the server to its end."""
    result = Result()
    page: Page | None = None
    try:
        while True:
            step = flow.send(page)
            page = server.respond(step) if isinstance(step, PageQuery) else None
            if isinstance(step, Rows):
                result.items += step.items
            elif isinstance(step, WindowDone):
                result.done.append(step)
    except StopIteration:
        pass
    except IncompleteListError as error:
        result.error = error
    return result


def read(
    server: Server,
    page_size: int = 5,
    windows: Iterable[Window] | None = None,
    *,
    id_of: Callable[[Any], Any] = lambda row: row["id"],
    when: Callable[[Any], Any] = lambda row: row["at"],
) -> Result:
    """Reads the whole period, by default in windows of a day."""
    days = windows or PERIOD.split(timedelta(days=1))
    return run(read_period(days, page_size, id_of, query="q", end=PERIOD.end, when=when), server)


def faults(server: Server, result: Result) -> str:
    """What is wrong with the result of a read: nothing, or rows that are missing, repeated or invented."""
    ids = result.ids
    if len(set(ids)) < len(ids):
        return "repeated"
    if not set(ids) <= server.ever or any(not PERIOD.start <= row["at"] < PERIOD.end for row in result.items):
        return "foreign"
    due = {number for number in server.always if PERIOD.start <= server.rows[number] < PERIOD.end}
    return "" if result.error or due <= set(ids) else "missing"


class Api(httpx.MockTransport):
    """The server over HTTP, for threads and for asyncio, where responses arrive in any order."""

    def __init__(self, server: Server, *, timeless: bool = False, refuses: bool = False) -> None:
        super().__init__(self._respond)
        self.server = server
        self.timeless = timeless
        self.refuses = refuses
        """Responds with 400 beyond the largest offset."""
        self.windows: list[datetime] = []
        """The days of the requests."""
        self.before: Callable[[int], object] = lambda _day: None
        """Called before each response with the day of the month."""
        self._lock = threading.Lock()

    def _respond(self, request: httpx.Request) -> httpx.Response:
        query = request.url.params
        start, end = (datetime.fromisoformat(query[name]) for name in ("start", "end"))
        self.before((start + MILLISECOND).day)
        if self.refuses and int(query["offset"]) > self.server.offset_cap:
            return httpx.Response(400, json={})
        with self._lock:
            self.windows.append(start + MILLISECOND)
            page = self.server.respond(PageQuery(start, end, int(query["limit"]), int(query["offset"])))
        calls = [
            {"call_id": row["id"], "call_started": None if self.timeless else row["at"].isoformat()}
            for row in page.items
        ]
        return httpx.Response(200, json={"data": {"total": page.total, "calls": calls}})

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Takes a few turns of the loop."""
        for _ in range(self.server.random.randrange(4)):
            await asyncio.sleep(0)
        return self._respond(request)

    def pages(self, *, is_async: bool, most: int | None = None, **options: Any) -> tuple[list[Any], Any]:
        """The pages of `calls.list` in windows of a day, at most so many; and the error that ended it."""
        given: dict[str, Any] = {"token": "t", "base_url": "https://api.test", "drift": "off"}
        days = tuple(PERIOD.split(timedelta(days=1)))
        pages: list[Any] = []

        def read() -> None:
            with Convirza(**given, http_client=httpx.Client(transport=self)) as client:
                for page in client.calls.list(START, PERIOD.end, **options).in_windows(days).pages():
                    pages.append(page)
                    if len(pages) == most:
                        break

        async def read_async() -> None:
            async with AsyncConvirza(**given, http_client=httpx.AsyncClient(transport=self)) as client:
                listed = client.calls.list(START, PERIOD.end, **options).in_windows(days).pages()
                async with contextlib.aclosing(listed):
                    async for page in listed:
                        pages.append(page)
                        if len(pages) == most:
                            break
                assert len(asyncio.all_tasks()) == 1

        try:
            asyncio.run(read_async()) if is_async else read()
        except ConvirzaError as error:
            return pages, error
        return pages, None
