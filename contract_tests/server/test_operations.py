"""Every operation of the document: it is served, needs its token, and has no other methods."""

from typing import Any

import httpx
import pytest

from support.contract import OPERATIONS, Operation
from support.server.facts import AUTHORIZATIONS, TARGET, needs_token
from support.server.operation_rules import RULES
from support.server.rules import walk
from support.server.samples import is_call_id, payload, repeated
from support.server.suite import GOOD, Suite

pytestmark = needs_token

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PATHS = {(each.prefix("/"), each.template): each for each in OPERATIONS.values()}.values()
"""An operation of each path."""


def each_operation(operations: Any) -> list[Any]:
    """Operations as parameters of a test; a live API gets only requests that read."""
    return [
        pytest.param(each, id=each.id, marks=() if each.is_live else pytest.mark.not_live)
        for each in operations
    ]


def producible(operation: Operation) -> list[set[int]]:
    """The documented statuses that the target can produce; of each set, one must be seen.

    Not those whose facts are not known: a success of a path with another id than a call's, or of a login.
    """
    rules = RULES.get(operation.id)
    documented = {*operation.statuses}
    in_path = [each for each in operation.parameters if each["in"] == "path"]
    calls = [each for each in in_path if is_call_id(operation, each)]
    others = [each for each in in_path if each not in calls and "enum" not in each.get("schema", {})]
    read = not (others or (calls and not TARGET.call_ids))
    if rules and rules.needs_login:
        read = TARGET.email is not None
    single = rules.statuses(TARGET) if rules else set()
    single |= {401} if operation.secured else set()
    single |= {403} if TARGET.forbidden_id and len(calls) == len(in_path) == 1 else set()
    single |= {404} if others or (calls and TARGET.missing_id) else set()
    takes_values = operation.body or any(each["in"] == "query" for each in operation.parameters)
    wanted = [{status} for status in single]
    wanted += [{status for status in documented if 200 <= status < 300}] if read else []
    wanted += [{400, 422}] if takes_values else []
    return [each & documented for each in wanted if each & documented]


@pytest.mark.requests(2)
@pytest.mark.parametrize("operation", each_operation(OPERATIONS.values()))
def test_operation_is_served(suite: Suite, operation: Operation) -> None:
    """The target knows the operation: not everything is a 404, or a page."""
    # A POST twice: the judge compares the ids of what is created.
    authorizations = (GOOD, None, GOOD) if operation.method == "POST" else (GOOD, None)
    responses = [suite.send(operation, authorization) for authorization in authorizations]
    statuses = {response.status_code for response in responses}
    in_path = "{" in operation.template and not operation.secured and 404 in operation.statuses
    pages = [each.headers.get("content-type", "").startswith("text/html") for each in responses]
    declared = {media for each in operation.responses.values() for media in each.get("content", {})}
    unknown = statuses <= {404, 405, 501} and not in_path
    assert not unknown, f"the target does not serve {operation}: every response is a 404, 405 or 501"
    assert "text/html" in declared or not all(pages), f"the target does not serve {operation}: it sends pages"


@pytest.mark.parametrize("operation", each_operation(each for each in OPERATIONS.values() if each.body))
def test_what_was_sent_is_returned(suite: Suite, operation: Operation) -> None:
    """A member that is the same in the document's examples of request and response is the same here."""
    response = suite.send(operation)
    wanted = repeated(operation, response.status_code)
    returned = payload(response.json()) if wanted else {}
    assert [name for name in wanted if returned.get(name) != wanted[name]] == []


@pytest.mark.parametrize(
    "operation",
    each_operation(each for each in OPERATIONS.values() if each.secured and each.id != "get_call"),
)
@pytest.mark.parametrize("authorization", AUTHORIZATIONS[:2] if TARGET.live else AUTHORIZATIONS)
def test_operation_needs_its_token(suite: Suite, operation: Operation, authorization: str | None) -> None:
    """Without the token the status is 401, whatever the operation."""
    assert suite.send(operation, authorization).status_code == 401


@pytest.mark.not_live
@pytest.mark.parametrize(
    ("operation", "method"),
    [
        pytest.param(each, method, id=f"{method}-{each.template}")
        for each in PATHS
        for method in METHODS
        if method not in each.methods
    ],
)
def test_other_methods_are_rejected(suite: Suite, operation: Operation, method: str) -> None:
    """A method that the document does not have is refused, with and without the token."""
    for authorization in (GOOD, None):
        status = suite.send(operation, authorization, method=method).status_code
        assert 400 <= status < 500 or status == 501


@pytest.mark.not_live
@pytest.mark.parametrize("operation", each_operation(each for each in PATHS if "HEAD" not in each.methods))
def test_head_does_not_replace_the_token(suite: Suite, operation: Operation) -> None:
    """HEAD is like GET, or refused: it neither fails nor needs less."""
    with_token, without = (
        suite.send(operation, authorization, method="HEAD").status_code for authorization in (GOOD, None)
    )
    assert with_token < 500 or with_token == 501
    assert without in ({401} if with_token < 300 and operation.secured else {*range(200, 500), 501})


def items_of(method: str, item_method: str) -> list[Any]:
    """Pairs of an operation of a collection and of one of its items, as `/calls` and `/calls/{id}`."""
    return [
        pytest.param(
            each, item, id=f"{each.id}-{item.id}", marks=() if each.is_live else pytest.mark.not_live
        )
        for each in OPERATIONS.values()
        for item in OPERATIONS.values()
        if (each.method, item.method) == (method, item_method)
        and item.template.rpartition("/")[0] == each.template
        and item.template.endswith("}")
    ]


def find_ids(response: httpx.Response, name: str) -> list[Any]:
    """The ids of the items in a JSON body, of the member with this name; `id` may have a prefix."""
    if response.status_code >= 300 or "json" not in response.headers.get("content-type", ""):
        return []
    body, found = response.json(), []
    for each in [body.get("data"), body] if isinstance(body, dict) else [body]:
        for member, value in walk(each):
            if member == name or (name == "id" and member.endswith("_id") and member != "request_id"):
                found.append(value)
        if found:
            break
    return found


@pytest.mark.requests(2)
@pytest.mark.parametrize(("operation", "item"), items_of("GET", "GET"))
def test_listed_item_is_found(suite: Suite, operation: Operation, item: Operation) -> None:
    """The first item of a list can be read by its id."""
    name = item.template.rpartition("{")[2][:-1]
    if ids := find_ids(suite.send(operation), name):
        found = suite.send(item, **{name: ids[0]})
        assert found.status_code == 200
        assert ids[0] in find_ids(found, name)


@pytest.mark.parametrize(("operation", "item"), [*items_of("POST", "GET"), *items_of("POST", "DELETE")])
def test_created_item_is_found_until_it_is_deleted(
    suite: Suite, operation: Operation, item: Operation
) -> None:
    """What was created can be read by its id, or deleted, and then it is there no more."""
    name = item.template.rpartition("{")[2][:-1]
    if ids := find_ids(suite.send(operation), name):
        assert suite.send(item, **{name: ids[0]}).status_code < 300
        readers = [each for each in OPERATIONS.values() if each.template == item.template and each.is_live]
        if item.method == "DELETE":
            assert [each.id for each in readers if suite.send(each, **{name: ids[0]}).status_code < 300] == []


@pytest.mark.last
@pytest.mark.parametrize("operation", each_operation(OPERATIONS.values()))
def test_every_status_was_seen(suite: Suite, operation: Operation, request: pytest.FixtureRequest) -> None:
    """Each operation had a judged response with each documented status that the target can produce."""
    items = {item.nodeid.partition("::")[0].rpartition("/")[2] for item in request.session.items}
    if not {"test_schemathesis.py", "test_access.py", "test_lists.py", "test_tokens.py"} <= items:
        pytest.skip("not all of contract_tests/server runs")
    judged = {status for name, status in suite.judge.judged if name == operation.id}
    assert judged, f"{operation}: no response was judged"
    missing = [" or ".join(map(str, sorted(each))) for each in producible(operation) if not each & judged]
    assert not missing, f"{operation}: never seen: {', '.join(missing)}"
