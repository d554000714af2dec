"""Calls as plain values in typed columns: in files, as Arrow tables, or one by one.

    from convirza import Convirza
    from convirza.export import to_folder

    with Convirza() as convirza:
        to_folder(convirza, "calls", "2026-01-01", include=["tags"])

Parquet and Arrow need the extra `convirza[parquet]`.
"""

from typing import TYPE_CHECKING, Any

from convirza._core.windows import Window
from convirza.export.columns import Column, columns, create_table, flatten
from convirza.export.folder import ExportCheck, check_file, check_folder
from convirza.export.run import Progress, to_file, to_folder
from convirza.export.windows import day_windows, read_window

if TYPE_CHECKING:
    from convirza.export.arrow import arrow_schema, to_arrow

__all__ = [
    "Column",
    "ExportCheck",
    "Progress",
    "Window",
    "arrow_schema",
    "check_file",
    "check_folder",
    "columns",
    "create_table",
    "day_windows",
    "flatten",
    "read_window",
    "to_arrow",
    "to_file",
    "to_folder",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Imports pyarrow only when it is needed."""
        if name not in ("arrow_schema", "to_arrow"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from convirza.export import arrow

        return getattr(arrow, name)
