"""A fake Convirza API, in process as an ASGI app or over real HTTP.

It needs the extra `convirza[fake]`. `FakeAPI` is the API as an object, with calls, scripted responses and
recorded requests; `convirza.pytest_plugin` has pytest fixtures for it. In process:

    httpx.Client(transport=FakeTransport(create_app()))
    httpx.AsyncClient(transport=FakeTransport(create_app()))

Over HTTP, see `FakeAPI.serve` and `convirza.fake.server`, the only module that imports uvicorn. The calls API
is below `/v3`, the OAuth service beside it, below `/oauth`, see `convirza.fake.oauth`.
"""

from convirza.fake.clock import FakeClock
from convirza.fake.control import DEFAULT_TOKEN, FakeAPI, create_app
from convirza.fake.oauth import DEFAULT_EMAIL, DEFAULT_PASSWORD
from convirza.fake.records import (
    DEFAULT_SEED,
    DOCUMENTED_CALL_ID,
    FORBIDDEN_CALL_ID,
    UNKNOWN_CALL_ID,
    ids_in_scope,
)
from convirza.fake.scenarios import SCENARIO_HEADER, SCENARIOS
from convirza.fake.script import RecordedRequest
from convirza.fake.transport import FakeTransport

__all__ = [
    "DEFAULT_EMAIL",
    "DEFAULT_PASSWORD",
    "DEFAULT_SEED",
    "DEFAULT_TOKEN",
    "DOCUMENTED_CALL_ID",
    "FORBIDDEN_CALL_ID",
    "SCENARIOS",
    "SCENARIO_HEADER",
    "UNKNOWN_CALL_ID",
    "FakeAPI",
    "FakeClock",
    "FakeTransport",
    "RecordedRequest",
    "create_app",
    "ids_in_scope",
]
