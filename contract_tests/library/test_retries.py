"""Attempts, waits, timeouts and the deadline, by a clock that never waits."""

import asyncio
import time
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import convirza
from convirza import ConvirzaError
from convirza._core import retry
from convirza._core.clock import SystemClock
from convirza._core.retry import backoff, retry_after
from convirza.fake import FakeClock
from support.library.ways import PAIR, ClientUnderTest, Script, Variant, asking

START = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
RETRIED = {408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524}
KINDS = {
    **dict.fromkeys(range(201, 600), convirza.APIStatusError),
    **dict.fromkeys(range(500, 600), convirza.ServerError),
    400: convirza.BadRequestError,
    401: convirza.AuthenticationError,
    403: convirza.PermissionDeniedError,
    404: convirza.NotFoundError,
    410: convirza.RecordingExpiredError,
    429: convirza.RateLimitError,
}


class Harness:
    """A client, its clock and its responses."""

    def __init__(self, asker: ClientUnderTest, script: Script, clock: FakeClock) -> None:
        self.asker = asker
        self.script = script
        self.clock = clock

    def ask(self, *steps: Any, seconds: float = 0.0, **options: Any) -> Any:
        """The record or the error for these responses."""
        self.script.steps, self.script.seconds, self.script.requests = list(steps), seconds, []
        try:
            return self.asker.raw(**options)
        except ConvirzaError as error:
            return error

    @property
    def requests(self) -> int:
        """How many were sent for the last call."""
        return len(self.script.requests)


@pytest.fixture(params=PAIR, ids=str)
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Generator[Harness]:
    """Sync and async; waits without a reason to be random are of one second."""
    way: Variant = request.param
    clock = FakeClock(START)
    script = Script(library=way.library, clock=clock)
    monkeypatch.setattr(retry, "backoff", lambda _attempts: 1.0)
    with asking(way, handler=script, clock=clock, max_retries=3) as asker:
        yield Harness(asker, script, clock)


# ---------------------------------------------------------------------------- what is tried again


def test_each_status_has_its_error_and_is_retried_or_not(world):
    """Each status from 201 to 599, three more times or not at all."""
    for status, kind in KINDS.items():
        error = world.ask(status)
        assert (type(error), error.status_code) == (kind, status)
        assert world.requests == error.attempts == (4 if status in RETRIED else 1), status
    assert world.clock.sleeps == [1.0] * 3 * len(RETRIED)


def test_network_failures_are_retried(world):
    """What the network did, but not what cannot be sent at all."""
    failures: dict[str, tuple[type, int]] = {
        **dict.fromkeys(
            ["ConnectError", "ReadError", "WriteError", "CloseError"], (convirza.ConnectionError, 4)
        ),
        **dict.fromkeys(["RemoteProtocolError", "ProxyError", "NetworkError"], (convirza.ConnectionError, 4)),
        **{f"{name}Timeout": (convirza.TimeoutError, 4) for name in ("Connect", "Read", "Write", "Pool")},
        **dict.fromkeys(["UnsupportedProtocol", "LocalProtocolError"], (convirza.TransportError, 1)),
    }
    for failure, (kind, requests) in failures.items():
        error = world.ask(failure)
        assert type(error) is kind, failure
        assert world.requests == error.attempts == requests, failure
        assert "what it says" not in str(error), failure


def test_record_after_failures_is_a_record(world):
    """It has the number of attempts and the time of them all."""
    response = world.ask("ConnectError", 503, 200, seconds=2.0)
    assert (response.attempts, response.elapsed) == (3, pytest.approx(3 * 2.0 + 2 * 1.0))
    assert world.clock.sleeps == [1.0, 1.0]


def test_as_many_retries_as_were_allowed(world):
    """And none with 0; the error counts all attempts."""
    for retries in (0, 1, 5, 20):
        error = world.ask(500, max_retries=retries)
        assert world.requests == error.attempts == retries + 1
        assert error.elapsed == pytest.approx(float(retries))


# ---------------------------------------------------------------------------- waits


@given(attempts=st.integers(1, 10_000), many=st.integers(0, 20))
def test_backoff_is_from_nothing_to_its_ceiling(attempts, many):
    """0.5 s, 1 s, 2 s and so on to 8 s, and anything below."""
    for _ in range(many):
        assert 0.0 <= backoff(attempts) <= min(8.0, 0.5 * 2 ** min(attempts - 1, 9))


def test_backoff_has_full_jitter():
    """All of the range is used: low and high, and about half of it in the mean."""
    for sent, ceiling in ((1, 0.5), (3, 2.0), (9, 8.0)):
        waits = [backoff(sent) / ceiling for _ in range(2000)]
        assert min(waits) < 0.05
        assert max(waits) > 0.95
        assert 0.45 < sum(waits) / len(waits) < 0.55


def test_first_wait_is_the_shortest(world, monkeypatch):
    """The backoff depends on the number of attempts that were sent."""
    asked: list[int] = []
    monkeypatch.setattr(retry, "backoff", lambda attempts: asked.append(attempts) or 0.0)
    world.ask(500)
    assert asked[:3] == [1, 2, 3]


def test_retry_after_is_obeyed(world):
    """Seconds and the three forms of an HTTP date; never less than the backoff of 1 s, as after 0."""
    values: dict[str, float | None] = {
        "2": 2.0,
        " 2 ": 2.0,
        "0": 0.0,
        "0.25": 0.25,
        "Mon, 23 Nov 2026 12:00:30 GMT": 30.0,
        "Monday, 23-Nov-26 12:00:30 GMT": 30.0,
        "Mon Nov 23 12:00:30 2026": 30.0,
        "Mon, 23 Nov 2026 11:59:00 GMT": 0.0,
        "Thu, 01 Jan 1970 00:00:00 GMT": 0.0,
        **dict.fromkeys(
            ["soon", "", "-1", "+1", "1e3", "0x10", "NaN", "inf", "2, 3", "1:30", "9" * 400, "²"]
        ),
        **dict.fromkeys(["Mon, 99 Nov 2026 12:00:30 GMT", "Mon, 23 Nov 99999 12:00:30 GMT"]),
    }
    for value, seconds in values.items():
        status = 503 if len(value) % 2 else 429
        header: dict[str, str | bytes] = {"Retry-After": value.encode("latin-1") if "²" in value else value}
        header["Date"] = "Mon, 23 Nov 2026 12:00:00 GMT"
        waited = len(world.clock.sleeps)
        assert world.ask((status, header), 200).attempts == 2
        assert world.clock.sleeps[waited:] == [pytest.approx(max(1.0, seconds or 0.0))], value
        error = world.ask((status, header), max_retries=0)
        assert error.retry_after == seconds, value
        assert isinstance(error, convirza.RateLimitError if status == 429 else convirza.ServerError), value


@pytest.mark.parametrize("offset", [-600, 600])
def test_retry_after_date_is_counted_from_the_response_date(world, offset):
    """A clock that is ten minutes off changes nothing."""
    sent = START + timedelta(seconds=offset)
    headers = {"Date": format_datetime(sent, usegmt=True)}
    headers["Retry-After"] = format_datetime(sent + timedelta(seconds=30), usegmt=True)
    assert world.ask((429, headers), 200).attempts == 2
    assert world.clock.sleeps == [30.0]


@pytest.mark.usefixtures("behind_utc")
def test_date_without_a_zone_is_utc():
    """HTTP dates are, and the local time does not count."""
    headers = {"retry-after": "Mon, 23 Nov 2026 12:00:30 -0000"}
    assert retry_after(headers, START.timestamp()) == 30.0
    assert retry_after({**headers, "date": "Mon, 23 Nov 2026 12:00:10 -0000"}, 0.0) == 20.0


@given(
    value=st.text(max_size=40)
    | st.from_regex(r"\A[A-Za-z]{3}, [0-9 ]{1,6} [A-Za-z]{3} [0-9]{1,9} [0-9:+ -]*")
)
def test_any_retry_after_is_seconds_or_nothing(value):
    """Whatever it holds, there is a finite time that is not negative, or none."""
    seconds = retry_after({"retry-after": value}, START.timestamp())
    assert seconds is None or 0.0 <= seconds < float("inf")


def test_wait_beyond_the_deadline_is_raised_at_once(world):
    """Nothing is slept, and the error says how long to wait."""
    for asked in ("3600", "60", "Mon, 23 Nov 2026 13:00:00 GMT", "9" * 300):
        error = world.ask((429, {"Retry-After": asked}))
        assert type(error) is convirza.RateLimitError
        assert (error.attempts, error.elapsed, world.clock.sleeps) == (1, 0.0, [])
        assert error.retry_after == (float(asked) if asked.isdigit() else 3600.0)


def test_wait_that_just_fits_is_waited(world):
    """Up to the deadline, but not a moment at it."""
    assert world.ask((429, {"Retry-After": "59.9"}), 200).attempts == 2
    assert world.ask((429, {"Retry-After": "10"}), deadline=10).attempts == 1
    assert world.clock.sleeps == [59.9]


# ---------------------------------------------------------------------------- time


def test_deadline_is_over_attempts_and_waits(world):
    """Attempts of 20 s and waits of 1 s, in 60 s: the third attempt has what is left."""
    error = world.ask("ReadTimeout", seconds=20.0, timeout=20)
    assert type(error) is convirza.TimeoutError
    assert world.script.timeouts == [20.0, 20.0, 18.0]
    assert error.attempts == 3
    assert "deadline of 60 s" in str(error)


def test_attempt_has_its_timeout_or_what_is_left(world):
    """The timeout of each step is never more than what the whole call has left."""
    for timeout, deadline in ((5, 60), (30, 7), (86_400, 86_400), (0.5, 0.25)):
        world.ask(200, timeout=timeout, deadline=deadline)
        assert world.script.timeouts == [min(timeout, deadline)]


def test_wait_that_does_not_fit_is_not_begun(world):
    """With half a second left, a wait of a second would end too late: the last error is raised."""
    error = world.ask(503, seconds=1.0, deadline=1.5)
    assert type(error) is convirza.ServerError
    assert (world.requests, world.clock.sleeps) == (1, [])


@given(
    steps=st.lists(
        st.sampled_from([200, 404, 429, 500, 503, "ReadTimeout", "ConnectError"]), min_size=1, max_size=9
    ),
    seconds=st.floats(0.0, 30.0),
    deadline=st.floats(0.1, 100.0),
    retries=st.integers(0, 8),
    waits=st.floats(0.0, 20.0),
)
def test_no_call_goes_on_beyond_its_deadline(steps, seconds, deadline, retries, waits):
    """Attempts and sleeps stay within what was allowed, for any responses that are in time."""
    way = PAIR[0]
    clock = FakeClock(START)
    script = Script(library=way.library, clock=clock)
    script.steps = [(step, {"Retry-After": str(waits)}) if step in {429, 503} else step for step in steps]
    with asking(way, handler=script, clock=clock, deadline=deadline, max_retries=retries) as asker:
        script.seconds = min(seconds, deadline)
        try:
            attempts = asker.raw(timeout=30).attempts
        except ConvirzaError as error:
            attempts = error.attempts
            assert error.elapsed == pytest.approx(clock.monotonic())
    assert attempts == len(script.requests) <= retries + 1
    assert sum(clock.sleeps) < deadline
    assert all(0 < timeout <= min(30.0, deadline) for timeout in script.timeouts)
    assert clock.monotonic() <= deadline + script.seconds


def test_system_clock_sleeps_and_reads_the_time():
    """The default clock, for threads and tasks; all other tests of delays have a fake one."""
    clock = SystemClock()
    begun = clock.monotonic()
    clock.sleep(0.01)
    asyncio.run(clock.sleep_async(0.01))
    assert clock.monotonic() >= begun + 0.02
    assert abs(clock.time() - time.time()) < 10
