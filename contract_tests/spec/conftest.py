"""Copies of the project for the tests of scripts/generate.py."""

from pathlib import Path

import pytest

from support.spec.generator import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A fresh copy."""
    return Project(tmp_path / "project")


@pytest.fixture(scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("shared") / "project")


@pytest.fixture
def shared(_shared: Project) -> Project:
    """A copy that many tests use one after another, as committed."""
    _shared.restore()
    return _shared
