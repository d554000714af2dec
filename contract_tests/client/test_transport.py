"""Which requests go where with which secrets, and how much of a response is read."""

import asyncio
import gzip
import json
import zlib

import httpx
import pytest

from convirza_client import AuthenticatedClient, Client, errors
from convirza_client.api.calls import get_call

KEY = "canary-token-9f8e7d"
GZIP = {"content-type": "application/json", "content-encoding": "gzip"}


class Recorder:
    """A transport. Redirects to each of `locations` in turn, and then responds 404; keeps the requests."""

    def __init__(self, *locations):
        self.requests = []
        self.locations = list(locations)
        self.transport = httpx.MockTransport(self._respond)

    def _respond(self, request):
        self.requests.append(request)
        if self.locations:
            return httpx.Response(307, headers={"location": self.locations.pop(0)})
        return httpx.Response(404, json={"code": 404, "message": "no"})


@pytest.fixture(params=["sync", "async"])
def ask(request):
    """`ask(client)` requests a call once, and leaves the client open."""
    if request.param == "sync":
        yield lambda client: get_call.sync_detailed(1, client=client)
    else:
        with asyncio.Runner() as runner:
            yield lambda client: runner.run(get_call.asyncio_detailed(1, client=client))


def set_inner(client, **settings):
    """Set an httpx.Client and an httpx.AsyncClient made with these settings."""
    client.set_httpx_client(httpx.Client(**settings))
    client.set_async_httpx_client(httpx.AsyncClient(**settings))
    return client


@pytest.mark.parametrize("is_set", [False, True])
def test_new_token_is_sent_from_then_on(ask, is_set):
    """A token that is assigned after a request replaces the old one; an invalid one is refused."""
    wire = Recorder()
    client = AuthenticatedClient(
        base_url="https://api.test/v3", token="old", httpx_args={"transport": wire.transport}
    )
    if is_set:
        set_inner(client, transport=wire.transport)
    ask(client)
    client.token = "new"
    ask(client)
    assert [request.headers["authorization"] for request in wire.requests] == ["Bearer old", "Bearer new"]
    with pytest.raises(ValueError, match=r"^token: "):
        client.token = "a b"


def test_set_client_gets_the_base_url_and_the_token(ask):
    """What an own httpx client lacks is sent for it; what it has is left alone."""
    wire = Recorder()
    settings = {"base_url": "https://api.test/v3/", "token": KEY}
    ask(set_inner(AuthenticatedClient(**settings), transport=wire.transport))
    own = {"base_url": "https://own.test", "headers": {"Authorization": "own"}}
    ask(set_inner(AuthenticatedClient(**settings), transport=wire.transport, **own))
    assert [(str(request.url), request.headers["authorization"]) for request in wire.requests] == [
        ("https://api.test/v3/conversations/calls/1", f"Bearer {KEY}"),
        ("https://own.test/conversations/calls/1", "own"),
    ]


@pytest.mark.parametrize("is_set", [False, True])
@pytest.mark.parametrize(
    ("locations", "kept"),
    [
        (["http://evil.test/"], [False]),
        (["http://api.test:81/", "/again"], [False, False]),
        (["/v3/other", "https://api.test/v3"], [True, True]),
        (["https://api.test:444/"], [False]),
    ],
    ids=lambda value: str(value[0]),
)
def test_another_origin_gets_no_secret(ask, locations, kept, is_set):
    """No key in a header, cookie or httpx's own auth follows a redirect to another origin."""
    wire = Recorder(*locations)
    secrets = {"headers": {"X-Key": KEY}, "cookies": {"session": KEY}}
    inner = {"transport": wire.transport, "auth": ("user", KEY)}
    client = AuthenticatedClient(
        base_url="http://api.test/v3", token=KEY, auth_header_name="X-Api-Key", prefix="", httpx_args=inner,
        follow_redirects=True, **secrets,
    )  # fmt: skip
    if is_set:
        set_inner(client, follow_redirects=True, **inner, **secrets)
    ask(client)
    names = {"x-key", "x-api-key", "cookie", "authorization"}
    sent = [names & request.headers.keys() for request in wire.requests]
    assert sent == [names if has else set() for has in (True, *kept)]
    assert [KEY in str(request.headers.multi_items()) for request in wire.requests] == [True, *kept]


def streamed(content, headers):
    """A transport whose responses are read from the wire, in pieces, and are not in memory."""

    class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self):
            yield from (content[start : start + 65536] for start in range(0, len(content), 65536))

        async def __aiter__(self):
            for piece in self:
                yield piece

    return httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, stream=Pieces()))


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"[" * 4001, {"content-type": "application/json"}),
        (gzip.compress(b"[" * 4001), GZIP),
        (gzip.compress(b"0" * 20_000_000), GZIP),
    ],
    ids=["plain", "gzip", "bomb"],
)
def test_body_beyond_the_limit_is_rejected(ask, content, headers):
    """A body is inflated as far as max_body_bytes, and the error names the setting."""
    args = {"transport": streamed(content, headers)}
    client = AuthenticatedClient(base_url="http://api.test", token="t", max_body_bytes=4000, httpx_args=args)
    with pytest.raises(errors.InvalidBody, match=r"larger than 4000 bytes.*max_body_bytes") as caught:
        ask(client)
    assert (caught.value.status_code, caught.value.content) == (200, b"")


@pytest.mark.parametrize("coding", ["gzip", "GZip", "x-gzip"])
def test_body_at_the_limit_is_read(ask, documented, coding):
    """A body of exactly max_body_bytes is read, inflated, with the received headers."""
    content = json.dumps(documented).encode()
    args = {"transport": streamed(gzip.compress(content), {**GZIP, "content-encoding": coding})}
    client = AuthenticatedClient(
        base_url="http://api.test", token="t", max_body_bytes=len(content), httpx_args=args
    )
    response = ask(client)
    assert (response.content, response.headers["content-encoding"]) == (content, coding)
    assert response.parsed.to_dict() == documented


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd", "deflate"])
def test_coding_that_was_not_requested_is_not_decoded(ask, coding):
    """Only gzip is requested, once; a body in another coding is left unchanged and is not JSON."""
    content = gzip.compress(gzip.compress(b"{}")) if coding == "gzip, gzip" else zlib.compress(b"{}")
    args = {"transport": streamed(content, {**GZIP, "content-encoding": coding})}
    with pytest.raises(errors.InvalidBody) as caught:
        ask(AuthenticatedClient(base_url="http://api.test", token="t", httpx_args=args))
    assert caught.value.content == content
    wire = Recorder()
    Client(base_url="http://api.test", httpx_args={"transport": wire.transport}).request(
        method="get", url="/"
    )
    assert wire.requests[0].headers["accept-encoding"] == "gzip"
