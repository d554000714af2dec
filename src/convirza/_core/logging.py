"""The logger `convirza`: one line a request, at DEBUG. Nothing secret or personal at any level.

The HTTP libraries log, at INFO and DEBUG, what a server sent: headers, cookies, reason phrases, any of which
may repeat the token. During a request of this library, their records are redacted.
"""

import contextlib
import logging
from collections.abc import Generator
from contextvars import ContextVar
from typing import Final

from convirza._core.effects import Request

logger: Final = logging.getLogger("convirza")
logger.addHandler(logging.NullHandler())

_NOISY_LOGGERS: Final = (
    *("httpx", "httpx2", "hpack.hpack", "hpack.table"),
    *(
        f"{core}.{part}"
        for core in ("httpcore", "httpcore2")
        for part in ("connection", "http11", "http2", "proxy", "socks")
    ),
)

_ours: Final = ContextVar("convirza_request_under_way", default=False)


@contextlib.contextmanager
def redact_http_logs() -> Generator[None]:
    """Redacts the log records of the HTTP libraries inside the block."""
    token = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(token)


def _cut(record: logging.LogRecord) -> bool:
    if _ours.get():
        # The first word is the name of an event, such as receive_response_headers.complete.
        record.msg, record.args = str(record.msg).split(maxsplit=1)[0] + " (details left out by convirza)", ()
        record.exc_info = record.exc_text = record.stack_info = None
    return True


for _name in _NOISY_LOGGERS:
    logging.getLogger(_name).addFilter(_cut)


def log_attempt(
    request: Request, outcome: int | str, attempt: int, elapsed: float, request_id: str | None
) -> None:
    """Logs one request; `outcome` is a status or the kind of a failure, `elapsed` is in seconds."""
    logger.debug(
        "%s %s: %s, attempt %d, %.3f s, request id %s",
        request.method,
        request.path,
        outcome,
        attempt,
        elapsed,
        request_id or "unknown",
    )
