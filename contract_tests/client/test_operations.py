"""What holds for the functions of every operation; arguments are the examples of the document."""

import asyncio
import importlib
import inspect
import json
from typing import Any, get_args, get_type_hints
from urllib.parse import quote

import httpx
import pytest

from convirza_client import AuthenticatedClient, types
from convirza_client.api import OPERATIONS
from support.document import load, operations, resolved

DOCUMENT = load()
DOCUMENTED = {operation["operationId"]: operation for _, operation in operations(DOCUMENT)}
WAYS = ("sync_detailed", "asyncio_detailed", "sync", "asyncio")
PARSERS = {"date-time": types.parse_datetime, "date": types.parse_date}


def module_of(operation_id: str) -> Any:
    tag = DOCUMENTED[operation_id]["tags"][0]
    return importlib.import_module(f"convirza_client.api.{tag}.{operation_id}")


def example(media: dict[str, Any]) -> Any:
    """The last example of a parameter or a media type; the first ones are the simpler ones."""
    return list(media["examples"].values())[-1]["value"]


def parameters(operation_id: str) -> list[tuple[str, str, Any]]:
    """The place, name and Python value of each parameter."""
    found = []
    for each in DOCUMENTED[operation_id].get("parameters", []):
        parameter = resolved(DOCUMENT, each)
        schema = resolved(DOCUMENT, parameter["schema"])
        parse = PARSERS.get(schema.get("format", ""), types.parse_any)
        found.append((parameter["in"], parameter["name"], parse(example(parameter))))
    return found


def arguments_of(operation_id: str) -> dict[str, Any]:
    """An argument for each parameter, and a body if there is one."""
    hints = get_type_hints(module_of(operation_id).build_request)
    python = {name: name if name in hints else f"{name}_" for _, name, _ in parameters(operation_id)}
    arguments = {python[name]: value for _, name, value in parameters(operation_id)}
    if body := DOCUMENTED[operation_id].get("requestBody"):
        media = next(iter(resolved(DOCUMENT, body)["content"].values()))
        model = next(
            iter(get_args(hints["body"])), hints["body"]
        )  # of several, or of one and Unset, the first
        arguments["body"] = model.from_dict(example(media))
    return arguments


def send(operation_id: str, way: str, client: AuthenticatedClient) -> Any:
    """What a function of the operation returns."""
    function = getattr(module_of(operation_id), way)
    if way.startswith("sync"):
        return function(client=client, **arguments_of(operation_id))
    return asyncio.run(function(client=client, **arguments_of(operation_id)))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_function_sends_every_argument_and_nothing_else(operation_id, way):
    """Path, query, headers and body are those of the arguments, and the token is sent once."""
    sent = []

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(418, content=b"body", headers={"x-header": "1"})

    transport = httpx.MockTransport(respond)
    client = AuthenticatedClient("https://api.test/v3", "canary", httpx_args={"transport": transport})
    operation, given = OPERATIONS[operation_id], parameters(operation_id)
    if not hasattr(module_of(operation_id), way):
        assert set(operation.responses.values()) == {None}
        return
    result = send(operation_id, way, client)
    [request] = sent
    by_place = {
        place: {name: value for where, name, value in given if where == place}
        for place in ("path", "query", "header", "cookie")
    }
    path = operation.path.format(
        **{name: quote(str(value), safe="") for name, value in by_place["path"].items()}
    )
    assert request.method == operation.method
    assert request.url.raw_path.decode() == f"/v3{path}{types.to_query(by_place['query'])}"
    built = module_of(operation_id).build_request(**arguments_of(operation_id))
    body = {name: value for name, value in built.options.items() if name in ("json", "data", "files")}
    assert request.read() == httpx.Request("POST", "https://api.test", **body).read()
    assert bool(body) == ("requestBody" in DOCUMENTED[operation_id])
    headers = {name.lower() for name in (*by_place["header"], *built.options.get("headers", {}))}
    if body:
        headers |= {"content-type", "content-length"}
    if by_place["cookie"]:
        headers.add("cookie")
    own = {"host", "accept", "accept-encoding", "connection", "user-agent", "authorization"}
    assert set(request.headers) == own | headers
    assert request.headers.get_list("authorization") == ["Bearer canary"]
    assert [name for name, value in request.headers.items() if "canary" in value] == ["authorization"]
    if way.endswith("detailed"):
        assert (result.status_code, result.content, result.headers["x-header"]) == (418, b"body", "1")
        assert result.parsed is None
    else:
        assert result is None


EXAMPLES = [
    pytest.param(
        operation_id, int(status), resolved(DOCUMENT, given)["value"], id=f"{operation_id}-{status}-{name}"
    )
    for operation_id, operation in DOCUMENTED.items()
    for status, response in operation["responses"].items()
    for media in resolved(DOCUMENT, response).get("content", {}).values()
    for name, given in media["examples"].items()
]


@pytest.mark.parametrize(("operation_id", "status", "body"), EXAMPLES)
def test_documented_response_is_read_and_written_back(operation_id, status, body):
    """Each example of a response becomes the model of its status, which has all of it."""
    transport = httpx.MockTransport(lambda request: httpx.Response(status, json=body))
    client = AuthenticatedClient("https://api.test/v3", "canary", httpx_args={"transport": transport})
    parsed = send(operation_id, "sync_detailed", client).parsed
    assert type(parsed) is OPERATIONS[operation_id].responses[str(status)]
    assert json.dumps(parsed.to_dict(), sort_keys=True) == json.dumps(body, sort_keys=True)


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_functions_of_an_operation_have_one_signature(operation_id):
    """All take the same arguments."""
    functions = [getattr(module_of(operation_id), way, None) for way in WAYS]
    signatures = {str(inspect.signature(each).parameters) for each in functions if each is not None}
    assert len(signatures) == 1
