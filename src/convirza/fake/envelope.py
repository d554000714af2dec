"""The envelope that every answer of the API comes in."""

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from starlette.responses import JSONResponse

from convirza.fake.timestamps import timestamp


class Envelopes:
    """Makes answers whose body carries the status, a fresh request id and the time."""

    def __init__(self, clock: Callable[[], datetime] | None) -> None:
        """`clock` gives the time as an aware datetime; without it, the time of the machine."""
        self._clock = clock or _now

    def now(self) -> datetime:
        """The time of the clock."""
        return self._clock()

    def answer(
        self,
        status: int,
        message: str,
        *,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> JSONResponse:
        """An answer with its envelope; an error is one without `data` (inferred)."""
        body: dict[str, Any] = {"code": status, "message": message}
        if data is not None:
            body["data"] = data
        body["request_id"] = str(uuid.uuid4())
        now = self.now()
        body["timestamp"] = timestamp(now)
        date = format_datetime(now.astimezone(UTC), usegmt=True)
        return JSONResponse(body, status, {**(headers or {}), "Date": date})


def _now() -> datetime:
    return datetime.now(UTC)
