"""Print the tables of docs/scale.md: requests, hours and memory of a large export, by latency and rate.

    python scripts report.simulate_scale

The requests are those that the library's own windows and paging make, on simulated pages. Latency and rate
are assumed: the vendor documents no rate limit of the calls API, and its latency is not known.
"""

import math
import tracemalloc
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from convirza._core.paging import Page, PageQuery, read_window
from convirza._core.windows import Window
from convirza.export import day_windows
from shared import new_parser

ACCOUNTS = 100
CALLS_A_DAY = 20_000
START, END = "2023-01-01", "2026-01-01"
NIGHT = 8  # days that a nightly run reads: the last one, and those of the lookback
PAGE_SIZE = 200
LATENCIES = (0.2, 0.5, 1.0)
RATES = (1, 5, 10)


def count_requests(
    window: Window, rows: int, page_size: int = PAGE_SIZE, known: frozenset[Any] = frozenset()
) -> int:
    """The requests with which the library reads a window of so many rows, when none of them moves."""
    reader = read_window(window, page_size, known, key=lambda row: row)
    requests = 0
    step: object = next(reader)
    try:
        while True:
            if isinstance(step, PageQuery):
                requests += 1
                items = range(step.offset, min(step.offset + step.limit, rows))
                step = reader.send(Page(items, rows))
            else:
                step = next(reader)
    except StopIteration:
        return requests


def hours(requests: int, latency: float, rate: float, readers: int = 1) -> float:
    """How long requests take, if each reader sends one at a time and all of them keep to one rate."""
    return requests * max(latency / readers, 1 / rate) / 3600


def memory(window: Window, rows: int) -> int:
    """The peak size of the ids that the paging keeps, of two windows, in MB, rounded up to 10."""
    tracemalloc.start()
    count_requests(window, rows, known=frozenset(range(-rows, 0)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return math.ceil(peak / 1e7) * 10


def tables() -> Iterator[str]:
    """The lines of the tables."""
    days = day_windows(START, END, now=datetime.fromisoformat(f"{END}T00:00:00Z"))
    a_day = count_requests(days[0], CALLS_A_DAY)
    account = a_day * len(days)
    month = Window(days[0].start, days[29].end)
    a_month = count_requests(month, 30 * CALLS_A_DAY)
    yield "| read | calls | requests | memory for ids |"
    yield "|---|---|---|---|"
    many, all_days = 30 * CALLS_A_DAY, f"{len(days):,} days"
    total = len(days) * CALLS_A_DAY
    for name, calls, requests, kept in (
        ("a day of an account", CALLS_A_DAY, a_day, f"{memory(days[0], CALLS_A_DAY)} MB"),
        ("30 days at once, as `calls.list` does", many, a_month, f"{memory(month, many)} MB"),
        (f"a night of an account: {NIGHT} days", NIGHT * CALLS_A_DAY, NIGHT * a_day, "as a day"),
        (f"{all_days} of an account", total, account, "as a day"),
        (f"{all_days} of {ACCOUNTS} accounts", ACCOUNTS * total, ACCOUNTS * account, "as a day per reader"),
    ):
        yield f"| {name} | {calls:,} | {requests:,} | {kept} |"
    yield ""
    yield "| latency | rate per account | one reader: hours | a night | readers for the rate | hours |"
    yield "|---|---|---|---|---|---|"
    for latency in LATENCIES:
        for rate in RATES:
            readers = math.ceil(latency * rate)
            alone, together = (hours(account, latency, rate, number) for number in (1, readers))
            night = hours(NIGHT * a_day, latency, rate) * 60
            yield f"| {latency:g} s | {rate}/s | {alone:.1f} | {night:.0f} min | {readers} | {together:.1f} |"
    yield ""
    yield f"| rate of all {ACCOUNTS} accounts together | days for all | a night of all |"
    yield "|---|---|---|"
    for rate in (*RATES, 100, 1000):
        whole = hours(account * ACCOUNTS, 0, rate) / 24
        night = hours(NIGHT * a_day * ACCOUNTS, 0, rate)
        yield f"| {rate:,}/s | {whole:.1f} | {night:.1f} h |"


def main() -> int:
    """Print the tables."""
    new_parser(__doc__).parse_args()
    print("\n".join(tables()))
    return 0
