"""Scenarios: what the API, a gateway or a network may do instead of the normal response.

The header `X-Fake-Scenario` selects a scenario for one request, `create_app` for all requests, and
`FakeAPI.script` for the next requests.

Errors with the envelope: `unauthorized` (401), `forbidden` (403), `not-found` (404), `gone` (410, what the
public docs say of an expired recording), `rate-limited` (429 with `Retry-After: 2`), `server-error` (500),
`unavailable` (503).

From a gateway or a network: `bad-gateway` (502 with HTML), `html` (200 with HTML), `empty` (200 without a
body), `slow` (the normal response after `slow_seconds`), `reset` (no response, the connection is reset),
`truncated` (the normal response cut in half, under the `Content-Length` of the whole; then the connection is
closed).

The normal record, malformed: `wrong-type` (`duration` is a string), `missing-member` (no `call_id`),
`unknown-member` (one that the document does not list), `unknown-disposition` (a value that it does not list).

ASGI has no message that closes a connection. `reset` and `truncated` therefore send their own message,
`DROP`, which `FakeTransport` and `convirza.fake.server` understand; other servers reject it.
"""

import email.utils
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

import anyio
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from convirza.fake.envelope import Envelopes

SCENARIO_HEADER: Final = "X-Fake-Scenario"

DROP: Final = "convirza.fake.drop"
"""Type of the message that closes the connection; its `reset` says whether by a reset."""

ERRORS: Final[Mapping[str, tuple[int, str]]] = MappingProxyType(
    {
        "unauthorized": (401, "Invalid or expired access token."),
        "forbidden": (403, "You do not have access to this call."),
        "not-found": (404, "Call not found."),
        "gone": (410, "Recording URL has expired. Please re-fetch the call to get a fresh link."),
        "rate-limited": (429, "Too many requests."),
        "server-error": (500, "Internal server error."),
        "unavailable": (503, "Service unavailable."),
    }
)
MALFORMED: Final[Mapping[str, Callable[[dict[str, Any]], object]]] = MappingProxyType(
    {
        "wrong-type": lambda record: record.update(duration="three minutes"),
        "missing-member": lambda record: record.pop("call_id"),
        "unknown-member": lambda record: record.update(unknown_member="unknown"),
        "unknown-disposition": lambda record: record.update(disposition="RINGING"),
    }
)
"""Changes that make the record of a normal response malformed, by scenario."""

SCENARIOS: Final = (
    "server-error",
    "bad-gateway",
    "rate-limited",
    "slow",
    "reset",
    "truncated",
    "unauthorized",
    "forbidden",
    "not-found",
    "gone",
    "unavailable",
    "html",
    "empty",
    *MALFORMED,
)
WITH_RETRY_AFTER: Final = ("rate-limited", "unavailable")
"""The scenarios whose response may have a `Retry-After`."""

_BAD_GATEWAY: Final = "<html><body><h1>502 Bad Gateway</h1></body></html>"
_SIGN_IN: Final = "<html><body><h1>Sign in to the network</h1></body></html>"
UNKNOWN_SCENARIO: Final = f"Unknown scenario. The scenarios are: {', '.join(SCENARIOS)}."


def check_scenario(name: str) -> None:
    """Raises ValueError for an unknown scenario, with all names."""
    if name not in SCENARIOS:
        raise ValueError(UNKNOWN_SCENARIO)


def perform(
    name: str,
    app: ASGIApp,
    envelopes: Envelopes,
    *,
    retry_after: int | datetime | None = None,
    slow_seconds: float,
) -> ASGIApp:
    """The app with the behaviour of a scenario, for one request.

    `retry_after` is in seconds or a date, for the scenarios `WITH_RETRY_AFTER`.
    """
    if name in MALFORMED:
        return _change_record(app, MALFORMED[name])
    match name:
        case "bad-gateway":
            return HTMLResponse(_BAD_GATEWAY, 502)
        case "html":
            return HTMLResponse(_SIGN_IN)
        case "empty":
            return Response(media_type="application/json")
        case "slow":
            return _delay(app, slow_seconds)
        case "reset":
            return _reset
        case "truncated":
            return _cut_in_half(app)
        case _:
            status, message = ERRORS[name]
    headers: dict[str, str] = {}
    if name == "unauthorized":
        headers["WWW-Authenticate"] = "Bearer"
    if name == "rate-limited" and retry_after is None:
        retry_after = 2
    if retry_after is not None:
        headers["Retry-After"] = _retry_after(retry_after)
    return envelopes.respond(status, message, headers=headers)


def _retry_after(when: int | datetime) -> str:
    if isinstance(when, datetime):
        return email.utils.format_datetime(when.astimezone(UTC), usegmt=True)
    return str(when)


def _delay(app: ASGIApp, seconds: float) -> ASGIApp:
    async def late(scope: Scope, receive: Receive, send: Send) -> None:
        # Ends when the client disconnects, so that a server can stop at once. Keeps the body for the app.
        kept: list[Message] = []
        with anyio.move_on_after(seconds):
            while not kept or kept[-1]["type"] != "http.disconnect":
                kept.append(await receive())

        async def receive_kept() -> Message:
            return kept.pop(0) if kept else await receive()

        await app(scope, receive_kept, send)

    return late


async def _reset(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": DROP, "reset": True})


def _cut_in_half(app: ASGIApp) -> ASGIApp:
    async def truncated(scope: Scope, receive: Receive, send: Send) -> None:
        async def cut(message: Message) -> None:
            if message["type"] != "http.response.body":
                await send(message)
                return
            body: bytes = message["body"]
            await send({**message, "body": body[: len(body) // 2], "more_body": True})
            await send({"type": DROP, "reset": False})

        await app(scope, receive, cut)

    return truncated


def _change_record(app: ASGIApp, change: Callable[[dict[str, Any]], object]) -> ASGIApp:
    async def malformed(scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {}

        async def change_body(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            body = json.loads(message["body"])
            record = body.get("data", {}).get("result")
            if start["status"] != 200 or record is None:  # errors have no record
                await send(start)
                await send(message)
                return
            change(record)
            await JSONResponse(body)(scope, receive, send)

        await app(scope, receive, change_body)

    return malformed
