"""The token service and the API behind it, in memory: rotation, expiry, single use, and what is scripted.

The logic of the library is stepped through with `play`, without a network and without time; `transport` puts
the same service behind a client.
"""

import contextlib
import json
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import httpx
from attrs import evolve

from convirza import (
    AsyncConvirza,
    Convirza,
    ConvirzaError,
    MemoryTokenStore,
    PasswordAuth,
    StoredAuth,
    Tokens,
    TokenStore,
)
from convirza._core.attempts import Core, Options
from convirza._core.credentials import Auth, TokenContext
from convirza._core.drift import DriftLog
from convirza._core.effects import Failure, Finish, Reply, Request, Send, Sleep, Wait
from convirza._core.responses import RawResponse
from convirza._resources.call_records import get_call_by_id
from convirza.fake import DEFAULT_EMAIL, DEFAULT_PASSWORD, FakeAPI, FakeClock

EMAIL = "canary-agent@mail.example"
PASSWORD = "canary password"  # with a space, which no token has
CANARIES = ("canary", "Y2FuYXJ5")

GET = "GET"
LOGIN, REFRESH, REVOKE = "/oauth/token", "/oauth/refresh-token", "/oauth/revoke-token"
OAUTH_URL = "https://oauth.test"
API_URL = "https://api.test/v3"
WEEK = 7 * 86400.0

ScriptedResponse = tuple[int, dict[str, str], bytes] | Failure


class Asked(NamedTuple):
    """A request as the service saw it."""

    at: float
    path: str
    body: Any


def response(status: int, body: Any = None, **headers: str) -> ScriptedResponse:
    """A scripted response; a body that is not bytes is sent as JSON, headers with _ for -."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, {"content-type": "application/json", **given}, content


class TokenService:
    """Issues tokens `canary-access-1` and `canary-refresh-1`, then those of number 2, and so on."""

    def __init__(self, clock: Any = None, life: float = WEEK) -> None:
        self.clock: Any = clock or FakeClock()
        self.life = life
        self.asked: list[Asked] = []
        self.script: dict[str, deque[ScriptedResponse]] = defaultdict(deque)
        self.before: Callable[[str], None] = lambda path: None
        self.revoked: list[tuple[str, str]] = []
        self.pairs = 0
        self.alive: set[str] = set()  # access and refresh tokens
        self._lock = threading.Lock()

    @property
    def kinds(self) -> list[str]:
        """The requests so far: the path of each, GET for those of calls."""
        return [asked.path for asked in self.asked]

    @property
    def counts(self) -> Counter[str]:
        """How many requests each path got."""
        return Counter(asked.path for asked in self.asked)

    def kill(self) -> None:
        """Makes all access tokens useless, as the vendor may at any time; refresh tokens still work."""
        self.alive = {token for token in self.alive if "refresh" in token}

    def __call__(self, request: Request) -> Reply | Failure:
        """Responds to a request of the library's logic."""
        path = request.url.removeprefix(OAUTH_URL).removeprefix(API_URL)
        body = None if request.content is None else json.loads(request.content)
        found = self.respond(path, body, request.headers.get("authorization"))
        return found if isinstance(found, Failure) else Reply(found[0], httpx.Headers(found[1]), found[2])

    @contextlib.contextmanager
    def held_login(self) -> Generator[threading.Event]:
        """A login gets no response within the context; returns an event that is set when one is received."""
        begun, end = threading.Event(), threading.Event()

        def hold(path: str) -> None:
            if path == LOGIN:
                begun.set()
                assert end.wait(20), "the login did not end"

        self.before = hold
        try:
            yield begun
        finally:
            end.set()

    def respond(self, path: str, body: Any, authorization: str | None) -> ScriptedResponse:
        """The scripted response for the path, or else the correct one."""
        kind = path if path.startswith("/oauth/") else GET
        self.before(kind)
        with self._lock:
            self.asked.append(Asked(self.clock.monotonic(), kind, body))
            if self.script[kind]:
                return self.script[kind].popleft()
            if kind == LOGIN:
                right = body == {"email": EMAIL, "password": PASSWORD}
                return self._pair() if right else response(401, {"message": "canary"})
            if kind == REFRESH:
                token = body["refresh_token"]
                if token not in self.alive:
                    return response(401, {"message": "canary"})
                self.alive -= {token, token.replace("refresh", "access")}
                return self._pair()
            if kind == REVOKE:
                self.revoked.append((body["token_type"], body["token"]))
                self.alive.discard(body["token"])
                return response(200, {"message": "Success"})
            if (authorization or "").removeprefix("Bearer ") not in self.alive:
                return response(401, {"message": "canary"})
            return response(
                200, {"data": {"result": {"call_id": int(path.rpartition("/")[2].partition("?")[0])}}}
            )

    def _pair(self) -> ScriptedResponse:
        self.pairs += 1
        access, refresh = f"canary-access-{self.pairs}", f"canary-refresh-{self.pairs}"
        self.alive |= {access, refresh}
        expiry = datetime.fromtimestamp(self.clock.time() + self.life, UTC).isoformat()
        pair = {"access_token": access, "refresh_token": refresh, "expires_in": expiry}
        return response(200, {"data": {**pair, "frontend_token": "canary", "user": {"email": EMAIL}}})

    def transport(self) -> httpx.MockTransport:
        """Puts the service behind an `httpx.Client`; `before` may block there."""
        return httpx.MockTransport(self._respond)

    def _respond(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        path = str(request.url).removeprefix(OAUTH_URL).removeprefix(API_URL)
        found = self.respond(path, body, request.headers.get("authorization"))
        if isinstance(found, Failure):
            raise httpx.ReadTimeout("") if found.kind == "timeout" else httpx.ConnectError("canary")
        return httpx.Response(found[0], headers=found[1], content=found[2])

    def async_transport(self, delay: Callable[[str], Any]) -> httpx.MockTransport:
        """Puts the service behind an `httpx.AsyncClient`; `delay` is awaited first, by path."""

        async def respond(request: httpx.Request) -> httpx.Response:
            await delay(request.url.path)
            return self._respond(request)

        return httpx.MockTransport(respond)


def play(flow: Generator[Any, Any, Any], service: TokenService) -> Any:
    """Runs the effects of a flow at once: the service responds, a sleep moves its clock."""
    given: Any = None
    while True:
        try:
            effect = flow.send(given)
        except StopIteration as end:
            return end.value
        given = None
        if isinstance(effect, Send):
            assert effect.seconds > 0
            given = service(effect.request)
        elif isinstance(effect, Finish):
            effect.future.set_result(play(effect.flow, service))
        elif isinstance(effect, Wait):
            assert effect.future.done(), "no other flow to wait for"
        else:
            assert isinstance(effect, Sleep)
            assert effect.seconds > 0
            service.clock.sleep(effect.seconds)


def password_auth(password: str = PASSWORD, **options: Any) -> PasswordAuth:
    """An auth of the account that there is."""
    return PasswordAuth(EMAIL, password, oauth_url=OAUTH_URL, **options)


def stored_auth(service: TokenService, store: TokenStore | None = None, left: float = -1) -> StoredAuth:
    """A login whose access token lives for `left` more seconds; by default it has expired."""
    now = service.clock.time()
    service.alive |= {"canary-access-0", "canary-refresh-0"}
    store = store or MemoryTokenStore()
    store.save(Tokens("canary-access-0", "canary-refresh-0", now - WEEK + left, now + left))
    return StoredAuth(store, oauth_url=OAUTH_URL)


@contextlib.contextmanager
def sync_client(auth: Any, service: TokenService) -> Generator[Convirza]:
    """A client whose requests are sent to the service."""
    with httpx.Client(transport=service.transport()) as http:
        yield Convirza(auth=auth, base_url=API_URL, http_client=http, drift="off")


def async_client(auth: Any, transport: httpx.MockTransport, **options: Any) -> AsyncConvirza:
    """The same for asyncio, with a transport of the service."""
    http = httpx.AsyncClient(transport=transport)
    return AsyncConvirza(auth=auth, base_url=API_URL, http_client=http, drift="off", **options)


def end_of(flow: Generator[Any, Any, Any], given: Any = None) -> Any:
    """What a flow returns after its last effect, whose result is `given`."""
    try:
        effect = flow.send(given)
    except StopIteration as end:
        return end.value
    raise AssertionError(f"the flow goes on: {effect}")


def get_call(auth: Auth, service: TokenService, **options: Any) -> RawResponse[Any] | ConvirzaError:
    """One call of the API."""
    core = Core(API_URL, auth, service.clock, "off", DriftLog(None))
    wanted = {"timeout": 30.0, "deadline": 60.0, "max_retries": 3, "headers": {}, **options}
    result = play(core.run(get_call_by_id(7, []), Options(**wanted)), service)
    assert isinstance(result, RawResponse | ConvirzaError)
    return result


def acquire(auth: Auth, service: TokenService, seconds: float = 60.0) -> Any:
    """A token, or an error."""
    return play(auth.acquire(TokenContext(service.clock), service.clock.monotonic() + seconds), service)


def log_in(auth: Auth, service: TokenService, seconds: float = 60.0) -> Any:
    """None, or an error."""
    return play(auth.log_in(TokenContext(service.clock), service.clock.monotonic() + seconds), service)


def log_out(auth: Auth, service: TokenService, seconds: float = 60.0) -> Any:
    """None, or an error."""
    return play(auth.log_out(TokenContext(service.clock), service.clock.monotonic() + seconds), service)


def log_in_and_expire(api: FakeAPI, store: TokenStore) -> Tokens:
    """Logs in to a served fake; returns the tokens, which then are in the store as expired ones."""
    auth = PasswordAuth(DEFAULT_EMAIL, DEFAULT_PASSWORD, store=store, oauth_url=api.oauth_url)
    with Convirza(base_url=api.base_url, auth=auth) as convirza:
        convirza.log_in()
    tokens = store.load()
    assert tokens is not None
    store.save(evolve(tokens, obtained_at=0.0, expires_at=1.0))
    return tokens
