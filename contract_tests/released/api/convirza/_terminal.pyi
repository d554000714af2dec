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
_EXIT_CODES = '\x08\nExit codes:\n' + '\n'.join((f'{code.value:>5}  {code.meaning}' for code in ExitCode))
app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, context_settings={'help_option_names': ['-h', '--help']})
_UsageError = cast('type[typer.BadParameter]', typer.BadParameter.__base__)

def run(args: Sequence[str]) -> int:
    ...

def _show_version(asked: bool) -> None:
    ...

@app.callback(epilog=_EXIT_CODES)
def _root(_version: Annotated[bool, typer.Option('--version', callback=_show_version, is_eager=True, help='Show the version and exit.')]=False) -> None:
    ...

def _complete_include(incomplete: str) -> list[str]:
    ...
_INCLUDE_HELP = f"Modules to add, separated by commas; may be repeated. All: {', '.join(CallModule)}."

@app.command(epilog=_EXIT_CODES)
def get(call_id: Annotated[str, typer.Argument(metavar='ID', help='Id of the call, such as 987654.', show_default=False)], include: Annotated[list[str] | None, typer.Option(metavar='MODULES', help=_INCLUDE_HELP, autocompletion=_complete_include)]=None, json: Annotated[bool, typer.Option('--json', help='Print the answer exactly as it came, for pipes.')]=False, demo: Annotated[bool, typer.Option('--demo', help='Ask the fake API in process: no token, no network.')]=False, base_url: Annotated[str | None, typer.Option(metavar='URL', help='Address of the API: https, or http on this machine. Before CONVIRZA_BASE_URL.')]=None, timeout: Annotated[float, typer.Option(metavar='SECONDS', help='Time for the whole answer.')]=cli.DEFAULT_TIMEOUT) -> None:
    ...

@app.command(epilog='\x08\nExit codes:\n    0  stopped by Ctrl-C\n    2  wrong usage, port taken, extra missing')
def fake(host: Annotated[str, typer.Option(help='Address to listen on.')]='127.0.0.1', port: Annotated[int, typer.Option(min=0, max=65535, help='Port; 0 takes a free one.')]=8080, token: Annotated[str | None, typer.Option(help='The token to accept; not a real one.  [default: fake-convirza-token]')]=None, scenario: Annotated[str | None, typer.Option(help='A failure for every request, such as server-error; a wrong name lists all.')]=None) -> None:
    ...

@contextlib.contextmanager
def _stdout() -> Generator[TextIO]:
    ...
_Member = tuple[str, str, object]
_SECTION_KEYS: Final = {CallModule.RECORDINGS: 'recording_details', CallModule.VOICEAGENT: 'voiceagent_data'}
_SECTIONS: Final = frozenset((_SECTION_KEYS.get(module, module.value) for module in CallModule))
_LABELS: Final = {'bill_second': 'Billed', 'campaign_ext_id': 'Campaign external ID', 'recording_details': 'Recording', 'voiceagent_data': 'Voice agent'}
_WORDS: Final = {word: word.upper() for word in ('ai', 'cdr', 'ct', 'dni', 'id', 'url')}
_SECONDS: Final = {'bill_second', 'duration'}
_WIDEST_LABEL: Final = 28
_DEEPEST_INDENT: Final = 16
_HARMFUL: Final = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]')
_ADDRESS: Final = re.compile('[a-z][a-z0-9+.-]*://\\S+', re.IGNORECASE)

def render(call: Call, file: TextIO) -> str:
    ...

def _print(console: Console, label: str, content: str | list[_Member], indent: int, width: int=0) -> None:
    ...

def _content(name: str, value: object) -> str | list[_Member]:
    ...

def _members(value: object) -> list[_Member]:
    ...

def _label(name: str) -> str:
    ...

def _utc(time: datetime) -> str:
    ...

def _unix_time(seconds: int) -> str:
    ...

def _harmless(console: Console, text: str) -> str:
    ...
