"""What the document says of an answer, as the server suite needs it."""

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import yaml

DOCUMENT: Final[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "openapi/openapi.yaml").read_text("utf-8")
)
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
EXAMPLE: Final[Mapping[str, Any]] = DOCUMENT["components"]["responses"]["CallFound"]["content"][
    "application/json"
]["examples"]["documented"]["value"]["data"]["result"]
"""The record of the reference page."""


@functools.cache
def response_validator(status: int) -> jsonschema_rs.Validator:
    """Validates the body of an answer with that status, formats included."""
    name = _RESPONSES[str(status)]["$ref"].rpartition("/")[2]
    schema = DOCUMENT["components"]["responses"][name]["content"]["application/json"]["schema"]
    return jsonschema_rs.Draft202012Validator(
        {**schema, "components": DOCUMENT["components"]}, validate_formats=True
    )
