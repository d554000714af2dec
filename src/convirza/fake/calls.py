"""The operations on calls. What the public docs do not say is marked *inferred*."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from convirza._generated import DispositionFilter
from convirza.fake.envelope import Envelopes
from convirza.fake.query import get_int, get_names, get_page, get_text, get_time
from convirza.fake.records import LARGEST_ID, MODULES, in_scope, view
from convirza.fake.seeded import ORG_UNITS_IN_SCOPE, Call
from convirza.fake.store import CallStore

CALLS_PATH: Final = "/v3/conversations/calls/"
_CANONICAL_ID: Final = re.compile("[1-9][0-9]{0,18}")
_LONGEST_PERIOD: Final = timedelta(days=31)
_DEFAULT_PERIOD: Final = timedelta(days=7)
_IDS: Final = ("org_unit_id", "campaign_id", "provisioned_route_id")
_NUMBERS: Final = ("caller_id", "phone_number", "ring_to")


class CallHandlers:
    """Handlers of the operations on calls."""

    def __init__(self, envelopes: Envelopes, store: CallStore) -> None:
        """The clock of `envelopes` says when a period without an end ends."""
        self._envelopes = envelopes
        self._store = store

    async def get_call(self, request: Request) -> Response:
        """One call."""
        call_id = parse_id(request.path_params["id"])
        if call_id is None:
            raise HTTPException(400, "Invalid id: a whole number from 1 to 2^63-1 is expected.")
        modules = get_names(request, "include", MODULES)
        call = self._store.get(call_id)
        if call is None:
            raise HTTPException(404, "Call not found.")
        if not in_scope(call):
            raise HTTPException(403, "You do not have access to this call.")
        return self._envelopes.respond(200, "Success", data={"result": self._view(request, call, modules)})

    async def list_calls(self, request: Request) -> Response:
        """A page of calls, in the order of their start (inferred)."""
        offset, limit = get_page(request, None)
        modules = get_names(request, "include", MODULES)
        wanted = self._wanted(request)
        start, end = self._period(request)
        call_id = get_int(request, "call_id", 1)
        if call_id is not None:  # ignores period and paging
            call = self._store.get(call_id)
            found = [] if call is None or not in_scope(call) else [call]
            offset = 0
        else:
            found = [call for call in self._store.between(start, end) if in_scope(call) and wanted(call)]
        page = [self._view(request, call, modules) for call in found[offset : offset + limit]]
        return self._envelopes.respond(200, "Success", data={"total": len(found), "calls": page})

    def _view(self, request: Request, call: Call, modules: frozenset[str]) -> dict[str, Any]:
        origin = f"{request.url.scheme}://{request.url.netloc}"
        return view(call, modules, self._envelopes.now(), origin)

    def _period(self, request: Request) -> tuple[datetime, datetime]:
        given_start, given_end = get_time(request, "start"), get_time(request, "end")
        end = given_end or self._envelopes.now().astimezone(UTC)  # inferred, if `start` alone is given
        start = given_start or end - _DEFAULT_PERIOD
        if end <= start:
            raise HTTPException(400, "Invalid end: a time after start is expected.")
        if end - start > _LONGEST_PERIOD:
            raise HTTPException(400, "Invalid period: at most 31 days are expected.")
        return start, end

    def _wanted(self, request: Request) -> Any:
        ids = {name: value for name in _IDS if (value := get_int(request, name, 1)) is not None}
        if ids.get("org_unit_id", ORG_UNITS_IN_SCOPE[0]) not in ORG_UNITS_IN_SCOPE:
            raise HTTPException(403, "You do not have access to this organisation unit.")
        numbers = {name: _digits(text) for name in _NUMBERS if (text := get_text(request, name))}
        dispositions = get_names(request, "disposition", [str(value) for value in DispositionFilter])

        def wanted(call: Mapping[str, Any]) -> bool:
            return (
                all(call[name] == value for name, value in ids.items())
                and all(_digits(call[name]) == value for name, value in numbers.items())
                and (not dispositions or call["disposition"] in dispositions)
            )

        return wanted


def parse_id(text: str) -> int | None:
    """A call id; None if the text is not one."""
    if _CANONICAL_ID.fullmatch(text) is None or int(text) > LARGEST_ID:
        return None
    return int(text)


def _digits(number: str | None) -> str:
    return re.sub("[^0-9]", "", number or "")
