"""The credentials of a client, as the core uses them; `convirza._auth` implements them."""

from typing import Protocol

from convirza._core.clock import Clock
from convirza._core.effects import Flow
from convirza._core.errors import ConvirzaError


class Auth(Protocol):
    """Where a client gets its access token from: a `StaticToken`, a `PasswordAuth` or a `StoredAuth`."""

    @property
    def renewable(self) -> bool:
        """Whether a refused token can be replaced by a new one."""
        ...

    def acquire(self, clock: Clock, end: float, refused: str | None = None) -> Flow[str | ConvirzaError]:
        """Returns a token other than `refused`, before `end` of the monotonic clock."""
        ...

    def note_refused_anew(self, token: str, clock: Clock) -> None:
        """Called when a token that was renewed because of a 401 is refused with a 401 too."""
        ...

    def log_in(self, clock: Clock, end: float) -> Flow[ConvirzaError | None]:
        """Gets new tokens now, if possible."""
        ...

    def log_out(self, clock: Clock, end: float) -> Flow[ConvirzaError | None]:
        """Revokes the tokens and removes them."""
        ...
