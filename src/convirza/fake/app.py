"""The fake API as an ASGI app: checks the token and the request, and responds."""

import re
import secrets
from collections.abc import Sequence
from typing import Final, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from convirza.fake.envelope import Envelopes
from convirza.fake.oauth import OAuth
from convirza.fake.recordings import Recordings
from convirza.fake.records import LARGEST_ID, MODULES, in_scope, view
from convirza.fake.store import CallStore

CALLS_PATH: Final = "/v3/conversations/calls/"
_CANONICAL_ID: Final = re.compile("[1-9][0-9]{0,18}")


def make_app(
    envelopes: Envelopes, store: CallStore, oauth: OAuth, token: str, middleware: Sequence[Middleware]
) -> Starlette:
    """The app that serves `GET /v3/conversations/calls/{id}`, the recordings and the OAuth endpoints.

    It accepts the static `token` and every valid access token of `oauth`.
    """

    async def get_call(request: Request) -> Response:
        _check_token(request.headers.getlist("authorization"), token, oauth)
        call_id = parse_id(request.path_params.get("id", ""))
        if call_id is None:
            raise HTTPException(400, "Invalid id: a whole number from 1 to 2^63-1 is expected.")
        modules = _parse_include(request.query_params.getlist("include"))
        call = store.get(call_id)
        if call is None:
            raise HTTPException(404, "Call not found.")
        if not in_scope(call):
            raise HTTPException(403, "You do not have access to this call.")
        origin = f"{request.url.scheme}://{request.url.netloc}"
        result = view(call, modules, envelopes.now(), origin)
        return envelopes.answer(200, "Success", data={"result": result})

    async def refuse(_request: Request, exc: Exception) -> Response:
        error = cast("HTTPException", exc)
        return envelopes.answer(error.status_code, error.detail, headers=error.headers)

    routes = [Route(CALLS_PATH + "{id}", get_call), Route(CALLS_PATH, get_call)]
    for route in routes:
        # Starlette adds HEAD to GET; the document has GET only.
        route.methods = {"GET"}
    app = Starlette(
        routes=[*routes, *oauth.routes(), *Recordings(envelopes, store).routes()],
        exception_handlers={HTTPException: refuse},
        middleware=middleware,
    )
    # A trailing slash is a 404: the document has no redirects.
    app.router.redirect_slashes = False
    return app


def parse_id(text: str) -> int | None:
    """A call id; None if the text is not one."""
    if _CANONICAL_ID.fullmatch(text) is None or int(text) > LARGEST_ID:
        return None
    return int(text)


def _check_token(authorizations: list[str], token: str, oauth: OAuth) -> None:
    challenge = {"WWW-Authenticate": "Bearer"}
    if not authorizations:
        raise HTTPException(401, "Missing access token.", challenge)
    # Bytes, because compare_digest raises for non-ASCII text; headers are Latin-1.
    scheme, _, credentials = authorizations[0].encode("latin-1").partition(b" ")
    given = credentials.lstrip(b" ")
    malformed = len(authorizations) > 1 or scheme.lower() != b"bearer"
    if malformed or not (
        secrets.compare_digest(given, token.encode()) or oauth.accepts(given.decode("latin-1"))
    ):
        raise HTTPException(401, "Invalid or expired access token.", challenge)


def _parse_include(values: list[str]) -> frozenset[str]:
    if len(values) > 1:
        raise HTTPException(400, "Invalid include: give it once, its values separated by commas.")
    if not values or not values[0]:
        return frozenset()
    modules = frozenset(values[0].split(","))
    if not modules <= MODULES.keys():
        raise HTTPException(400, f"Invalid include value. The values are: {', '.join(MODULES)}.")
    return modules
