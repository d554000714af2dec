"""`convirza login` and `logout`: tokens for the other commands, kept where only their owner can read them."""

import io
import os
import pty
import select
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convirza._cli.exits import ExitCode
from convirza.fake import DEFAULT_EMAIL, DEFAULT_PASSWORD, FakeAPI, FakeClock

Run = Callable[..., Any]

CTRL_C = b"\x03"


@pytest.fixture(autouse=True)
def no_token(monkeypatch: pytest.MonkeyPatch, api: FakeAPI) -> None:
    """Only a login grants access."""
    monkeypatch.delenv("CONVIRZA_TOKEN")


@pytest.fixture
def log_in(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Logs in as the fake's account, or with another password."""

    def log_in(*args: str, password: str = DEFAULT_PASSWORD) -> Any:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
        return run("login", "--email", DEFAULT_EMAIL, "--password-stdin", *args)

    return log_in


def token_file(folder: Path) -> Path:
    [file] = folder.glob("*.json")
    return file


def statuses(api: FakeAPI) -> list[tuple[str, int | None]]:
    return [(request.path.rpartition("/")[2], request.status) for request in api.requests]


def test_login_is_kept_for_the_other_commands(
    run: Run, log_in: Run, api: FakeAPI, config_folder: Path
) -> None:
    """After `login` other commands need no token; neither password nor email is kept, and no secret shown."""
    ended = log_in()
    file = token_file(config_folder)
    assert (ended.code, ended.err) == (0, "")
    assert ended.text == f"Logged in. The tokens are kept in {file}, which only you can read.\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(config_folder.stat().st_mode) == 0o700
    assert run("get", "987654").code == 0
    assert run("get", "987654", "1").code == 0
    assert f"the login stored in {file}" in run("doctor").text
    assert statuses(api)[0] == ("token", 200)
    assert [name for name, _ in statuses(api)].count("token") == 1
    secrets = (DEFAULT_PASSWORD, DEFAULT_EMAIL, "fake-access", "fake-refresh")
    assert [secret in file.read_text() for secret in secrets] == [False, False, True, True]
    assert not any(secret in ended.text for secret in secrets)


@pytest.mark.usefixtures("no_waiting")
def test_refused_login_is_reported(log_in: Run, api: FakeAPI, config_folder: Path) -> None:
    """A wrong password is one line and not tried again; no file is written."""
    line = log_in(password="hunter2").failed(ExitCode.REFUSED)
    assert "check email and password" in line
    assert "hunter2" not in line
    assert statuses(api) == [("token", 401)]
    assert not config_folder.exists()


def test_without_a_terminal_there_is_no_prompt(
    run: Run, log_in: Run, api: FakeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no terminal, the line names the option to pass; an empty password is not sent."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("typed\n"))
    assert "--email" in run("login").failed(ExitCode.USAGE)
    assert "--password-stdin" in run("login", "--email", "me@example.com").failed(ExitCode.USAGE)
    for password in ("", "\n"):
        assert "password" in log_in(password=password).failed(ExitCode.USAGE)
    assert api.requests == []


def test_token_of_the_environment_goes_first(
    run: Run, log_in: Run, api: FakeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CONVIRZA_TOKEN is used in spite of a login, which says so."""
    monkeypatch.setenv("CONVIRZA_TOKEN", "refused")
    assert "CONVIRZA_TOKEN is set and takes precedence" in log_in().text
    assert "(401)" in run("get", "987654").failed(ExitCode.REFUSED)
    monkeypatch.setenv("CONVIRZA_TOKEN", "")
    assert run("get", "987654").code == 0


def test_refused_tokens_are_renewed_and_kept(
    run: Run, log_in: Run, api: FakeAPI, config_folder: Path
) -> None:
    """An access token that the API has forgotten costs one refresh, and the next run uses the new one."""
    log_in()
    before = token_file(config_folder).read_text()
    api.script("unauthorized", path="/v3/")
    assert run("get", "987654").code == 0
    assert token_file(config_folder).read_text() != before
    assert run("get", "987654").code == 0
    calls = ("987654", 401), ("refresh-token", 200), ("987654", 200), ("987654", 200)
    assert statuses(api) == [("token", 200), *calls]


def test_login_that_is_over_is_reported(run: Run, log_in: Run, api: FakeAPI, config_folder: Path) -> None:
    """When the refresh token is refused too, the line says to log in again."""
    log_in()
    api.script("unauthorized", path="/v3/", times=None)
    api.script("unauthorized", path="/oauth/refresh-token", times=None)
    assert "log in again" in run("get", "987654").failed(ExitCode.REFUSED)
    assert "log in again" in run("get", "987654", "1").failed(ExitCode.REFUSED)


def test_tokens_go_to_their_own_service_only(
    run: Run, log_in: Run, api: FakeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With another token service, the login of the first is not there, and not sent."""
    log_in()
    other = FakeAPI()
    with other.serve() as url:
        monkeypatch.setenv("CONVIRZA_BASE_URL", url)
        monkeypatch.setenv("CONVIRZA_OAUTH_URL", other.oauth_url)
        assert "there is no stored login" in run("get", "987654").failed(ExitCode.USAGE)
        assert other.requests == []


def test_option_goes_before_the_environment(
    log_in: Run, api: FakeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--oauth-url` is used, and the line says what the other commands need."""
    monkeypatch.setenv("CONVIRZA_OAUTH_URL", "http://127.0.0.1:1")
    text = log_in("--oauth-url", api.oauth_url).text
    assert f"export CONVIRZA_OAUTH_URL={api.oauth_url}\n" in text


@pytest.mark.parametrize("command", ["login", "logout"])
@pytest.mark.parametrize("url", ["http://example.com", "https://user:hunter2@example.com", ""])
def test_bad_address_is_reported(run: Run, command: str, url: str) -> None:
    """A password does not go out in clear, and the address is not shown."""
    line = run(command, "--oauth-url", url).failed(ExitCode.USAGE)
    assert line.startswith("--oauth-url ")
    assert "hunter2" not in line


def test_logout_revokes_and_removes(
    run: Run, log_in: Run, api: FakeAPI, config_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Afterwards the tokens are of no use to anyone, and their file is gone."""
    log_in()
    file = token_file(config_folder)
    kept = file.read_bytes()
    ended = run("logout")
    assert (ended.code, ended.err) == (0, "")
    assert ended.text == f"Logged out. The tokens are revoked, and {file} is removed.\n"
    assert not file.exists()
    assert "there is no stored login" in run("get", "987654").failed(ExitCode.USAGE)
    file.write_bytes(kept)
    file.chmod(0o600)
    assert "log in again" in run("get", "987654").failed(ExitCode.REFUSED)


def test_logout_without_a_login_is_done(run: Run, api: FakeAPI) -> None:
    """It can be run twice, and sends nothing then."""
    ended = run("logout")
    assert (ended.code, ended.err) == (0, "")
    assert ended.text.startswith("Not logged in")
    assert api.requests == []


@pytest.mark.usefixtures("no_waiting")
def test_logout_that_fails_keeps_the_file(
    run: Run, log_in: Run, config_folder: Path, monkeypatch: pytest.MonkeyPatch, api: FakeAPI
) -> None:
    """Tokens that may still live are not forgotten."""
    log_in()
    api.script("reset", path="/oauth/revoke-token", times=None)
    assert "no connection to 127.0.0.1" in run("logout").failed(ExitCode.NO_ANSWER)
    assert token_file(config_folder).exists()


@pytest.mark.parametrize(("mode", "content"), [(0o644, None), (0o600, "not a token file")])
def test_file_that_is_not_safe_is_not_used(
    run: Run, log_in: Run, api: FakeAPI, config_folder: Path, mode: int, content: str | None
) -> None:
    """A token file that others can read, or that is none, is named with what to do."""
    log_in()
    file = token_file(config_folder)
    if content is not None:
        file.write_text(content)
    file.chmod(mode)
    before = len(api.requests)
    line = run("get", "987654").failed(ExitCode.USAGE)
    assert str(file) in line
    assert len(api.requests) == before


def test_folder_that_cannot_be_written_is_reported(log_in: Run, config_folder: Path) -> None:
    """If the tokens cannot be kept, the login has failed."""
    config_folder.parent.write_text("a file, not a folder")
    assert "token store" in log_in().failed(ExitCode.USAGE)


def type_into_login(*typed: tuple[bytes, bytes]) -> tuple[int, bytes]:
    """Types a text when its prompt is shown; returns the exit code, and what the terminal showed."""
    pid, terminal = pty.fork()
    if pid == 0:  # the terminal is the child's own, as getpass requires
        os.execv(sys.executable, [sys.executable, "-m", "convirza", "login"])
    shown, answer = b"", b""
    questions = list(typed)
    end = time.monotonic() + 30
    try:
        while time.monotonic() < end:
            if not select.select([terminal], [], [], 2)[0]:
                if answer == CTRL_C:  # Python does not see one that arrives just before it waits
                    os.write(terminal, CTRL_C)
                continue
            shown += os.read(terminal, 1024)
            if questions and questions[0][0] in shown:
                answer = questions.pop(0)[1]
                os.write(terminal, answer)
    except OSError:  # how Linux reports the end of the other side
        pass
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown


def test_email_and_password_are_prompted_for(api: FakeAPI, config_folder: Path) -> None:
    """On a terminal it prompts for both, and the password is not shown."""
    code, shown = type_into_login(
        (b"Email: ", f"{DEFAULT_EMAIL}\n".encode()), (b"Password: ", f"{DEFAULT_PASSWORD}\n".encode())
    )
    assert code == 0
    assert b"Logged in." in shown
    assert DEFAULT_PASSWORD.encode() not in shown
    assert token_file(config_folder).exists()


@pytest.mark.parametrize(
    "typed", [[(b"Email: ", CTRL_C)], [(b"Email: ", b"me@example.com\n"), (b"Password: ", CTRL_C)]]
)
def test_ctrl_c_at_a_prompt_ends_quietly(api: FakeAPI, typed: list[tuple[bytes, bytes]]) -> None:
    """Ctrl-C at a prompt ends with 130, without a traceback."""
    code, shown = type_into_login(*typed)
    assert code == 130
    assert b"Traceback" not in shown
    assert api.requests == []


def test_unreachable_service_is_reported(log_in: Run, no_waiting: FakeClock, closed_url: str) -> None:
    """No connection to the token service is exit code 5."""
    assert "127.0.0.1" in log_in("--oauth-url", closed_url).failed(ExitCode.NO_ANSWER)
