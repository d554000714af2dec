"""The log of deviations: each kind once, by line and by callback, and no value in it."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from convirza._core.drift import MAX_KINDS, Deviation, DriftLog

PATH = "/conversations/calls/{id}"
CALL = "/data/result"
CODE = Deviation("/code", "type", "integer", "string", "get_call")
CANARY = "c4n4ry +1 801 555 1234"


def lines(caplog: pytest.LogCaptureFixture, level: int = logging.WARNING) -> list[str]:
    """What was logged at a level."""
    return [
        one.getMessage() for one in caplog.records if (one.name, one.levelno) == ("convirza.drift", level)
    ]


def wrong_tags(*indices: int) -> tuple[Deviation, ...]:
    return tuple(
        Deviation(f"{CALL}/tags/{i}/tag_name", "type", "string", "integer", "get_call") for i in indices
    )


def test_kind_is_reported_once(caplog):
    """Deviations that differ in indices only are one kind, in one response and across responses."""
    reported: list[Deviation] = []
    log = DriftLog(reported.append)
    log.report(wrong_tags(0, 1, 17))
    log.report(wrong_tags(3))
    log.report([CODE])
    log.report(())
    assert lines(caplog) == [
        f"GET {PATH}: {CALL}/tags/*/tag_name: type: expected string, got integer",
        f"GET {PATH}: /code: type: expected integer, got string",
    ]
    assert reported == [*wrong_tags(0), CODE]


@pytest.mark.parametrize(
    "other",
    [
        Deviation("/a/0/b1", "type", "string", "integer"),
        Deviation("/a/0/b", "enum", "string", "integer"),
        Deviation("/a/0/b", "type", "boolean", "integer"),
        Deviation("/a/0/b", "type", "string", "null"),
    ],
)
def test_what_differs_otherwise_is_another_kind(caplog, other):
    """Place, keyword, expectation and type each make a kind."""
    log = DriftLog()
    log.report([Deviation("/a/0/b", "type", "string", "integer"), other])
    assert len(lines(caplog)) == 2


def test_log_is_bounded(caplog):
    """A server that invents kinds fills neither memory nor log; that there are more is said once."""
    reported: list[Deviation] = []
    log = DriftLog(reported.append)
    for number in range(MAX_KINDS + 500):
        log.report([Deviation(f"/a{number}", "additionalProperties", "nothing", "null")])
    assert len(reported) == len(log._seen) == MAX_KINDS
    assert len(lines(caplog)) == MAX_KINDS + 1
    assert lines(caplog)[-1] == f"{MAX_KINDS} kinds of deviation: further ones are not reported"


def test_callback_that_raises_loses_nothing(caplog):
    """Its exception is logged by its type, without its message, and the rest is reported."""
    asked: list[Deviation] = []

    def fail(deviation: Deviation) -> None:
        asked.append(deviation)
        raise KeyError(CANARY)

    found = (*wrong_tags(0), CODE)
    DriftLog(fail).report(found)
    assert tuple(asked) == found
    assert lines(caplog, logging.ERROR) == ["on_deviation raised KeyError"] * 2
    assert CANARY not in caplog.text


@pytest.mark.parametrize("stop", [KeyboardInterrupt, asyncio.CancelledError])
def test_callback_may_be_interrupted(stop):
    """What is no error of the callback goes through."""

    def interrupt(_: Deviation) -> None:
        raise stop

    with pytest.raises(stop):
        DriftLog(interrupt).report(wrong_tags(0))


def test_callback_may_use_the_log(caplog):
    """A callback that makes another call with the same client does not wait for itself."""
    again: Callable[[Deviation], None] = lambda one: log.report([one, *found])  # noqa: E731
    log = DriftLog(again)
    found = (*wrong_tags(0), CODE)
    log.report(found)
    assert len(lines(caplog)) == 2


def test_threads_tell_a_kind_once(caplog):
    """Of two threads that find the same kind, only the first reports it."""
    start, both_looked = threading.Barrier(2), threading.Barrier(2)

    class Watched(set[Deviation]):
        def __contains__(self, key: object) -> bool:
            found = super().__contains__(key)
            with contextlib.suppress(threading.BrokenBarrierError):
                both_looked.wait(0.1)
            return found

    reported: list[Deviation] = []
    log = DriftLog(reported.append)
    log._seen = Watched()

    def report(_: int) -> None:
        start.wait()
        log.report(wrong_tags(0))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(report, range(2)))
    assert both_looked.broken, "both threads looked before one of them reported"
    assert (tuple(reported), len(lines(caplog))) == (wrong_tags(0), 1)
