"""What schemathesis generates, and how: every setting of it is here."""

import copy
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import BaseSchema

from support.contract import DOCUMENT
from support.target import Target
from support.wire import Wire

STATEFUL_STEPS = 4


def make_schema(target: Target, wire: Wire, phase: str) -> BaseSchema:
    """The document for one phase, with the facts of the target as examples, and the wire as the API."""
    config = SchemathesisConfig.from_dict(_settings(target, phase))
    schema = schemathesis.openapi.from_dict(_document(target), config=config)
    schema.app = wire.as_app
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
        # Half of the generated ids are known, or the answers would all be 404.
        settings["dictionaries"] = {"ids": {"values": ids}}
        settings["generation"]["dictionaries"] = {"integer": {"dictionary": "ids", "probability": 0.5}}
    return settings


def _document(target: Target) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    components = document["components"]
    if ids := _ids(target):
        components["parameters"]["CallId"]["examples"] = {
            f"known_{call_id}": {"value": call_id} for call_id in ids
        }
    # For the stateful phase: a record leads to itself, with other modules.
    components["responses"]["CallFound"]["links"] = {
        "the_same_call": {
            "operationId": "get_call",
            "parameters": {"path.id": "$response.body#/data/result/call_id"},
        }
    }
    return document


def _ids(target: Target) -> list[int]:
    return [call_id for call_id in (*target.call_ids, target.forbidden_id, target.missing_id) if call_id]
