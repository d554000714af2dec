"""What the client sends."""

import datetime
import urllib.parse
from itertools import combinations

import attrs
import httpx
import pytest
import respx

from convirza_client import AuthenticatedClient, types
from convirza_client.api import OPERATIONS
from convirza_client.api.calls import get_call
from convirza_client.models import Call, CallModule, CallResponse
from convirza_client.types import UNSET

OK = httpx.Response(404, json={"code": 404, "message": "Call not found."})


def sent(fetch, client, *arguments, **keywords) -> httpx.Request:
    with respx.mock(base_url="https://api.test") as router:
        route = router.route().mock(return_value=OK)
        fetch(client, *arguments, **keywords)
    assert route.call_count == 1
    return route.calls.last.request


@pytest.mark.parametrize("call_id", [-1, 1, 987654, 2**53 + 1, 2**63 - 1])
def test_call_is_requested_by_its_id(fetch, client, call_id):
    """The id is in the path, complete, up to the largest 64-bit one."""
    request = sent(fetch, client, call_id)
    assert (request.method, str(request.url)) == ("GET", f"https://api.test/v3/conversations/calls/{call_id}")
    assert request.read() == b""


def test_path_is_quoted(fetch, client):
    """An id of the wrong type cannot reach another path."""
    request = sent(fetch, client, "1/../../users?x=1#y")
    assert request.url.raw_path == b"/v3/conversations/calls/1%2F..%2F..%2Fusers%3Fx%3D1%23y"


def test_include_is_sent_once_with_commas(fetch, client):
    """Every combination of modules is one parameter, separated by commas, in the order passed."""
    modules = list(reversed(CallModule))  # another order than the alphabet's
    for size in range(1, len(modules) + 1):
        for include in combinations(modules, size):
            query = f"include={','.join(module.value for module in include)}"
            url = get_call.build_request(987654, include=list(include)).url
            assert url == f"/conversations/calls/987654?{query}"
    assert sent(fetch, client, include=modules).url.query == query.encode()


@pytest.mark.parametrize("include", [UNSET, []])
def test_no_module_sends_no_parameter(fetch, client, include):
    """Without modules there is no query at all."""
    assert sent(fetch, client, include=include).url.query == b""


def test_include_takes_names_that_the_document_does_not_list(fetch, client):
    """The enumeration is open towards the server too, as strings and as members."""
    url = sent(fetch, client, include=["tags", CallModule("next year's, or & so")]).url
    assert url.query == b"include=tags,next%20year%27s%2C%20or%20%26%20so"


def test_queries_of_the_client_are_added(fetch):
    """Parameters that every request of an httpx client has stand beside those of the operation."""
    args = {"params": {"key": "k"}}
    client = AuthenticatedClient(base_url="https://api.test/v3", token="t", httpx_args=args)
    include = [CallModule.TAGS, CallModule.SUMMARY]
    assert sent(fetch, client, include=include).url.query == b"include=tags,summary&key=k"
    assert sent(fetch, client.with_headers({})).url.query == b"key=k"


def test_operations_are_those_of_the_document(document):
    """OPERATIONS has each operation with what the document says of it, and cannot be changed."""
    documented = {
        (operation["operationId"], method.upper(), path, frozenset(operation["responses"]))
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in ("get", "put", "post", "delete", "patch")
    }
    assert documented == {
        (each.id, each.method, each.path, frozenset(each.responses)) for each in OPERATIONS.values()
    }
    for each in OPERATIONS.values():
        assert each.safe_to_repeat == (each.method in {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})
        assert each.needs_token == bool(document["paths"][each.path][each.method.lower()]["security"])
    assert OPERATIONS["get_call"] is get_call.OPERATION
    assert (get_call.OPERATION.safe_to_repeat, get_call.OPERATION.responses["200"]) == (True, CallResponse)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        get_call.OPERATION.path = "/"


NOON = datetime.datetime(2026, 7, 1, 12)
SUMMER = datetime.timezone(datetime.timedelta(hours=2))


@pytest.mark.parametrize(
    ("value", "query"),
    [
        (True, "?p=true"),
        ([False, True], "?p=false,true"),
        (0, "?p=0"),
        ([], ""),
        ("", "?p="),
        (None, ""),
        (UNSET, ""),
        ("é+&=,/", "?p=%C3%A9%2B%26%3D%2C%2F"),
        (NOON.replace(tzinfo=datetime.UTC), "?p=2026-07-01T12%3A00%3A00.000Z"),
        ([NOON.replace(tzinfo=SUMMER, microsecond=5000)], "?p=2026-07-01T10%3A00%3A00.005Z"),
        (NOON.date(), "?p=2026-07-01"),
        (CallModule.TAGS, "?p=tags"),
    ],
    ids=str,
)
def test_parameters_are_written_as_the_api_has_them(value, query):
    """Booleans are lower case, times in UTC with Z, and only commas between items are literal."""
    assert types.to_query({"p": value}) == query
    text = urllib.parse.unquote(query.removeprefix("?p="))
    assert types.to_headers({"p": value}) == ({"p": text} if value is not UNSET and value is not None else {})


def test_datetime_without_a_zone_is_rejected():
    """The ValueError names the parameter, or the member of a model."""
    for write in (types.to_query, types.to_headers, lambda params: types.to_members({}, params)):
        with pytest.raises(ValueError, match=r"^start_date: the datetime has no time zone"):
            write({"start_date": [NOON]})
    with pytest.raises(ValueError, match=r"^call_started: "):
        Call(call_id=1, call_started=NOON).to_dict()


@pytest.mark.parametrize(("prefix", "value"), [("Token", "Token t"), ("", "t")])
def test_token_is_sent_in_the_named_header(fetch, prefix, value):
    """auth_header_name and prefix replace Authorization and Bearer."""
    client = AuthenticatedClient("https://api.test/v3", "t", prefix=prefix, auth_header_name="X-Key")
    headers = sent(fetch, client).headers
    assert (headers["x-key"], headers.get("authorization")) == (value, None)


def test_token_cannot_be_lost_to_own_headers(fetch):
    """A header of the caller does not replace or double the token's."""
    client = AuthenticatedClient(
        base_url="https://api.test/v3", token="right", headers={"Authorization": "Bearer wrong"}
    )
    assert sent(fetch, client).headers.get_list("authorization") == ["Bearer right"]
