"""Measure the library against its peers, and write BENCHMARKS.md and its plot.

    tox run -e bench                 all of it, about five minutes
    tox run -e bench -- --rounds 5   fewer rounds, for a look; --dry-run writes nothing

Each round runs every competitor, one after the other, against the same server in another process, so that a
busy machine slows all of them. The result is the median of the ratios within the rounds.
"""

import argparse
import asyncio
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from importlib import import_module, metadata
from pathlib import Path
from typing import Any, Final

import httpx
from httpx_aiohttp import HttpxAiohttpClient

from convirza import AsyncConvirza, Convirza
from convirza_client.models import Call
from report.bench_lists import HEADERS, cpu_seconds, exports, memory_growth, one_page, print_growth
from report.bench_lists import PAGE as LIST_PAGE
from report.bench_page import Round, draw, ratio, rows, write_page
from report.bench_server import RECORD, serve, server
from shared import ROOT

PLOT = ROOT / "scripts/report/benchmarks.svg"

CALLS = 300
PAGE = 200
AT_A_TIME = 20
MODULES = ["tags", "recordings"]
PARAMS = {"include": "tags,recordings"}

Stock = tuple[Any, Any, list[Any]]
"""The package, its module get_call, and the modules to request."""


def make_stock_client(folder: Path) -> Stock:
    """What openapi-python-client makes of the document without our templates."""
    command = [
        *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"),
        *("--path", str(ROOT / "openapi/openapi.yaml"), "--output-path", str(folder / "stock_client")),
    ]
    subprocess.run(command, check=True, capture_output=True)
    sys.path.insert(0, str(folder))
    modules = [import_module("stock_client.models").CallModule(name) for name in MODULES]
    return import_module("stock_client"), import_module("stock_client.api.calls.get_call"), modules


def seconds(run: Callable[[], object], times: int) -> float:
    """Seconds that one run takes, of so many."""
    start = time.perf_counter()
    for _ in range(times):
        run()
    return (time.perf_counter() - start) / times


def one_at_a_time(url: str, stock: Stock) -> Round:
    """Seconds for a call, sync, for each competitor."""
    package, get_call, modules = stock
    path = "/conversations/calls/987654"
    with (
        httpx.Client(base_url=url, headers=HEADERS, timeout=30) as raw,
        Convirza(base_url=url, token="benchmark", drift="off") as plain,
        Convirza(base_url=url, token="benchmark") as reporting,
        package.AuthenticatedClient(base_url=url, token="benchmark") as client,
    ):
        competitors: dict[str, Callable[[], object]] = {
            "httpx and json.loads": lambda: json.loads(raw.get(path, params=PARAMS).content),
            "convirza, drift off": lambda: plain.calls.get(987654, include=MODULES),
            "convirza, drift reported": lambda: reporting.calls.get(987654, include=MODULES),
            "stock generated client": lambda: get_call.sync(987654, client=client, include=modules),
        }
        for run in competitors.values():
            run()  # connects
        return {name: seconds(run, CALLS) for name, run in competitors.items()}


async def in_workers(get: Callable[[int], Awaitable[object]]) -> None:
    """Call `get` for each id, so many at a time: the loop that users write without get_many."""
    ids = iter(range(1, CALLS + 1))

    async def work() -> None:
        for call_id in ids:
            await get(call_id)

    await asyncio.gather(*(work() for _ in range(AT_A_TIME)))


async def many_at_a_time(url: str, stock: Stock) -> Round:
    """Seconds for a call when many are read, async, for each competitor."""
    package, get_call, modules = stock

    async def read_bare(client: httpx.AsyncClient, call_id: int) -> object:
        return json.loads((await client.get(f"/conversations/calls/{call_id}", params=PARAMS)).content)

    async def read_many(convirza: AsyncConvirza) -> None:
        outcomes = convirza.calls.get_many(range(1, CALLS + 1), include=MODULES, concurrency=AT_A_TIME)
        async for outcome in outcomes:
            outcome.unwrap()

    async with (
        HttpxAiohttpClient(base_url=url, headers=HEADERS, timeout=30) as bare,
        AsyncConvirza(transport="aiohttp", base_url=url, token="benchmark", drift="off") as plain,
        AsyncConvirza(transport="aiohttp", base_url=url, token="benchmark") as reporting,
        package.AuthenticatedClient(base_url=url, token="benchmark") as client,
    ):
        competitors: dict[str, Callable[[], Awaitable[None]]] = {
            "httpx-aiohttp and json.loads": lambda: in_workers(lambda call_id: read_bare(bare, call_id)),
            "get_many, drift off": lambda: read_many(plain),
            "get_many, drift reported": lambda: read_many(reporting),
            "stock generated client": lambda: in_workers(
                lambda call_id: get_call.asyncio(call_id, client=client, include=modules)
            ),
        }
        measured: Round = {}
        for name, run in competitors.items():
            await run()  # connects
            start = time.perf_counter()
            await run()
            measured[name] = (time.perf_counter() - start) / CALLS
        return measured


def page_in_memory() -> Round:
    """CPU seconds for a call to parse, to read and to write a page of documented records."""
    record = json.loads(RECORD.read_bytes())["data"]["result"]
    page = json.dumps([record] * PAGE)
    records = json.loads(page)
    calls = [Call.from_dict(each) for each in records]
    competitors: dict[str, Callable[[], object]] = {
        "json.loads": lambda: json.loads(page),
        "from_dict": lambda: [Call.from_dict(each) for each in records],
        "to_dict": lambda: [call.to_dict() for call in calls],
    }
    return {name: cpu_seconds(run, PAGE) for name, run in competitors.items()}


async def bulk_growth(url: str) -> float:
    """MB that the process grows by from 1,000 ids to 100,000 in one bulk read."""
    async with AsyncConvirza(transport="aiohttp", base_url=url, token="benchmark") as convirza:
        read, first = 0, 0
        async for outcome in convirza.calls.get_many(iter(range(1, 100_001)), include=MODULES):
            outcome.unwrap()
            read += 1
            if read == 1000:
                first = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - first) / 1024


def verdict(value: float, limit: float, *, least: bool = False) -> str:
    """Whether a target is met, in a word."""
    return "met" if (value >= limit if least else value <= limit) else "**missed**"


# Measured by leaving parts out.
WHY: Final = (
    "Where the time goes: what `calls.list` adds are the models; `from_dict` takes as long as `json.loads`.",
    "msgspec saves half of the parsing. Of an export to JSON lines, two fifths are parsing, two fifths are",
    "to check each value against the document, the rest to write the lines. Columns of Parquet take half as",
    "long again. A page with an unknown member is read record by record: twice the time.",
)


def write_report(
    sync: list[Round],
    bulk: list[Round],
    pages: list[Round],
    lists: list[Round],
    files: list[Round],
    growth: dict[str, float],
) -> str:
    """The page, as Markdown."""
    raw, bare, stock = "httpx and json.loads", "httpx-aiohttp and json.loads", "stock generated client"
    off, reported = ratio(sync, "convirza, drift off", raw), ratio(sync, "convirza, drift reported", raw)
    many = {name: ratio(bulk, name, bare) for name in ("get_many, drift off", "get_many, drift reported")}
    faster = {name: 1 / ratio(bulk, name, stock) for name in many}
    to_raw = "to raw httpx and `json.loads`"
    targets = [
        (f"`calls.get`, drift off, {to_raw}", f"{off:.2f}", "at most 1.15", verdict(off, 1.15)),
        (f"`calls.get`, drift reported, {to_raw}", f"{reported:.2f}", "at most 1.3", verdict(reported, 1.3)),
    ]
    for name, value in many.items():
        words, times = name.replace("get_many", f"`get_many`, {AT_A_TIME} at a time"), faster[name]
        fast_enough = verdict(times, 5, least=True)
        targets += [
            (f"{words}, to a bare httpx-aiohttp loop", f"{value:.2f}", "at most 1.3", verdict(value, 1.3)),
            (f"{words}: calls a second, to the stock client's", f"{times:.1f}", "at least 5", fast_enough),
        ]
    for what, grown in growth.items():
        limit = 20 if "get_many" in what else 30
        targets.append(
            (f"memory, {what}", f"{grown:.1f} MB more", f"less than {limit} MB", verdict(grown, limit))
        )
    read = ratio(pages, "from_dict", "json.loads")
    targets.append(
        (f"`from_dict` of {PAGE} calls, to `json.loads`", f"{read:.2f}", "at most 1.5", verdict(read, 1.5))
    )
    page, same = f"CPU of a page of {LIST_PAGE}, {to_raw}", "CPU, to `json.loads` of the same pages"
    for rounds, name, base, what, most in (
        (lists, "calls.list, drift off", raw, page, 1.6),
        (lists, "calls.list, drift reported", raw, page, 2.0),
        (files, "export to jsonl", "json.loads", same, 1.5),
        (files, "export to parquet", "json.loads", same, 2.2),
    ):
        value = ratio(rounds, name, base)
        targets.append((f"{name}: {what}", f"{value:.2f}", f"at most {most}", verdict(value, most)))
    python = f"{platform.python_implementation()} {platform.python_version()}"
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("httpx", "httpx-aiohttp", "aiohttp"))
    lines = [
        "# Benchmarks",
        "",
        "Written by `tox run -e bench` (`scripts/report/bench.py`); not edited manually.",
        "",
        f"{len(sync)} rounds on {os.cpu_count()} cores with {python}, {versions}.",
        "Every competitor reads the documented record of 4 kB from the same server in another process, on",
        "loopback. Ratios are medians over the rounds, each within its round; microseconds depend on the",
        "machine, and on what else it does.",
        "",
        "| what | measured | target | |",
        "|---|---|---|---|",
        *(f"| {what} | {measured} | {target} | {word} |" for what, measured, target, word in targets),
        "",
        *WHY,
        "",
        "Memory of lists and exports: in 4 windows, with the least number of requests.",
        "",
        "![Microseconds for a call, for each competitor](scripts/report/benchmarks.svg)",
    ]
    for title, rounds in (
        ("One call at a time, sync", sync),
        (f"{AT_A_TIME} calls at a time, async", bulk),
        (f"CPU of {PAGE} calls in memory", pages),
        (f"CPU of a list of {LIST_PAGE} calls", lists),
        ("CPU of an export of 5,000 calls", files),
    ):
        lines += ["", f"## {title}", "", "| | microseconds for a call | ratio |", "|---|---|---|"]
        lines += [f"| {name} | {micros:.0f} | {times:.2f} |" for name, micros, times in rows(rounds)]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure, print the page, and write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30, help="how often each competitor runs (default: 30)")
    parser.add_argument("--dry-run", action="store_true", help="write no file")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--memory", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
    if options.memory:
        print_growth(*options.memory)
        return 0
    if options.rounds < 1:
        parser.error("--rounds: pass 1 or more")
    with tempfile.TemporaryDirectory() as folder, server() as url:
        stock = make_stock_client(Path(folder))
        sync: list[Round] = []
        bulk: list[Round] = []
        pages: list[Round] = []
        lists: list[Round] = []
        files: list[Round] = []
        for number in range(1, options.rounds + 1):
            print(f"round {number} of {options.rounds}", file=sys.stderr)
            sync.append(one_at_a_time(url, stock))
            bulk.append(asyncio.run(many_at_a_time(url, stock)))
            pages.append(page_in_memory())
            lists.append(one_page(url))
            files.append(exports())
        print("100,000 calls", file=sys.stderr)
        growth = {"from 1,000 to 100,000 ids in one `get_many`": asyncio.run(bulk_growth(url))}
        for what in ("list", "jsonl", "parquet"):
            growth[f"from 10,000 to 100,000 calls, {what}"] = memory_growth(url, what)
        page = write_report(sync, bulk, pages, lists, files, growth)
        print(page)
        if not options.dry_run:
            titles = "One call at a time, sync", f"{AT_A_TIME} calls at a time, async"
            draw(dict(zip(titles, (sync, bulk), strict=True)), PLOT)
            write_page(main=page)
    return 0
