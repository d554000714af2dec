"""House rules of the document: examples, errors and evidence.

A rule is a function from the document to its complaints.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from support.document import (
    ROOT,
    Document,
    branches,
    component_schemas,
    find,
    is_free_form,
    is_object,
    is_reference_to,
    operations,
    parameters,
    properties,
    reachable,
    record_schemas,
    resolved,
    responses,
    rule,
    schemas,
    walk,
)

# ---------------------------------------------------------------------------- rules: examples


@rule
def every_property_has_examples(document: Document) -> list[str]:
    """The examples are the expected values of other tests."""
    return [
        f"{place}/examples: write a list with at least one example"
        for place, _, schema in properties(document)
        if not schema.get("examples")
    ] + [
        f"{place}/example: write examples, a list; example is of OpenAPI 3.0"
        for place, schema in schemas(document)
        if "example" in schema and not place.endswith("/properties")
    ]


@rule
def parameters_and_responses_have_named_examples(document: Document) -> list[str]:
    """A named example is a case that the fake API and the tests can request."""
    holders = [*parameters(document)]
    for place, response in responses(document):
        holders += [(f"{place}/content/{kind}", media) for kind, media in response.get("content", {}).items()]
    return [
        f"{place}/examples: write at least one named example with summary and value"
        for place, holder in holders
        if not holder.get("examples")
        or not all({"summary", "value"} == set(example) for example in holder["examples"].values())
    ]


@rule
def examples_fit_their_schemas(document: Document) -> list[str]:
    """Every example and default, formats included."""
    complaints = []
    for place, value, schema in examples(document):
        rooted = {**schema, "components": document["components"]}
        validator = jsonschema_rs.Draft202012Validator(rooted, validate_formats=True)
        for error in validator.iter_errors(value):
            inside = "".join(f"/{part}" for part in error.instance_path)
            complaints.append(f"{place}{inside}: {error.message}; mend the example or the schema")
    return complaints


def examples(document: Document) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Every example and default in the document: pointer, value, schema."""
    holders = [*parameters(document)]
    for place, response in responses(document):
        for kind, media in response.get("content", {}).items():
            holders.append((f"{place}/content/{kind.replace('/', '~1')}", media))
    for place, holder in holders:
        for name, example in holder.get("examples", {}).items():
            yield f"{place}/examples/{name}/value", example.get("value"), holder.get("schema", {})
    for place, schema in schemas(document):
        for index, value in enumerate(schema.get("examples", [])):
            yield f"{place}/examples/{index}", value, schema
        if "default" in schema:
            yield f"{place}/default", schema["default"], schema


# ---------------------------------------------------------------------------- rules: errors and evidence


@rule
def errors_are_shared_responses(document: Document) -> list[str]:
    """One place for each error, with an example whose code is the status."""
    complaints = []
    for place, operation in operations(document):
        for status, response in operation["responses"].items():
            if "$ref" not in response:
                complaints.append(
                    f"{place}/responses/{status}: move it to /components/responses and refer to it"
                )
            if not re.fullmatch(r"[1-5]\d\d", str(status)):
                complaints.append(f"{place}/responses/{status}: write a status, such as '404'")
                continue
            for kind, media in resolved(document, response).get("content", {}).items():
                if int(status) >= 400 and not is_reference_to(media.get("schema", {}), "Error"):
                    complaints.append(f"{place}/responses/{status}: write the schema Error for {kind}")
                for name, example in media.get("examples", {}).items():
                    code = example["value"].get("code")
                    if code != int(status):
                        complaints.append(
                            f"{place}/responses/{status}: example {name}: code is {code}; write {status}"
                        )
    return complaints


GRADES = ("public-docs", "inferred")


@rule
def evidence_has_a_grade_and_a_reason(document: Document) -> list[str]:
    """What is not on the reference page has its source."""
    complaints = []
    for place, node in walk(document):
        if place.endswith("/properties") or not {"x-evidence", "x-evidence-reason"} & set(node):
            continue
        if node.get("x-evidence") not in GRADES:
            complaints.append(
                f"{place}/x-evidence: {node.get('x-evidence')}; write one of {', '.join(GRADES)}"
            )
        reason = str(node.get("x-evidence-reason") or "").strip()
        if not (reason[:1].isalpha() and reason.endswith(".")):
            complaints.append(f"{place}/x-evidence-reason: {reason!r}; write why, in a sentence with a dot")
    return complaints


UNDOCUMENTED = {
    "/components/parameters/Include": "inferred",  # its separator
    "/components/schemas/CallModule": "inferred",
    "/components/schemas/CallDisposition": "public-docs",
    "/components/schemas/CallFlow": "inferred",
    "/components/schemas/CallListData": "inferred",  # the name of its array
    "/components/schemas/Call/properties/call_flow": "public-docs",
    "/components/schemas/Error": "inferred",
    "/components/schemas/Id": "inferred",  # its bounds
    "/components/schemas/Timestamp": "inferred",  # its pattern
}
"""What facts.md does not count as documented, beside error bodies and nullability."""


@rule
def undocumented_facts_are_marked(document: Document) -> list[str]:
    """The reference page shows no error body, no enumeration, no bound and no null."""
    expected = dict(UNDOCUMENTED)
    for _, operation in operations(document):
        for status, response in operation["responses"].items():
            if str(status) >= "400" and "$ref" in response:
                expected[response["$ref"].removeprefix("#")] = "inferred"
    for name in record_schemas(document):
        if not is_free_form(component_schemas(document)[name]):
            expected[f"/components/schemas/{name}"] = "inferred"  # which members may be null
    # The reference page shows get_call and nothing else.
    shown = reachable(document, document["paths"]["/conversations/calls/{id}"])
    unmarked = {place: node for place, node in operations(document) if node.get("operationId") != "get_call"}
    unmarked |= {
        place.removeprefix("#"): find(document, place)
        for place in reachable(document, document["paths"]) - shown
    }
    complaints = [
        f"{place}/x-evidence: None; write where this comes from, with x-evidence-reason"
        for place, node in unmarked.items()
        if "x-evidence" not in node
    ]
    for place, grade in expected.items():
        try:
            marked = find(document, place).get("x-evidence")
        except KeyError:
            marked = "nothing there"
        if marked != grade:
            complaints.append(f"{place}/x-evidence: {marked}; write {grade}, with x-evidence-reason")
    return complaints


REFERENCES = {
    "CallResponse": "get_call.200.json",
    "SmsConversationListResponse": "list_sms.200.json",
    "TokenPair": "token_pair.json",
}
"""The examples of the vendor's pages, by the schema that describes them."""


def reference(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((ROOT / "contract_tests/spec" / name).read_text("utf-8"))
    return body


@rule
def records_are_those_of_the_vendor(document: Document) -> list[str]:
    """Every key of an example is a property, and every other property has its source."""
    return [
        complaint
        for schema, name in REFERENCES.items()
        for complaint in _compare(document, component_schemas(document)[schema], reference(name), schema)
    ]


def _compare(document: Document, schema: dict[str, Any], value: Any, place: str) -> Iterator[str]:
    parts = list(branches(document, schema))
    if isinstance(value, list):
        items = [part["items"] for part in parts if "items" in part]
        if not items:
            yield f"{place}: the reference page shows a list; write type: array with items"
        for item in value:
            for inner in items:
                yield from _compare(document, inner, item, f"{place}[]")
    elif isinstance(value, dict):
        objects = [part for part in parts if is_object(part)]
        if not objects:
            yield f"{place}: the reference page shows an object; write one"
        for part in objects:
            members = part.get("properties", {})
            if is_free_form(part):
                continue
            for name in [name for name in value if name not in members]:
                yield f"{place}.{name}: is on the reference page; add the property"
            for name in [name for name in members if name not in value and "x-evidence" not in members[name]]:
                yield f"{place}.{name}: is not on the reference page; mark it with x-evidence"
            for name in members.keys() & value.keys():
                first = members[name].get("examples", [None])[0]
                if not isinstance(value[name], list | dict) and first != value[name]:
                    yield f"{place}.{name}: its first example is not that of the reference page"
                yield from _compare(document, members[name], value[name], f"{place}.{name}")
