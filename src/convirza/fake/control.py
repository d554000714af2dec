"""The fake API as one object: the app, and the methods that tests control it with."""

import contextlib
from collections import deque
from collections.abc import Callable, Generator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from convirza._generated import Call
from convirza.fake.app import CALLS_PATH, make_app, parse_id
from convirza.fake.envelope import Envelopes
from convirza.fake.oauth import ACCESS_LIFETIME, DEFAULT_EMAIL, DEFAULT_PASSWORD, REFRESH_LIFETIME, OAuth
from convirza.fake.records import DEFAULT_CALLS, DEFAULT_SEED, LARGEST_ID
from convirza.fake.scenarios import SCENARIO_HEADER, SCENARIOS, UNKNOWN_SCENARIO, check_scenario, perform
from convirza.fake.script import RecordedRequest, Script, Scripted
from convirza.fake.store import CallStore
from convirza.fake.transport import FakeTransport

DEFAULT_TOKEN: Final = "fake-convirza-token"
DEFAULT_SLOW_SECONDS: Final = 5.0

_MOST_REQUESTS: Final = 10_000
_FEWEST_CALLS: Final = 20  # the first ones have special ids
_MASKED: Final = frozenset({"authorization", "cookie", "proxy-authorization"})


class FakeAPI:
    """A fake Convirza API with calls, scripted responses and recorded requests.

        api = FakeAPI()
        call_id = api.add_call(disposition="BUSY")
        api.script("rate-limited", None)
        with api.serve() as base_url:  # or in process: httpx.Client(transport=api.transport)
            ...
        assert [request.status for request in api.requests] == [429, 200]

    Thread-safe: the server runs in its own thread.
    """

    def __init__(
        self,
        *,
        token: str = DEFAULT_TOKEN,
        seed: int = DEFAULT_SEED,
        calls: int = DEFAULT_CALLS,
        clock: Callable[[], datetime] | None = None,
        slow_seconds: float = DEFAULT_SLOW_SECONDS,
        email: str = DEFAULT_EMAIL,
        password: str = DEFAULT_PASSWORD,
        access_lifetime: timedelta = ACCESS_LIFETIME,
        refresh_lifetime: timedelta = REFRESH_LIFETIME,
    ) -> None:
        """`seed` determines the calls, `calls` their number; `clock`, usually a `FakeClock`, the time.

        `token` is the static bearer token that it accepts. `email` and `password` log in at `/oauth/token`;
        `access_lifetime` and `refresh_lifetime` are those of the tokens issued there. `slow_seconds` is the
        delay of the scenario `slow`.
        Raises ValueError for an empty token, and for less than 20 calls.
        """
        if not token:
            raise ValueError("The token must not be empty.")
        if calls < _FEWEST_CALLS:
            raise ValueError(f"calls must be {_FEWEST_CALLS} or more; got {calls}.")
        self.token: Final[str] = token
        self.email: Final[str] = email
        self.password: Final[str] = password
        self.base_url: str = "http://fake.invalid/v3"
        """The address of the API, with `/v3`: from the last `serve`, else a name for requests in process."""
        self._slow_seconds = slow_seconds
        self._envelopes = Envelopes(clock)
        self._store = CallStore(seed, calls)
        self._script = Script(self._envelopes)
        self._requests: deque[RecordedRequest] = deque(maxlen=_MOST_REQUESTS)
        self._oauth = OAuth(
            self._envelopes,
            email=email,
            password=password,
            access_lifetime=access_lifetime,
            refresh_lifetime=refresh_lifetime,
        )
        middleware = Middleware(_Control, api=self)
        self.app: Final[Starlette] = make_app(self._envelopes, self._store, self._oauth, token, [middleware])
        """The API as an ASGI app."""

    @property
    def oauth_url(self) -> str:
        """The address of the OAuth service, whose paths start with `/oauth/`."""
        return self.base_url.removesuffix("/v3")

    @property
    def transport(self) -> FakeTransport:
        """A transport for `httpx.Client` and `httpx.AsyncClient` that sends all requests to this API."""
        return FakeTransport(self.app)

    @contextlib.contextmanager
    def serve(self, host: str = "127.0.0.1", port: int = 0) -> Generator[str]:
        """Serves the API over HTTP inside the context; yields the base URL, with `/v3`.

        Raises OSError if the port is in use or the host is not a local address.
        """
        from convirza.fake.server import serve  # the only part that needs uvicorn

        with serve(self.app, host, port) as base_url:
            self.base_url = base_url
            yield base_url

    def add_call(self, record: Call | Mapping[str, Any] | None = None, /, **members: Any) -> int:
        """Adds a call and returns its id: `add_call(call_id=5, disposition="BUSY")`.

        `record` is as the API sends it, or a `Call`; `members` come on top. What neither names is null,
        but for `call_id`, which is the next free one, and `org_unit_id`.
        Raises ValueError for a record that does not match the document, with the place and the rule, and
        for an id that is taken.
        """
        return self._store.add(record, members)

    def change_call(self, call_id: int, /, **members: Any) -> None:
        """Replaces members of a call: `change_call(5, duration=61)`.

        Raises ValueError for a record that no longer matches the document, and for an unknown call.
        """
        self._store.change(call_id, members)

    def remove_call(self, call_id: int, /) -> None:
        """Removes a call: requests for it get a 404. Raises ValueError for an unknown call."""
        self._store.remove(call_id)

    def script(
        self,
        *responses: Scripted,
        call_id: int | None = None,
        path: str = "/v3/",
        times: int | None = 1,
        retry_after: int | datetime | None = None,
        slow_seconds: float | None = None,
    ) -> None:
        """Scripts the next responses, one for each request: `script("rate-limited", "bad-gateway", None)`.

        A response is the name of one of `SCENARIOS`; `None` for the normal response; `(status, body)` or
        `(status, body, headers)`, which must match the document; or a callable that gets the
        `RecordedRequest` and returns one of these. The script applies to requests whose path starts with
        `path`, such as `/oauth/refresh-token`. With `call_id`, it applies to that call only, and before
        scripts without one. It is repeated `times` times; None repeats it forever. `retry_after`, in seconds
        or an aware datetime, applies to `rate-limited` and `unavailable`; `slow_seconds` to `slow`.
        Raises ValueError for a response that does not match the document, and for a script that no request
        can reach.
        """
        served = [route.path for route in self.app.routes if isinstance(route, Route)]
        if not any(known.startswith(path) or path.startswith(known) for known in served):
            raise ValueError(f"The fake serves nothing at {path}, only {', '.join(served)}.")
        if call_id is not None and (type(call_id) is not int or not 1 <= call_id <= LARGEST_ID):
            raise ValueError(f"call_id must be a whole number from 1 to 2^63-1; got {call_id!r}.")
        self._script.add(
            responses,
            call_id=call_id,
            path=path,
            times=times,
            retry_after=retry_after,
            slow_seconds=self._slow_seconds if slow_seconds is None else slow_seconds,
        )

    def check(self) -> None:
        """Raises the first error of a scripted callable, or the ValueError for its return value."""
        self._script.check()

    @property
    def requests(self) -> list[RecordedRequest]:
        """The last 10,000 requests, in the order of their arrival."""
        return list(self._requests)

    def reset(self) -> None:
        """Resets the API: the calls of the seed, no scripts, no requests, no OAuth tokens."""
        self._store.reset()
        self._script.reset()
        self._oauth.reset()
        self._requests.clear()

    def _respond(self, request: RecordedRequest, scenario: str | None, app: ASGIApp) -> ASGIApp:
        self._requests.append(request)
        if scenario is None:
            return self._script.play(request, app)
        if scenario not in SCENARIOS:
            return self._envelopes.respond(400, UNKNOWN_SCENARIO)
        return perform(scenario, app, self._envelopes, slow_seconds=self._slow_seconds)


def create_app(
    *,
    token: str = DEFAULT_TOKEN,
    seed: int = DEFAULT_SEED,
    calls: int = DEFAULT_CALLS,
    scenario: str | None = None,
    clock: Callable[[], datetime] | None = None,
    slow_seconds: float = DEFAULT_SLOW_SECONDS,
) -> Starlette:
    """The fake API as an ASGI app only; tests usually need a `FakeAPI`.

    It accepts the bearer token `token`, and those issued by `/oauth/token`. `seed` determines the calls,
    which are created at the first request. `scenario`, one of `SCENARIOS`, applies to requests that name
    none. `clock` returns the time as an aware datetime; `slow_seconds` is the delay of the scenario `slow`.

    Raises ValueError for an empty token and for an unknown scenario.
    """
    api = FakeAPI(token=token, seed=seed, calls=calls, clock=clock, slow_seconds=slow_seconds)
    if scenario is not None:
        check_scenario(scenario)
        api.script(scenario, path="/", times=None)
    return api.app


class _Control:
    """Records each request, and responds from the script before the app."""

    def __init__(self, app: ASGIApp, *, api: FakeAPI) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _describe(scope)

        async def send_and_note(message: Message) -> None:
            if message["type"] == "http.response.start":
                request.status = message["status"]
            await send(message)

        scenario = Headers(scope=scope).get(SCENARIO_HEADER)
        respond = self._api._respond(request, scenario, self._app)  # pyright: ignore[reportPrivateUsage]
        await respond(scope, receive, send_and_note)


def _describe(scope: Scope) -> RecordedRequest:
    request = Request(scope)
    path: str = scope["path"]
    return RecordedRequest(
        method=request.method,
        path=path,
        call_id=parse_id(path.removeprefix(CALLS_PATH)) if path.startswith(CALLS_PATH) else None,
        include=tuple(
            name for value in request.query_params.getlist("include") for name in value.split(",") if name
        ),
        headers={name: _mask(name, value) for name, value in request.headers.items()},
        query=dict(request.query_params),
    )


def _mask(name: str, value: str) -> str:
    if name not in _MASKED:
        return value
    scheme, space, _ = value.partition(" ")
    return f"{scheme} ***" if space and name != "cookie" else "***"
