"""Tokens that are kept: taken from a store, renewed in it, stores that fail, and log out."""

import errno
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from convirza import (
    AuthenticationError,
    ConfigurationError,
    FileTokenStore,
    ServerError,
    StaticToken,
    StoredAuth,
)
from convirza._auth.tokens import MemoryTokenStore, Tokens
from convirza._core.credentials import TokenContext
from convirza._core.effects import Finish, Send
from convirza._core.responses import RawResponse
from convirza.fake import FakeAPI
from support.library.token_service import (
    GET,
    LOGIN,
    OAUTH_URL,
    REFRESH,
    REVOKE,
    WEEK,
    TokenService,
    acquire,
    end_of,
    get_call,
    log_in,
    log_in_and_expire,
    log_out,
    password_auth,
    play,
    response,
)

PROGRAM = """
import sys
from convirza import Convirza, FileTokenStore, StoredAuth
store = FileTokenStore(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
with Convirza(base_url=sys.argv[2], auth=StoredAuth(store, oauth_url=sys.argv[3])) as convirza:
    print(convirza.calls.get(987654).call_id)
"""

# ---------------------------------------------------------------------------- stored tokens


def test_stored_tokens_are_taken_without_a_login(service: TokenService) -> None:
    """What an earlier run left is used as long as it lasts, and renewed in the store."""
    store = MemoryTokenStore()
    first = password_auth(store=store)
    get_call(first, service)

    second = StoredAuth(store, oauth_url=OAUTH_URL)
    assert isinstance(get_call(second, service), RawResponse)
    service.clock.advance(WEEK)
    assert isinstance(get_call(second, service), RawResponse)

    assert service.kinds == [LOGIN, GET, GET, REFRESH, GET]
    stored = store.load()
    assert stored is not None
    assert (stored.access_token, stored.refresh_token) == ("canary-access-2", "canary-refresh-2")
    assert stored.obtained_at == pytest.approx(service.clock.time())
    assert stored.expires_at == pytest.approx(service.clock.time() + WEEK)


def test_stored_auth_without_good_tokens_says_to_log_in(service: TokenService) -> None:
    """An empty store is one clear error, and no request; dead tokens in it are one refresh and one error."""
    store = MemoryTokenStore()
    auth = StoredAuth(store, oauth_url=OAUTH_URL)
    for tokens, words, kinds in (
        (None, "log in", []),
        (Tokens("canary-a", "canary-r"), "log in again", [GET, REFRESH]),
    ):
        if tokens:
            store.save(tokens)
        result = get_call(auth, service)
        assert isinstance(result, AuthenticationError)
        assert words in str(result)
        assert service.kinds == kinds


def test_stored_auth_renews_on_log_in(service: TokenService) -> None:
    """log_in() refreshes what is in the store, even if nothing has been read yet."""
    store = MemoryTokenStore()
    get_call(password_auth(store=store), service)

    auth = StoredAuth(store, oauth_url=OAUTH_URL)
    assert log_in(auth, service) is None
    assert service.kinds[2:] == [REFRESH]
    assert acquire(auth, service) == "canary-access-2"


def test_tokens_of_another_process_are_taken(service: TokenService) -> None:
    """Two share a store: before the expiry and after a 401, the second uses the tokens of the first."""
    store = MemoryTokenStore()
    one, other = (StoredAuth(store, oauth_url=OAUTH_URL) for _ in range(2))
    get_call(password_auth(store=store), service)
    get_call(one, service)
    get_call(other, service)
    service.clock.advance(WEEK - 200)
    get_call(one, service)
    service.asked.clear()

    assert isinstance(get_call(other, service), RawResponse)
    assert service.kinds == [GET]
    service.clock.advance(61)
    service.kill()
    assert isinstance(get_call(one, service), RawResponse)
    assert isinstance(get_call(other, service), RawResponse)
    assert service.kinds == [GET, GET, REFRESH, GET, GET, GET]


def test_processes_that_share_a_file_refresh_once(tmp_path: Path) -> None:
    """Several find an expired token at the same time, some by another name of the file: one refreshes."""
    api = FakeAPI()
    file, link = tmp_path / "t.json", tmp_path / "link.json"
    link.symlink_to(file)
    store = FileTokenStore(file)
    with api.serve() as url:
        log_in_and_expire(api, store)
        api.script("slow", path="/oauth/refresh-token", slow_seconds=0.3)
        pipe = subprocess.PIPE
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", PROGRAM, name, url, api.oauth_url], stdin=pipe, stdout=pipe, text=True
            )
            for name in (file, link, file)
        ]
        assert [process.stdout.readline() for process in processes] == ["ready\n"] * 3
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        ended = [process.communicate(timeout=60)[0] for process in processes]
    assert ended == ["987654\n"] * 3
    assert link.is_symlink()
    assert [request.path for request in api.requests].count("/oauth/refresh-token") == 1


def test_race_for_the_refresh_is_lost_without_harm(service: TokenService) -> None:
    """Refused because another process was faster: its tokens are in the store by then."""
    store = MemoryTokenStore()
    get_call(password_auth(store=store), service)
    auth, other = (StoredAuth(store, oauth_url=OAUTH_URL) for _ in range(2))
    service.clock.advance(WEEK - 200)

    flow = auth.acquire(TokenContext(service.clock), service.clock.monotonic() + 60)
    finish = next(flow)
    assert isinstance(finish, Finish)
    effect = next(finish.flow)  # is about to send the same refresh token
    acquire(other, service)
    assert isinstance(effect, Send)
    finish.future.set_result(end_of(finish.flow, service(effect.request)))

    assert play(flow, service) == "canary-access-2"
    assert service.kinds[2:] == [REFRESH, REFRESH]


class BrokenStore(MemoryTokenStore):
    """A store some of whose methods raise."""

    def __init__(self, error: BaseException, *broken: str) -> None:
        super().__init__()
        self.error = error
        self.broken = set(broken)

    def __getattribute__(self, name: str) -> Any:
        if name in ("load", "save", "clear") and name in self.broken:
            raise self.error
        return super().__getattribute__(name)


ANYTHING = [
    RuntimeError("canary"),
    KeyError("canary"),
    OSError(errno.ENOSPC, "canary"),
    OSError(10**30, "canary"),
    OSError("canary"),
    UnicodeDecodeError("utf-8", b"canary", 0, 1, "canary"),
    StopIteration("canary"),
    RecursionError("canary"),
    type("Canary", (Exception,), {"__str__": lambda self: 1 / 0})(),
]


@pytest.mark.parametrize("error", ANYTHING, ids=lambda error: type(error).__name__)
def test_store_that_cannot_be_read_is_a_configuration_error(service: TokenService, error: Exception) -> None:
    """Whatever it raises, and without a login that would not be kept."""
    result = get_call(password_auth(store=BrokenStore(error, "load")), service)

    assert isinstance(result, ConfigurationError)
    assert "the token store failed" in str(result)
    assert (result.__traceback__, result.__context__, result.__cause__) == (None, None, None)
    assert service.asked == []


def test_error_of_a_store_is_raised_without_its_cause(service: TokenService) -> None:
    """The text is the store's; frames, in which tokens may lie, and other exceptions are left out."""

    class Worded(MemoryTokenStore):
        def load(self) -> Tokens | None:
            """Fails."""
            try:
                raise KeyError("canary")
            except KeyError:
                raise ConfigurationError("unlock the keyring") from None

    result = get_call(password_auth(store=Worded()), service)

    assert isinstance(result, ConfigurationError)
    assert "unlock the keyring" in str(result)
    assert (result.__traceback__, result.__context__, result.__cause__) == (None, None, None)


@pytest.mark.parametrize("error", ANYTHING, ids=lambda error: type(error).__name__)
def test_store_that_cannot_be_written_costs_no_call(
    service: TokenService, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """The new tokens are used as long as the process lives, refreshed too, and a warning says so."""
    auth = password_auth(store=BrokenStore(error, "save"))
    for _ in range(5):
        assert isinstance(get_call(auth, service), RawResponse)
        service.clock.advance(WEEK)

    assert service.counts == {LOGIN: 1, REFRESH: 4, GET: 5}
    assert "the token store failed" in caplog.text


def test_old_tokens_in_a_store_that_takes_no_others_are_left_alone(service: TokenService) -> None:
    """A file that became read-only holds dead tokens; those in memory are newer and can be refreshed."""
    store = BrokenStore(OSError(errno.EROFS, ""))
    auth = StoredAuth(store, oauth_url=OAUTH_URL)
    get_call(password_auth(store=store), service)
    store.broken = {"save"}
    for _ in range(3):
        service.kill()
        service.clock.advance(61)
        assert isinstance(get_call(auth, service), RawResponse)
    assert service.counts == {LOGIN: 1, GET: 7, REFRESH: 3}

    store.broken = set()
    service.kill()
    service.clock.advance(61)
    assert isinstance(get_call(auth, service), RawResponse)
    stored = store.load()
    assert stored is not None
    assert (stored.access_token, stored.refresh_token) == ("canary-access-5", "canary-refresh-5")


def test_store_that_returns_something_else_is_a_configuration_error(service: TokenService) -> None:
    """The store's bug is reported as such."""
    for rubbish in ({"access_token": "canary"}, "canary", 0, object()):
        store = MemoryTokenStore()
        store._tokens = rubbish  # type: ignore[assignment]
        assert isinstance(get_call(password_auth(store=store), service), ConfigurationError)


# ---------------------------------------------------------------------------- log out


def test_log_out_revokes_both_tokens_and_clears_the_store(service: TokenService) -> None:
    """The refresh token first, so that nothing can be got any more; then the store is empty."""
    store = MemoryTokenStore()
    auth = password_auth(store=store)
    get_call(auth, service)

    assert log_out(auth, service) is None
    assert service.revoked == [("refresh", "canary-refresh-1"), ("access", "canary-access-1")]
    assert store.load() is None
    assert isinstance(get_call(auth, service), RawResponse)
    assert service.counts[LOGIN] == 2


def test_log_out_without_tokens_sends_nothing(service: TokenService) -> None:
    """There is nothing to revoke."""
    for auth in (password_auth(), StoredAuth(MemoryTokenStore(), oauth_url=OAUTH_URL)):
        assert log_out(auth, service) is None
    assert service.asked == []


@pytest.mark.parametrize("failing", [0, 1])
def test_log_out_keeps_the_tokens_if_it_fails(service: TokenService, failing: int) -> None:
    """So that it can be tried again: until the last token is revoked nothing is forgotten."""
    store = MemoryTokenStore()
    auth = password_auth(store=store)
    get_call(auth, service)
    kept = store.load()
    good = response(200)
    service.script[REVOKE].extend([good] * failing + [response(500)] * 3)

    error = log_out(auth, service)
    assert isinstance(error, ServerError)
    assert store.load() is kept

    assert log_out(auth, service) is None
    assert len(service.revoked) == 2
    assert store.load() is None


def test_log_out_revokes_what_another_process_left(service: TokenService) -> None:
    """The tokens in the store may be newer than those in memory: neither survives."""
    store = MemoryTokenStore()
    auth = password_auth(store=store)
    get_call(auth, service)
    service.clock.advance(WEEK - 200)
    get_call(StoredAuth(store, oauth_url=OAUTH_URL), service)

    assert log_out(auth, service) is None
    revoked = [f"canary-{kind}-{number}" for kind in ("access", "refresh") for number in (1, 2)]
    assert sorted(token for _, token in service.revoked) == revoked


@pytest.mark.parametrize("method", ["load", "clear"])
def test_log_out_reports_a_store_that_fails(service: TokenService, method: str) -> None:
    """The caller must know that tokens may still lie there."""
    store = BrokenStore(PermissionError(errno.EACCES, "canary"))
    auth = password_auth(store=store)
    get_call(auth, service)
    store.broken = {method}

    error = log_out(auth, service)
    assert isinstance(error, ConfigurationError)
    assert "Permission denied" in str(error)


def test_static_token_is_revoked_as_an_access_token(service: TokenService) -> None:
    """It has no refresh token; a login does nothing, and a log out needs the address of its service."""
    auth = StaticToken("canary-static", oauth_url=OAUTH_URL)

    assert log_in(auth, service) is None
    assert log_out(auth, service) is None
    assert service.revoked == [("access", "canary-static")]
    assert "pass oauth_url=" in str(log_out(StaticToken("canary-static", oauth_url=None), service))
