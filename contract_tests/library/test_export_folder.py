"""A folder of exported days: whole after any kill, read again when it must be, and checked."""

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from convirza import ConfigurationError, Convirza, IncompleteListError
from convirza._core.locked_files import open_locked
from convirza.export import Progress, check_file, check_folder, day_windows, to_file, to_folder
from convirza.fake import FakeAPI
from support.library.forks import FORKS

NIGHT = datetime(2026, 4, 1, 3, 17, tzinfo=UTC)
START = "2026-03-30"


@pytest.fixture
def api() -> FakeAPI:
    """A fake in this process."""
    return FakeAPI(clock=lambda: NIGHT)


def client(api: FakeAPI) -> Convirza:
    http_client = httpx.Client(transport=api.transport)
    return Convirza(token=api.token, base_url=api.base_url, http_client=http_client, max_retries=0)


def export(api: FakeAPI, folder: Path, start: str = START, **given: Any) -> Progress:
    with client(api) as convirza:
        return to_folder(convirza, folder, start, **{"now": NIGHT, "include": ["tags"], **given})


def tree(folder: Path) -> dict[str, bytes]:
    """The files of a folder, the journal and other hidden ones too."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def rows(folder: Path, date: str) -> list[dict[str, Any]]:
    lines = (folder / f"date={date}/calls.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def interrupt(
    monkeypatch: pytest.MonkeyPatch, point: int, action: Callable[[], object], *, late: bool
) -> None:
    """Calls `action` in place of the operation number `point` on the disk, or after it."""
    done = 0

    def patch(name: str) -> None:
        operation = getattr(os, name)

        def patched(*args: Any, **kwargs: Any) -> Any:
            nonlocal done
            done += 1
            if done == point and not late:
                action()
            result = operation(*args, **kwargs)
            if done == point and late:
                action()
            return result

        monkeypatch.setattr(os, name, patched)

    for name in ("replace", "fsync", "unlink"):
        patch(name)


def fail() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def killed(run: Callable[[], object]) -> bool:
    """Runs something in a forked child; whether it was killed by `os._exit(9)`."""
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            run()
            os._exit(0)
        os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, 9)
    return code == 9


@pytest.mark.parametrize(
    ("how", "late", "resume"),
    [
        *(pytest.param("kill", late, late, marks=FORKS) for late in (False, True)),
        *(("disk full", late, not late) for late in (False, True)),
    ],
)
def test_interrupted_run_goes_on(api: FakeAPI, tmp_path: Path, how: str, late: bool, resume: bool) -> None:
    """A second night that ends at any operation on the disk, and is run again, equals an undisturbed one."""
    second = NIGHT + timedelta(days=1)
    export(api, tmp_path / "first")
    call = next(call for call in rows(tmp_path / "first", "2026-03-31") if 100 <= call["duration"] <= 776)
    api.change_call(call["call_id"], duration=777)  # the file keeps its size
    shutil.copytree(tmp_path / "first", tmp_path / "expected")
    export(api, tmp_path / "expected", now=second)
    expected, first = tree(tmp_path / "expected"), tree(tmp_path / "first")
    assert expected["date=2026-03-31/calls.jsonl"] != first["date=2026-03-31/calls.jsonl"]
    point, ended = 0, False
    while not ended:
        point += 1
        folder = tmp_path / f"{point}"
        shutil.copytree(tmp_path / "first", folder)
        with pytest.MonkeyPatch.context() as patch:
            interrupt(patch, point, fail if how == "disk full" else lambda: os._exit(9), late=late)
            if how == "kill":
                ended = not killed(lambda: export(api, folder, now=second))  # noqa: B023 (called at once)
            else:
                with contextlib.suppress(OSError):
                    export(api, folder, now=second)
                    ended = True
        for name, content in tree(folder).items():
            if "/." not in f"/{name}":
                assert content in (first.get(name), expected.get(name)), (point, name)
        export(api, folder, now=second, resume=resume)
        assert tree(folder) == expected, point
        assert check_folder(folder).problems == []
    assert point > 15  # three days and the manifest


@pytest.mark.parametrize("cut", [1, 40])
def test_incomplete_line_of_the_journal(
    api: FakeAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    """After a power failure in the middle of a line, its day is read again; `resume` skips the day before."""
    with monkeypatch.context() as patch:
        interrupt(patch, 7, fail, late=False)  # the journal's line of the second day
        with pytest.raises(OSError, match="No space"):
            export(api, tmp_path)
    journal = tmp_path / ".convirza-export"
    assert len(journal.read_text().split()) > 2
    journal.write_bytes(journal.read_bytes()[:-cut])
    with pytest.raises(ConfigurationError, match=r"has no _manifest\.json"):
        check_folder(tmp_path)
    # The end is that of the interrupted run, although it is later now.
    progress = export(api, tmp_path, now=NIGHT + timedelta(hours=5), resume=True)
    assert (progress.of_windows, progress.kept) == (2, 1)
    export(api, tmp_path.with_name("expected"))
    assert tree(tmp_path) == tree(tmp_path.with_name("expected"))


def test_days_are_read_again_until_they_are_final(api: FakeAPI, tmp_path: Path) -> None:
    """Late changes are in the next run; days that were read a week after their end are not read again."""
    assert export(api, tmp_path, "2026-03-10").windows == 23
    final, late = (rows(tmp_path, date)[0]["call_id"] for date in ("2026-03-24", "2026-03-25"))
    for call_id in (final, late):
        api.change_call(call_id, duration=7777)
    tags = rows(tmp_path, "2026-03-25")[0]["tags"]
    progress = export(api, tmp_path, "2026-03-10", now=NIGHT + timedelta(minutes=1))
    assert (progress.windows, progress.kept) == (8, 15)
    assert rows(tmp_path, "2026-03-24")[0]["duration"] != 7777
    changed = rows(tmp_path, "2026-03-25")[0]
    assert (changed["duration"], changed["tags"]) == (7777, tags)
    assert export(api, tmp_path, "2026-03-10", now=NIGHT, lookback=timedelta(0)).windows == 1


def test_days_before_an_outage_are_read_again(api: FakeAPI, tmp_path: Path) -> None:
    """Days that were not final when the job stopped, and its incomplete last day, are read again."""
    export(api, tmp_path, "2026-03-10", now=datetime(2026, 3, 20, 12, tzinfo=UTC))
    half = len(rows(tmp_path, "2026-03-20"))
    progress = export(api, tmp_path, "2026-03-31")
    days = [day["date"] for day in json.loads((tmp_path / "_manifest.json").read_bytes())["days"]]
    assert (progress.windows, progress.kept) == (8 + 2, 0)  # from 13 to 20 March, and 2 days that are new
    assert len(rows(tmp_path, "2026-03-20")) > half
    found = check_folder(tmp_path)
    assert found.problems == [f"date=2026-03-{day} is missing: export this day" for day in range(21, 31)]
    assert (found.days, days[-1]) == (13, "2026-04-01")


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
def test_all_days_have_the_same_columns(api: FakeAPI, tmp_path: Path, format: str) -> None:
    """A day without calls has the columns, too; only the owner can read files; none has a signed URL."""
    api.add_call(call_started="2026-04-01T01:00:00.000Z")
    export(api, tmp_path, format=format, now=NIGHT + timedelta(days=2), include=["recordings", "tags"])
    files = sorted(tmp_path.glob(f"date=*/calls.{format}"))
    assert [file.parent.name[-5:] for file in files] == ["03-30", "03-31", "04-01", "04-02", "04-03"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    if format == "parquet":
        parquet = pytest.importorskip("pyarrow.parquet")
        tables = [parquet.read_table(file, partitioning=None) for file in files]
        assert all(table.schema.equals(tables[0].schema, check_metadata=True) for table in tables)
        assert parquet.read_table(tmp_path).num_rows == sum(table.num_rows for table in tables)
        counts = [table.num_rows for table in tables]
    elif format == "csv":
        texts = [file.read_text() for file in files]
        assert len({text.split("\n")[0] for text in texts}) == 1
        counts = [text.count("\n") - 1 for text in texts]
    else:
        counts = [len(rows(tmp_path, file.parent.name[5:])) for file in files]
    assert counts[2:] == [1, 0, 0]
    assert all(count > 5 for count in counts[:2])
    assert not any(b"http://" in file.read_bytes() for file in files)
    assert [day["calls"] for day in json.loads((tmp_path / "_manifest.json").read_bytes())["days"]] == counts


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"include": ["tags", "comments"]}, r"another include \(tags\), and a day that is read again"),
        ({"format": "csv"}, "another format: use the same format"),
        ({"urls": True}, "another urls"),
        ({"disposition": "BUSY"}, "another filters"),
        ({"format": "xml"}, "unknown format 'xml'"),
    ],
)
@pytest.mark.parametrize("state", ["complete", "interrupted"])
def test_other_arguments_are_rejected(
    api: FakeAPI, tmp_path: Path, given: dict[str, Any], message: str, state: str
) -> None:
    """A folder has days of one kind; the error says which argument differs, and nothing is changed."""
    with pytest.MonkeyPatch.context() as patch:
        if state == "interrupted":
            interrupt(patch, 6, fail, late=False)
        with contextlib.suppress(OSError):
            export(api, tmp_path)
    before = tree(tmp_path)
    with pytest.raises(ConfigurationError, match=message):
        export(api, tmp_path, **given)
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("name", "damage", "problem"),
    [
        ("calls.jsonl", lambda file: file.write_text("x"), "differs from the manifest"),
        ("calls.jsonl", Path.unlink, "cannot be read"),
        ("calls.csv", Path.touch, "not in the manifest"),
    ],
)
def test_check_finds_damage(
    api: FakeAPI, tmp_path: Path, name: str, damage: Callable[[Path], object], problem: str
) -> None:
    """What is wrong with a file is found, and a missing file is exported again although its day is final."""
    later = NIGHT + timedelta(days=30)
    export(api, tmp_path, end="2026-04-01", now=later)
    assert (check_folder(tmp_path).days, check_folder(tmp_path).problems) == (2, [])
    damage(tmp_path / "date=2026-03-31" / name)
    (found,) = check_folder(tmp_path).problems
    assert "date=2026-03-31" in found
    assert problem in found
    export(api, tmp_path, end="2026-04-01", now=later, lookback=timedelta(days=30))
    assert check_folder(tmp_path).problems == ([found] if "not in" in problem else [])


def test_second_run_is_rejected(api: FakeAPI, tmp_path: Path) -> None:
    """One process writes a folder or a file at a time, and none checks it meanwhile."""
    export(api, tmp_path)
    with open_locked(tmp_path / ".convirza-export"):
        for use in (lambda: export(api, tmp_path), lambda: check_folder(tmp_path)):
            with pytest.raises(ConfigurationError, match="is being written by another process"):
                use()
    with (
        open_locked(tmp_path / ".calls.csv.convirza-part"),
        client(api) as convirza,
        pytest.raises(ConfigurationError, match="is being written by another process"),
    ):
        to_file(convirza, tmp_path / "calls.csv", START)


def test_failure_keeps_the_file(api: FakeAPI, tmp_path: Path) -> None:
    """A file is replaced when the list is complete, and stays as it was if it fails."""
    file = tmp_path / "calls.jsonl"
    file.write_text("before")
    with client(api) as convirza:
        api.script("server-error")
        with pytest.raises(Exception, match="500"):
            to_file(convirza, file, START, NIGHT)
        assert tree(tmp_path) == {"calls.jsonl": b"before"}
        progress = to_file(convirza, file, "2026-03-30T12:00Z", NIGHT, include=["tags"])
    assert progress.calls == file.read_text().count("\n")
    export(api, tmp_path / "folder")
    assert progress.calls < sum(len(rows(tmp_path / "folder", date)) for date in ("2026-03-30", "2026-03-31"))


@pytest.mark.parametrize("late", [False, True])
def test_interrupted_file_is_written_anew(api: FakeAPI, tmp_path: Path, late: bool) -> None:
    """Whatever operation on the disk fails, the file is whole, old or new, and `check_file` knows which."""

    def write(folder: Path, end: datetime) -> None:
        folder.mkdir(exist_ok=True)
        with client(api) as convirza:
            to_file(convirza, folder / "calls.jsonl", START, end)

    write(tmp_path / "first", NIGHT - timedelta(days=1))
    write(tmp_path / "expected", NIGHT)
    first, expected = tree(tmp_path / "first"), tree(tmp_path / "expected")
    point, ended = 0, False
    while not ended:
        point += 1
        folder = tmp_path / f"{point}"
        shutil.copytree(tmp_path / "first", folder)
        with pytest.MonkeyPatch.context() as patch, contextlib.suppress(OSError):
            interrupt(patch, point, fail, late=late)
            write(folder, NIGHT)
            ended = True
        found = tree(folder)
        assert found["calls.jsonl"] in (first["calls.jsonl"], expected["calls.jsonl"])
        assert (check_file(folder / "calls.jsonl").problems == []) == (found in (first, expected))
        write(folder, NIGHT)
        assert tree(folder) == expected
    assert point > 5


@pytest.mark.parametrize(
    ("start", "end", "tz", "expected"),
    [
        ("2026-03-29", "2026-03-30", "Europe/Berlin", ["03-28T00", "03-29T00", "03-30T00"]),
        ("2026-03-31T22:00Z", None, None, ["03-31T00", "04-01T00", "04-01T03"]),
        ("2026-03-31", "2027-01-01", None, ["03-31T00", "04-01T00", "04-01T03"]),
        ("2026-03-30", "2026-03-30T00:00:00.001Z", None, ["03-30T00", "03-31T00"]),
    ],
)
def test_days_are_whole(start: str, end: str | None, tz: str | None, expected: list[str]) -> None:
    """A period in a folder is widened to whole UTC days, and ends now at the latest."""
    windows = day_windows(start, end, tz=tz, now=NIGHT)
    times = (windows[0].start, *(window.end for window in windows))
    assert [f"{time:%m-%dT%H}" for time in times] == expected
    with pytest.raises(ValueError, match="start is in the future"):
        day_windows("2026-04-02", "2026-04-03", now=NIGHT)


@pytest.mark.parametrize("lookback", [timedelta(-1), timedelta.max, 7])
def test_invalid_lookback_raises(api: FakeAPI, tmp_path: Path, lookback: Any) -> None:
    """Before a folder is created; some lengths would go beyond the calendar."""
    with pytest.raises(ValueError, match="lookback is out of range"):
        export(api, tmp_path / "new", lookback=lookback)
    assert not (tmp_path / "new").exists()


def test_incomplete_list_leaves_no_day(api: FakeAPI, tmp_path: Path) -> None:
    """A day that cannot be proved complete is not in the folder; those before it are, for the next run."""

    def lie(response: httpx.Response) -> None:
        body = json.loads(response.read())
        if any(call["call_started"] > "2026-03-31" for call in body["data"]["calls"]):
            del body["data"]["total"]
            response._content = json.dumps(body).encode()

    http_client = httpx.Client(transport=api.transport, event_hooks={"response": [lie]})
    with (
        Convirza(token=api.token, base_url=api.base_url, http_client=http_client) as convirza,
        pytest.raises(IncompleteListError, match="2026-03-31"),
    ):
        to_folder(convirza, tmp_path, START, include=["tags"], now=NIGHT)
    assert sorted(name for name in tree(tmp_path) if "date=" in name) == ["date=2026-03-30/calls.jsonl"]
    assert export(api, tmp_path, resume=True).kept == 1
