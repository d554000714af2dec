"""Many calls at a time, in threads and in tasks: an outcome for each id, whatever happens."""

import itertools
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convirza import (
    BadRequestError,
    Call,
    ConvirzaError,
    NotFoundError,
    Outcome,
    ServerError,
)
from convirza._core.clock import SystemClock
from support.library.call_api import TOKEN, CallApi, collect_async, collect_sync, endless, workers
from support.library.virtual_time import LoopClock, run

Collect = Callable[..., list[Outcome]]


@pytest.fixture(params=["threads", "tasks"])
def collect(request: pytest.FixtureRequest) -> Collect:
    """Reads many calls and returns all outcomes, with each of the two clients."""
    return collect_sync if request.param == "threads" else collect_async


@pytest.fixture
def api() -> CallApi:
    """An API of the test's own."""
    return CallApi()


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Whatever happens, no thread of the library outlives a test."""
    yield
    assert workers() == []


# ---------------------------------------------------------------------------- an outcome for each id


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("concurrency", [1, 3, 1000])
def test_each_id_has_one_outcome(api: CallApi, collect: Collect, ordered: bool, concurrency: int) -> None:
    """All of 100, with the requested call; with `ordered` in the order of the ids."""
    ids = list(range(1, 101))
    outcomes = collect(api, ids, ordered=ordered, concurrency=concurrency)

    got = [outcome.call_id for outcome in outcomes]
    assert (got if ordered else sorted(got)) == ids
    for outcome in outcomes:
        assert outcome.error is None
        assert outcome.unwrap().call_id == outcome.call_id


def test_no_ids_have_no_outcomes(api: CallApi, collect: Collect) -> None:
    """And send no request."""
    assert collect(api, []) == []
    assert api.sent == []


def test_id_passed_twice_has_two_outcomes(api: CallApi, collect: Collect) -> None:
    """Nothing is merged."""
    assert [outcome.call_id for outcome in collect(api, [5, 5, 5])] == [5, 5, 5]


@pytest.mark.parametrize("ordered", [False, True])
def test_failures_never_lose_the_rest(api: CallApi, collect: Collect, ordered: bool) -> None:
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
    for number, kind in ((4, NotFoundError), (5, ServerError), (6, BadRequestError)):
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


def test_unwrap_raises_the_error_of_the_outcome(api: CallApi, collect: Collect) -> None:
    """The same object, as often as it is called; the repr shows no record."""
    api.script[4].append(404)
    failed, good = collect(api, [4, 1], ordered=True)

    for _ in range(2):
        with pytest.raises(NotFoundError) as caught:
            failed.unwrap()
        assert caught.value is failed.error
    assert repr(good) == "Outcome(call_id=1, error=None)"


class Integer:
    """An integer of another library, such as NumPy's."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __index__(self) -> int:
        return self.number


@pytest.mark.parametrize(
    "make",
    [
        lambda: (1, 2, 3),
        lambda: {1, 2, 3},
        lambda: {1: "a", 2: "b", 3: "c"},
        lambda: dict.fromkeys([1, 2, 3]).keys(),
        lambda: range(1, 4),
        lambda: iter([1, 2, 3]),
        lambda: (number for number in (1, 2, 3)),
        lambda: map(Integer, [1, 2, 3]),
    ],
    ids=["tuple", "set", "dict", "keys", "range", "iterator", "generator", "integers of others"],
)
def test_ids_may_be_anything_to_iterate_over(make: Callable[[], Any], api: CallApi, collect: Collect) -> None:
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


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
@pytest.mark.parametrize("kind", ["threads", "tasks"])
def test_wrong_arguments_are_rejected_before_anything_is_read(
    api: CallApi, kind: str, wrong: dict[str, Any]
) -> None:
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


def test_async_ids_are_rejected_in_threads(api: CallApi) -> None:
    """Silence would look like no ids at all."""

    async def ids() -> Any:
        yield 1

    generator: Any = ids()
    with pytest.raises(ValueError, match="ids"):
        api.sync().calls.get_many(generator)


def test_ids_that_are_both_are_iterated_as_the_client_is(collect: Collect, api: CallApi) -> None:
    """Threads use __iter__, tasks __aiter__, and both see all ids."""

    class Both:
        def __init__(self) -> None:
            self.left = [1, 2, 3]

        def __iter__(self) -> Any:
            return self

        def __next__(self) -> int:
            if not self.left:
                raise StopIteration
            return self.left.pop()

        def __aiter__(self) -> Any:
            return self

        async def __anext__(self) -> int:
            if not self.left:
                raise StopAsyncIteration
            return self.left.pop()

    assert {outcome.call_id for outcome in collect(api, Both())} == {1, 2, 3}


# ---------------------------------------------------------------------------- ids that fail


@pytest.mark.parametrize(
    "error", [RuntimeError("x"), ValueError("x"), OSError(5, "x"), KeyError("x")], ids=repr
)
@pytest.mark.parametrize("ordered", [False, True])
def test_ids_that_raise_do_so_after_what_is_under_way(
    api: CallApi, collect: Collect, error: Exception, ordered: bool
) -> None:
    """The outcomes of all ids before it are delivered, then the caller's own error is raised."""
    seen: list[Any] = []

    def ids() -> Iterator[int]:
        yield from range(1, 31)
        raise error

    def consume_sync() -> None:
        for outcome in api.sync().calls.get_many(ids(), concurrency=4, ordered=ordered):
            seen.append(outcome.call_id)

    async def consume_async() -> None:
        client = api.tasks(clock=LoopClock())
        async for outcome in client.calls.get_many(ids(), concurrency=4, ordered=ordered):
            seen.append(outcome.call_id)

    with pytest.raises(type(error)) as caught:
        if collect is collect_sync:
            consume_sync()
        else:
            api.clock = LoopClock()
            run(consume_async())
    assert caught.value is error
    assert sorted(seen) == list(range(1, 31))


# ---------------------------------------------------------------------------- order and completeness

IDS = st.one_of(st.integers(1, 30), st.sampled_from(["x", None, 0, True, 1.5]))
SAYS = st.sampled_from([200, 200, 404, 503, 500, 429, 400, (429, "3"), (503, "90")])


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
def test_whatever_happens_each_id_has_its_outcome(
    ids: list[Any],
    says: dict[int, list[Any]],
    takes: list[float],
    concurrency: int,
    ordered: bool,
    rate: float | None,
    retries: int,
) -> None:
    """In order if that is wanted, with never more requests at a time or a second than allowed."""
    api = CallApi()
    for number, responses in says.items():
        api.script[number].extend(responses)
    api.seconds = lambda call_id: takes[call_id % len(takes)]

    outcomes = collect_async(
        api, ids, concurrency=concurrency, ordered=ordered, rate=rate, max_retries=retries
    )
    got = [outcome.call_id for outcome in outcomes]
    assert got == ids if ordered else Counter(map(repr, got)) == Counter(map(repr, ids))
    for outcome in outcomes:
        if type(outcome.call_id) is int and outcome.call_id:
            assert isinstance(outcome.call or outcome.error, Call | ConvirzaError)
            assert outcome.call is None or (outcome.error is None and outcome.call.call_id == outcome.call_id)
        else:
            assert isinstance(outcome.error, ValueError)
            assert outcome.call is None
    assert api.most <= concurrency
    if rate is not None:
        times = [at for at, _ in api.sent]
        assert all(later - sooner > 1 / rate - 1e-6 for sooner, later in itertools.pairwise(times))


@settings(max_examples=30)
@given(ids=st.lists(IDS, max_size=30), concurrency=st.integers(1, 6), ordered=st.booleans())
def test_threads_give_each_id_its_outcome(ids: list[Any], concurrency: int, ordered: bool) -> None:
    """The same in threads, without pauses."""
    api = CallApi()
    for number in (4, 8, 15):
        api.script[number].extend([404] * 30)
    got = [outcome.call_id for outcome in collect_sync(api, ids, concurrency=concurrency, ordered=ordered)]
    assert got == ids if ordered else Counter(map(repr, got)) == Counter(map(repr, ids))
    assert api.most <= concurrency


# ---------------------------------------------------------------------------- an API that is down


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("status", [401, 429, 503, "<p>maintenance"])
def test_failures_in_a_row_end_the_read(api: CallApi, status: int | str, ordered: bool) -> None:
    """Failures are counted from the last good id; the error says how many were read and how to go on."""
    for number in range(4, 1000):
        api.script[number].append(status)
    seen: list[Outcome] = []

    async def main() -> None:
        options: dict[str, Any] = {"concurrency": 2, "max_retries": 0, "ordered": ordered, "max_failures": 10}
        async for outcome in api.tasks().calls.get_many(endless(), **options):
            seen.append(outcome)

    api.clock = LoopClock()
    with pytest.raises(
        ConvirzaError, match=r"after 10 failures in a row.* 3 of 13 ids were read: .*retry the ids"
    ):
        run(main())
    assert [outcome.error is None for outcome in seen].count(True) == 3
    assert len(seen) == 13
    assert len(api.sent) <= 17


def test_failures_of_ids_end_no_read(api: CallApi, collect: Collect) -> None:
    """404s and ids that are none say nothing about the API; one good response begins a new row."""
    for number in range(1, 300):
        api.script[number].append([503, 404, 503, 200][number % 4])
    wrong: list[Any] = ["x"] * 150
    assert len(collect(api, [*range(1, 300), *wrong], max_retries=0, max_failures=2, concurrency=1)) == 449
    api.script.clear()
    for number in range(1, 300):
        api.script[number].append(503)
    assert len(collect(api, range(1, 300), max_retries=0, max_failures=None)) == 299


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
@pytest.mark.parametrize("kind", ["threads", "tasks"])
def test_error_of_the_users_clock_ends_the_read_and_shows_no_secret(
    api: CallApi, kind: str, reads: int | None
) -> None:
    """Neither the token nor a header is in a frame of its traceback, nor in one that it is chained to."""
    for number in range(1, 100):
        api.script[number].append(503)
    options: Any = {"headers": {"X-Canary": "canary-header"}, "concurrency": 2}

    async def main() -> None:
        async for _ in api.tasks(clock=BrokenClock(reads)).calls.get_many(endless(), **options):
            pass

    with pytest.raises(ZeroDivisionError) as caught:
        if kind == "tasks":
            run(main())
        else:
            list(api.sync(clock=BrokenClock(reads)).calls.get_many(endless(), **options))
    frames = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    library = [text for text in frames.split("  File ") if "contract_tests" not in text.partition(",")[0]]
    assert any("bulk.py" in text for text in library)
    for canary in (TOKEN, "canary-header"):
        assert canary not in "".join(library)
