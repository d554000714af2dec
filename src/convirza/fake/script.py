"""The scripted responses of a fake, and the requests that it received."""

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias, cast

from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from convirza.fake.envelope import Envelopes
from convirza.fake.matching import check_response
from convirza.fake.routes import operations_at
from convirza.fake.scenarios import MALFORMED, WITH_RETRY_AFTER, check_scenario, perform


@dataclass
class RecordedRequest:
    """A request that the fake received."""

    method: str
    path: str
    call_id: int | None
    """The id in the path, or None."""
    include: tuple[str, ...]
    headers: dict[str, str] = field(repr=False)
    """By lower-case name; credentials are masked."""
    query: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    """The query, decoded: `start` and `end` identify the window of a list."""
    status: int | None = None
    """The status of the response; None before it, and for a connection that was reset."""


ScriptedResponse: TypeAlias = (
    str | tuple[int, Mapping[str, Any]] | tuple[int, Mapping[str, Any], Mapping[str, str]] | None
)
"""The name of a scenario; status, body and optional headers; or None for the normal response."""
Scripted: TypeAlias = ScriptedResponse | Callable[[RecordedRequest], ScriptedResponse]
"""A response, or a callable that returns one for a request."""


@dataclass
class _Sequence:
    responses: Iterator[Scripted]
    path: str
    call_id: int | None
    retry_after: int | datetime | None
    slow_seconds: float


class Script:
    """The scripted responses of one fake. Thread-safe."""

    def __init__(self, envelopes: Envelopes) -> None:
        """`envelopes` create the responses of the scenarios."""
        self._envelopes = envelopes
        self._sequences: list[_Sequence] = []
        self._failures: list[Exception] = []
        self._lock = threading.Lock()

    def add(
        self,
        responses: tuple[Scripted, ...],
        *,
        call_id: int | None,
        path: str,
        times: int | None,
        retry_after: int | datetime | None,
        slow_seconds: float,
    ) -> None:
        """Scripts responses; see `FakeAPI.script`."""
        checked = [response if callable(response) else _check(response, path) for response in responses]
        if not responses:
            raise ValueError("Nothing to script: pass the name of a scenario, a response, or None.")
        if times is not None and times < 1:
            raise ValueError(f"times must be 1 or more, or None for every further request; got {times}.")
        if retry_after is not None and not any(name in responses for name in WITH_RETRY_AFTER):
            raise ValueError(f"retry_after is for the scenarios {' and '.join(WITH_RETRY_AFTER)}.")
        if isinstance(retry_after, datetime) and retry_after.utcoffset() is None:
            raise ValueError("retry_after needs an offset from UTC: pass datetime(..., tzinfo=UTC).")
        if isinstance(retry_after, int) and retry_after < 0:
            raise ValueError(f"retry_after must be 0 seconds or more; got {retry_after}.")
        rounds = itertools.repeat(checked) if times is None else itertools.repeat(checked, times)
        iterator = itertools.chain.from_iterable(rounds)
        with self._lock:
            self._sequences.append(_Sequence(iterator, path, call_id, retry_after, slow_seconds))

    def play(self, request: RecordedRequest, app: ASGIApp) -> ASGIApp:
        """The app for this request: `app`, or a scripted one."""
        taken = self._take(request)
        if taken is None:
            return app
        sequence, response = taken
        try:
            if callable(response):
                response = _check(response(request), request.path)
        except Exception as error:  # an error in the test, which must be reported
            with self._lock:
                self._failures.append(error)
            return self._envelopes.respond(500, "The script of the test failed: see FakeAPI.check.")
        if response is None:
            return app
        if isinstance(response, str):
            return perform(
                response,
                app,
                self._envelopes,
                retry_after=sequence.retry_after if response in WITH_RETRY_AFTER else None,
                slow_seconds=sequence.slow_seconds,
            )
        status, body, headers = response if len(response) == 3 else (*response, None)
        return JSONResponse(body, status, headers)

    def check(self) -> None:
        """Raises the first error of a scripted callable."""
        with self._lock:
            if self._failures:
                raise self._failures[0]

    def reset(self) -> None:
        """Removes all scripted responses and errors."""
        with self._lock:
            self._sequences.clear()
            self._failures.clear()

    def _take(self, request: RecordedRequest) -> tuple[_Sequence, Scripted] | None:
        with self._lock:
            # A script for one call takes precedence.
            for sequence in sorted(self._sequences, key=lambda sequence: sequence.call_id is None):
                if sequence.call_id in (None, request.call_id) and request.path.startswith(sequence.path):
                    for response in sequence.responses:
                        return sequence, response
                    self._sequences.remove(sequence)
        return None


def _check(response: ScriptedResponse, path: str) -> ScriptedResponse:
    """The response, with a copy of its body; raises ValueError for one that is invalid."""
    if response is None:
        return None
    if isinstance(response, str):
        check_scenario(response)
        if response in MALFORMED and path.startswith("/oauth"):
            raise ValueError(f"The scenario {response} changes a call record: {path} returns none.")
        return response
    given = cast("object", response)
    if not isinstance(given, tuple) or len(cast("tuple[object, ...]", given)) not in (2, 3):
        raise ValueError("A response is a scenario's name, (status, body), (status, body, headers) or None.")
    headers: dict[str, str] = dict(response[2]) if len(response) == 3 else {}
    for name, value in headers.items():
        text = f"{name}{value}"
        if not text.isascii() or not text.isprintable():
            raise ValueError("A header of a response is not printable ASCII.")
        if name.lower() in ("content-length", "content-type", "transfer-encoding"):
            raise ValueError(f"{name} is set from the body: leave it out.")
    return response[0], check_response(operations_at(path), response[0], response[1]), headers
