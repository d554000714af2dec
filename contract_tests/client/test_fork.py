"""A forked child opens connections of its own, and does not use a client that was passed in the parent."""

import asyncio
from collections.abc import Callable, Iterator

import httpx
import pytest

from convirza_client import AuthenticatedClient
from convirza_client.api.calls import get_call
from convirza_client.models import CallResponse
from support.library.forks import FORKS, in_child
from support.library.hostile_server import HostileServer, hostile_server, http

pytestmark = FORKS

Ask = Callable[[AuthenticatedClient], bool]


@pytest.fixture
def server() -> Iterator[HostileServer]:
    """Responds with the documented call."""
    with hostile_server() as server:
        server.will(http())
        yield server


def ask(client: AuthenticatedClient) -> bool:
    return isinstance(get_call.sync(987654, client=client), CallResponse)


def ask_async(client: AuthenticatedClient) -> bool:
    async def get() -> object:
        return await get_call.asyncio(987654, client=client)

    return isinstance(asyncio.run(get()), CallResponse)


@pytest.mark.parametrize("child", [ask, ask_async])
def test_child_opens_its_own_connection(server, child):
    """A child has another connection than the parent, whose own stays open."""
    with AuthenticatedClient(base_url=server.url, token="t") as client:
        assert ask(client)
        assert in_child(lambda: child(client)) == "True"
        assert ask(client)
    parent, other, again = server.ports
    assert parent == again != other


@pytest.mark.parametrize("child", [ask, ask_async])
def test_set_client_of_the_parent_is_rejected(server, child):
    """An httpx client that was set before the fork raises in the child; one that is set there works."""
    client = AuthenticatedClient(base_url=server.url, token="t")
    client.set_httpx_client(httpx.Client()).set_async_httpx_client(httpx.AsyncClient())
    assert in_child(lambda: child(client)).startswith("RuntimeError: the httpx.")
    assert server.connections == 0

    def replace() -> bool:
        client.set_httpx_client(httpx.Client(base_url=server.url))
        client.set_async_httpx_client(httpx.AsyncClient(base_url=server.url))
        return child(client)

    assert in_child(replace) == "True"
