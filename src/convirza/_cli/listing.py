"""`convirza list` and `convirza sms`: a table on a terminal; ids or JSON lines for programs."""

import contextlib
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final, TextIO
from zoneinfo import ZoneInfo

from convirza._cli import exits
from convirza._cli.jsonl import encode
from convirza._cli.output import harmless, is_terminal, make_console, stdout
from convirza._cli.period_options import Period, check_option
from convirza._cli.settings import Settings
from convirza._core.validation import check_count
from convirza._generated import UNSET, SmsConversation
from convirza._resources.sms_arguments import list_sms_page
from convirza.export.columns import Flattener

# Name in the record, heading and width of a column.
_CALL: Final = (
    ("call_id", "ID", 10),
    ("call_started", "Started", 19),
    ("caller_id", "From", 12),
    ("phone_number", "To", 12),
    ("disposition", "Result", 11),
    ("duration", "Seconds", 7),
    ("campaign_name", "Campaign", 20),
)
_SMS: Final = (
    ("conversation_id", "ID", 10),
    ("conversation_updated", "Updated", 19),
    ("phone_number", "Number", 12),
    ("conversation_status", "Status", 8),
    ("unread_count", "Unread", 6),
    ("message", "Message", 40),
)


def list_calls(
    settings: Settings,
    period: Period,
    *,
    include: Sequence[str],
    as_json: bool,
    max_items: int | None,
    concurrency: int,
    rate: float | None,
) -> None:
    """Prints the calls of a period; raises a `ConvirzaError`."""
    window = period.window()
    most = None if max_items is None else exits.checked(check_count, "--max", max_items, 0, 2**63 - 1)
    flatten = Flattener()
    found = without_id = 0
    with settings.client() as client, stdout() as out:
        calls = client.calls.list(
            window.start,
            window.end,
            include=include,
            max_items=most,
            concurrency=exits.parse_concurrency(concurrency),
            rate=exits.parse_rate(rate),
            **period.filters,
        )
        table = _Table(out, _CALL, ZoneInfo(period.tz)) if is_terminal(out) and not as_json else None
        for page in calls.raw_pages():
            found += len(page.items)
            for item in page.items:
                record = flatten(item)
                if table:
                    table.row(record)
                elif as_json:
                    out.buffer.write(encode({"call_id": record["call_id"], "call": item}))
                elif record["call_id"] is None:
                    without_id += 1
                else:
                    out.buffer.write(b"%d\n" % record["call_id"])
            out.flush()
    if not found:
        exits.complain("the period has no calls")
    if without_id:
        exits.complain(f"{without_id} calls without an id are left out: see them with --json")


def list_sms(
    settings: Settings, period: Period, type: str | None, search: str | None, *, as_json: bool
) -> None:
    """Prints the SMS conversations of a period; raises a `ConvirzaError`."""
    window = period.window()
    check_option(list_sms_page, window.start, window.end, type, search, None, 1, 0)
    with settings.client() as client, stdout() as out:
        conversations = client.sms.list(start=window.start, end=window.end, type=type, search=search)
        _print_sms(conversations, out, ZoneInfo(period.tz), as_json=as_json or not is_terminal(out))


def _print_sms(conversations: Iterable[SmsConversation], out: TextIO, tz: tzinfo, *, as_json: bool) -> None:
    table = None if as_json else _Table(out, _SMS, tz)
    for conversation in conversations:
        if table:
            table.row({name: getattr(conversation, name) for name, _, _ in _SMS})
        else:
            out.buffer.write(encode(conversation.to_dict()))


class _Table:
    """A table whose rows are printed as they come, cut to the width of the columns."""

    def __init__(self, out: TextIO, columns: Sequence[tuple[str, str, int]], tz: tzinfo) -> None:
        self._out, self._columns, self._tz = out, columns, tz
        self._console = make_console(out)
        self.row({name: heading for name, heading, _ in columns})

    def row(self, record: dict[str, Any]) -> None:
        """Prints a row."""
        cells: list[str] = []
        for name, _, width in self._columns:
            value = record[name]
            if isinstance(value, datetime):
                with contextlib.suppress(OverflowError):  # within a day of the year 1 or 9999
                    value = value.astimezone(self._tz)
                value = value.isoformat(" ", "seconds")[:19]
            text = "-" if value is None or value is UNSET else " ".join(str(value).split())
            text = harmless(self._console, text)
            # An id is never cut.
            cells.append((text if name == self._columns[0][0] else text[:width]).ljust(width))
        print("  ".join(cells).rstrip(), file=self._out)
