import re
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final, cast
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from convirza.fake.envelope import Envelopes
from convirza.fake.records import DEFAULT_SEED, LARGEST_ID, MODULES, calls, in_scope, view
from convirza.fake.scenarios import ScenarioMiddleware, check_scenario
DEFAULT_TOKEN: Final = 'fake-convirza-token'
DEFAULT_SLOW_SECONDS: Final = 5.0
_CALLS: Final = '/v3/conversations/calls/'
_CANONICAL_ID: Final = re.compile('[1-9][0-9]{0,18}')

def create_app(*, token: str=DEFAULT_TOKEN, seed: int=DEFAULT_SEED, scenario: str | None=None, clock: Callable[[], datetime] | None=None, slow_seconds: float=DEFAULT_SLOW_SECONDS) -> Starlette:
    ...

def _check_token(authorizations: list[str], token: str) -> None:
    ...

def _parse_id(text: str) -> int:
    ...

def _parse_include(values: list[str]) -> frozenset[str]:
    ...
