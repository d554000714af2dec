"""What is logged: one line a request of ours, nothing that was sent or received, and other logs unchanged."""

import asyncio
import contextvars
import importlib
import json
import logging
import re
import sys
import threading
from typing import Any

import attrs
import pytest

from convirza import ConvirzaError
from convirza._core import operations
from convirza._core.logging import redact_http_logs
from convirza.fake import DOCUMENTED_CALL_ID, FakeClock
from support.library.hostile_server import DOCUMENTED, End, http
from support.library.ways import INJECTED, OWN, TOKEN, asking

SECRETS = [TOKEN, "s3cret-cookie", "127.0.0.1", "987654", "tags", "Bearer", "conversations"]


def lines(log: pytest.LogCaptureFixture, *names: str) -> list[str]:
    """What loggers of these names said."""
    return [each.getMessage() for each in log.records if each.name.partition(".")[0] in names]


@pytest.mark.parametrize("way", OWN + INJECTED, ids=str)
def test_each_request_is_one_line(way, server, log):
    """Method, template, status or kind of failure, attempt, seconds and request id; at DEBUG; no more."""
    refused = {"code": 404, "message": "Call not found.", "request_id": DOCUMENTED["request_id"]}
    busy = http(503, b"busy", {"Connection": "close"})  # or the reset would be no attempt
    server.will(busy, [End.RESET], http(404, refused))
    with asking(way, base_url=server.url, clock=FakeClock()) as asker, pytest.raises(ConvirzaError):
        asker.get(include=["tags"])
    ours = [each for each in log.records if each.name == "convirza"]
    assert [each.levelno for each in ours] == [logging.DEBUG] * 3
    path = r"^GET /conversations/calls/\{id\}: "
    expected = [
        rf"{path}503, attempt 1, \d+\.\d{{3}} s, request id unknown$",
        rf"{path}connection, attempt 2, \d+\.\d{{3}} s, request id unknown$",
        rf"{path}404, attempt 3, \d+\.\d{{3}} s, request id {DOCUMENTED['request_id']}$",
    ]
    for record, pattern in zip(ours, expected, strict=True):
        assert re.search(pattern, record.getMessage())


@pytest.mark.parametrize("way", OWN + INJECTED, ids=str)
def test_other_libraries_log_nothing_of_our_requests(way, server, log):
    """Their lines keep the name of the event at most: no address, header, reason or cookie."""
    server.will(http(headers={"Set-Cookie": "a=s3cret-cookie"}, reason=TOKEN))
    with asking(way, base_url=server.url) as asker:
        asker.get(include=["tags"])
    said = "\n".join(
        f"{each.getMessage()} {each.args} {each.exc_text}" for each in log.records if each.name != "convirza"
    )
    if way.library is not None:
        assert "(details left out by convirza)" in said
    for secret in SECRETS:
        assert secret not in said


@pytest.mark.parametrize("way", INJECTED, ids=str)
def test_other_users_of_the_same_library_are_not_cut(way, server, log):
    """In another thread or task during a request of ours, their lines are whole."""

    def other() -> None:
        with way.library.Client() as client:
            client.get(f"{server.url}/theirs")

    async def other_async() -> None:
        async with way.library.AsyncClient() as client:
            await client.get(f"{server.url}/theirs")

    def handler(_request: Any) -> Any:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        return way.library.Response(200, json=DOCUMENTED)

    async def handler_async(_request: Any) -> Any:
        await asyncio.create_task(other_async(), context=contextvars.Context())
        return way.library.Response(200, json=DOCUMENTED)

    server.will(http())
    with asking(way, handler=handler_async if way.is_async else handler) as asker:
        asker.get()
    said = lines(log, "httpx", "httpx2")
    [whole] = [line for line in said if "/theirs" in line]
    assert "HTTP Request: GET" in whole
    assert not any("987654" in line for line in said)


def test_nothing_is_printed_without_a_handler(server, capfd):
    """A program that does not configure logging sees nothing on stderr, for any response."""
    server.will(http(500, b"busy"))
    with asking(OWN[0], base_url=server.url, clock=FakeClock()) as asker, pytest.raises(ConvirzaError):
        asker.get()
    assert capfd.readouterr() == ("", "")


def test_traceback_of_another_library_is_left_out(log):
    """While a request of ours is under way, neither the words nor the exception of a record are kept."""
    with redact_http_logs():
        try:
            raise OSError(TOKEN)
        except OSError:
            logging.getLogger("httpx").exception("failed with %s", TOKEN, stack_info=True)
    (record,) = log.records
    assert record.getMessage() == "failed (details left out by convirza)"
    assert (record.args, record.exc_info, record.exc_text, record.stack_info) == ((), None, None, None)


PRIVATE = {
    *("access_token", "call", "content", "filters", "headers", "items", "misfits", "parsed", "refresh_token"),
    *("rows", "url", "user_id"),
}


def test_no_repr_has_what_may_be_private():
    """Error trackers send the values of local variables, which may be any of the library's."""
    importlib.import_module("convirza._cli.app")  # imports those of the command
    shown, hidden = [], {"request"} if not attrs.fields(operations.Invocation).request.repr else set()
    for name in [name for name in sys.modules if name.startswith("convirza.")]:
        for kind in vars(sys.modules[name]).values():
            if isinstance(kind, type) and kind.__module__ == name and attrs.has(kind):
                private = [each for each in attrs.fields(kind) if each.name in PRIVATE]
                shown += [f"{name}.{kind.__name__}.{each.name}" for each in private if each.repr]
                hidden |= {each.name for each in private}
    assert (shown, hidden) == ([], {*PRIVATE, "request"})


def test_command_logs_each_request(run, api, no_waiting):
    """`-v` for people; with `--log-format json` all of stderr is JSON lines, errors too."""
    api.script("server-error", call_id=DOCUMENTED_CALL_ID)
    ended = run("-v", "get", str(DOCUMENTED_CALL_ID))
    logged = [line.split(maxsplit=2)[2].partition(", ")[0] for line in ended.err.splitlines()]
    assert logged == [f"GET /conversations/calls/{{id}}: {status}" for status in (500, 200)]
    assert api.token not in ended.err
    ended = run("-v", "--log-format", "json", "get", "404")
    request, error = map(json.loads, ended.err.splitlines())
    assert request["level"] == "DEBUG"
    assert "there is no such call (404)" in error["message"]
    assert run("get", "404").err.startswith("convirza: ")
    assert "--log-format 'xml' is unknown: use text or json" in run("--log-format", "xml", "get", "404").err
