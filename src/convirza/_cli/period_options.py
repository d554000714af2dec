"""The options of commands on a period: its limits, and the filters of its calls."""

import inspect
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import typer
from attrs import field, frozen

from convirza._cli import options
from convirza._cli.exits import ExitCode, Failure
from convirza._cli.options import parse_whole
from convirza._client_settings import DEFAULT_DEADLINE, DEFAULT_RETRIES, DEFAULT_TIMEOUT
from convirza._core.windows import Moment, Window, parse_period
from convirza._resources.call_filters import check_filters

_OPTIONS: Final = {"start": "--since", "end": "--until"}
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

Since = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="Start of the period: a date, midnight in --tz, or a time such as 2026-03-01T08:00:00Z.",
    ),
]
Until = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="End of the period, exclusive; as for --since.  [default: now]"),
]
Last = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Instead of --since: length of the period, such as 7d, 36h or 2w."),
]
TimeZone = Annotated[
    str, typer.Option("--tz", metavar="NAME", help="Time zone of dates, such as Europe/Berlin.")
]
OrgUnit = Annotated[
    int | None, typer.Option("--org-unit-id", metavar="ID", parser=parse_whole, help="Organisation unit.")
]
Campaign = Annotated[
    int | None, typer.Option("--campaign-id", metavar="ID", parser=parse_whole, help="Campaign.")
]
Route = Annotated[
    int | None,
    typer.Option("--provisioned-route-id", metavar="ID", parser=parse_whole, help="Provisioned route."),
]
Disposition = Annotated[
    list[str] | None,
    typer.Option(metavar="NAMES", help="Dispositions, such as ANSWERED, separated by commas; repeatable."),
]
CallerId = Annotated[str | None, typer.Option(metavar="NUMBER", help="Calls from this number.")]
PhoneNumber = Annotated[str | None, typer.Option(metavar="NUMBER", help="Calls to this tracking number.")]
RingTo = Annotated[str | None, typer.Option(metavar="NUMBER", help="Calls forwarded to this number.")]

_PERIOD: Final[Mapping[str, Any]] = {"since": Since, "until": Until, "last": Last, "tz": TimeZone}
_FILTERS: Final[Mapping[str, Any]] = {
    "org_unit_id": OrgUnit,
    "campaign_id": Campaign,
    "provisioned_route_id": Route,
    "disposition": Disposition,
    "caller_id": CallerId,
    "phone_number": PhoneNumber,
    "ring_to": RingTo,
}
# In the order of `Settings`.
_CONNECTION: Final[Mapping[str, Any]] = {
    "base_url": options.BaseUrl,
    "demo": options.Demo,
    "timeout": options.Timeout,
    "deadline": options.Deadline,
    "retries": options.Retries,
}
_DEFAULTS: Final[Mapping[str, Any]] = {
    "tz": "UTC",
    "demo": False,
    "timeout": DEFAULT_TIMEOUT,
    "deadline": DEFAULT_DEADLINE,
    "retries": DEFAULT_RETRIES,
}


def on_period(
    *, filters: bool = True, deadline: float = DEFAULT_DEADLINE
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Adds the options of a period and of the connection to a command.

    The command gets `settings` and `period`, the options that were passed; both before its own.
    """
    selecting = _FILTERS if filters else {}
    defaults = {**_DEFAULTS, "deadline": deadline}

    def make(added: Mapping[str, Any]) -> list[inspect.Parameter]:
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        return [
            inspect.Parameter(name, kind, default=defaults.get(name), annotation=option)
            for name, option in added.items()
        ]

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        def run(**given: Any) -> None:
            from convirza._cli.settings import Settings

            settings = Settings(*(given.pop(name) for name in _CONNECTION))
            command(settings, {name: given.pop(name) for name in [*_PERIOD, *selecting]}, **given)

        signature = inspect.signature(command)
        own = list(signature.parameters.values())[2:]
        parameters = [*make(_PERIOD), *own, *make(selecting), *make(_CONNECTION)]
        parameters.sort(key=lambda each: each.default is not inspect.Parameter.empty)
        run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        run.__name__, run.__doc__ = command.__name__, command.__doc__
        return run

    return decorate


@frozen
class Period:
    """The checked options."""

    start: Moment
    end: Moment | None
    tz: str
    now: datetime
    filters: Mapping[str, Any] = field(repr=False)

    def window(self) -> Window:
        """The period."""
        window: Window = check_option(parse_period, self.start, self.end, self.tz, self.now)
        return window


def parse(
    now: datetime, since: str | None, until: str | None, last: str | None, tz: str, **filters: Any
) -> Period:
    """Raises Failure for invalid options, before anything is sent."""
    if (since is None) == (last is None):
        what = "--since and --last exclude each other" if since else "the period is missing"
        raise Failure(ExitCode.USAGE, what, "pass --since 2026-03-01, or --last 7d")
    start: Moment = since or now
    if last is not None:
        found = re.fullmatch("([1-9][0-9]{0,5})([mhdw])", last)
        if not found:
            raise Failure(
                ExitCode.USAGE, f"--last {last!r} is not a length of time", "pass one such as 7d or 36h"
            )
        end = now if until is None else check_option(parse_period, now.replace(year=1970), until, tz, now).end
        try:
            start = end - timedelta(**{_UNITS[found[2]]: int(found[1])})
        except OverflowError:
            raise Failure(ExitCode.USAGE, f"--last {last} is too long", "pass a shorter one") from None
    if filters.get("disposition"):
        filters["disposition"] = [name for value in filters["disposition"] for name in value.split(",")]
    given = {name: value for name, value in filters.items() if value is not None and value != []}
    period = Period(start, until, tz, now, check_option(check_filters, given))
    if period.window().start >= now:
        raise Failure(ExitCode.USAGE, "--since is in the future", "pass an earlier time")
    return period


def check_option(check: Any, *args: Any) -> Any:
    """The result of a check, whose messages begin with the name of an argument."""
    try:
        return check(*args)
    except ValueError as error:
        message = str(error.args[0])
    name, _, rest = message.partition(" ")
    if name in _OPTIONS:  # the message may name both
        message = re.sub(r"\b(start|end)\b", lambda found: _OPTIONS[found[0]], message)
    else:
        message = f"--{name.replace('_', '-')} {rest}"
    what, _, advice = message.partition(": ")
    raise Failure(ExitCode.USAGE, what, advice)
