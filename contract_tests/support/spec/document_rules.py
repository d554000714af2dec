"""House rules of the document: names, words and shapes.

A rule is a function from the document to its complaints. What scripts/generate.py refuses is no rule here.
"""

import re

from support.document import (
    RECORDS,
    Document,
    admits_null,
    component_schemas,
    is_free_form,
    is_reference_to,
    operations,
    parameters,
    properties,
    reachable,
    record_schemas,
    responses,
    rule,
    schemas,
    types,
)

# ---------------------------------------------------------------------------- rules: references


@rule
def every_component_is_used(document: Document) -> list[str]:
    """A component that no operation reaches is not tested by anything."""
    reached = reachable(document, document["paths"])
    required = [*document.get("security", [])]
    required += [need for _, operation in operations(document) for need in operation.get("security", [])]
    reached |= {f"#/components/securitySchemes/{name}" for need in required for name in need}
    return [
        f"/components/{section}/{name}: no operation uses it; use it or remove it"
        for section, components in document["components"].items()
        for name in components
        if f"#/components/{section}/{name}" not in reached
    ]


# ---------------------------------------------------------------------------- rules: names and words


@rule
def operation_ids_are_snake_case(document: Document) -> list[str]:
    """The operationId is the name of a module and of a function."""
    return [
        f"{place}/operationId: {operation.get('operationId')}; write a name of its own such as get_call"
        for place, operation in operations(document)
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", operation.get("operationId", ""))
    ]


@rule
def one_declared_tag_per_operation(document: Document) -> list[str]:
    """The tag is the name of the package that the operation's module lies in."""
    declared = [tag["name"] for tag in document.get("tags", [])]
    return [
        f"{place}/tags: {operation.get('tags')}; write exactly one of {declared}, or declare it in /tags"
        for place, operation in operations(document)
        if len(operation.get("tags", [])) != 1 or operation["tags"][0] not in declared
    ]


@rule
def schemas_are_pascal_case(document: Document) -> list[str]:
    """The name of a schema is the name of a class."""
    return [
        f"/components/schemas/{name}: write a PascalCase name such as CallDetail"
        for name in component_schemas(document)
        if not re.fullmatch(r"([A-Z][a-z0-9]+)+", name)
    ]


@rule
def summaries_are_in_sentence_case(document: Document) -> list[str]:
    """One capital at the start, none later but in acronyms, and no dot at the end."""
    return [
        f"{place}/summary: {summary!r}; write it in sentence case without a dot, such as 'Get call by ID'"
        for place, operation in operations(document)
        for summary in [operation.get("summary", "")]
        if not re.fullmatch(r"[A-Z][a-z]*( ([a-z0-9-]+|[A-Z]{2,}s?))*", summary)
    ]


@rule
def descriptions_are_full_sentences(document: Document) -> list[str]:
    """Properties, named schemas, parameters, responses, operations and tags are described."""
    described = [(place, schema) for place, _, schema in properties(document)]
    described += [
        (f"/components/schemas/{name}", schema) for name, schema in component_schemas(document).items()
    ]
    described += [*parameters(document), *responses(document), *operations(document)]
    described += [(f"/tags/{index}", tag) for index, tag in enumerate(document.get("tags", []))]
    return [
        f"{place}/description: {text!r}; write a sentence: a capital first, a dot last"
        for place, node in described
        for text in [str(node.get("description") or "").strip()]
        if not (text[:1].isupper() and text.endswith("."))
    ]


UNITS = {
    "code": "HTTP status",  # of every envelope
    "total": "Number of",
    "unread_count": "Number of",
    "SmsConversation.first_response_time": "`HH:MM:SS`",
    "SmsConversation.avg_response_time": "`HH:MM:SS`",
    "Call.duration": "in seconds",
    "Call.caller_id": "digits only",
    "Call.phone_number": "digits only",
    "Call.ring_to": "digits only",
    "Call.default_ring_to": "digits only",
    "VoiceAgentData.phone_number": "E.164",
    "VoiceAgentData.appointment_date": "`YYYY-MM-DD`",
    "VoiceAgentData.appointment_time": "`HH:MM`",
    "RecordingDetails.expires_at": "Unix time in seconds",
    "RecordingDetails.duration": "`HH:MM:SS.ss`",
    "RecordingDetails.frequency": "unit",
    "RecordingDetails.bitrate": "unit",
    "RecordingDetails.size": "unit",
    "CallDetail.bill_second": "in seconds",
    "CallDetail.call_value": "currency",
    "Indicator.score_value": "range",
}
"""What the description of a property has to say; every number is here, and every time but Timestamp."""


@rule
def numbers_and_times_name_their_unit(document: Document) -> list[str]:
    """A number without a unit and a time without a form are read wrongly sooner or later."""
    complaints = []
    for place, name, schema in properties(document):
        key = name if name in UNITS else f"{place.split('/')[3]}.{name}"
        is_number = {"integer", "number"} & set(types(schema))
        is_time = schema.get("format") in {"date", "time", "duration"} or re.search(
            r"(_time|duration)$", name
        )
        if is_reference_to(schema, "Timestamp"):
            words = "UTC"
        elif key in UNITS:
            words = UNITS[key]
        elif is_number or is_time:
            complaints.append(f"{place}: which unit or form? Say it, and add {key!r} to UNITS in this test")
            continue
        else:
            continue
        if words not in schema.get("description", ""):
            complaints.append(f"{place}/description: say {words!r}")
    return complaints


# ---------------------------------------------------------------------------- rules: shapes


@rule
def objects_are_open(document: Document) -> list[str]:
    """A member that the document does not list may appear at any time."""
    return [
        f"{place}/additionalProperties: remove it; only a free-form object says true"
        for place, schema in schemas(document)
        if "additionalProperties" in schema and not is_free_form(schema)
    ]


@rule
def only_ids_are_sure(document: Document) -> list[str]:
    """In a record and its parts everything else may be null or absent."""
    complaints = []
    for name in record_schemas(document):
        schema = component_schemas(document)[name]
        sure = RECORDS.get(name, [])
        place = f"/components/schemas/{name}"
        if schema.get("required", []) != sure:
            complaints.append(f"{place}/required: write {sure}; nothing else is known to be there always")
        for member, value in schema.get("properties", {}).items():
            if member not in sure and not admits_null(document, value):
                complaints.append(
                    f"{place}/properties/{member}: admit null: type: [x, 'null'], or anyOf with type: 'null'"
                )
            if member in sure and admits_null(document, value):
                complaints.append(f"{place}/properties/{member}: is never null; remove 'null'")
    return complaints


@rule
def every_response_has_json(document: Document) -> list[str]:
    """The generator accepts a response without content, which would have no type."""
    return [
        f"{place}/content: write application/json, with a schema"
        for place, response in responses(document)
        if "application/json" not in response.get("content", {})
    ]
