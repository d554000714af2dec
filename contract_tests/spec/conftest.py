"""Copies of the project for the tests of scripts/generate.py."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.spec.generator import FORKING, Project


@pytest.fixture(scope="module")
def forking() -> Iterator[subprocess.Popen[str]]:
    """A process that runs scripts/generate.py in forks of itself."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with subprocess.Popen(
        [sys.executable, "-c", FORKING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean
    ) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def project(tmp_path: Path, forking: subprocess.Popen[str]) -> Project:
    """A fresh copy."""
    return Project(tmp_path / "project", forking)


@pytest.fixture(scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory, forking: subprocess.Popen[str]) -> Project:
    return Project(tmp_path_factory.mktemp("shared") / "project", forking)


@pytest.fixture
def shared(_shared: Project) -> Project:
    """A copy that many tests use one after another, as committed."""
    _shared.restore()
    return _shared
