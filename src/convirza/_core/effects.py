"""Effects: the input and output that the library's logic needs, as values, and their results.

The logic (`convirza._core.attempts`, `convirza._auth`) is written once, as generators that yield effects:
send a request, sleep, wait for another task's login, for the disk, finish a refresh.
`convirza._core.transport` runs them, with threads or with asyncio. So the logic has no `await`, and its tests
need no network and no time.
"""

from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Future
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

from attrs import field, frozen

T = TypeVar("T")


@frozen
class Request:
    """One request, without what a connection adds."""

    method: str
    url: str = field(repr=False)  # the query of a recording's URL is a secret
    path: str
    """The path of the operation in the document, for logs and errors."""
    headers: Mapping[str, str] = field(repr=False)
    content: bytes | None = field(default=None, repr=False)
    public: bool = False
    """Whether to connect to a public address only. A proxy resolves names itself, and so do other clients."""


@frozen
class Reply:
    """One complete response with any status. Header names are case-insensitive."""

    status_code: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


@frozen
class Failure:
    """Why there is no complete response."""

    kind: Literal["timeout", "connection", "certificate", "tls", "proxy", "request", "body"]
    """`certificate`: it cannot be verified; `tls`: the handshake is refused, or the server has no TLS;
    `proxy`: it refuses to connect; `request`: it could not be sent; `body`: it cannot be decoded or is too
    large. Only `timeout` and `connection` are retried."""
    detail: str = ""
    """The message of the operating system or TLS, if it is known to hold nothing secret."""
    sent: bool = True
    """Whether a part of the request may have reached the server."""
    proxy: str = ""
    """Host and port of the proxy whose TLS failed; empty if it is the server's."""


class Sink(Protocol):
    """Takes the body of a response part by part. All methods may raise `BodyError`."""

    quiet: float
    """The time limit for each part, in seconds."""

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        """Whether it takes the body of this response."""
        ...

    def add(self, part: bytes) -> None:
        """Takes the next part."""
        ...

    def content(self) -> bytes:
        """Called after the last part; returns the content of the `Reply`."""
        ...


@frozen
class Send:
    """Sends a request; returns a `Reply` or a `Failure`."""

    request: Request
    seconds: float
    """The time limit, from connecting to the last byte of the response."""
    sink: Sink | None = None
    """Takes the body; without it, the `Reply` holds it."""


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
class Work:
    """Calls a function that waits for the disk; returns its result. In asyncio, in a thread."""

    function: Callable[[], Any]


@frozen
class Finish:
    """Starts a flow that runs to its end even if the flow that started it is cancelled; returns None."""

    flow: "Flow[Any]"
    future: "Future[Any]"
    """Set to the result of the flow, or to the exception that ended it."""


Flow: TypeAlias = Generator[Send | Sleep | Wait | Work | Finish, Any, T]
"""A generator that yields effects and returns a T.

A flow returns a ConvirzaError and does not raise it. The traceback of a raised error would keep the frames of
the flow, whose local variables hold the token. One error may also be the result of several waiting threads,
which would all extend its traceback. Only `run_or_raise` raises, outside of these frames.
"""
