"""Measure lists and exports: CPU time for a page of calls, and the memory of 100,000 calls.

CPU time of this process, not elapsed time: the server takes longer for a page than the client.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from math import ceil
from pathlib import Path
from typing import BinaryIO, cast, get_args

import httpx

from convirza import Convirza
from convirza._core.body import load_large_json
from convirza.export import Progress, to_file
from convirza.export.files import Format, open_writer
from report.bench_page import Round
from report.bench_server import CALLS_A_DAY, FIRST, page_of_calls
from shared import ROOT

PAGE = 199
"""Calls of a page that is the last one, because it is not full."""
BEFORE, CALLS = 10_000, 100_000
HEADERS = {"Authorization": "Bearer benchmark"}


def cpu_seconds(run: Callable[[], object], calls: int) -> float:
    """CPU seconds for a call, the least of three runs."""

    def measure() -> float:
        start = time.process_time()
        run()
        return time.process_time() - start

    return min(measure() for _ in range(3)) / calls


def one_page(url: str) -> Round:
    """CPU seconds for a call, in a list of one page."""
    end = FIRST + timedelta(days=1) / CALLS_A_DAY * PAGE
    params = {"start": FIRST.isoformat(), "end": end.isoformat(), "limit": "200", "offset": "0"}
    params["include"] = "tags"
    with (
        httpx.Client(base_url=url, headers=HEADERS, timeout=30) as raw,
        Convirza(base_url=url, token="benchmark", drift="off") as plain,
        Convirza(base_url=url, token="benchmark") as reporting,
    ):
        competitors: dict[str, Callable[[], object]] = {
            "httpx and json.loads": lambda: json.loads(
                raw.get("/conversations/calls", params=params).content
            ),
            "calls.list, drift off": lambda: list(plain.calls.list(FIRST, end, include="tags")),
            "calls.list, drift reported": lambda: list(reporting.calls.list(FIRST, end, include="tags")),
        }
        return {name: cpu_seconds(run, PAGE) for name, run in competitors.items()}


def exports() -> Round:
    """CPU seconds for a call, to parse 25 pages and to write them to a file."""
    pages = [page_of_calls(range(first, first + 200), 5000) for first in range(0, 5000, 200)]

    def write(format: Format) -> None:
        with (
            tempfile.TemporaryFile(buffering=2**16) as file,
            open_writer(format, cast("BinaryIO", file), urls=False) as add,
        ):
            for page in pages:
                add(load_large_json(page)["data"]["calls"])

    def parse() -> None:
        for page in pages:
            json.loads(page)

    competitors: dict[str, Callable[[], object]] = {"json.loads": parse}
    for format in get_args(Format):
        competitors[f"export to {format}"] = partial(write, format)
    return {name: cpu_seconds(run, 5000) for name, run in competitors.items()}


def memory_growth(url: str, what: str) -> float:
    """MB that a process grows by from 10,000 calls to 100,000, in a list or an export."""
    command = [sys.executable, str(ROOT / "scripts"), "report.bench", "--memory", url, what]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def print_growth(url: str, what: str) -> None:
    """What the process of `memory_growth` does. Raises RuntimeError for more requests than needed."""
    end = FIRST + timedelta(days=CALLS // CALLS_A_DAY)
    peaks: list[int] = []
    read = 0

    def note(calls: int) -> None:
        nonlocal read
        read = calls
        if calls >= (CALLS if peaks else BEFORE) and len(peaks) < 2:
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

    def note_progress(progress: Progress) -> None:
        note(progress.calls)

    with Convirza(base_url=url, token="benchmark") as convirza, tempfile.TemporaryDirectory() as folder:
        before = convirza.request("GET", "/requests").parsed
        calls = convirza.calls.list(FIRST, end)
        if what == "list":
            for number, _ in enumerate(calls, 1):
                note(number)
        else:
            to_file(convirza, Path(folder) / f"calls.{what}", FIRST, end, on_progress=note_progress)
        sent = convirza.request("GET", "/requests").parsed - before
        # Pages overlap by a row, and the last one has room for another.
        least = sum(ceil((w.end - w.start) / timedelta(days=1) * CALLS_A_DAY / 199) for w in calls.windows)
    if (read, sent) != (CALLS, least):
        raise RuntimeError(f"{read} of {CALLS} calls were read with {sent} requests, and {least} are needed")
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peaks[0]) / 1024)
