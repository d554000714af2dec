"""Measure the rows a second of Spark's data source beside a bare loop over the same server.

    .tox/spark/bin/python scripts report.bench_spark --rounds 5

Prints JSON. Each round runs every competitor; the ratio is the median of the ratios within the rounds.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from multiprocessing import get_context
from typing import Any
from urllib.parse import parse_qs

import httpx

from convirza.export import day_windows, read_window, to_arrow
from shared import ROOT

RECORD = ROOT / "contract_tests/spec/get_call.200.json"
START, END = "2026-03-01", "2026-03-05"
ROWS = 1_990
"""In each window, a day."""
PAGE = 200


def serve(port: Any) -> None:
    """Respond with pages of copies of the documented record, until the parent ends."""
    sample = json.loads(RECORD.read_bytes())
    record = sample["data"]["result"]
    rows = [json.dumps({**record, "call_id": 1_000_000 + number}) for number in range(ROWS)]
    envelope = json.dumps({**sample, "data": {"total": ROWS, "calls": []}})
    pages: dict[int, bytes] = {}

    def page(offset: int) -> bytes:
        if offset not in pages:
            body = envelope.replace("[]", f"[{','.join(rows[offset : offset + PAGE])}]")
            head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
            pages[offset] = f"{head}content-length: {len(body)}\r\n\r\n{body}".encode()
        return pages[offset]

    class Connection(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport, self.buffer = transport, b""

        def data_received(self, data: bytes) -> None:
            *requests, self.buffer = (self.buffer + data).split(b"\r\n\r\n")
            for request in requests:
                query = parse_qs(request.split()[1].partition(b"?")[2].decode())
                self.transport.write(page(int(query["offset"][0])))

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0)
        port.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def bare(url: str) -> int:
    """Read the same pages with httpx and json.loads, and keep nothing."""
    count = 0
    with httpx.Client(headers={"authorization": "Bearer benchmark"}) as client:
        for _ in day_windows(START, END):
            for offset in range(0, ROWS, PAGE):
                found = client.get(f"{url}/conversations/calls", params={"offset": offset, "limit": PAGE})
                count += len(json.loads(found.content)["data"]["calls"])
    return count


def arrow(_url: str) -> int:
    """Read the windows into Arrow tables in this process, as a task of Spark does."""
    return sum(to_arrow(read_window(window)).num_rows for window in day_windows(START, END))


def spark_reader(cores: int) -> Callable[[str], int]:
    """Start Spark; return a function that reads all columns, and drops the rows."""
    os.environ |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    builder = import_module("pyspark.sql").SparkSession.builder.master(f"local[{cores}]")
    settings = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
    session = builder.config(map=settings).getOrCreate()
    import_module("convirza.export.spark").register(session)

    def read(_url: str) -> int:
        frame = session.read.format("convirza").options(since=START, until=END).load()
        frame.write.format("noop").mode("overwrite").save()
        return ROWS * len(day_windows(START, END))

    return read


def main() -> int:
    """Run the rounds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    context = get_context("spawn")
    port = context.Queue()
    server = context.Process(target=serve, args=(port,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{port.get()}/v3"
    os.environ |= {"CONVIRZA_BASE_URL": url, "CONVIRZA_TOKEN": "benchmark"}
    competitors = {"bare loop": bare, "read_window to Arrow": arrow}
    competitors["Spark, local[2]"] = spark_reader(2)
    for read in competitors.values():  # start workers, fill the server's pages
        read(url)
    speeds: dict[str, list[float]] = {name: [] for name in competitors}
    for _ in range(rounds):
        for name, read in competitors.items():
            start = time.perf_counter()
            speeds[name].append(read(url) / (time.perf_counter() - start))
    found = {
        name: {
            "rows a second": round(statistics.median(speed)),
            "ratio": round(
                statistics.median(a / b for a, b in zip(speed, speeds["bare loop"], strict=True)), 2
            ),
        }
        for name, speed in speeds.items()
    }
    print(json.dumps(found, indent=2))
    return 0
