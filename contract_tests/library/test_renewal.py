"""Tokens are renewed once for all, no more often than needed, and kept while one is valid."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from convirza import (
    AuthenticationError,
    FileTokenStore,
    MemoryTokenStore,
    RawResponse,
    StoredAuth,
    TimeoutError,
    Tokens,
    WrongRecordError,
)
from convirza._core.effects import Failure
from support.library.token_service import (
    EMAIL,
    GET,
    LOGIN,
    OAUTH_URL,
    REFRESH,
    WEEK,
    TokenService,
    acquire,
    get_call,
    log_in,
    log_out,
    password_auth,
    response,
    stored_auth,
)


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
