"""What type checkers must see in the library. Checked by `tox run -e typing`, never run."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import assert_type

from convirza import (
    APIStatusError,
    AsyncConvirza,
    Call,
    CallModule,
    Convirza,
    ConvirzaError,
    Deviation,
    DriftError,
    Outcome,
    PasswordAuth,
    RateLimitError,
    RawResponse,
    RecordingOutcome,
    TimeoutError,
)

with Convirza(token="t", drift="strict", timeout=5, on_deviation=lambda deviation: None) as client:
    assert_type(client, Convirza)
    assert_type(client.calls.get(987654), Call)
    assert_type(
        client.calls.get(1, include=["tags", "of-tomorrow"], headers={"X-A": "b"}, max_retries=0), Call
    )
    assert_type(client.calls.get(1, include="tags", timeout=1, deadline=2.5), Call)
    assert_type(client.calls.get(1, include=(module for module in CallModule)), Call)
    assert_type(client.calls.get_many([1, 2]), Generator[Outcome])
    assert_type(client.calls.download_recording(1, "folder"), Path)
    assert_type(client.calls.download_recordings([1, 2], Path("folder")), Generator[RecordingOutcome])
    assert_type(client.close(), None)

response = client.calls.with_raw_response.get(987654)
assert_type(response, RawResponse[Call])
assert_type(response.parsed, Call)
assert_type(response.request_id, str | None)
assert_type(response.content, bytes)
assert_type(response.deviations, tuple[Deviation, ...])


async def asynchronous() -> None:
    """The asynchronous client has the same results, awaited."""
    async with AsyncConvirza(auth=PasswordAuth("ada@example.test", "pw")) as client:
        assert_type(client, AsyncConvirza)
        assert_type(await client.calls.get(987654), Call)
        assert_type(await client.calls.with_raw_response.get(987654), RawResponse[Call])
        assert_type(client.calls.get_many(range(5)), AsyncGenerator[Outcome])
        assert_type(await client.calls.download_recording(await client.calls.get(1), "a.wav"), Path)
        async for recording in client.calls.download_recordings([1, 2], "folder"):
            assert_type(recording, RecordingOutcome)
            assert_type(recording.unwrap(), Path)
        async for outcome in client.calls.get_many([1, 2], ordered=True):
            assert_type(outcome.call, Call | None)
            assert_type(outcome.unwrap(), Call)


def caught(error: ConvirzaError) -> None:
    """Errors have typed attributes."""
    assert_type(error.status_code, int | None)
    assert_type(error.attempts, int)
    if isinstance(error, APIStatusError):
        assert_type(error.retry_after, float | None)
    if isinstance(error, DriftError):
        for deviation in error.deviations:
            assert_type(deviation, Deviation)
    if isinstance(error, RateLimitError | TimeoutError):
        assert_type(error.elapsed, float)


client.calls.get("987654")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
client.calls.get(1, include=[5])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
client.calls.get()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
client.calls.get(1, "tags")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
client.calls.get(1, tries=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Convirza("t")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Convirza(drift="loud")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
