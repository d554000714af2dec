"""The OpenAPI document: valid, true to the reference page, and written by the house rules.

The rules are in support/spec/document_rules.py and document_facts.py; each complaint names a place and what
to write there. `DAMAGES` proves every rule: it damages a copy of the document and expects the complaint.
"""

import json

import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

import support.spec.document_rules  # noqa: F401  # adds its rules
from support.document import ROOT, RULES, Document, find, load, operations, resolved, responses, schemas, walk
from support.spec.bad_documents import CALL, GET, GONE, LIST, PARAMETERS, RESPONSES, SCHEMAS, damaged
from support.spec.document_facts import UNDOCUMENTED, reference

# ---------------------------------------------------------------------------- the rules, proved


DAMAGES: list[tuple[str, str, object, str]] = [
    ("every_component_is_used", f"{SCHEMAS}/Spare", {"type": "string"}, "schemas/Spare"),
    (
        "every_component_is_used",
        f"{SCHEMAS}/Spare",
        {"items": {"$ref": f"#{SCHEMAS}/Spare"}},
        "schemas/Spare",
    ),
    ("every_component_is_used", "/components/securitySchemes/key", {"type": "apiKey"}, "securitySchemes/key"),
    ("operation_ids_are_snake_case", f"{GET}/operationId", "getCall", "getCall"),
    ("operation_ids_are_snake_case", f"{GET}/operationId", GONE, "None"),
    ("one_declared_tag_per_operation", f"{GET}/tags", ["calls", "more"], "exactly one"),
    ("one_declared_tag_per_operation", f"{GET}/tags", ["cals"], "cals"),
    ("one_declared_tag_per_operation", f"{GET}/tags", GONE, "None"),
    ("schemas_are_pascal_case", f"{SCHEMAS}/call_note", {"type": "string"}, "schemas/call_note"),
    ("summaries_are_in_sentence_case", f"{GET}/summary", "Get Call By ID", "Get Call By ID"),
    ("summaries_are_in_sentence_case", f"{GET}/summary", "Get call by ID.", "without a dot"),
    ("summaries_are_in_sentence_case", f"{GET}/summary", GONE, "summary: ''"),
    ("descriptions_are_full_sentences", f"{CALL}/duration/description", GONE, "duration/description"),
    ("descriptions_are_full_sentences", f"{CALL}/duration/description", "in seconds.", "capital first"),
    ("descriptions_are_full_sentences", f"{CALL}/duration/description", "Length in seconds", "dot last"),
    ("descriptions_are_full_sentences", f"{PARAMETERS}/Include/description", GONE, "Include"),
    ("descriptions_are_full_sentences", f"{RESPONSES}/NotFound/description", "none", "NotFound"),
    ("descriptions_are_full_sentences", f"{SCHEMAS}/Tag/description", "", "schemas/Tag"),
    ("numbers_and_times_name_their_unit", f"{CALL}/duration/description", "Length.", "in seconds"),
    ("numbers_and_times_name_their_unit", f"{CALL}/call_started/description", "Start of the call.", "'UTC'"),
    ("numbers_and_times_name_their_unit", f"{CALL}/wait", {"type": ["integer", "null"]}, "'Call.wait'"),
    ("numbers_and_times_name_their_unit", f"{CALL}/wait_time", {"type": "string"}, "'Call.wait_time'"),
    ("only_ids_are_sure", f"{SCHEMAS}/Call/required", ["call_id", "duration"], "Call/required"),
    ("only_ids_are_sure", f"{SCHEMAS}/Call/required", GONE, "['call_id']"),
    ("only_ids_are_sure", f"{SCHEMAS}/Tag/required", ["tag_id"], "Tag/required"),
    ("only_ids_are_sure", f"{CALL}/duration/type", "integer", "properties/duration"),
    ("only_ids_are_sure", f"{CALL}/call_id", {"anyOf": [{"type": "null"}]}, "never null"),
    ("only_ids_are_sure", f"{CALL}/disposition/anyOf/1", GONE, "properties/disposition"),
    (
        "only_ids_are_sure",
        f"{SCHEMAS}/CustomSource/properties/custom_source_name/type",
        "string",
        "CustomSource",
    ),
    ("objects_are_open", f"{SCHEMAS}/Tag/additionalProperties", True, "schemas/Tag"),
    ("every_response_has_json", f"{RESPONSES}/NotFound/content", GONE, "NotFound/content"),
    ("every_property_has_examples", f"{CALL}/duration/examples", GONE, "duration/examples"),
    ("every_property_has_examples", f"{CALL}/duration/examples", [], "duration/examples"),
    ("every_property_has_examples", f"{CALL}/duration/example", 182, "duration/example:"),
    ("parameters_and_responses_have_named_examples", f"{PARAMETERS}/CallId/examples", GONE, "CallId"),
    (
        "parameters_and_responses_have_named_examples",
        f"{RESPONSES}/NotFound/content/application~1json/examples/unknown_call/summary",
        GONE,
        "NotFound",
    ),
    ("examples_fit_their_schemas", f"{CALL}/duration/examples", ["182"], "duration/examples/0"),
    ("examples_fit_their_schemas", f"{CALL}/call_started/examples", ["yesterday"], "call_started/examples/0"),
    ("examples_fit_their_schemas", f"{SCHEMAS}/RequestId/examples", ["no-uuid"], "RequestId/examples/0"),
    ("examples_fit_their_schemas", f"{CALL}/tags/examples", [[{"tag_id": "x"}]], "tags/examples/0/0/tag_id"),
    ("examples_fit_their_schemas", f"{PARAMETERS}/CallId/examples/documented/value", 0, "CallId"),
    ("examples_fit_their_schemas", f"{SCHEMAS}/CallModule/default", "nope", "CallModule/default"),
    (
        "examples_fit_their_schemas",
        f"{RESPONSES}/CallFound/content/application~1json/examples/documented/value/data/result/call_id",
        None,
        "/data/result/call_id",
    ),
    ("errors_are_shared_responses", f"{GET}/responses/404", {"description": "None."}, "move it"),
    ("errors_are_shared_responses", f"{GET}/responses/404/$ref", f"#{RESPONSES}/Forbidden", "write 404"),
    ("errors_are_shared_responses", f"{GET}/responses/4XX", {"description": "No."}, "write a status"),
    ("errors_are_shared_responses", f"{GET}/responses/404/$ref", f"#{RESPONSES}/CallFound", "schema Error"),
    ("evidence_has_a_grade_and_a_reason", f"{SCHEMAS}/Id/x-evidence", "guessed", "guessed"),
    ("evidence_has_a_grade_and_a_reason", f"{SCHEMAS}/Id/x-evidence", GONE, "Id/x-evidence:"),
    ("evidence_has_a_grade_and_a_reason", f"{SCHEMAS}/Id/x-evidence-reason", GONE, "Id/x-evidence-reason"),
    (
        "evidence_has_a_grade_and_a_reason",
        f"{CALL}/caller_id/x-evidence",
        "inferred",
        "caller_id/x-evidence-reason",
    ),
    *(("undocumented_facts_are_marked", f"{place}/x-evidence", GONE, place) for place in UNDOCUMENTED),
    ("undocumented_facts_are_marked", f"{SCHEMAS}/Tag/x-evidence", GONE, "schemas/Tag"),
    ("undocumented_facts_are_marked", f"{LIST}/x-evidence", GONE, "calls/get"),
    ("undocumented_facts_are_marked", f"{PARAMETERS}/Limit/x-evidence", GONE, "Limit"),
    ("undocumented_facts_are_marked", "/components/requestBodies/Login", {}, "requestBodies/Login"),
    ("undocumented_facts_are_marked", f"{RESPONSES}/NotFound/x-evidence", GONE, "NotFound"),
    ("undocumented_facts_are_marked", f"{SCHEMAS}/CallDisposition/x-evidence", "inferred", "write public"),
    ("records_are_those_of_the_vendor", f"{CALL}/duration", GONE, "result.duration"),
    ("records_are_those_of_the_vendor", f"{CALL}/length", {"type": "string"}, "mark it"),
    ("records_are_those_of_the_vendor", f"{SCHEMAS}/Tag/properties/tag_name", GONE, "tags[].tag_name"),
    (
        "records_are_those_of_the_vendor",
        f"{SCHEMAS}/CustomSource/properties/custom_source_id",
        GONE,
        "custom_source_type_5.custom_source_id",
    ),
    ("records_are_those_of_the_vendor", f"{CALL}/tags", {"type": "string"}, "shows a list"),
    ("records_are_those_of_the_vendor", f"{SCHEMAS}/TokenUser/properties/role_id", GONE, "user.role_id"),
    ("records_are_those_of_the_vendor", f"{CALL}/call_detail", {"type": "string"}, "shows an object"),
]


LAWS = {law.__name__: law for law in RULES}


@pytest.mark.parametrize("law", LAWS)
def test_document_keeps_the_rule(law: str) -> None:
    """The document has no finding of a rule."""
    complaints = LAWS[law](load())
    assert not complaints, "openapi/openapi.yaml:\n" + "\n".join(complaints)


@pytest.mark.parametrize(
    ("law", "pointer", "value", "says"),
    DAMAGES,
    ids=[f"{law}-{number}" for number, (law, *_) in enumerate(DAMAGES)],
)
def test_rule_sees_the_damage(law: str, pointer: str, value: object, says: str) -> None:
    """A rule complains of a damaged copy of the document and names the place."""
    complaints = LAWS[law](damaged(load(), pointer, value))
    assert any(says in complaint for complaint in complaints), f"{says!r} is not in {complaints}"


def test_every_rule_is_proved() -> None:
    """No rule is without a damage that it must see."""
    assert LAWS.keys() == {law for law, *_ in DAMAGES}, "add the missing rules to DAMAGES"


# ---------------------------------------------------------------------------- the whole


def test_document_is_valid_openapi() -> None:
    """The validator of OpenAPI 3.1 finds nothing."""
    document = load()
    assert document["openapi"].startswith("3.1."), "write openapi: 3.1.x"
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_document_is_one_file() -> None:
    """No other YAML or JSON lies beside the document that somebody could take for a part of it."""
    settings = {"generator.yaml", "redocly.yaml", "spectral.yaml"}
    beside = {
        path.name for path in (ROOT / "openapi").rglob("*") if path.suffix in {".yaml", ".yml", ".json"}
    }
    assert beside == {"openapi.yaml"} | settings, (
        "put everything into openapi.yaml: the generator reads one file"
    )


@pytest.mark.parametrize(
    ("response", "place"),
    [
        ("CallFound", ("get_call.200.json",)),
        ("SmsConversationsListed", ("list_sms.200.json",)),
        ("TokensIssued", ("token_pair.json", "data")),
    ],
)
def test_examples_are_those_of_the_vendor(response: str, place: tuple[str, ...]) -> None:
    """The documented examples are the reference JSON, value by value and type by type."""
    media = load()["components"]["responses"][response]["content"]["application/json"]
    example = media["examples"]["documented"]["value"]
    for name in place[1:]:
        example = example[name]
    assert json.dumps(example, indent=1) == json.dumps(reference(place[0]), indent=1), (
        f"/components/responses/{response}: write the example as contract_tests/spec/{place[0]} has it"
    )


def test_reference_has_all_its_keys() -> None:
    """The record of the reference JSON has the 26 keys that the page shows."""
    assert len(reference("get_call.200.json")["data"]["result"]) == 26


def test_document_states_the_facts() -> None:
    """Addresses, parameters, statuses, enumerations, bounds are those of the vendor's pages, and no more."""
    document = load()
    facts = yaml.safe_load((ROOT / "contract_tests/spec/facts.yaml").read_text("utf-8"))
    found = {operation["operationId"]: _facts(document, place) for place, operation in operations(document)}
    assert found == facts["operations"], "write what the vendor's pages state into facts.yaml"
    limits = {place.removeprefix(SCHEMAS + "/"): _limits(schema) for place, schema in schemas(document)}
    limits = {place.replace("/properties/", "."): limit for place, limit in limits.items() if limit}
    assert {place: limit for place, limit in limits.items() if place[0] != "/"} == facts["limits"]
    assert not [place for place, node in walk(document) if "deprecated" in node]
    assert not [place for place, response in responses(document) if "headers" in response]
    found = {name: document["components"]["responses"][name]["description"] for name in facts["texts"]}
    assert found == facts["texts"]


LIMITS = set(
    """
    required enum format pattern default readOnly writeOnly uniqueItems multipleOf minimum maximum
    exclusiveMinimum exclusiveMaximum minLength maxLength minItems maxItems minProperties maxProperties
    """.split()  # noqa: SIM905
)


def _limits(schema: dict[str, object]) -> str:
    """What restricts a value, in the order of the document."""
    limits = {name: value for name, value in schema.items() if name in LIMITS}
    return ", ".join(
        f"{name} {','.join(value) if isinstance(value, list) else value}" for name, value in limits.items()
    )


def _facts(document: Document, place: str) -> dict[str, object]:
    path, method = place.split("/")[2:]
    operation = find(document, place)
    (server,) = find(document, place.rpartition("/")[0]).get("servers", document["servers"])
    given = [resolved(document, parameter) for parameter in operation.get("parameters", [])]
    if "requestBody" in operation:
        (media,) = resolved(document, operation["requestBody"])["content"].values()
        body = resolved(document, media["schema"])
        given += [
            {"name": name, "required": name in body["required"], "schema": schema}
            for name, schema in body["properties"].items()
        ]
    secured = [
        document["components"]["securitySchemes"][name] for need in operation["security"] for name in need
    ]
    return {
        "evidence": operation.get("x-evidence", "documented"),
        "request": f"{method.upper()} {server['url']}{path.replace('~1', '/')}",
        "security": ", ".join(scheme["scheme"] for scheme in secured) or "none",
        "parameters": [_parameter(document, parameter) for parameter in given],
        "responses": list(operation["responses"]),
    }


def _parameter(document: Document, parameter: dict[str, object]) -> str:
    schema = resolved(document, parameter["schema"])
    bounds = [str(schema.get(name, "")) for name in ("minimum", "maximum")]
    values = resolved(document, schema.get("items", schema)).get("enum", [])
    return " ".join(
        [
            f"{parameter['name']}{'!' if parameter['required'] else ''}",
            *([schema["format"]] if schema.get("format") == "date-time" else []),
            *(["..".join(bounds)] if any(bounds) else []),
            *([f"..{schema['maxLength']}"] if "maxLength" in schema else []),
            *([",".join(values)] if values and parameter["name"] != "include" else []),
            *([f"={schema['default']}"] if "default" in schema else []),
            *(["(inferred)"] if parameter.get("x-evidence") == "inferred" else []),
        ]
    )
