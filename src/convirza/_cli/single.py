"""`convirza get` for one id: the record as text, or the body of the response, unchanged."""

from collections.abc import Sequence

from convirza._cli.output import stdout
from convirza._cli.settings import Settings
from convirza._generated import CallModule


def get(settings: Settings, call_id: int, include: Sequence[CallModule], *, as_json: bool) -> None:
    """Prints one call; raises a `ConvirzaError`."""
    with settings.client() as client:
        response = client.calls.with_raw_response.get(call_id, include=include)
    with stdout() as out:
        if as_json:
            out.buffer.write(response.content + (b"\n" if out.isatty() else b""))
        else:
            from convirza._cli.render import render

            out.write(render(response.parsed, out))
