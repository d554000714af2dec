"""Recordings of the fake: WAV files, generated on request, under signed URLs of the fake itself."""

import hashlib
import math
import re
import struct
from collections.abc import Mapping
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from convirza.fake.envelope import Envelopes
from convirza.fake.records import recording_signature
from convirza.fake.scenarios import ERRORS
from convirza.fake.store import CallStore

_RATE: Final = 8000  # Hz, as the records say
_LONGEST: Final = 600.0
"""Seconds of audio in a file, 9.6 MB: it is created in memory for each request."""


class Recordings:
    """Serves the recordings of the store's calls; no bearer token is needed."""

    def __init__(self, envelopes: Envelopes, store: CallStore) -> None:
        """The clock of `envelopes` decides whether a URL has expired."""
        self._envelopes = envelopes
        self._store = store

    def routes(self) -> list[Route]:
        """The route of the recordings."""
        route = Route("/v3/recordings/{id}", self._get)
        route.methods = {"GET"}
        return [route]

    async def _get(self, request: Request) -> Response:
        call_id, query = request.path_params["id"], request.query_params
        signed = recording_signature(call_id, query.get("expires", ""))
        if (query.get("secret"), query.get("access")) != signed:
            raise HTTPException(403, "Invalid signature.")
        if int(query["expires"]) <= self._envelopes.now().timestamp():
            raise HTTPException(*ERRORS["gone"])
        call = self._store.get(int(call_id))  # digits, or the signature would be invalid
        if call is None or not call["recording_details"]:
            raise HTTPException(404, "Recording not found.")
        return _respond(request, _make_wav(int(call_id), call["recording_details"]))


def _make_wav(call_id: int, recording: Mapping[str, Any]) -> bytes:
    """A tone of the recording's stated length, up to ten minutes; its pitch depends on the call."""
    found = re.fullmatch(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)", recording.get("duration") or "")
    hours, minutes, seconds = map(float, found.groups()) if found else (0.0, 0.0, 1.0)
    frames = int(min(hours * 3600 + minutes * 60 + seconds, _LONGEST) * _RATE)
    # 128 kb/s, as the records say: two bytes a frame, one for each channel if there are two.
    stereo = recording.get("channel_layout") == "stereo"
    layout = struct.pack("<IHHIIHH", 16, 1, 1 + stereo, _RATE, _RATE * 2, 2, 8 if stereo else 16)
    turn = 2 * math.pi * (200 + call_id % 400) / _RATE  # whole periods in a second, so it can be repeated
    levels = (math.sin(turn * frame) for frame in range(_RATE))
    second = b"".join(
        bytes([128 + int(60 * level)] * 2) if stereo else struct.pack("<h", int(9000 * level))
        for level in levels
    )
    data = (second * math.ceil(frames / _RATE))[: frames * 2]
    header = struct.pack("<4sI8s20s4sI", b"RIFF", 36 + len(data), b"WAVEfmt ", layout, b"data", len(data))
    return header + data


def _respond(request: Request, content: bytes) -> Response:
    """All of the content, or the requested range (RFC 9110, section 14)."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {"accept-ranges": "bytes", "etag": etag}
    found = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
    if found is None or request.headers.get("if-range", etag) != etag:
        return Response(content, 200, headers, "audio/wav")
    start, end = int(found[1]), min(int(found[2] or len(content)) + 1, len(content))
    if start >= end:
        return Response(b"", 416, {**headers, "content-range": f"bytes */{len(content)}"})
    headers["content-range"] = f"bytes {start}-{end - 1}/{len(content)}"
    return Response(content[start:end], 206, headers, "audio/wav")
