"""What the tests with engines and frameworks share: a reader's folder, with a fake that notes connections."""

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
        app = self.app

        async def noting(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                self.asked.append((scope["client"][1], scope["path"]))
            await app(scope, receive, send)

        self.app: Any = noting


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[FakeAPI]:
    """A reader's folder and environment."""
    with as_reader(tmp_path, monkeypatch, NotingAPI) as api:
        yield api
