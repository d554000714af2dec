"""The commands on a period. `app` adds them to the others."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from convirza._cli import exits, options
from convirza._cli.exits import ExitCode, Failure
from convirza._cli.period_options import on_period, parse
from convirza._resources.many import MAX_FAILURES
from convirza._resources.recordings import DOWNLOAD_DEADLINE

if TYPE_CHECKING:
    from convirza._cli.settings import Settings

app = typer.Typer()

_LOOKBACK = 7
_READS_LIST = [code for code in ExitCode if code not in {ExitCode.NOT_FOUND, ExitCode.INCOMPLETE}]


@app.command(
    epilog=options.exit_codes(
        ExitCode.DONE,
        (1, "the response cannot be used, a file cannot be written, or --check found something"),
        *_READS_LIST[2:-1],
        (ExitCode.INCOMPLETE, "--details failed for some calls, which the next run reads again"),
        ExitCode.INTERRUPTED,
    )
)
@on_period()
def export(
    settings: "Settings",
    period: Mapping[str, Any],
    output: options.ExportPath = None,
    include: options.Include = None,
    format: options.ExportFormat = None,
    urls: options.Urls = False,
    lookback: options.Lookback = _LOOKBACK,
    resume: options.GoOn = False,
    check: options.CheckPath = None,
    details: options.Details = False,
    concurrency: options.Windows = 1,
    rate: options.Rate = None,
) -> None:
    """Export all calls of a period to files, or check the files of an export.

    \b
    Examples:
      convirza export --since 2026-01-01 --include tags,indicators -o calls/
      convirza export --last 7d --format parquet -o calls/
      convirza export --since 2026-03-01 --until 2026-04-01 -o march.csv
      convirza export --check calls/

    A folder has a file date=2026-03-01/calls.jsonl for each UTC day, and _manifest.json, which is written
    last. Run the same command again, each night or after an interruption: finished days are skipped, and
    the days of the last week are read again, because tags and scores arrive late.

    A file is replaced only when the new one is complete, and only you can read it. The columns are those of
    convirza schema.
    """
    from convirza._cli import export as exporting

    if check is not None:
        raise typer.Exit(exporting.check(check))
    if output is None:
        raise Failure(ExitCode.USAGE, "--output is missing", "pass a folder, or a file such as calls.csv")
    exporting.export(
        settings,
        parse(settings.now(), **period),
        output,
        include=exits.parse_include(include or ()),
        format=format,
        urls=urls,
        lookback=lookback,
        resume=resume,
        details=details,
        concurrency=concurrency,
        rate=rate,
    )


@app.command(epilog=options.exit_codes(ExitCode.DONE, ExitCode.USAGE))
def schema(format: options.SchemaFormat = "json", urls: options.Urls = False) -> None:
    """Print the columns of exported files, with their types.

    \b
    Examples:
      convirza schema
      convirza schema --format sql | duckdb calls.db
    """
    from convirza._cli import export as exporting

    exporting.show_schema(format, urls=urls)


@app.command("list", epilog=options.exit_codes(*_READS_LIST))
@on_period()
def list_calls(
    settings: "Settings",
    period: Mapping[str, Any],
    include: options.Include = None,
    json: options.Json = False,
    max_items: options.MaxItems = None,
    concurrency: options.Windows = 1,
    rate: options.Rate = None,
) -> None:
    """List the calls of a period: a table on a terminal, one id a line in a pipe.

    \b
    Examples:
      convirza list --last 1d
      convirza list --last 7d --disposition VOICEMAIL | convirza get - > calls.jsonl
      convirza list --since 2026-03-01 --json | jq .call.caller_id

    With --json, each line is {"call_id": 7, "call": {...}}, as in convirza get.
    """
    from convirza._cli import listing

    listing.list_calls(
        settings,
        parse(settings.now(), **period),
        include=exits.parse_include(include or ()),
        as_json=json,
        max_items=max_items,
        concurrency=concurrency,
        rate=rate,
    )


@app.command(epilog=options.exit_codes(*ExitCode))
@on_period(deadline=DOWNLOAD_DEADLINE)
def recordings(
    settings: "Settings",
    period: Mapping[str, Any],
    output: options.Folder,
    ids: options.IdsOrNone = None,
    ordered: options.Ordered = False,
    concurrency: options.Concurrency = 4,
    rate: options.Rate = None,
    max_failures: options.MaxFailures = MAX_FAILURES,
) -> None:
    """Download the recordings of calls into a folder: those of a period, or by their ids.

    \b
    Examples:
      convirza recordings --last 1d -o recordings
      convirza recordings --since 2026-03-01 --until 2026-04-01 --disposition VOICEMAIL -o recordings
      convirza recordings 987654 987655 -o recordings
      convirza recordings - -o recordings < ids.txt

    The files are named <call id>-<recording id>.<wav, mp3, ...>. A call whose file exists is skipped, and an
    interrupted download is continued: after an interruption, run the same command again.

    Each call has a line: {"call_id": 7, "path": "recordings/7-5.wav", "present": false}. The path is null
    if the call has no recording, which is not a failure; "present" is true if the file existed before.
    An error has a line as in convirza get. --timeout is the time without any data.
    """
    from convirza._cli import bulk
    from convirza._cli import recordings as downloads

    plan = bulk.Plan.parse(ids or (), (), ordered, concurrency, rate, max_failures)
    period_options = {name: value for name, value in period.items() if value is not None and name != "tz"}
    if bool(ids) == bool(period_options):
        what = "ids and a period exclude each other" if ids else "neither ids nor a period"
        raise Failure(ExitCode.USAGE, what, "pass ids, - for ids from stdin, or a period such as --last 1d")
    downloads.download(settings, plan, None if ids else parse(settings.now(), **period), output)


@app.command(epilog=options.exit_codes(*_READS_LIST))
@on_period(filters=False)
def sms(
    settings: "Settings",
    period: Mapping[str, Any],
    type: options.SmsType = None,
    search: options.Search = None,
    json: options.Json = False,
) -> None:
    """List the SMS conversations of a period: a table on a terminal, JSON lines in a pipe.

    \b
    Examples:
      convirza sms --last 7d
      convirza sms --last 7d --type unassigned | jq .message
    """
    from convirza._cli import listing

    listing.list_sms(settings, parse(settings.now(), **period), type, search, as_json=json)
