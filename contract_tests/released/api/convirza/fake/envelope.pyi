import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from starlette.responses import JSONResponse
from convirza.fake.timestamps import timestamp

class Envelopes:

    def __init__(self, clock: Callable[[], datetime] | None) -> None:
        self._clock = clock or _now

    def now(self) -> datetime:
        ...

    def answer(self, status: int, message: str, *, data: Mapping[str, Any] | None=None, headers: Mapping[str, str] | None=None) -> JSONResponse:
        ...

def _now() -> datetime:
    ...
