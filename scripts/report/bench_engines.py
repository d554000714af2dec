"""Measure the engines that load calls elsewhere beside a bare loop over `calls.list`; prints the ratios.

    tox run -e bench-engines                   about three minutes
    tox run -e bench-engines -- --rounds 1     for a look; --calls 2000

Each round runs every engine, one after the other, so that a busy machine slows all of them. The fake runs in
another process and keeps its responses, so that it costs little. Engines that are not installed are left out.
"""

import contextlib
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from importlib import import_module
from pathlib import Path
from typing import IO, Any, cast

from convirza import Convirza
from convirza.export import Window, read_window
from convirza.fake import DEFAULT_TOKEN, create_app
from convirza.fake.server import run as serve_app
from shared import ROOT, new_parser

SINCE, UNTIL = "2026-01-01", "2026-03-31"
MODULES = ["tags", "indicators", "summary"]

Engine = Callable[[Mapping[str, Any], Path], None]
"""Reads all calls with these arguments of `Convirza`, and writes into the folder if it writes."""


def bare_loop(client: Mapping[str, Any], _folder: Path) -> None:
    """What the others are compared with: calls as models."""
    with Convirza(**client) as convirza:
        for _ in convirza.calls.list(SINCE, UNTIL, include=MODULES):
            pass


def records(client: Mapping[str, Any], _folder: Path) -> None:
    """Calls as plain values, what all engines read."""
    with Convirza(**client) as convirza:
        windows = convirza.calls.list(SINCE, UNTIL).windows
    for window in windows:
        for _ in read_window(Window(window.start, window.end), include=MODULES, client=client):
            pass


def _dlt(arrow: bool, file_format: str | None) -> Engine:
    def load(client: Mapping[str, Any], folder: Path) -> None:
        dlt = import_module("dlt")
        source = import_module("convirza.export.dlt").source
        pipeline = dlt.pipeline(
            "bench",
            destination=dlt.destinations.duckdb(str(folder / "bench.duckdb")),
            dataset_name="calls_data",
            pipelines_dir=str(folder / "state"),
        )
        calls = source(SINCE, until=UNTIL, include=MODULES, client=client, arrow=arrow)
        pipeline.run(calls.with_resources("calls"), loader_file_format=file_format)

    return load


ENGINES: dict[str, tuple[str, Engine]] = {
    "bare loop over calls.list": ("convirza", bare_loop),
    "read_window": ("convirza", records),
    "dlt to DuckDB, dicts": ("dlt", _dlt(False, None)),
    "dlt to DuckDB, dicts, Parquet": ("dlt", _dlt(False, "parquet")),
    "dlt to DuckDB, Arrow": ("dlt", _dlt(True, "parquet")),
}
"""The package that an engine needs, and the engine; the first one is the base of the ratios."""


def kept_responses(app: Any) -> Any:
    """The app, with each response made once."""
    kept: dict[tuple[str, bytes], list[Any]] = {}

    async def respond(scope: Any, receive: Any, send: Any) -> None:
        key = scope["path"], scope["query_string"]
        if key not in kept:
            messages: list[Any] = []

            async def keep(message: Any) -> None:
                messages.append(message)

            await app(scope, receive, keep)
            kept[key] = messages
        for message in kept[key]:
            await send(message)

    return respond


@contextlib.contextmanager
def server(calls: int) -> Generator[str]:
    """The base URL of a fake in another process."""
    command = [
        sys.executable,
        str(ROOT / "scripts"),
        "report.bench_engines",
        "--serve",
        "--calls",
        f"{calls}",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield cast("IO[str]", process.stdout).readline().split()[-1]
        finally:
            process.kill()


def measure(url: str) -> dict[str, float]:
    """Seconds of each engine."""
    measured: dict[str, float] = {}
    for name, (package, engine) in ENGINES.items():
        if importlib.util.find_spec(package):
            with tempfile.TemporaryDirectory() as folder:
                start = time.perf_counter()
                engine({"base_url": url, "token": DEFAULT_TOKEN}, Path(folder))
                measured[name] = time.perf_counter() - start
    return measured


def main() -> int:
    """The exit code."""
    parser = new_parser(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--serve", action="store_true", help="internal")
    given = parser.parse_args()
    if given.serve:
        serve_app(kept_responses(create_app(calls=given.calls)), port=0)
        return 0
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    with server(given.calls) as url:
        with Convirza(base_url=url, token=DEFAULT_TOKEN) as convirza:
            rows = convirza.calls.list(SINCE, UNTIL).count()
        measure(url)  # imports, connects, fills the fake
        rounds = [measure(url) for _ in range(given.rounds)]
    base = next(iter(ENGINES))
    print(f"{rows} calls, median of {given.rounds} rounds\n")
    print(f"{'engine':32}{'rows a second':>15}{'time to the loop':>18}")
    for name in rounds[0]:
        rate = statistics.median(rows / one[name] for one in rounds)
        ratio = statistics.median(one[name] / one[base] for one in rounds)
        print(f"{name:32}{rate:>15,.0f}{ratio:>18.2f}")
    return 0
