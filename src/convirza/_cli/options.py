"""The options that several commands share, as types for typer."""

from pathlib import Path
from typing import Annotated, Final

import typer

from convirza._cli.exits import ExitCode
from convirza._generated import CallModule

READS_NO_CALL: Final = [code for code in ExitCode if code not in {ExitCode.NOT_FOUND, ExitCode.INCOMPLETE}]
"""The exit codes of a command that reads no call."""


def exit_codes(*codes: ExitCode | tuple[int, str]) -> str:
    """The end of a help text: the exit codes of the command."""
    pairs = [(code.value, code.meaning) if isinstance(code, ExitCode) else code for code in codes]
    return "\b\nExit codes:\n" + "\n".join(f"{code:>5}  {meaning}" for code, meaning in pairs)


def _complete_include(incomplete: str) -> list[str]:
    done, comma, _ = incomplete.rpartition(",")
    return [f"{done}{comma}{module}" for module in CallModule]


# Some versions of typer do not name the invalid value.
def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a number") from None


def parse_whole(text: str) -> int:
    """A whole number."""
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a whole number") from None


def _path(text: str) -> Path:
    if not text:  # an unset variable of the shell; Path("") would be the current folder
        raise typer.BadParameter("it is empty: pass a path")
    return Path(text)


def _port(text: str) -> int:
    port = parse_whole(text)
    if 0 <= port < 2**16:
        return port
    raise typer.BadParameter(f"{port} is not a port: pass 0 to 65535")


_ids = typer.Argument(
    metavar="ID...",
    help="Ids of calls, such as 987654; or - to read them from stdin, one a line.",
    show_default=False,
)
Ids = Annotated[list[str], _ids]
IdsOrNone = Annotated[list[str] | None, _ids]
Include = Annotated[
    list[str] | None,
    typer.Option(
        metavar="MODULES",
        help=f"Modules to add, separated by commas; may be repeated. All: {', '.join(CallModule)}.",
        autocompletion=_complete_include,
    ),
]
IdsFile = Annotated[
    Path,
    typer.Option(
        metavar="FILE",
        help="Ids, one a line; - is stdin. Blank lines and # comments are skipped.",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Write JSON lines to FILE, which must be new or empty.",
    ),
]
Folder = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        metavar="FOLDER",
        parser=_path,
        help="Folder for the files; created if needed.",
        show_default=False,
    ),
]
Urls = Annotated[bool, typer.Option("--urls", help="Keep the signed URLs of recordings.")]
MaxItems = Annotated[
    int | None, typer.Option("--max", metavar="N", parser=parse_whole, help="Stop after N calls.")
]
ExportPath = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="PATH",
        parser=_path,
        help="Folder with a file for each day; or one file, NAME.jsonl, NAME.csv or NAME.parquet.",
    ),
]
ExportFormat = Annotated[
    str | None,
    typer.Option("--format", metavar="NAME", help="jsonl, csv or parquet.  [default: of PATH, or jsonl]"),
]
SchemaFormat = Annotated[str, typer.Option("--format", metavar="NAME", help="json, sql or arrow.")]
Lookback = Annotated[
    int,
    typer.Option(metavar="DAYS", parser=parse_whole, help="Read each day again until DAYS after its end."),
]
GoOn = Annotated[
    bool, typer.Option("--resume", help="Finish the interrupted run: same end, skip the days that it wrote.")
]
CheckPath = Annotated[
    Path | None,
    typer.Option("--check", metavar="PATH", parser=_path, help="Compare a folder or file with its manifest."),
]
Details = Annotated[
    bool,
    typer.Option(
        "--details", help="Request calls by id if the list returns them without a module of --include."
    ),
]
Windows = Annotated[
    int,
    typer.Option(
        "--concurrency", metavar="N", parser=parse_whole, help="Read N parts of the period at a time."
    ),
]
SmsType = Annotated[
    str | None,
    typer.Option("--type", metavar="NAME", help="allOpen, assignedToYou, unassigned or close."),
]
Search = Annotated[str | None, typer.Option(metavar="TEXT", help="Conversations with this text.")]
Resume = Annotated[bool, typer.Option("--resume", help="Continue FILE: keep its calls, read the others.")]
Ordered = Annotated[
    bool, typer.Option("--ordered", help="Write lines in the order of the ids, not as they complete.")
]
Concurrency = Annotated[
    int, typer.Option(metavar="N", parser=parse_whole, help="Number of ids read concurrently.")
]
Unchanged = Annotated[
    bool, typer.Option("--json", help="With one id: print the response body unchanged, for pipes.")
]
CallId = Annotated[str, typer.Option(metavar="ID", help="The call to request.")]
Sample = Annotated[
    int | None,
    typer.Option(metavar="N", parser=parse_whole, help="Sample N ids at random.  [default: all]"),
]
Email = Annotated[
    str | None, typer.Option("--email", metavar="EMAIL", help="Email of the account.  [default: prompt]")
]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from stdin; do not prompt for it.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Demo = Annotated[bool, typer.Option("--demo", help="Use the fake API in process: no token, no network.")]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        metavar="URL", help="Address of the API: https, or http on this machine. Overrides CONVIRZA_BASE_URL."
    ),
]
OAuthUrl = Annotated[
    str | None,
    typer.Option(
        "--oauth-url", metavar="URL", help="Address of the token service. Overrides CONVIRZA_OAUTH_URL."
    ),
]
Timeout = Annotated[
    float, typer.Option(metavar="SECONDS", parser=_number, help="Time limit for one attempt.")
]
Deadline = Annotated[
    float,
    typer.Option(
        metavar="SECONDS", parser=_number, help="Time limit for a call, with all attempts and delays."
    ),
]
Retries = Annotated[
    int,
    typer.Option(metavar="N", parser=parse_whole, help="Retries after the first attempt."),
]
Rate = Annotated[
    float | None, typer.Option(metavar="N", parser=_number, help="Maximum number of requests per second.")
]
MaxFailures = Annotated[
    int,
    typer.Option(
        metavar="N",
        parser=parse_whole,
        help="Stop after N failures in a row: no response, 429, 5xx. 0: never.",
    ),
]
Port = Annotated[int, typer.Option(metavar="N", parser=_port, help="Port; 0 selects a free one.")]
FakeToken = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="The token to accept; not a real one.  [default: fake-convirza-token]"),
]
FakeCalls = Annotated[
    int | None, typer.Option(metavar="N", parser=parse_whole, help="The number of calls.  [default: 1100]")
]
Seed = Annotated[
    int | None,
    typer.Option(metavar="N", parser=parse_whole, help="Seed of the calls: same seed, same calls."),
]
Scenario = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="A failure for every request, such as server-error; an unknown name lists all."
    ),
]
Library = Annotated[
    bool | None,
    typer.Option("--library/--no-library", help="Also copy the library.  [default: as before, or no]"),
]
Package = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Import name of DEST, for absolute imports.  [default: as before, or relative]",
    ),
]
