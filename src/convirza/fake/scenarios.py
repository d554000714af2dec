"""Failures on request, in front of everything else, as a gateway or a network causes them.

A scenario is named for one request by the header `X-Fake-Scenario`, or for all by `create_app`:

- `server-error`: 500 with the envelope;
- `bad-gateway`: 502 with an HTML body;
- `rate-limited`: 429 with the envelope and `Retry-After: 2`;
- `slow`: the usual answer, after `slow_seconds`;
- `reset`: no answer, the connection is reset;
- `truncated`: the usual answer cut in half, under the `Content-Length` of the whole; then the
  connection is closed.

No ASGI message closes a connection. `reset` and `truncated` therefore send a message of their own,
`DROP`, which `FakeTransport` and `convirza.fake.server` understand; other servers reject it.
"""

from typing import Final

import anyio
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from convirza.fake.envelope import Envelopes

SCENARIO_HEADER: Final = "X-Fake-Scenario"
SCENARIOS: Final = ("server-error", "bad-gateway", "rate-limited", "slow", "reset", "truncated")

DROP: Final = "convirza.fake.drop"
"""Type of the message that asks for the end of the connection; `reset` says whether by a reset."""

_BAD_GATEWAY: Final = "<html><body><h1>502 Bad Gateway</h1></body></html>"
_UNKNOWN: Final = f"Unknown scenario. The scenarios are: {', '.join(SCENARIOS)}."


def check_scenario(name: str) -> None:
    """Raises ValueError, with the names there are, for a name that is no scenario."""
    if name not in SCENARIOS:
        raise ValueError(_UNKNOWN)


class ScenarioMiddleware:
    """Answers in the place of the app, or spoils its answer, as the scenario asks."""

    def __init__(
        self, app: ASGIApp, *, envelopes: Envelopes, scenario: str | None, slow_seconds: float
    ) -> None:
        """`scenario` is for requests that name none."""
        self._app = app
        self._envelopes = envelopes
        self._scenario = scenario
        self._slow_seconds = slow_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = self._envelopes.answer
        match Headers(scope=scope).get(SCENARIO_HEADER, self._scenario):
            case None:
                app = self._app
            case "server-error":
                app = answer(500, "Internal server error.")
            case "bad-gateway":
                app = HTMLResponse(_BAD_GATEWAY, 502)
            case "rate-limited":
                app = answer(429, "Too many requests.", headers={"Retry-After": "2"})
            case "slow":
                await _pause(receive, self._slow_seconds)
                app = self._app
            case "reset":
                await send({"type": DROP, "reset": True})
                return
            case "truncated":
                app, send = self._app, _cut_in_half(send)
            case _:
                app = answer(400, _UNKNOWN)
        await app(scope, receive, send)


async def _pause(receive: Receive, seconds: float) -> None:
    """Waits, but no longer than the client does, so that a server can stop at once."""
    with anyio.move_on_after(seconds):
        while (await receive())["type"] != "http.disconnect":
            pass


def _cut_in_half(send: Send) -> Send:
    async def cut(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        body: bytes = message["body"]
        await send({**message, "body": body[: len(body) // 2], "more_body": True})
        await send({"type": DROP, "reset": False})

    return cut
