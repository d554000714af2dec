"""What the tests of the generated client share."""

import asyncio
import copy
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from convirza_client import AuthenticatedClient
from convirza_client.api.calls import get_call
from convirza_client.models import CallModule, CallResponse, Error
from convirza_client.types import UNSET, Response, Unset
from support.contract import media
from support.document import load

BASE_URL = "https://api.test/v3"
TOKEN = "canary-token-9f8e7d"

Parsed = CallResponse | Error
Fetch = Callable[..., Response[Parsed]]


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return load()


@pytest.fixture
def documented() -> dict[str, Any]:
    """The documented 200 response, to change at will."""
    example: dict[str, Any] = copy.deepcopy(media(200)["examples"]["documented"]["value"])
    return example


@pytest.fixture(params=["sync", "async"])
def fetch(request: pytest.FixtureRequest) -> Fetch:
    """`fetch(client, id, include=...)` through sync_detailed and through asyncio_detailed."""

    def fetch(
        client: AuthenticatedClient, id: int = 987654, include: list[CallModule] | Unset = UNSET
    ) -> Response[Parsed]:
        async def run() -> Response[Parsed]:
            async with client:
                return await get_call.asyncio_detailed(id, client=client, include=include)

        if request.param == "async":
            return asyncio.run(run())
        with client:
            return get_call.sync_detailed(id, client=client, include=include)

    return fetch


@pytest.fixture
def client() -> AuthenticatedClient:
    """A client of a host that does not exist."""
    return AuthenticatedClient(base_url=BASE_URL, token=TOKEN)


@pytest.fixture(scope="session")
def responding() -> Callable[..., AuthenticatedClient]:
    """`responding(status, content, content_type)`: a client that always gets this response."""

    def make(
        status: int, content: bytes, content_type: str | None = "application/json", **arguments: Any
    ) -> AuthenticatedClient:
        headers = {} if content_type is None else {"content-type": content_type}

        def respond(_request: httpx.Request) -> httpx.Response:
            return httpx.Response(status, content=content, headers=headers)

        return AuthenticatedClient(
            base_url=BASE_URL,
            token=TOKEN,
            httpx_args={"transport": httpx.MockTransport(respond)},
            **arguments,
        )

    return make
