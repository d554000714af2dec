"""Small servers to try the suite on: a right one that uses the document's freedom, and broken ones."""

import random
import re
import urllib.parse
from dataclasses import replace
from typing import Any

from convirza.fake import create_app
from support.faults.faulty_server import Answer, Asked, ask, read_request, respond

TOKEN = "right-token-0815"
_FAKE = create_app(token=TOKEN)
_DICE = random.Random(1)


async def _answer_rightly(scope: Any, asked: Asked) -> Answer:
    """The fake's response, as different as the document allows."""
    if asked.method not in {"GET", "POST"}:
        return Answer(501, {"message": "not implemented"})
    answer = await ask(_FAKE, scope, asked)
    if answer.status >= 400:
        kept = {"text": answer.body["message"]}
        # A router that requires digits does not accept other ids.
        if answer.status == 400 and not re.fullmatch("/v3/[a-z/]+[0-9]*|/oauth/.*", asked.path):
            return replace(answer, status=404, body=b"<h1>Not Found</h1>", media_type="text/html")
        return replace(answer, body=kept, media_type="application/json; charset=utf-8")
    body = {**answer.body, "request_id": answer.body["request_id"].upper(), "version": 3, "message": ""}
    data = body.get("data", {})
    for record in [*data.get("calls", ()), *([data["result"]] if "result" in data else [])]:
        record |= {"new": [1]}
        if record.get("disposition") == "ANSWERED" and "disposition" not in asked.query:
            record["disposition"] = "Answered by a machine"
        for key in ("tags", "comments", "indicators"):
            _DICE.shuffle(record.get(key) or [])
    return replace(answer, body=body)


async def _serve(scope: Any, receive: Any, send: Any, change: Any = None) -> None:
    asked = await read_request(scope, receive)
    answer = await _answer_rightly(scope, asked)
    await respond(change(asked, answer) if change else answer, asked, send)


async def right(scope: Any, receive: Any, send: Any) -> None:
    """Right, and as different from the fake as the document allows."""
    await _serve(scope, receive, send)


async def right_without_the_path(scope: Any, receive: Any, send: Any) -> None:
    """Right, and mounted without the path of the document's server."""
    path = scope.get("path", "")
    await _serve({**scope, "path": path if path.startswith("/oauth") else f"/v3{path}"}, receive, send)


async def never_found(scope: Any, receive: Any, send: Any) -> None:
    """Responds 404 to everything."""
    await _serve(scope, receive, send, lambda *_: Answer(404, {"code": 404, "message": "no such call"}))


async def unreadable(scope: Any, receive: Any, send: Any) -> None:
    """Sends what cannot be decoded."""
    await _serve(
        scope, receive, send, lambda _, answer: replace(answer, headers={"content-encoding": "gzip"})
    )


async def leaking(scope: Any, receive: Any, send: Any) -> None:
    """Needs no token, and repeats it with the record."""

    def leak(asked: Asked, answer: Answer) -> Answer:
        record = {"call_id": 1, "transcription": ["I need a new roof", asked.authorization]}
        return replace(answer, status=200, body={**answer.body, "code": 200, "data": {"result": record}})

    await _serve(scope, receive, send, leak)


async def careless(scope: Any, receive: Any, send: Any) -> None:
    """Has members of the wrong type, beside personal data, and always the same request_id."""

    def spoil(_asked: Asked, answer: Answer) -> Answer:
        if answer.status == 200 and answer.record:
            wrong = {"duration": "I need a new roof", "ring_to": "https://api.example/r?secret=hush"}
            answer.body["data"]["result"] |= {**wrong, "transcription": "I need a new roof"}
            answer.body["request_id"] = "550e8400-e29b-41d4-a716-446655440000"
        return answer

    await _serve(scope, receive, send, spoil)


async def with_notes(scope: Any, receive: Any, send: Any) -> None:
    """Right, with one operation more: it has the statuses of get_call, and an offset."""
    await _serve_notes(scope, receive, send, None)


async def with_open_notes(scope: Any, receive: Any, send: Any) -> None:
    """Right but for the operation more, which needs no token."""
    await _serve_notes(scope, receive, send, f"Bearer {TOKEN}")


async def _serve_notes(scope: Any, receive: Any, send: Any, authorization: str | None) -> None:
    path = scope.get("path", "")
    if not path.endswith("/notes"):
        await _serve(scope, receive, send)
        return
    asked = await read_request(scope, receive)
    asked = replace(
        asked, path=path.removesuffix("/notes"), authorization=authorization or asked.authorization
    )
    answer = await ask(_FAKE, scope, replace(asked, query=""))
    offset = urllib.parse.parse_qs(asked.query, keep_blank_values=True).get("offset", ["0"])
    if answer.status == 200:
        valid = len(offset) == 1 and re.fullmatch("[0-9]+", offset[0])
        answer.body.pop("data")
        answer = answer if valid else replace(answer, status=400, body={**answer.body, "code": 400})
    await respond(answer, asked, send)
