"""Failures on request, in process and over HTTP, as a client sees them."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from convirza.fake import (
    DEFAULT_TOKEN,
    DOCUMENTED_CALL_ID,
    SCENARIO_HEADER,
    SCENARIOS,
    FakeTransport,
    create_app,
)

Validate = Callable[[str, object], None]
Ask = Callable[[str], httpx.Response]
Get = Callable[..., httpx.Response]

URL = f"conversations/calls/{DOCUMENTED_CALL_ID}"
HEADERS = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}


def ask_sync(scenario: str) -> httpx.Response:
    transport = FakeTransport(create_app(slow_seconds=0.05))
    with httpx.Client(transport=transport, base_url="http://fake/v3", headers=HEADERS) as client:
        return client.get(URL, headers={SCENARIO_HEADER: scenario})


@pytest.fixture(params=["in process", "in process, synchronously", "by option", "over HTTP"])
def ask(request: pytest.FixtureRequest, http: httpx.Client, get: Get) -> Ask:
    """Requests the documented call under a scenario, in every way."""
    ways: dict[str, Ask] = {
        "in process": lambda name: get(
            DOCUMENTED_CALL_ID, headers={**HEADERS, SCENARIO_HEADER: name}, slow_seconds=0.05
        ),
        "in process, synchronously": ask_sync,
        "by option": lambda name: get(DOCUMENTED_CALL_ID, scenario=name, slow_seconds=0.05),
        "over HTTP": lambda name: http.get(URL, headers={SCENARIO_HEADER: name}),
    }
    return ways[request.param]


def test_each_way_to_ask_gets_the_scenario(ask: Ask, validate: Validate) -> None:
    """An error of the API, a gateway's page, a late response, a reset and a truncated body."""
    for scenario, status in (("server-error", 500), ("rate-limited", 429)):
        response = ask(scenario)
        assert response.status_code == response.json()["code"] == status
        assert response.headers.get("retry-after") == ("2" if status == 429 else None)
        validate("Error", response.json())
    gateway = ask("bad-gateway")
    assert (gateway.status_code, gateway.headers["content-type"][:9]) == (502, "text/html")
    assert "<h1>502 Bad Gateway</h1>" in gateway.text
    slow = ask("slow")
    assert (slow.status_code, slow.elapsed.total_seconds() >= 0.05) == (200, True)
    validate("CallResponse", slow.json())
    with pytest.raises(httpx.ReadError):
        ask("reset")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        ask("truncated")


def test_unknown_scenario_is_rejected_with_the_names(validate: Validate) -> None:
    """A misspelt name must not look like a fake that works."""
    with pytest.raises(ValueError, match=", ".join(SCENARIOS)):
        create_app(scenario="sloow")
    response = ask_sync("sloow")
    assert response.status_code == 400
    assert all(name in response.json()["message"] for name in SCENARIOS)
    assert "sloow" not in response.text
    validate("Error", response.json())


@pytest.mark.parametrize("in_process", [False, True])
def test_truncated_response_starts_well(http: httpx.Client, in_process: bool) -> None:
    """Status 200, the length of the whole, and exactly the first half."""
    whole = http.get(URL).content
    received = b""
    transport = FakeTransport(create_app())
    with httpx.Client(transport=transport, base_url="http://fake/v3", headers=HEADERS) as inside:
        client = inside if in_process else http
        with (
            client.stream("GET", URL, headers={SCENARIO_HEADER: "truncated"}) as response,
            pytest.raises(httpx.RemoteProtocolError),
        ):
            for chunk in response.iter_raw():
                received += chunk
    assert response.status_code == 200
    assert response.headers["content-length"] == str(len(whole))
    assert len(received) == len(whole) // 2


def test_slow_response_in_process_obeys_the_read_timeout() -> None:
    """A client with a timeout sees in process what it would see over a network, sync and async."""
    options: dict[str, Any] = {
        "transport": FakeTransport(create_app(scenario="slow", slow_seconds=3_600)),
        "timeout": 0.01,
    }

    async def exchange() -> None:
        async with httpx.AsyncClient(**options) as client:
            await client.get("http://fake/v3")

    started = time.monotonic()
    with pytest.raises(httpx.ReadTimeout):
        asyncio.run(exchange())
    with httpx.Client(**options) as client, pytest.raises(httpx.ReadTimeout):
        client.get("http://fake/v3")
    assert time.monotonic() - started < 20


def test_synchronous_request_leaves_no_thread() -> None:
    """Nor does it need a loop, or mind one that is running."""
    transport = FakeTransport(create_app())

    def exchange() -> httpx.Response:
        with httpx.Client(transport=transport, base_url="http://fake/v3", headers=HEADERS) as client:
            return client.get(URL)

    async def exchange_inside_a_loop() -> httpx.Response:
        return exchange()

    before = threading.enumerate()
    assert exchange().status_code == 200
    assert asyncio.run(exchange_inside_a_loop()).status_code == 200
    assert threading.enumerate() == before


def test_slow_request_keeps_its_body() -> None:
    """A body from a generator arrives as a whole, also while a slow response is pending."""

    def body() -> Iterator[bytes]:
        yield b'{"email": "nobody",'
        yield b' "password": "none"}'

    transport = FakeTransport(create_app(scenario="slow", slow_seconds=0.05))
    with httpx.Client(transport=transport, base_url="http://fake") as client:
        headers = {"Content-Type": "application/json"}
        response = client.post("/oauth/token", content=body(), headers=headers)

    assert (response.status_code, response.json()["message"]) == (401, "Invalid email or password.")


def test_scenario_of_the_app_is_for_every_path() -> None:
    """A gateway that fails does not look where a request was to go."""
    transport = FakeTransport(create_app(scenario="bad-gateway"))
    with httpx.Client(transport=transport, base_url="http://fake") as client:
        for path in ("/nowhere", "/v3/conversations/calls/abc", "/oauth/token"):
            assert client.get(path).status_code == client.post(path).status_code == 502
