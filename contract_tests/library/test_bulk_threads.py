"""Bulk reads in threads: how much at a time, leaving early, closing, and no thread that is left."""

import contextvars
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from convirza import Convirza
from convirza._core import bulk
from support.library.call_api import CallApi, collect_sync, endless, workers
from support.library.token_service import API_URL, GET, LOGIN, TokenService, password_auth


@pytest.fixture
def api() -> CallApi:
    """An API of the test's own."""
    return CallApi()


# ---------------------------------------------------------------------------- how much at a time


def test_as_many_threads_as_allowed_ask_at_once(api):
    """Seven, never fewer while there are ids, never more."""
    together = threading.Barrier(7)
    api.work = lambda _call_id: together.wait(10)

    assert len(collect_sync(api, range(1, 71), concurrency=7)) == 70
    assert api.most == 7


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("concurrency", [1, 4])
def test_threads_read_ids_at_most_twice_the_concurrency_ahead(api, ordered, concurrency):
    """Of an endless iterable, however long the caller takes; and that far they do read."""
    taken, ahead = 0, [0]
    reached = threading.Event()
    api.work = lambda _call_id: reached.wait(5) or reached.set()  # type: ignore[func-returns-value]

    def ids() -> Iterator[int]:
        read = 0
        while True:
            read += 1
            ahead.append(read - taken)
            if ahead[-1] == 2 * concurrency:
                reached.set()
            yield read

    outcomes = api.sync().calls.get_many(ids(), concurrency=concurrency, ordered=ordered)
    for _ in outcomes:
        taken += 1
        if taken % 20 == 0:
            time.sleep(0.005)
        if taken == 100:
            break
    outcomes.close()
    assert max(ahead) == 2 * concurrency


def test_slow_source_of_ids_does_not_hold_outcomes_back(api):
    """As when they are read from a pipe: the first outcome is there before 40 ids were read."""
    taken_when_read: list[int] = []
    taken = 0

    def ids() -> Iterator[int]:
        for number in range(1, 21):
            time.sleep(0.005)
            taken_when_read.append(taken)
            yield number

    for _ in api.sync().calls.get_many(ids(), concurrency=20):
        taken += 1
    assert taken == 20
    assert taken_when_read[-1] > 0


# ---------------------------------------------------------------------------- leaving early (threads)


def test_break_ends_the_threads(api):
    """When the loop is left, what was sent has ended and nothing more is sent."""
    for outcome in api.sync().calls.get_many(endless(), concurrency=8):
        assert outcome.call
        break
    assert workers() == []
    assert api.busy == 0
    sent = len(api.sent)
    time.sleep(0.02)
    assert len(api.sent) == sent <= 16


def test_leaving_does_not_wait_for_retries_that_sleep(api):
    """The API sent seven of eight threads a retry delay of 50 seconds, and they sleep."""
    for number in range(2, 9):
        api.script[number].append((503, "50"))
    together = threading.Barrier(8)

    def work(call_id: int) -> None:
        together.wait(10)
        time.sleep(0.05 if call_id == 1 else 0)

    api.work = work
    begun = time.monotonic()
    for outcome in api.sync().calls.get_many(range(1, 9), concurrency=8):
        assert outcome.call_id == 1
        break
    assert workers() == []
    assert time.monotonic() - begun < 20


def test_leaving_does_not_wait_for_the_login_of_another_thread(api):
    """Which may itself be waiting for its place among the logins of a minute."""
    service = TokenService(api.clock)
    http = httpx.Client(transport=service.transport())
    client = Convirza(auth=password_auth(), base_url=API_URL, http_client=http, drift="off")
    with ThreadPoolExecutor(1, thread_name_prefix="other") as pool:
        with service.held_login() as begun:
            other = pool.submit(client.calls.get, 1)
            assert begun.wait(10)
            for outcome in client.calls.get_many([2, 3, 4, "x"], concurrency=4):
                assert isinstance(outcome.error, ValueError)
                time.sleep(0.05)  # the other three wait for the login by then
                break
            assert workers() == []
        assert other.result(10).call_id == 1
    assert service.counts == {LOGIN: 1, GET: 1}


@pytest.mark.parametrize("error", [KeyboardInterrupt, GeneratorExit])
def test_leaving_does_not_wait_for_an_api_that_hangs(api, monkeypatch, error):
    """Ctrl-C abandons requests under way, in threads that do not hold up the end of the process either."""
    monkeypatch.setattr(bulk, "_PATIENCE", 0.01)
    respond, together = threading.Event(), threading.Barrier(4)

    def work(call_id: int) -> None:
        together.wait(10)
        if call_id > 1:
            respond.wait(10)

    api.work = work
    with pytest.raises(error):
        for _ in api.sync().calls.get_many(range(1, 5), concurrency=4):
            raise error
    abandoned = workers()
    assert abandoned
    assert all(thread.daemon for thread in abandoned)
    respond.set()
    for thread in abandoned:
        thread.join(10)
    assert len(api.sent) == 4


def test_threads_have_the_context_variables_of_the_consumer(api):
    """Request ids and tracing spans are those of the consumer, for each id."""
    request_id = contextvars.ContextVar("request_id", default="lost")
    seen: list[str] = []
    api.work = lambda _call_id: seen.append(request_id.get())
    request_id.set("first")
    outcomes = api.sync().calls.get_many(range(1, 9), concurrency=2)
    next(outcomes)
    request_id.set("second")
    assert len(list(outcomes)) == 7
    assert set(seen) == {"first", "second"}


def test_iterator_that_was_never_begun_starts_nothing(api):
    """Neither threads nor requests; closing it is allowed, and often."""
    outcomes = api.sync().calls.get_many(endless())
    outcomes.close()
    outcomes.close()
    assert (workers(), api.sent) == ([], [])


def test_two_reads_may_be_nested(api):
    """Each has its own threads and its own bounds."""
    client = api.sync()
    seen = Counter[int]()
    for outer in client.calls.get_many(range(1, 6), concurrency=2):
        for inner in client.calls.get_many(range(1, 6), concurrency=2):
            seen[outer.call_id * 10 + inner.call_id] += 1
    assert seen == Counter({a * 10 + b: 1 for a in range(1, 6) for b in range(1, 6)})


def test_error_of_a_thread_itself_is_raised(api):
    """What is no Exception, as MemoryError in a thread's own start is none of an id's, ends the read."""

    def interrupt(call_id: int) -> None:
        if call_id == 3:
            raise KeyboardInterrupt

    api.work = interrupt
    with pytest.raises(KeyboardInterrupt):
        list(api.sync().calls.get_many(endless(), concurrency=2))
