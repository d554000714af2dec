"""Where the operations of the document are served, below the host."""

import re
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from convirza._generated import document


@cache
def served() -> tuple[tuple[str, str, str], ...]:
    """Path, method and id of each operation; literal paths come first, as a router needs it."""
    spec = document()
    paths: dict[str, dict[str, Any]] = spec["paths"]
    found = [
        (
            urlsplit(str(item.get("servers", spec["servers"])[0]["url"])).path + path,
            method,
            str(operation["operationId"]),
        )
        for path, item in paths.items()
        for method, operation in item.items()
        if method != "servers"
    ]
    return tuple(sorted(found, key=lambda entry: "{" in entry[0]))


def operations_at(path: str) -> list[str]:
    """The operations that a request path, or else the start of one, may mean."""
    exact = [
        operation
        for template, _, operation in served()
        if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), path)
    ]
    if exact:
        return exact
    heads = [(template.partition("{")[0], operation) for template, _, operation in served()]
    return [operation for head, operation in heads if head.startswith(path) or path.startswith(head)]
