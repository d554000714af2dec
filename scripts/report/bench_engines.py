"""Measure the engines that load calls elsewhere beside a loop; write a part of BENCHMARKS.md and its plot.

    tox run -e bench-engines                             about five minutes
    tox run -e bench-engines -- --rounds 1 --dry-run     for a look, writes nothing; --calls 2000

Each round runs every engine, one after the other, so that a busy machine slows all of them. The fake runs in
another process and keeps its responses, so that it costs little.
"""

import contextlib
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from importlib import import_module, metadata
from pathlib import Path
from typing import IO, Any, cast

from convirza import Convirza
from convirza.export import Window, read_window
from convirza.fake import DEFAULT_TOKEN, create_app
from convirza.fake.server import run as serve_app
from report.bench_page import Round, draw, rows, write_page
from shared import ROOT, new_parser

SINCE, UNTIL = "2026-01-01", "2026-03-31"
MODULES = ["tags", "indicators", "summary"]

Engine = Callable[[Mapping[str, Any], Path], None]
"""Reads all calls with these arguments of `Convirza`, and writes into the folder if it writes."""


def loop(client: Mapping[str, Any], _folder: Path) -> None:
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


def spark(client: Mapping[str, Any], folder: Path) -> None:
    """Two tasks at a time; a round does not start Spark, which takes some seconds."""
    builder = import_module("pyspark.sql").SparkSession.builder.master("local[2]")
    settings = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
    session = builder.config(map=settings).getOrCreate()
    import_module("convirza.export.spark").register(session)
    options = {"since": SINCE, "until": UNTIL, "include": ",".join(MODULES), "base_url": client["base_url"]}
    calls = session.read.format("convirza").options(**options, window_days=15).load()
    calls.write.parquet(str(folder / "calls"))


ENGINES: dict[str, Engine] = {
    "loop over calls.list": loop,
    "read_window": records,
    "dlt to DuckDB, dicts": _dlt(False, None),
    "dlt to DuckDB, dicts, Parquet": _dlt(False, "parquet"),
    "dlt to DuckDB, Arrow": _dlt(True, "parquet"),
    "Spark to Parquet, 2 tasks": spark,
}
"""The first one is the base of the ratios."""


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


def measure(url: str) -> Round:
    """Seconds of each engine."""
    measured: Round = {}
    for name, engine in ENGINES.items():
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            engine({"base_url": url, "token": DEFAULT_TOKEN}, Path(folder))
            measured[name] = time.perf_counter() - start
    return measured


def write_part(rounds: list[Round], calls: int) -> str:
    """The part of the page, as Markdown."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    versions = ", ".join(
        f"{name} {metadata.version(name)}" for name in ("dlt", "duckdb", "pyspark", "pyarrow")
    )
    lines = [
        "## Engines",
        "",
        "This part is written by `tox run -e bench-engines` (`scripts/report/bench_engines.py`).",
        "",
        f"{len(rounds)} rounds of {calls} calls on {os.cpu_count()} cores with {python}, {versions}.",
        "",
        "![Microseconds for a call, for each engine](scripts/report/engines.svg)",
        "",
        "| | rows a second | time, as a ratio |",
        "|---|---|---|",
        *(f"| {name} | {1e6 / micros:.0f} | {times:.2f} |" for name, micros, times in rows(rounds)),
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """The exit code."""
    parser = new_parser(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--dry-run", action="store_true", help="write no file")
    parser.add_argument("--serve", action="store_true", help="internal")
    given = parser.parse_args()
    if given.serve:
        serve_app(kept_responses(create_app(calls=given.calls)), port=0)
        return 0
    with server(given.calls) as url:
        os.environ |= {
            "CONVIRZA_TOKEN": DEFAULT_TOKEN,
            "PYSPARK_PYTHON": sys.executable,
            "RUNTIME__DLTHUB_TELEMETRY": "false",
            "SPARK_LOCAL_IP": "127.0.0.1",
        }
        with Convirza(base_url=url) as convirza:
            calls = convirza.calls.list(SINCE, UNTIL).count()
        measure(url)  # imports, connects, fills the fake, starts Spark
        rounds = [measure(url) for _ in range(given.rounds)]
    for_each = [{name: seconds / calls for name, seconds in one.items()} for one in rounds]
    part = write_part(for_each, calls)
    print(part)
    if not given.dry_run:
        draw({"Calls into an engine": for_each}, ROOT / "scripts/report/engines.svg")
        write_page(engines=part)
    return 0
