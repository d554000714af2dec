"""The arguments that the operations on calls share, sync and async."""

from collections.abc import AsyncIterable, Iterable, Mapping
from typing import Any, TypeAlias

from convirza._core.attempts import Options
from convirza._core.validation import ModuleName, check_headers, check_retries, check_seconds

Include: TypeAlias = Iterable[ModuleName | str]
Ids: TypeAlias = Iterable[Any]
AsyncIds: TypeAlias = Iterable[Any] | AsyncIterable[Any]


def override(
    defaults: Options,
    timeout: float | None,
    deadline: float | None,
    headers: Mapping[str, str] | None,
    max_retries: int | None,
) -> Options:
    """The options of one call: the client's, with what is not None replaced and headers added."""
    return Options(
        timeout=defaults.timeout if timeout is None else check_seconds("timeout", timeout),
        deadline=defaults.deadline if deadline is None else check_seconds("deadline", deadline),
        max_retries=defaults.max_retries if max_retries is None else check_retries(max_retries),
        headers={**defaults.headers, **check_headers(headers)},
    )
