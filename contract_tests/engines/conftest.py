"""What the tests with engines and frameworks share: a reader's folder, with a fake that notes connections."""

import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from convirza.fake import FakeAPI
from support.library.pages import as_reader


class NotingAPI(FakeAPI):
    """Notes the client's port and the path of each request: a port is a connection."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.asked: list[tuple[int, str]] = []
        self._changed = threading.Condition()
        app = self.app

        async def noting(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                with self._changed:
                    self.asked.append((scope["client"][1], scope["path"]))
                    self._changed.notify_all()
            await app(scope, receive, send)

        self.app: Any = noting

    def ports_of(self, call_id: int, *, number: int) -> list[int]:
        """Waits for so many requests for a call; returns their ports."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._ports(call_id)) >= number, timeout=60)
            return self._ports(call_id)

    def _ports(self, call_id: int) -> list[int]:
        return [port for port, path in self.asked if path.endswith(f"/{call_id}")]


@pytest.fixture
def api() -> FakeAPI:
    """A fake in this process."""
    return FakeAPI()


@pytest.fixture(autouse=True)
def dlt_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder for dlt, which takes one of the machine as root; and no telemetry."""
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[NotingAPI]:
    """A reader's folder and environment."""
    with as_reader(tmp_path, monkeypatch, NotingAPI) as api:
        assert isinstance(api, NotingAPI)
        yield api
