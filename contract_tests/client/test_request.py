"""What the client sends."""

import asyncio
from itertools import combinations

import httpx
import pytest
import respx

from convirza_client import AuthenticatedClient
from convirza_client.api.calls import get_call
from convirza_client.models import CallModule
from convirza_client.types import UNSET

OK = httpx.Response(404, json={"code": 404, "message": "Call not found."})


def sent(fetch, client, *arguments, **keywords) -> httpx.Request:
    with respx.mock(base_url="https://api.test") as router:
        route = router.route().mock(return_value=OK)
        fetch(client, *arguments, **keywords)
    assert route.call_count == 1
    return route.calls.last.request


@pytest.mark.parametrize("call_id", [1, 987654, 2**53 + 1, 2**63 - 1])
def test_a_call_is_asked_for_by_its_id(fetch, client, call_id):
    """The id stands in the path, whole, up to the largest 64-bit one."""
    request = sent(fetch, client, call_id)
    assert (request.method, str(request.url)) == ("GET", f"https://api.test/v3/conversations/calls/{call_id}")
    assert request.read() == b""


def test_a_path_is_quoted(fetch, client):
    """An id of the wrong type cannot reach another path."""
    request = sent(fetch, client, "1/../../users?x=1#y")
    assert request.url.raw_path == b"/v3/conversations/calls/1%2F..%2F..%2Fusers%3Fx%3D1%23y"


def sent_for_each(mode, includes):
    """The requests for each list of modules, through one client."""
    client = AuthenticatedClient(base_url="https://api.test/v3", token="t")
    with respx.mock() as router, asyncio.Runner() as runner:
        route = router.route().mock(return_value=OK)
        for include in includes:
            if mode == "sync":
                get_call.sync_detailed(987654, client=client, include=include)
            else:
                runner.run(get_call.asyncio_detailed(987654, client=client, include=include))
        client.get_httpx_client().close()
        runner.run(client.get_async_httpx_client().aclose())
        return [call.request for call in route.calls]


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_include_is_sent_once_with_commas(mode):
    """Every combination of modules goes out as one parameter, separated by commas, in the order given."""
    modules = list(reversed(CallModule))  # another order than the alphabet's
    includes = [list(some) for size in range(1, len(modules) + 1) for some in combinations(modules, size)]
    requests = sent_for_each(mode, includes)
    assert len(requests) == len(includes) == 2 ** len(modules) - 1
    for request, include in zip(requests, includes, strict=True):
        assert request.url.path == "/v3/conversations/calls/987654"
        assert request.url.params.multi_items() == [("include", ",".join(module.value for module in include))]


@pytest.mark.parametrize("include", [UNSET, []])
def test_no_module_sends_no_parameter(fetch, client, include):
    """Without modules there is no query at all."""
    assert sent(fetch, client, include=include).url.query == b""


def test_include_takes_names_that_the_document_does_not_list(fetch, client):
    """The enumeration is open towards the server too, as strings and as members."""
    url = sent(fetch, client, include=["tags", CallModule("next year's")]).url
    assert url.params.multi_items() == [("include", "tags,next year's")]


def test_the_token_is_sent_once_as_bearer(fetch, client):
    """There is one Authorization header, and no other header names the token."""
    request = sent(fetch, client)
    assert request.headers.get_list("authorization") == [f"Bearer {client.token}"]
    assert [name for name, value in request.headers.items() if client.token in value] == ["authorization"]


def test_nothing_else_is_sent(fetch, client):
    """The headers are httpx's own and the token; there is no cookie."""
    names = set(sent(fetch, client).headers)
    assert names == {"host", "accept", "accept-encoding", "connection", "user-agent", "authorization"}


def test_own_headers_and_cookies_are_sent(fetch, client):
    """with_headers() and with_cookies() reach the wire beside the token."""
    request = sent(fetch, client.with_headers({"X-Trace": "7"}).with_cookies({"a": "b"}))
    assert request.headers["x-trace"] == "7"
    assert request.headers["cookie"] == "a=b"
    assert request.headers["authorization"] == f"Bearer {client.token}"


def test_the_token_cannot_be_lost_to_own_headers(fetch):
    """A header of the caller does not replace or double the token's."""
    client = AuthenticatedClient(
        base_url="https://api.test/v3", token="right", headers={"Authorization": "Bearer wrong"}
    )
    assert sent(fetch, client).headers.get_list("authorization") == ["Bearer right"]
