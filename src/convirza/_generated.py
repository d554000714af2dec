"""The generated client. The only module here that names it: a vendored copy changes these imports."""

import json
from collections.abc import Sequence
from importlib import resources
from typing import Any

import convirza_client
from convirza_client import errors
from convirza_client.api.calls import get_call
from convirza_client.client import parse_json
from convirza_client.models import Call, CallModule
from convirza_client.types import UNSET

__all__ = [
    "UNSET",
    "Call",
    "CallModule",
    "document",
    "errors",
    "get_call_url",
    "parse_json",
]


def document() -> dict[str, Any]:
    """The OpenAPI document that the client was made from, parsed anew."""
    content: dict[str, Any] = json.loads((resources.files(convirza_client) / "openapi.json").read_bytes())
    return content


def get_call_url(call_id: int, include: Sequence[str]) -> str:
    """Path and query of get_call, to be added to the base URL."""
    return get_call.build_request(call_id, include=[CallModule(name) for name in include]).url
