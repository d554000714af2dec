"""What the tests of the engines share."""

from pathlib import Path

import pytest

from convirza.fake import FakeAPI


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of the machine, and no telemetry."""
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def api() -> FakeAPI:
    """A fake in this process."""
    return FakeAPI()
