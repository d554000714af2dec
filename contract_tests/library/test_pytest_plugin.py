"""The fixtures of the pytest plugin: the example of the documentation, and what it does not show."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from convirza import AsyncConvirza, Convirza, TransportError
from convirza.fake import FakeAPI, FakeClock

# Plugins of this suite that take seconds to start; the one that is tested is loaded as its users load it.
WITHOUT = ("-p", "no:schemathesis", "-p", "no:hypothesispytest")
EXAMPLE = Path(__file__).with_name("plugin_example")

Pytest = Callable[..., "tuple[int, str]"]


@pytest.fixture
def run_pytest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pytest:
    """Runs pytest as a process on the files of `tmp_path`, with the plugin only; returns its last lines."""
    for name in list(os.environ):
        if name.startswith("PYTEST_"):
            monkeypatch.delenv(name)

    def run_pytest(**files: str) -> tuple[int, str]:
        for name, text in files.items():
            (tmp_path / f"{name}.py").write_text(text, "utf-8")
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", *WITHOUT],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return ended.returncode, ended.stdout + ended.stderr

    return run_pytest


def test_example_project_passes_and_notices_mistakes(run_pytest: Pytest, tmp_path: Path) -> None:
    """Where only the installed packages are; three mistakes fail the tests that are for them, no other."""
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    code, out = run_pytest()
    assert (code, "5 passed" in out) == (0, True), out

    program = (EXAMPLE / "follow_up.py").read_text("utf-8")
    for right, wrong in (
        ("call.disposition in MISSED", "True"),
        ("except NotFoundError", "except ZeroDivisionError"),
        ("with Convirza()", "with Convirza(max_retries=99, token='wrong')"),
    ):
        assert program.count(right) == 1
        program = program.replace(right, wrong)

    code, out = run_pytest(follow_up=program)

    assert (code, "3 failed, 2 passed" in out) == (1, True), out
    for noticed_by in (
        "missed_callers_are_called_back",
        "calls_that_no_longer_exist_are_left_out",
        "program_finds_the_fake_by_itself",
    ):
        assert f"FAILED test_follow_up.py::test_{noticed_by} " in out


def test_fake_is_of_one_test(run_pytest: Pytest) -> None:
    """Calls, scripts, requests and the clock begin anew; the server under them is one for all.

    A program that outlives its test gets no call of another test's fake, and a callable that returns what
    the document lacks is an error at the end, even if the code took the 500.
    """
    text = """\
import httpx, pytest

URLS = set()

@pytest.mark.parametrize("number", [1, 2])
def test_own(convirza_fake, convirza_client, convirza_clock, number):
    assert convirza_fake.requests == [] and convirza_clock.sleeps == []
    assert convirza_client.calls.get(987654).duration == 182
    convirza_fake.add_call(call_id=5)
    convirza_fake.change_call(987654, duration=1)
    convirza_fake.script('server-error', times=None)
    convirza_clock.sleep(1)
    URLS.add(convirza_fake.base_url)
    assert len(URLS) == 1

def test_between():
    with pytest.raises(httpx.ReadError):
        httpx.get(URLS.pop() + '/conversations/calls/1', trust_env=False)

def test_script(convirza_fake):
    convirza_fake.script(lambda request: (418, {}))
    httpx.get(convirza_fake.base_url + '/conversations/calls/1', trust_env=False)
"""

    code, out = run_pytest(test_it=text)

    assert (code, "4 passed, 1 error" in out) == (1, True), out
    assert "ValueError: The document has no status 418" in out


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_missing_extra_is_reported_in_one_line(run_pytest: Pytest, missing: str) -> None:
    """Without the extra pytest works as usual; the fixture's error names what to install."""
    code, out = run_pytest(
        conftest=f"import sys\nsys.modules[{missing!r}] = None\n",
        test_it="def test_plain(): pass\ndef test_it(convirza_client): pass\n",
    )

    assert (code, "1 passed, 1 error" in out) == (1, True), out
    assert f"\n{missing} is missing: pip install 'convirza[testing]'\n" in out
    assert "Traceback" not in out


def test_clients_wait_for_nothing(
    convirza_client: Convirza,
    convirza_async_client: AsyncConvirza,
    convirza_fake: FakeAPI,
    convirza_clock: FakeClock,
) -> None:
    """Retries of both move the one clock, and the fake's time with it; a date is waited for by that clock."""

    async def get() -> int:
        async with convirza_async_client as convirza:
            return (await convirza.calls.get(987654)).call_id

    convirza_clock.advance(timedelta(days=40))
    start = convirza_clock()
    for get_call_id in (lambda: convirza_client.calls.get(987654).call_id, lambda: asyncio.run(get())):
        convirza_fake.script("rate-limited", "bad-gateway", retry_after=20)
        assert get_call_id() == 987654
    assert convirza_clock.sleeps[0] == convirza_clock.sleeps[2] == 20
    assert (convirza_clock() - start).total_seconds() == pytest.approx(sum(convirza_clock.sleeps))

    when = (convirza_clock() + timedelta(seconds=25)).replace(microsecond=0)  # as HTTP can express it
    convirza_fake.script("unavailable", retry_after=when)
    convirza_client.calls.get(987654)
    assert 24 < convirza_clock.sleeps[-1] <= 25
    assert convirza_clock() >= when
    assert [request.status for request in convirza_fake.requests] == [*[429, 502, 200] * 2, 503, 200]


def test_client_is_closed_at_the_end(request: pytest.FixtureRequest) -> None:
    """The fixture leaves no connection open."""
    clients: list[Convirza] = []

    def is_closed() -> None:
        with pytest.raises(TransportError, match="closed"):
            clients[0].calls.get(987654)

    request.addfinalizer(is_closed)  # before the fixture, so that it runs after the fixture's end
    clients.append(request.getfixturevalue("convirza_client"))
    assert clients[0].calls.get(987654).call_id == 987654
