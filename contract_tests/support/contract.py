"""What the document says of an answer, as the server suite needs it."""

import functools
import re
from collections.abc import Mapping
from typing import Any, Final

import jsonschema_rs

from support.document import load, operations, resolved

DOCUMENT: Final[dict[str, Any]] = load()
_CALL: Final = DOCUMENT["components"]["schemas"]["Call"]["properties"]
_RESPONSES: Final = DOCUMENT["paths"]["/conversations/calls/{id}"]["get"]["responses"]

CALLS_PATH: Final = "/conversations/calls/"
"""The operation's path up to the id, without the path of the server."""
SERVER_PATH: Final = "/v3"
"""The path of the document's server."""
STATUSES: Final = frozenset(int(status) for status in _RESPONSES)
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
OPERATIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    operation["operationId"]: operation for _, operation in operations(DOCUMENT)
}
OTHER: Final = "other requests"


def operation_id(method: str, path: str) -> str:
    """The operation of a request; the path is relative to the server's, without the query."""
    for template, item in DOCUMENT["paths"].items():
        pattern = "[^/]+".join(map(re.escape, re.split(r"\{\w+\}", template)))
        if method.lower() in item and re.fullmatch(pattern, path):
            return str(item[method.lower()]["operationId"])
    return OTHER


def media(status: int) -> dict[str, Any]:
    """The JSON of the answer with that status: its schema and its examples."""
    answer = resolved(DOCUMENT, _RESPONSES[str(status)])
    content: dict[str, Any] = answer["content"]["application/json"]
    return content


EXAMPLE: Final[Mapping[str, Any]] = media(200)["examples"]["documented"]["value"]["data"]["result"]
"""The record of the reference page."""


@functools.cache
def response_validator(status: int) -> jsonschema_rs.Validator:
    """Validates the body of an answer with that status, formats included."""
    return jsonschema_rs.Draft202012Validator(
        {**media(status)["schema"], "components": DOCUMENT["components"]}, validate_formats=True
    )
