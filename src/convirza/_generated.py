"""The generated client. The only module here that names it: a vendored copy changes these imports."""

import json
from importlib import resources
from typing import Any

import convirza_client
from convirza_client import errors
from convirza_client.api import OPERATIONS
from convirza_client.api.authentication import log_in, refresh_tokens, revoke_token
from convirza_client.api.calls import get_call, list_calls
from convirza_client.api.sms import list_sms_conversations
from convirza_client.client import load_json, parse_json
from convirza_client.models import (
    Call,
    CallModule,
    DispositionFilter,
    LoginRequest,
    RefreshRequest,
    RevokeRequest,
    SmsConversation,
    SmsConversationType,
    SortOrder,
    TokenKind,
)
from convirza_client.types import UNSET, Operation, Unset, to_query
from convirza_client.types import Request as GeneratedRequest

__all__ = [
    "OPERATIONS",
    "UNSET",
    "Call",
    "CallModule",
    "DispositionFilter",
    "GeneratedRequest",
    "LoginRequest",
    "Operation",
    "RefreshRequest",
    "RevokeRequest",
    "SmsConversation",
    "SmsConversationType",
    "SortOrder",
    "TokenKind",
    "Unset",
    "document",
    "errors",
    "get_call",
    "list_calls",
    "list_sms_conversations",
    "load_json",
    "log_in",
    "parse_json",
    "refresh_tokens",
    "revoke_token",
    "to_query",
]


def document() -> dict[str, Any]:
    """The OpenAPI document that the client was made from, parsed anew."""
    content: dict[str, Any] = json.loads((resources.files(convirza_client) / "openapi.json").read_bytes())
    return content
