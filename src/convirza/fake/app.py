"""The fake API as an ASGI app: every operation of the document, each with its handler."""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from convirza._generated import OPERATIONS
from convirza.fake.calls import CALLS_PATH, CallHandlers, parse_id
from convirza.fake.envelope import Envelopes
from convirza.fake.oauth import OAuth
from convirza.fake.recordings import Recordings
from convirza.fake.routes import served
from convirza.fake.sms import SmsHandlers
from convirza.fake.store import CallStore

__all__ = ["CALLS_PATH", "Handler", "make_app", "parse_id"]

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]
"""Responds to a request whose token, if it needs one, is valid. May raise HTTPException."""


def make_app(
    envelopes: Envelopes, store: CallStore, oauth: OAuth, token: str, middleware: Sequence[Middleware]
) -> Starlette:
    """The app that serves every operation of the document, and the recordings.

    It accepts the static `token` and every valid access token of `oauth`. Raises LookupError for an operation
    without a handler.
    """
    calls = CallHandlers(envelopes, store)
    handlers: dict[str, Handler] = {
        "get_call": calls.get_call,
        "list_calls": calls.list_calls,
        "list_sms_conversations": SmsHandlers(envelopes).list_conversations,
        "log_in": oauth.log_in,
        "refresh_tokens": oauth.refresh_tokens,
        "revoke_token": oauth.revoke_token,
    }
    routes: dict[str, dict[str, Handler]] = {}
    for path, method, operation_id in served():
        if operation_id not in handlers:
            raise LookupError(f"the fake has no handler for {operation_id}: add one in {__name__}.make_app")
        handler = handlers[operation_id]
        if OPERATIONS[operation_id].needs_token:
            handler = _with_token(handler, token, oauth)
        routes.setdefault(path, {})[method] = handler

    async def refuse(_request: Request, exc: Exception) -> Response:
        error = cast("HTTPException", exc)
        return envelopes.respond(error.status_code, error.detail, headers=error.headers)

    recordings = Recordings(envelopes, store)
    app = Starlette(
        routes=[*(_route(path, methods) for path, methods in routes.items()), *recordings.routes()],
        exception_handlers={HTTPException: refuse},
        middleware=middleware,
    )
    # A trailing slash is a 404: the document has no redirects.
    app.router.redirect_slashes = False
    return app


def _route(path: str, methods: Mapping[str, Handler]) -> Route:
    async def respond(request: Request) -> Response:
        return await methods[request.method.lower()](request)

    route = Route(path, respond)
    # Starlette adds HEAD to GET; the document does not.
    route.methods = {method.upper() for method in methods}
    return route


def _with_token(handler: Handler, token: str, oauth: OAuth) -> Handler:
    async def check_then_handle(request: Request) -> Response:
        _check_token(request.headers.getlist("authorization"), token, oauth)
        return await handler(request)

    return check_then_handle


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
