"""`AsyncConvirza.sms`. Source of the sync half: see scripts/generate_sync.py."""

from collections.abc import AsyncGenerator, Mapping
from datetime import datetime

from convirza._core.attempts import Core, Options
from convirza._core.errors import IncompleteListError
from convirza._core.tracebacks import clear_traceback_locals_async
from convirza._core.transport import AsyncSender
from convirza._generated import SmsConversation
from convirza._resources.call_arguments import override
from convirza._resources.list_pages import ListPage
from convirza._resources.sms_arguments import (
    LARGEST_PAGE,
    ConversationType,
    Order,
    list_sms_page,
)


class AsyncSms:
    """Operations on SMS conversations."""

    def __init__(self, core: Core, sender: AsyncSender, defaults: Options) -> None:
        """Created by `AsyncConvirza`."""
        self._core = core
        self._sender = sender
        self._defaults = defaults

    def __repr__(self) -> str:
        return "AsyncSms(...)"

    async def list(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        type: ConversationType | str | None = None,
        search: str | None = None,
        order: Order | str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        headers: Mapping[str, str] | None = None,
        max_retries: int | None = None,
    ) -> AsyncGenerator[SmsConversation]:
        """Yields the SMS conversations, each once, page by page.

        `type` is which ones, by default `allOpen`; `search` a text of at most 255 characters; `order` is by
        the last message, by default `desc`. `start` and `end` are aware datetimes. The other arguments are
        as for `calls.get`; the deadline is for each page.

        Raises IncompleteListError at the end if conversations moved between two pages, as when a message
        arrives: list again. Otherwise what `calls.get` raises.
        """
        seen: set[int] = set()
        offset = 0
        while True:
            page = await self.list_page(
                start=start,
                end=end,
                type=type,
                search=search,
                order=order,
                limit=LARGEST_PAGE,
                offset=offset,
                timeout=timeout,
                deadline=deadline,
                headers=headers,
                max_retries=max_retries,
            )
            for conversation in page.items:
                if conversation.conversation_id not in seen:
                    seen.add(conversation.conversation_id)
                    yield conversation
            received = len(page.items) + len(page.misfits)
            offset += received
            if not received or (page.total is not None and offset >= page.total):
                break
        if page.total is None or len(seen) < page.total:
            stated = "no total" if page.total is None else f"a total of {page.total}"
            raise IncompleteListError(
                f"the API returned {len(seen)} SMS conversations, but states {stated}: list again"
            )

    @clear_traceback_locals_async
    async def list_page(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        type: ConversationType | str | None = None,
        search: str | None = None,
        order: Order | str | None = None,
        limit: int = LARGEST_PAGE,
        offset: int = 0,
        timeout: float | None = None,
        deadline: float | None = None,
        headers: Mapping[str, str] | None = None,
        max_retries: int | None = None,
    ) -> ListPage[SmsConversation]:
        """Gets one page of SMS conversations. `limit` is its size, at most 200; the rest is as for `list`."""
        options = override(self._defaults, timeout, deadline, headers, max_retries)
        invocation = list_sms_page(start, end, type, search, order, limit, offset)
        response = await self._sender.run_or_raise(self._core.run(invocation, options), self._core.clock)
        return response.parsed
