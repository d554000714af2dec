"""`convirza export` and `convirza schema`."""

import json
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

from convirza._cli import exits
from convirza._cli.exits import ExitCode, Failure
from convirza._cli.output import stdout
from convirza._cli.period_options import Period
from convirza._cli.progress import export_progress
from convirza._cli.settings import Settings
from convirza._core.errors import ConvirzaError
from convirza._core.validation import check_count
from convirza.export import check_file, check_folder, create_table, to_file, to_folder
from convirza.export.columns import schema_json
from convirza.export.files import Format
from convirza.export.run import Progress


def export(
    settings: Settings,
    period: Period,
    output: Path,
    *,
    include: Sequence[str],
    format: str | None,
    urls: bool,
    lookback: int,
    resume: bool,
    details: bool,
    concurrency: int,
    rate: float | None,
) -> None:
    """Exports to a folder or a file, and reports how many calls."""
    suffix = output.suffix[1:]
    one_file = suffix in get_args(Format) and not output.is_dir()
    if suffix and not one_file and not output.is_dir():
        what = f"--output {output.name} is neither a folder nor a kind of file"
        raise Failure(
            ExitCode.USAGE, what, f"pass a folder, or a name ending in .{', .'.join(get_args(Format))}"
        )
    if one_file and format not in (None, suffix):
        what = f"--format {format} contradicts the name {output.name}"
        raise Failure(ExitCode.USAGE, what, "leave it out, or pass a folder")
    if one_file and resume:
        advice = "pass one such as calls/; a single file is always written anew"
        raise Failure(ExitCode.USAGE, "--resume needs a folder", advice)
    if details and not include:
        raise Failure(ExitCode.USAGE, "--details needs --include", "name modules, or leave it out")
    exits.checked(check_count, "--lookback", lookback, 0, 3650)
    given: dict[str, Any] = {
        **period.filters,
        "tz": period.tz,
        "include": include,
        "urls": urls,
        "details": details,
        "concurrency": exits.parse_concurrency(concurrency),
        "rate": exits.parse_rate(rate),
    }
    begun, progress = time.monotonic(), Progress(0, 0, 0)

    def show(new: Progress) -> None:
        nonlocal progress
        if new.most_details > progress.most_details:
            what = "one for each call that the list returns without a module"
            exits.complain(f"--details: up to {new.most_details} more requests, {what}")
        progress = new
        show_bar(new)

    with settings.client() as client, export_progress() as show_bar:
        try:
            if one_file:
                window = period.window()  # the client of the demo has another clock
                to_file(client, output, window.start, window.end, on_progress=show, **given)
            else:
                to_folder(
                    client,
                    output,
                    period.start,
                    period.end,
                    format=format or "jsonl",
                    lookback=timedelta(days=lookback),
                    resume=resume,
                    now=period.now,
                    on_progress=show,
                    **given,
                )
        except KeyboardInterrupt:
            exits.complain(f"interrupted: {_done(progress, one_file)}")
            raise
        except ConvirzaError:
            raise  # some are OSErrors, too
        except OSError as error:
            what = f"--output {output} cannot be written ({error.strerror})"
            advice = "free space, or pass another path; the same command continues"
            raise Failure(ExitCode.UNUSABLE, what, advice) from None
    kept = f"; {progress.kept} days were there before" if progress.kept else ""
    days = "" if one_file else f" of {progress.windows} days"
    seconds = time.monotonic() - begun
    exits.complain(f"{progress.calls} calls{days} were exported in {seconds:.1f} s{kept}")
    if failed := sum(progress.failures.values()):
        kinds = ", ".join(f"{count} {kind}" for kind, count in progress.failures.items())
        what = f"{failed} calls were exported without details ({kinds})"
        raise Failure(ExitCode.INCOMPLETE, what, "run the same command again")


def _done(progress: Progress, one_file: bool) -> str:
    if one_file:
        return f"{progress.calls} calls were read, the file is as before"
    return f"{progress.windows} of {progress.of_windows} days are exported; the same command continues"


def check(path: Path) -> ExitCode:
    """Prints what is wrong with a folder or a file, or that it is complete."""
    one_file = path.suffix[1:] in get_args(Format) and not path.is_dir()
    found = check_file(path) if one_file else check_folder(path)
    days = "" if one_file else f" of {found.days} days"
    with stdout() as out:
        out.writelines(f"{problem}\n" for problem in found.problems)
        if not found.problems:
            out.write(f"{found.calls} calls{days}: complete, as in the manifest\n")
    return ExitCode.UNUSABLE if found.problems else ExitCode.DONE


def show_schema(format: str, *, urls: bool) -> None:
    """Prints the columns."""
    if format == "json":
        text = json.dumps(schema_json(urls=urls), indent=2) + "\n"
    elif format == "sql":
        text = create_table(urls=urls)
    elif format == "arrow":
        with exits.needing("parquet"):
            from convirza.export.arrow import arrow_schema

        text = f"{arrow_schema(urls=urls)}\n"
    else:
        raise Failure(ExitCode.USAGE, f"--format {format!r} is unknown", "use json, sql or arrow")
    with stdout() as out:
        out.write(text)
