"""Which failures are retried, and after which delay.

Not stamina or tenacity: they take 15 to 17 us for a successful call, do not read Retry-After, and do not cap
the delay by the deadline.
"""

import math
import random
import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from convirza._core.errors import APIStatusError, ConnectionError, ConvirzaError, TimeoutError

RETRIED_STATUSES: Final = frozenset({408, 429, 500, 502, 503, 504, *range(520, 525)})

_FIRST_BACKOFF: Final = 0.5
_LONGEST_BACKOFF: Final = 8.0


def backoff(attempts: int) -> float:
    """The delay after a number of attempts, in seconds: exponential, with full jitter."""
    ceiling = min(_LONGEST_BACKOFF, _FIRST_BACKOFF * 2 ** (min(attempts, 30) - 1))
    return random.uniform(0.0, ceiling)  # noqa: S311 (spreads load, hides nothing)


def retry_delay(attempts: int, retry_after: float | None) -> float:
    """The delay after a number of attempts: at least the backoff, even if `Retry-After` is 0 or past."""
    return max(backoff(attempts), retry_after or 0.0)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """The delay from the header `Retry-After`, in seconds; None if it is missing or malformed.

    It holds seconds or an HTTP date (RFC 9110, section 10.2.3). A date is counted from the response's own
    `Date`, because the system clock, Unix time `now`, may be wrong; from `now` if there is none.
    """
    value = headers.get("retry-after")
    if value is None:
        return None
    text = value.strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        seconds = float(text)  # a number of any length, perhaps infinity
        return seconds if math.isfinite(seconds) else None
    then, sent = _http_date(text), _http_date(headers.get("date", ""))
    return None if then is None else max(0.0, then - (now if sent is None else sent))


def _http_date(text: str) -> float | None:
    """Unix time; None if the text is not a date."""
    try:
        date = parsedate_to_datetime(text)
        # HTTP dates are in GMT, also without a time zone.
        return date.timestamp() if date.tzinfo else date.replace(tzinfo=UTC).timestamp()
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def is_retryable(error: ConvirzaError) -> bool:
    """Whether the same request may succeed when it is retried."""
    if isinstance(error, ConnectionError | TimeoutError):
        return True
    return isinstance(error, APIStatusError) and error.status_code in RETRIED_STATUSES
