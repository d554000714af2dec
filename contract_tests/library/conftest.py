"""What the tests of the library share: the command in this process, as a process, and servers."""

import logging
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from convirza.cli import main
from convirza.fake import DEFAULT_TOKEN, FakeAPI, FakeClock, create_app
from convirza.fake.server import serve
from support.library.call_api import workers
from support.library.hostile_server import HostileServer, hostile_server, http
from support.library.token_service import TokenService
from support.library.ways import PAIR, Variant

collect_ignore = ["plugin_example"]  # a project of its own, which test_pytest_plugin.py runs

JSON = "application/json"

# The last would hide what a buffered output does.
UNWANTED = {"NO_COLOR", "FORCE_COLOR", "PYTHONIOENCODING", "PYTHONUNBUFFERED"}


@dataclass
class CliResult:
    """How a command ended."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Stdout as text."""
        return self.out.decode()

    def failed(self, code: int) -> str:
        """The one line on stderr of a command that failed so, without the command's name."""
        assert self.code == code, (self.code, self.err)
        assert self.out == b""
        assert self.err.startswith("convirza: ")
        assert self.err.endswith("\n")
        assert self.err.count("\n") == 1
        assert self.err.count(": ") >= 2  # what, and what to do
        return self.err.removeprefix("convirza: ").rstrip()


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of the machine reach the command."""
    for name in list(os.environ):
        if name.startswith("CONVIRZA_") or name.lower().endswith("_proxy") or name in UNWANTED:
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def config_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command keeps a login: not with the logins of the developer."""
    for name in ("XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "config"))
    return tmp_path / "config/convirza"


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Generator[None]:
    """Whatever happens, no thread of a bulk read outlives a test."""
    yield
    assert workers() == []


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Retries and rates of the command in this process take no time; returns their clock."""
    clock = FakeClock()
    monkeypatch.setattr("convirza._cli.settings.SystemClock", lambda: clock)
    return clock


@pytest.fixture
def behind_utc(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """The local time is 5 hours behind UTC."""
    if not hasattr(time, "tzset"):
        pytest.skip("the local time cannot be set on Windows")
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "EST5")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., CliResult]:
    """Runs the command in this process."""

    def run(*args: str) -> CliResult:
        capfdbinary.readouterr()
        code = main(args)
        out, err = capfdbinary.readouterr()
        return CliResult(code, out, err.decode())

    return run


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., CliResult]:
    """Runs the command as a process, or a Python program that stands in for it."""

    def command(*args: str, program: str | None = None, **env: str) -> CliResult:
        start = ["-m", "convirza"] if program is None else ["-c", program]
        ended = subprocess.run(
            [sys.executable, *start, *args],
            env={**os.environ, **env},
            capture_output=True,
            timeout=30,
            check=False,
        )
        return CliResult(ended.returncode, ended.stdout, ended.stderr.decode())

    return command


@pytest.fixture(scope="session")
def fake_url() -> Generator[str]:
    """Base URL of the fake API, served on loopback."""
    with serve(create_app()) as url:
        yield url


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Generator[FakeAPI]:
    """A fake API of the test's own, and an environment in which the command finds it."""
    api = FakeAPI()
    with api.serve() as url:
        monkeypatch.setenv("CONVIRZA_BASE_URL", url)
        monkeypatch.setenv("CONVIRZA_TOKEN", api.token)
        monkeypatch.setenv("CONVIRZA_OAUTH_URL", api.oauth_url)
        yield api


@pytest.fixture(params=PAIR, ids=str)
def way(request: pytest.FixtureRequest) -> Variant:
    """Sync and async, for what does not depend on the HTTP library."""
    way: Variant = request.param
    return way


@pytest.fixture(scope="module")
def server() -> Generator[HostileServer]:
    """A malicious server, for all tests of a module."""
    with hostile_server() as server:
        yield server


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """All loggers at DEBUG."""
    for name in ("", *logging.root.manager.loggerDict):
        caplog.set_level(logging.DEBUG, name)
    return caplog


@pytest.fixture
def closed_url() -> str:
    """The URL of a host where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        return f"http://127.0.0.1:{closed.getsockname()[1]}/v3"


@pytest.fixture
def service() -> TokenService:
    """A token service of the test's own, with a clock."""
    return TokenService()


@pytest.fixture
def stdin(tmp_path: Path) -> Generator[Callable[[bytes], None]]:
    """Puts bytes on the stdin of this process."""
    kept = os.dup(0)

    def stdin(content: bytes) -> None:
        file = tmp_path / "stdin"
        file.write_bytes(content)
        handle = os.open(file, os.O_RDONLY)
        os.dup2(handle, 0)
        os.close(handle)

    yield stdin
    os.dup2(kept, 0)
    os.close(kept)


@pytest.fixture
def live(fake_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The fake API, and an environment in which the command finds it; returns the base URL."""
    monkeypatch.setenv("CONVIRZA_BASE_URL", fake_url)
    monkeypatch.setenv("CONVIRZA_TOKEN", DEFAULT_TOKEN)
    return fake_url


@pytest.fixture
def respond_with(monkeypatch: pytest.MonkeyPatch) -> Generator[Callable[..., list[str]]]:
    """Starts a server with one fixed response for the command; returns the requested paths."""
    with hostile_server() as server:

        def respond_with(
            body: bytes | dict[str, Any], status: int = 200, content_type: str = JSON
        ) -> list[str]:
            server.will(http(status, body, media_type=content_type))
            monkeypatch.setenv("CONVIRZA_BASE_URL", server.url)
            monkeypatch.setenv("CONVIRZA_TOKEN", "secret-token-of-a-test")
            return server.paths

        yield respond_with


@pytest.fixture
def respond_with_call(respond_with: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """Starts a server that returns a call with these members."""

    def respond_with_call(**members: Any) -> list[str]:
        envelope = {
            "code": 200,
            "message": "Success",
            "data": {"result": {"call_id": 7, **members}},
            "request_id": "550e8400-e29b-41d4-a716-446655440000",
            "timestamp": "2026-01-20T12:34:56.789Z",
        }
        return respond_with(envelope)

    return respond_with_call


@pytest.fixture
def tls(tmp_path: Path) -> Generator[SimpleNamespace]:
    """A server with a certificate of its own, for 127.0.0.1, that keeps what it receives and is silent."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 100 -subj /CN=doctor -addext"
    files = ["subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
    subprocess.run([*make.split(), *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:  # the listener is closed
                    return
                try:
                    with context.wrap_socket(connection, server_side=True) as stream:
                        received.append(stream.recv(65536))
                except OSError:  # the certificate is refused
                    connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/v3"
        yield SimpleNamespace(url=url, certificate=certificate, received=received)
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()
