"""`convirza get` for many ids: one line for each, written as soon as it is ready."""

import asyncio
import contextlib
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence, Set
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar

from attrs import frozen

from convirza._async_client import AsyncConvirza
from convirza._cli import exits
from convirza._cli.exits import ExitCode, Failure
from convirza._cli.jsonl import BadLine, format_outcome, open_ids, read_ids
from convirza._cli.output import is_terminal, stdout
from convirza._cli.output_file import open_output, unwritable
from convirza._cli.progress import progress
from convirza._cli.settings import Settings
from convirza._core.bulk import R
from convirza._core.errors import AuthenticationError, ConfigurationError, ConvirzaError
from convirza._core.validation import check_max_failures
from convirza._resources.call_arguments import Include

T = TypeVar("T")

_READ_AHEAD: Final = 1000
_STDIN: Final = Path("-")


@frozen
class Plan:
    """What to read, and how."""

    ids: Sequence[int] | None
    """None for ids from stdin."""
    include: Include
    ordered: bool
    concurrency: int
    rate: float | None
    max_failures: int | None

    @classmethod
    def parse(
        cls,
        texts: Sequence[str],
        include: Include,
        ordered: bool,
        concurrency: int,
        rate: float | None,
        max_failures: int,
    ) -> "Plan":
        """Raises Failure for invalid options, before anything is sent."""
        if "-" in texts and len(texts) > 1:
            raise Failure(ExitCode.USAGE, "- reads all ids from stdin", "pass either - or ids")
        return cls(
            ids=None if "-" in texts else [exits.parse_id(text) for text in texts],
            include=include,
            ordered=ordered,
            concurrency=exits.parse_concurrency(concurrency),
            rate=exits.parse_rate(rate),
            max_failures=exits.checked(check_max_failures, "--max-failures", max_failures or None),
        )

    def source(self, done: Set[int] = frozenset()) -> Iterable[int] | AsyncGenerator[int | BadLine]:
        """The ids that are not done yet; those of stdin as they arrive."""
        if self.ids is not None:
            return (call_id for call_id in self.ids if call_id not in done)
        # Not closed: closing would wait for the thread that is blocked on stdin.
        lines = read_ids(open_ids(_STDIN), _STDIN)
        return _in_thread(line for line in lines if line not in done)


def get_many(settings: Settings, plan: Plan, output: Path | None, *, resume: bool) -> None:
    """Writes a line for each id to `output` or to stdout; raises Failure if a call was not read."""
    client = settings.async_client()
    # Calls by type of error; None: calls that were read.
    counts: Counter[str | None] = Counter()
    begun, finished = time.monotonic(), False
    with contextlib.ExitStack() as stack:
        done: set[int] = set()
        if output is None:
            file: BinaryIO = stack.enter_context(stdout()).buffer
        else:
            made_with = {"--include": sorted(map(str, plan.include)), "base URL": settings.origin()}
            file, done = stack.enter_context(open_output(output, made_with, resume=resume))
        outcomes = client.calls.get_many(
            plan.source(done),
            include=plan.include,
            concurrency=plan.concurrency,
            ordered=plan.ordered,
            rate=plan.rate,
            max_failures=plan.max_failures,
        )
        total = None if plan.ids is None else sum(call_id not in done for call_id in plan.ids)
        # A progress bar would garble lines that go to the same terminal.
        wanted = output is not None or not is_terminal(sys.stdout)
        advance = stack.enter_context(progress(total, wanted=wanted))
        try:
            asyncio.run(write_lines(client, outcomes, format_outcome, file, advance, counts))
            finished = True
        except KeyboardInterrupt:
            if output is not None:
                exits.complain(
                    f"interrupted: {output} has {counts.total()} new lines; continue with --resume"
                )
            raise
        except ConvirzaError as error:
            if type(error) is not ConvirzaError:
                raise
            advice = "pass the remaining ids" if output is None else "continue with --resume"
            raise stopped(plan, f"{counts[None]} calls were read", advice) from None
        except WriteError as error:
            if output is None:
                raise error.reason from None
            raise unwritable(output, error.reason, ExitCode.UNUSABLE) from None
    if not finished:  # the reader of stdout has closed it
        return
    seconds = f"{time.monotonic() - begun:.1f} s"
    advice = "see their lines" if output is None else "see their lines, or try again with --resume"
    check_failed(counts, f"calls were not read in {seconds}", advice)
    if not counts and not done:
        exits.complain("no ids in stdin: pass one a line")
    elif not is_terminal(sys.stderr):  # the progress bar shows it
        kept = f", {len(done)} were there before" if done else ""
        exits.complain(f"{counts.total()} calls were read in {seconds}{kept}")


def stopped(plan: Plan, done: str, advice: str) -> Failure:
    """The failure for a run that `--max-failures` has ended."""
    what = f"stopped after {plan.max_failures} failures in a row; {done}"
    return Failure(
        ExitCode.INCOMPLETE, what, f"when the API responds again, {advice}, or raise --max-failures"
    )


def check_failed(counts: Counter[str | None], what: str, advice: str) -> None:
    """Raises Failure if a line has an error."""
    if failed := counts.total() - counts[None]:
        kinds = ", ".join(f"{count} {kind}" for kind, count in counts.most_common() if kind)
        raise Failure(ExitCode.INCOMPLETE, f"{failed} of {counts.total()} {what} ({kinds})", advice)


class WriteError(Exception):
    """A line could not be written. Separates errors of files from those of the network, also OSErrors."""

    def __init__(self, reason: OSError) -> None:
        super().__init__()
        self.reason = reason


async def write_lines(
    client: AsyncConvirza,
    outcomes: AsyncGenerator[R],
    format_line: Callable[[R], tuple[bytes, str | None]],
    file: BinaryIO,
    advance: Callable[[bool], None],
    counts: Counter[str | None],
) -> None:
    """Writes a line for each outcome, and counts the types of errors. Raises WriteError."""
    asyncio.get_running_loop().set_exception_handler(_handle_exception)

    def write(line: bytes, kind: str | None) -> None:
        try:
            file.write(line)
            file.flush()
        except OSError as error:
            raise WriteError(error) from None
        counts[kind] += 1  # here, so that it is correct after a Ctrl-C

    async with client, contextlib.aclosing(outcomes):
        async for outcome in outcomes:
            if isinstance(outcome.error, AuthenticationError | ConfigurationError):
                raise outcome.error  # all other ids would fail with it, too
            line, kind = format_line(outcome)
            # In a thread: a slow reader of stdout must not block the loop and let requests time out.
            await asyncio.to_thread(write, line, kind)
            advance(kind is not None)


def _handle_exception(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # Ctrl-C may cancel a future just after asyncio found it not done; this has no effect.
    if not isinstance(context.get("exception"), asyncio.InvalidStateError):
        loop.default_exception_handler(context)


async def _in_thread(items: Iterator[T]) -> AsyncGenerator[T]:
    """The items of an iterator that may block forever, such as stdin, without waiting for it at the end."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Queue[tuple[T] | Exception | None] = asyncio.Queue()
    room = threading.Semaphore(_READ_AHEAD)

    def read() -> None:
        end: Exception | None = None
        with contextlib.suppress(RuntimeError):  # the loop is closed: the consumer has left
            try:
                for item in items:
                    room.acquire()
                    loop.call_soon_threadsafe(ready.put_nowait, (item,))
            except Exception as error:
                end = error
            loop.call_soon_threadsafe(ready.put_nowait, end)

    threading.Thread(target=read, name="convirza-stdin", daemon=True).start()
    while isinstance(item := await ready.get(), tuple):
        room.release()
        yield item[0]
    if item is not None:
        raise item
