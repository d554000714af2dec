"""An environment with nothing but attrs and httpx, and what those need: what a vendored copy may count on."""

import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path

NEEDED = ("attrs", "httpx")


def link_needed(folder: Path) -> None:
    """Makes the folder one for `sys.path`, of links to what is installed here."""
    folder.mkdir(parents=True, exist_ok=True)
    for distribution in _closure(NEEDED, set()):
        files = distribution.files
        assert files, distribution.metadata["Name"]
        for top in {file.parts[0] for file in files} - {"..", "__pycache__"}:
            (folder / top).symlink_to(Path(str(distribution.locate_file(top))).resolve())


def run_bare(program: str, *args: object, path: list[Path]) -> str:
    """What a program prints that has the standard library and these folders alone."""
    start = f"import sys; sys.dont_write_bytecode = True; sys.path[:0] = {[str(folder) for folder in path]}\n"
    command = [sys.executable, "-I", "-S", "-W", "error", "-c", start + program, *map(str, args)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout


def _closure(names: tuple[str, ...], seen: set[str]) -> Iterator[Distribution]:
    for name in names:
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            assert name not in NEEDED
            continue  # for another version of Python
        yield distribution
        required = [text for text in distribution.requires or () if "extra ==" not in text]
        yield from _closure(tuple(re.split(r"[^\w.-]", text)[0].lower() for text in required), seen)
