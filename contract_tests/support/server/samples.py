"""One valid request of each operation, from the facts of the target and the document's examples."""

import dataclasses
import json
import urllib.parse
from collections.abc import Mapping
from typing import Any, Final

from support.contract import DOCUMENT, Operation
from support.document import branches, resolved, types
from support.server.target import Target

_FORMATS: Final = {
    "date-time": "2026-02-14T00:00:00.000Z",
    "date": "2026-02-14",
    "uuid": "550e8400-e29b-41d4-a716-446655440000",
    "email": "your-email@example.com",
    "uri": "https://example.com/",
}


@dataclasses.dataclass(frozen=True)
class Sample:
    """The parts of a request."""

    path: str
    query: str
    headers: Mapping[str, str]
    content: bytes


def make_sample(operation: Operation, target: Target, **replaced: Any) -> Sample:
    """A request with what is required; `replaced` are values of parameters, and None to leave one out."""
    path, query, headers = operation.template, [], {}
    for parameter in operation.parameters:
        name, place = parameter["name"], parameter["in"]
        if name not in replaced and not parameter.get("required"):
            continue
        value = replaced[name] if name in replaced else _example(operation, parameter, target)
        if value is None:
            continue
        texts = [_text(each) for each in value] if isinstance(value, list) else [_text(value)]
        quoted = [urllib.parse.quote(text, safe="") for text in texts]
        if place == "path":
            path = path.replace(f"{{{name}}}", ",".join(quoted))
        elif place == "query" and parameter.get("explode", True):
            query += [f"{name}={text}" for text in quoted]
        elif place == "query":
            query.append(f"{name}={','.join(quoted)}")
        elif place == "header":
            headers[name] = ",".join(texts)
    content = b""
    if operation.body is not None:
        media_type, media = next(iter(operation.body["content"].items()))
        body = _first_example(media, media.get("schema", {}))
        if operation.id == "log_in" and target.email:
            body = {"email": target.email, "password": target.password}
        form = media_type == "application/x-www-form-urlencoded"
        content = (urllib.parse.urlencode(body, doseq=True) if form else json.dumps(body)).encode()
        headers["Content-Type"] = media_type
    return Sample(path, "&".join(query), headers, content)


def repeated(operation: Operation, status: int) -> dict[str, Any]:
    """The members of the body that, in the document's examples, the response with this status repeats."""
    content = (operation.body or {}).get("content", {}), (operation.response(status) or {}).get("content", {})
    sent, returned = (_first_example(each.get("application/json", {}), {}) for each in content)
    if not isinstance(sent, dict):
        return {}
    return {name: value for name, value in sent.items() if payload(returned).get(name) == value}


def payload(body: Any) -> dict[str, Any]:
    """The object in a JSON body, without its envelope."""
    found = body.get("data", body) if isinstance(body, dict) else None
    return found if isinstance(found, dict) else {}


def is_call_id(operation: Operation, parameter: Mapping[str, Any]) -> bool:
    """Whether a parameter is the id of a call, of which facts are known."""
    return parameter["name"] == "call_id" or f"/calls/{{{parameter['name']}}}" in operation.template


def _example(operation: Operation, parameter: Mapping[str, Any], target: Target) -> Any:
    if target.call_ids and is_call_id(operation, parameter):
        return target.call_ids[0]
    return _first_example(parameter, parameter.get("schema", {}))


def _first_example(node: Mapping[str, Any], schema: Any) -> Any:
    if "example" in node:
        return node["example"]
    for example in (node.get("examples") or {}).values():
        if "value" in (found := resolved(DOCUMENT, example)):
            return found["value"]
    return _smallest(schema)


def _smallest(schema: Any) -> Any:
    """A small value for a schema without an example."""
    schema = next(branches(DOCUMENT, resolved(DOCUMENT, schema))) if isinstance(schema, dict) else {}
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    for key in ("example", "default", "const"):
        if key in schema:
            return schema[key]
    match next(iter(types(schema)), ""):
        case "object":
            properties = schema.get("properties", {})
            return {name: _smallest(properties.get(name, {})) for name in schema.get("required", ())}
        case "array":
            return [_smallest(schema.get("items", {}))] * schema.get("minItems", 0)
        case "integer" | "number":
            return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return True
        case _:
            return _FORMATS.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
