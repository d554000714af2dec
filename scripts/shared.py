"""What the tools share: paths, a refusal in one line, the command line, the swap of a folder."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "openapi/openapi.yaml"


class Refusal(Exception):
    """A reason to stop, in one line."""


def new_parser(description: str | None) -> argparse.ArgumentParser:
    """A parser that shows the description as it is written."""
    return argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def run(name: str, main: Callable[[], int]) -> int:
    """The exit code of a tool; what stops it is one line."""
    try:
        return main()
    except Refusal as refusal:
        print(f"{name}: {refusal}", file=sys.stderr)
    except OSError as error:
        place = Path(error.filename or "")
        shown_place = shown(place) if place.is_relative_to(ROOT) else place
        print(f"{name}: {shown_place}: {error.strerror}", file=sys.stderr)
    return 1


def swap(fresh: Path, target: Path, backup: Path) -> None:
    """Replace `target` by `fresh`; the old folder moves to `backup`, and back on failure."""
    if target.exists():
        target.rename(backup)
    try:
        fresh.rename(target)
    except OSError:
        if backup.exists():
            backup.rename(target)
        raise


def one_line(message: object) -> str:
    """A message without its line breaks."""
    return " ".join(str(message).split())


def shown(path: Path) -> str:
    """A path as the maintainers write it."""
    return path.relative_to(ROOT).as_posix()
