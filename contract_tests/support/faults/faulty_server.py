"""A faulty server: the fake API, with one defect in how it reads requests or in its responses.

The faults themselves are in support/faults/server_faults.py; this is how they are written and served.
"""

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from convirza.fake import DEFAULT_TOKEN, create_app

Json = dict[str, Any]
_OPERATIONS = {
    "/v3/conversations/calls/*": "get_call",
    "/v3/conversations/calls": "list_calls",
    "/v3/conversations/sms": "list_sms_conversations",
    "/oauth/token": "log_in",
    "/oauth/refresh-token": "refresh_tokens",
    "/oauth/revoke-token": "revoke_token",
}


@dataclass
class Response:
    """The response of the fake, or what a fault makes of it."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = "application/json"

    @property
    def record(self) -> Json:
        """The record of a 200; an empty one if there is none."""
        record: Json = (self.body.get("data") or {}).get("result", {})
        return record


@dataclass(frozen=True)
class Asked:
    """The request, as a fault may see and change it before the fake gets it."""

    method: str
    path: str
    query: str
    authorization: str | None
    body: bytes = b""

    @property
    def operation(self) -> str:
        """The id of the operation, by the path."""
        return _OPERATIONS.get(re.sub("/[^/]*$", "/*", self.path), "") or _OPERATIONS.get(self.path, "")

    @property
    def include(self) -> list[str]:
        """The requested modules."""
        found = re.search(r"(?:^|&)include=([^&]*)", self.query)
        return re.split(r",|%2C", found[1]) if found and found[1] else []

    def including(self, modules: list[str]) -> "Asked":
        """The same request for other modules."""
        return replace(self, query="include=" + ",".join(modules))


Before = Callable[[Asked], Asked]
After = Callable[[Asked, Response], Response | None]
READS: dict[str, Before] = {}
RESPONSES: dict[str, After] = {}
_FAKE = create_app()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The fake with the fault that CONVIRZA_FAULT names; without a name the fake itself."""
    fault = os.environ["CONVIRZA_FAULT"]
    asked = await read_request(scope, receive)
    response = await ask(_FAKE, scope, READS[fault](asked) if fault in READS else asked)
    if fault in RESPONSES:
        response = RESPONSES[fault](asked, response) or response
    await respond(response, asked, send)


async def read_request(scope: Scope, receive: Receive) -> Asked:
    """The request; raises NotImplementedError for what is none."""
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    message = await receive()
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return Asked(
        scope["method"],
        scope["path"],
        scope["query_string"].decode("latin-1"),
        headers.get("authorization"),
        message.get("body", b""),
    )


async def respond(response: Response, asked: Asked, send: Send) -> None:
    """Sends the response."""
    content = response.body if isinstance(response.body, bytes) else json.dumps(response.body).encode()
    raw = {"content-type": response.media_type, "content-length": str(len(content)), **response.headers}
    await send(
        {
            "type": "http.response.start",
            "status": response.status,
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in raw.items() if value],
        }
    )
    await send({"type": "http.response.body", "body": b"" if asked.method == "HEAD" else content})


async def ask(fake: ASGIApp, scope: Scope, asked: Asked) -> Response:
    """The response of the fake."""
    start: Json = {}
    content = b""

    async def receive() -> Json:
        return {"type": "http.request", "body": asked.body, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal content
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            content += message.get("body", b"")

    headers = [pair for pair in scope["headers"] if pair[0].lower() != b"authorization"]
    if asked.authorization is not None:
        headers.append((b"authorization", asked.authorization.encode("latin-1")))
    changed = {
        **scope,
        "method": asked.method,
        "path": asked.path,
        "raw_path": asked.path.encode(),
        "query_string": asked.query.encode("latin-1"),
        "headers": headers,
    }
    await fake(changed, receive, send)
    kept = {"www-authenticate", "allow"}
    return Response(
        start["status"],
        json.loads(content),
        {name.decode(): value.decode() for name, value in start["headers"] if name.decode() in kept},
    )


# ---------------------------------------------------------------------------- how a fault is written


def before(name: str) -> Callable[[Before], Before]:
    """A fault in how the server reads a request."""

    def add(fault: Before) -> Before:
        READS[name] = fault
        return fault

    return add


def after(name: str) -> Callable[[After], After]:
    """A fault in the response."""

    def add(fault: After) -> After:
        RESPONSES[name] = fault
        return fault

    return add


def in_record(name: str, change: Callable[[Json], Any]) -> None:
    """A fault in the record of a 200."""

    def fault(_asked: Asked, response: Response) -> None:
        if response.status == 200 and "result" in response.body.get("data", {}):
            change(response.record)

    after(name)(fault)


def in_module(name: str, key: str, change: Callable[[Any], Any]) -> None:
    """A fault in a module of the record, or in each item of it."""

    def fault(record: Json) -> None:
        module = record.get(key)
        for each in module if isinstance(module, list) else [module] if module else []:
            change(each)

    in_record(name, fault)


def in_body(name: str, change: Callable[[Json], Any], *statuses: int, operation: str = "") -> None:
    """A fault in the bodies with these statuses, all if none is passed; of one operation, or of all."""

    def fault(asked: Asked, response: Response) -> None:
        if asked.operation.startswith(operation) and response.status in (statuses or (response.status,)):
            change(response.body)

    after(name)(fault)


def in_operation(name: str, operation: str, change: Callable[[Json], Any]) -> None:
    """A fault in the bodies of an operation's 200."""
    in_body(name, change, 200, operation=operation)


def put(key: str, value: Any) -> Callable[[Json], Any]:
    """A change: this value for this member, where there is one."""
    return lambda node: node.update({key: value}) if key in node else None


def change(key: str, to: Callable[[Any], Any]) -> Callable[[Json], Any]:
    """A change: the member's value through `to`, where it is not null."""
    return lambda node: node.update({key: to(node[key])}) if node.get(key) is not None else None


def responds(name: str, when: Callable[[Asked, Response], Any], **values: Any) -> None:
    """A fault that replaces parts of some responses."""
    after(name)(lambda asked, response: replace(response, **values) if when(asked, response) else None)


def shifts(name: str, status: int, to: int, operation: str = "get_call") -> None:
    """A fault that returns one status for another."""
    responds(
        name,
        lambda asked, response: response.status == status and asked.operation == operation,
        status=to,
        body={"code": to, "message": "No."},
    )


def accepts(name: str, when: Callable[[str], Any], operation: str = "") -> None:
    """A fault that takes some Authorization headers, empty if missing, for the token's."""
    before(name)(
        lambda asked: (
            replace(asked, authorization=f"Bearer {DEFAULT_TOKEN}")
            if asked.operation.startswith(operation) and when(asked.authorization or "")
            else asked
        )
    )
