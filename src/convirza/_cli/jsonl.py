"""Many ids in, many calls out as JSON lines: the formats. `output_file` has the file that they go to."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from attrs import frozen

from convirza._cli import exits
from convirza._cli.exits import ExitCode, Failure
from convirza._core.bulk import Outcome
from convirza._core.errors import ConvirzaError

_LONGEST_LINE: Final = 1024  # of ids; more of a line than that is not kept
_BOM: Final = b"\xef\xbb\xbf"  # some editors put it first


@frozen
class BadLine:
    """A line that holds no id. It is not kept: it may hold anything."""

    number: int


def open_ids(path: Path) -> BinaryIO:
    """The file of ids; `-` is stdin. Raises Failure if it cannot be opened."""
    try:
        # A file of its own even for stdin: a thread that still waits for that would block Python's end.
        return open(0, "rb", closefd=False) if str(path) == "-" else path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from None


def read_ids(file: BinaryIO, path: Path) -> Iterator[int | BadLine]:
    """The ids, one a line, as they come. Raises Failure if the file cannot be read further."""
    number = 0
    try:
        while line := file.readline(_LONGEST_LINE):
            number += 1
            whole = line.endswith(b"\n")
            while not whole and (rest := file.readline(_LONGEST_LINE)):
                whole = rest.endswith(b"\n")
                line = line if b"#" in line else b"?"
            text = line.removeprefix(_BOM if number == 1 else b"").partition(b"#")[0].strip()
            if text:
                yield _parse(text, number)
    except OSError as error:
        raise _unreadable(path, error) from None


def _parse(text: bytes, number: int) -> int | BadLine:
    try:
        return exits.parse_id(text.decode("ascii"))
    except (Failure, UnicodeDecodeError):
        return BadLine(number)


def _unreadable(path: Path, error: OSError) -> Failure:
    what = f"the ids in {'stdin' if str(path) == '-' else path} cannot be read ({error.strerror})"
    return Failure(ExitCode.USAGE, what, "give ids one a line in a file, or - for stdin")


def format_outcome(outcome: Outcome) -> tuple[bytes, str | None]:
    """The line of an outcome, and the type of its error if it is one."""
    line, error = outcome.call_id, outcome.error
    if outcome.call is not None:
        record = {"call_id": outcome.call_id, "call": outcome.call.to_dict()}
        with contextlib.suppress(ValueError, RecursionError):  # 1e999 in the record; too deep
            return _encode(record), None
        message = "the record holds a number or a depth that no JSON line can: use --json for this one"
        problem = format_problem("ResponseError", message, status=200)
    elif isinstance(line, BadLine):
        message = f"line {line.number} is not the id of a call: give a whole number, such as 987654"
        return _encode(
            {"call_id": None, "line": line.number, "error": format_problem("ValueError", message)}
        ), "ValueError"
    else:
        problem = format_error(cast("ConvirzaError", error))
    return _encode({"call_id": outcome.call_id, "error": problem}), problem["type"]


def format_error(error: ConvirzaError) -> dict[str, Any]:
    """An error as JSON: nothing personal is in it."""
    return format_problem(
        type(error).__name__, str(error.args[0]), status=error.status_code, request_id=error.request_id
    )


def format_problem(
    kind: str, message: str, *, status: int | None = None, request_id: str | None = None
) -> dict[str, Any]:
    """The members that the JSON of each error has."""
    return {"type": kind, "status": status, "message": message, "request_id": request_id}


def _encode(record: dict[str, Any]) -> bytes:
    # ASCII only: safe on any terminal, and half a surrogate pair is no error.
    return json.dumps(record, allow_nan=False).encode() + b"\n"
