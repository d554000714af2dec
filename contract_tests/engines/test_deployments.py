"""The pages for deployments and the recipes do what they say, with the frameworks that they name."""

from pathlib import Path

import pytest

from convirza.fake import FakeAPI
from support.library.pages import PAGES, needs_engines, run_page

THERE = [page for page in PAGES if needs_engines(page)]


@pytest.mark.parametrize("page", THERE, ids=lambda page: page.stem)
def test_code_blocks_run(page: Path, reader: FakeAPI) -> None:
    """Each block does what the page says, and prints what the page shows."""
    run_page(page, programs=True)
