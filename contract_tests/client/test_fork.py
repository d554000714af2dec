"""A forked child opens connections of its own, and does not use a client that was passed in the parent."""

import asyncio
from collections.abc import Callable, Iterator

import httpx
import pytest

from convirza_client import AuthenticatedClient
from convirza_client.api.calls import get_call
from convirza_client.models import CallResponse
from support.library.forks import FORKS, Server, in_child, serve

pytestmark = FORKS

Ask = Callable[[AuthenticatedClient, int], int]


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as server:
        yield server


def ask(client: AuthenticatedClient, call_id: int) -> int:
    response = get_call.sync(call_id, client=client)
    assert isinstance(response, CallResponse)
    return response.data.result.call_id


def ask_async(client: AuthenticatedClient, call_id: int) -> int:
    async def get() -> object:
        return await get_call.asyncio(call_id, client=client)

    response = asyncio.run(get())
    assert isinstance(response, CallResponse)
    return response.data.result.call_id


@pytest.mark.parametrize("child", [ask, ask_async])
def test_child_opens_its_own_connection(server: Server, child: Ask) -> None:
    """A child has another connection than the parent, whose own stays open."""
    with AuthenticatedClient(base_url=server.url, token="t") as client:
        assert ask(client, 1) == 1
        assert in_child(lambda: child(client, 2)) == "2"
        assert ask(client, 3) == 3
    parent, other, again = server.connections
    assert parent == again != other


@pytest.mark.parametrize("child", [ask, ask_async])
def test_set_client_of_the_parent_is_rejected(server: Server, child: Ask) -> None:
    """An httpx client that was set before the fork raises in the child; one that is set there works."""
    client = AuthenticatedClient(base_url=server.url, token="t")
    client.set_httpx_client(httpx.Client()).set_async_httpx_client(httpx.AsyncClient())
    assert in_child(lambda: child(client, 1)).startswith("RuntimeError: the httpx.")
    assert server.connections == []

    def replace() -> int:
        client.set_httpx_client(httpx.Client(base_url=server.url))
        client.set_async_httpx_client(httpx.AsyncClient(base_url=server.url))
        return child(client, 2)

    assert in_child(replace) == "2"
