"""The envelope of every response of the API."""

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from starlette.responses import JSONResponse

from convirza.fake.timestamps import timestamp


class Envelopes:
    """Creates responses whose body has the status, a new request id and the time."""

    def __init__(self, clock: Callable[[], datetime] | None) -> None:
        """`clock` returns the time as an aware datetime; it defaults to the system clock."""
        self._clock = clock or _now

    def now(self) -> datetime:
        """The time of the clock."""
        return self._clock()

    def respond(
        self,
        status: int,
        message: str,
        *,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> JSONResponse:
        """A response with its envelope; errors have no `data` (inferred)."""
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
