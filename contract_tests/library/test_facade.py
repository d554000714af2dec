"""What people call: the two clients and their calls, alike, and strict about what is passed in."""

import copy
import inspect
import itertools
import pickle
import typing
from collections.abc import Generator
from typing import Any

import httpx
import pytest

import convirza
from convirza import AsyncConvirza, Call, CallModule, ConfigurationError, Convirza, TransportError
from convirza._core.validation import ModuleName
from convirza.fake import FakeClock
from support.document import load
from support.library.hostile_server import DOCUMENTED
from support.library.ways import INJECTED, OWN, TOKEN, URL, ClientUnderTest, Integer, Variant, asking


class Counting:
    """Responds with the documented call under the requested id, and keeps the requests."""

    def __init__(self, way: Variant) -> None:
        self.requests: list[Any] = []
        self._library = way.library

    def __call__(self, request: Any) -> Any:
        """Returns a response, or raises."""
        self.requests.append(request)
        call_id = int(request.url.path.rpartition("/")[2])
        record = {**DOCUMENTED["data"]["result"], "call_id": call_id}
        return self._library.Response(200, json={**DOCUMENTED, "data": {"result": record}})


@pytest.fixture
def server(way: Variant) -> Counting:
    """Responds instead of a network."""
    return Counting(way)


@pytest.fixture
def asker(way: Variant, server: Counting) -> Generator[ClientUnderTest]:
    """A client whose HTTP client was passed in."""
    with asking(way, handler=server, clock=FakeClock()) as asker:
        yield asker


# ---------------------------------------------------------------------------- what is exported


def test_package_exports_what_it_says():
    """`__all__` is without doubles, all of it is there and documented, and nothing public is missing."""
    names = convirza.__all__
    assert len(set(names)) == len(names)
    for name in names:
        thing = getattr(convirza, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert inspect.getdoc(thing), name
            assert not typing.cast(Any, thing).__name__.startswith("_")
    ours = {
        name for name, thing in vars(convirza).items() if getattr(thing, "__module__", "")[:8] == "convirza"
    }
    assert {name for name in ours if not name.startswith("_")} <= {*names}
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = convirza.Nothing  # type: ignore[attr-defined]
    assert convirza.__version__[0].isdigit()


def test_names_for_completion_are_those_of_the_document():
    """`ModuleName` is the enumeration of the document."""
    assert set(typing.get_args(ModuleName)) == {*load()["components"]["schemas"]["CallModule"]["enum"]}
    assert set(typing.get_args(ModuleName)) == {module.value for module in CallModule}


# ---------------------------------------------------------------------------- ids and include


BAD_IDS = [
    *(True, False, 987654.0, 0, -1, 2**63, 10**5000, 1j, None, Integer(0)),
    *("987654", "1/../2", "", b"1", [987654], {}),
]


def test_invalid_id_raises(asker, server):
    """A ValueError names the value and what to pass, and nothing is sent."""
    for call_id, ask in itertools.product(BAD_IDS, (asker.get, asker.raw)):
        with pytest.raises(ValueError, match="pass an int from 1 to 9223372036854775807") as caught:
            ask(call_id)
        assert not isinstance(caught.value, convirza.ConvirzaError)
        shown = "an enormous number" if call_id == 10**5000 else repr(call_id)[:20]
        assert shown in str(caught.value)
        assert len(str(caught.value)) < 200
    assert not server.requests


def test_id_goes_into_the_path(asker, server):
    """Each integer that an id may be is sent, also one of another library."""
    ids: list[Any] = [1, 987654, 2**63 - 1, Integer(987654)]
    for call_id in ids:
        asker.get(call_id)
    assert [(request.url.path, request.url.query) for request in server.requests] == [
        (f"/v3/conversations/calls/{call_id.__index__()}", b"") for call_id in ids
    ]


def test_include_is_joined_by_commas(asker, server):
    """Known names, members of the enumeration and new names are sent once each, in any collection."""
    cases: list[tuple[Any, str | None]] = [
        ((), None),
        ([], None),
        ("tags", "tags"),
        ("tags,comments", "tags,comments"),
        (["tags", "recordings"], "tags,recordings"),
        (("summary", "tags", "summary"), "summary,tags"),
        (list(CallModule), ",".join(CallModule)),
        ({"tags": 1}.keys(), "tags"),
        ((name for name in ("tags", "summary")), "tags,summary"),
        (["brand_new", "a&b=c", "x#y", "%2e"], "brand_new,a&b=c,x#y,%2e"),
    ]
    for include, _ in cases:
        asker.get(include=include)
    assert [request.url.params.get("include") for request in server.requests] == [sent for _, sent in cases]
    assert all(set(request.url.params) <= {"include"} for request in server.requests)


def test_invalid_include_raises(asker, server):
    """What is not a module is a ValueError, and nothing is sent."""
    bad: list[Any] = [5, None, b"tags", {"tags": True}, [""], ["a b"], ["a,b"], [None], [5]]
    for include in (*bad, ["tags\n"], "tags,", "", ["ü"]):
        with pytest.raises(ValueError, match=r"^include .*: pass names"):
            asker.get(include=include)
    assert not server.requests


# ---------------------------------------------------------------------------- settings

NO_NAMES = ("", "a b", "a:", "ü", "a\n", 5)
RESERVED = ("Authorization", "HOST", "Content-Length", "Transfer-Encoding", "Connection")
BAD_SETTINGS: list[dict[str, Any]] = [
    *({"timeout": value} for value in (0, -1, 86_401, "5", True, float("nan"), [])),
    *({"deadline": value} for value in (0, -1, 86_401, "5", True, float("nan"), [])),
    *({"max_retries": value} for value in (-1, 101, 1.0, "3", True)),
    *({"headers": {name: "x"}} for name in (*NO_NAMES, *RESERVED)),
    *({"headers": {"X-A": value}} for value in ("a\n", "a\r\nB: c", "\0", "ü", " a", "a ", 5, None, b"a")),
]


def test_setting_that_cannot_be_used_is_rejected(asker, server, way):
    """By a call and by a constructor, with the setting's name; nothing is sent."""
    for settings in BAD_SETTINGS:
        (name,) = settings
        with pytest.raises(ValueError, match=f"^{name}"):
            asker.get(**settings)
        with pytest.raises(ValueError, match=f"^{name}"):
            (AsyncConvirza if way.is_async else Convirza)(token=TOKEN, **settings)
    assert not server.requests


def test_headers_of_a_call_go_before_those_of_the_client(way, server):
    """They are added to the client's, whatever their case, and the token is always ours."""
    with asking(way, handler=server, headers={"X-One": "1", "X-Two": "2", "User-Agent": "mine"}) as asker:
        asker.get(headers={"x-two": "3", "X-Empty": ""})
        asker.get()
    first, second = (request.headers for request in server.requests)
    assert (first["x-one"], first["x-two"], first["x-empty"], first["user-agent"]) == ("1", "3", "", "mine")
    assert (second["x-one"], second["x-two"]) == ("1", "2")
    assert "x-empty" not in second
    assert first.get_list("authorization") == second.get_list("authorization") == [f"Bearer {TOKEN}"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"token": None}, "no credentials: set CONVIRZA_TOKEN"),
        ({"token": ""}, "token is empty, or contains whitespace or non-ASCII characters"),
        ({"token": "a b"}, "token is empty, or contains whitespace or non-ASCII characters"),
        ({"token": 'a"\n'}, "token is empty, or contains"),
        ({"email": "ada@example.test"}, "exclude each other"),
        ({"token": None, "base_url": None, "email": "ada@example.test"}, "password must be a non-empty"),
        ({"token": None, "base_url": None, "password": "x"}, "email must be a non-empty"),
        ({"auth": convirza.StaticToken("x")}, "exclude each other"),
        ({"base_url": ""}, "base_url does not begin with https://"),
        ({"base_url": "ftp://api.test"}, "base_url does not begin with https://"),
        ({"base_url": "https://"}, "base_url is not an address"),
        ({"base_url": "https://api.test:99999"}, "base_url is not an address"),
        ({"base_url": "https://ada:s3cret@api.test"}, "base_url contains a user name or a password"),
        ({"base_url": "https://api.test?a=s3cret"}, "base_url contains a query"),
        ({"base_url": "http://api.test/v3"}, "base_url would send the token unencrypted"),
        ({"base_url": "https://xn--a/"}, "base_url is not an address"),
        ({"base_url": "http://127.0.0.1.evil.test"}, "base_url would send the token unencrypted"),
        ({"base_url": 5}, "base_url does not begin with https://"),
        ({"drift": "loud"}, "unknown drift 'loud'"),
        ({"limiter": 5}, "limiter must be a RateLimiter"),
        *(({"max_body": value}, "max_body") for value in (0, -1, 1.5, True, None, "1")),
    ],
    ids=lambda each: str(each)[:40],
)
def test_invalid_setting_of_a_constructor_raises(settings, words):
    """One line says what is wrong and what to do, and shows no secret."""
    for kind in (Convirza, AsyncConvirza):
        with pytest.raises(ValueError, match=words) as caught:
            kind(**{"token": TOKEN, "base_url": URL, **settings})
        assert "s3cret" not in str(caught.value)
        assert isinstance(caught.value, ConfigurationError) or settings.keys() <= {"drift", "max_body"}
        assert ": " in str(caught.value)


@pytest.mark.parametrize("kind", [Convirza, AsyncConvirza])
def test_environment_is_read(kind, monkeypatch):
    """A token and an address come from it, and are refused by their names there."""
    assert repr(kind(token=TOKEN)) == f"{kind.__name__}(base_url='https://platform-api.convirza.com/v3')"
    monkeypatch.setenv("CONVIRZA_TOKEN", TOKEN)
    monkeypatch.setenv("CONVIRZA_BASE_URL", "http://localhost:5/v3/")
    assert repr(kind()) == f"{kind.__name__}(base_url='http://localhost:5/v3')"
    monkeypatch.setenv("CONVIRZA_BASE_URL", "http://api.test")
    with pytest.raises(ConfigurationError, match=r"^CONVIRZA_BASE_URL would send"):
        kind()
    monkeypatch.setenv("CONVIRZA_TOKEN", f"{TOKEN}\n")
    with pytest.raises(ConfigurationError, match=r"^CONVIRZA_TOKEN is empty") as caught:
        kind(base_url=URL)
    assert TOKEN not in str(caught.value)


# ---------------------------------------------------------------------------- a client's life


@pytest.mark.parametrize("way", OWN + INJECTED, ids=str)
@pytest.mark.parametrize("end", ["close", "__aexit__"])
def test_closed_client_sends_nothing(way, end):
    """After `close` or the end of its context, a call is an error of ours; an http_client stays open."""
    handler = Counting(way) if way.library else None
    with asking(way, handler=handler, base_url="http://127.0.0.1:9") as asker:
        close: Any = getattr(asker.client, end if way.is_async or end == "close" else "__exit__")
        for _ in range(2):
            asker.wait(close())
        with pytest.raises(TransportError, match="the client is closed"):
            asker.get()
        if handler:
            assert not handler.requests
            assert not asker.client._sender._connections.client().is_closed


def test_settings_of_a_passed_client_do_not_get_in_the_way(way, server):
    """Its base URL, its credentials and its timeout are not those of our requests."""
    http = {"base_url": "https://other.test", "auth": ("ada", "pw"), "timeout": None}
    with asking(way, handler=server, http=http) as asker:
        asker.get()
    (request,) = server.requests
    assert str(request.url) == f"{URL}/conversations/calls/987654"
    assert request.headers.get_list("authorization") == [f"Bearer {TOKEN}"]
    assert request.extensions["timeout"]["read"] == pytest.approx(30.0, abs=1.0)


@pytest.mark.parametrize("kind", [Convirza, AsyncConvirza])
def test_client_is_not_shown_pickled_or_copied(kind):
    """Its repr has the address only, as have those of its parts; a pickle would hold the token."""
    client = kind(token=TOKEN, headers={"X-Secret": "h34der"})
    for part in (client, client.calls, client.calls.with_raw_response, client._core):
        assert TOKEN not in repr(part)
        assert "h34der" not in repr(part)
    for again in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="create another"):
            again(client)


# ---------------------------------------------------------------------------- responses


def test_raw_response_has_the_complete_response(asker):
    """Status, headers in any case, request id, body, record, deviations, attempts and time."""
    response = asker.raw()
    assert response.status_code == 200
    assert response.headers["CONTENT-TYPE"] == "application/json"
    assert response.request_id == DOCUMENTED["request_id"]
    assert b'"call_id"' in response.content
    assert isinstance(response.parsed, Call)
    assert response.parsed.to_dict() == DOCUMENTED["data"]["result"]
    assert response.parsed == asker.get()
    assert response.deviations == ()
    assert response.attempts == 1
    assert response.elapsed >= 0
    assert repr(response).startswith("RawResponse(status_code=200, request_id='550e8400")


@pytest.mark.parametrize(
    ("kind", "wrong", "right"),
    [
        (Convirza, httpx.AsyncClient(), "httpx.Client"),
        (Convirza, httpx.Client, "httpx.Client"),
        (Convirza, httpx.HTTPTransport(), "httpx.Client"),
        (AsyncConvirza, httpx.Client(), "httpx.AsyncClient"),
        (AsyncConvirza, httpx.AsyncClient, "httpx.AsyncClient"),
        (AsyncConvirza, "httpx", "httpx.AsyncClient"),
    ],
)
def test_http_client_of_the_wrong_kind_is_rejected(kind, wrong, right):
    """At the start, with the class that is right, and not by an AttributeError at the first call."""
    with pytest.raises(ConfigurationError, match=f"{kind.__name__}: pass an instance of {right},"):
        kind(token=TOKEN, http_client=wrong)
