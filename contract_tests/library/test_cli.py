"""The command as a process: where its output goes, what it needs, how it ends."""

import asyncio
import contextlib
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import convirza
from convirza._cli.bulk import _handle_exception
from convirza._cli.exits import ExitCode
from convirza.cli import main
from convirza.fake import DEFAULT_TOKEN
from support.contract import DOCUMENT
from support.library.terminal import COMMAND, on_a_terminal, started

Run = Callable[..., Any]

WITHOUT = """
import sys
for name in {missing}:
    sys.modules[name] = None
from convirza.cli import main
sys.exit(main())
"""


def get_json(url: str) -> Any:
    return httpx.get(url, headers={"Authorization": f"Bearer {DEFAULT_TOKEN}"}).json()


def test_record_is_printed_for_people(run: Run, live: str) -> None:
    """`convirza get ID --include ...` shows the call and only the requested modules, without colours."""
    ended = run("get", "987654", "--include", "tags,recordings")
    assert (ended.code, ended.err) == (0, "")
    assert ended.text.startswith("Call 987654\n")
    assert re.search(r"^  Duration +182 s$", ended.text, re.MULTILINE)
    assert re.search(r"^  Call started +2026-02-14 18:20:12 UTC$", ended.text, re.MULTILINE)
    assert re.findall(r"^\w.*$", ended.text, re.MULTILINE) == ["Call 987654", "Recording", "Tags"]
    assert re.search(r"^    Tag name +Lead$", ended.text, re.MULTILINE)
    assert "\x1b" not in ended.text


def test_json_is_the_response(run: Run, live: str) -> None:
    """`--json` prints the same JSON that the API returns to other clients."""
    ended = run("get", "987654", "--include", "tags", "--include", "recordings", "--json")
    expected = get_json(f"{live}/conversations/calls/987654?include=tags,recordings")
    printed = json.loads(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert list(printed) == list(expected)
    assert printed["data"] == expected["data"]


def test_demo_loads_no_server(command: Run) -> None:
    """`--demo` shows a record without a token, and where uvicorn is not installed."""
    ended = command("get", "987654", "--demo", program=WITHOUT.format(missing=["uvicorn"]))
    assert (ended.code, ended.err) == (0, "")
    assert ended.text.startswith("Call 987654\n")


@pytest.mark.parametrize(
    ("args", "missing", "advice"),
    [
        (["get", "987654"], "typer", "pip install 'convirza[cli]'"),
        (["get", "987654", "--demo"], "rich", "pip install 'convirza[cli]'"),
        (["get", "987654", "--demo"], "starlette", "pip install 'convirza[cli,fake]'"),
        (["fake"], "starlette", "pip install 'convirza[cli,fake]'"),
        (["fake"], "uvicorn", "pip install 'convirza[cli,fake]'"),
    ],
)
def test_missing_extra_is_named(command: Run, args: list[str], missing: str, advice: str) -> None:
    """Without an extra, one line says what to install."""
    line = command(*args, program=WITHOUT.format(missing=[missing])).failed(ExitCode.USAGE)
    assert missing in line
    assert line.endswith(advice)


def test_version_is_shown(run: Run) -> None:
    """`--version` prints the version of the package, and that of the document."""
    ended = run("--version")
    document = DOCUMENT["info"]["version"]
    assert (ended.code, ended.text) == (0, f"convirza {convirza.__version__} (document {document})\n")


def test_exit_codes_keep_their_numbers() -> None:
    """Scripts compare with the numbers; the other tests name the codes."""
    names = ["DONE", "UNUSABLE", "USAGE", "REFUSED", "NOT_FOUND", "NO_ANSWER", "INCOMPLETE"]
    numbers = {name: number for number, name in enumerate(names)} | {"INTERRUPTED": 130}
    assert {code.name: int(code) for code in ExitCode} == numbers


@pytest.mark.parametrize("name", ["", "get", "doctor", "drift", "login", "logout", "fake", "vendor"])
def test_help_of_each_command_has_examples(run: Run, name: str) -> None:
    """`--help` shows how to use the command and what its exit codes mean."""
    text = run(*name.split(), "--help").text
    assert re.search(rf"Examples:\n    convirza {name or 'get'}\b", text)
    assert re.search(r"Exit codes:\n      0  \S", text)
    assert re.search(r"^  -h, --help ", text, re.MULTILINE)
    if name in ("", "get"):
        assert all(f"{code.value:>5}  {code.meaning}\n" in text for code in ExitCode)


def test_help_says_where_tokens_come_from(run: Run) -> None:
    """The token is from the environment, and the help says why."""
    ended = run("get", "-h")
    assert ended.code == 0
    assert "--token" not in ended.text
    assert {"CONVIRZA_TOKEN", "history"} <= {*re.findall(r"\w+", ended.text)}
    assert f"CONVIRZA_TOKEN={DEFAULT_TOKEN}\n" in run("fake", "--help").text


@pytest.mark.parametrize(
    ("words", "suggested"),
    [
        ("convirza get 1 --include tags,rec", ["tags,recordings"]),
        ("convirza get - --output /et", []),
        ("convirza drift --ids-file /et", []),
    ],
)
def test_completion(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: str, suggested: list[str]
) -> None:
    """The shell completes the last of several module names; names of files it completes by itself."""
    monkeypatch.setenv("_CONVIRZA_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", f"{len(words.split()) - 1}")
    with pytest.raises(SystemExit, match=r"^0$"):
        main([])
    assert capsys.readouterr().out.split() == suggested


def test_taken_port_is_named(run: Run) -> None:
    """`convirza fake` on a port in use says so."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = run("fake", "--port", f"{port}").failed(ExitCode.USAGE)
    assert f"{port}" in line
    assert "--port" in line


def test_ctrl_c_ends_quietly() -> None:
    """Ctrl-C while waiting for the response ends with 130 and no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v3"
        with started("get", "7", "--base-url", url, CONVIRZA_TOKEN="t") as process:
            connection, _ = silent.accept()
            with connection:
                connection.recv(1)
                for _ in range(10):  # Python does not see a signal that arrives just before it waits
                    process.send_signal(signal.SIGINT)
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(timeout=3)
                        break
                out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (130, b"", b"")


def test_ctrl_c_while_loading_ends_quietly(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C before the command has begun is no different: `main` loads what takes long."""

    def interrupt(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("convirza._cli.failures.needing", interrupt)
    ended = run("get", "7")
    assert (ended.code, ended.out, ended.err) == (130, b"", "")


GET = ["get", "987654", "--demo"]


@pytest.mark.parametrize("option", ["--demo", "--json"])
def test_closed_pipe_ends_quietly(option: str) -> None:
    """A reader that goes away, as `head -1` does, causes no complaint."""
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run([*COMMAND, *GET, option], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize("args", [GET, [*GET, "1"], [*GET, "1", "--output", "/dev/full"], ["--help"]])
def test_full_disk_is_reported(args: list[str]) -> None:
    """An output that cannot be written is one line that names it, not a success."""
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run([*COMMAND, *args], stdout=full, stderr=subprocess.PIPE, check=False)
    assert ended.returncode == ExitCode.UNUSABLE
    assert ended.stderr.count(b"\n") == 1
    assert b"No space left on device" in ended.stderr
    advice = b"--resume continues" if "--output" in args else b"check where the output goes"
    assert advice in ended.stderr


@pytest.mark.parametrize("ids", [["987654"], ["1", "2"]])
def test_closed_stdout_is_an_error(run: Run, monkeypatch: pytest.MonkeyPatch, ids: list[str]) -> None:
    """Without any stdout, as after `>&-`, records are not lost in silence."""
    monkeypatch.setattr("sys.stdout", None)
    assert "stdout" in run("get", *ids, "--demo").failed(ExitCode.UNUSABLE)


def test_terminal_gets_colours_and_lines_that_fit() -> None:
    """On a terminal the record has colours, and long values go on in their own column."""
    shown = on_a_terminal("get", "987654", "--demo", "--include", "recordings", COLUMNS="60")
    plain = re.sub(rb"\x1b\[[0-9;]*m", b"", shown).decode()
    assert b"\x1b[1mCall 987654\x1b[0m" in shown
    assert all(len(line) <= 60 for line in plain.splitlines())
    assert re.search(r"^ {18}\S", plain, re.MULTILINE)
    assert b"\x1b" not in on_a_terminal("get", "987654", "--demo", NO_COLOR="1")
    # only here does a line break follow the JSON
    assert on_a_terminal("get", "987654", "--demo", "--json").endswith(b"}\r\n")


def test_ascii_output_is_not_a_error(command: Run, respond_with_call: Run) -> None:
    """Characters that the output cannot encode are shown as escapes."""
    respond_with_call(campaign_name="Zoë 屋 \ud800")
    ended = command("get", "7", PYTHONIOENCODING="ascii")
    assert (ended.code, ended.err) == (0, "")
    assert r"Zo\xeb \u5c4b \ud800" in ended.text


HEAVY = [
    *("anyio", "convirza.cli", "convirza.fake", "convirza_client", "httpx", "jsonschema_rs", "msgspec"),
    *("pyarrow", "starlette", "typer", "uvicorn", "yaml"),
]


@pytest.mark.parametrize(
    ("program", "loaded"),
    [
        ("import convirza", []),
        ("import convirza.cli", ["convirza.cli"]),  # Ctrl-C before the command has begun is caught there
        ("import convirza.pytest_plugin", []),  # every run of pytest loads it, wanted or not
        (
            "from convirza.fake import *; create_app(); from convirza.fake.records import calls\n"
            "assert calls.cache_info().currsize == 0",  # they are made at the first request
            ["anyio", "convirza.fake", "convirza_client", "httpx", "starlette"],
        ),
        ("import convirza.export as e; e.flatten({})", ["anyio", "convirza_client", "httpx", "msgspec"]),
    ],
)
def test_import_is_cheap(command: Run, program: str, loaded: list[str]) -> None:
    """An import loads what it needs: nothing of the command, of the fake, or of the check of responses."""
    program += f"\nimport sys; print([name for name in {HEAVY} if name in sys.modules])"
    assert command(program=program).text == f"{loaded}\n"


def test_one_module_names_the_generated_client() -> None:
    """A vendored copy of the generated client has one file to change."""
    package = Path(convirza.__file__).parent
    importing = re.compile(r"^\s*(?:from|import) convirza_client\b", re.MULTILINE)
    naming = {path.name for path in package.rglob("*.py") if importing.search(path.read_text("utf-8"))}
    assert naming == {"_generated.py"}


def test_tables_on_a_terminal() -> None:
    """People get a table, times in their time zone, and a progress bar; the demo needs no token."""
    shown = on_a_terminal("list", "--demo", "--last", "1d", "--tz", "Asia/Tokyo").decode()
    assert re.match(r"ID +Started +From +To +Result +Seconds +Campaign\r\n", shown)
    assert "2087411     2026-03-31 12:53:01  14355550178   18015550185   ANSWERED     740" in shown
    assert "9223372036854775807  " in shown
    assert re.match(r"ID +Updated +Number", on_a_terminal("sms", "--demo", "--last", "4w").decode())
    assert on_a_terminal("sms", "--demo", "--last", "4w", "--json").startswith(b'{"conversation_id": ')


# ---------------------------------------------------------------------------- many ids


def next_line(process: subprocess.Popen[bytes]) -> bytes:
    """A line of the process's stdout, which must be printed while its stdin is open."""
    assert process.stdout
    ready, _, _ = select.select([process.stdout], [], [], 20)
    if not ready:
        process.kill()
    assert ready, "no line came"
    return process.stdout.readline()


def test_lines_are_streamed(live: str) -> None:
    """A call is printed as soon as it is there, however long stdin stays open."""
    with started("get", "-") as process:
        assert process.stdin
        for call_id in (987654, 1, 987654):
            process.stdin.write(b"%d\n" % call_id)
            process.stdin.flush()
            assert json.loads(next_line(process))["call_id"] == call_id
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out) == (0, b"")
    assert err.startswith(b"convirza: 3 calls were read in ")


def test_ctrl_c_while_waiting_for_stdin_ends_quietly(live: str) -> None:
    """Ctrl-C ends a command that gets no ids, with 130 and no traceback."""
    with started("get", "-", stdin=b"987654\n") as process:
        next_line(process)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=10)
        assert (process.returncode, *process.communicate()) == (130, b"", b"")


def test_ctrl_c_between_two_steps_of_asyncio_is_not_reported(caplog: pytest.LogCaptureFixture) -> None:
    """A future that is cancelled just before asyncio sets it is no matter for stderr; all else is."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_handle_exception)
        cancelled: asyncio.Future[None] = loop.create_future()
        cancelled.cancel()
        loop.call_soon(cancelled.set_result, None)
        await asyncio.sleep(0)
        assert caplog.text == ""
        loop.call_soon(int, "not a number")
        await asyncio.sleep(0)

    asyncio.run(main())
    assert "ValueError" in caplog.text


def test_head_ends_an_endless_run_quietly(live: str) -> None:
    """`yes 987654 | convirza get - | head -1` prints one line and ends."""
    script = f'yes 987654 | {sys.executable} -m convirza get - | head -1; echo "${{PIPESTATUS[1]}}" >&2'
    ended = subprocess.run(["bash", "-c", script], capture_output=True, timeout=30, check=False)
    assert ended.stdout.count(b"\n") == 1
    assert json.loads(ended.stdout)["call_id"] == 987654
    assert ended.stderr == b"0\n"


def test_closed_stdin_is_reported(live: str) -> None:
    """A stdin that is closed, as by `<&-`, is named with what to do."""
    script = f"exec {sys.executable} -m convirza get - <&-"
    ended = subprocess.run(["bash", "-c", script], capture_output=True, timeout=30, check=False)
    assert (ended.returncode, ended.stdout) == (ExitCode.USAGE, b"")
    assert ended.stderr.startswith(b"convirza: the ids in stdin cannot be read")
    assert ended.stderr.count(b"\n") == 1


def test_terminal_sees_how_far_it_is() -> None:
    """While the lines go elsewhere, a bar on stderr counts calls and failures; NO_COLOR takes its colours."""
    args = ("get", "987654", "1", "404", "--demo")
    shown = on_a_terminal(*args, stdout=os.devnull)
    assert b"3/3" in shown
    assert re.search(rb"1 failed, [0-9.]+/s", re.sub(rb"\x1b\[[0-9;]*m", b"", shown))
    assert b"left" in shown
    assert b"\x1b[?25h" in shown  # the cursor is back
    assert shown.endswith(b"see their lines\r\n")
    assert b"\x1b[38;5;" in shown
    assert b"\x1b[38;5;" not in on_a_terminal(*args, stdout=os.devnull, NO_COLOR="1")


def test_lines_on_a_terminal_have_no_bar() -> None:
    """Where the lines themselves are shown, no bar runs through them."""
    shown = on_a_terminal("get", "987654", "1", "--demo")
    assert b"\x1b" not in shown
    assert shown.count(b"\n") == 2
