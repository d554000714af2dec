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

URL = f"conversations/calls/{DOCUMENTED_CALL_ID}"
HEADERS = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}


def _ask_in_process(scenario: str) -> httpx.Response:
    async def exchange() -> httpx.Response:
        transport = FakeTransport(create_app(slow_seconds=0.05))
        async with httpx.AsyncClient(transport=transport, base_url="http://fake/v3") as client:
            return await client.get(URL, headers={**HEADERS, SCENARIO_HEADER: scenario})

    return asyncio.run(exchange())


def _ask_in_process_without_a_loop(scenario: str) -> httpx.Response:
    transport = FakeTransport(create_app(slow_seconds=0.05))
    with httpx.Client(transport=transport, base_url="http://fake/v3", headers=HEADERS) as client:
        return client.get(URL, headers={SCENARIO_HEADER: scenario})


def _ask_by_option(scenario: str) -> httpx.Response:
    async def exchange() -> httpx.Response:
        transport = FakeTransport(create_app(slow_seconds=0.05, scenario=scenario))
        async with httpx.AsyncClient(transport=transport, base_url="http://fake/v3") as client:
            return await client.get(URL, headers=HEADERS)

    return asyncio.run(exchange())


@pytest.fixture(params=["in process", "in process, synchronously", "by option", "over HTTP"])
def ask(request: pytest.FixtureRequest, http: httpx.Client) -> Ask:
    """Asks for the documented call under a scenario, in each way that there is."""
    ways: dict[str, Ask] = {
        "in process": _ask_in_process,
        "in process, synchronously": _ask_in_process_without_a_loop,
        "by option": _ask_by_option,
        "over HTTP": lambda name: http.get(URL, headers={SCENARIO_HEADER: name}),
    }
    return ways[request.param]


def test_server_error_is_a_500_with_the_envelope(ask: Ask, validate: Validate) -> None:
    """The error that the document describes."""
    response = ask("server-error")

    assert response.status_code == response.json()["code"] == 500
    validate("Error", response.json())


def test_bad_gateway_is_a_502_with_html(ask: Ask) -> None:
    """What a proxy says, which is not JSON."""
    response = ask("bad-gateway")

    assert response.status_code == 502
    assert response.headers["content-type"].startswith("text/html")
    assert "<h1>502 Bad Gateway</h1>" in response.text


def test_rate_limited_is_a_429_with_retry_after(ask: Ask, validate: Validate) -> None:
    """The answer says in seconds when to come back."""
    response = ask("rate-limited")

    assert response.status_code == response.json()["code"] == 429
    assert response.headers["retry-after"] == "2"
    validate("Error", response.json())


def test_slow_is_the_right_answer_later(ask: Ask, validate: Validate) -> None:
    """The usual answer after the delay."""
    response = ask("slow")

    assert response.status_code == 200
    assert response.elapsed.total_seconds() >= 0.05
    validate("CallResponse", response.json())


def test_reset_is_a_read_error(ask: Ask) -> None:
    """The connection is reset before any answer."""
    with pytest.raises(httpx.ReadError):
        ask("reset")


def test_truncated_is_a_protocol_error(ask: Ask) -> None:
    """The body ends before its length is reached."""
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        ask("truncated")


def test_unknown_scenario_is_refused_with_the_names(ask: Ask, validate: Validate) -> None:
    """A misspelt name must not look like a fake that works."""
    if ask is _ask_by_option:
        with pytest.raises(ValueError, match=", ".join(SCENARIOS)):
            ask("sloow")
        return

    response = ask("sloow")

    assert response.status_code == 400
    assert all(name in response.json()["message"] for name in SCENARIOS)
    assert "sloow" not in response.text
    validate("Error", response.json())


def test_truncated_answer_starts_well(http: httpx.Client) -> None:
    """Over HTTP: status 200, the length of the whole, and exactly the first half."""
    whole = http.get(URL).content
    received = b""

    with (
        http.stream("GET", URL, headers={SCENARIO_HEADER: "truncated"}) as response,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        for chunk in response.iter_raw():
            received += chunk

    assert response.status_code == 200
    assert response.headers["content-length"] == str(len(whole))
    assert len(received) == len(whole) // 2


def test_truncated_answer_starts_well_in_process() -> None:
    """In process too the headers come before the error."""

    async def exchange() -> tuple[httpx.Response, bytes]:
        received = b""
        transport = FakeTransport(create_app(scenario="truncated"))
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://fake/v3") as client,
            client.stream("GET", URL, headers=HEADERS) as response,
        ):
            with pytest.raises(httpx.RemoteProtocolError):
                async for chunk in response.aiter_raw():
                    received += chunk
        return response, received

    response, received = asyncio.run(exchange())

    assert response.status_code == 200
    assert int(response.headers["content-length"]) // 2 == len(received) > 0


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


def test_synchronous_request_may_stream_its_body() -> None:
    """A body from a generator arrives as a whole."""

    def body() -> Iterator[bytes]:
        yield b'{"email": "nobody",'
        yield b' "password": "none"}'

    with httpx.Client(transport=FakeTransport(create_app()), base_url="http://fake") as client:
        headers = {"Content-Type": "application/json"}
        response = client.post("/oauth/token", content=body(), headers=headers)

    assert (response.status_code, response.json()["message"]) == (401, "Invalid email or password.")


def test_slow_request_keeps_its_body() -> None:
    """While a slow answer is due, what has come of the request is kept for it."""
    transport = FakeTransport(create_app(scenario="slow", slow_seconds=0.05))

    with httpx.Client(transport=transport, base_url="http://fake") as client:
        response = client.post("/oauth/token", json={"email": "nobody", "password": "none"})

    assert response.status_code == 401


def test_slow_answer_obeys_the_read_timeout_of_a_synchronous_client() -> None:
    """As it does in an asynchronous one."""
    transport = FakeTransport(create_app(scenario="slow", slow_seconds=3_600))

    started = time.monotonic()
    with (
        httpx.Client(transport=transport, base_url="http://fake/v3", timeout=0.01) as client,
        pytest.raises(httpx.ReadTimeout),
    ):
        client.get(URL, headers=HEADERS)
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("path", ["/nowhere", "/v3/conversations/calls/abc", "/oauth/token"])
def test_scenario_of_the_app_is_for_every_path(path: str) -> None:
    """A gateway that fails does not look where a request was to go."""
    transport = FakeTransport(create_app(scenario="bad-gateway"))
    with httpx.Client(transport=transport, base_url="http://fake") as client:
        assert client.get(path).status_code == client.post(path).status_code == 502


def test_scenario_of_the_request_replaces_that_of_the_app() -> None:
    """The header has the last word."""

    async def exchange() -> httpx.Response:
        transport = FakeTransport(create_app(scenario="reset"))
        async with httpx.AsyncClient(transport=transport, base_url="http://fake/v3") as client:
            return await client.get(URL, headers={**HEADERS, SCENARIO_HEADER: "rate-limited"})

    assert asyncio.run(exchange()).status_code == 429


def test_slow_answer_in_process_obeys_the_read_timeout() -> None:
    """A client with a timeout sees in process what it would see over a network."""

    async def exchange() -> None:
        transport = FakeTransport(create_app(scenario="slow", slow_seconds=3_600))
        async with httpx.AsyncClient(transport=transport, base_url="http://fake/v3", timeout=0.01) as client:
            await client.get(URL, headers=HEADERS)

    started = time.monotonic()
    with pytest.raises(httpx.ReadTimeout):
        asyncio.run(exchange())
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_connection_failures_leave_the_server_usable(http: httpx.Client, scenario: str) -> None:
    """After each scenario the next request is answered as usual."""
    try:
        http.get(URL, headers={SCENARIO_HEADER: scenario})
    except httpx.TransportError:
        assert scenario in ("reset", "truncated")

    answer: Any = http.get(URL).json()
    assert answer["data"]["result"]["call_id"] == DOCUMENTED_CALL_ID
