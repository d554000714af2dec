"""Faulty servers, by name: one thing wrong each.

`tox run -e faults` (scripts/report/faults.py) runs contract_tests/server on each, by
CONVIRZA_CONTRACT_APP=support.faults.server_faults:app and CONVIRZA_FAULT=<name>.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import support.faults.operation_faults  # noqa: F401  # adds its own
from convirza.fake import DEFAULT_TOKEN, DOCUMENTED_CALL_ID, FORBIDDEN_CALL_ID
from support.faults.faulty_server import (
    READS,
    RESPONSES,
    Asked,
    Response,
    accepts,
    after,
    app,
    before,
    change,
    in_body,
    in_module,
    in_operation,
    in_record,
    put,
    responds,
    shifts,
)

__all__ = ["FAULTS", "app"]

_GOOD = f"Bearer {DEFAULT_TOKEN}"
_CALLS = "/v3/conversations/calls/"

# ---------------------------------------------------------------------------- shape, type, null, enum, format

in_body("envelope without code", lambda body: body.pop("code"), 200)
in_body("envelope without message", lambda body: body.pop("message"), 200)
in_body("envelope without request_id", lambda body: body.pop("request_id"), 200)
in_body("envelope without timestamp", lambda body: body.pop("timestamp"), 200)
in_operation("record not in result", "get_call", lambda body: body.update(data=body["data"]["result"]))
in_operation(
    "record in a list", "get_call", lambda body: put("result", [body["data"]["result"]])(body["data"])
)
in_body("data is null", put("data", None), 200)
in_body("code as a string", change("code", str))
in_body("message is null", put("message", None))
in_body("message is an object", put("message", {"text": "Success"}))
in_body("request_id is a number", put("request_id", 7))
in_body("request_id is no UUID", put("request_id", "req-7"))
in_body("timestamp in seconds", put("timestamp", 1775462400))
in_body("timestamp without Z", change("timestamp", lambda text: text.rstrip("Z")))
in_body("timestamp without milliseconds", change("timestamp", lambda text: text[:19] + "Z"))
in_body("timestamp with an offset", change("timestamp", lambda text: text.replace("Z", "+00:00")))
in_record("call_id missing", lambda record: record.pop("call_id"))
in_record("call_id is null", put("call_id", None))
in_record("call_id as a string", change("call_id", str))
in_record("duration as a string", change("duration", str))
in_record("duration negative", change("duration", lambda seconds: -1 - seconds))
in_record("caller_id as a number", change("caller_id", int))
in_record("repeat_call as a number", change("repeat_call", int))
in_record("disposition as a number", put("disposition", 7))
in_record("call_started as a date", change("call_started", lambda text: text[:10]))
in_record("call_started in another form", change("call_started", lambda text: text.replace("T", " ")))
in_record("campaign_id is zero", put("campaign_id", 0))
in_record("campaign_name as an object", change("campaign_name", lambda name: {"name": name}))
in_record("tags as an object", change("tags", lambda tags: {"items": tags}))
in_record("tags as strings", change("tags", lambda tags: [tag["tag_name"] for tag in tags]))
in_record("comments as one object", change("comments", lambda comments: comments[0]))
in_record("summary as a list", change("summary", lambda text: [text]))
in_record("recording_details in a list", change("recording_details", lambda recording: [recording]))
in_record("custom_sources as a list", change("custom_sources", lambda sources: list(sources.values())))
in_record("call_flow as a string", change("call_flow", str))
in_module("expires_at as text", "recording_details", change("expires_at", lambda _: "2026-04-06T08:00:00Z"))
in_module("url as an object", "recording_details", change("url", lambda url: {"href": url}))
in_module("call_value as a string", "call_detail", change("call_value", str))
in_module("is_outbound as a string", "call_detail", change("is_outbound", str))
in_module(
    "appointment_date with a time", "voiceagent_data", change("appointment_date", lambda d: d + "T00:00")
)
in_module("outcome as a string", "voiceagent_data", change("outcome", str))
in_module("tag_active as a number", "tags", change("tag_active", int))
in_module("tag_created in seconds", "tags", change("tag_created", lambda _: 1767268800))
in_module("note_id as a string", "comments", change("note_id", str))
in_module("score_value with a fraction", "indicators", change("score_value", lambda score: score + 0.5))

# ---------------------------------------------------------------------------- media type, status


def in_success(name: str, **values: Any) -> None:
    """A fault that replaces parts of every 200."""
    responds(name, lambda _, response: response.status == 200, **values)


in_success("200 as text/plain", media_type="text/plain")
in_success("200 without a media type", media_type="")
in_success("200 as HTML", media_type="text/html", body=b"<html></html>")
in_success("HTML labelled JSON", body=b"<html></html>")
in_success("200 with an empty body", body=b"")
in_success("206 for 200", status=206)
in_success("500 for every call", status=500, body={"code": 500, "message": "Internal server error."})
in_body("code differs from the status", put("code", 0))
in_body("code 200 in errors", put("code", 200), 400, 401, 403, 404)


responds(
    "errors as HTML",
    lambda _, response: response.status in (400, 401, 403, 404),
    body=b"<h1>error</h1>",
    media_type="text/html",
)
shifts("404 for bad requests", 400, 404)
shifts("422 for bad requests", 400, 422)
shifts("500 for bad requests", 400, 500)
shifts("403 for a missing token", 401, 403)
shifts("404 for calls out of scope", 403, 404)
shifts("403 for unknown calls", 404, 403)
shifts("410 for unknown calls", 404, 410)
shifts("404 for every call", 200, 404)
shifts("403 for every call", 200, 403)
shifts("401 for every call", 200, 401)
shifts("400 for every call", 200, 400)


responds("200 with an error in it for unknown calls", lambda _, response: response.status == 404, status=200)

# ---------------------------------------------------------------------------- authorization


accepts("token not checked", lambda _: True)
accepts("any token accepted", lambda header: header)
accepts("missing token accepted", lambda header: not header)
accepts("another scheme accepted", lambda header: header.partition(" ")[2] == DEFAULT_TOKEN)
accepts("bare token accepted", lambda header: header == DEFAULT_TOKEN)
accepts(
    "beginning of the token suffices",
    lambda header: (sent := header.removeprefix("Bearer ")) and DEFAULT_TOKEN.startswith(sent),
)
accepts("longer token accepted", lambda header: header.startswith(_GOOD))
accepts("token compared without case", lambda header: header.lower() == _GOOD.lower())


@after("token repeated in the message")
def _(asked: Asked, response: Response) -> None:
    if response.status in (401, 404):
        response.body["message"] += f" Token: {asked.authorization}"


@after("token repeated in a header")
def _(asked: Asked, response: Response) -> Response:
    return replace(response, headers={**response.headers, "x-debug": asked.authorization or ""})


@after("scope not checked")
def _(asked: Asked, response: Response) -> Response | None:
    if response.status != 403:
        return None
    record = {"call_id": int(asked.path.rpartition("/")[2])}
    return replace(response, status=200, body={**response.body, "code": 200, "data": {"result": record}})


in_body(
    "403 with the record",
    lambda body: body.update(data={"result": {"call_id": FORBIDDEN_CALL_ID, "caller_id": "18015551234"}}),
    403,
)

# ---------------------------------------------------------------------------- ids and modules


def asks_for(name: str, other: Callable[[str], str | int]) -> None:
    """A fault that reads the id of the path wrongly."""

    def fault(asked: Asked) -> Asked:
        if not asked.path.startswith(_CALLS):
            return asked
        return replace(asked, path=f"{_CALLS}{other(asked.path.removeprefix(_CALLS))}")

    before(name)(fault)


def number(text: str, read: Callable[[int], int]) -> str | int:
    """The id through `read`, if it is one."""
    return read(int(text)) if re.fullmatch("[0-9]{1,19}", text) else text


asks_for("the same call for every id", lambda text: number(text, lambda _: DOCUMENTED_CALL_ID))
asks_for("id read as a float", lambda text: number(text, lambda id: int(float(id)) if id >= 2**53 else id))
asks_for("id cut to 32 bits", lambda text: number(text, lambda id: id % 2**32))
asks_for("zero read as a call", lambda text: DOCUMENTED_CALL_ID if text == "0" else text)
asks_for("sign ignored", lambda text: DOCUMENTED_CALL_ID if text.startswith("-") else text)
asks_for("letters read as a call", lambda text: DOCUMENTED_CALL_ID if text.isalpha() else text)
asks_for("fraction cut", lambda text: DOCUMENTED_CALL_ID if re.fullmatch(r"-?[0-9]+\.[0-9]+", text) else text)
asks_for("2^63 read as a call", lambda text: DOCUMENTED_CALL_ID if text == str(2**63) else text)


in_record("id of another call in the record", change("call_id", lambda call_id: call_id + 1))
in_record("large ids rounded", change("call_id", lambda call_id: int(float(call_id))))


def is_large(asked: Asked, response: Response) -> bool:
    """Whether the id needs more than 31 bits."""
    text = asked.path.rpartition("/")[2]
    return response.status in (200, 404) and text.isdecimal() and int(text) >= 2**31


responds("largest ids refused", is_large, status=400, body={"code": 400, "message": "Invalid id."})

_ALL = [
    "call_detail", "call_flow", "comments", "custom_sources", "indicators",
    "recordings", "summary", "tags", "transcription", "voiceagent",
]  # fmt: skip


def includes(name: str, read: Callable[[list[str]], list[str]]) -> None:
    """A fault that reads `include` wrongly."""
    before(name)(lambda asked: asked.including(read(asked.include)))


includes("include ignored", lambda _: [])
includes("every module always sent", lambda modules: _ALL if set(modules) <= set(_ALL) else modules)
includes("tags always sent", lambda modules: [*modules, "tags"])
includes("only the first module sent", lambda modules: modules[:1])
includes("only the last module sent", lambda modules: modules[-1:])
includes("unknown modules skipped", lambda modules: [name for name in modules if name in _ALL])
includes("modules in any case", lambda modules: [name.lower() for name in modules])
includes("one module never sent", lambda modules: [name for name in modules if name != "transcription"])
includes("a repeated module refused", lambda m: m if len(set(m)) == len(m) else ["nonsense"])
includes("modules in order only", lambda m: m if m == sorted(m) or not set(m) <= set(_ALL) else ["nonsense"])
includes("two modules refused", lambda modules: modules if len(modules) < 2 else ["nonsense"])
includes(
    "a wrong module swapped in", lambda m: ["summary" if name == "transcription" else name for name in m]
)


# ---------------------------------------------------------------------------- time and identity

in_body("timestamp of last year", change("timestamp", lambda text: f"{int(text[:4]) - 1}{text[4:]}"))
in_body("timestamp of the example", put("timestamp", "2026-01-20T12:34:56.789Z"))
in_body(
    "timestamp in local time",
    change("timestamp", lambda text: text[:11] + f"{(int(text[11:13]) + 7) % 24:02}" + text[13:]),
)
in_body("the same request_id always", put("request_id", "550e8400-e29b-41d4-a716-446655440000"))

_SEEN: dict[str, Any] = {}


@after("responses kept from the first request")
def _(asked: Asked, response: Response) -> Response:
    kept: Response = _SEEN.setdefault(f"{asked}", response)
    return kept


@after("another call on each request")
def _(_asked: Asked, response: Response) -> None:
    if response.record:
        _SEEN["n"] = _SEEN.get("n", 0) + 1
        response.record["duration"] = _SEEN["n"]


# ---------------------------------------------------------------------------- methods


def also(name: str, *methods: str) -> None:
    """A fault that handles other methods like GET."""
    before(name)(lambda asked: replace(asked, method="GET") if asked.method in methods else asked)


also("POST answered", "POST")
also("DELETE answered", "DELETE")
also("HEAD, PUT and PATCH answered", "HEAD", "PUT", "PATCH")


responds("HEAD answered without the token", lambda asked, _: asked.method == "HEAD", status=200)
responds("HEAD fails", lambda asked, _: asked.method == "HEAD", status=500)

# ---------------------------------------------------------------------------- how a request is read


def reads(name: str, pattern: str, by: str) -> None:
    """A fault that reads another query."""
    before(name)(lambda asked: replace(asked, query=re.sub(pattern, by, asked.query)))


EVERYTHING = "include=" + ",".join(_ALL)
reads("an empty item means everything", r"include=([^&]*,|,[^&]*)(?=$|&)", EVERYTHING)
reads("a repeated include means everything", r"include=[^&]*&include=.*", EVERYTHING)
reads("include[] read as include", r"include(\[\]|%5B%5D)=", "include=")
reads("INCLUDE read as include", r"(?i)include=", "include=")
reads("encoded commas not understood", "%2C", "%20")
reads("raw commas not understood", ",", "%20")
asks_for("underscore read as nothing", lambda text: text.replace("_", ""))
asks_for("two ids read as one", lambda text: text.partition(",")[0])
asks_for("id cut at a null", lambda text: text.partition("\0")[0])
asks_for("id cut at a semicolon", lambda text: text.partition(";")[0])
asks_for("id cut at a dot", lambda text: text.removesuffix(".json"))
asks_for(
    "negative by overflow",
    lambda text: 2**64 - int(text) if text.isdecimal() and 2**63 < int(text) < 2**64 else text,
)


responds("trailing comma fails", lambda asked, _: re.search(r",(&|$)", asked.query), status=500)
responds("leading zeros fail", lambda asked, _: re.search("/calls/0[0-9]+$", asked.path), status=500)
responds("a repeated include fails", lambda asked, _: asked.query.count("include=") > 1, status=500)


@after("token repeated in escapes")
def _(asked: Asked, response: Response) -> Response | None:
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in asked.authorization or "")
    if response.status != 404 or not escaped:
        return None
    body = json.dumps({**response.body, "message": "?"}).replace('"?"', f'"{escaped}"')
    return replace(response, body=body.encode())


in_success("charset of another encoding", media_type="application/json; charset=iso-8859-1")

FAULTS = [*RESPONSES, *READS]
