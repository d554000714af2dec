"""What the command accepts, and the one line it prints for anything else."""

import os
import shlex
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convirza._cli.exits import ExitCode, Failure

Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is wrong here is found before anything is sent, and `--demo` sends nothing."""

    def refuse(*_args: object, **_kwargs: object) -> None:
        pytest.fail("the command looked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setenv("CONVIRZA_TOKEN", "secret-token")


def test_invalid_id_is_named(run: Run) -> None:
    """An id that is no positive 64-bit integer in decimal is refused, and shown without its escapes."""
    wrong = ("0", "00", "007", "+7", "7.0", "1e3", "0x7", "1_000", " 7", "7\n", "٧", "７", "True", "")
    for text in (*wrong, "987654/../1", "7?include=tags", "9223372036854775808", "1" * 400, "7\x1b[31m"):
        line = run("get", text).failed(ExitCode.USAGE)
        assert repr(text) in line
        assert "\x1b" not in line


@pytest.mark.parametrize("text", ["1", "9223372036854775807"])
def test_bounds_of_an_id_are_sent(run: Run, text: str) -> None:
    """The smallest and the largest id get as far as the API."""
    assert run("get", text, "--demo").text.startswith(f"Call {text}\n")


@pytest.mark.parametrize(
    ("text", "meant"), [("recording", "recordings"), ("Tags", "tags"), ("tags,voice_agent", "voiceagent")]
)
def test_misspelt_module_gets_a_suggestion(run: Run, text: str, meant: str) -> None:
    """A module that is not known is refused with the nearest name and all names."""
    line = run("get", "7", "--include", text).failed(ExitCode.USAGE)
    assert repr(text.split(",")[-1]) in line
    assert f"did you mean {meant}?" in line
    assert "call_detail, call_flow, comments" in line


def test_unknown_module_gets_the_list(run: Run) -> None:
    """Without a near name, the refusal lists the modules."""
    line = run("get", "7", "--include", "xyzzy").failed(ExitCode.USAGE)
    assert "did you mean" not in line
    assert "transcription, voiceagent" in line


@pytest.mark.parametrize(
    "args", ["tags,summary", "' tags , summary,'", "'tags summary'", "tags --include summary --include tags"]
)
def test_modules_are_accepted_in_many_forms(run: Run, args: str) -> None:
    """Commas, spaces and repeated options all name modules."""
    text = run("get", "987654", "--demo", "--include", *shlex.split(args)).text
    assert "\nTags\n" in text
    assert "\nSummary\n" in text


def test_demo_looks_at_no_setting(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--demo` ignores the environment's base URL and token, and an empty `--include` is none."""
    monkeypatch.setenv("CONVIRZA_BASE_URL", "http://user:password@example.com")
    monkeypatch.setenv("CONVIRZA_TOKEN", "not a token")
    assert run("get", "987654", "--demo", "--include", "").code == 0


@pytest.mark.parametrize("value", [None, ""])
def test_missing_token_is_reported(run: Run, monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    """Without a token, the line names the variable and the way to do without one."""
    monkeypatch.delenv("CONVIRZA_TOKEN")
    if value is not None:
        monkeypatch.setenv("CONVIRZA_TOKEN", value)
    line = run("get", "7").failed(ExitCode.USAGE)
    assert "CONVIRZA_TOKEN" in line
    assert "--demo" in line


@pytest.mark.parametrize("token", ["abc123 xyz789", "abc123\nxyz789", "tokén", "Bearer hunter2", "bad\udcff"])
def test_token_that_no_header_carries_is_rejected(
    run: Run, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    """A token with a bad character is named by its variable, never shown."""
    monkeypatch.setenv("CONVIRZA_TOKEN", token)
    line = run("get", "7").failed(ExitCode.USAGE)
    assert "CONVIRZA_TOKEN" in line
    assert not any(part in line for part in token.split())


def test_token_in_the_wrong_place_is_not_repeated(run: Run) -> None:
    """A token passed as an id or as an extra argument is not repeated."""
    assert "secret-token" not in run("get", "secret-token").failed(ExitCode.USAGE)
    assert "secret-token" not in run("get", "7", "secret-token").failed(ExitCode.USAGE)


def test_token_of_one_letter_does_not_spoil_messages(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its letter is not replaced in words, which would also show it."""
    monkeypatch.setenv("CONVIRZA_TOKEN", "e")
    assert "'x' is not the id of a call" in run("get", "x").failed(ExitCode.USAGE)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("localhost:8080/v3", "begin with https://"),
        ("https://host\n/v3", "not an address"),
        ("https://[::1/v3", "not an address"),
        ("http://127.0.0.1\\@example.com/hunter2", "password"),
        ("https://example.com/v3#hunter2", "fragment"),
        ("https://user:hunter2@example.com/v3", "password"),
        ("HTTP://EXAMPLE.COM/v3", "unencrypted"),
        ("http://localhost.example.com/v3", "unencrypted"),
        ("http://0.0.0.0/v3", "unencrypted"),
    ],
)
def test_invalid_base_url_is_rejected(
    run: Run, monkeypatch: pytest.MonkeyPatch, url: str, reason: str
) -> None:
    """The message names the option or the variable, and does not show the URL."""
    line = run("get", "7", "--base-url", url).failed(ExitCode.USAGE)
    assert line.startswith("--base-url ")
    assert reason in line
    assert "hunter2" not in line
    monkeypatch.setenv("CONVIRZA_BASE_URL", url)
    assert run("get", "7").failed(ExitCode.USAGE) == line.replace("--base-url", "CONVIRZA_BASE_URL", 1)


@pytest.mark.parametrize(
    ("name", "value"), [("HTTPS_PROXY", "foo://hunter2"), ("SSL_CERT_FILE", "/no/such/file")]
)
def test_broken_environment_is_reported(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """A proxy or certificates that cannot be used are named, without their values."""
    monkeypatch.setenv(name, value)
    line = run("get", "7").failed(ExitCode.USAGE)
    assert name in line
    assert value not in line


WRONG = {
    "": "command",
    "got": "got",
    "fake --port 99999": "99999",
    "fake --scenario flood": "server-error",
    "fake --token ''": "token",
    "login --password hunter2": "--password",
    "doctor --call-id x": "'x'",
    "drift": "--ids-file",
    "drift --ids-file ids --sample 0": "--sample",
    "drift --ids-file ids --rate 0": "--rate",
    "drift --ids-file ids --include tag": "--include",
    "drift --ids-file ids --timeout 0": "--timeout",
    "list --last 7d --max -1": "--max",
    "list --last 7d --caller-id secret": "--caller-id is not a phone number",
    "list --last 7d --campaign-id 0": "--campaign-id",
    "list --last 7d --disposition A,,B": "--disposition",
    "sms --last 7d --type a-b": "--type",
    "schema --format xml": "--format 'xml' is unknown",
    "get": "ID",
    "get 7 8 nine": "nine",
    "get -7": "-7",
    "get 7 --jsn": "--jsn",
    "get 7 --timeout soon": "soon",
    "get 7 --demo --base-url https://x": "--base-url",
    "get 7 --output -": "--output - is not a file",
    "get 7 --output ''": "--output",
    **{f"get 7 --timeout {seconds}": "--timeout" for seconds in ("0", "-1", "nan", "inf", "1e9")},
    "get 7 x8": "'x8'",
    "get 7 -": "- reads all ids",
    "get - -": "- reads all ids",
    "get 7 8 --json": "--json",
    "get - --json": "--json",
    "get 7 8 --resume": "--output",
    "get 7 8 --concurrency 0": "--concurrency 0",
    "get 7 8 --concurrency 1001": "--concurrency 1001",
    "get 7 8 --rate 0": "--rate 0",
    "get 7 8 --rate nan": "--rate nan",
    "get 7 8 --rate 1e-320": "--rate 9.99989e-321 is not a number",
    "get 7 8 --rate inf": "--rate inf",
    "get 7 8 --deadline -1": "--deadline -1",
    "get 7 8 --retries -1": "--retries -1",
    "get 7 8 --retries 101": "--retries 101",
    "recordings 21": "Missing option '--output' / '-o'",
    "recordings -o x": "neither ids nor a period",
    "recordings 21 -o x --last 1d": "ids and a period exclude each other",
    "recordings - -o x --campaign-id 7": "ids and a period exclude each other",
    "recordings -o x --campaign-id 7": "the period is missing",
    "recordings 21 -o x --concurrency 0": "--concurrency 0 is out of range",
    "recordings 21 -o x --deadline 0": "--deadline 0.0 is out of range",
    "export --since 2026-03-01": "--output",
    "export -o x": "the period is missing",
    "export -o x --since 2026-03-01 --last 7d": "exclude each other",
    "export -o x --last 7": "--last '7'",
    "export -o x --last 999999w": "--last 999999w is too long",
    "export -o x --since yesterday": "--since is not an ISO date",
    "export -o x --since 2026-03-01T08:00": "--since has no time zone",
    "export -o x --since 2026-03-01 --until 2026-02-01": "pass an earlier --since or a later --until",
    "export -o '' --last 7d": "Invalid value for '--output' / '-o': it is empty",
    "export -o x --since 2999-03-01 --until 2999-04-01": "--since is in the future",
    "export -o x --last 7d --tz Mars": "--tz is not a known time zone",
    "export -o x --last 7d --format xml": "unknown format 'xml'",
    "export -o calls.txt --last 7d": "calls.txt is neither a folder nor a kind of file",
    "export -o x.csv --last 7d --format jsonl": "--format jsonl contradicts",
    "export -o x.csv --last 7d --resume": "--resume needs a folder",
    "export -o x --last 7d --lookback -1": "--lookback",
    "export -o x --last 7d --rate 0": "--rate",
    "export -o x --last 7d --include tag": "did you mean tags?",
}


@pytest.mark.parametrize(("args", "named"), WRONG.items())
def test_wrong_usage_is_one_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: str, named: str
) -> None:
    """A mistake on the command line is named in one line, without a box or the usage; nothing is written."""
    monkeypatch.chdir(tmp_path)
    Path("ids").write_text("7\n")
    assert named in run(*shlex.split(args)).failed(ExitCode.USAGE)
    assert os.listdir() == ["ids"]


def test_line_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a message quotes, such as a host on the command line, it neither breaks nor controls."""

    def refuse(*_args: object) -> None:
        raise Failure(ExitCode.USAGE, "a host\r\n\x1b[31m\u202e\ud800", "check it")

    monkeypatch.setattr("convirza._cli.exits.parse_id", refuse)
    assert run("get", "7").failed(ExitCode.USAGE) == "a host [31m : check it"


def test_bug_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected error is named by its type, without its text, which may quote anything."""

    def break_down(*_args: object) -> None:
        raise RuntimeError("the token is secret-token")

    monkeypatch.setattr("convirza._cli.exits.parse_id", break_down)
    line = run("get", "7").failed(ExitCode.UNUSABLE)
    assert "RuntimeError" in line
    assert "the token is" not in line
