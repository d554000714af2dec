"""Downloads of many recordings into a folder, from the fake."""

import os
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

from convirza import ConvirzaError, NoRecordingError, NotFoundError, RecordingOutcome
from convirza._resources.download import PartialFile
from convirza.fake import FakeAPI, FakeClock
from support.library.ways import OWN, ClientUnderTest, Variant, asking


@pytest.fixture
def fake() -> Generator[FakeAPI]:
    """A fake with recordings of calls 1 to 4, and none of call 5."""
    api = FakeAPI()
    with api.serve():
        for call_id in range(11, 15):
            details = {"recording_id": call_id * 10, "filename": "../evil", "duration": "00:00:01.00"}
            api.add_call(call_id=call_id, recording_details=details)
        api.add_call(call_id=15)
        yield api


@pytest.fixture(params=OWN[:2], ids=str)
def asker(request: pytest.FixtureRequest, fake: FakeAPI) -> Generator[ClientUnderTest]:
    """A client of the fake, sync or async, that does not retry."""
    options = {"base_url": fake.base_url, "token": fake.token, "clock": FakeClock()}
    with asking(request.param, max_retries=0, **options) as asker:
        yield asker


def download_many(
    asker: ClientUnderTest, items: Iterable[Any], folder: Path, **options: Any
) -> list[RecordingOutcome]:
    """`calls.download_recordings`."""
    found = asker.client.calls.download_recordings(items, folder, ordered=True, **options)
    if not asker.way.is_async:
        return list(found)

    async def collect() -> list[RecordingOutcome]:
        return [outcome async for outcome in found]

    return list(asker.wait(collect()))


@pytest.mark.parametrize("way", OWN, ids=str)
def test_many_recordings(way: Variant, fake: FakeAPI, tmp_path: Path) -> None:
    """Each call has an outcome; files that are there are not requested again, whole files only."""
    folder = tmp_path / "new/folder"
    with asking(way, base_url=fake.base_url, token=fake.token) as asker:
        given = [11, 12, 11, 404, "x", 15]
        outcomes = download_many(asker, given, folder)
        assert [outcome.call_id for outcome in outcomes] == given
        paths = [folder / "11-110.wav", folder / "12-120.wav", folder / "11-110.wav"]
        assert [outcome.path for outcome in outcomes] == [*paths, None, None, None]
        assert [outcome.present for outcome in outcomes] == [False, False, True, False, False, False]
        kinds = [NotFoundError, ValueError, NoRecordingError]
        assert [type(outcome.error) for outcome in outcomes[3:]] == kinds
        assert outcomes[0].unwrap().stat().st_size == 16_044
        with pytest.raises(NotFoundError):
            outcomes[3].unwrap()
        assert sorted(folder.iterdir()) == paths[:2]

        paths[1].write_bytes(b"not audio")
        before = len(fake.requests)
        again = download_many(asker, [12, 11], folder)
        assert [outcome.present for outcome in again] == [False, True]
        assert len(fake.requests) == before + 2
        assert paths[1].stat().st_size == 16_044


def test_failing_call_ends_nothing_but_max_failures_does(
    fake: FakeAPI, asker: ClientUnderTest, tmp_path: Path
) -> None:
    """A host that fails ends the run after so many failures in a row; calls without a recording do not."""
    fake.script("server-error", path="/v3/recordings/", times=None)
    assert len(download_many(asker, [15] * 5, tmp_path, max_failures=2)) == 5
    with pytest.raises(ConvirzaError, match="stopped after 2 failures"):
        download_many(asker, [11, 12, 13, 14], tmp_path, max_failures=2, concurrency=1)


@pytest.mark.parametrize("options", [{"concurrency": 0}, {"rate": 0}, {"max_failures": 0}, {"timeout": 0}])
def test_invalid_argument_raises_at_once(options: Any, asker: ClientUnderTest, tmp_path: Path) -> None:
    """Before a folder is created."""
    with pytest.raises(ValueError, match=next(iter(options))):
        asker.client.calls.download_recordings([7], tmp_path / "new", **options)
    assert not (tmp_path / "new").exists()


def test_full_disk_raises_and_keeps_what_is_whole(
    fake: FakeAPI, asker: ClientUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An OSError ends the run; the next run goes on."""
    fsync, left = os.fsync, [2]

    def full(descriptor: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device"):
        download_many(asker, range(11, 15), tmp_path, concurrency=1)
    monkeypatch.undo()
    assert sorted(tmp_path.glob("*.wav")) == [tmp_path / "11-110.wav", tmp_path / "12-120.wav"]
    outcomes = download_many(asker, range(11, 15), tmp_path)
    assert [outcome.present for outcome in outcomes] == [True, True, False, False]


def test_break_stops_a_download(tmp_path: Path) -> None:
    """When the consumer leaves, a download under way takes no more bytes."""
    part = PartialFile(tmp_path, "7-5", "7-5", quiet=1.0, stopped=lambda: True)
    assert part.begin(200, {"content-length": "9"})
    with pytest.raises(Exception, match="stopped iterating"):
        part.add(b"audio")
    part.close()
    assert list(tmp_path.iterdir()) == []
