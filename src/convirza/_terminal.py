"""What people type (typer) and see (rich): the only module that needs the extra `convirza[cli]`."""

import contextlib
import os
import re
import sys
from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TextIO, cast

import attrs
import typer
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

import convirza
from convirza import cli
from convirza._generated import UNSET, Call, CallModule
from convirza.cli import ExitCode, Failure

_EXIT_CODES = "\b\nExit codes:\n" + "\n".join(f"{code.value:>5}  {code.meaning}" for code in ExitCode)

app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# The base of Click's errors of usage, wherever this version of typer keeps Click.
_UsageError = cast("type[typer.BadParameter]", typer.BadParameter.__base__)


def run(args: Sequence[str]) -> int:
    """Runs one command; gives its exit code, or raises `Failure`."""
    try:
        code = app(args=list(args), prog_name="convirza", standalone_mode=False)
    except _UsageError as error:
        help_command = error.ctx.command_path if error.ctx else "convirza"
        what = error.format_message().rstrip(".")
        raise Failure(ExitCode.USAGE, what, f"see {help_command} --help") from None
    except typer.Abort:
        raise KeyboardInterrupt from None
    return int(code or ExitCode.DONE)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"convirza {convirza.__version__}")
        raise typer.Exit


@app.callback(epilog=_EXIT_CODES)
def _root(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Read call records of the Convirza V3 API.

    \b
    Examples:
      convirza get 987654 --include tags,recordings
      convirza get 987654 --json | jq .data.result.duration
      convirza get 987654 --demo
      convirza fake --port 8080
    """


def _complete_include(incomplete: str) -> list[str]:
    done, comma, _ = incomplete.rpartition(",")
    return [f"{done}{comma}{module}" for module in CallModule]


_INCLUDE_HELP = f"Modules to add, separated by commas; may be repeated. All: {', '.join(CallModule)}."


@app.command(epilog=_EXIT_CODES)
def get(
    call_id: Annotated[
        str, typer.Argument(metavar="ID", help="Id of the call, such as 987654.", show_default=False)
    ],
    include: Annotated[
        list[str] | None,
        typer.Option(metavar="MODULES", help=_INCLUDE_HELP, autocompletion=_complete_include),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the answer exactly as it came, for pipes.")
    ] = False,
    demo: Annotated[
        bool, typer.Option("--demo", help="Ask the fake API in process: no token, no network.")
    ] = False,
    base_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Address of the API: https, or http on this machine. Before CONVIRZA_BASE_URL.",
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", help="Time for the whole answer.")
    ] = cli.DEFAULT_TIMEOUT,
) -> None:
    """Print the record of one call.

    \b
    Examples:
      convirza get 987654
      convirza get 987654 --include tags,recordings
      convirza get 987654 --include transcription --json > call.json
      convirza get 987654 --demo

    \b
    Environment:
      CONVIRZA_TOKEN     the access token. There is no option for it: it would
                         stay in the shell's history and in process lists.
      CONVIRZA_BASE_URL  the address of the API, if not the vendor's.
    """
    number, modules, seconds = (
        cli.parse_id(call_id),
        cli.parse_include(include or ()),
        cli.parse_timeout(timeout),
    )
    if demo and base_url is not None:
        raise Failure(ExitCode.USAGE, "--demo asks no server", "leave out --base-url, or --demo")
    client = cli.demo_client() if demo else cli.live_client(base_url)
    content, call = cli.fetch(client, number, modules, seconds=seconds)
    with _stdout() as stdout:
        if json:
            stdout.buffer.write(content + (b"\n" if stdout.isatty() else b""))
        else:
            stdout.write(render(call, stdout))


@app.command(
    epilog="\b\nExit codes:\n    0  stopped by Ctrl-C\n    2  wrong usage, port taken, extra missing",
)
def fake(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8080,
    token: Annotated[
        str | None, typer.Option(help="The token to accept; not a real one.  [default: fake-convirza-token]")
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option(help="A failure for every request, such as server-error; a wrong name lists all."),
    ] = None,
) -> None:
    """Serve the fake API over HTTP until Ctrl-C.

    \b
    Examples:
      convirza fake --port 8080
      export CONVIRZA_BASE_URL=http://127.0.0.1:8080/v3
      export CONVIRZA_TOKEN=fake-convirza-token
      convirza get 987654
    """
    module = cli.load("convirza.fake", extras="cli,fake")
    server = cli.load("convirza.fake.server", extras="cli,fake")
    try:
        api = module.create_app(token=module.DEFAULT_TOKEN if token is None else token, scenario=scenario)
    except ValueError as error:
        raise Failure(ExitCode.USAGE, "the fake cannot start", str(error)) from None
    try:
        server.run(api, host, port)
    except OSError as error:
        what = f"cannot listen on {host}, port {port} ({error.strerror})"
        raise Failure(ExitCode.USAGE, what, "choose others with --host and --port") from None


@contextlib.contextmanager
def _stdout() -> Generator[TextIO]:
    """Stdout, flushed; a reader that has gone away, as in `| head -1`, has read enough."""
    if not sys.stdout:  # as by >&-
        raise Failure(ExitCode.UNUSABLE, "stdout is closed", "check where the output goes")
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        cli.discard_stdout()


# Name in the document if there is one, label, value.
_Member = tuple[str, str, object]

_SECTION_KEYS: Final = {CallModule.RECORDINGS: "recording_details", CallModule.VOICEAGENT: "voiceagent_data"}
_SECTIONS: Final = frozenset(_SECTION_KEYS.get(module, module.value) for module in CallModule)
_LABELS: Final = {
    "bill_second": "Billed",
    "campaign_ext_id": "Campaign external ID",
    "recording_details": "Recording",
    "voiceagent_data": "Voice agent",
}
_WORDS: Final = {word: word.upper() for word in ("ai", "cdr", "ct", "dni", "id", "url")}
_SECONDS: Final = {"bill_second", "duration"}
_WIDEST_LABEL: Final = 28
_DEEPEST_INDENT: Final = 16

# What moves the cursor, changes the terminal or turns the direction of writing; tabs and line breaks stay.
_HARMFUL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)


def render(call: Call, file: TextIO) -> str:
    """The record for people, with colours and line breaks if `file` is a terminal."""
    console = Console(file=file, color_system=None if os.environ.get("NO_COLOR") else "auto")
    members = _members(call)
    fields = [member for member in members if member[0] and member[0] not in _SECTIONS]
    other = [member for member in members if not member[0]]
    with console.capture() as capture:
        _print(console, f"Call {call.call_id}", fields, 0)
        for name, label, value in members:
            if name in _SECTIONS:
                console.print()
                _print(console, label, _content(name, value), 0)
        if other:
            console.print()
            _print(console, "Other", other, 0)
    return capture.get()


def _print(console: Console, label: str, content: str | list[_Member], indent: int, width: int = 0) -> None:
    # A Text is never read as markup.
    head = Text(" " * indent).append(
        _harmless(console, " ".join(label.split())), "cyan" if indent else "bold"
    )
    if isinstance(content, list):
        console.print(head, soft_wrap=True)
        indent += 2
        width = min(max(cell_len(label) for _, label, _ in content), _WIDEST_LABEL)
        for name, child_label, value in content:
            child = _content(name, value) if indent < _DEEPEST_INDENT else "(too deep: see --json)"
            _print(console, child_label, child, indent, width)
        return
    if indent:
        left = indent + width + 2
        head.append(" " * max(left - head.cell_len, 1))
    else:
        left = 2
        head.append("\n" + " " * left)
    lines = _harmless(console, content).split("\n")
    if console.is_terminal:
        room = max(console.width - left, 20)
        lines = [wrapped.plain for line in lines for wrapped in Text(line).wrap(console, room)]
    console.print(head.append(("\n" + " " * left).join(lines)), soft_wrap=True)


def _content(name: str, value: object) -> str | list[_Member]:
    """The members of a value that has any, and the text of any other."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case int() if name in _SECONDS:
            return f"{value} s"
        case int() if name == "expires_at":
            return _unix_time(value)
        case datetime():
            return _utc(value)
        case str() if name == "url" or _ADDRESS.fullmatch(value):
            address, *query = re.split("[?#]", value, maxsplit=1)
            return f"{address} (query left out: see --json)" if query else address
        case str():
            return value or '""'
        case _:
            has_members = attrs.has(type(value)) or type(value) in {dict, list}
            return (_members(value) or "none") if has_members else str(value)


def _members(value: object) -> list[_Member]:
    if isinstance(value, list):
        return [("", f"{number}", item) for number, item in enumerate(cast("list[object]", value), 1)]
    if isinstance(value, dict):
        return [("", key, item) for key, item in cast("dict[str, object]", value).items()]
    fields = attrs.asdict(cast("Any", value), recurse=False, filter=lambda _, member: member is not UNSET)
    other = fields.pop("additional_properties")
    return [(name, _label(name), member) for name, member in fields.items()] + _members(other)


def _label(name: str) -> str:
    words = [_WORDS.get(word, word) for word in name.split("_")]
    return _LABELS.get(name, words[0][0].upper() + " ".join(words)[1:])


def _utc(time: datetime) -> str:
    try:
        utc = time.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:  # within a day of the year 1 or 9999
        return str(time)
    return f"{utc.isoformat(' ', 'milliseconds' if utc.microsecond else 'seconds')} UTC"


def _unix_time(seconds: int) -> str:
    try:
        return _utc(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, ValueError, OSError):
        return f"{seconds} s after 1970"


def _harmless(console: Console, text: str) -> str:
    """The text with its control characters, and those that the output cannot encode, as escapes."""
    visible = _HARMFUL.sub(lambda found: ascii(found[0])[1:-1], text.replace("\r\n", "\n"))
    return visible.encode(console.encoding, "backslashreplace").decode(console.encoding)
