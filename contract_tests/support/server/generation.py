"""What schemathesis generates, and how: every setting of it is here."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import BaseSchema

from support.contract import DOCUMENT, OPERATIONS, Operation, open_components, open_enumerations
from support.document import find, operations
from support.server.samples import is_call_id
from support.server.target import Target
from support.server.wire import Wire

STATEFUL_STEPS = 4


def make_schema(target: Target, wire: Wire, phase: str) -> BaseSchema:
    """The document for one phase, with the facts of the target as examples, and the wire as the API."""
    config = SchemathesisConfig.from_dict(_settings(target, phase))
    schema = schemathesis.openapi.from_dict(_document(target), config=config)
    schema.app = wire.as_app
    if target.live:
        schema = schema.include(operation_id=[each.id for each in OPERATIONS.values() if each.is_live])
    return schema


def _settings(target: Target, phase: str) -> dict[str, Any]:
    settings: dict[str, Any] = {
        # One run is as the next: a seed, nothing remembered, nothing read from the app's source.
        "seed": target.seed,
        "cache": {"enabled": False},
        "analysis": {"constants": {"enabled": False}},
        "generation": {"database": "none", "max-examples": target.examples},
        "phases": {
            name: {"enabled": name == phase} for name in ("examples", "coverage", "fuzzing", "stateful")
        },
    }
    settings["phases"]["stateful"] |= {"max-steps": STATEFUL_STEPS, "inference": {"algorithms": []}}
    if target.live:
        # Requests cost: no other methods, no probes, no search for a smaller failure.
        settings["phases"]["coverage"]["unexpected-methods"] = []
        settings["checks"] = {"ignored_auth": {"enabled": False}, "unsupported_method": {"enabled": False}}
        settings["generation"]["no-shrink"] = True
    if ids := _ids(target):
        # Half of the generated ids are known, or the responses would all be 404.
        settings["dictionaries"] = {"ids": {"values": ids}}
        settings["generation"]["dictionaries"] = {"integer": {"dictionary": "ids", "probability": 0.5}}
    return settings


def _document(target: Target) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    document["components"] = copy.deepcopy(dict(open_components()))
    for node in _responses(document):
        node.update(open_enumerations(node))
    for place, node in [*operations(document)]:
        item = find(document, place.rpartition("/")[0])
        operation = OPERATIONS[node.get("operationId", place)]
        # References are followed, so that two operations may have other examples of one parameter.
        item["parameters"] = []
        node["parameters"] = [_with_facts(operation, each, target) for each in operation.parameters]
        if operation.body is not None:
            node["requestBody"] = copy.deepcopy(dict(operation.body))
        for status, response in operation.responses.items():
            links = LINKS.get((operation.id, status))
            if links:
                node["responses"][status] = {**open_enumerations(dict(response)), "links": links}
    if target.email:
        examples = {"account": {"value": {"email": target.email, "password": target.password}}}
        body = document["paths"]["/oauth/token"]["post"]["requestBody"]
        body["content"]["application/json"]["examples"] = examples
    return document


def _responses(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from document["components"].get("responses", {}).values()
    for _, node in operations(document):
        yield from (each for each in node["responses"].values() if "$ref" not in each)


def _with_facts(operation: Operation, parameter: Mapping[str, Any], target: Target) -> dict[str, Any]:
    ids = _ids(target)
    if not ids or not is_call_id(operation, parameter):
        return copy.deepcopy(dict(parameter))
    return {**parameter, "examples": {f"known_{call_id}": {"value": call_id} for call_id in ids}}


def _body_link(operation: str, body: Mapping[str, str]) -> dict[str, Any]:
    return {"operationId": operation, "requestBody": body}


LINKS: Final[Mapping[tuple[str, str], Any]] = {
    # A record leads to itself, with other modules.
    ("get_call", "200"): {
        "the_same_call": {
            "operationId": "get_call",
            "parameters": {"path.id": "$response.body#/data/result/call_id"},
        }
    },
    ("list_calls", "200"): {
        "a_call_of_the_page": {
            "operationId": "get_call",
            "parameters": {"path.id": "$response.body#/data/calls/0/call_id"},
        }
    },
    ("log_in", "200"): {
        "refresh": _body_link("refresh_tokens", {"refresh_token": "$response.body#/data/refresh_token"}),
        "revoke": _body_link(
            "revoke_token", {"token": "$response.body#/data/access_token", "token_type": "access"}
        ),
    },
    ("refresh_tokens", "200"): {
        "refresh": _body_link("refresh_tokens", {"refresh_token": "$response.body#/data/refresh_token"}),
    },
}
"""For the stateful phase: by operation and status, what its response leads to."""


def _ids(target: Target) -> list[int]:
    return [call_id for call_id in (*target.call_ids, target.forbidden_id, target.missing_id) if call_id]
