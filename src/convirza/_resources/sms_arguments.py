"""The arguments of the operations on SMS conversations."""

from datetime import datetime
from typing import Final, Literal, TypeAlias

from convirza._core.operations import Invocation
from convirza._core.validation import check_count, check_names, check_time
from convirza._generated import (
    UNSET,
    SmsConversation,
    SmsConversationType,
    SortOrder,
    list_sms_conversations,
)
from convirza._resources.list_pages import ListPage, read_page

LARGEST_PAGE: Final = 200
_LONGEST_SEARCH: Final = 255

ConversationType: TypeAlias = Literal["allOpen", "assignedToYou", "unassigned", "close"]
Order: TypeAlias = Literal["asc", "desc"]


def list_sms_page(
    start: datetime | None,
    end: datetime | None,
    type: str | None,
    search: str | None,
    order: str | None,
    limit: int,
    offset: int,
) -> Invocation[ListPage[SmsConversation]]:
    """list_sms_conversations with its arguments. Raises ValueError for an invalid one."""
    if search is not None and not 0 < len(search) <= _LONGEST_SEARCH:
        raise ValueError(f"search must have 1 to {_LONGEST_SEARCH} characters")
    request = list_sms_conversations.build_request(
        start=UNSET if start is None else check_time("start", start),
        end=UNSET if end is None else check_time("end", end),
        type_=UNSET if type is None else SmsConversationType(_word("type", type)),
        search=UNSET if search is None else search,
        order=UNSET if order is None else SortOrder(_word("order", order)),
        limit=check_count("limit", limit, 1, LARGEST_PAGE),
        offset=check_count("offset", offset, 0, 2**63 - 1),
    )
    read = read_page("conversation", SmsConversation.from_dict)
    return Invocation(list_sms_conversations.OPERATION, request, read)


def _word(name: str, value: object) -> str:
    return check_names(name, [value], "[A-Za-z]+", "one word")[0]
