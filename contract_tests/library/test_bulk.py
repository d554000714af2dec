"""Many calls at a time, in threads and in tasks: an outcome for each id, whatever happens."""

import asyncio
import gc
import itertools
import os
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import convirza
from convirza import AsyncConvirza, Call, Convirza, ConvirzaError
from convirza._core.clock import SystemClock
from support.library.call_api import TOKEN, URL, CallApi, collect_async, collect_sync, endless, workers
from support.library.ways import Integer

Collect = Callable[..., list[convirza.Outcome]]


@pytest.fixture(params=["threads", "tasks"])
def collect(request: pytest.FixtureRequest) -> Collect:
    """Reads many calls and returns all outcomes, with each of the two clients."""
    return collect_sync if request.param == "threads" else collect_async


@pytest.fixture
def api() -> CallApi:
    """An API of the test's own."""
    return CallApi()


# ---------------------------------------------------------------------------- an outcome for each id


@pytest.mark.parametrize("ordered", [False, True])
def test_failures_never_lose_the_rest(api, collect, ordered):
    """A 404, a 500, a 400 and ids that are none have outcomes with their errors, the others their calls."""
    api.script[4].append(404)
    api.script[5].extend([500] * 9)
    api.script[6].append(400)
    ids: list[Any] = [1, 4, "x", 2, 5, True, None, 6, 3, 0, -1, 1.5, 2**63, "1/2"]

    outcomes = collect(api, ids, ordered=ordered, max_retries=0)
    by_id = {repr(outcome.call_id): outcome for outcome in outcomes}
    assert [repr(outcome.call_id) for outcome in outcomes] == list(map(repr, ids)) or not ordered
    assert len(outcomes) == len(by_id) == len(ids)
    assert {type(by_id[str(number)].error) for number in (1, 2, 3)} == {type(None)}
    for number, kind in (
        (4, convirza.NotFoundError),
        (5, convirza.ServerError),
        (6, convirza.BadRequestError),
    ):
        error = by_id[str(number)].error
        assert isinstance(error, kind)
        assert error.call_id == number
    wrong = [by_id[repr(value)] for value in ids if repr(value) not in "123456"]
    assert len(wrong) == 8
    for outcome in wrong:
        assert isinstance(outcome.error, ValueError)
        assert not isinstance(outcome.error, ConvirzaError)
        assert repr(outcome.call_id) in str(outcome.error)
        with pytest.raises(ValueError, match="call_id"):
            outcome.unwrap()
    assert len(api.sent) == 6


def test_unwrap_raises_the_error_of_the_outcome(api, collect):
    """The same object, as often as it is called; the repr shows no record."""
    api.script[4].append(404)
    failed, good = collect(api, [4, 1], ordered=True)

    for _ in range(2):
        with pytest.raises(convirza.NotFoundError) as caught:
            failed.unwrap()
        assert caught.value is failed.error
    assert repr(good) == "Outcome(call_id=1, error=None)"


class Both:
    """Ids that threads read by __iter__, tasks by __aiter__."""

    def __iter__(self) -> Iterator[int]:
        return iter([1, 2, 3])

    async def __aiter__(self) -> AsyncIterator[int]:
        for number in self:
            yield number


@pytest.mark.parametrize(
    "make",
    [
        *(lambda: {1, 2, 3}, lambda: {1: "a", 2: "b", 3: "c"}, lambda: iter([1, 2, 3])),
        *(lambda: (number for number in (1, 2, 3)), lambda: map(Integer, [1, 2, 3]), Both),
    ],
    ids=["set", "dict", "iterator", "generator", "integers of others", "both"],
)
def test_ids_may_be_anything_to_iterate_over(make, api, collect):
    """Sets, generators, integers of other libraries."""
    assert {outcome.unwrap().call_id for outcome in collect(api, make())} == {1, 2, 3}


# ---------------------------------------------------------------------------- arguments

WRONG: list[dict[str, Any]] = [
    *({"concurrency": value} for value in (0, -1, 1001, True, 2.0, "5", None)),
    *({"rate": value} for value in (0, -1, float("nan"), float("inf"), True, "5", 10**400, 5e-324)),
    *({"include": value} for value in (5, None, [5], ["a b"], b"tags", ["tags\n"])),
    *({"timeout": value} for value in (0, -1, float("nan"), "5")),
    *({"deadline": value} for value in (0, float("inf"), True)),
    *({"max_retries": value} for value in (-1, 1.0, True)),
    *({"headers": value} for value in ({"authorization": "x"}, {"a": "b\nc"}, {5: "b"})),
    *({"ids": value} for value in (5, None, "12", b"12", bytearray(b"1"))),
]


async def no_ids() -> AsyncIterator[int]:
    """Silence of threads about these would look like no ids at all."""
    yield 1


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        *itertools.product(["threads", "tasks"], WRONG),
        pytest.param("threads", {"ids": no_ids()}, id="asynchronous ids"),
    ],
    ids=repr,
)
def test_wrong_arguments_are_rejected_before_anything_is_read(api, kind, wrong):
    """By the call itself, not by the first step of the loop; the message names the argument."""
    read: list[int] = []

    def note(number: int) -> int:
        read.append(number)
        return number

    options: dict[str, Any] = {"ids": map(note, range(1, 9)), **wrong}
    client = api.sync() if kind == "threads" else api.tasks()

    with pytest.raises(ValueError, match=next(iter(wrong))):
        client.calls.get_many(**options)
    assert (read, api.sent) == ([], [])


@pytest.mark.parametrize("kind", ["threads", "tasks", "asynchronous ids"])
@pytest.mark.parametrize("error", [RuntimeError("x"), ValueError("x"), OSError(5, "x")], ids=repr)
@pytest.mark.parametrize("ordered", [False, True])
def test_ids_that_raise_do_so_after_what_is_under_way(api, kind, error, ordered):
    """The outcomes of all ids before it are delivered, then the caller's own error is raised."""

    def ids() -> Iterator[int]:
        yield from range(1, 31)
        raise error

    async def async_ids() -> AsyncIterator[int]:
        for number in ids():
            await asyncio.sleep(0.01)
            yield number

    collect = collect_sync if kind == "threads" else collect_async
    api.seconds = lambda _call_id: 1.0
    seen: list[convirza.Outcome] = []
    with pytest.raises(type(error)) as caught:
        given = async_ids() if kind == "asynchronous ids" else ids()
        collect(
            api, given, each=lambda _client, outcome: seen.append(outcome), concurrency=4, ordered=ordered
        )
    assert caught.value is error
    assert sorted(outcome.call_id for outcome in seen) == list(range(1, 31))


# ---------------------------------------------------------------------------- order and completeness

IDS = st.one_of(st.integers(1, 30), st.sampled_from(["x", None, 0, True, 1.5]))
SAYS = st.sampled_from([200, 200, 404, 503, 500, 429, 400, (429, "3"), (503, "90")])


def check_outcomes(outcomes: list[convirza.Outcome], ids: list[Any], ordered: bool) -> None:
    """Each id has one outcome: its call, an error of ours, or a ValueError if it is invalid."""
    got = [outcome.call_id for outcome in outcomes]
    assert got == ids if ordered else Counter(map(repr, got)) == Counter(map(repr, ids))
    for outcome in outcomes:
        if type(outcome.call_id) is int and outcome.call_id:
            assert isinstance(outcome.call or outcome.error, Call | ConvirzaError)
            assert outcome.call is None or (outcome.error is None and outcome.call.call_id == outcome.call_id)
        else:
            assert isinstance(outcome.error, ValueError)
            assert outcome.call is None


@settings(max_examples=120)
@given(
    ids=st.lists(IDS, max_size=40),
    says=st.dictionaries(st.integers(1, 30), st.lists(SAYS, max_size=4)),
    takes=st.lists(st.floats(0, 5), min_size=1, max_size=7),
    concurrency=st.integers(1, 6),
    ordered=st.booleans(),
    rate=st.none() | st.floats(0.5, 50),
    retries=st.integers(0, 3),
)
def test_whatever_happens_each_id_has_its_outcome(ids, says, takes, concurrency, ordered, rate, retries):
    """In order if that is requested, with never more requests at a time or a second than allowed."""
    api = CallApi()
    for number, responses in says.items():
        api.script[number].extend(responses)
    api.seconds = lambda call_id: takes[call_id % len(takes)]

    outcomes = collect_async(
        api, ids, concurrency=concurrency, ordered=ordered, rate=rate, max_retries=retries
    )
    check_outcomes(outcomes, ids, ordered)
    assert api.most <= concurrency
    if rate is not None:
        times = [at for at, _ in api.sent]
        assert all(later - sooner > 1 / rate - 1e-6 for sooner, later in itertools.pairwise(times))


@settings(max_examples=30)
@given(ids=st.lists(IDS, max_size=30), concurrency=st.integers(1, 6), ordered=st.booleans())
def test_threads_give_each_id_its_outcome(ids, concurrency, ordered):
    """The same in threads, without pauses."""
    api = CallApi()
    for number in (4, 8, 15):
        api.script[number].extend([404] * 30)
    check_outcomes(collect_sync(api, ids, concurrency=concurrency, ordered=ordered), ids, ordered)
    assert api.most <= concurrency


# ---------------------------------------------------------------------------- memory


class LeanClient:
    """The least that a client must be, so that memory is that of the library."""

    def build_request(self, method: str, url: str, **_: Any) -> str:
        """The request is its address."""
        return url

    def send(self, request: str, **_: Any) -> Any:
        """A call."""
        call = {"call_id": int(request.rpartition("/")[2]), "padding": "x" * 50_000}
        return httpx.Response(200, json={"data": {"result": call}})


class LeanAsyncClient(LeanClient):
    """The same for asyncio."""

    async def send(self, request: str, **_: Any) -> Any:
        """A call."""
        return super().send(request)


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs /proc to measure memory")
@pytest.mark.parametrize("kind", ["threads", "tasks"])
def test_memory_does_not_grow_with_the_ids(kind):
    """After 2,000 ids it is as after 500; keeping each record would take 75 MB."""
    used: list[int] = []

    def note(number: int) -> None:
        if number in (500, 2_000):
            gc.collect()
            with open("/proc/self/statm") as file:
                used.append(int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"))

    async def main() -> None:
        client = AsyncConvirza(token=TOKEN, base_url=URL, http_client=LeanAsyncClient(), drift="off")
        number = 0
        async for outcome in client.calls.get_many(range(1, 2_001), ordered=True):
            outcome.unwrap()
            note(number := number + 1)

    if kind == "tasks":
        asyncio.run(main())
    else:
        client = Convirza(token=TOKEN, base_url=URL, http_client=LeanClient(), drift="off")
        for number, outcome in enumerate(client.calls.get_many(range(1, 2_001), concurrency=4), 1):
            outcome.unwrap()
            note(number)
    assert used[1] - used[0] < 20_000_000, used


# ---------------------------------------------------------------------------- an API that is down


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("status", [401, 429, 503, "<p>maintenance"])
def test_failures_in_a_row_end_the_read(api, status, ordered):
    """Failures are counted from the last good id; the error says how many were read and how to go on."""
    for number in range(4, 1000):
        api.script[number].append(status)
    seen: list[convirza.Outcome] = []
    options: dict[str, Any] = {"concurrency": 2, "max_retries": 0, "ordered": ordered, "max_failures": 10}
    with pytest.raises(
        ConvirzaError, match=r"after 10 failures in a row.* 3 of 13 ids were read: .*retry the ids"
    ):
        collect_async(api, endless(), each=lambda _client, outcome: seen.append(outcome), **options)
    assert [outcome.error is None for outcome in seen].count(True) == 3
    assert len(seen) == 13
    assert len(api.sent) <= 17


def test_failures_of_ids_end_no_read(api, collect):
    """404s and ids that are none say nothing about the API; one good response begins a new row."""
    for number in range(1, 300):
        api.script[number].append([503, 404, 503, 200][number % 4])
    wrong: list[Any] = ["x"] * 150
    assert len(collect(api, [*range(1, 300), *wrong], max_retries=0, max_failures=2, concurrency=1)) == 449
    api.script.clear()
    for number in range(1, 300):
        api.script[number].append(503)
    assert len(collect(api, range(1, 300), max_retries=0, max_failures=None)) == 299


# ---------------------------------------------------------------------------- leaving early


@pytest.mark.parametrize(
    "error", [RuntimeError, KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError]
)
def test_exception_in_the_loop_ends_what_is_under_way(api, collect, error):
    """Ctrl-C, too; in tasks with `contextlib.aclosing`, as the documentation says."""

    def fail(*_: object) -> None:
        raise error

    api.seconds = lambda _call_id: 1.0
    with pytest.raises(error):
        collect(api, endless(), each=fail, concurrency=8)
    assert (workers(), api.busy) == ([], 0)


def test_client_that_is_closed_in_the_middle_fails_the_rest(api, collect):
    """Each id still has its outcome; those after it say that the client is closed."""
    outcomes = collect(api, range(1, 101), each=lambda client, _outcome: client.close(), concurrency=4)
    assert sorted(outcome.call_id for outcome in outcomes) == list(range(1, 101))
    failed = [outcome.error for outcome in outcomes if outcome.error]
    assert len(failed) >= 90
    assert all(isinstance(error, convirza.TransportError) and "closed" in str(error) for error in failed)


# ---------------------------------------------------------------------------- errors of the caller's code


class BrokenClock(SystemClock):
    """A clock of the user's that raises, chained, when it is read for the nth time, or when it sleeps."""

    def __init__(self, reads: int | None) -> None:
        self._left = reads

    def monotonic(self) -> float:
        """Raises at last."""
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                self._fail()
        return super().monotonic()

    def sleep(self, seconds: float) -> None:
        """Raises."""
        self._fail()

    async def sleep_async(self, seconds: float) -> None:
        """Raises."""
        self._fail()

    def _fail(self) -> None:
        try:
            raise KeyError("first")
        except KeyError as error:
            raise ZeroDivisionError from error


@pytest.mark.parametrize("reads", [None, 0, 1, 2, 3, 4, 5])
def test_error_of_the_users_clock_ends_the_read_and_shows_no_secret(api, collect, reads):
    """Neither the token nor a header is in a frame of its traceback, nor in one that it is chained to."""
    for number in range(1, 100):
        api.script[number].append(503)
    api.clock = BrokenClock(reads)
    with pytest.raises(ZeroDivisionError) as caught:
        collect(api, endless(), headers={"X-Canary": "canary-header"}, concurrency=2)
    frames = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    library = [text for text in frames.split("  File ") if "contract_tests" not in text.partition(",")[0]]
    assert any("bulk.py" in text for text in library)
    for canary in (TOKEN, "canary-header"):
        assert canary not in "".join(library)
