from typing import Final
import anyio
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from convirza.fake.envelope import Envelopes
SCENARIO_HEADER: Final = 'X-Fake-Scenario'
SCENARIOS: Final = ('server-error', 'bad-gateway', 'rate-limited', 'slow', 'reset', 'truncated')
DROP: Final = 'convirza.fake.drop'
_BAD_GATEWAY: Final = '<html><body><h1>502 Bad Gateway</h1></body></html>'
_UNKNOWN: Final = f"Unknown scenario. The scenarios are: {', '.join(SCENARIOS)}."

def check_scenario(name: str) -> None:
    ...

class ScenarioMiddleware:

    def __init__(self, app: ASGIApp, *, envelopes: Envelopes, scenario: str | None, slow_seconds: float) -> None:
        self._app = app
        self._envelopes = envelopes
        self._scenario = scenario
        self._slow_seconds = slow_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ...

async def _pause(receive: Receive, seconds: float) -> None:
    ...

def _cut_in_half(send: Send) -> Send:
    ...
