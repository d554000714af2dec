"""The generated client. The only module here that names it: a vendored copy changes these imports."""

import json
from collections.abc import Sequence
from importlib import resources
from typing import Any, cast
from urllib.parse import urlencode

import convirza_client
from convirza_client import errors
from convirza_client.api.calls.get_call import (
    _get_kwargs as _get_call,  # pyright: ignore[reportPrivateUsage]  # the generator has no public name for it
)
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
    request = _get_call(call_id, include=cast("list[CallModule]", include))
    query = urlencode(request["params"])
    return f"{request['url']}?{query}" if query else request["url"]
