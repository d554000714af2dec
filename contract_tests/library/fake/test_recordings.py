"""The recordings of the fake: real audio under signed URLs that expire."""

import io
import wave
from collections.abc import Generator
from typing import Any

import httpx
import pytest

from convirza.fake import FakeAPI, FakeClock

DETAILS = {"recording_id": 5, "filename": "a b", "duration": "00:00:02.50"}


@pytest.fixture
def clock() -> FakeClock:
    """The time of the fake."""
    return FakeClock()


@pytest.fixture
def http(clock: FakeClock) -> Generator[httpx.Client]:
    """A client without a token, for a fake whose call 7 has a recording of 2.5 seconds."""
    api = FakeAPI(clock=clock)
    api.add_call(call_id=7, recording_details=DETAILS)
    api.add_call(call_id=8, recording_details={**DETAILS, "channel_layout": "stereo"})
    with httpx.Client(transport=api.transport) as client:
        yield client


def url_of(http: httpx.Client, call_id: int) -> str:
    """The URL in the record of a call, as sent to this host."""
    headers = {"authorization": "Bearer fake-convirza-token"}
    address = f"http://fake.test:81/v3/conversations/calls/{call_id}?include=recordings"
    found: dict[str, Any] = http.get(address, headers=headers).json()["data"]["result"]["recording_details"]
    assert found["url"].startswith(f"http://fake.test:81/v3/recordings/{call_id}?secret=")
    return str(found["url"])


@pytest.mark.parametrize(("call_id", "channels"), [(7, 1), (8, 2)])
def test_recording_is_audio_of_the_stated_length(http: httpx.Client, call_id: int, channels: int) -> None:
    """The WAV has the length, rate and channels of the record, and needs no token."""
    response = http.get(url_of(http, call_id))
    assert (response.status_code, response.headers["content-type"]) == (200, "audio/wav")
    with wave.open(io.BytesIO(response.content)) as audio:
        assert (audio.getnchannels(), audio.getframerate(), audio.getnframes()) == (channels, 8000, 20_000)
        assert len(set(audio.readframes(20_000))) > 20
    assert len(response.content) == 40_044


@pytest.mark.parametrize(
    ("value", "if_range", "status", "piece"),
    [
        ("bytes=40000-", True, 206, slice(40_000, 40_044)),
        ("bytes=1-3", True, 206, slice(1, 4)),
        ("bytes=40044-", True, 416, slice(0)),
        ("bytes=1-3", False, 200, slice(None)),
        ("bytes=1-3,5-6", True, 200, slice(None)),
    ],
)
def test_range_of_a_recording(
    http: httpx.Client, value: str, if_range: bool, status: int, piece: slice
) -> None:
    """A range is served if the ETag still fits; else the whole file."""
    url = url_of(http, 7)
    whole = http.get(url)
    headers = {"range": value, "if-range": whole.headers["etag"] if if_range else '"another"'}
    response = http.get(url, headers=headers)
    assert (response.status_code, response.content) == (status, whole.content[piece])
    if status == 206:
        first, last = piece.start, piece.stop - 1
        assert response.headers["content-range"] == f"bytes {first}-{last}/40044"


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [("secret=fake-", "secret=fake-0", 403), ("recordings/7", "recordings/8", 403), ("expires=", "e=", 403)],
)
def test_wrong_signature_is_rejected(http: httpx.Client, old: str, new: str, status: int) -> None:
    """A URL that was changed does not work."""
    assert http.get(url_of(http, 7).replace(old, new)).status_code == status


def test_url_expires_after_seven_days(http: httpx.Client, clock: FakeClock) -> None:
    """An expired URL gets a 410 with the documented message."""
    url = url_of(http, 7)
    clock.advance(7 * 86_400 - 1)
    assert http.get(url).status_code == 200
    clock.advance(1)
    response = http.get(url)
    message = "Recording URL has expired. Please re-fetch the call to get a fresh link."
    assert (response.status_code, response.json()["message"]) == (410, message)
