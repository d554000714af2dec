"""The dlt source on other destinations of its page: changes of calls arrive in Postgres and Delta tables."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from convirza.fake import FakeAPI
from support.library.pages import SITE, blocks, free_port

dlt = pytest.importorskip("dlt", reason="needs the extra dlt: tox run -e engines")
deltalake = pytest.importorskip("deltalake", reason="needs deltalake: tox run -e engines")
psycopg2 = pytest.importorskip("psycopg2", reason="needs psycopg2: tox run -e engines")

from engines import nightly  # noqa: E402 - after the skip
from engines.warehouse import (  # noqa: E402
    ALL,
    NIGHT,
    SINCE,
    calls_between,
    calls_in,
    client,
    truth,
    without_null_lists,
)

DAY = timedelta(days=1)


def load_two_nights(folder: Path, api: FakeAPI, destination: Any, *, arrow: bool, **run: Any) -> None:
    """Loads a night; then the next one, after calls have changed."""
    for until in (NIGHT - DAY, NIGHT):
        pipeline = nightly.open_pipeline(folder, destination)
        pipeline.drop()
        given = {"until": until, "include": ALL, "client": client(api), "arrow": arrow}
        pipeline.run(nightly.source(SINCE, **given).with_resources("calls"), **run)
        if until != NIGHT:
            for call in calls_between(api, until - DAY, until)[::2]:
                api.change_call(
                    call["call_id"], tags=[], comments=None, duration=7, summary="Zoë \\ ' \"\n屋"
                )


@pytest.fixture
def postgres() -> Generator[dict[str, Any]]:
    """A server of the test's own, with the credentials of the page, but for the host."""
    installed = shutil.which("initdb") or next(Path("/usr/lib/postgresql").glob("*/bin/initdb"), None)
    if not installed:
        pytest.skip("needs the programs of PostgreSQL, such as those of Debian's package postgresql")
    [settings] = [
        token.content for token in blocks(SITE / "dlt.md") if "[destination.postgres" in token.content
    ]
    credentials = tomllib.loads(settings)["destination"]["postgres"]["credentials"]
    credentials |= {"host": "127.0.0.1", "port": int(free_port())}
    user = "nobody" if os.geteuid() == 0 else None  # it does not run as root
    with tempfile.TemporaryDirectory() as folder:  # not tmp_path, which other users cannot enter

        def run(program: str, *arguments: str) -> None:
            command = [Path(installed).with_name(program), *arguments]
            subprocess.run(command, cwd=folder, user=user, check=True, stdout=subprocess.DEVNULL)

        Path(folder, "password").write_text(credentials["password"])
        if user:
            shutil.chown(folder, user)
        login = (f"--username={credentials['username']}", "--pwfile=password", "--auth=scram-sha-256")
        run("initdb", "--pgdata=data", "--no-sync", *login)
        options = f"-h 127.0.0.1 -p {credentials['port']} -c unix_socket_directories= -c fsync=off"
        run("pg_ctl", "--pgdata=data", "--log=log", f"--options={options}", "--wait", "start")
        try:
            with connect(credentials, "postgres") as session:
                session.set_session(autocommit=True)  # no database is created in a transaction
                session.cursor().execute(f"CREATE DATABASE {credentials['database']}")
            yield credentials
        finally:
            run("pg_ctl", "--pgdata=data", "--mode=immediate", "stop")


def connect(credentials: dict[str, Any], database: str) -> contextlib.closing[Any]:
    login = {key: credentials[key] for key in ("host", "port", "password")}
    return contextlib.closing(psycopg2.connect(**login, user=credentials["username"], dbname=database))


def test_postgres(api, postgres, tmp_path):
    """All tables of Postgres have what the API has."""
    load_two_nights(tmp_path, api, dlt.destinations.postgres(postgres), arrow=False)
    with connect(postgres, postgres["database"]) as session:
        assert calls_in(session.cursor()) == truth(api)


def test_delta_tables(api, tmp_path):
    """A Delta table has each call once, with the lists as they are now."""
    files = dlt.destinations.filesystem(str(tmp_path / "files"))
    load_two_nights(tmp_path, api, files, arrow=True, table_format="delta")
    table = deltalake.DeltaTable(str(tmp_path / "files/convirza/calls")).to_pyarrow_table()
    found = sorted(map(without_null_lists, table.to_pylist()), key=lambda row: row["call_id"])
    assert found == truth(api)
