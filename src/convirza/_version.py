"""The version of the installed package."""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as _installed


def version() -> str:
    """The version, or 0+unknown for a copy that was not installed."""
    try:
        return _installed("convirza")
    except PackageNotFoundError:
        return "0+unknown"
