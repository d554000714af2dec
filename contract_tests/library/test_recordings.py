"""Downloads of recordings: whole or not at all, and nothing secret to another host."""

import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from convirza import (
    APIStatusError,
    Call,
    ConnectionError,
    ConvirzaError,
    NoRecordingError,
    RecordingExpiredError,
    ResponseError,
    ServerError,
    TimeoutError,
)
from convirza._core import network
from convirza._resources.download import audio_type
from convirza.fake import FakeClock
from support.library.hostile_server import (
    DOCUMENTED,
    End,
    HostileServer,
    Step,
    Steps,
    head,
    hostile_server,
    http,
)
from support.library.ways import INJECTED, OWN, TOKEN, ClientUnderTest, Variant, asking

AUDIO = b"RIFF\x00\x00\x00\x00WAVEfmt " + random.Random(1).randbytes(20_000)
OTHER = b"ID3\x04" + random.Random(2).randbytes(20_012)
V1, V2 = {"ETag": '"v1"'}, {"ETag": '"v2"'}
NO_RANGE = {"Content-Range": "bytes */20016"}
BROKEN = [head(200, {**V1, "Content-Length": str(len(AUDIO))}), AUDIO[:12_000]]
WHOLE = http(200, AUDIO, V1)
NAME = "7-5.wav"


@pytest.fixture
def server() -> Generator[HostileServer]:
    """The API and the recording's host in one."""
    with hostile_server() as server:
        yield server


@pytest.fixture(params=OWN[:2], ids=str)
def asker(request: pytest.FixtureRequest, server: HostileServer) -> Generator[ClientUnderTest]:
    """A client, sync or async."""
    with asking(request.param, base_url=server.url, clock=FakeClock()) as asker:
        yield asker


def call(url: str, **members: Any) -> Steps:
    """The response of the API for call 7."""
    details = {"recording_id": 5, "url": url, **members}
    return http(body={**DOCUMENTED, "data": {"result": {"call_id": 7, "recording_details": details}}})


def will(server: HostileServer, *responses: Steps, **members: Any) -> None:
    """First the call, then these."""
    server.will(call(f"{server.url}/r?secret=CANARY", **members), *responses)


def download(asker: ClientUnderTest, path: Path, item: Any = 7, **options: Any) -> Path:
    """`calls.download_recording`."""
    found: Path = asker.wait(asker.client.calls.download_recording(item, path, **options))
    return found


def headers(request: bytes) -> dict[str, str]:
    """Those of a request, by their names in lower case."""
    lines = request.decode().split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


@dataclass
class Rest:
    """The rest of a file, from where the last request starts; and what is wrong with it."""

    server: HostileServer
    content: bytes = AUDIO
    shift: int = 0
    total: int = 0
    more: bytes = b""
    most: int | None = None
    cut: int | None = None
    changed: dict[str, str] = field(default_factory=dict)

    def __iter__(self) -> Generator[Step]:
        asked = re.fullmatch("bytes=([0-9]+)-", headers(self.server.requests[-1]).get("range", "bytes=0-"))
        assert asked
        start, length = int(asked[1]), len(self.content)
        rest = (self.content[start:] + self.more)[: self.most]
        content_range = f"bytes {start + self.shift}-{length - 1}/{length + self.total}"
        start_line, body, end = http(206, rest, {**V1, "Content-Range": content_range, **self.changed})
        yield from (start_line, body[: self.cut])
        if self.cut is None:
            yield end


@dataclass
class OnRange:
    """The response to a request for a part; one for the whole file gets that."""

    server: HostileServer
    part: Steps

    def __iter__(self) -> Generator[Step]:
        yield from self.part if "range" in headers(self.server.requests[-1]) else WHOLE


@pytest.mark.parametrize("way", [*OWN, *INJECTED], ids=str)
def test_download_sends_no_secret_and_leaves_one_file(
    way: Variant, server: HostileServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The recording's host gets no secret of the API; the file is private, and the address not in the log."""
    caplog.set_level("DEBUG", "convirza")
    mine = {"headers": {"Authorization": "Basic OTHER", "X-Mine": "a"}, "cookies": {"session": "OTHER"}}
    will(server, WHOLE)
    http_settings = mine if way.library else None
    with asking(way, base_url=server.url, http=http_settings, headers={"X-Api-Key": "HUSH"}) as asker:
        path = download(asker, tmp_path, headers={"X-Own": "HUSH"})
    assert (path, path.read_bytes(), path.stat().st_mode & 0o777) == (tmp_path / NAME, AUDIO, 0o600)
    assert list(tmp_path.iterdir()) == [path]
    logged = [record.getMessage() for record in caplog.records if record.name == "convirza"]
    assert [line.partition(",")[0] for line in logged[1:]] == ["GET recording_details.url: 200"]
    assert "CANARY" not in "".join(logged)
    first, second = server.requests
    assert f"authorization: Bearer {TOKEN}" in first.decode().replace("A", "a")
    assert not re.search(f"(?i)authorization|cookie|HUSH|{TOKEN}", second.decode())
    assert headers(second)["accept-encoding"] == "identity"
    assert second.startswith(b"GET /v3/r?secret=CANARY HTTP/1.1\r\n")


WEAK = head(200, {"ETag": 'W/"v1"', "Content-Length": str(len(AUDIO))})
Cheat = Callable[[HostileServer], Iterable[Steps]]
# What the host does after the call was fetched; the file's content, the kind of the error or a part of a
# ResponseError's message; the number of requests to the host.
CHEATS: list[tuple[str, Cheat, bytes | type[ConvirzaError] | str, int]] = [
    ("breaks", lambda s: [BROKEN, Rest(s)], AUDIO, 2),
    ("breaks twice", lambda s: [BROKEN, Rest(s, cut=6000), Rest(s)], AUDIO, 3),
    ("is another file by now", lambda s: [BROKEN, http(200, OTHER, V2)], OTHER, 2),
    ("sends another start", lambda s: [BROKEN, Rest(s, shift=1), WHOLE], AUDIO, 3),
    ("sends another total", lambda s: [BROKEN, Rest(s, total=1), WHOLE], AUDIO, 3),
    ("sends no range", lambda s: [BROKEN, Rest(s, changed=NO_RANGE), WHOLE], AUDIO, 3),
    ("sends another etag", lambda s: [BROKEN, Rest(s, changed=V2), WHOLE], AUDIO, 3),
    ("sends other bytes", lambda s: [BROKEN, Rest(s, OTHER), WHOLE], AUDIO, 3),
    ("sends less than the rest", lambda s: [BROKEN, Rest(s, most=6000), Rest(s)], AUDIO, 3),
    ("sends too much", lambda s: [BROKEN, Rest(s, more=b"more"), OnRange(s, Rest(s))], AUDIO, 3),
    ("is shorter by now", lambda s: [BROKEN, Rest(s, AUDIO[:15_000]), WHOLE], AUDIO, 3),
    ("sends a part unasked", lambda s: [Rest(s), WHOLE], AUDIO, 2),
    ("has less than that", lambda s: [BROKEN, OnRange(s, http(416, b""))], AUDIO, 3),
    ("has no etag", lambda s: [[head(200, {"Content-Length": "20016"}), AUDIO[:9000]], WHOLE], AUDIO, 2),
    ("has a weak etag", lambda s: [[WEAK, AUDIO[:9000]], OnRange(s, Rest(s))], AUDIO, 2),
    ("is busy first", lambda s: [http(503, b""), http(429, b"", {"Retry-After": "99"}), WHOLE], AUDIO, 3),
    ("redirects to itself once", lambda s: [http(307, b"", {"Location": "/r2"}), WHOLE], AUDIO, 2),
    ("sends chunks", lambda s: [chunked(AUDIO)], AUDIO, 1),
    ("always breaks", lambda s: [BROKEN], ConnectionError, 4),
    ("breaks in chunks", lambda s: [chunked(AUDIO)[:-2]], ConnectionError, 4),
    ("sends HTML", lambda s: [http(200, b"\n<!doctype html><title>Sign in")], "HTML", 1),
    ("sends JSON", lambda s: [http(200, {"result": "error"})], "JSON", 1),
    ("sends nothing", lambda s: [http(200, b"")], "empty", 1),
    ("sends a picture", lambda s: [http(200, b"\x89PNG" + AUDIO)], "unknown type", 1),
    ("compresses", lambda s: [http(200, AUDIO, {"Content-Encoding": "gzip"})], "compressed", 1),
    ("hides the length", lambda s: [[head(200), AUDIO]], "length is unknown", 1),
    ("is huge", lambda s: [[head(200, {"Content-Length": f"{2**40}"}), AUDIO]], "2 GiB", 1),
    ("never ends", lambda s: [chunked(AUDIO * 20)], "2 GiB", 1),
    ("redirects", lambda s: [http(302, b"", {"Location": "http://127.0.0.2:1/"})], "private", 1),
    ("redirects badly", lambda s: [http(302, b"", {"Location": "https://a:b"})], "address", 1),
    ("redirects for ever", lambda s: [http(302, b"", {"Location": "/r"})], "redirects", 6),
    ("redirects nowhere", lambda s: [http(302, b"")], APIStatusError, 1),
    ("wants a login", lambda s: [http(401, b"")], APIStatusError, 1),
    ("sends no content", lambda s: [http(204, b"")], APIStatusError, 1),
]


def chunked(content: bytes) -> list[Step]:
    """The content in chunks, the last chunk by itself."""
    pieces = [content[start : start + 7000] for start in range(0, len(content), 7000)]
    chunks = [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces]
    return [head(200, {"Transfer-Encoding": "chunked"}), *chunks, b"0\r\n\r\n", End.KEEP]


@pytest.mark.parametrize("row", CHEATS, ids=[row[0] for row in CHEATS])
def test_host_that_cheats(
    row: tuple[str, Cheat, Any, int],
    server: HostileServer,
    asker: ClientUnderTest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Either the file is the whole recording, or there is an error and no file; retries are bounded."""
    _, cheat, expected, requests = row
    monkeypatch.setattr("convirza._resources.download._LARGEST", 200_000)
    will(server, *cheat(server))
    if isinstance(expected, bytes):
        path = download(asker, tmp_path)
        assert path.read_bytes() == expected
        assert path.name == (NAME if expected is AUDIO else "7-5.mp3")
        assert list(tmp_path.iterdir()) == [path]
    else:
        kind, text = (ResponseError, expected) if isinstance(expected, str) else (expected, "recording")
        with pytest.raises(kind, match=text) as caught:
            download(asker, tmp_path)
        assert type(caught.value) is kind
        left = [] if kind is not ConnectionError else [".7-5.convirza-part", ".7-5.convirza-part.json"]
        assert [path.name for path in tmp_path.iterdir() if path.name not in left] == []
        assert (caught.value.call_id, "CANARY" in f"{caught.value!r}{caught.value}") == (7, False)
    assert len(server.requests) == requests + 1
    assert not any(TOKEN.encode() in request for request in server.requests[1:])


def test_delay_beyond_the_deadline_is_not_waited(
    server: HostileServer, asker: ClientUnderTest, tmp_path: Path
) -> None:
    """A host that is busy for longer than the deadline gets no second request."""
    will(server, http(503, b"", {"Retry-After": "700"}), WHOLE)
    with pytest.raises(ServerError):
        download(asker, tmp_path)
    assert (len(server.requests), asker.clock.sleeps) == (2, [])


@pytest.mark.parametrize("way", OWN, ids=str)
@pytest.mark.parametrize(
    ("options", "end", "said"),
    [
        ({"timeout": 0.5}, [End.HOLD], "timeout of 0.5 s"),
        ({"deadline": 1.0}, [step for _ in range(100) for step in (b"a", 0.05)], "deadline of 1 s"),
    ],
)
def test_slow_host_is_left(
    way: Variant, options: dict[str, float], end: list[Step], said: str, server: HostileServer, tmp_path: Path
) -> None:
    """A download ends after `timeout` without data, and after `deadline` in any case; the part is kept."""
    will(server, [*BROKEN, *end])
    with asking(way, base_url=server.url, max_retries=0) as asker, pytest.raises(TimeoutError, match=said):
        download(asker, tmp_path, **options)
    assert (tmp_path / ".7-5.convirza-part").stat().st_size >= 12_000


@pytest.mark.parametrize(
    "url",
    [
        *("http://recordings.test/r", "ftp://recordings.test/r", "https:///r", "/r", "no address"),
        *("https://10.0.0.1/r", "https://169.254.169.254/r", "https://100.64.0.1/r", "https://224.0.0.1/r"),
        *("https://[::1]/r", "https://[fe80::1]/r", "https://[::ffff:10.0.0.1]/r", "https://[fd00::1]/r"),
        *("https://2130706433/r", "https://127.1/r", "https://localhost/r", "https://me:CANARY@a.test/r"),
    ],
)
@pytest.mark.parametrize("way", OWN, ids=str)
def test_address_that_is_not_public_is_rejected(
    way: Variant, url: str, server: HostileServer, tmp_path: Path
) -> None:
    """Nothing is sent in clear or into a private network, whatever the API says."""
    server.will(call(url))
    with (
        asking(way, base_url=server.url) as asker,
        pytest.raises(ResponseError, match=r"https|private network") as caught,
    ):
        download(asker, tmp_path)
    assert len(server.requests) == 1
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize("way", OWN, ids=str)
@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"]])
def test_name_of_a_private_address_is_rejected(
    way: Variant, addresses: list[str], server: HostileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name is resolved once, and no connection is opened if one of its addresses is not public."""
    names = {"recordings.test": addresses}
    monkeypatch.setattr(network, "_resolve", lambda host, _port: names.get(host, ["127.0.0.1"]))
    server.will(call("https://recordings.test/r"))
    with asking(way, base_url=server.url) as asker, pytest.raises(ResponseError, match="private network"):
        download(asker, tmp_path)


GONE = http(410, {"code": 410})


@pytest.mark.parametrize(
    ("given", "responses", "expected"),
    [
        (None, ["call", GONE, "call", WHOLE], AUDIO),
        (None, ["call", GONE, "call", GONE], RecordingExpiredError),
        ("whole", [WHOLE], AUDIO),
        ("whole", [GONE, "call", WHOLE], AUDIO),
        (59, ["call", WHOLE], AUDIO),
        (59, ["call", GONE], RecordingExpiredError),
        (61, [WHOLE], AUDIO),
        ("without", ["call", WHOLE], AUDIO),
    ],
)
def test_expired_address_is_replaced_once(
    given: int | str | None,
    responses: list[Any],
    expected: object,
    server: HostileServer,
    asker: ClientUnderTest,
    tmp_path: Path,
) -> None:
    """After a 410, or shortly before the expiry that a `Call` has, the call is fetched again; no more."""
    details = {"recording_id": 5, "url": f"{server.url}/r"}
    server.will(*(call(f"{server.url}/r") if each == "call" else each for each in responses))
    item: Any = {"call_id": 7, "recording_details": details}
    if type(given) is int:
        details["expires_at"] = int(asker.clock.time()) + given
    if given == "without":
        del item["recording_details"]
    item = Call.from_dict(item) if given else 7
    if expected is AUDIO:
        assert download(asker, tmp_path / "my.audio", item).read_bytes() == AUDIO
    else:
        with pytest.raises(RecordingExpiredError, match="get the call again"):
            download(asker, tmp_path, item)
    assert len(server.requests) == len(responses)


def test_call_without_a_recording(server: HostileServer, asker: ClientUnderTest, tmp_path: Path) -> None:
    """It has an error of its own; a recording that cannot be read is not taken for none."""
    none = [{}, {"recording_details": None}, {"recording_details": {"recording_id": None, "url": None}}]
    unreadable = [{"recording_details": details} for details in ("https://recordings.test/r", {"url": 7})]
    for details in [*none, *unreadable]:
        server.will(http(body={**DOCUMENTED, "data": {"result": {"call_id": 7, **details}}}))
        with pytest.raises(NoRecordingError if details in none else ResponseError):
            download(asker, tmp_path)
        assert list(tmp_path.iterdir()) == []


PROGRAM = """
import sys
from convirza import Convirza
with Convirza(base_url=sys.argv[1], token="t") as convirza:
    convirza.calls.download_recording(7, sys.argv[2])
"""


def test_killed_download_is_resumed(server: HostileServer, asker: ClientUnderTest, tmp_path: Path) -> None:
    """After a kill in the middle, only the rest is requested, with an overlap that is compared."""
    will(server, [*BROKEN, End.HOLD], Rest(server))
    partial = tmp_path / ".7-5.convirza-part"
    with subprocess.Popen([sys.executable, "-c", PROGRAM, server.url, tmp_path]) as process:
        end = time.monotonic() + 30
        while not (partial.exists() and partial.stat().st_size == 12_000):
            assert time.monotonic() < end
            time.sleep(0.01)
        with pytest.raises(ConvirzaError, match="another process downloads this recording"):
            server.requests.clear()
            download(asker, tmp_path)
        process.send_signal(signal.SIGKILL)
    will(server, Rest(server))
    path = download(asker, tmp_path)
    assert path.read_bytes() == AUDIO
    assert list(tmp_path.iterdir()) == [path]
    sent = headers(server.requests[-1])
    assert (sent["range"], sent["if-range"]) == ("bytes=7904-", '"v1"')


@pytest.mark.parametrize(
    "notes", [b"{", b"[]", b'{"key": "8-5", "etag": "\\"v1\\"", "total": 20016}', b'{"key": "7-5"}']
)
def test_part_of_something_else_is_not_resumed(
    notes: bytes, server: HostileServer, asker: ClientUnderTest, tmp_path: Path
) -> None:
    """A partial file of another recording, or with damaged notes, is started anew."""
    (tmp_path / ".a.wav.convirza-part").write_bytes(OTHER[:9000])
    (tmp_path / ".a.wav.convirza-part.json").write_bytes(notes)
    will(server, WHOLE)
    assert download(asker, tmp_path / "a.wav").read_bytes() == AUDIO
    assert "range" not in headers(server.requests[-1])


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"RIFF\x24\0\0\0WAVEfmt ", "wav"),
        *((start, "mp3") for start in (b"ID3\x03", b"\xff\xfb\x90\x64")),
        (b"\xff\xf1\x50\x80", "aac"),
        (b"OggS\0\x02", "ogg"),
        (b"\0\0\0\x20ftypM4A ", "m4a"),
        *((start, None) for start in (b"RIFF\x24\0\0\0AVI LIST", b"\xff\xd8\xff\xe0", b"%PDF-1.7", b"")),
        ("\ufeff{}".encode("utf-16-le"), None),
    ],
)
def test_type_is_that_of_the_first_bytes(start: bytes, kind: str | None) -> None:
    """Audio formats, and what begins like one."""
    assert audio_type(start) == kind
