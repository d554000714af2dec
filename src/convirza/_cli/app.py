"""The commands, their options and their help (typer).

What the commands do is in `convirza._cli`, which is imported when it is needed.
"""

import os
from collections.abc import Sequence
from typing import Annotated, cast

import typer

import convirza
from convirza._cli import exits, options, period_app
from convirza._cli.exits import ExitCode, Failure
from convirza._cli.logs import FORMATS, start_log
from convirza._client_settings import DEFAULT_DEADLINE, DEFAULT_RETRIES, DEFAULT_TIMEOUT
from convirza._generated import CallModule, document
from convirza._resources.many import MAX_FAILURES

app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.registered_commands += period_app.app.registered_commands

# The base of Click's errors of usage, wherever this version of typer keeps Click.
_UsageError = cast("type[typer.BadParameter]", typer.BadParameter.__base__)


def run(args: Sequence[str]) -> int:
    """Runs one command; returns its exit code, or raises `Failure`."""
    try:
        code = app(args=list(args), prog_name="convirza", standalone_mode=False)
    except _UsageError as error:
        help_command = error.ctx.command_path if error.ctx else "convirza"
        what = error.format_message().rstrip(".")
        raise Failure(ExitCode.USAGE, what, f"see {help_command} --help") from None
    except typer.Abort:
        raise KeyboardInterrupt from None
    return int(code or ExitCode.DONE)


def _show_version(requested: bool) -> None:
    if requested:
        typer.echo(f"convirza {convirza.__version__} (document {document()['info']['version']})")
        raise typer.Exit


@app.callback(epilog=options.exit_codes(*ExitCode))
def _root(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log each request to stderr; nothing secret or personal.")
    ] = False,
    log_format: Annotated[
        str, typer.Option(metavar="FORMAT", help="text, or json: everything on stderr is JSON lines.")
    ] = "text",
    allow_http: Annotated[
        bool,
        typer.Option(
            "--allow-http",
            envvar="CONVIRZA_ALLOW_HTTP",
            help="Accept http:// addresses of other machines, which see the token; for private networks.",
        ),
    ] = False,
) -> None:
    """Read call records of the Convirza V3 API.

    \b
    Examples:
      convirza get 987654 --include tags,recordings
      convirza get 987654 --json | jq .data.result.duration
      convirza get 987654 --demo
      convirza get - < ids.txt > calls.jsonl
      convirza list --last 1d
      convirza export --since 2026-01-01 -o calls/
      convirza doctor
    """
    if allow_http:
        os.environ["CONVIRZA_ALLOW_HTTP"] = "1"
    if log_format not in FORMATS:
        raise Failure(
            ExitCode.USAGE, f"--log-format {log_format!r} is unknown", f"use {' or '.join(FORMATS)}"
        )
    if verbose or log_format == "json":
        context.call_on_close(start_log(verbose=verbose, log_format=log_format))
    exits.log_as_json = log_format == "json"


@app.command(epilog=options.exit_codes(*ExitCode))
def get(
    ids: options.Ids,
    include: options.Include = None,
    json: options.Unchanged = False,
    output: options.Output = None,
    resume: options.Resume = False,
    ordered: options.Ordered = False,
    concurrency: options.Concurrency = 20,
    rate: options.Rate = None,
    max_failures: options.MaxFailures = MAX_FAILURES,
    demo: options.Demo = False,
    base_url: options.BaseUrl = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
    deadline: options.Deadline = DEFAULT_DEADLINE,
    retries: options.Retries = DEFAULT_RETRIES,
) -> None:
    """Print the record of one call; or of many calls, as JSON lines.

    \b
    Examples:
      convirza get 987654
      convirza get 987654 --include tags,recordings
      convirza get 987654 --include transcription --json > call.json
      convirza get 987654 --demo
      convirza get 987654 987655 | jq .call.duration
      convirza get - --output calls.jsonl < ids.txt
      convirza get - --output calls.jsonl --resume < ids.txt

    For many ids, from stdin one a line, and with --output, each line is {"call_id": 7, "call": {...}}
    or {"call_id": 7, "error": {"type": "NotFoundError", "status": 404, "message": "...", ...}}. A line is
    written as soon as its call is received. After an interruption, run the command again with --resume, the
    same ids and the same --include: it reads the ids that are missing in the file or have an error.
    An invalid line of stdin is an error with the number of the line, under "line". The run ends if the token
    is refused, and after --max-failures failures in a row.

    \b
    Environment:
      CONVIRZA_TOKEN     the access token. There is no option for it: it would
                         stay in the shell's history and in process lists.
                         Without it, the login of convirza login is used.
      CONVIRZA_BASE_URL  the address of the API, if not Convirza's own.
    """
    from convirza._cli.settings import Settings

    settings = Settings(base_url, demo, timeout, deadline, retries)
    modules = exits.parse_include(include or ())
    if resume and output is None:
        raise Failure(ExitCode.USAGE, "--resume needs the file to continue", "name it with --output")
    if len(ids) == 1 and ids != ["-"] and output is None:
        from convirza._cli import single

        single.get(settings, exits.parse_id(ids[0]), modules, as_json=json)
        return
    if json:
        advice = "leave it out: several calls are always JSON lines"
        raise Failure(ExitCode.USAGE, "--json prints the response of one call", advice)
    from convirza._cli import bulk

    plan = bulk.Plan.parse(ids, modules, ordered, concurrency, rate, max_failures)
    bulk.get_many(settings, plan, output, resume=resume)


@app.command(
    epilog=options.exit_codes(
        (0, "all is well, or a warning at most"), (1, "a check failed"), (2, "wrong usage")
    )
)
def doctor(
    call_id: options.CallId = "1",
    json: options.Json = False,
    base_url: options.BaseUrl = None,
) -> None:
    """Check what a request needs: token, address, proxy, clock, and the API itself.

    One request for a call is sent, and nothing is changed. The token is never shown.

    \b
    Examples:
      convirza doctor
      convirza doctor --call-id 987654
      convirza doctor --json | jq '.checks[] | select(.status != "ok")'
    """
    from convirza._cli import doctor as examination

    checks = examination.run(base_url, exits.parse_id(call_id))
    raise typer.Exit(examination.show(checks, as_json=json))


@app.command(
    epilog=options.exit_codes(
        (0, "no deviation in the calls that were read"),
        (1, "the API deviates"),
        *(ExitCode.USAGE, ExitCode.REFUSED, ExitCode.NOT_FOUND, ExitCode.NO_ANSWER),
        (6, "no call was read, for another reason"),
    )
)
def drift(
    ids_file: options.IdsFile,
    include: options.Include = None,
    sample: options.Sample = None,
    rate: options.Rate = 1.0,
    json: options.Json = False,
    base_url: options.BaseUrl = None,
    timeout: options.Timeout = DEFAULT_TIMEOUT,
    deadline: options.Deadline = DEFAULT_DEADLINE,
    retries: options.Retries = DEFAULT_RETRIES,
) -> None:
    """Compare the API's responses with the document, for calls that you know.

    Read-only: one GET for each id, with all modules unless --include names some, and one for each list of the
    document. The table shows each kind of deviation, with * for indices, and how many responses of the
    operation have it; it contains no values and no ids of calls.

    \b
    Examples:
      convirza drift --ids-file ids.txt
      convirza drift --ids-file ids.txt --sample 20 --json
      seq 987000 987050 | convirza drift --ids-file - --rate 5
    """
    from convirza._cli import drift as sampling
    from convirza._cli.settings import Settings

    settings = Settings(base_url, False, timeout, deadline, retries)
    modules = exits.parse_include(include or ()) or list(CallModule)
    report = sampling.run(settings, ids_file, sample, modules, rate)
    raise typer.Exit(sampling.show(report, as_json=json))


@app.command(epilog=options.exit_codes(*options.READS_NO_CALL))
def login(
    email: options.Email = None,
    password_stdin: options.PasswordStdin = False,
    oauth_url: options.OAuthUrl = None,
) -> None:
    """Log in with email and password, and keep the tokens for the other commands.

    They are kept in a file that only you can read, below $XDG_CONFIG_HOME or ~/.config (on Windows,
    %APPDATA%), and renewed as long as they are used; the password is not kept. CONVIRZA_TOKEN takes
    precedence.

    \b
    Examples:
      convirza login
      convirza login --email me@example.com
      pass show convirza | convirza login --email me@example.com --password-stdin
    """
    from convirza._cli.login import log_in

    log_in(oauth_url, email, password_stdin=password_stdin)


@app.command(epilog=options.exit_codes(*options.READS_NO_CALL))
def logout(oauth_url: options.OAuthUrl = None) -> None:
    """Revoke the tokens of the login, and remove their file.

    If they cannot be revoked, for example without a network, the file is kept.

    \b
    Examples:
      convirza logout
    """
    from convirza._cli.login import log_out

    log_out(oauth_url)


@app.command(
    epilog=options.exit_codes((0, "stopped by Ctrl-C"), (2, "wrong usage, port taken, extra missing"))
)
def fake(
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    port: options.Port = 8080,
    token: options.FakeToken = None,
    scenario: options.Scenario = None,
    calls: options.FakeCalls = None,
    seed: options.Seed = None,
) -> None:
    """Serve the fake API over HTTP until Ctrl-C.

    \b
    Examples:
      convirza fake --port 8080
      export CONVIRZA_BASE_URL=http://127.0.0.1:8080/v3
      export CONVIRZA_TOKEN=fake-convirza-token
      convirza get 987654
      export CONVIRZA_OAUTH_URL=http://127.0.0.1:8080
      convirza login --email agent@convirza.example    # fake-convirza-password
    """
    module = exits.load("convirza.fake", extras="cli,fake")
    server = exits.load("convirza.fake.server", extras="cli,fake")
    try:
        given = {"token": token, "calls": calls, "seed": seed, "scenario": scenario}
        api = module.create_app(**{name: value for name, value in given.items() if value is not None})
    except ValueError as error:
        raise Failure(ExitCode.USAGE, "the fake cannot start", str(error)) from None
    try:
        server.run(api, host, port)
    except OSError as error:
        what = f"cannot listen on {host}, port {port} ({error.strerror})"
        raise Failure(ExitCode.USAGE, what, "choose others with --host and --port") from None


@app.command(
    epilog=options.exit_codes(
        (0, "done, or --check found nothing"),
        (1, "--check found something, or edits would be lost"),
        (2, "wrong usage, DEST cannot be used or written"),
    )
)
def vendor(
    dest: Annotated[
        str, typer.Argument(metavar="DEST", help="Folder that the copies go into.", show_default=False)
    ],
    library: options.Library = None,
    package: options.Package = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; report what differs.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite manual edits.")] = False,
) -> None:
    """Copy the client into your own code, or update or check the copy.

    The client goes to DEST/convirza_client, the library to DEST/convirza, the list of their files to
    DEST/VENDORED.toml. The copies need attrs and httpx, and not this package.

    \b
    Examples:
      convirza vendor myapp/_vendor
      convirza vendor myapp/_vendor --library --package myapp._vendor
      convirza vendor myapp/_vendor --check
    """
    from convirza._cli.output import stdout

    module = exits.load("convirza._cli.vendor", extras="cli")
    code, lines = module.vendor(dest, library=library, package=package, check=check, force=force)
    with stdout() as out:
        out.writelines(f"{line}\n" for line in lines)
    raise typer.Exit(code)
