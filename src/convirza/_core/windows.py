"""Periods of time: what the caller may pass, the windows that a list is read in, and the resume token.

The API has a resolution of one millisecond and allows at most 31 days per request.
"""

import base64
import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from attrs import frozen

Moment: TypeAlias = datetime | date | str
"""An aware datetime, a date (midnight in the time zone), or either as an ISO string."""

MILLISECOND: Final = timedelta(milliseconds=1)
LONGEST: Final = timedelta(days=30)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_VERSION: Final = 1


@frozen
class Window:
    """The half-open time range `start <= t < end`: aware UTC datetimes, whole milliseconds."""

    start: datetime
    end: datetime

    def split(self, longest: timedelta = LONGEST) -> "Iterator[Window]":
        """Splits it into windows of at most `longest`, oldest first."""
        start = self.start
        while start < self.end:
            end = min(start + longest, self.end)
            yield Window(start, end)
            start = end

    def halves(self) -> "tuple[Window, Window] | None":
        """Both halves, older first; None for a window of one millisecond."""
        middle = self.start + (self.end - self.start) // MILLISECOND // 2 * MILLISECOND
        return (Window(self.start, middle), Window(middle, self.end)) if middle > self.start else None


def parse_period(start: Moment, end: Moment | None, tz: tzinfo | str | None, now: datetime) -> Window:
    """The period from `start` to `end`; None is `now`. Raises ValueError for an invalid argument."""
    zone = _parse_zone(tz)
    first = floor_ms(_parse_moment("start", start, zone))
    last = floor_ms(
        _parse_moment("end", now if end is None else end, zone) + MILLISECOND - timedelta.resolution
    )
    if last <= first:
        limit = "now, which is the default of end" if end is None else "end, which is exclusive"
        raise ValueError(f"start must be before {limit}: pass an earlier start or a later end")
    return Window(first, last)


def _parse_zone(tz: tzinfo | str | None) -> tzinfo:
    if tz is None or isinstance(tz, tzinfo):
        return tz or UTC
    try:
        return ZoneInfo(tz)
    except (KeyError, ValueError, TypeError, OSError):  # OSError: "Europe" is a folder of the database
        raise ValueError(
            'tz is not a known time zone: pass a name such as "Europe/Berlin", or a tzinfo; if the system '
            "has no time zone database, install tzdata"
        ) from None


def _parse_moment(name: str, value: object, zone: tzinfo) -> datetime:
    if isinstance(value, str):
        value = _parse_text(name, value)
    if not isinstance(value, date):
        raise ValueError(f"{name} must be a datetime with a time zone, a date, or an ISO string")
    try:
        if not isinstance(value, datetime):
            value = datetime.combine(value, time(), zone)
        if value.utcoffset() is None:
            raise ValueError(
                f"{name} has no time zone: pass a datetime with tzinfo, a string with an offset such as "
                '"2026-03-01T08:00:00Z", or a date'
            )
        moment = value.astimezone(UTC)
    except OverflowError:
        moment = _EPOCH - MILLISECOND
    if not 1970 <= moment.year <= 9998:  # leaves room for the overlap, the windows and each time zone
        raise ValueError(f"{name} is out of range: pass a time between the years 1970 and 9998")
    return moment


def _parse_text(name: str, text: str) -> date:
    for parse in (date.fromisoformat, datetime.fromisoformat):  # the second makes a datetime of a date, too
        with contextlib.suppress(ValueError):
            return parse(text)
    raise ValueError(
        f'{name} is not an ISO date or time: pass, for example, "2026-03-01" or "2026-03-01T08:00:00Z"'
    )


def floor_ms(moment: datetime) -> datetime:
    """The aware datetime in UTC, rounded down to milliseconds."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def query_hash(start: datetime, filters: Mapping[str, Any]) -> str:
    """Identifies a query in a resume token, by all that decides which calls it lists, except its end.

    `filters` hold JSON values. 24 bits are enough to notice another query, and too few to find out a phone
    number by trial: 600 of all 10-digit numbers share a hash.
    """
    query = json.dumps([_to_ms(start), filters], sort_keys=True, ensure_ascii=True)
    return hashlib.blake2b(query.encode(), digest_size=3).hexdigest()


def write_resume(query: str, end: datetime, done: datetime) -> str:
    """The token of a list whose windows up to `done` are complete. `query` is its `query_hash`."""
    token = json.dumps([_VERSION, query, _to_ms(end), _to_ms(done)], separators=(",", ":"))
    return base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")


def read_resume(token: str, query: str, period: Window, *, open_end: bool) -> Window | None:
    """What is left of the period of a resumed list; None if the token is that of a complete list.

    `period` is what the caller passed now; with `open_end` its end was not passed, and the token's holds.
    Raises ValueError for a malformed token, and for one of another query.
    """
    advice = (
        "pass the token of a list with the same arguments, or leave out resume to start from the beginning"
    )
    try:
        text = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
        version, known, *times = json.loads(text)
        end, done = [_EPOCH + int(value) * MILLISECOND for value in times if type(value) is int]
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise ValueError(f"resume is malformed: {advice}") from None
    if version != _VERSION:
        raise ValueError(f"resume was made by another version of this library: {advice}")
    if known != query or not (open_end or end == period.end):
        raise ValueError(f"resume belongs to another query: {advice}")
    if not period.start <= done <= end:
        raise ValueError(f"resume is malformed: {advice}")
    return Window(done, end) if done < end else None


def _to_ms(moment: datetime) -> int:
    return (moment - _EPOCH) // MILLISECOND
