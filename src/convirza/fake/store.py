"""The calls of a fake: those of its seed, with the changes of a test."""

import threading
from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from convirza._generated import Call as CallModel
from convirza.fake.matching import check_record
from convirza.fake.records import DOCUMENTED_CALL_ID, Call, calls
from convirza.fake.seeded import ORG_UNITS_IN_SCOPE
from convirza.fake.timestamps import timestamp

_FIRST_FREE_ID: Final = 10_000_000  # above the default number of seeded ids


class CallStore:
    """Calls by id. Thread-safe."""

    def __init__(self, seed: int, count: int) -> None:
        """`seed` determines the calls, which are created when first requested."""
        self._seed = seed
        self._count = count
        self._ordered: list[tuple[str, int, Call]] | None = None  # until a call is changed
        self._own: dict[int, Call | None] = {}  # None: removed
        self._lock = threading.RLock()

    def get(self, call_id: int) -> Call | None:
        """The call, or None."""
        with self._lock:
            if call_id in self._own:
                return self._own[call_id]
        return calls(self._seed, self._count).get(call_id)

    def between(self, start: datetime, end: datetime) -> list[Call]:
        """The calls that started from `start` on and before `end`, in the order of their start."""
        first, last = timestamp(start), timestamp(end)
        with self._lock:
            if self._ordered is None:
                every = {**calls(self._seed, self._count), **self._own}.values()
                self._ordered = sorted(
                    (call["call_started"], call["call_id"], call)
                    for call in every
                    if call is not None and call["call_started"]
                )
            ordered = self._ordered
        found = slice(bisect_left(ordered, (first, 0)), bisect_left(ordered, (last, 0)))
        return [call for _, _, call in ordered[found]]

    def add(self, record: CallModel | Mapping[str, Any] | None, members: Mapping[str, Any]) -> int:
        """Adds a call and returns its id; see `FakeAPI.add_call`."""
        given = record.to_dict() if isinstance(record, CallModel) else record or {}
        # What is not said is null, as in a missed or unattributed call.
        empty = dict.fromkeys(calls()[DOCUMENTED_CALL_ID]) | {"org_unit_id": ORG_UNITS_IN_SCOPE[0]}
        with self._lock:
            added = check_record({**empty, "call_id": self._free_id(), **given, **members})
            call_id: int = added["call_id"]
            if self.get(call_id) is not None:
                raise ValueError(f"There is a call {call_id} already: change it with change_call.")
            self._own[call_id] = added
            self._ordered = None
        return call_id

    def change(self, call_id: int, members: Mapping[str, Any]) -> None:
        """Replaces members of a call; see `FakeAPI.change_call`."""
        if "call_id" in members:
            raise ValueError("The id of a call cannot be changed: remove the call and add another.")
        with self._lock:
            self._own[call_id] = check_record({**self._existing(call_id), **members})
            self._ordered = None

    def remove(self, call_id: int) -> None:
        """Removes a call."""
        with self._lock:
            self._existing(call_id)
            self._own[call_id] = None
            self._ordered = None

    def reset(self) -> None:
        """Restores the calls of the seed."""
        with self._lock:
            self._own.clear()
            self._ordered = None

    def _existing(self, call_id: int) -> Call:
        call = self.get(call_id)
        if call is None:
            raise ValueError(f"There is no call {call_id}: add it with add_call.")
        return call

    def _free_id(self) -> int:
        call_id = _FIRST_FREE_ID
        while call_id in self._own or self.get(call_id) is not None:
            call_id += 1
        return call_id
