"""Where the operations of the document are served, below the host."""

import re
from functools import cache
from urllib.parse import urlsplit

from convirza._generated import OPERATIONS, Operation, document


@cache
def served() -> tuple[tuple[str, str, str], ...]:
    """Path, method and id of each operation; literal paths come first, as a router needs it."""
    spec = document()

    def base_path(operation: Operation) -> str:
        servers = spec["paths"][operation.path].get("servers", spec["servers"])
        return urlsplit(str(servers[0]["url"])).path

    found = [
        (base_path(operation) + operation.path, operation.method.lower(), operation.id)
        for operation in OPERATIONS.values()
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
