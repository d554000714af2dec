#!/usr/bin/env python3
"""Write the contract report: one HTML page of what the contract suite did, and what it proves.

    tox run -e report            run the suite, then write build/report.html

Reads build/contract.json (the counts of the server suite), build/junit.xml (pytest's results) and, if it is
there, build/faults.json (of `tox run -e faults`). The page needs nothing else: no script, no network.
"""

import argparse
import collections
import contextlib
import json
import os
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import markupsafe

ROOT = Path(__file__).resolve().parents[1]
SLOWEST = 15
SOURCES = {"schemathesis": "Checks of schemathesis", "suite": "Rules of the suite: what no answer may show"}
Row = dict[str, Any]


class Unreadable(Exception):
    """An input that is missing or broken, in one line."""


class Test(NamedTuple):
    """The runs of one test function: parameters may be values, and are not shown."""

    module: str
    name: str
    runs: int
    seconds: float
    slowest: float


class Results(NamedTuple):
    """What pytest said."""

    started: datetime
    seconds: float
    counts: dict[str, int]
    folders: list[Row]
    tests: list[Test]
    failures: list[Row]
    skips: list[Row]


def read_json(path: Path) -> Any:
    """What a JSON file holds."""
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise Unreadable(f"{path} is missing: run the suite first, with tox run -e report") from None
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path} cannot be read: {type(error).__name__}") from None


def read_results(path: Path) -> Results:
    """What pytest's JUnit XML says, but for the text of failures: that may hold values."""
    try:
        suite = next(ElementTree.parse(path).iter("testsuite"))  # noqa: S314 - pytest wrote it
        started = datetime.fromisoformat(suite.attrib["timestamp"])
        seconds = float(suite.attrib["time"])
    except FileNotFoundError:
        raise Unreadable(f"{path} is missing: run the suite first, with tox run -e report") from None
    except (ElementTree.ParseError, OSError, StopIteration, KeyError, ValueError) as error:
        raise Unreadable(f"{path} cannot be read: {type(error).__name__}") from None
    times: dict[tuple[str, str], list[float]] = {}
    folders: dict[str, collections.Counter[str]] = {}
    failures: collections.Counter[tuple[str, str, str]] = collections.Counter()
    skips: dict[str, collections.Counter[str]] = {}
    for case in suite.iter("testcase"):
        module = case.get("classname", "").replace(".", "/").removeprefix("contract_tests/")
        name = case.get("name", "").partition("[")[0]
        times.setdefault((module, name), []).append(float(case.get("time", 0)))
        outcome = next((child for child in case if child.tag in {"failure", "error", "skipped"}), None)
        state = "passed" if outcome is None else "skipped" if outcome.tag == "skipped" else "failed"
        folder = folders.setdefault(module.partition("/")[0], collections.Counter())
        folder.update([state, "tests"])
        folder["microseconds"] += round(1e6 * float(case.get("time", 0)))
        if outcome is not None and state == "skipped":
            reason = outcome.get("message", "").removeprefix("Skipped: ") or "no reason given"
            skips.setdefault(reason, collections.Counter())[name] += 1
        elif outcome is not None:
            failures[module, name, reason_of(outcome.text or "")] += 1
    counts = sum(folders.values(), collections.Counter())
    return Results(
        started=started if started.tzinfo else started.astimezone(),
        seconds=seconds,
        counts={state: counts[state] for state in ("tests", "passed", "failed", "skipped")},
        folders=[{"name": name, **counter} for name, counter in sorted(folders.items())],
        tests=[Test(*key, len(runs), sum(runs), max(runs)) for key, runs in times.items()],
        failures=[
            {"module": module, "name": name, "reason": reason, "runs": runs}
            for (module, name, reason), runs in failures.most_common()
        ],
        skips=[{"reason": reason, "tests": sorted(names.items())} for reason, names in sorted(skips.items())],
    )


def reason_of(text: str) -> str:
    """What may be shown of a failure: the message of a rule, which has no value in it, or else its type."""
    if rule := re.search(r"^E +support\.rules\.Violation: (.+)$", text, re.MULTILINE):
        return rule[1]
    place = re.search(r"^\S+:\d+: (\w+)$", text, re.MULTILINE)
    return place[1] if place else "see build/junit.xml"


def by_status(rows: Iterable[Row], value: str = "count") -> dict[int, int]:
    """Sums by status."""
    sums: collections.Counter[int] = collections.Counter()
    for row in rows:
        sums[row["status"]] += row[value]
    return dict(sums)


def operations(contract: Mapping[str, Any]) -> list[Row]:
    """Each operation with its statuses, and each check with how often it ran and failed at each of them."""
    known = {operation["name"]: operation for operation in contract["operations"]}
    found = []
    for name in [*known, *sorted({row["operation"] for row in contract["exchanges"]} - known.keys())]:
        exchanges = [row for row in contract["exchanges"] if row["operation"] == name]
        documented = {int(status) for status in known.get(name, {}).get("statuses", ()) if status.isdigit()}
        groups: dict[str, dict[str, dict[int, Row]]] = {source: {} for source in SOURCES}
        for row in contract["checks"]:
            if row["operation"] == name:
                groups[row["source"]].setdefault(row["check"], {})[row["status"]] = row
        found.append(
            {
                "name": name,
                "request": "{method} {path}".format(**known[name]) if name in known else "",
                "statuses": sorted(documented | {row["status"] for row in exchanges}),
                "documented": documented,
                "exchanges": by_status(exchanges),
                "groups": [(SOURCES[source], checks) for source, checks in groups.items() if checks],
            }
        )
    return found


def phases(contract: Mapping[str, Any]) -> list[Row]:
    """The requests that each test sent, phase by phase."""
    found: dict[str, dict[str, list[Row]]] = {}
    for row in contract["exchanges"]:
        found.setdefault(row["phase"], {}).setdefault(row["test"], []).append(row)
    return [
        {
            "name": phase or "set-up",
            "tests": [{"name": test, "statuses": by_status(rows)} for test, rows in tests.items()],
            "count": sum(row["count"] for rows in tests.values() for row in rows),
        }
        for phase, tests in found.items()
    ]


def grouped(rows: Iterable[Row], *keys: str) -> list[tuple[str, list[Row]]]:
    """Rows by what the keys hold, in order of appearance."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(" ".join(str(row[key]) for key in keys), []).append(row)
    return list(found.items())


def faults(path: Path) -> Row | None:
    """Faults by kind and by the test that killed them; None if they were not run."""
    if not path.exists():
        return None
    kinds = []
    for kind, rows in grouped(sorted(read_json(path), key=lambda row: row["kind"]), "kind"):
        killers: dict[str, list[str]] = {}
        for row in rows:
            killers.setdefault((row["killer"] or "").partition("[")[0], []).append(row["name"])
        survivors = killers.pop("", [])
        kinds.append(
            {
                "name": kind,
                "count": len(rows),
                "seconds": sum(row["seconds"] for row in rows),
                "survivors": survivors,
                "killers": sorted(killers.items(), key=lambda item: (-len(item[1]), item[0])),
            }
        )
    count, survived = sum(kind["count"] for kind in kinds), sum(len(kind["survivors"]) for kind in kinds)
    return {
        "kinds": kinds,
        "not_run": sorted({"client", "server"} - {kind["name"] for kind in kinds}),
        "count": count,
        "killed": count - survived,
        "survived": survived,
        "ran": datetime.fromtimestamp(path.stat().st_mtime, UTC),
    }


def coverage(contract: Mapping[str, Any]) -> Row:
    """How much of what the document says was tried or seen, as pairs of numbers."""
    ways = [row[way] for row in contract["keywords"] for way in ("kept", "broken") if row[way] is not None]
    return {
        "requests": sum(row["count"] for row in contract["exchanges"]),
        "ways": (sum(map(bool, ways)), len(ways)),
        "members": (sum(bool(row["present"]) for row in contract["members"]), len(contract["members"])),
        "values": (sum(bool(row["seen"]) for row in contract["values"]), len(contract["values"])),
    }


def breakable(name: str) -> markupsafe.Markup:
    """A name that may be broken after an underscore, for narrow screens."""
    return markupsafe.Markup("_<wbr>").join(name.split("_"))  # join escapes the parts


def render(build: Path) -> str:
    """The page."""
    contract, results = read_json(build / "contract.json"), read_results(build / "junit.xml")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["breakable"] = breakable
    try:
        finished = datetime.fromisoformat(contract["finished"])
        if not -1 <= (finished - results.started).total_seconds() <= results.seconds + 5:
            raise Unreadable(f"{build / 'contract.json'} and {build / 'junit.xml'} are not of the same run")
        found = faults(build / "faults.json")
        return environment.get_template("report.html.jinja").render(
            contract=contract,
            finished=finished,
            results=results,
            good=not results.counts["failed"] and not (found and found["survived"]),
            coverage=coverage(contract),
            operations=operations(contract),
            phases=phases(contract),
            statuses=sorted({row["status"] for row in contract["exchanges"]}),
            keywords=grouped(contract["keywords"], "operation", "parameter"),
            members=grouped(contract["members"], "schema"),
            values=grouped(contract["values"], "schema"),
            faults=found,
            slowest=sorted(results.tests, key=lambda test: -test.seconds)[:SLOWEST],
            duration=lambda seconds: str(timedelta(seconds=round(seconds))),
        )
    except (KeyError, TypeError, ValueError, AttributeError, jinja2.UndefinedError) as error:
        raise Unreadable(f"{build}: not the files that the suite writes ({type(error).__name__})") from error


def write(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(text, "utf-8")
        unfinished.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            unfinished.unlink()


def main() -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--build", type=Path, default=ROOT / "build", help="the folder of the inputs and of the page"
    )
    build = parser.parse_args().build
    try:
        write(build / "report.html", render(build))
    except (Unreadable, OSError) as error:
        print(f"report.py: {error}", file=sys.stderr)
        return 1
    print(f"report.py: wrote {build / 'report.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
