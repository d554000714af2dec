"""The credentials of a client, as the core uses them; `convirza._auth` implements them."""

from typing import Literal, Protocol

from attrs import field, frozen

from convirza._core.clock import Clock
from convirza._core.drift import DriftLog
from convirza._core.effects import Flow
from convirza._core.errors import ConvirzaError


@frozen(eq=False)
class TokenContext:
    """What requests to the token service take from the client they are sent for. Times are in seconds."""

    clock: Clock
    timeout: float = 30.0
    max_retries: int = 2
    drift: Literal["report", "off"] = "off"
    drift_log: DriftLog = field(factory=DriftLog)


class Auth(Protocol):
    """Where a client gets its access token from: a `StaticToken`, a `PasswordAuth` or a `StoredAuth`."""

    @property
    def renewable(self) -> bool:
        """Whether a refused token can be replaced by a new one."""
        ...

    def acquire(
        self, context: TokenContext, end: float, refused: str | None = None
    ) -> Flow[str | ConvirzaError]:
        """Returns a token other than `refused`, before `end` of the monotonic clock."""
        ...

    def log_in(self, context: TokenContext, end: float) -> Flow[ConvirzaError | None]:
        """Gets new tokens now, if possible."""
        ...

    def log_out(self, context: TokenContext, end: float) -> Flow[ConvirzaError | None]:
        """Revokes the tokens and removes them."""
        ...
