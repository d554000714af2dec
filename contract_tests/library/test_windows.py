"""Periods and windows of lists, and resume tokens."""

import base64
import itertools
import json
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convirza._core.windows import MILLISECOND, Window, parse_period, query_hash, read_resume, write_resume

NOW = datetime(2026, 5, 1, 12, 0, 0, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
PERIOD = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
QUERY = query_hash(PERIOD.start, {"caller_id": "+15555550100"})
TOKEN = write_resume(QUERY, PERIOD.end, PERIOD.start + 24 * HOUR)


class Vague(tzinfo):
    """A time zone without an offset, so that a datetime with it is naive."""

    def utcoffset(self, moment: datetime | None) -> None:
        """None, as `tzinfo` allows."""
        return None


def token_of(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("value", "tz", "expected"),
    [
        (datetime(2026, 3, 1, 9, tzinfo=timezone(HOUR)), None, "2026-03-01T08:00:00"),
        (datetime(2026, 3, 1, 9, tzinfo=UTC), "Europe/Berlin", "2026-03-01T09:00:00"),
        (date(2026, 3, 1), None, "2026-03-01T00:00:00"),
        (date(2026, 3, 1), "Europe/Berlin", "2026-02-28T23:00:00"),
        (date(2026, 3, 1), timezone(-5 * HOUR), "2026-03-01T05:00:00"),
        ("2026-03-01", "America/New_York", "2026-03-01T05:00:00"),
        ("2026-03-01T08:00:00Z", "America/New_York", "2026-03-01T08:00:00"),
        ("2026-03-01T08:00:00.0019+05:30", None, "2026-03-01T02:30:00.001"),
        (date(2018, 11, 4), "America/Sao_Paulo", "2018-11-04T03:00:00"),  # this day starts at 01:00
    ],
)
def test_start_is_understood(value, tz, expected):
    """All forms of a time become UTC, rounded down to a millisecond; `end` is now, rounded up."""
    period = parse_period(value, None, tz, NOW)
    assert period.start == datetime.fromisoformat(f"{expected}Z")
    assert period.start.tzinfo is UTC
    assert period.end == datetime(2026, 5, 1, 12, 0, 0, 1000, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 10, 26), 24)])
def test_days_follow_the_clock_changes(day, hours):
    """A day in Berlin has 23, 25 or 24 hours."""
    period = parse_period(date(*day), date(*day) + timedelta(days=1), "Europe/Berlin", NOW)
    assert period.end - period.start == hours * HOUR


@pytest.mark.parametrize(
    ("start", "end", "tz", "message"),
    [
        (datetime(2026, 3, 1), None, None, "start has no time zone: pass"),
        ("2026-03-01T08:00:00", None, "Europe/Berlin", "start has no time zone: pass"),
        (datetime(2026, 3, 1, tzinfo=Vague()), None, None, "start has no time zone: pass"),
        ("2026-03-01", datetime(2026, 3, 2), None, "end has no time zone: pass"),
        ("yesterday", None, None, "start is not an ISO date or time: pass"),
        (1772323200, None, None, "start must be a datetime with a time zone,"),
        (time(12), None, None, "start must be a datetime with a time zone,"),
        ("2026-03-01", "", None, "end is not an ISO date or time: pass"),
        ("2026-03-02", "2026-03-02", None, "start must be before end, which is exclusive: pass"),
        ("2026-05-02", None, None, "start must be before now, which is the default of end: pass"),
        (datetime.min.replace(tzinfo=timezone(HOUR)), None, None, "start is out of range: pass"),
        ("2026-03-01", date.max, None, "end is out of range: pass"),
        ("2026-03-01", None, "Europe/Nowhere", "tz is not a known time zone: pass"),
        ("2026-03-01", None, "Europe", "tz is not a known time zone: pass"),
        ("2026-03-01", None, "../etc/passwd", "tz is not a known time zone: pass"),
        ("2026-03-01", None, 1, "tz is not a known time zone: pass"),
    ],
)
def test_invalid_period_raises(start, end, tz, message):
    """One line names the argument and says what to pass; it does not repeat the value."""
    with pytest.raises(ValueError, match=f"^{message}") as caught:
        parse_period(start, end, tz, NOW)
    assert "\n" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@given(st.integers(1, 200 * 86_400_000), st.integers(1, 31 * 86_400_000))
def test_split_covers_the_period(length, longest):
    """Windows touch, none is empty or longer than allowed, and halves make the whole."""
    period = Window(NOW, NOW + length * MILLISECOND)
    windows = list(itertools.islice(period.split(longest * MILLISECOND), 1000))
    assert windows[0].start == period.start
    assert len(windows) == 1000 or windows[-1].end == period.end
    assert all(older.end == newer.start for older, newer in itertools.pairwise(windows))
    assert all(timedelta() < each.end - each.start <= longest * MILLISECOND for each in windows)
    if halves := period.halves():
        assert (halves[0].start, halves[0].end, halves[1].end) == (period.start, halves[1].start, period.end)
        assert halves[1].end - halves[1].start - (halves[0].end - halves[0].start) in (
            timedelta(),
            MILLISECOND,
        )
    else:
        assert length == 1


def test_default_windows_fit_the_api():
    """With the overlap they are within the 31 days that one request may span."""
    lengths = [window.end - window.start for window in Window(NOW, NOW + timedelta(days=70)).split()]
    assert lengths == [timedelta(days=30), timedelta(days=30), timedelta(days=10)]


def test_resume_continues():
    """A token holds the frozen end, so a default end is not now; a finished list leaves nothing."""
    left = Window(PERIOD.start + 24 * HOUR, PERIOD.end)
    assert read_resume(TOKEN, QUERY, PERIOD, open_end=False) == left
    assert read_resume(TOKEN, QUERY, Window(PERIOD.start, NOW), open_end=True) == left
    assert read_resume(write_resume(QUERY, PERIOD.end, PERIOD.end), QUERY, PERIOD, open_end=False) is None


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("", "malformed"),
        ("ü", "malformed"),
        (TOKEN[:-3], "malformed"),
        (TOKEN + "*", "malformed"),
        (None, "malformed"),
        (b"bytes", "malformed"),
        (token_of("text"), "malformed"),
        (token_of([1, QUERY, 1]), "malformed"),
        (token_of([1, QUERY, 10**30, 1]), "malformed"),
        (token_of([1, QUERY, "1", 1.5]), "malformed"),
        (token_of([1, QUERY, 1774995600000, 0]), "another query"),
        (token_of([1, QUERY, 1775001600000, 0]), "malformed"),
        (token_of([2, QUERY, 0, 0]), "another version"),
        (token_of([1, "000000", 0, 0]), "another query"),
    ],
)
def test_invalid_resume_raises(token, message):
    """A malformed token, or one of another query, end or version is refused with advice."""
    with pytest.raises(ValueError, match=f"^resume .*{message}.*: pass the token of a list ") as caught:
        read_resume(token, QUERY, PERIOD, open_end=False)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_resume_belongs_to_its_query():
    """Each filter and the start count, their order does not, and a token shows none of them."""
    filters = {"caller_id": "+15555550100", "disposition": ["BUSY"]}
    known = query_hash(PERIOD.start, filters)
    assert known == query_hash(PERIOD.start, dict(reversed(filters.items())))
    others = [{**filters, "caller_id": "+15555550101"}, {**filters, "disposition": []}, {}]
    hashes = {known, query_hash(NOW, filters), *(query_hash(PERIOD.start, other) for other in others)}
    assert len(hashes) == 5
    text = base64.urlsafe_b64decode(write_resume(known, PERIOD.end, PERIOD.end) + "==").decode()
    assert json.loads(text) == [1, known, 1775001600000, 1775001600000]
