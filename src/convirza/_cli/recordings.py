"""`convirza recordings`: a line for each call, written as soon as its recording is there."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from convirza._async_client import AsyncConvirza
from convirza._cli import exits
from convirza._cli.bulk import Plan, WriteError, check_failed, stopped, write_lines
from convirza._cli.exits import ExitCode, Failure
from convirza._cli.jsonl import encode, format_outcome, format_problem
from convirza._cli.output import is_terminal, stdout
from convirza._cli.period_options import Period
from convirza._cli.progress import progress
from convirza._cli.settings import Settings
from convirza._core.bulk import Outcome
from convirza._core.errors import ConvirzaError, NoRecordingError
from convirza._generated import Call
from convirza._resources.recordings import RecordingOutcome


def download(settings: Settings, plan: Plan, period: Period | None, folder: Path) -> None:
    """Downloads to `folder`, and writes the lines to stdout; raises Failure if a recording is missing.

    The calls are those of the period, or else of the plan.
    """
    client = settings.async_client(plan.rate)
    source = plan.source() if period is None else _calls(client, period)
    counts: Counter[str | None] = Counter()
    # Neither failures nor new files.
    others = {"were there before": 0, "calls have none": 0}
    begun, finished = time.monotonic(), False

    def format_line(outcome: RecordingOutcome) -> tuple[bytes, str | None]:
        found: dict[str, Any] = {"call_id": outcome.call_id, "path": outcome.path and str(outcome.path)}
        if outcome.call_id is None:
            problem = format_problem("ValueError", "a call in the list has no id: see convirza list --json")
            return encode({"call_id": None, "error": problem}), "ValueError"
        if isinstance(outcome.error, NoRecordingError):
            others["calls have none"] += 1
        elif outcome.error is not None:
            return format_outcome(Outcome(outcome.call_id, error=outcome.error))
        others["were there before"] += outcome.present
        return encode({**found, "present": outcome.present}), None

    with (
        stdout() as out,
        progress(
            len(plan.ids) if plan.ids is not None else None, wanted=not is_terminal(sys.stdout)
        ) as advance,
    ):
        try:
            outcomes = client.calls.download_recordings(
                source,
                folder,
                concurrency=plan.concurrency,
                ordered=plan.ordered,
                max_failures=plan.max_failures,
                deadline=settings.deadline,
            )
            asyncio.run(write_lines(client, outcomes, format_line, out.buffer, advance, counts))
            finished = True
        except KeyboardInterrupt:
            exits.complain(f"interrupted: {counts.total()} calls were handled; the same command continues")
            raise
        except ConvirzaError as error:
            if type(error) is not ConvirzaError:
                raise
            raise stopped(plan, f"{counts[None]} calls were handled", "run the same command again") from None
        except WriteError as error:
            raise error.reason from None
        except OSError as error:
            what = f"--output {folder} cannot be written ({error.strerror})"
            advice = "free space, or pass another folder; the same command continues this one"
            raise Failure(ExitCode.UNUSABLE, what, advice) from None
    if not finished:  # the reader of stdout has closed it
        return
    seconds = f"{time.monotonic() - begun:.1f} s"
    advice = "see their lines, or run the same command again"
    check_failed(counts, f"recordings were not downloaded in {seconds}", advice)
    if not counts:
        exits.complain("no ids in stdin: pass one a line" if period is None else "the period has no calls")
        return
    rest = "".join(f", {count} {what}" for what, count in others.items() if count)
    exits.complain(f"{counts[None] - sum(others.values())} recordings were downloaded in {seconds}{rest}")


async def _calls(client: AsyncConvirza, period: Period) -> AsyncGenerator[Call | None]:
    """The calls of the period with the URLs of their recordings; None for one without an id."""
    window = period.window()
    calls = client.calls.list(window.start, window.end, include=["recordings"], **period.filters)
    async for page in calls.pages():
        for call in [*page.items, *(None for _ in page.misfits)]:
            yield call
