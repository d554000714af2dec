"""Runs a flow for each of many items: sync in threads, async in tasks. Both methods are called alike."""

import threading
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator
from typing import Any, Final, Generic

from convirza._core.bulk import AHEAD, FailureLimit, Pacer, R, gather, gather_async
from convirza._core.clock import Clock
from convirza._core.effects import Flow
from convirza._core.transport import AsyncSender, Sender
from convirza._core.validation import check_count, check_ids, check_max_failures, check_rate
from convirza._resources.call_arguments import AsyncIds, Ids

MAX_FAILURES: Final = 100
"""At 20 at a time an API that refuses connections ends a read after about 10 s; one bad moment fails 20."""

MAX_CONCURRENCY: Final = 1000


class Many(Generic[R]):
    """The checked arguments that `get_many`, `download_recordings` and `list` share."""

    def __init__(
        self,
        *,
        concurrency: int,
        ordered: bool,
        rate: float | None,
        max_failures: int | None,
        ahead: int = AHEAD,
    ) -> None:
        """Raises ValueError for an invalid argument."""
        self.pace: Pacer = Pacer(check_rate(rate))
        self.concurrency: int = check_count("concurrency", concurrency, 1, MAX_CONCURRENCY)
        self._arguments: dict[str, Any] = {
            "concurrency": self.concurrency,
            "ordered": ordered,
            "limit": FailureLimit(check_max_failures("max_failures", max_failures)),
            "ahead": ahead,
        }

    def run(
        self, sender: Sender, clock: Clock, items: Ids, flow: Callable[[Any, Callable[[], bool]], Flow[R]]
    ) -> Generator[R]:
        """In threads. `flow` gets an item, and a function that returns whether the consumer has stopped."""

        def read(item: Any, stopped: threading.Event) -> R:
            return sender.run(flow(item, stopped.is_set), clock, stopped)

        return gather(check_ids(items), read, **self._arguments)

    def run_async(
        self,
        sender: AsyncSender,
        clock: Clock,
        items: AsyncIds,
        flow: Callable[[Any, Callable[[], bool]], Flow[R]],
    ) -> AsyncGenerator[R]:
        """In tasks, which are cancelled when the consumer stops iterating."""

        async def read(item: Any) -> R:
            return await sender.run(flow(item, _never), clock)

        several = aiter(items) if isinstance(items, AsyncIterable) else check_ids(items)
        return gather_async(several, read, **self._arguments)


def _never() -> bool:
    return False
