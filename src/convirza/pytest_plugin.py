"""Fixtures for tests of code that uses this library; they are there once `convirza[testing]` is installed.

- `convirza_fake`: a fake API of the test's own, a `convirza.fake.FakeAPI`, served over HTTP on loopback.
  `CONVIRZA_BASE_URL` and `CONVIRZA_TOKEN` lead to it, so that a `Convirza()` in the code under test finds it.
- `convirza_client`: a `convirza.Convirza` for it, closed at the end.
- `convirza_async_client`: a `convirza.AsyncConvirza` for it, to be used as `async with` in the test's loop.
- `convirza_clock`: the `convirza.fake.FakeClock` of all three: retries wait for nothing, and are counted.

pytest loads this module in every run: what takes time to import is imported by the fixtures.
"""

import contextlib
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from convirza import AsyncConvirza, Convirza
    from convirza.fake import FakeAPI, FakeClock

__all__ = ["convirza_async_client", "convirza_client", "convirza_clock", "convirza_fake"]


@pytest.fixture
def convirza_clock() -> "FakeClock":
    """The time of the fake and of its clients, which starts at that of the machine and moves by sleeps."""
    with _tell_missing_extra():
        from convirza.fake import FakeClock
    return FakeClock()


@pytest.fixture
def convirza_fake(
    convirza_server: "_Server", convirza_clock: "FakeClock", monkeypatch: pytest.MonkeyPatch
) -> "Generator[FakeAPI]":
    """A fake API of the test's own, served over HTTP: add calls, script failures, see requests."""
    from convirza.fake import FakeAPI

    api = FakeAPI(clock=convirza_clock)
    api.base_url = convirza_server.base_url
    monkeypatch.setenv("CONVIRZA_BASE_URL", api.base_url)
    monkeypatch.setenv("CONVIRZA_TOKEN", api.token)
    convirza_server.api = api
    yield api
    convirza_server.api = None
    api.check()


@pytest.fixture
def convirza_client(convirza_fake: "FakeAPI", convirza_clock: "FakeClock") -> "Generator[Convirza]":
    """A client of `convirza_fake`, whose retries do not wait."""
    from convirza import Convirza

    with Convirza(base_url=convirza_fake.base_url, token=convirza_fake.token, clock=convirza_clock) as client:
        yield client


@pytest.fixture
def convirza_async_client(convirza_fake: "FakeAPI", convirza_clock: "FakeClock") -> "AsyncConvirza":
    """The same for asyncio, to be entered and left in the test's loop: `async with convirza_async_client`.

    It needs no plugin for asynchronous tests, and works with each.
    """
    from convirza import AsyncConvirza

    return AsyncConvirza(base_url=convirza_fake.base_url, token=convirza_fake.token, clock=convirza_clock)


@pytest.fixture(scope="session")
def convirza_server() -> "Generator[_Server]":
    """The server under `convirza_fake`, one for all tests of a run, because a start takes its time."""
    with _tell_missing_extra():
        from convirza.fake.server import serve
    server = _Server()
    with serve(server) as server.base_url:
        yield server


class _Server:
    """An ASGI app: the fake of the test that runs. Between tests each connection is reset."""

    api: "FakeAPI | None" = None
    base_url = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        from convirza.fake.scenarios import DROP

        if self.api is None:
            await send({"type": DROP, "reset": True})
        else:
            await self.api.app(scope, receive, send)


@contextlib.contextmanager
def _tell_missing_extra() -> Generator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in ("", "convirza", "convirza_client"):
            raise
        pytest.fail(f"{missing} is missing: pip install 'convirza[testing]'", pytrace=False)
