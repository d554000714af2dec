"""The requests that the library's logic makes of the outside world, as values, and their results.

The logic (`convirza._core.attempts`, `convirza._auth`) is written once, as generators that yield effects:
send a request, sleep, wait for another task's login, finish a refresh. `convirza._core.transport` runs them,
with threads or with asyncio. So the logic has no `await`, and its tests need no network and no time.
"""

from collections.abc import Generator, Mapping
from concurrent.futures import Future
from typing import Any, Literal, TypeAlias, TypeVar

from attrs import field, frozen

T = TypeVar("T")


@frozen
class Request:
    """One request, without what a connection adds."""

    method: str
    url: str
    path: str
    """The path of the operation in the document, for logs and errors."""
    headers: Mapping[str, str] = field(repr=False)
    content: bytes | None = field(default=None, repr=False)


@frozen
class Reply:
    """One complete response with any status. Header names are case-insensitive."""

    status_code: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


@frozen
class Failure:
    """Why there is no complete response."""

    kind: Literal["timeout", "connection", "certificate", "proxy", "request", "body"]
    """`certificate`: it cannot be verified; `proxy`: it refuses to connect; `request`: it could not be sent;
    `body`: it cannot be decoded or is too large. Only `timeout` and `connection` are retried."""
    detail: str = ""
    """The message of the operating system or TLS, if it is known to hold nothing secret."""


@frozen
class Send:
    """Sends a request; returns a `Reply` or a `Failure`."""

    request: Request
    seconds: float
    """The time limit, from connecting to the last byte of the response."""


@frozen
class Sleep:
    """Sleeps; returns None."""

    seconds: float


@frozen
class Wait:
    """Waits for another thread or task; returns None, whether it is done or not."""

    future: "Future[Any]"
    seconds: float


@frozen
class Finish:
    """Starts a flow that is run to its end, even if the one that started it is cancelled; brings None."""

    flow: "Flow[Any]"
    future: "Future[Any]"
    """Gets what the flow returns, or the exception that ended it."""


Flow: TypeAlias = Generator[Send | Sleep | Wait | Finish, Any, T]
"""A piece of logic that brings a T in the end."""
