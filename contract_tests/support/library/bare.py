"""An environment with nothing but attrs and httpx, and what those need: what a vendored copy may count on."""

import importlib.metadata
import re
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
