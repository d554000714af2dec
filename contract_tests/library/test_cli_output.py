"""`convirza get --output FILE --resume`: a run that was cut short goes on and loses nothing."""

import json
import os
import re
import signal
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convirza._cli.exits import ExitCode
from convirza.fake import UNKNOWN_CALL_ID, FakeAPI
from support.library.terminal import started

Run = Callable[..., Any]
IDS = list(range(5000, 5020))
TEXTS = list(map(str, IDS))


@pytest.fixture
def calls(api: FakeAPI) -> FakeAPI:
    """A fake with a call for each of the ids."""
    for call_id in IDS:
        api.add_call(call_id=call_id, duration=call_id)
    return api


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The name of a file in a folder of its own, so that what else is left there shows."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder / "calls.jsonl"


def ids_in(file: Path) -> list[int]:
    """The ids of the lines of a file, each of which has a call."""
    records = [json.loads(line) for line in file.read_bytes().splitlines(keepends=True)]
    assert all("call" in record for record in records)
    return [record["call_id"] for record in records]


def asked(api: FakeAPI) -> list[int | None]:
    return sorted((request.call_id for request in api.requests), key=str)


def wait_for_lines(process: subprocess.Popen[bytes], file: Path, number: int) -> None:
    """Waits until so many lines are in the file, while the process goes on."""
    for _ in range(2000):
        if file.exists() and file.read_bytes().count(b"\n") == number:
            return
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    pytest.fail("the lines did not come")


def test_lines_go_to_the_file(run: Run, calls: FakeAPI, file: Path) -> None:
    """With `--output` a single id is a line in the file too, and stdout is empty."""
    for texts in (TEXTS[:1], TEXTS[1:]):
        ended = run("get", *texts, "--output", str(file), "--ordered")
        assert (ended.code, ended.out) == (0, b"")
        assert re.fullmatch(rf"convirza: {len(texts)} calls were read in [0-9.]+ s\n", ended.err)
        assert ids_in(file) == list(map(int, texts))
        file.unlink()
    file.touch()  # as `mktemp` does
    assert run("get", *TEXTS, "--output", str(file)).code == 0
    file.unlink()
    assert run("get", *TEXTS, "--output", str(file), "--resume").code == 0
    assert sorted(ids_in(file)) == IDS


def test_file_with_something_in_it_is_not_touched(run: Run, calls: FakeAPI, file: Path) -> None:
    """Without `--resume`, a file of an earlier run or of somebody else stays as it is."""
    file.write_text("precious")
    line = run("get", *TEXTS, "--output", str(file)).failed(ExitCode.USAGE)
    assert str(file) in line
    assert "--resume" in line
    assert file.read_text() == "precious"
    assert calls.requests == []


def test_failed_call_is_tried_again(run: Run, api: FakeAPI, file: Path) -> None:
    """`--resume` requests the missing calls, removes the old errors, and keeps the rest unchanged."""
    for call_id in IDS[:2]:
        api.add_call(call_id=call_id)
    ended = run("get", *TEXTS[:3], TEXTS[0], "--output", str(file), "--ordered")
    assert ended.code == ExitCode.INCOMPLETE
    assert ended.err.endswith("see their lines, or try again with --resume\n")
    kept = [line for line in file.read_bytes().splitlines(keepends=True) if b'"call"' in line]
    assert len(kept) == 3
    api.add_call(call_id=IDS[2])
    before = len(api.requests)
    assert run("get", *TEXTS[:3], "--output", str(file), "--resume").code == 0
    assert [request.call_id for request in api.requests[before:]] == [IDS[2]]
    content = file.read_bytes()
    assert content.startswith(b"".join(kept))
    assert ids_in(file) == [*IDS[:2], IDS[0], IDS[2]]
    assert sorted(os.listdir(file.parent)) == [f".{file.name}.convirza", file.name]


def test_nothing_left_to_do_sends_nothing(run: Run, calls: FakeAPI, file: Path) -> None:
    """`--resume` after a run that was complete leaves the very same file."""
    run("get", *TEXTS, "--output", str(file))
    before, inode, requests = file.read_bytes(), file.stat().st_ino, len(calls.requests)
    assert run("get", *TEXTS, "--output", str(file), "--resume").code == 0
    assert (file.read_bytes(), file.stat().st_ino, len(calls.requests)) == (before, inode, requests)


@pytest.mark.parametrize("cut", [1, 5, 60, -1])
def test_half_a_line_is_read_again(run: Run, calls: FakeAPI, file: Path, cut: int) -> None:
    """The incomplete line of a killed run is removed, and its call requested again."""
    run("get", *TEXTS[:3], "--output", str(file), "--ordered")
    *whole, last = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(whole) + last[:cut])
    file.chmod(0o640)
    assert run("get", *TEXTS[:3], "--output", str(file), "--resume").code == 0
    assert file.read_bytes() == b"".join([*whole, last])
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert asked(calls) == [5000, 5001, 5002, 5002]


@pytest.mark.parametrize(
    "content",
    [b"precious", b"precious\n", b"{}\n", b"[7]\n", b'{"call_id": "x", "call": {}}\n', b"\xff\n", b"7\n"],
)
def test_resume_refuses_a_file_of_something_else(
    run: Run, calls: FakeAPI, file: Path, content: bytes
) -> None:
    """A file that is not of an earlier run is named and not changed, though half a line may be lost."""
    run("get", *TEXTS[:1], "--output", str(file))
    content = file.read_bytes() + content
    file.write_bytes(content)
    line = run("get", *TEXTS, "--output", str(file), "--resume").failed(ExitCode.USAGE)
    assert f"line 2 of {file}" in line
    assert "precious" not in line
    assert file.read_bytes() == content
    assert sorted(os.listdir(file.parent)) == [f".{file.name}.convirza", file.name]


@pytest.mark.parametrize("resume", [[], ["--resume"]])
def test_file_that_cannot_be_written_is_named(
    run: Run, calls: FakeAPI, file: Path, resume: list[str]
) -> None:
    """A missing folder is reported before anything is sent."""
    line = run("get", *TEXTS, "--output", str(file / "no/such"), *resume).failed(ExitCode.USAGE)
    assert str(file) in line
    line = run("get", *TEXTS, "--output", str(file.parent), *resume).failed(ExitCode.USAGE)
    assert str(file.parent) in line
    assert calls.requests == []


def test_second_run_on_the_same_file_is_rejected(calls: FakeAPI, run: Run, file: Path) -> None:
    """While a run writes, another one, also by a hard link, ends with the process id of the first."""
    with started("get", "-", "--output", str(file), stdin=b"5000\n") as process:
        wait_for_lines(process, file, 1)
        before = file.read_bytes()
        line = run("get", *TEXTS, "--output", str(file), "--resume").failed(ExitCode.USAGE)
        assert f"is being written by process {process.pid}: " in line
        (other := file.with_name("other.jsonl")).hardlink_to(file)
        line = run("get", *TEXTS, "--output", str(other), "--resume").failed(ExitCode.USAGE)
        assert "is being written by another process: " in line
        assert file.read_bytes() == before
    assert run("get", *TEXTS, "--output", str(file), "--resume").code == 0
    assert sorted(ids_in(file)) == IDS


@pytest.mark.parametrize(
    ("settings", "named"),
    [(["--include", "tags,comments"], "--include"), ([], "--include"), (["--demo"], "base URL")],
)
def test_resume_with_other_settings_is_rejected(
    run: Run, calls: FakeAPI, file: Path, settings: list[str], named: str
) -> None:
    """The lines that stand were read with other modules or from another API: they are not kept silently."""
    include = ["--include", "tags"]
    run("get", *TEXTS[:3], "--output", str(file), *include)
    before, requests = file.read_bytes(), len(calls.requests)
    settings = [*include, *settings] if named == "base URL" else settings
    line = run("get", *TEXTS, "--output", str(file), "--resume", *settings).failed(ExitCode.USAGE)
    assert f"was made with another {named}" in line
    assert (file.read_bytes(), len(calls.requests)) == (before, requests)
    assert run("get", *TEXTS, "--output", str(file), "--resume", "--include", "tags").code == 0


def test_resume_of_a_file_without_settings_says_so(run: Run, calls: FakeAPI, file: Path) -> None:
    """A file whose hidden neighbour is lost goes on, with a warning."""
    run("get", *TEXTS[:3], "--output", str(file))
    file.with_name(f".{file.name}.convirza").unlink()
    ended = run("get", *TEXTS, "--output", str(file), "--resume")
    assert ended.code == 0
    assert "it is not known what" in ended.err


def test_copy_of_a_killed_resume_is_removed(run: Run, calls: FakeAPI, file: Path) -> None:
    """What a killed `--resume` left beside the file is gone after the next one, and not in the file."""
    calls.script("server-error", call_id=IDS[1], times=1)
    run("get", *TEXTS[:3], "--retries", "0", "--output", str(file))
    file.with_name(f".{file.name}.convirza-new").write_bytes(file.read_bytes() * 2)
    assert run("get", *TEXTS, "--output", str(file), "--resume").code == 0
    assert sorted(os.listdir(file.parent)) == [f".{file.name}.convirza", file.name]
    assert sorted(ids_in(file)) == IDS


def test_link_stays_a_link(run: Run, calls: FakeAPI, file: Path) -> None:
    """`--resume` changes the file that a link leads to, not the link."""
    link = file.with_name("link")
    link.symlink_to(file)
    run("get", TEXTS[0], f"{UNKNOWN_CALL_ID}", "--output", str(link))
    assert run("get", *TEXTS, "--output", str(link), "--resume").code == 0
    assert link.is_symlink()
    assert sorted(ids_in(file)) == IDS


ALL = "".join(f"{text}\n" for text in TEXTS).encode()


def test_killed_run_goes_on(calls: FakeAPI, run: Run, stdin: Run, file: Path) -> None:
    """After SIGKILL the file has the calls so far; with `--resume` in the end each call, once."""
    calls.script("slow", call_id=IDS[10], slow_seconds=8)  # less than the second run has, which may meet it
    args = ["get", "-", "--output", str(file), "--concurrency", "1"]
    with started(*args, stdin=ALL) as process:
        wait_for_lines(process, file, 10)
    assert ids_in(file) == IDS[:10]
    before = len(calls.requests)
    stdin(ALL)
    ended = run(*args, "--resume", "--ordered")
    assert (ended.code, ended.out) == (0, b"")
    assert re.search(r": 10 calls were read in .*, 10 were there before", ended.err)
    assert ids_in(file) == IDS
    assert [request.call_id for request in calls.requests[before:]] == IDS[10:]


def test_ctrl_c_leaves_whole_lines(calls: FakeAPI, file: Path) -> None:
    """Ctrl-C in the middle of a run, with stdin still open, ends with 130 and says how to go on."""
    calls.script("slow", call_id=IDS[5], slow_seconds=30)
    with started("get", "-", "--output", str(file), "--concurrency", "2", stdin=ALL) as process:
        wait_for_lines(process, file, len(IDS) - 1)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=10)
        out, err = process.communicate()
        assert (process.returncode, out) == (130, b"")
    said = f"convirza: interrupted: {file} has {len(IDS) - 1} new lines; continue with --resume\n"
    assert err.decode() == said
    assert sorted(ids_in(file)) == [call_id for call_id in IDS if call_id != IDS[5]]
