"""Small servers to try the suite on: a right one that uses the document's freedom, and broken ones."""

import itertools
import json
import random
import re
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from convirza.fake import create_app
from support.faults.faulty_server import Asked, Response, ask, read_request, respond

TOKEN = "right-token-0815"
_FAKE = create_app(token=TOKEN)
_DICE = random.Random(1)
_NOTE_IDS = itertools.count(1)


async def _respond_correctly(scope: Any, asked: Asked) -> Response:
    """The fake's response, as different as the document allows."""
    if asked.method not in {"GET", "POST"}:
        return Response(501, {"message": "not implemented"})
    response = await ask(_FAKE, scope, asked)
    if response.status >= 400:
        kept = {"text": response.body["message"]}
        # A router that requires digits does not accept other ids.
        if response.status == 400 and not re.fullmatch("/v3/[a-z/]+[0-9]*|/oauth/.*", asked.path):
            return replace(response, status=404, body=b"<h1>Not Found</h1>", media_type="text/html")
        return replace(response, body=kept, media_type="application/json; charset=utf-8")
    body = {**response.body, "request_id": response.body["request_id"].upper(), "version": 3, "message": ""}
    data = body.get("data", {})
    for record in [*data.get("calls", ()), *([data["result"]] if "result" in data else [])]:
        record |= {"new": [1]}
        if record.get("disposition") == "ANSWERED" and "disposition" not in asked.query:
            record["disposition"] = "Answered by a machine"
        for key in ("tags", "comments", "indicators"):
            _DICE.shuffle(record.get(key) or [])
    return replace(response, body=body)


async def _serve(scope: Any, receive: Any, send: Any, change: Any = None) -> None:
    asked = await read_request(scope, receive)
    response = await _respond_correctly(scope, asked)
    await respond(change(asked, response) if change else response, asked, send)


async def right(scope: Any, receive: Any, send: Any) -> None:
    """Right, and as different from the fake as the document allows."""
    await _serve(scope, receive, send)


async def right_without_the_path(scope: Any, receive: Any, send: Any) -> None:
    """Right, and mounted without the path of the document's server."""
    path = scope.get("path", "")
    await _serve({**scope, "path": path if path.startswith("/oauth") else f"/v3{path}"}, receive, send)


async def never_found(scope: Any, receive: Any, send: Any) -> None:
    """Responds 404 to everything."""
    await _serve(scope, receive, send, lambda *_: Response(404, {"code": 404, "message": "no such call"}))


async def unreadable(scope: Any, receive: Any, send: Any) -> None:
    """Sends what cannot be decoded."""
    await _serve(
        scope, receive, send, lambda _, response: replace(response, headers={"content-encoding": "gzip"})
    )


async def leaking(scope: Any, receive: Any, send: Any) -> None:
    """Needs no token, and repeats it with the record."""

    def leak(asked: Asked, response: Response) -> Response:
        record = {"call_id": 1, "transcription": ["I need a new roof", asked.authorization]}
        return replace(response, status=200, body={**response.body, "code": 200, "data": {"result": record}})

    await _serve(scope, receive, send, leak)


async def careless(scope: Any, receive: Any, send: Any) -> None:
    """Has members of the wrong type, beside personal data, and always the same request_id."""

    def spoil(_asked: Asked, response: Response) -> Response:
        if response.status == 200 and response.record:
            wrong = {"duration": "I need a new roof", "ring_to": "https://api.example/r?secret=hush"}
            response.body["data"]["result"] |= {**wrong, "transcription": "I need a new roof"}
            response.body["request_id"] = "550e8400-e29b-41d4-a716-446655440000"
        return response

    await _serve(scope, receive, send, spoil)


async def with_notes(scope: Any, receive: Any, send: Any) -> None:
    """Right, with two operations more: they have the statuses of get_call, one an offset, one creates."""
    await _serve_notes(scope, receive, send, _NOTE_IDS)


async def with_broken_notes(scope: Any, receive: Any, send: Any) -> None:
    """The same without a token; what is created has another text than was sent, and always the same id."""
    await _serve_notes(scope, receive, send, itertools.repeat(7), f"Bearer {TOKEN}", {"text": "Call later."})


def _create_note(asked: Asked, note: dict[str, Any], envelope: dict[str, Any]) -> Response:
    try:
        text = json.loads(asked.body)["text"]
    except (ValueError, TypeError, KeyError):
        text = None
    status = 201 if isinstance(text, str) else 400
    data = {"data": {"text": text, **note}} if status == 201 else {}
    return Response(status, {**envelope, "code": status, "data": None, **data})


async def _serve_notes(
    scope: Any,
    receive: Any,
    send: Any,
    note_ids: Iterator[int],
    authorization: str | None = None,
    other: Mapping[str, str] = MappingProxyType({}),
) -> None:
    path = scope.get("path", "")
    if not path.endswith("/notes"):
        await _serve(scope, receive, send)
        return
    asked = await read_request(scope, receive)
    asked = replace(
        asked, path=path.removesuffix("/notes"), authorization=authorization or asked.authorization
    )
    method = "GET" if asked.method == "POST" else asked.method
    response = await ask(_FAKE, scope, replace(asked, query="", method=method))
    if response.status == 405:
        response.headers["allow"] = "GET, POST"
    if asked.method == "POST":
        if response.status == 200:
            response = _create_note(asked, {"note_id": next(note_ids), **other}, response.body)
        await respond(response, asked, send)
        return
    offset = urllib.parse.parse_qs(asked.query, keep_blank_values=True).get("offset", ["0"])
    if response.status == 200:
        valid = len(offset) == 1 and re.fullmatch("[0-9]+", offset[0])
        response.body.pop("data")
        response = response if valid else replace(response, status=400, body={**response.body, "code": 400})
    await respond(response, asked, send)
