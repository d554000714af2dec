"""What the engines share: the windows of a period, and the records of one window."""

import contextlib
from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final, Unpack

from convirza._core.windows import MILLISECOND, Moment, Window, floor_ms, parse_period
from convirza._resources.call_arguments import Include
from convirza._resources.call_filters import CallFilters
from convirza._sync_client import Convirza
from convirza.export.columns import Flattener

DAY: Final = timedelta(days=1)


def day_windows(
    start: Moment, end: Moment | None = None, *, tz: tzinfo | str | None = None, now: datetime | None = None
) -> tuple[Window, ...]:
    """The whole UTC days that the period from `start` to `end` touches; today ends `now`.

    The arguments are as for `calls.list`. Raises ValueError for an invalid one, and for a period that has not
    begun.
    """
    now = floor_ms(now or datetime.now(UTC))
    period = parse_period(start, end, tz, now)
    end_of_day = _midnight(period.end - timedelta.resolution) + DAY
    window = Window(_midnight(period.start), min(end_of_day, now))
    if window.end <= window.start:
        raise ValueError("start is in the future: pass an earlier start")
    return tuple(window.split(DAY))


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def read_window(
    window: Window,
    *,
    include: Include = (),
    urls: bool = False,
    rate: float | None = None,
    client: Mapping[str, Any] | None = None,
    **filters: Unpack[CallFilters],
) -> Generator[dict[str, Any]]:
    """Yields the records of a window, with one value for each of `columns()`.

    It depends on its arguments and the environment only, and both can be pickled: it suits the workers of
    dlt, Spark or a process pool. `client` has arguments of `Convirza`; without them, the credentials are
    those of `CONVIRZA_TOKEN`. With `urls`, the signed URLs of recordings are included. The other arguments,
    and the errors, are as for `calls.list`.
    """
    flatten = Flattener(urls=urls)
    with Convirza(**(client or {})) as convirza:
        pages = convirza.calls.list(
            window.start, window.end, include=include, rate=rate, **filters
        ).raw_pages()
        for page in pages:
            for item in page.items:
                yield flatten(item)


def without_earlier(
    window: Window, read: Callable[[Window], Generator[dict[str, Any]]]
) -> Generator[dict[str, Any]]:
    """The records that `read` yields for a window, without those that it yields for the window before, too.

    The windows share a millisecond, because it is not known whether the API's ends are inclusive. The start
    of a call shows which window it belongs to, unless it is missing, or the API selects by another time. Then
    it costs a request to know.
    """
    earlier: set[int] | None = None
    with contextlib.closing(read(window)) as records:
        for record in records:
            started = record["call_started"]
            if started is None or not window.start <= started < window.end:
                if earlier is None:
                    before = read(Window(window.start - MILLISECOND, window.start))
                    earlier = {call["call_id"] for call in before} - {None}
                if record["call_id"] in earlier:
                    continue
            yield record
