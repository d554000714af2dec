"""`convirza drift`: requests each operation that reads, and counts deviations from the document by kind."""

import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from operator import methodcaller
from pathlib import Path
from typing import Any, Final

from attrs import asdict, define, evolve, field
from rich.cells import cell_len

from convirza._cli import exits
from convirza._cli.exits import ExitCode, Failure
from convirza._cli.jsonl import BadLine, format_error, open_ids, read_ids
from convirza._cli.output import stdout
from convirza._cli.progress import progress
from convirza._cli.settings import Settings
from convirza._core.bulk import Pacer
from convirza._core.drift import Deviation, kind_of, referenced
from convirza._core.errors import (
    AuthenticationError,
    ConfigurationError,
    ConvirzaError,
    DriftError,
    ResponseError,
    WrongRecordError,
)
from convirza._core.validation import check_count
from convirza._generated import OPERATIONS, CallModule, document, get_call
from convirza._sync_client import Convirza

DEVIATES: Final = 1

_MOST: Final = 2**63
_NOT_JSON: Final = Deviation("", "contentMediaType", "application/json", "not JSON")


@define
class Report:
    """The result of a sample of responses."""

    requested: Counter[str] = field(factory=Counter[str])
    """Number of requests by operation."""
    compared: int = 0
    """Responses that were checked against the document, without errors."""
    found: Counter[Deviation] = field(factory=Counter[Deviation])
    """Number of responses by kind of deviation, with * for indices."""
    errors: list[tuple[str, int | None, ConvirzaError]] = field(factory=list[Any])
    """Operations that failed, and with which call."""


def run(
    settings: Settings, path: Path, size: int | None, include: Sequence[CallModule], rate: float | None
) -> Report:
    """Reads the calls whose ids are in a file, or a sample of `size`, and each list once, in turn.

    Raises AuthenticationError if the token is refused: it would be refused for all requests.
    """
    pacer = Pacer(exits.parse_rate(rate))
    calls = [(get_call.OPERATION.id, call_id, _get(call_id, include)) for call_id in _read_sample(path, size)]
    lists = [(operation, None, ask) for operation, ask in _lists()]
    # strict: a client that cannot check responses then raises; with other values it only warns.
    with settings.client(drift="strict") as client, progress(len(calls) + len(lists)) as advance:
        report = Report()
        for operation, call_id, ask in [*calls, *lists]:
            settings.clock.sleep(pacer.reserve(settings.clock.monotonic()))
            failed = len(report.errors)
            _compare(client, operation, call_id, ask, report)
            advance(len(report.errors) > failed)
    return report


def _get(call_id: int, include: Sequence[CallModule]) -> Callable[[Convirza], object]:
    return lambda client: client.calls.get(call_id, include=include)


def _lists() -> list[tuple[str, Callable[[Convirza], object]]]:
    """The ids of the operations that read without an id, with requests of the document's examples."""
    whole = document()
    shared = whole["components"]["parameters"]
    found: list[tuple[str, Callable[[Convirza], object]]] = []
    for operation in OPERATIONS.values():
        if operation.method != "GET" or "{" in operation.path:
            continue
        listed = whole["paths"][operation.path]["get"].get("parameters", ())
        named = [referenced(one, shared) for one in listed]
        params = {
            one["name"]: next(iter(one["examples"].values()))["value"] for one in named if one.get("required")
        }
        found.append((operation.id, methodcaller("request", "GET", operation.path, params=params)))
    return found


def _read_sample(path: Path, size: int | None) -> list[int]:
    if size is not None:
        exits.checked(check_count, "--sample", size, 1, _MOST)
    ids: dict[int, None] = {}
    with open_ids(path) as file:
        for call_id in read_ids(file, path):
            if isinstance(call_id, BadLine):
                what = f"line {call_id.number} of {path} is not the id of a call"
                raise Failure(ExitCode.USAGE, what, "write one whole number a line, such as 987654")
            ids[call_id] = None
    if not ids:
        raise Failure(ExitCode.USAGE, f"there are no ids in {path}", "write one a line")
    return list(ids) if size is None or size >= len(ids) else random.sample(list(ids), size)


def _compare(
    client: Convirza, operation: str, call_id: int | None, ask: Callable[[Convirza], object], report: Report
) -> None:
    report.requested[operation] += 1
    found: Sequence[Deviation] = ()
    try:
        ask(client)
        report.compared += 1
    except (DriftError, WrongRecordError) as error:
        report.compared += 1
        found = error.deviations
    except (AuthenticationError, ConfigurationError):
        raise
    except ConvirzaError as error:
        report.errors.append((operation, call_id, error))
        found = error.deviations
        if isinstance(error, ResponseError) and error.status_code == 200 and not found:
            found = (evolve(_NOT_JSON, operation=operation),)
    report.found.update({kind_of(deviation) for deviation in found})


def show(report: Report, *, as_json: bool) -> int:
    """Prints the deviations, without values and ids, and on stderr what could not be read.

    Returns the exit code. Raises Failure if no response could be checked.
    """
    for operation, call_id, error in report.errors:
        what = operation if call_id is None else f"call {call_id}"
        exits.complain(f"{what} was not read: {error.args[0]}")
    if report.compared or report.found:
        with stdout() as out:
            out.write(_to_json(report) if as_json else _to_text(report))
    if report.found:
        return DEVIATES
    if report.compared:
        return ExitCode.DONE
    code = exits.exit_code(report.errors[-1][2])
    what = f"none of {report.requested.total()} responses could be read"
    raise Failure(ExitCode.INCOMPLETE if code is ExitCode.UNUSABLE else code, what, "see the lines above")


def _to_text(report: Report) -> str:
    kinds = {0: "no deviation", 1: "1 kind of deviation"}.get(
        len(report.found), f"{len(report.found)} kinds of deviation"
    )
    failed = f", {len(report.errors)} not read" if report.errors else ""
    head = f"{report.compared} of {report.requested.total()} responses compared"
    head += f" with document {_version()}{failed}: {kinds}"
    return "\n".join([head, *_table(report), ""])


def _table(report: Report) -> list[str]:
    if not report.found:
        return []
    rows = [("POINTER", "KIND", "EXPECTED", "GOT", "RESPONSES")]
    for kind, count in sorted(report.found.items(), key=lambda item: (-item[1], item[0].pointer)):
        pointer = kind.pointer or "(the whole response)"
        rows.append(
            (
                pointer,
                kind.kind,
                kind.expected,
                kind.got_type,
                f"{count} of {report.requested[kind.operation]}",
            )
        )
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def _to_json(report: Report) -> str:
    found = {
        "document": _version(),
        "asked": report.requested.total(),
        "compared": report.compared,
        "deviations": [{**asdict(kind), "responses": count} for kind, count in report.found.most_common()],
        "errors": [
            {"operation": operation, "call_id": call_id, **format_error(error)}
            for operation, call_id, error in report.errors
        ],
    }
    return json.dumps(found, indent=2) + "\n"


def _version() -> str:
    return str(document()["info"]["version"])
