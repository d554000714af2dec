"""Rules of single operations that no schema can state. An operation without any is still checked in full."""

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from support import contract
from support.server.reading import Question
from support.server.target import Target

_LONGEST_PERIOD: Final = timedelta(days=31)
_SAME: Final = ("org_unit_id", "campaign_id", "provisioned_route_id")
_NUMBERS: Final = ("caller_id", "phone_number", "ring_to")


@dataclasses.dataclass
class Memory:
    """What rules remember of earlier responses."""

    target: Target
    status_of: dict[int, int] = dataclasses.field(default_factory=dict)
    issued: set[str] = dataclasses.field(default_factory=set)
    """Tokens that the target issued."""


def _nothing(_question: Question) -> bool:
    return False


@dataclasses.dataclass(frozen=True)
class Rules:
    """The rules of an operation."""

    check: Callable[[Question, int, Any, Memory], Iterator[str]]
    """Yields a message for each rule that a response, valid in itself, breaks."""
    can_refuse: Callable[[Question], bool] = _nothing
    """Whether a request that fits the schemas may be refused with a 400."""
    statuses: Callable[[Target], set[int]] = lambda _target: set()
    """Statuses that a target can produce, beside those that every operation can."""
    needs_login: bool = False
    """Whether a success needs the email and the password of an account."""


def _check_get_call(question: Question, status: int, body: Any, memory: Memory) -> Iterator[str]:
    target, call_id = memory.target, question.values["id"]
    id_valid, include_valid = question.validity["id"], question.validity["include"]
    if "other parameters" in question.validity and include_valid:
        include_valid = None
    if question.authorised:
        allowed = {200, 403, 404}
        if id_valid is False:
            allowed = {400, 404}
        elif id_valid is None:
            allowed |= {400}
        else:
            facts = {**dict.fromkeys(target.call_ids, 200), target.forbidden_id: 403, target.missing_id: 404}
            allowed = {facts[call_id]} if call_id in facts else allowed
            if include_valid is not True:
                allowed = allowed - ({200} if include_valid is False else set()) | {400}
        if status not in allowed:
            yield f"{' or '.join(map(str, sorted(allowed)))} is right"
        if question.valid and memory.status_of.setdefault(call_id, status) != status:
            yield "an id that had another status before"
    if status == 200:
        record = body["data"]["result"]
        if id_valid and record["call_id"] != call_id:
            yield "call_id is not the requested id"
        yield from _check_record(question, record)


def _check_record(question: Question, record: Mapping[str, Any]) -> Iterator[str]:
    asked = set(question.values["include"] or ())
    unasked = {key for module, key in contract.MODULES.items() if module not in asked} & record.keys()
    if unasked:
        yield f"modules that were not requested: {', '.join(sorted(unasked))}"
    for key in sorted(contract.DIGITS_ONLY & record.keys()):
        if record[key] and not re.fullmatch("[0-9]+", record[key]):
            yield f"{key} has other characters than digits"
    if any(
        comment.get("call_id") not in {None, record["call_id"]} for comment in record.get("comments") or ()
    ):
        yield "comments: call_id is that of another call"


def _check_page(
    question: Question, data: Mapping[str, Any], items: str, key: str, limit: int | None
) -> Iterator[str]:
    """The rules of every list: `items` and `key` name the list and the id of an item."""
    found, total = data[items], data["total"]
    ids = [item[key] for item in found]
    if len(set(ids)) < len(ids):
        yield f"{items}: the same {key} twice on a page"
    if limit is not None and len(found) > limit:
        yield f"{items}: more than the limit"
    offset = 0 if question.values.get("call_id") else _value(question, "offset", 0)
    if total < len(found):
        yield f"total is smaller than the number of {items}"
    if offset is not None and found and offset >= total:
        yield f"{items} beyond the total"
    if offset is not None and not found and offset < total:
        yield f"no {items} before the total"


def _value(question: Question, name: str, default: Any) -> Any:
    """A parameter's value, the default if it is missing, None if it is doubtful."""
    value = question.values[name]
    return value if value is not None else default if question.validity[name] else None


def _times(question: Question) -> tuple[datetime | None, datetime | None]:
    start, end = (
        datetime.fromisoformat(value.upper()) if isinstance(value := question.values[name], str) else None
        for name in ("start", "end")
    )
    return start, end


def _can_refuse_period(question: Question) -> bool:
    # A time is doubtful where the document says nothing of it: one alone, or before the year 1 in UTC.
    return bool(question.values["start"] or question.values["end"])


def _period_of_calls(question: Question) -> Iterator[str]:
    try:
        start, end = _times(question)
        if start and end and not timedelta() < end - start <= _LONGEST_PERIOD:
            yield "a period that the document forbids"
    except (ValueError, OverflowError):
        return


def _check_list_calls(question: Question, status: int, body: Any, memory: Memory) -> Iterator[str]:
    if status != 200:
        return
    data, asked = body["data"], question.values
    yield from _check_page(question, data, "calls", "call_id", asked["limit"])
    if not asked["call_id"] and question.validity["call_id"]:
        yield from _period_of_calls(question)
    for call in data["calls"]:
        yield from _check_record(question, call)
        if asked["call_id"]:
            if call["call_id"] != asked["call_id"]:
                yield "calls: not the call_id that was requested"
            continue
        for name in _SAME:
            if asked[name] and call.get(name) != asked[name]:
                yield f"calls: not the {name} that was requested"
        for name in _NUMBERS:
            digits = re.sub("[^0-9]", "", asked[name] or "")
            if digits and re.sub("[^0-9]", "", call.get(name) or "") != digits:
                yield f"calls: not the {name} that was requested"
        wanted = asked["disposition"] if question.validity["disposition"] else None
        if wanted and call.get("disposition") not in wanted:
            yield "calls: not a disposition that was requested"
        yield from _check_in_period(question, call.get("call_started"))


def _check_in_period(question: Question, moment: str | None) -> Iterator[str]:
    try:
        start, end = _times(question)
        at = moment and datetime.fromisoformat(moment)
        if at and ((start and at < start) or (end and at > end)):
            yield "calls: not in the period"
        week = datetime.now(UTC) - timedelta(days=7, minutes=5)
        if (
            at
            and question.validity["start"]
            and question.validity["end"]
            and not (start or end)
            and at < week
        ):
            yield "calls: not in the last 7 days"
    except (ValueError, OverflowError):
        return


def _check_list_sms(question: Question, status: int, body: Any, memory: Memory) -> Iterator[str]:
    if status != 200:
        return
    data = body["data"]
    yield from _check_page(question, data, "conversation", "conversation_id", _value(question, "limit", 7))
    updated = [each for item in data["conversation"] if (each := item.get("conversation_updated"))]
    order = _value(question, "order", "desc")
    if order and updated != sorted(updated, reverse=order == "desc"):
        yield "conversation: not in the order of the last message"


def _check_tokens(question: Question, status: int, body: Any, memory: Memory) -> Iterator[str]:
    if status == 200:
        data = body["data"]
        tokens = {data[name] for name in ("access_token", "refresh_token") if data.get(name)}
        if tokens & memory.issued:
            yield "a token that was issued before"
        memory.issued |= tokens
        if data.get("expires_in") and datetime.fromisoformat(data["expires_in"]) < datetime.now(UTC):
            yield "an access token that has expired already"


RULES: Final[Mapping[str, Rules]] = {
    "get_call": Rules(_check_get_call),
    "list_calls": Rules(_check_list_calls, _can_refuse_period, lambda _: {403}),
    "list_sms_conversations": Rules(_check_list_sms, _can_refuse_period),
    "log_in": Rules(_check_tokens, statuses=lambda _: {401}, needs_login=True),
    "refresh_tokens": Rules(_check_tokens, statuses=lambda _: {401}, needs_login=True),
}
"""By operationId."""
