"""A load into DuckDB, and one that kills its process: for processes of their own."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import dlt
from dlt.destinations.impl.duckdb.sql_client import DuckDbSqlClient

from convirza import Convirza
from convirza.export.dlt import source

DATABASE = "calls.duckdb"


def open_pipeline(folder: Path, destination: Any = None) -> Any:
    """The pipeline of a folder; its tables are in DuckDB, unless a destination is passed."""
    return dlt.pipeline(
        "nightly",
        destination=destination or dlt.destinations.duckdb(str(folder / DATABASE)),
        dataset_name="convirza",
        pipelines_dir=str(folder / "state"),
    )


def load(folder: Path, resource: str, file_format: str | None = "parquet", **given: Any) -> Any:
    """Loads one resource of the source with these arguments; returns the pipeline."""
    pipeline = open_pipeline(folder)
    pipeline.drop()
    pipeline.run(source(**given).with_resources(resource), loader_file_format=file_format)
    return pipeline


def killed_load(events: Any, last: int, folder: Path, **given: Any) -> None:
    """Kills this process at its event number `last`: a request, a statement of SQL, a file that is renamed.

    `events` is a shared counter, which is right even then.
    """

    def count() -> None:
        with events.get_lock():
            events.value += 1
        if events.value == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_audit(event: str, _arguments: object) -> None:
        if event == "os.rename":
            count()

    execute, request = DuckDbSqlClient.execute_query, Convirza.__init__

    def counted_execute(*args: Any, **kwargs: Any) -> Any:
        count()
        return execute(*args, **kwargs)

    def counted_request(*args: Any, **kwargs: Any) -> None:
        count()
        request(*args, **kwargs)

    DuckDbSqlClient.execute_query = counted_execute
    Convirza.__init__ = counted_request  # type: ignore[method-assign]
    sys.addaudithook(on_audit)
    load(folder, "calls", **given)
