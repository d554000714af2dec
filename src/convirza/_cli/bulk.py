"""`convirza get` for many ids: a line for each, written as soon as it is there."""

import asyncio
import contextlib
import sys
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar

from attrs import frozen

from convirza._cli import exits
from convirza._cli.exits import ExitCode, Failure
from convirza._cli.jsonl import BadLine, format_outcome, open_ids, open_output, read_ids
from convirza._cli.output import is_terminal, stdout
from convirza._cli.progress import progress
from convirza._cli.settings import Settings
from convirza._client import AsyncConvirza
from convirza._core.errors import AuthenticationError, ConfigurationError
from convirza._core.validation import check_count
from convirza._resources.calls import Include

T = TypeVar("T")

_READ_AHEAD: Final = 1000
_STDIN: Final = Path("-")


@frozen
class Plan:
    """What to read, and how."""

    ids: Sequence[int] | None
    """None: they come from stdin."""
    include: Include
    ordered: bool
    concurrency: int
    rate: float | None

    @classmethod
    def parse(
        cls, texts: Sequence[str], include: Include, ordered: bool, concurrency: int, rate: float | None
    ) -> "Plan":
        """Raises Failure for what cannot be done, before anything is sent."""
        if "-" in texts and len(texts) > 1:
            raise Failure(ExitCode.USAGE, "- stands for all ids, from stdin", "give it alone, or ids alone")
        return cls(
            ids=None if "-" in texts else [exits.parse_id(text) for text in texts],
            include=include,
            ordered=ordered,
            concurrency=exits.checked(check_count, "--concurrency", concurrency, 1, 1000),
            rate=exits.parse_rate(rate),
        )


def get_many(settings: Settings, plan: Plan, output: Path | None, *, resume: bool) -> None:
    """Writes a line for each id to `output`, or else to stdout; raises Failure if a call was not read."""
    client = settings.async_client()
    counts: Counter[str | None] = Counter()
    with contextlib.ExitStack() as stack:
        done: set[int] = set()
        if output is None:
            file: BinaryIO = stack.enter_context(stdout()).buffer
        else:
            opened, done = open_output(output, resume=resume)
            file = stack.enter_context(opened)
        if plan.ids is None:
            # Not closed: that would wait for a thread that may wait for stdin.
            ids: Iterable[int | BadLine] = read_ids(open_ids(_STDIN), _STDIN)
        else:
            ids = plan.ids
        left = (call_id for call_id in ids if call_id not in done)
        total = None if plan.ids is None else sum(call_id not in done for call_id in plan.ids)
        # Where lines go to the terminal, a bar would run through them.
        wanted = output is not None or not is_terminal(sys.stdout)
        advance = stack.enter_context(progress(total, wanted=wanted))
        counts = asyncio.run(_read(client, plan, left, file, advance))
    failed = counts.total() - counts[None]
    if failed:
        kinds = ", ".join(f"{count} {kind}" for kind, count in counts.most_common() if kind)
        advice = "see their lines" if output is None else "see their lines, or try again with --resume"
        what = f"{failed} of {counts.total()} calls were not read ({kinds})"
        raise Failure(ExitCode.INCOMPLETE, what, advice)


async def _read(
    client: AsyncConvirza,
    plan: Plan,
    ids: Iterator[int | BadLine],
    file: BinaryIO,
    advance: Callable[[bool], None],
) -> Counter[str | None]:
    """How many calls were read (None), and how many not, by the type of the error."""
    asyncio.get_running_loop().set_exception_handler(_handle_exception)

    def write(line: bytes) -> None:
        file.write(line)
        file.flush()

    counts: Counter[str | None] = Counter()
    outcomes = client.calls.get_many(
        _in_thread(ids) if plan.ids is None else ids,
        include=plan.include,
        concurrency=plan.concurrency,
        ordered=plan.ordered,
        rate=plan.rate,
    )
    async with client, contextlib.aclosing(outcomes):
        async for outcome in outcomes:
            if isinstance(outcome.error, AuthenticationError | ConfigurationError):
                raise outcome.error  # no other id would fare better
            line, kind = format_outcome(outcome)
            # In a thread: a reader that takes its time is no reason for requests to time out.
            await asyncio.to_thread(write, line)
            counts[kind] += 1
            advance(kind is not None)
    return counts


def _handle_exception(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # Ctrl-C may cancel a future just when asyncio has seen that it is not done; all ends well then.
    if not isinstance(context.get("exception"), asyncio.InvalidStateError):
        loop.default_exception_handler(context)


async def _in_thread(items: Iterator[T]) -> AsyncGenerator[T]:
    """The items of an iterator that may block for ever, as stdin may, without waiting for it at the end."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Queue[tuple[T] | Exception | None] = asyncio.Queue()
    room = threading.Semaphore(_READ_AHEAD)

    def read() -> None:
        end: Exception | None = None
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits for more
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
