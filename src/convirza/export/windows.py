"""What the engines share: the windows of a period, and the records of one window."""

from collections.abc import Generator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final, Unpack

from convirza._core.windows import Moment, Window, floor_ms, parse_period
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
