"""The formats of ids and of JSON lines. `output_file` has the output file."""

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

_LONGEST_LINE: Final = 1024  # of ids, in bytes; the rest of a line is dropped
_BOM: Final = b"\xef\xbb\xbf"  # some editors put it first


@frozen
class BadLine:
    """A line without a valid id. Its text is dropped: it may be a secret."""

    number: int


def open_ids(path: Path) -> BinaryIO:
    """The file of ids; `-` is stdin. Raises Failure if it cannot be opened."""
    try:
        # Not sys.stdin: a thread that is blocked on it would block the exit of Python.
        return open(0, "rb", closefd=False) if str(path) == "-" else path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from None


def read_ids(file: BinaryIO, path: Path) -> Iterator[int | BadLine]:
    """Yields the ids, one a line, as they arrive. Raises Failure if reading fails."""
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
    return Failure(ExitCode.USAGE, what, "pass a file with one id a line, or - for stdin")


def format_outcome(outcome: Outcome) -> tuple[bytes, str | None]:
    """The line of an outcome, and the type of its error or None."""
    line, error = outcome.call_id, outcome.error
    if outcome.call is not None:
        record = {"call_id": outcome.call_id, "call": outcome.call.to_dict()}
        with contextlib.suppress(ValueError, RecursionError):  # 1e999 in the record; too deep
            return encode(record), None
        message = "the record has a number or a depth that a JSON line cannot have: use --json for this call"
        problem = format_problem("ResponseError", message, status=200)
    elif isinstance(line, BadLine):
        message = f"line {line.number} is not the id of a call: write a whole number, such as 987654"
        return encode(
            {"call_id": None, "line": line.number, "error": format_problem("ValueError", message)}
        ), "ValueError"
    else:
        problem = format_error(cast("ConvirzaError", error))
    return encode({"call_id": outcome.call_id, "error": problem}), problem["type"]


def format_error(error: ConvirzaError) -> dict[str, Any]:
    """An error as JSON, without personal data."""
    return format_problem(
        type(error).__name__, str(error.args[0]), status=error.status_code, request_id=error.request_id
    )


def format_problem(
    kind: str, message: str, *, status: int | None = None, request_id: str | None = None
) -> dict[str, Any]:
    """The members of every error in JSON."""
    return {"type": kind, "status": status, "message": message, "request_id": request_id}


def encode(record: dict[str, Any]) -> bytes:
    """A JSON line."""
    # ASCII only: safe on any terminal, and a lone surrogate does not raise.
    return json.dumps(record, allow_nan=False).encode() + b"\n"
