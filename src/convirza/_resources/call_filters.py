"""The arguments that select calls of a list."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal, TypeAlias, TypedDict

from convirza._core.drift import Deviation
from convirza._core.errors import ConvirzaError
from convirza._core.operations import Invocation
from convirza._core.validation import (
    check_count,
    check_id,
    check_include,
    check_names,
    check_phone_number,
    check_time,
)
from convirza._core.windows import query_hash
from convirza._generated import UNSET, Call, CallModule, DispositionFilter, list_calls
from convirza._resources.call_arguments import Include
from convirza._resources.call_records import has_outsider, is_of_another, wrong_record
from convirza._resources.list_pages import ListPage, RawPage, parse_page, read_raw_page

LARGEST_PAGE = 200

Disposition: TypeAlias = Literal[
    "ABANDONED", "ANSWERED", "BUSY", "FAILED", "NO ANSWER", "TRANSFERRED", "VOICEMAIL"
]
"""The values in the document, for completion in editors; filters accept other strings too."""


class CallFilters(TypedDict, total=False):
    """Which calls to list. Sources: the page Get Calls List; `phone_number` and `ring_to` are inferred."""

    org_unit_id: int
    """Calls of this organisation unit. One outside the account raises PermissionDeniedError."""
    campaign_id: int
    provisioned_route_id: int
    disposition: Disposition | str | Iterable[Disposition | str]
    """Calls with one of these dispositions."""
    caller_id: str
    """Calls from this number, E.164 with `+`."""
    phone_number: str
    """Calls to this tracking number."""
    ring_to: str
    """Calls that were forwarded to this number."""


ID_FILTERS: Final = ("org_unit_id", "campaign_id", "provisioned_route_id")
"""The filters that are ids; the others are texts."""


def check_filters(given: Mapping[str, Any]) -> dict[str, Any]:
    """The filters as JSON values. Raises TypeError for an unknown name, ValueError for an invalid value."""
    checked: dict[str, Any] = {}
    for name, value in given.items():
        if name in ID_FILTERS:
            checked[name] = check_id(value, name)
        elif name == "disposition":
            checked[name] = check_names(name, value, r"[!-+\--~]+( [!-+\--~]+)*", "values such as 'ANSWERED'")
            if not checked[name]:
                raise ValueError("disposition is empty: name at least one, or leave it out for all")
        elif name in CallFilters.__annotations__:
            checked[name] = check_phone_number(name, value)
        else:
            known = ", ".join(CallFilters.__annotations__)
            raise TypeError(f"unknown filter {name!r}: use {known}")
    return checked


def list_calls_page(
    start: datetime.datetime | None,
    end: datetime.datetime | None,
    limit: int,
    offset: int,
    filters: Mapping[str, Any],
    include: Include,
    call_id: int | None = None,
) -> Invocation[ListPage[Call]]:
    """list_calls with its arguments; `filters` have been checked. Raises ValueError."""
    return _invoke(
        lambda page: parse_page(page, Call.from_dict), start, end, limit, offset, filters, include, call_id
    )


def hash_filters(checked: Mapping[str, Any]) -> str:
    """Identifies checked filters in the state of an export; the period of each run differs."""
    return query_hash(datetime.datetime.fromtimestamp(0, datetime.UTC), checked)


def list_raw_calls_page(
    start: datetime.datetime,
    end: datetime.datetime,
    limit: int,
    offset: int,
    filters: Mapping[str, Any],
    include: Include,
) -> Invocation[RawPage]:
    """The same, without models."""
    return _invoke(lambda page: page, start, end, limit, offset, filters, include, None)


def _invoke(
    parse: Callable[[RawPage], Any],
    start: datetime.datetime | None,
    end: datetime.datetime | None,
    limit: int,
    offset: int,
    filters: Mapping[str, Any],
    include: Include,
    call_id: int | None,
) -> Invocation[Any]:
    arguments: dict[str, Any] = {
        **filters,
        "start": UNSET if start is None else check_time("start", start),
        "end": UNSET if end is None else check_time("end", end),
        "limit": check_count("limit", limit, 1, LARGEST_PAGE),
        "offset": check_count("offset", offset, 0, 2**63 - 1),
        "call_id": UNSET if call_id is None else check_id(call_id),
        "include": [CallModule(name) for name in check_include(include)] or UNSET,
    }
    if "disposition" in filters:
        arguments["disposition"] = [DispositionFilter(value) for value in filters["disposition"]]

    def read(body: Any) -> Any:
        page = _read_raw(body)
        if isinstance(page, ConvirzaError):
            return page
        if (
            any(is_of_another(item, call_id) for item in page.items)
            if call_id is not None
            else has_outsider(page.items, start, end)
        ):
            return wrong_record("the list contains a call that was not requested", _OTHER_CALL)
        return parse(page)

    ids = {} if call_id is None else {"call_id": call_id}
    return Invocation(list_calls.OPERATION, list_calls.build_request(**arguments), read, ids=ids)


_read_raw: Final = read_raw_page("calls")
_OTHER_CALL: Final = Deviation(
    "/data/calls", "const", "calls of the request", "array", list_calls.OPERATION.id
)
