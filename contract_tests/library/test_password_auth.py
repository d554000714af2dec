"""Email and password against the fake's token service, over HTTP: settings, and no secrets."""

import asyncio
import copy
import inspect
import logging
import pickle
import traceback
from collections.abc import Callable, Generator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from convirza import (
    AsyncConvirza,
    ConfigurationError,
    Convirza,
    ConvirzaError,
    FileTokenStore,
    PasswordAuth,
    StaticToken,
    StoredAuth,
)
from convirza.fake import DEFAULT_EMAIL, DEFAULT_PASSWORD, DOCUMENTED_CALL_ID, FakeAPI, FakeClock

LOGIN, REFRESH, REVOKE = "/oauth/token", "/oauth/refresh-token", "/oauth/revoke-token"
CALL = f"/v3/conversations/calls/{DOCUMENTED_CALL_ID}"

Do = Callable[..., Any]


@pytest.fixture
def clock() -> FakeClock:
    """The time of both sides."""
    return FakeClock()


@pytest.fixture
def api(clock: FakeClock) -> Generator[FakeAPI]:
    """A fake over HTTP."""
    api = FakeAPI(clock=clock)
    with api.serve():
        yield api


@pytest.fixture(params=["sync", "async"])
def do(request: pytest.FixtureRequest, api: FakeAPI, clock: FakeClock) -> Do:
    """Does something with a new client, sync or async: `do(auth, lambda client: client.log_in())`."""

    def do_sync(auth: Any, work: Callable[[Any], Any], **options: Any) -> Any:
        with Convirza(auth=auth, base_url=api.base_url, clock=clock, **options) as client:
            return work(client)

    def do_async(auth: Any, work: Callable[[Any], Any], **options: Any) -> Any:
        async def main() -> Any:
            async with AsyncConvirza(auth=auth, base_url=api.base_url, clock=clock, **options) as client:
                done = work(client)
                return await done if inspect.isawaitable(done) else done

        return asyncio.run(main())

    return do_sync if request.param == "sync" else do_async


def get(client: Any) -> Any:
    return client.calls.get(DOCUMENTED_CALL_ID)


def test_email_and_password_are_enough(api: FakeAPI, do: Do) -> None:
    """Passed to the client, they are a PasswordAuth, by default for the vendor's address."""
    given: dict[str, Any] = {"email": DEFAULT_EMAIL, "password": DEFAULT_PASSWORD}
    assert do(None, get, **given, oauth_url=api.oauth_url).call_id == DOCUMENTED_CALL_ID
    assert [request.path for request in api.requests] == [LOGIN, CALL]

    auth = Convirza(**given)._core.auth
    assert isinstance(auth, PasswordAuth)
    assert auth._service._url == "https://platform-oauth.convirza.com"


@pytest.mark.parametrize("kind", [Convirza, AsyncConvirza])
def test_password_is_sent_to_no_guessed_service(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """For another API than the vendor's the token service must be named: by an argument, else a variable."""
    given: dict[str, Any] = {"email": DEFAULT_EMAIL, "password": DEFAULT_PASSWORD}
    with pytest.raises(ConfigurationError, match="the token service of a custom base URL is unknown"):
        kind(**given, base_url="https://api.test/v3")
    monkeypatch.setenv("CONVIRZA_BASE_URL", "https://api.test/v3")
    with pytest.raises(ConfigurationError, match="the token service of a custom base URL is unknown"):
        kind(**given)
    monkeypatch.setenv("CONVIRZA_OAUTH_URL", "https://named.test")
    assert kind(**given)._core.auth._service._url == "https://named.test"
    assert kind(**given, oauth_url="https://own.test")._core.auth._service._url == "https://own.test"


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What must not be seen anywhere: what was typed, and each token that was issued."""
    from convirza._auth import service

    parse = service._parse_tokens
    secrets = [DEFAULT_EMAIL, DEFAULT_PASSWORD]

    def note(content: bytes, now: float) -> Any:
        tokens = parse(content, now)
        if tokens is not None:
            secrets.extend([tokens.access_token, tokens.refresh_token or "no token"])
        return tokens

    monkeypatch.setattr(service, "_parse_tokens", note)
    return secrets


def test_nothing_secret_is_logged_or_raised(
    api: FakeAPI,
    clock: FakeClock,
    do: Do,
    secrets: list[str],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    """Login, refresh, refusals, failures and log out, with every logger at DEBUG and frames shown."""
    caplog.set_level(logging.DEBUG)
    file = tmp_path / "tokens.json"
    auth = PasswordAuth(DEFAULT_EMAIL, DEFAULT_PASSWORD, store=FileTokenStore(file), oauth_url=api.oauth_url)
    found: list[str] = []

    def look(work: Callable[[Any], Any]) -> None:
        try:
            do(auth, work)
        except ConvirzaError as error:
            shown = traceback.TracebackException.from_exception(error, capture_locals=True)
            found.extend(shown.format())
            for one in (error, pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
                found.append(f"{one} {one!r} {vars(one)} {pickle.dumps(one)!r}")

    look(get)
    api.script("unauthorized", "unauthorized", path=CALL)
    look(get)
    api.script("bad-gateway", path=REFRESH, times=4)
    clock.advance(timedelta(days=7))
    look(get)
    api.script("server-error", path=REVOKE, times=4)
    look(lambda client: client.log_out())
    file.write_text(file.read_text()[:-5])
    look(get)
    file.chmod(0o644)
    look(get)
    file.unlink()
    clock.advance(timedelta(days=365))
    look(get)
    look(lambda client: client.log_out())
    found.append(repr([auth, auth._store, auth._tokens, auth._renewal, auth._service]))

    assert len([text for text in found if text.startswith("Traceback")]) == 5
    assert len([record for record in caplog.records if record.name == "convirza"]) > 10
    text = "".join(found) + caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert [REFRESH in text, LOGIN in text] == [True, True]
    assert len(secrets) > 6
    assert not any(secret in text for secret in secrets)


def test_auth_cannot_be_pickled() -> None:
    """It holds a password."""
    for auth in (PasswordAuth("e", "canary"), StaticToken("canary"), StoredAuth(FileTokenStore("f"))):
        with pytest.raises(TypeError, match="pickle"):
            pickle.dumps(auth)
        with pytest.raises(TypeError, match="pickle"):
            copy.deepcopy(auth)
