"""The OpenAPI document, read for the rules and for the tests."""

import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]

Document = dict[str, Any]
Rule = Callable[[Document], list[str]]
RULES: list[Rule] = []


def rule(function: Rule) -> Rule:
    """Add a rule to those that the document is held against."""
    RULES.append(function)
    return function


# ---------------------------------------------------------------------------- reading the document


@functools.cache
def load() -> Document:
    """The document; it must not be changed."""
    document: Document = yaml.safe_load((ROOT / "openapi/openapi.yaml").read_text("utf-8"))
    return document


def walk(node: Any, place: str = "", named: bool = False) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping of the document with its JSON pointer, but for what is data (examples and the like).

    `named`: the keys of this mapping are names somebody chose, so that `example` is no keyword in it.
    """
    if isinstance(node, dict):
        yield place, node
        for key, value in node.items():
            if named or key not in {"example", "examples", "default", "enum", "const"}:
                names = not named and key in {"properties", "schemas", "parameters", "responses", "paths"}
                yield from walk(value, f"{place}/{str(key).replace('~', '~0').replace('/', '~1')}", names)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, f"{place}/{index}")


def find(document: Document, pointer: str) -> Any:
    """What a JSON pointer leads to, with or without its leading #."""
    node: Any = document
    for part in pointer.removeprefix("#").split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        node = node[int(key)] if isinstance(node, list) else node[key]
    return node


def resolved(document: Document, node: dict[str, Any]) -> dict[str, Any]:
    """The node that a reference leads to, or the node itself."""
    while "$ref" in node:
        node = find(document, node["$ref"])
    return node


def component_schemas(document: Document) -> dict[str, dict[str, Any]]:
    schemas: dict[str, dict[str, Any]] = document["components"]["schemas"]
    return schemas


def schemas(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema with its pointer: components, those of parameters and responses, and all below them."""
    keywords = (
        r"(schema|items|not|if|then|else|contains|additionalProperties|(anyOf|oneOf|allOf|prefixItems)/\d+)"
    )
    for place, node in walk(document):
        if re.search(rf"(^/components/schemas/[^/]+|/properties/[^/]+|/{keywords})$", place):
            yield place, node


def properties(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every property of every schema: pointer, name, schema."""
    for place, schema in schemas(document):
        for name, value in schema.get("properties", {}).items():
            yield f"{place}/properties/{name}", name, value


def operations(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    methods = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
    for place, node in walk(document["paths"], "/paths", named=True):
        if place.count("/") == 3 and place.rsplit("/", 1)[1] in methods:
            yield place, node


def parameters(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, node in walk(document):
        if re.search(r"(^/components/parameters/[^/]+|/parameters/\d+)$", place) and "$ref" not in node:
            yield place, node


def responses(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every response that is not a reference."""
    for place, node in walk(document):
        if re.search(r"(^/components|/\w+)/responses/[^/]+$", place) and "$ref" not in node:
            yield place, node


def types(schema: dict[str, Any]) -> list[str]:
    kind = schema.get("type", [])
    return [kind] if isinstance(kind, str) else kind


def is_object(schema: dict[str, Any]) -> bool:
    return "object" in types(schema) or "properties" in schema


def is_free_form(schema: dict[str, Any]) -> bool:
    return is_object(schema) and "properties" not in schema


def admits_null(document: Document, schema: dict[str, Any]) -> bool:
    schema = resolved(document, schema)
    return "null" in types(schema) or any(admits_null(document, part) for part in schema.get("anyOf", []))


def branches(document: Document, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema's kinds: itself, or the parts of its anyOf, references followed."""
    for part in schema.get("anyOf", [schema]):
        yield resolved(document, part)


def is_reference_to(schema: dict[str, Any], name: str) -> bool:
    return any(
        part.get("$ref") == f"#/components/schemas/{name}" for part in [schema, *schema.get("anyOf", [])]
    )


def reachable(document: Document, start: Any) -> set[str]:
    """The references in `start`, and in what they lead to."""
    reached: set[str] = set()
    waiting: list[Any] = [start]
    while waiting:
        for _, node in walk(waiting.pop()):
            reference = node.get("$ref")
            if isinstance(reference, str) and reference.startswith("#/") and reference not in reached:
                reached.add(reference)
                waiting.append(find(document, reference))
    return reached


RECORDS = {"Call": ["call_id"], "SmsConversation": ["conversation_id"], "TokenPair": ["access_token"]}
"""The records of the API, and their members that are always there."""


def record_schemas(document: Document) -> list[str]:
    """The names of the object schemas of the records: `RECORDS` and what they refer to."""
    found: list[str] = []
    waiting = list(RECORDS)
    while waiting:
        name = waiting.pop(0)
        schema = component_schemas(document).get(name, {})
        if name not in found and is_object(schema):
            found.append(name)
            waiting += [
                node["$ref"].rsplit("/", 1)[1]
                for _, node in walk(schema)
                if isinstance(node.get("$ref"), str)
            ]
    return found
