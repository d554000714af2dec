"""Faulty servers, continued: faults of the lists and of the token service."""

import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from convirza.fake import DEFAULT_EMAIL, DEFAULT_PASSWORD, DEFAULT_TOKEN
from support.faults.faulty_server import (
    Asked,
    Response,
    accepts,
    after,
    before,
    change,
    in_operation,
    put,
    responds,
    shifts,
)

_SEEN: dict[str, Response] = {}

# ---------------------------------------------------------------------------- lists


def put_in_data(key: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    """A change: this value for this member of the data."""
    return lambda body: body["data"].update({key: value})


def in_calls(to: Callable[[dict[str, Any]], Any], items: str = "calls") -> Callable[[dict[str, Any]], Any]:
    """A change of each item of a list."""
    return lambda body: [to(item) for item in body["data"][items]]


in_operation(
    "limit exceeded", "list_calls", lambda body: body["data"].update(calls=body["data"]["calls"] * 2)
)
in_operation(
    "total of the page", "list_calls", lambda body: put("total", len(body["data"]["calls"]))(body["data"])
)
in_operation("total of nothing", "list_calls", put_in_data("total", 0))
in_operation("no calls", "list_calls", put_in_data("calls", []))
in_operation("calls as an object", "list_calls", put_in_data("calls", {}))
in_operation("calls missing", "list_calls", lambda body: body["data"].pop("calls"))
in_operation(
    "calls with other ids", "list_calls", in_calls(lambda call: call.update(call_id=call["call_id"] + 1))
)
in_operation("calls with all modules", "list_calls", in_calls(lambda call: call.update(tags=[])))
in_operation("duration of calls as a string", "list_calls", in_calls(change("duration", str)))
in_operation("no conversations", "list_sms_conversations", put_in_data("conversation", []))
in_operation(
    "conversation_id as a string",
    "list_sms_conversations",
    in_calls(change("conversation_id", str), "conversation"),
)


def of_list(name: str, pattern: str, by: str, operation: str = "list_calls") -> None:
    """A fault that reads another query of a list."""
    before(name)(
        lambda asked: (
            replace(asked, query=re.sub(pattern, by, asked.query)) if asked.operation == operation else asked
        )
    )


of_list("offset of calls ignored", r"offset=[^&]*", "")
of_list("limit of calls ignored", r"limit=\d+", "limit=200")
of_list("limit of calls not required", r"^(?!.*limit=)", "limit=7&")
of_list("period ignored", r"end=2026[^&]*", "end=2026-02-20T00:00:00.000Z")
of_list("longest period not checked", r"start=2026-01-01[^&]*", "start=2026-01-20T00:00:00.000Z")
of_list("disposition ignored", r"disposition=[A-Z%0-9,]*", "")
of_list("campaign ignored", r"campaign_id=[^&]*", "")
of_list("caller ignored", r"caller_id=[^&]*", "")
of_list("organisation unit ignored", r"org_unit_id=[^&]*", "")
of_list("call_id of a list ignored", r"call_id=[^&]*", "")
of_list("include of a list ignored", r"include=[^&]*", "")
of_list("offset of conversations ignored", r"offset=[^&]*", "", "list_sms_conversations")
of_list("order ignored", r"order=[^&]*", "", "list_sms_conversations")
of_list("limit of conversations not checked", r"limit=[^&]*", "", "list_sms_conversations")


accepts("token of lists not checked", lambda _: True, "list")


def is_list(asked: Asked, _response: Response) -> bool:
    """Whether calls are listed."""
    return asked.operation == "list_calls"


responds("list not served", is_list, status=404, body={"code": 404, "message": "Not Found"})
responds("list served as a page", is_list, status=200, body=b"<html></html>", media_type="text/html")


# ---------------------------------------------------------------------------- tokens


def sends(name: str, operation: str, read: Callable[[dict[str, Any]], Any]) -> None:
    """A fault that reads another body."""

    def fault(asked: Asked) -> Asked:
        with contextlib.suppress(ValueError, AttributeError):
            if asked.operation == operation:
                body = json.loads(asked.body)
                read(body)
                return replace(asked, body=json.dumps(body).encode())
        return asked

    before(name)(fault)


def _accept_password(body: dict[str, Any]) -> None:
    if "email" in body and "password" in body:
        body.update(email=DEFAULT_EMAIL, password=DEFAULT_PASSWORD)


sends("any password accepted", "log_in", _accept_password)
sends("password compared without case", "log_in", change("password", str.lower))
sends("revocation ignored", "revoke_token", put("token", "nothing"))
sends("kind of the token not checked", "revoke_token", put("token_type", "access"))
in_operation("login without access_token", "log_in", lambda body: body["data"].pop("access_token"))
in_operation("tokens outside data", "log_in", lambda body: body.update(body.pop("data")))
in_operation("expiry in seconds", "log_in", put_in_data("expires_in", 604800))
in_operation("expired already", "log_in", put_in_data("expires_in", "2025-01-01T00:00:00.000Z"))
in_operation("the same token always", "log_in", put_in_data("access_token", DEFAULT_TOKEN + "-2"))
in_operation("refresh token kept", "refresh_tokens", lambda body: body["data"].pop("refresh_token"))


@after("password repeated")
def _(asked: Asked, response: Response) -> None:
    if asked.operation == "log_in" and response.status == 401:
        response.body["message"] = asked.body.decode(errors="replace")


@after("refresh token good for ever")
def _(asked: Asked, response: Response) -> Response | None:
    if asked.operation == "refresh_tokens" and response.status == 200:
        _SEEN["pair"] = response
    return _SEEN.get("pair") if asked.operation == "refresh_tokens" and response.status == 401 else None


shifts("403 for wrong credentials", 401, 403, "log_in")
shifts("400 for a used refresh token", 401, 400, "refresh_tokens")
shifts("404 for an unknown token", 200, 404, "revoke_token")
