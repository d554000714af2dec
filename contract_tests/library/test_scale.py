"""The figures of docs/scale.md come from the library itself."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from convirza import AsyncConvirza, Convirza
from convirza.export import day_windows
from convirza.fake import FakeAPI
from support.library.virtual_time import LoopClock, run

ROOT = Path(__file__).resolve().parents[2]
DAY = "2026-02-14"


@pytest.fixture(scope="module")
def simulation() -> ModuleType:
    """The script."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        patch.delitem(sys.modules, "shared", raising=False)
        return importlib.import_module("report.simulate_scale")


def test_page_shows_the_output_of_the_script(simulation):
    """The tables of the page are what the script prints."""
    assert "\n".join(simulation.tables()) in _without_text((ROOT / "docs/scale.md").read_text("utf-8"))


def _without_text(page: str) -> str:
    tables = [part for part in page.split("\n\n") if part.startswith("|")]
    return "\n\n".join(table.strip() for table in tables)


@pytest.mark.parametrize("page_size", [1, 3, 7, 10, 11, 12, 13, 200])
def test_simulated_requests_are_those_of_a_list(simulation, page_size):
    """A list on the fake sends as many requests as the simulation counts for as many calls."""
    api = FakeAPI()
    [window] = day_windows(DAY, "2026-02-15")
    with httpx.Client(transport=api.transport) as http_client:
        convirza = Convirza(base_url=api.base_url, token=api.token, http_client=http_client)
        rows = len(list(convirza.calls.list(window.start, window.end, page_size=page_size)))
    assert len(api.requests) == simulation.count_requests(window, rows, page_size)


@pytest.mark.parametrize(("latency", "rate"), [(0.2, 1), (0.2, 10), (1.0, 5)])
def test_hours_are_those_of_a_list(simulation, latency, rate):
    """In simulated time, a list with a rate against a slow API takes as long as the formula says."""
    [window] = day_windows(DAY, "2026-02-15")
    rows, requests = 5_000, 0

    async def respond(request: httpx.Request) -> httpx.Response:
        nonlocal requests
        requests += 1
        await LoopClock().sleep_async(latency)
        offset, limit = (int(request.url.params[name]) for name in ("offset", "limit"))
        items = [{"call_id": 1 + row} for row in range(offset, min(offset + limit, rows))]
        return httpx.Response(200, json={"code": 200, "data": {"total": rows, "calls": items}})

    async def main() -> float:
        async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as http_client:
            convirza = AsyncConvirza(token="t", http_client=http_client, drift="off", clock=LoopClock())
            begun = LoopClock().monotonic()
            async for _page in convirza.calls.list(window.start, window.end, rate=rate).raw_pages():
                pass
            return LoopClock().monotonic() - begun

    took = run(main())
    assert requests == simulation.count_requests(window, rows)
    assert took == pytest.approx(3600 * simulation.hours(requests, latency, rate), rel=0.05)
