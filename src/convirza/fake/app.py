"""The fake API as an ASGI app: who may ask, whether the request is valid, and the answer."""

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

DEFAULT_TOKEN: Final = "fake-convirza-token"
DEFAULT_SLOW_SECONDS: Final = 5.0

_CALLS: Final = "/v3/conversations/calls/"
_CANONICAL_ID: Final = re.compile("[1-9][0-9]{0,18}")


def create_app(
    *,
    token: str = DEFAULT_TOKEN,
    seed: int = DEFAULT_SEED,
    scenario: str | None = None,
    clock: Callable[[], datetime] | None = None,
    slow_seconds: float = DEFAULT_SLOW_SECONDS,
) -> Starlette:
    """The fake API, serving `GET /v3/conversations/calls/{id}`.

    `token` is the only bearer token that it accepts; `seed` decides which calls it holds, made at
    the first request; `scenario`, one of `SCENARIOS`, is for the requests that name none; `clock`
    gives the time as an aware datetime; `slow_seconds` is the delay of the scenario `slow`.

    Raises ValueError for an empty token and for an unknown scenario.
    """
    if not token:
        raise ValueError("The token must not be empty.")
    if scenario is not None:
        check_scenario(scenario)
    envelopes = Envelopes(clock)

    async def get_call(request: Request) -> Response:
        _check_token(request.headers.getlist("authorization"), token)
        call_id = _parse_id(request.path_params.get("id", ""))
        modules = _parse_include(request.query_params.getlist("include"))
        call = calls(seed).get(call_id)
        if call is None:
            raise HTTPException(404, "Call not found.")
        if not in_scope(call):
            raise HTTPException(403, "You do not have access to this call.")
        result = view(call, modules, envelopes.now())
        return envelopes.answer(200, "Success", data={"result": result})

    async def refuse(_request: Request, exc: Exception) -> Response:
        error = cast("HTTPException", exc)
        return envelopes.answer(error.status_code, error.detail, headers=error.headers)

    routes = [Route(_CALLS + "{id}", get_call), Route(_CALLS, get_call)]
    for route in routes:
        # Starlette adds HEAD to GET; the contract has GET only.
        route.methods = {"GET"}
    app = Starlette(
        routes=routes,
        exception_handlers={HTTPException: refuse},
        middleware=[
            Middleware(
                ScenarioMiddleware,
                envelopes=envelopes,
                scenario=scenario,
                slow_seconds=slow_seconds,
            )
        ],
    )
    # A path with a slash too many is unknown; a redirect is not in the contract.
    app.router.redirect_slashes = False
    return app


def _check_token(authorizations: list[str], token: str) -> None:
    challenge = {"WWW-Authenticate": "Bearer"}
    if not authorizations:
        raise HTTPException(401, "Missing access token.", challenge)
    # Bytes, because compare_digest refuses text that is not ASCII; headers arrive as Latin-1.
    scheme, _, credentials = authorizations[0].encode("latin-1").partition(b" ")
    known = secrets.compare_digest(credentials.lstrip(b" "), token.encode())
    if len(authorizations) > 1 or scheme.lower() != b"bearer" or not known:
        raise HTTPException(401, "Invalid or expired access token.", challenge)


def _parse_id(text: str) -> int:
    if _CANONICAL_ID.fullmatch(text) is None or int(text) > LARGEST_ID:
        raise HTTPException(400, "Invalid id: a whole number from 1 to 2^63-1 is expected.")
    return int(text)


def _parse_include(values: list[str]) -> frozenset[str]:
    if len(values) > 1:
        raise HTTPException(400, "Invalid include: give it once, its values separated by commas.")
    if not values or not values[0]:
        return frozenset()
    modules = frozenset(values[0].split(","))
    if not modules <= MODULES.keys():
        raise HTTPException(400, f"Invalid include value. The values are: {', '.join(MODULES)}.")
    return modules
