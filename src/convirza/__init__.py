"""Python client for the Convirza V3 calls API.

On the command line: `convirza get 987654 --include tags,recordings`, see `convirza.cli`.
A fake API to develop and test against: see `convirza.fake`.
"""

__all__ = ["__version__"]

__version__: str


def __getattr__(name: str) -> str:
    # Looked up when asked for: importlib.metadata takes longer to import than all of this package.
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("convirza")
    except PackageNotFoundError:  # a copy that was not installed
        return "0+unknown"
