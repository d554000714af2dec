"""What the library's logic asks of the network, and what comes back: values, no connections.

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
    """One request, complete but for what a connection needs."""

    method: str
    url: str
    path: str
    """The operation's path as the document has it, for logs and errors."""
    headers: Mapping[str, str] = field(repr=False)
    content: bytes | None = field(default=None, repr=False)


@frozen
class Reply:
    """One complete answer, whatever its status. Header names are looked up without regard to case."""

    status_code: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


@frozen
class Failure:
    """Why no complete answer came."""

    kind: Literal["timeout", "connection", "certificate", "proxy", "request", "body"]
    """`certificate`: it cannot be verified; `proxy`: it refuses; `request`: nothing could be sent at all;
    `body`: it cannot be decoded or is too large. Only the first two may pass when it is sent again."""
    detail: str = ""
    """What the operating system or TLS said, where it is known to hold nothing secret."""


@frozen
class Send:
    """Sends a request; brings a `Reply` or a `Failure`."""

    request: Request
    seconds: float
    """For all of it, from the connection to the last byte of the answer."""


@frozen
class Sleep:
    """Waits; brings None."""

    seconds: float


@frozen
class Wait:
    """Waits for what another thread or task does; brings None, whether it is done or not."""

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
