"""Damages of the document that scripts/generate.py must refuse."""

import copy
import datetime
from typing import Any, NamedTuple

from support.document import Document, find

GONE = object()
SCHEMAS, RESPONSES, PARAMETERS = (f"/components/{name}" for name in ("schemas", "responses", "parameters"))
GET, LIST = "/paths/~1conversations~1calls~1{id}/get", "/paths/~1conversations~1calls/get"
CALL = f"{SCHEMAS}/Call/properties"
DISPOSITION = f"{CALL}/disposition/anyOf/0/$ref"
STATUS = f"{SCHEMAS}/CallDetail/properties/analytic_status"
FILTER = f"{SCHEMAS}/DispositionFilter/enum"
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
# Text that would end a string of the client, and be code.
PAYLOADS = ['x"""\nimport injected\n"""', 'x"\nimport injected\n"', 'x\\"""\ninjected()\n#']


def damaged(document: Document, pointer: str, value: object) -> Document:
    """A copy of the document with `value` at the pointer, or nothing there."""
    broken = copy.deepcopy(document)
    parent, _, last = pointer.rpartition("/")
    node = find(broken, parent)
    key = int(last) if isinstance(node, list) else last.replace("~1", "/").replace("~0", "~")
    if value is GONE:
        del node[key]
    else:
        node[key] = value
    return broken


def to(name: str) -> dict[str, Any]:
    """What has that schema."""
    return {"schema": {"$ref": f"#{SCHEMAS}/{name}"}}


BODIES: list[tuple[dict[str, Any], str]] = [
    ({"application/json": to("Tag"), FORM: to("Tag")}, "two media types with one schema"),
    ({"application/octet-stream": to("Tag")}, "a body of application/octet-stream is not supported"),
    ({"application/json": {}}, "must have a type"),
    ({"application/json": {"schema": {"type": ["string", "null"]}}}, "must not be null"),
    ({FORM: to("Id")}, "the schema must be an object"),
    (
        {FORM: to("Tag"), "application/json": {"schema": {"type": "array", "items": to("Tag")["schema"]}}},
        "/application~1json: the schema must be an object",
    ),
    ({FORM: to("Call")}, f"has a schema that {FORM} cannot carry"),
    ({MULTIPART: {**to("Comment"), "encoding": {"note": {}}}}, "/encoding: encoding is not supported"),
]
FIRST_PARAMETER: list[tuple[dict[str, Any], str]] = [
    ({"name": "body", "in": "query", **to("Id")}, "/0/name: 'body'"),
    ({"name": "types", "in": "query", **to("Id")}, "/0/name: 'types'"),
    ({"name": "a", "in": "query", **to("Tag")}, "/0: an object"),
    ({"name": "a", "in": "query", "schema": {"type": ["array", "null"], "items": {}}}, "/0: an array needs"),
    ({"name": "a", "in": "path", "required": True, "style": "label", **to("Id")}, "/0/style: style: label"),
    ({"name": "a", "in": "query", "allowReserved": True, **to("Id")}, "/0/allowReserved: "),
    ({"name": "a", "in": "query", "content": {"text/plain": to("Id")}}, "/0/content: a parameter with"),
]

# The place, what is put there, and what the pointer or the message of the problem must have.
BAD_DOCUMENTS: list[tuple[str, object, str]] = [
    # Names that would collide in the client, bodies that could not be distinguished.
    (f"{SCHEMAS}/TAG", {"type": "object"}, "'TAG' and 'Tag' both have the module tag.py"),
    *(
        (f"{SCHEMAS}/CallDetail/properties/{name}", {}, f"/{name}: every model has a member")
        for name in ("to_dict", "from_dict", "additional_properties", "additionalKeys")
    ),
    *((f"{SCHEMAS}/{name}", {"type": "object"}, "has a class") for name in ("Response", "unset")),
    *((f"{LIST}/requestBody", {"content": content}, says) for content, says in BODIES),
    *((f"{LIST}/parameters/0", parameter, says) for parameter, says in FIRST_PARAMETER),
    (STATUS, {"type": "string", "format": "binary"}, "only in properties of a multipart body"),
    # Not JSON, or not as OpenAPI or JSON Schema have it.
    (f"{GET}/responses", {404: {}}, "the key 404 is not a string"),
    ("/info/version", datetime.date(2026, 1, 20), "a date is not a JSON value"),
    ("/info/title", b"Calls", "a bytes is not a JSON value"),
    (f"{SCHEMAS}/Id/type", "intger", "is not valid under any of the schemas"),
    (f"{SCHEMAS}/Id/minimun", 1, "/minimun: minimun is not among the keywords"),
    (f"{SCHEMAS}/Timestamp/pattern", "([0-9]", 'is not a "regex"'),
    (f"{SCHEMAS}/Call/required", "call_id", 'is not of type "array"'),
    (f"{SCHEMAS}/Call/required", ["cal_id"], "'cal_id' is not in properties"),
    (f"{GET}/sumary", "Get call", "'sumary' was unexpected"),
    (f"{RESPONSES}/NotFound/description", GONE, '"description" is a required property'),
    (f"{PARAMETERS}/CallId/in", GONE, '"in" is a required property'),
    ("/paths/~1other", {"get": {"operationId": "get_call"}}, "'get_call' is taken"),
    (f"{GET}/operationId", GONE, '"operationId" is required'),
    (f"{GET}/responses/4o4", {"description": "None."}, "'4o4' was unexpected"),
    (f"{GET}/security", [{"nope": []}], "'nope' is not in /components/securitySchemes"),
    # References.
    (DISPOSITION, f"#{SCHEMAS}/Nope", "refers to nothing"),
    (DISPOSITION, "other.yaml#/CallDisposition", "is not a reference within this file"),
    (DISPOSITION, "https://example.com/x.json", "is not a reference within this file"),
    (DISPOSITION, f"#{RESPONSES}/NotFound", f"does not refer to one of #{SCHEMAS}"),
    (f"{GET}/responses/404/$ref", f"#{RESPONSES}/Nope", "refers to nothing"),
    (f"{GET}/responses/404/$ref", f"#{SCHEMAS}/Error", f"does not refer to one of #{RESPONSES}"),
    # What the generator cannot make; with most of these it leaves something out without a word.
    (f"{STATUS}/type", ["string", "integer"], "more than one kind"),
    (f"{STATUS}/enum", ["a", "b"], "an enum or an object without a name"),
    (f"{STATUS}/enum", ["a", None], "an enum or an object without a name"),
    (STATUS, {"type": "integer", "enum": [1, 2]}, "an enum or an object without a name"),
    (STATUS, {"type": ["object", "null"]}, "an enum or an object without a name"),
    (STATUS, {"properties": {}}, "an enum or an object without a name"),
    (f"{SCHEMAS}/TokenKind/type", ["string", "null"], "an enum needs type: string"),
    (FILTER, [5, "ANSWERED"], "only strings of visible ASCII"),
    (FILTER, ["x\ny"], "only strings of visible ASCII"),
    *((FILTER, [payload], "only strings of visible ASCII") for payload in PAYLOADS),
    *((f"{STATUS}/default", payload, "only visible ASCII without quotes") for payload in PAYLOADS),
    (FILTER, ["ANSWERED", "answered"], "two values have the same Python name"),
    (FILTER, ["ab", "a+b"], "two values have the same Python name"),
    (f"{SCHEMAS}/AdditionalInfo/additionalProperties", {"type": "integer"}, "only true"),
    (f"{SCHEMAS}/Tag/additionalProperties", False, "only true"),
    (f"{STATUS}/const", "done", "const is not among the keywords"),
    (f"{CALL}/tags/items", GONE, '"items" is missing'),
    (f"{SCHEMAS}/Call/required", ["call_id", "duration"], "/duration: required and may be null"),
    (f"{RESPONSES}/CallFound/content/image~1png", {}, "image/png is not application/json"),
    (f"{RESPONSES}/BadRequest/content", {"text/html": {}}, "text/html is not application/json"),
    (f"{RESPONSES}/CallFound/content/application~1json/schema", GONE, '"schema" is missing'),
    (f"{PARAMETERS}/Include/explode", True, "an array needs style: form and explode: false"),
    (f"{PARAMETERS}/Include/style", GONE, "an array needs style: form and explode: false"),
]


class Bad(NamedTuple):
    """An edit of the document's text: what is replaced by what, and what the line must name (a pattern)."""

    name: str
    old: str
    new: str
    names: str


DEEP = "x-deep: " + "[" * 2000 + "]" * 2000
# What the parser finds, or the generator itself, or what has a line of its own.
UNREADABLE = [
    Bad("a bracket is not closed", "info:\n", "info: [\n", r"openapi\.yaml:4:"),
    Bad("a tab", "  title:", "\ttitle:", r"openapi\.yaml:3:1"),
    Bad("a key twice", "  version: ", "  version: 0.0.1\n  version: ", r"openapi\.yaml:5:.*version"),
    Bad("a tag of Python", "title: Conv", "title: !!python/object:os.system Conv", r"openapi\.yaml:3:"),
    Bad("a second YAML document", "openapi: 3.1.0", "--- 1\n---\nopenapi: 3.1.0", r"openapi\.yaml:2:"),
    Bad("an alias within itself", "openapi: ", "x-a: &a [*a]\nopenapi: ", r"openapi\.yaml:?.*x-a|recurs"),
    Bad("too deep", "openapi: ", f"{DEEP}\nopenapi: ", r"openapi\.yaml.*(deep|nest|recurs)"),
    Bad(
        "a date that there is not",
        "openapi: ",
        "x-date: 2026-13-45\nopenapi: ",
        r"openapi\.yaml: not YAML.*month",
    ),
    Bad("another OpenAPI", "openapi: 3.1.0", "openapi: 3.0.3", r"openapi\.yaml:1: /openapi"),
    Bad("no info", "info:\n", "x-info:\n", r"openapi\.yaml:1:.*info"),
    Bad("no paths", "paths:\n", "x-paths:\n", r"openapi\.yaml:\d+:.*paths"),
    Bad("not a number", "examples: [75]", "examples: [.nan]", "cannot be written as JSON: .*nan"),
    Bad("half a character", "examples: [75]", r'examples: ["\ud800"]', "as JSON: .*surrogates not allowed"),
    Bad("another name in the path", "calls/{id}:", "calls/{call}:", r"/conversations/calls/\{call\}"),
    Bad("a parameter missing", "        - $ref: '#/components/parameters/CallId'\n", "", r"calls/?.*\{id\}"),
]
