"""The dlt source night after night, also after loads that ended early: no call and no change is lost."""

import multiprocessing
import random
import shutil
import signal
from collections.abc import Generator, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from convirza.fake import FakeAPI

pytest.importorskip("dlt", reason="needs the extra dlt and DuckDB: tox run -e engines")
pytest.importorskip("duckdb", reason="needs DuckDB: tox run -e engines")

from engines import nightly
from engines.warehouse import (
    ALL,
    NIGHT,
    SINCE,
    calls_between,
    client,
    edited,
    load,
    loaded,
    refusal,
    truth,
)


def test_incomplete_list_loads_nothing(api, tmp_path):
    """A window that cannot be proved complete leaves tables and state as they were, those before it too."""
    until, later = datetime(2026, 1, 3, tzinfo=UTC), datetime(2026, 3, 6, tzinfo=UTC)
    load(tmp_path, api, until, since="2026-01-01")

    def lie(data: dict[str, Any]) -> None:
        if any(call["call_started"] > "2026-03-05" for call in data["calls"]):
            del data["total"]

    given = {"since": "2026-01-01", "lookback": timedelta()}
    error = refusal(lambda: load(tmp_path, api, later, client=client(api, edited(lie)), **given))
    assert error.startswith("IncompleteListError: the list from 2026-03-04")
    assert loaded(tmp_path) == truth(api, until, "2026-01-01")
    load(tmp_path, api, later, **given)
    assert loaded(tmp_path) == truth(api, later, "2026-01-01")


def test_state_is_the_end_of_complete_windows(api, tmp_path):
    """A load that stops in a window of 30 days, as `add_limit` does, starts with this window again."""
    until = datetime(2026, 3, 20, tzinfo=UTC)
    given = {"since": "2026-01-01", "until": until, "include": ALL, "client": client(api)}
    states: list[str] = []
    for _ in range(3):
        pipeline = nightly.open_pipeline(tmp_path)
        limited = nightly.source(**given, lookback=timedelta())
        limited.calls.add_limit(2)  # that of the second window is not known to be its last
        pipeline.run(limited.with_resources("calls"))
        states.append(pipeline.state["sources"]["convirza"]["resources"]["calls"]["loaded"][1][:10])
    assert states == ["2026-01-31", "2026-03-02", "2026-03-20"]
    assert loaded(tmp_path) == truth(api, until, "2026-01-01")


def test_lost_folder_of_the_pipeline(api, tmp_path):
    """On another machine, dlt reads the state from the database."""
    load(tmp_path, api)
    requests = len(api.requests)
    shutil.rmtree(tmp_path / "state")
    load(tmp_path, api, NIGHT + timedelta(days=1))
    assert len(api.requests) - requests == 1
    assert loaded(tmp_path) == truth(api, NIGHT + timedelta(days=1))


@pytest.fixture
def served(api: FakeAPI) -> Generator[dict[str, Any]]:
    """The arguments of a client in another process."""
    with api.serve() as url:
        yield {"token": api.token, "base_url": url}


def kill(last: int, folder: Path, **given: Any) -> int:
    """A load in a process that kills itself at its event number `last`; the number of its events."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["convirza.export.dlt", "dlt.destinations", "duckdb"])
    events = context.Value("i", 0)
    process = context.Process(target=nightly.killed_load, args=(events, last, folder), kwargs=given)
    process.start()
    process.join()
    assert process.exitcode in (-signal.SIGKILL, 0)
    return int(events.value)


def test_killed_load_goes_on(api, served, tmp_path):
    """After a kill anywhere in a load, the next one makes the tables equal to the truth."""
    first = {"since": SINCE, "include": ALL, "client": served, "until": datetime(2026, 3, 8, tzinfo=UTC)}
    until = first["until"] + timedelta(days=1)
    nightly.load(tmp_path / "first", "calls", **first)
    for call in calls_between(api, until - timedelta(days=5), until)[::2]:
        api.change_call(call["call_id"], tags=[], duration=7777, indicators=[{"score_value": 9}])
    shutil.copytree(tmp_path / "first", tmp_path / "whole")
    number = kill(0, tmp_path / "whole", **{**first, "until": until})
    assert loaded(tmp_path / "whole") == truth(api, until)
    assert number > 50
    for part in range(1, 7):
        folder = tmp_path / f"{part}"
        shutil.copytree(tmp_path / "first", folder)
        assert kill(number * part // 6 - 3, folder, **{**first, "until": until}) == number * part // 6 - 3
        nightly.load(folder, "calls", **{**first, "until": until})
        assert loaded(folder) == truth(api, until), part


def test_month_of_nights(tmp_path):
    """Thirty nights, some of them killed, of calls that change for a week: each whole one has the truth."""
    dice = random.Random(20260301)
    api = FakeAPI(calls=450)  # five a day
    killed = {2, 5, 6, 11, 17, 18, 19, 25}
    with api.serve() as url:
        given = {"since": SINCE, "include": ALL, "client": {"token": api.token, "base_url": url}}
        for night in range(30):
            until = datetime(2026, 3, 1, 3, 17, tzinfo=UTC) + timedelta(days=night)
            for call in calls_between(api, until - timedelta(days=6, hours=23), until):
                if dice.random() < 0.3:
                    api.change_call(call["call_id"], **changes(dice))
            if night in killed:
                kill(dice.randrange(1, 60), tmp_path, **{**given, "until": until})
            else:
                nightly.load(tmp_path, "calls", **{**given, "until": until})
                assert loaded(tmp_path) == truth(api, until), night


def changes(dice: random.Random) -> dict[str, Any]:
    """New tags, scores and notes, or none."""
    some: Iterable[int] = range(dice.randrange(4))
    lists = {
        "tags": [{"tag_id": dice.randrange(1, 99), "tag_name": dice.choice("abc")} for _ in some],
        "indicators": [{"score_value": dice.randrange(10), "indicator_name": None} for _ in some] or None,
        "comments": [{"note": f"note {dice.randrange(99)}", "created_on": None} for _ in some],
        "summary": dice.choice(["", None, "late"]),
        "duration": dice.randrange(999),
    }
    return {name: lists[name] for name in dice.sample(sorted(lists), 3)}
