"""The places in a JSON body, copies with one of them changed, and any JSON."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

Path = tuple[str | int, ...]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def places(body: Any, path: Path = ()) -> Iterator[Path]:
    """The path of each member and item."""
    members = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for name, member in members:
        yield (*path, name)
        yield from places(member, (*path, name))


def edited(body: Any, path: Path, edit: Callable[[Any, Any], object]) -> Any:
    """A copy in which `edit` has changed the object or list that has the member `path[-1]`."""
    changed = parent = json.loads(json.dumps(body))
    for name in path[:-1]:
        parent = parent[name]
    edit(parent, path[-1])
    return changed


def replaced(body: Any, path: Path, value: Any) -> Any:
    """A copy with another value at a place; `...` removes it."""
    if not path:
        return value

    def edit(parent: Any, name: Any) -> None:
        if value is ...:
            parent.pop(name)
        else:
            parent[name] = value

    return edited(body, path, edit)
