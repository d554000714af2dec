"""The guard in front of a live API."""

import httpx
import pytest

from support.server.target import Target, from_environment
from support.server.wire import MOST_RETRIES, Guard, Refused, Wire

TARGET = from_environment({"CONVIRZA_BASE_URL": "https://api.example/v3", "CONVIRZA_TOKEN": "a-token"})


class Clock:
    """A clock that moves by sleeping only."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Moves."""
        self.now += seconds


def make_guard(clock: Clock, answers: list[httpx.Response] | None = None, most: int = 100) -> Guard:
    """A guard for an API that returns these responses and then 200."""
    left = list(answers or [])
    inner = httpx.MockTransport(lambda _: left.pop(0) if left else httpx.Response(200))
    return Guard(inner, TARGET, most, sleep=clock.sleep, clock=clock)


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", "https://other.example/v3/conversations/calls/1"),
        ("GET", "http://api.example/v3/conversations/calls/1"),
        ("GET", "https://api.example:8443/v3/conversations/calls/1"),
        ("GET", "https://api.example/v3/conversations"),
        ("POST", "https://api.example/oauth/token"),
        ("POST", "https://api.example/v3/oauth/token"),
        ("GET", "https://api.example/v3/conversations/calls/"),
        ("GET", "https://api.example/v3/conversations/calls/1/recording"),
        ("GET", "https://api.example/v4/conversations/calls/1"),
        ("HEAD", "https://api.example/v3/conversations/calls/1"),
        ("POST", "https://api.example/v3/conversations/calls/1"),
        ("DELETE", "https://api.example/v3/conversations/calls/1"),
    ],
)
def test_other_requests_do_not_leave(method: str, url: str) -> None:
    """Only a GET of a documented path at the target's own address goes out."""
    guard = make_guard(Clock())
    with pytest.raises(Refused):
        guard.handle_request(httpx.Request(method, url))
    assert guard.count == 0


def test_number_of_requests_is_bounded() -> None:
    """After as many requests as were announced there is no other."""
    wire = Wire(TARGET, make_guard(Clock(), most=2))
    for call_id in (1, 2):
        assert wire.get(call_id).response.status_code == 200
    with pytest.raises(Refused, match="more than 2 requests"):
        wire.get(3)


def test_requests_are_a_second_apart() -> None:
    """The rate holds from the first request on."""
    clock = Clock()
    wire = Wire(TARGET, make_guard(clock))
    for _ in range(5):
        wire.get(1)
    assert clock.now == pytest.approx(1004.0)


def test_live_api_may_ask_for_patience() -> None:
    """A 429 or a gateway's failure is tried again, after as long as it says; each try counts."""
    clock = Clock()
    guard = make_guard(clock, [httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(503)])
    assert Wire(TARGET, guard).get(1).response.status_code == 200
    assert guard.count == 3
    assert clock.now == pytest.approx(1012.0)


def test_patience_ends() -> None:
    """An API that never recovers is reported as it is."""
    guard = make_guard(Clock(), [httpx.Response(503)] * 1000)
    assert Wire(TARGET, guard).get(1).response.status_code == 503
    assert guard.count == MOST_RETRIES + 1


def test_path_goes_out_as_it_is() -> None:
    """What is percent-encoded stays so, and what is not too."""
    wire = Wire(Target(kind="live", base_url=TARGET.base_url), make_guard(Clock()))
    exchange = wire.get("%2e%2E%20", "include=a%2Cb,c")
    assert exchange.request.url.raw_path == b"/v3/conversations/calls/%2e%2E%20?include=a%2Cb,c"
