"""SMS conversations, generated from a seed. What the public docs do not say is marked *inferred*."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from convirza._generated import SmsConversationType, document
from convirza.fake.envelope import Envelopes
from convirza.fake.query import get_name, get_page, get_text, get_time
from convirza.fake.timestamps import timestamp

_SEEDED: Final = 240
_LONGEST_SEARCH: Final = 255


class SmsHandlers:
    """Handlers of the operations on SMS conversations."""

    def __init__(self, envelopes: Envelopes) -> None:
        """Creates no conversations before the first request."""
        self._envelopes = envelopes

    async def list_conversations(self, request: Request) -> Response:
        """A page of conversations, by their last message."""
        offset, limit = get_page(request, 7)
        kind = get_name(request, "type", [str(value) for value in SmsConversationType], "allOpen")
        latest_first = get_name(request, "order", ["asc", "desc"], "desc") == "desc"
        search = (get_text(request, "search", _LONGEST_SEARCH) or "").casefold()
        start, end = get_time(request, "start"), get_time(request, "end")
        found = [
            conversation
            for conversation in _conversations()
            if _is_of(kind, conversation)
            # Inferred: what is searched, and that the period is that of the last message.
            and search in f"{conversation['source_name']} {conversation['message']}".casefold()
            and (start is None or _updated(conversation) >= start)
            and (end is None or _updated(conversation) < end)
        ]
        found.sort(key=_updated, reverse=latest_first)
        page = found[offset : offset + limit]
        return self._envelopes.respond(200, "Success", data={"total": len(found), "conversation": page})


def _is_of(kind: str, conversation: dict[str, Any]) -> bool:
    closed, assigned = conversation["closed_at"] is not None, conversation["ct_user_id"]
    match kind:
        case "close":
            return closed
        case "assignedToYou":
            return not closed and assigned == 501
        case "unassigned":
            return not closed and assigned is None
        case _:
            return not closed


def _updated(conversation: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(conversation["conversation_updated"])


@cache
def _conversations() -> tuple[dict[str, Any], ...]:
    """Variations of the document's example."""
    media = document()["components"]["responses"]["SmsConversationsListed"]["content"]["application/json"]
    example = media["examples"]["documented"]["value"]["data"]["conversation"][0]
    started = datetime.fromisoformat(example["conversation_started"])
    made: list[dict[str, Any]] = []
    for index in range(_SEEDED):
        begun = started + timedelta(hours=5 * index)
        updated = begun + timedelta(minutes=5 + index % 50)
        closed = index % 3 == 0
        made.append(
            {
                **example,
                "conversation_id": example["conversation_id"] + index,
                "source": f"1801555{index % 100 + 100:04d}",
                "conversation_started": timestamp(begun),
                "conversation_updated": timestamp(updated),
                "ct_user_id": (501, None, 502)[index % 3 if index % 2 else 1],
                "closed_at": timestamp(updated) if closed else None,
                "conversation_status": "closed" if closed else example["conversation_status"],
                "unread_count": 0 if closed else index % 4,
            }
        )
    return tuple(made)
