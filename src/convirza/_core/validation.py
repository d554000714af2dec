"""Checks of arguments, before anything is sent. An invalid one raises a `ValueError` that names the value."""

import contextlib
import ipaddress
import operator
import os
import re
import reprlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, TypeAlias, cast

import httpx

from convirza._core.errors import ConfigurationError

ModuleName: TypeAlias = Literal[
    "tags",
    "comments",
    "custom_sources",
    "call_flow",
    "recordings",
    "transcription",
    "call_detail",
    "indicators",
    "summary",
    "voiceagent",
]
"""The names in the document, for completion in editors; `include` accepts other strings too."""

DEFAULT_BASE_URL: Final = "https://platform-api.convirza.com/v3"
DEFAULT_OAUTH_URL: Final = "https://platform-oauth.convirza.com"

_LARGEST_ID: Final = 2**63 - 1
_OWNERS: Final = {
    "call_id": "a call",
    "campaign_id": "a campaign",
    "org_unit_id": "an organisation unit",
    "provisioned_route_id": "a route",
}
_LONGEST_TIME: Final = 86_400.0
_LONGEST_LOOKBACK: Final = timedelta(days=3650)
_MOST_RETRIES: Final = 100
_HIGHEST_RATE: Final = 1e6


def _shown(value: Any) -> str:
    """A shortened repr, for a message."""
    try:
        return reprlib.repr(value)
    except ValueError:  # Python does not format integers of more than 4300 digits
        return "an enormous number"


def check_id(value: object, name: str = "call_id") -> int:
    """An id, a positive 64-bit integer; NumPy integers are accepted too."""
    if not isinstance(value, bool):
        try:
            number = operator.index(value)  # type: ignore[arg-type]  # other types raise TypeError
        except TypeError:
            number = 0
        if 1 <= number <= _LARGEST_ID:
            return number
    advice = f"pass an int from 1 to {_LARGEST_ID}, such as 987654"
    raise ValueError(f"{name} {_shown(value)} is not the id of {_OWNERS[name]}: {advice}")


def check_ids(ids: object) -> Iterator[Any]:
    """An iterator of ids, which are checked one by one as they are consumed."""
    if not isinstance(ids, str | bytes | bytearray):
        with contextlib.suppress(TypeError):
            return iter(cast("Iterable[Any]", ids))
    raise ValueError(f"ids {_shown(ids)} must be a list or another iterable of ids")


def check_include(include: object) -> list[str]:
    """Module names, each once. A single string may hold several, separated by commas."""
    return check_names("include", include, r"[!-+\--~]+", "names of modules, such as 'tags' and 'recordings'")


def check_names(argument: str, given: object, pattern: str, wanted: str) -> list[str]:
    """Strings, each once. A single string may hold several, separated by commas."""
    if not isinstance(given, Iterable) or isinstance(given, bytes | Mapping):
        raise ValueError(f"{argument} {_shown(given)} is not a list: pass {wanted}")
    names = list[object](given.split(",") if isinstance(given, str) else cast("Iterable[object]", given))
    for name in names:
        if not isinstance(name, str) or not re.fullmatch(pattern, name):
            raise ValueError(f"{argument} {_shown(name)} is not valid: pass {wanted}")
    return list(dict.fromkeys(map(str, names)))


def check_time(name: str, value: object) -> datetime:
    """A datetime with a time zone."""
    if isinstance(value, datetime) and value.utcoffset() is not None:
        try:
            value.astimezone(UTC)
        except OverflowError:  # within a day of the year 1 or 9999
            raise ValueError(f"{name} is out of range: pass a time that exists in UTC") from None
        return value
    advice = "pass an aware datetime, such as datetime(2026, 3, 1, tzinfo=UTC)"
    raise ValueError(f"{name} is not a datetime with a time zone: {advice}")


def check_lookback(value: object) -> timedelta:
    """A length of time from 0 to 3650 days."""
    if isinstance(value, timedelta) and timedelta() <= value <= _LONGEST_LOOKBACK:
        return value
    raise ValueError("lookback is out of range: pass a timedelta from 0 to 3650 days")


def check_phone_number(name: str, value: object) -> str:
    """A phone number, which is not shown."""
    if isinstance(value, str) and re.fullmatch(r"\+?[0-9][0-9 ().-]*", value):
        return value
    raise ValueError(f"{name} is not a phone number: pass a string such as '+18015551234'")


def check_seconds(name: str, value: object) -> float:
    """Seconds, more than 0 and at most a day."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= _LONGEST_TIME:
        return float(value)
    advice = f"pass seconds, greater than 0 and at most {_LONGEST_TIME:g}"
    raise ValueError(f"{name} {_shown(value)} is out of range: {advice}")


def check_count(name: str, value: object, least: int, most: int) -> int:
    """An integer in a range."""
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return value
    raise ValueError(f"{name} {_shown(value)} is out of range: pass an int from {least} to {most}")


def check_retries(value: object) -> int:
    """The number of retries."""
    return check_count("max_retries", value, 0, _MOST_RETRIES)


def check_max_failures(name: str, value: object) -> int | None:
    """The number of failures in a row after which a read stops, or None for never."""
    return None if value is None else check_count(name, value, 1, 10**9)


def check_rate(value: object) -> float | None:
    """Requests a second, or None for no limit."""
    if value is None:
        return None
    least = 1 / _LONGEST_TIME
    if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= _HIGHEST_RATE:
        return float(value)
    advice = f"pass a number from {least:.3g} (one a day) to {_HIGHEST_RATE:g}"
    raise ValueError(f"rate {_shown(value)} is not a number of requests a second: {advice}")


def check_headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    """Additional headers, with lower-case names. Values are not shown: they may be secret."""
    checked: dict[str, str] = {}
    given: dict[Any, Any] = dict(headers or {})
    for name, value in given.items():
        if not isinstance(name, str) or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            raise ValueError(f"headers: {_shown(name)} is not the name of a header")
        if name.lower() in {"authorization", "host", "content-length", "transfer-encoding", "connection"}:
            raise ValueError(f"headers: {name} is set by the client: leave it out")
        if not isinstance(value, str) or not re.fullmatch(r"([!-~]([\t -~]*[!-~])?)?", value):
            raise ValueError(f"headers: the value of {name} is not a line of visible ASCII characters")
        checked[name.lower()] = value
    return checked


def check_text(name: str, value: object) -> str:
    """A non-empty string, which is not shown."""
    if isinstance(value, str) and value:
        return value
    raise ConfigurationError(f"{name} must be a non-empty string: pass both, email and password")


def check_token(token: object, source: str = "token") -> str:
    """A token that is valid in a header. It is not shown."""
    if not isinstance(token, str) or not re.fullmatch(r"[!-~]+", token):
        advice = "pass the bare token, without spaces, quotes or line breaks"
        raise ConfigurationError(
            f"{source} is empty, or contains whitespace or non-ASCII characters: {advice}"
        )
    return token


def check_url(text: object, source: str, *, clear: bool = False) -> str:
    """The address of a service, without a trailing slash. It is not shown: it may hold a password.

    http:// is accepted for loopback hosts only, unless `clear` or CONVIRZA_ALLOW_HTTP is 1: it would send the
    token unencrypted.
    """
    example = f"write it like {DEFAULT_BASE_URL}"
    if not isinstance(text, str) or not text.lower().startswith(("https://", "http://")):
        raise ConfigurationError(f"{source} does not begin with https://: {example}")
    try:
        url = httpx.URL(text)
        host = url.host  # decodes IDNA, which fails for xn--a
    except (httpx.InvalidURL, ValueError):
        url, host = httpx.URL(), ""
    if not host or not 0 <= (url.port or 0) < 2**16:
        raise ConfigurationError(f"{source} is not an address: {example}")
    if url.userinfo:
        advice = "remove it, and set the token in CONVIRZA_TOKEN"
        raise ConfigurationError(f"{source} contains a user name or a password: {advice}")
    if "?" in text or "#" in text:
        raise ConfigurationError(f"{source} contains a query or a fragment: {example}")
    clear = clear or os.environ.get("CONVIRZA_ALLOW_HTTP") == "1"
    if url.scheme == "http" and not clear and not is_loopback(host):
        advice = "use https://; to allow http:// in a private network, set CONVIRZA_ALLOW_HTTP=1"
        raise ConfigurationError(f"{source} would send the token unencrypted: {advice}")
    return str(url).rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host is a loopback host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
