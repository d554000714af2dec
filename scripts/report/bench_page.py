"""What the benchmarks share: ratios, the plot, and the page, which has a part of each."""

import statistics
from collections.abc import Mapping
from pathlib import Path

from shared import ROOT

REPORT = ROOT / "BENCHMARKS.md"
Round = dict[str, float]
"""Seconds for a call, by competitor."""

_ENGINES = "## Engines\n"
_OURS = "drift", "read_window", "dlt", "Spark"


def ratio(rounds: list[Round], name: str, base: str) -> float:
    """How many times as long as `base` it takes, the median of the rounds."""
    return statistics.median(measured[name] / measured[base] for measured in rounds)


def rows(rounds: list[Round]) -> list[tuple[str, float, float]]:
    """Name, median microseconds for a call, and the ratio to the first, for each competitor."""
    base = next(iter(rounds[0]))
    return [
        (name, statistics.median(measured[name] for measured in rounds) * 1e6, ratio(rounds, name, base))
        for name in rounds[0]
    ]


def draw(plots: Mapping[str, list[Round]], path: Path) -> None:
    """A plot for each title: a bar for each competitor, the same file for the same figures."""
    import matplotlib as mpl  # type: ignore[import-not-found, unused-ignore]  # only in its own environment

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "convirza"
    from matplotlib import pyplot as plt  # type: ignore[import-not-found, unused-ignore]

    height = 0.5 + sum(0.4 + 0.33 * len(rounds[0]) for rounds in plots.values())
    figure, axes = plt.subplots(len(plots), 1, figsize=(8, height), layout="constrained", squeeze=False)
    for axis, (title, rounds) in zip(axes[:, 0], plots.items(), strict=True):
        names, micros, ratios = zip(*rows(rounds), strict=True)
        colours = ["#1f6feb" if any(word in name for word in _OURS) else "#8c959f" for name in names]
        bars = axis.barh(names, micros, color=colours)
        axis.bar_label(bars, [f" {value:.2f}" for value in ratios])
        axis.invert_yaxis()
        axis.set_title(title, loc="left")
        axis.set_xlabel("microseconds for a call; the labels are ratios to the first")
        axis.spines[["top", "right"]].set_visible(False)
        axis.margins(x=0.1)
    figure.savefig(path, metadata={"Date": None})


def write_page(main: str | None = None, engines: str | None = None) -> None:
    """Replaces one part of the page."""
    before, heading, after = REPORT.read_text("utf-8").partition(_ENGINES)
    page = f"{(main or before).rstrip()}\n\n{engines or heading + after}".rstrip() + "\n"
    temporary = REPORT.with_suffix(".tmp")
    temporary.write_text(page, "utf-8")
    temporary.replace(REPORT)
