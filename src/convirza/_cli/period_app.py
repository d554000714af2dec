"""The commands on a period. `app` adds them to the others."""

import typer

from convirza._cli import exits, options
from convirza._cli import period_options as period
from convirza._cli.exits import ExitCode, Failure
from convirza._client_settings import DEFAULT_DEADLINE, DEFAULT_RETRIES, DEFAULT_TIMEOUT

app = typer.Typer()

_LOOKBACK = 7
_READS_LIST = [code for code in ExitCode if code not in {ExitCode.NOT_FOUND, ExitCode.INCOMPLETE}]


@app.command(
    epilog=options.exit_codes(
        ExitCode.DONE,
        (1, "the answer cannot be used, a file cannot be written, or --check found something"),
        *_READS_LIST[2:],
    )
)
def export(
    output: options.ExportPath = None,
    since: period.Since = None,
    until: period.Until = None,
    last: period.Last = None,
    tz: period.TimeZone = "UTC",
    include: options.Include = None,
    format: options.ExportFormat = None,
    urls: options.Urls = False,
    org_unit_id: period.OrgUnit = None,
    campaign_id: period.Campaign = None,
    provisioned_route_id: period.Route = None,
    disposition: period.Disposition = None,
    caller_id: period.CallerId = None,
    phone_number: period.PhoneNumber = None,
    ring_to: period.RingTo = None,
    lookback: options.Lookback = _LOOKBACK,
    resume: options.GoOn = False,
    check: options.CheckFolder = None,
    rate: options.Rate = None,
    demo: options.Demo = False,
    base_url: options.BaseUrl = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
    deadline: options.Deadline = DEFAULT_DEADLINE,
    retries: options.Retries = DEFAULT_RETRIES,
) -> None:
    """Export all calls of a period to files, or check the files of an export.

    \b
    Examples:
      convirza export --since 2026-01-01 --include tags,indicators -o calls/
      convirza export --last 7d --format parquet -o calls/
      convirza export --since 2026-03-01 --until 2026-04-01 -o march.csv
      convirza export --check calls/

    A folder has a file date=2026-03-01/calls.jsonl for each UTC day, and manifest.json, which is written
    last. Run the same command again, each night or after an interruption: finished days are skipped, and
    the days of the last week are read again, because tags and scores arrive late.

    Files are replaced only when they are whole, and only you can read them. The columns are those of
    convirza schema.
    """
    from convirza._cli import export as exporting
    from convirza._cli.settings import Settings

    if check is not None:
        raise typer.Exit(exporting.check(check))
    if output is None:
        raise Failure(ExitCode.USAGE, "no --output is given", "give a folder, or a file such as calls.csv")
    settings = Settings(base_url, demo, timeout, deadline, retries)
    exporting.export(
        settings,
        period.parse(
            settings.now(),
            since,
            until,
            last,
            tz,
            org_unit_id=org_unit_id,
            campaign_id=campaign_id,
            provisioned_route_id=provisioned_route_id,
            disposition=disposition,
            caller_id=caller_id,
            phone_number=phone_number,
            ring_to=ring_to,
        ),
        output,
        include=exits.parse_include(include or ()),
        format=format,
        urls=urls,
        lookback=lookback,
        resume=resume,
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
def list_calls(
    since: period.Since = None,
    until: period.Until = None,
    last: period.Last = None,
    tz: period.TimeZone = "UTC",
    include: options.Include = None,
    json: options.Json = False,
    max_items: options.MaxItems = None,
    org_unit_id: period.OrgUnit = None,
    campaign_id: period.Campaign = None,
    provisioned_route_id: period.Route = None,
    disposition: period.Disposition = None,
    caller_id: period.CallerId = None,
    phone_number: period.PhoneNumber = None,
    ring_to: period.RingTo = None,
    rate: options.Rate = None,
    demo: options.Demo = False,
    base_url: options.BaseUrl = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
    deadline: options.Deadline = DEFAULT_DEADLINE,
    retries: options.Retries = DEFAULT_RETRIES,
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
    from convirza._cli.settings import Settings

    settings = Settings(base_url, demo, timeout, deadline, retries)
    listing.list_calls(
        settings,
        period.parse(
            settings.now(),
            since,
            until,
            last,
            tz,
            org_unit_id=org_unit_id,
            campaign_id=campaign_id,
            provisioned_route_id=provisioned_route_id,
            disposition=disposition,
            caller_id=caller_id,
            phone_number=phone_number,
            ring_to=ring_to,
        ),
        include=exits.parse_include(include or ()),
        as_json=json,
        max_items=max_items,
        rate=rate,
    )


@app.command(epilog=options.exit_codes(*_READS_LIST))
def sms(
    since: period.Since = None,
    until: period.Until = None,
    last: period.Last = None,
    tz: period.TimeZone = "UTC",
    type: options.SmsType = None,
    search: options.Search = None,
    json: options.Json = False,
    demo: options.Demo = False,
    base_url: options.BaseUrl = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
    deadline: options.Deadline = DEFAULT_DEADLINE,
    retries: options.Retries = DEFAULT_RETRIES,
) -> None:
    """List the SMS conversations of a period: a table on a terminal, JSON lines in a pipe.

    \b
    Examples:
      convirza sms --last 7d
      convirza sms --last 7d --type unassigned | jq .message
    """
    from convirza._cli import listing
    from convirza._cli.settings import Settings

    settings = Settings(base_url, demo, timeout, deadline, retries)
    listing.list_sms(
        settings, period.parse(settings.now(), since, until, last, tz), type, search, as_json=json
    )
