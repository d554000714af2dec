"""Tiny servers to try the suite on: a right one that uses the document's freedom, and broken ones."""

import json
import re
import urllib.parse
import uuid
from datetime import UTC, datetime
from typing import Any

TOKEN = "right-token-0815"
MODULES = {
    "call_detail": {"bill_second": 1},
    "recordings": {"url": "https://api.example/r?secret=hush", "filename": "f"},
    "tags": [],
    "transcription": "I need a new roof",
}
KEYS = {"recordings": "recording_details"}
NAMES = {*MODULES, *("call_flow", "comments", "custom_sources", "indicators", "summary", "voiceagent")}


def answer_rightly(path: str, query: str, authorization: str | None) -> tuple[int, dict[str, Any]]:
    """The status and what stands beside the code."""
    if not re.fullmatch(f"[Bb]earer +{TOKEN}", authorization or ""):
        return 401, {"message": "who?"}
    match = re.fullmatch("/conversations/calls/([0-9]+)", path)
    if not match:
        return 404, {"message": "nothing here"}
    asked = {name for name in dict(urllib.parse.parse_qsl(query)).get("include", "").split(",") if name}
    if not asked <= NAMES:
        return 400, {"message": "include?"}
    call_id = int(match[1])
    if not 1 <= call_id < 2**63:
        return 400, {"message": "id?"}
    if call_id == 8:
        return 403, {"message": "not yours"}
    if call_id not in {7, 9007199254740993}:
        return 404, {"message": "no such call"}
    shown = {KEYS.get(name, name): MODULES[name] for name in sorted(asked & MODULES.keys(), reverse=True)}
    record = {"new": [1], **shown, "caller_id": "18015550123", "call_id": call_id, "campaign_id": None}
    return 200, {"data": {"result": record, "total": 1}, "message": "", **_envelope(), "version": 3}


def _envelope() -> dict[str, str]:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"timestamp": now, "request_id": str(uuid.uuid4()).upper()}


async def _serve(scope: Any, send: Any, path: str, answer: Any) -> None:
    assert scope["type"] == "http"
    headers = dict(scope["headers"])
    authorization = headers.get(b"authorization", b"").decode("latin-1") or None
    if scope["method"] != "GET":
        status, body = 405, {"message": "GET"}
    else:
        status, body = answer(path, scope["query_string"].decode("latin-1"), authorization)
    content_type = b"application/json" if status == 200 else b"application/json; charset=utf-8"
    allow = [(b"allow", b"GET")] if status == 405 else []
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"Content-Type", content_type), *allow],
        }
    )
    await send({"type": "http.response.body", "body": json.dumps({**body, "code": status}).encode()})


async def right(scope: Any, receive: Any, send: Any) -> None:
    """Right, and as different from the fake as the document allows."""
    path = scope.get("path", "")
    await _serve(scope, send, path.removeprefix("/v3") if path.startswith("/v3/") else "", answer_rightly)


async def right_without_the_path(scope: Any, receive: Any, send: Any) -> None:
    """Right, and mounted without the path of the document's server."""
    await _serve(scope, send, scope.get("path", ""), answer_rightly)


async def never_found(scope: Any, receive: Any, send: Any) -> None:
    """Answers 404 to everything."""
    await _serve(scope, send, "", lambda *_: (404, {"message": "no such call"}))


async def leaking(scope: Any, receive: Any, send: Any) -> None:
    """Repeats the token, and the record, where it refuses."""

    def answer(path: str, query: str, authorization: str | None) -> tuple[int, dict[str, Any]]:
        status, body = answer_rightly(path, query, f"Bearer {TOKEN}")
        if status == 200:
            body["data"]["result"]["transcription"] = [MODULES["transcription"], authorization]
        return status, body

    await _serve(scope, send, scope.get("path", "").removeprefix("/v3"), answer)


async def careless(scope: Any, receive: Any, send: Any) -> None:
    """Has members of the wrong type, beside personal data."""

    def answer(path: str, query: str, authorization: str | None) -> tuple[int, dict[str, Any]]:
        status, body = answer_rightly(path, query, authorization)
        if status == 200:
            body["data"]["result"]["duration"] = "I need a new roof"
            body["data"]["result"]["transcription"] = "I need a new roof"
        return status, body

    await _serve(scope, send, scope.get("path", "").removeprefix("/v3"), answer)
