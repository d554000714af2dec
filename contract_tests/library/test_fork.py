"""A forked child has connections, locks and renewals of its own, and never reads its parent's responses."""

import asyncio

import httpx
import pytest

from convirza import AsyncConvirza, Convirza, MemoryTokenStore, StoredAuth
from convirza._auth.service import _Logins
from convirza._core.clock import SystemClock
from convirza._core.drift import DriftLog
from support.library.forks import FORKS, in_child
from support.library.hostile_server import http

pytestmark = FORKS


def test_child_opens_its_own_connection(server):
    """Each child, and a grandchild, has another connection than the parent, whose own stays open."""
    server.will(http())
    with Convirza(token="t", base_url=server.url, drift="off") as convirza:

        def ask() -> bool:
            return convirza.calls.get(987654).call_id == 987654

        assert ask()
        assert in_child(lambda: (ask(), in_child(ask))) == "(True, 'True')"
        assert in_child(lambda: (ask(), convirza.close())) == "(True, None)"
        assert ask()
    parent, child, grandchild, second, again = server.ports
    assert again == parent
    assert len({parent, child, grandchild, second}) == 4


@pytest.mark.parametrize("transport", ["aiohttp", "httpx"])
def test_async_child_opens_its_own_connection(server, transport):
    """A child that was forked while an async client had a connection open uses another one."""

    server.will(http())

    async def parent() -> str:
        async with AsyncConvirza(
            transport=transport, token="t", base_url=server.url, drift="off"
        ) as convirza:
            await convirza.calls.get(987654)

            async def ask() -> int:
                return int((await convirza.calls.get(987654)).call_id)

            return await asyncio.to_thread(in_child, lambda: asyncio.run(ask()))

    assert asyncio.run(parent()) == "987654"
    assert len(set(server.ports)) == 2


@pytest.mark.parametrize("asynchronous", [False, True])
def test_passed_in_client_of_the_parent_is_rejected(server, asynchronous):
    """A client that was passed in may be in use by the parent: the error says where to make it."""
    server.will(http())
    if asynchronous:
        client = AsyncConvirza(token="t", base_url=server.url, drift="off", http_client=httpx.AsyncClient())
        said = in_child(lambda: asyncio.run(client.calls.get(1)))
    else:
        with httpx.Client() as http_client:
            convirza = Convirza(token="t", base_url=server.url, drift="off", http_client=http_client)
            said = in_child(lambda: convirza.calls.get(1))
    assert said.startswith("ConfigurationError: http_client was passed in before this process was forked")
    assert server.requests == []


def test_read_of_the_parent_ends_in_a_child(server):
    """A child has no threads of its parent's `get_many`, and would wait for them without end."""
    server.will(http())
    with Convirza(token="t", base_url=server.url, drift="off") as convirza:
        outcomes = convirza.calls.get_many([987654] * 30, concurrency=4)
        assert next(outcomes).call
        assert in_child(lambda: list(outcomes)).startswith("ConfigurationError: this read was started before")
        assert all(outcome.call for outcome in outcomes)


def test_held_locks_are_not_inherited():
    """A lock that a thread of the parent holds during the fork does not stop the child."""
    owners = StoredAuth(MemoryTokenStore()), _Logins(SystemClock()), DriftLog()
    for owner in owners:
        owner._lock.acquire()
    assert in_child(lambda: [owner._lock.locked() for owner in owners]) == str([False] * 3)
