"""Fixtures: clients of the fake API, in process and over HTTP, and validators from the document."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from convirza.fake import DEFAULT_TOKEN, FakeTransport, create_app
from convirza.fake.server import serve
from support.contract import make_validator

HEADERS = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}

Get = Callable[..., httpx.Response]
Validate = Callable[[str, object], None]


@pytest.fixture(scope="session")
def validate() -> Validate:
    """Raises unless the instance is valid against the named schema of the document."""
    schemas = {name: {"$ref": f"#/components/schemas/{name}"} for name in ("CallResponse", "Error")}
    validators = {name: make_validator(schema) for name, schema in schemas.items()}
    return lambda name, instance: validators[name].validate(instance)


@pytest.fixture(scope="session")
def get() -> Get:
    """Sends one request to a fake of its own, in process, as `get(path, query, **create_app's)`.

    A path without a leading slash is the id of a call.
    """

    def send(
        path: object,
        query: str = "",
        *,
        method: str = "GET",
        headers: Any = HEADERS,
        timeout: float | None = None,
        **options: Any,
    ) -> httpx.Response:
        target = path if str(path).startswith("/") else f"/v3/conversations/calls/{path}"

        async def exchange() -> httpx.Response:
            transport = FakeTransport(create_app(**options))
            async with httpx.AsyncClient(transport=transport, timeout=timeout) as client:
                url = f"http://fake{target}{'?' * bool(query)}{query}"
                return await client.request(method, url, headers=headers)

        return asyncio.run(exchange())

    return send


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    """A client, with the token, of a fake API that is served over HTTP on loopback."""
    with (
        serve(create_app(slow_seconds=0.05)) as base_url,
        httpx.Client(base_url=base_url, headers=HEADERS, trust_env=False) as client,
    ):
        yield client
