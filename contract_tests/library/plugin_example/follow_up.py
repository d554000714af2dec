"""Who is to be called back: a small program that uses the library."""

import sys
from collections.abc import Iterable

from convirza import Convirza, NotFoundError

MISSED = ("ABANDONED", "BUSY", "NO ANSWER")


def numbers_to_call_back(convirza: Convirza, call_ids: Iterable[int]) -> list[str]:
    """The numbers of the callers whose calls were missed; a call that no longer exists is left out."""
    numbers: list[str] = []
    for call_id in call_ids:
        try:
            call = convirza.calls.get(call_id)
        except NotFoundError:
            continue
        if call.disposition in MISSED and call.caller_id:
            numbers.append(call.caller_id)
    return numbers


def main(arguments: list[str]) -> None:
    """Prints the numbers for the ids on the command line."""
    with Convirza() as convirza:
        print(*numbers_to_call_back(convirza, map(int, arguments)), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
