"""The server of the benchmarks, in a process of its own: it responds as fast as asyncio can."""

import asyncio
import contextlib
import json
import re
import subprocess
import sys
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from typing import IO, Any, cast
from urllib.parse import unquote

from shared import ROOT

RECORD = ROOT / "contract_tests/spec/get_call.200.json"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
CALLS_A_DAY = 1000
_GAP = timedelta(days=1) / CALLS_A_DAY
_RESPONSE = json.loads(RECORD.read_bytes())
_QUERY = re.compile(r"[?&](start|end|limit|offset)=([^& ]+)")


def page_of_calls(numbers: range, total: int, *, modules: bool = True) -> bytes:
    """A response to list_calls: documented records with ids, times and callers of their own."""
    record = _RESPONSE["data"]["result"]
    if not modules:
        record = {name: value for name, value in record.items() if not isinstance(value, dict | list)}
    calls = [
        {
            **record,
            "call_id": number + 1,
            "call_started": f"{(FIRST + number * _GAP):%Y-%m-%dT%H:%M:%S}.000Z",
            "caller_id": f"1801{number:07}",
        }
        for number in numbers
    ]
    return json.dumps({**_RESPONSE, "data": {"total": total, "calls": calls}}).encode()


def serve() -> None:
    """Responds until the parent kills it.

    /calls/ID has the documented record, /calls an endless list with a call each 86.4 s, /requests the number
    of requests to lists so far. A list has all modules or none.
    """
    before, mark, after = json.dumps(_RESPONSE).partition('"call_id": ')
    after = after.partition(",")[2]
    lists = 0

    def number_at(time: str) -> int:
        """The number of the first call at a time or after it."""
        return -((FIRST - datetime.fromisoformat(time)) // _GAP)

    def respond(line: str) -> bytes:
        nonlocal lists
        if "/requests" in line:
            return json.dumps(lists).encode()
        query = {name: unquote(value) for name, value in _QUERY.findall(line)}
        if "start" not in query:
            return f"{before}{mark}{re.findall('calls/([0-9]+)', line)[0]},{after}".encode()
        lists += 1
        first, end, offset = number_at(query["start"]), number_at(query["end"]), int(query["offset"])
        start = first + offset
        numbers = range(start, min(end, start + int(query["limit"])))
        return page_of_calls(numbers, end - first, modules="include=" in line)

    class Connection(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport, self.buffer = transport, b""

        def data_received(self, data: bytes) -> None:
            *requests, self.buffer = (self.buffer + data).split(b"\r\n\r\n")
            for request in requests:
                body = respond(request.partition(b"\r\n")[0].decode())
                head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
                self.transport.write(head.encode() + b"\r\n\r\n" + body)

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(run())


@contextlib.contextmanager
def server() -> Generator[str]:
    """The base URL of a server in another process."""
    command = [sys.executable, str(ROOT / "scripts"), "report.bench", "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield f"http://127.0.0.1:{int(cast('IO[str]', process.stdout).readline())}/v3"
        finally:
            process.kill()
