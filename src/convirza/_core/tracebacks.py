"""Keeps secrets out of tracebacks that show local variables, as those of error reporting services do."""

import functools
import sys
import traceback
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def clear_locals(error: BaseException, handled: BaseException | None = None) -> None:
    """Clears the frames of an error and of its causes, but not of one that the caller handles already."""
    seen = {id(handled)}
    chain: list[BaseException | None] = [error]
    while chain:
        link = chain.pop()
        if link is not None and id(link) not in seen:
            seen.add(id(link))
            traceback.clear_frames(link.__traceback__)
            chain += [link.__context__, link.__cause__]


def clear_traceback_locals(function: Callable[P, T]) -> Callable[P, T]:
    """Decorates a function: clears the local variables of its frames if it raises. They hold secrets."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        handled = sys.exception()
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            clear_locals(error, handled)
            del args, kwargs
            raise

    return call


def clear_traceback_locals_async(
    function: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, T]]:
    """The same for a coroutine function."""

    @functools.wraps(function)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        handled = sys.exception()
        try:
            return await function(*args, **kwargs)
        except BaseException as error:
            clear_locals(error, handled)
            del args, kwargs
            raise

    return call
