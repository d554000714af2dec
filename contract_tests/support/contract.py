"""What the document says of requests and responses, as the server suite needs it: for any operation."""

import dataclasses
import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import jsonschema_rs

from support.document import find, load, operations, resolved

DOCUMENT: Final[dict[str, Any]] = load()
_CALL: Final = DOCUMENT["components"]["schemas"]["Call"]["properties"]
OPEN: Final = "Open"
"""Prefix of the copies of the schemas without enumerations."""

CALLS_PATH: Final = "/conversations/calls/"
"""The path of get_call up to the id, without the path of the server."""
SERVER_PATH: Final = urlsplit(DOCUMENT["servers"][0]["url"]).path
"""The path of the document's server."""
LARGEST_ID: Final[int] = DOCUMENT["components"]["schemas"]["Id"]["maximum"]
MODULES: Final[Mapping[str, str]] = {
    match[1]: key
    for key, schema in sorted(_CALL.items())
    if (match := re.search(r"Module `(\w+)`", schema["description"]))
}
"""Value of `include` to key of the record, as the descriptions say."""
RECORD_MEMBERS: Final = frozenset(_CALL)
DIGITS_ONLY: Final = frozenset(key for key, schema in _CALL.items() if "digits only" in schema["description"])
"""Members of the record that are phone numbers without `+`."""
OTHER: Final = "other requests"


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Operation:
    """An operation of the document, references followed."""

    id: str
    method: str
    template: str
    """The path in the document."""
    root: str | None
    """The path of its server, if it is not the document's."""
    methods: frozenset[str]
    """All methods of the path."""
    secured: bool
    description: str
    parameters: tuple[Mapping[str, Any], ...]
    body: Mapping[str, Any] | None
    responses: Mapping[str, Mapping[str, Any]]

    @property
    def statuses(self) -> list[int]:
        """The statuses that the document names, without ranges."""
        return sorted(int(status) for status in self.responses if status.isdecimal())

    @property
    def is_live(self) -> bool:
        """Whether a live API may be sent the operation: it reads, at the document's server."""
        return self.method == "GET" and self.root is None

    def response(self, status: int) -> Mapping[str, Any] | None:
        """The documented response with this status."""
        for key in (str(status), f"{status // 100}XX", f"{status // 100}xx", "default"):
            if key in self.responses:
                return self.responses[key]
        return None

    def prefix(self, main: str) -> str:
        """What precedes the path, `main` being that of the document's server."""
        return main if self.root is None else self.root

    def match(self, path: str) -> dict[str, str] | None:
        """The raw path parameters of a path without its prefix, None for another path."""
        found = self._pattern.fullmatch(path)
        return found and dict(zip(re.findall(r"\{(.+?)\}", self.template), found.groups(), strict=True))

    @functools.cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("([^/]+)".join(map(re.escape, re.split(r"\{.+?\}", self.template))))

    def __repr__(self) -> str:
        return f"{self.id} ({self.method} {self.template})"


def _operations() -> Iterator[Operation]:
    for place, node in operations(DOCUMENT):
        item = find(DOCUMENT, place.rpartition("/")[0])
        server = next(iter(node.get("servers") or item.get("servers") or DOCUMENT["servers"]))["url"]
        security = node.get("security", DOCUMENT.get("security", []))
        given = [
            resolved(DOCUMENT, each) for each in (*item.get("parameters", ()), *node.get("parameters", ()))
        ]
        method = place.rpartition("/")[2].upper()
        yield Operation(
            id=node.get("operationId", place),
            method=method,
            template=place.split("/")[2].replace("~1", "/").replace("~0", "~"),
            root=None if server == DOCUMENT["servers"][0]["url"] else urlsplit(server).path.rstrip("/"),
            methods=frozenset(key.upper() for key in item) & _METHODS,
            secured=bool(security) and {} not in security,
            description=node.get("description", ""),
            # An operation's parameter replaces that of its path.
            parameters=tuple({(each["in"], each["name"]): each for each in given}.values()),
            body=resolved(DOCUMENT, node["requestBody"]) if "requestBody" in node else None,
            responses={str(key): resolved(DOCUMENT, each) for key, each in node["responses"].items()},
        )


_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE"})
OPERATIONS: Final[Mapping[str, Operation]] = {
    # Literal paths first: a template may match them too.
    operation.id: operation
    for operation in sorted(_operations(), key=lambda operation: operation.template.count("{"))
}


def find_operations(path: str, main: str) -> list[tuple[Operation, dict[str, str]]]:
    """The operations of a raw path, with its parameters; `main` is the path of the document's server."""
    found = []
    for operation in OPERATIONS.values():
        prefix = operation.prefix(main)
        if path.startswith(f"{prefix}/"):
            parameters = operation.match(path.removeprefix(prefix))
            if parameters is not None and (not found or found[0][0].template == operation.template):
                found.append((operation, parameters))
    return found


def media(status: int, operation: str = "get_call") -> dict[str, Any]:
    """The JSON of the response with that status: its schema and its examples."""
    content: dict[str, Any] = OPERATIONS[operation].responses[str(status)]["content"]["application/json"]
    return content


EXAMPLE: Final[Mapping[str, Any]] = media(200)["examples"]["documented"]["value"]["data"]["result"]
"""The record of the reference page."""


@functools.cache
def response_validator(status: int, operation: str = "get_call") -> jsonschema_rs.Validator:
    """Validates the body of a response with that status, formats and enumerations included."""
    return make_validator(media(status, operation)["schema"])


def make_validator(
    schema: Any, components: Any = DOCUMENT["components"], *, formats: bool = True
) -> jsonschema_rs.Validator:
    """Validates against a schema of the document, formats included."""
    document = {**schema, "components": components} if isinstance(schema, dict) else schema
    return jsonschema_rs.Draft202012Validator(document, validate_formats=formats)


def open_enumerations(node: Any) -> Any:
    """A copy of a schema, or of what contains schemas, that admits values which are not listed.

    Its references lead to the schemas that `open_components` adds.
    """
    if isinstance(node, list):
        return [open_enumerations(each) for each in node]
    if not isinstance(node, dict):
        return node
    copy = {key: open_enumerations(each) for key, each in node.items()}
    values = node.get("enum")
    if isinstance(values, list):
        del copy["enum"]
        if "type" not in node and all(isinstance(value, str) for value in values):
            copy["type"] = "string"
    if isinstance(node.get("$ref"), str):
        copy["$ref"] = re.sub("^(#/components/schemas/)", rf"\1{OPEN}", node["$ref"])
    return copy


@functools.cache
def open_components() -> dict[str, Any]:
    """The components, each schema also as a copy without enumerations."""
    schemas = DOCUMENT["components"]["schemas"]
    copies = {f"{OPEN}{name}": open_enumerations(schema) for name, schema in schemas.items()}
    return {**DOCUMENT["components"], "schemas": {**schemas, **copies}}
