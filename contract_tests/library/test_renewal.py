"""Tokens are renewed once for all, no more often than needed, and kept while one is valid.

A refresh that has begun is finished and stored, whatever becomes of those who wait for it.
"""

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest

from convirza import (
    AsyncConvirza,
    AuthenticationError,
    Convirza,
    FileTokenStore,
    MemoryTokenStore,
    RawResponse,
    StoredAuth,
    TimeoutError,
    Tokens,
    TokenStore,
    WrongRecordError,
)
from convirza._core.clock import SystemClock
from convirza._core.credentials import TokenContext
from convirza._core.effects import Failure
from convirza._core.transport import Sender, Stopped
from convirza.fake import FakeAPI
from support.library.token_service import (
    API_URL,
    EMAIL,
    GET,
    LOGIN,
    OAUTH_URL,
    REFRESH,
    REVOKE,
    WEEK,
    TokenService,
    acquire,
    async_client,
    get_call,
    log_in,
    log_in_and_expire,
    log_out,
    password_auth,
    response,
    stored_auth,
    sync_client,
)
from support.library.virtual_time import LoopClock, run


def pair(user: dict[str, object]) -> Any:
    """The tokens of a user."""
    tokens = {"access_token": "canary-access-9", "refresh_token": "canary-refresh-9"}
    return response(200, {"data": {**tokens, "user": user}})


@pytest.mark.parametrize("user", [{"user_id": 8}, {"user_id": 7, "email": "canary-other@mail.example"}])
def test_tokens_of_another_account_are_rejected(service: TokenService, user: dict[str, object]) -> None:
    """Neither a login nor a refresh accepts or stores them; the same account in other letters is accepted."""
    store = MemoryTokenStore()
    auth = password_auth(store=store)
    service.script[LOGIN].append(pair({"user_id": 7, "email": EMAIL.title()}))
    assert log_in(auth, service) is None
    stored = store.load()
    service.script[GET].append(response(401))
    service.script[REFRESH].append(pair(user))
    error = get_call(auth, service)
    assert isinstance(error, WrongRecordError)
    assert "canary" not in str(error)
    if "email" in user:
        service.script[LOGIN].append(pair(user))
        error = log_in(auth, service)
        assert isinstance(error, WrongRecordError)
    assert store.load() == stored


FAILURES = {
    "503": response(503),
    "429": response(429, retry_after="120"),
    "refused": response(401),
    "no connection": Failure("connection"),
    "timeout": Failure("timeout"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_good_token_outlives_a_refresh_that_fails(service: TokenService, name: str) -> None:
    """The access token is used as long as it is good, and the refresh is tried again a minute later."""
    auth = stored_auth(service, left=200)
    service.script[REFRESH].extend([FAILURES[name]] * 3)
    for _ in range(5):
        assert isinstance(get_call(auth, service), RawResponse)
    assert service.counts[REFRESH] == 1
    assert service.clock.sleeps == []
    service.script[REFRESH].clear()
    service.clock.advance(61)
    assert isinstance(get_call(auth, service), RawResponse)
    assert service.counts[REFRESH] == 1 + (name != "refused")


def test_expired_token_is_not_used(service: TokenService) -> None:
    """When nothing is good any more, the failure of the refresh is raised."""
    auth = stored_auth(service)
    service.script[REFRESH].extend([response(503)] * 3)
    assert not isinstance(acquire(auth, service), str)
    assert service.counts[GET] == 0


def test_refused_refresh_token_is_sent_once(service: TokenService) -> None:
    """Twenty calls send a dead refresh token once; a login by another process is found in the store."""
    auth = stored_auth(service)
    service.alive.clear()
    for _ in range(20):
        assert isinstance(get_call(auth, service), AuthenticationError)
    assert service.counts == {REFRESH: 1}
    now = service.clock.time()
    service.alive |= {"canary-access-9", "canary-refresh-9"}
    auth._store.save(Tokens("canary-access-9", "canary-refresh-9", now, now + WEEK))
    assert isinstance(get_call(auth, service), RawResponse)


def test_api_that_always_refuses_causes_one_renewal_a_minute(service: TokenService, tmp_path: Path) -> None:
    """For all processes that share a token file, though a new token does not cure a 401 about the account."""
    stored_auth(service, FileTokenStore(tmp_path / "t.json"), left=WEEK)
    service.script[GET].extend([response(401)] * 50)
    others = [StoredAuth(FileTokenStore(tmp_path / "t.json"), oauth_url=OAUTH_URL) for _ in range(3)]
    errors = [get_call(auth, service) for auth in others for _ in range(3)]
    auth = others[1]
    assert all(isinstance(error, AuthenticationError) for error in errors)
    assert service.counts[REFRESH] == 1
    assert "its account has access" in str(errors[0])
    assert "check that the role and the org unit" in str(errors[-1])
    service.clock.advance(61)
    get_call(auth, service)
    assert service.counts[REFRESH] == 2
    assert log_in(auth, service) is None
    assert service.counts[REFRESH] == 3


@pytest.fixture
def lock(tmp_path: Path) -> AbstractContextManager[Any]:
    """The lock on the token file `t.json`, held by another process until its block ends."""
    lock = FileTokenStore(tmp_path / "t.json").try_lock()
    assert lock is not None
    return lock


def test_renewal_waits_for_another_process(
    service: TokenService, tmp_path: Path, lock: AbstractContextManager[Any]
) -> None:
    """While another process holds the lock, also by a link, nothing is sent; what it stored is then used."""
    (tmp_path / "link.json").symlink_to(tmp_path / "t.json")
    store, now = FileTokenStore(tmp_path / "link.json"), service.clock.time()
    auth = stored_auth(service, store)
    with lock:
        assert store.try_lock() is None
        assert type(acquire(auth, service, seconds=5)) is TimeoutError
        store.save(Tokens("canary-access-1", "canary-refresh-1", now, now + WEEK))
    assert acquire(auth, service) == "canary-access-1"
    assert service.asked == []
    assert (tmp_path / "link.json").is_symlink()


def test_log_out_waits_for_another_process(
    service: TokenService, tmp_path: Path, lock: AbstractContextManager[Any]
) -> None:
    """While another process renews the tokens nothing is revoked; then the new ones are."""
    store = FileTokenStore(tmp_path / "t.json")
    auth = stored_auth(service, store)
    with lock:
        assert type(log_out(auth, service, seconds=5)) is TimeoutError
        assert service.revoked == []
        store.save(Tokens("canary-access-1", "canary-refresh-1"))
    assert log_out(auth, service) is None
    assert service.revoked == [("refresh", "canary-refresh-1"), ("access", "canary-access-1")]
    assert store.load() is None


def test_good_token_outlives_a_lock_that_is_held(
    service: TokenService, tmp_path: Path, lock: AbstractContextManager[Any]
) -> None:
    """Another process renews, and takes long: the good token is used after a third of the deadline."""
    auth = stored_auth(service, FileTokenStore(tmp_path / "t.json"), left=200)
    with lock:
        assert acquire(auth, service, seconds=15) == "canary-access-0"
    assert sum(service.clock.sleeps) == pytest.approx(5)


# ---------------------------------------------------------------------------- a refresh that has begun


def late_client(auth: StoredAuth, service: TokenService, delay: Callable[[str], Any]) -> AsyncConvirza:
    async def respond(request: httpx.Request) -> httpx.Response:
        response = service._respond(request)  # the old tokens are dead before the new ones are delivered
        await delay(request.url.path)
        return response

    return async_client(auth, httpx.MockTransport(respond), clock=LoopClock())


def refresh_token(store: TokenStore) -> str | None:
    tokens = store.load()
    assert tokens is not None
    return tokens.refresh_token


async def a_second(path: str) -> None:
    await asyncio.sleep(1 if path == REFRESH else 0)


@pytest.mark.parametrize("how", ["cancelled", "deadline", "closed", "another process"])
def test_refresh_outlives_the_task_that_waited(tmp_path: Path, how: str) -> None:
    """The new tokens are stored; the next request, and another process, wait for them and do not refresh."""
    service = TokenService(LoopClock())
    store = FileTokenStore(tmp_path / "t.json")

    async def main() -> None:
        client = late_client(stored_auth(service, store), service, a_second)
        other = StoredAuth(FileTokenStore(tmp_path / "t.json"), oauth_url=OAUTH_URL)
        cancel = how in ("cancelled", "closed")
        task = asyncio.create_task(client.calls.get(1, deadline=60 if cancel else 0.5))
        await asyncio.sleep(0.4)
        if cancel:
            task.cancel()
        (result,) = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(result, asyncio.CancelledError | TimeoutError)
        assert asyncio.get_running_loop().time() <= 0.5
        if how == "closed":
            await client.close()
            assert refresh_token(store) == "canary-refresh-1"
        elif how != "another process":
            assert (await client.calls.get(2)).call_id == 2
        assert (await late_client(other, service, a_second).calls.get(3)).call_id == 3

    run(main())
    assert service.counts == {REFRESH: 1, GET: 1 if how in ("closed", "another process") else 2}


POSIX = pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="this system cannot signal a thread")


@pytest.mark.parametrize("how", [pytest.param("interrupted", marks=POSIX), "stopped", "deadline"])
def test_refresh_outlives_the_thread_that_waited(how: str) -> None:
    """Ctrl-C, a loop over `get_many` that is left, and a short deadline do not end the refresh."""
    service, store, clock = TokenService(SystemClock()), MemoryTokenStore(), SystemClock()
    auth = stored_auth(service, store)
    stopped, left = threading.Event(), threading.Event()

    def hold(path: str) -> None:
        if path == REFRESH:
            if how == "interrupted":
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            stopped.set()
            assert left.wait(20), "the refresh did not end"

    service.before = hold
    with httpx.Client(transport=service.transport()) as http:
        client = Convirza(auth=auth, base_url=API_URL, http_client=http, drift="off")
        with pytest.raises((KeyboardInterrupt, Stopped, TimeoutError)):
            if how == "stopped":
                Sender(http).run(auth.acquire(TokenContext(clock), clock.monotonic() + 60), clock, stopped)
            else:
                client.calls.get(1, deadline=0.1 if how == "deadline" else 60)
        left.set()
        assert client.calls.get(2).call_id == 2
    assert refresh_token(store) == "canary-refresh-1"
    assert service.counts == {REFRESH: 1, GET: 1}


PROGRAM = """
import asyncio, sys
from convirza import AsyncConvirza, Convirza, FileTokenStore, StoredAuth
auth = StoredAuth(FileTokenStore(sys.argv[1]), oauth_url=sys.argv[3])
async def main():
    await asyncio.wait_for(AsyncConvirza(base_url=sys.argv[2], auth=auth).calls.get(987654), 0.05)
try:
    if sys.argv[4] == "async":
        asyncio.run(main())
    Convirza(base_url=sys.argv[2], auth=auth).calls.get(987654, deadline=0.05)
except TimeoutError:
    print("late")
"""


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_refresh_outlives_the_program(tmp_path: Path, kind: str) -> None:
    """A process or event loop that ends in the middle of a refresh stores its result first."""
    api = FakeAPI()
    store = FileTokenStore(tmp_path / "t.json")
    with api.serve() as url:
        tokens = log_in_and_expire(api, store)
        api.script("slow", path="/oauth/refresh-token", slow_seconds=0.5)
        command = [sys.executable, "-c", PROGRAM, tmp_path / "t.json", url, api.oauth_url, kind]
        assert subprocess.run(command, capture_output=True, timeout=60, check=True).stdout == b"late\n"
        assert refresh_token(store) != tokens.refresh_token


def test_short_timeout_does_not_end_a_refresh() -> None:
    """The timeout of the client is for its own requests: the service may have rotated the tokens already."""
    service, sent = TokenService(SystemClock()), list[float]()
    auth = stored_auth(service)

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(request.extensions["timeout"]["read"])
        return service._respond(request)

    with httpx.Client(transport=httpx.MockTransport(respond)) as http:
        client = Convirza(auth=auth, base_url=API_URL, http_client=http, drift="off", timeout=0.5)
        assert client.calls.get(2).call_id == 2
    assert sent == [30, 0.5]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_exception_in_a_refresh_is_raised_to_its_caller(asynchronous: bool) -> None:
    """As if the refresh were the caller's own; the next request refreshes anew."""
    service = TokenService(SystemClock())
    auth = stored_auth(service)
    raised: list[KeyboardInterrupt] = []

    def interrupt(path: str) -> None:
        if path == REFRESH and not raised:
            raised.append(KeyboardInterrupt("canary"))
            raise raised[0]

    async def main() -> None:
        client = async_client(auth, service.async_transport(lambda _path: asyncio.sleep(0)))
        with pytest.raises(KeyboardInterrupt, match="canary"):
            await client.calls.get(1)
        assert (await client.calls.get(2)).call_id == 2

    service.before = interrupt
    if asynchronous:
        asyncio.run(main())
    else:
        with sync_client(auth, service) as client:
            with pytest.raises(KeyboardInterrupt, match="canary"):
                client.calls.get(1)
            assert client.calls.get(2).call_id == 2
    assert service.counts == {REFRESH: 1, GET: 1}


def test_refresh_that_can_be_done_without_takes_a_third_of_the_deadline() -> None:
    """The good token is used then, by the next request at once; the late result is stored all the same."""
    service, store = TokenService(LoopClock()), MemoryTokenStore()

    async def delay(path: str) -> None:
        await asyncio.sleep(20 if path == REFRESH else 0)

    async def main() -> None:
        client = late_client(stored_auth(service, store, 200), service, delay)
        service.before = lambda path: service.alive.add("canary-access-0") if path == GET else None
        for _ in range(2):
            assert (await client.calls.get(1, deadline=15)).call_id == 1
            assert asyncio.get_running_loop().time() == pytest.approx(5)
        service.before = lambda _path: None
        await asyncio.sleep(16)
        service.alive.remove("canary-access-0")
        assert (await client.calls.get(1)).call_id == 1

    run(main())
    assert service.counts == {GET: 3, REFRESH: 1}


def test_log_out_waits_for_a_refresh() -> None:
    """The tokens of the refresh are revoked too, and not stored again."""
    service, store = TokenService(LoopClock()), MemoryTokenStore()

    async def main() -> None:
        client = late_client(stored_auth(service, store), service, a_second)
        with pytest.raises(TimeoutError):
            await client.calls.get(1, deadline=0.5)
        await client.log_out()

    run(main())
    assert store.load() is None
    assert service.kinds == [REFRESH, REVOKE, REVOKE]
    assert {token for _, token in service.revoked} == {"canary-access-1", "canary-refresh-1"}
