"""What the command accepts, and the one line it prints for anything else."""

import socket
from collections.abc import Callable
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
    "args",
    [
        ["--include", "tags,summary"],
        ["--include", " tags , summary,"],
        ["--include", "tags summary"],
        ["--include", "tags", "--include", "summary", "--include", "tags"],
    ],
)
def test_modules_are_accepted_in_many_forms(run: Run, args: list[str]) -> None:
    """Commas, spaces and repeated options all name modules."""
    text = run("get", "987654", "--demo", *args).text
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
        ("", "https://"),
        ("localhost:8080/v3", "begin with https://"),
        ("ftp://example.com", "begin with https://"),
        ("https://host:99999/v3", "not an address"),
        ("https://host\n/v3", "not an address"),
        ("https://[::1/v3", "not an address"),
        ("http://127.0.0.1\\@example.com/hunter2", "password"),
        ("https://example.com/v3?key=hunter2", "query"),
        ("https://example.com/v3#hunter2", "fragment"),
        ("https://user:hunter2@example.com/v3", "password"),
        ("HTTP://EXAMPLE.COM/v3", "unencrypted"),
        ("http://127.0.0.1.example.com/v3", "unencrypted"),
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
    if url:
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


@pytest.mark.parametrize(
    ("args", "named"),
    [
        ([], "command"),
        (["got"], "got"),
        (["get"], "ID"),
        (["get", "7", "8", "nine"], "nine"),
        (["get", "7", "--jsn"], "--jsn"),
        (["get", "7", "--timeout", "soon"], "soon"),
        (["fake", "--port", "99999"], "99999"),
        (["fake", "--scenario", "flood"], "server-error"),
        (["fake", "--token", ""], "token"),
        (["get", "-7"], "-7"),
        (["login", "--password", "hunter2"], "--password"),
        (["doctor", "--call-id", "x"], "'x'"),
        (["get", "7", "--demo", "--base-url", "https://x"], "--base-url"),
        *((["get", "7", "--timeout", seconds], "--timeout") for seconds in ("0", "-1", "nan", "inf", "1e9")),
    ],
)
def test_wrong_usage_is_one_line(run: Run, args: list[str], named: str) -> None:
    """A mistake on the command line is named in one line, without a box or the usage."""
    assert named in run(*args).failed(ExitCode.USAGE)


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
