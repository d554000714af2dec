"""Damages of the document that scripts/generate.py must refuse."""

from typing import NamedTuple


class Bad(NamedTuple):
    """A damage of the document: what is replaced by what, and what the message must name (a pattern)."""

    name: str
    old: str
    new: str
    names: str


STATUS = "          type: [string, 'null']\n          examples: ['complete']"
STATUS_PLACE = "analytic_status"
DISPOSITION = "$ref: '#/components/schemas/CallDisposition'"
DISPOSITION_PLACE = "/components/schemas/Call/properties/disposition"
ENUM = "enum: [ABANDONED, ANSWERED,"
ENUM_PLACE = "/components/schemas/DispositionFilter"
KIND = "TokenKind:\n      type: string\n"
FOUND = "application/json:\n          schema:\n            $ref: '#/components/schemas/CallResponse'\n"
ERROR = "application/json:\n          schema:\n            $ref: '#/components/schemas/Error'\n"
OTHER = """\
  /conversations/other:
    get:
      operationId: get_call
      tags: [calls]
      responses:
        '200':
          $ref: '#/components/responses/CallFound'
components:
"""
INCLUDE_SCHEMA = """\
      style: form
      explode: false
      x-evidence: inferred
      x-evidence-reason: The page names the parameter and states neither separator nor default nor order.
      schema:
        type: array
        description: Modules to return with the call.
        items:
          $ref: '#/components/schemas/CallModule'
"""
INCLUDE_CONTENT = """\
      content:
        application/json:
          schema:
            type: string
"""
DEEP = "x-deep: " + "[" * 2000 + "]" * 2000 + "\n"

RESPONSES = "      responses:\n        '200':\n"
JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
TAG, COMMENT, CALL, ID = (
    f"schema: {{$ref: '#/components/schemas/{name}'}}" for name in ("Tag", "Comment", "Call", "Id")
)
PARAMETERS = "      parameters:\n"


def bad_body(name: str, names: str, **content: str) -> Bad:
    """A request body with these media types, each with the members of a media type object."""
    kinds = {"json": JSON, "form": FORM, "multipart": MULTIPART, "bytes": "application/octet-stream"}
    lines = "".join(f"          {kinds[kind]}: {{{members}}}\n" for kind, members in content.items())
    return Bad(name, RESPONSES, f"      requestBody:\n        content:\n{lines}{RESPONSES}", names)


def bad_parameter(name: str, members: str, names: str) -> Bad:
    """A further parameter of the operation."""
    return Bad(name, PARAMETERS, f"{PARAMETERS}        - {{{members}}}\n", names)


BAD_DOCUMENTS = [
    # Names that would collide in the client, and bodies that could not be distinguished.
    Bad(
        "two schemas with one module",
        "    Tag:\n",
        "    TAG:\n      type: object\n    Tag:\n",
        "/components/schemas/Tag: .*'TAG'",
    ),
    *(
        Bad(
            f"a property named {name}",
            "        analytic_status:\n",
            f"        {name}:\n",
            f"CallDetail/properties/{name}: ",
        )
        for name in ("to_dict", "from_dict", "additional_properties", "additionalKeys")
    ),
    *(
        Bad(
            f"a schema named {name}",
            "    Tag:\n",
            f"    {name}:\n      type: object\n    Tag:\n",
            f"/{name}: ",
        )
        for name in ("Response", "unset")
    ),
    bad_body(
        "two media types with one schema",
        r"/content/application~1x-www-form-urlencoded: two",
        json=TAG,
        form=TAG,
    ),
    bad_body("an unknown body", r"/content/application~1octet-stream: .*not supported", bytes=TAG),
    bad_body("a body without schema", r"/content/application~1json: .*type", json=""),
    bad_body("a null body", r"/content/application~1json: .*null", json="schema: {type: [string, 'null']}"),
    bad_body("a scalar form", r"/content/application~1x-www-form-urlencoded: .*object", form=ID),
    bad_body(
        "a list beside a form",
        r"/application~1json: .*object",
        form=TAG,
        json=f"schema: {{type: array, items: {TAG[8:]}}}",
    ),
    bad_body("an object in a form", r"/application~1x-www-form-urlencoded: '\w+' has", form=CALL),
    bad_body("encoding of parts", r"/encoding: ", multipart=f"{COMMENT}, encoding: {{note: {{}}}}"),
    Bad("a file in a response", STATUS, "          type: string\n          format: binary", STATUS_PLACE),
    *(
        bad_parameter(f"a parameter named {name}", f"name: {name}, in: query, {ID}", "/parameters/0/name: ")
        for name in ("body", "types")
    ),
    bad_parameter("an object in the query", f"name: a, in: query, {TAG}", "/parameters/0: an object"),
    bad_parameter(
        "a nullable array, exploded",
        "name: a, in: query, schema: {type: [array, 'null'], items: {type: string}}",
        "/parameters/0: an array",
    ),
    bad_parameter(
        "a style of paths", f"name: a, in: path, required: true, style: label, {ID}", "/parameters/0/style: "
    ),
    bad_parameter(
        "reserved characters", f"name: a, in: query, allowReserved: true, {ID}", "/allowReserved: "
    ),
    # Not JSON, or not as OpenAPI or JSON Schema have it.
    Bad("a number as a key", "'404':", "404:", r"/get/responses.*404"),
    Bad("a date as a version", "version: ", "version: 2026-01-20  # ", "/info/version"),
    Bad("bytes", "title: Convirza V3 calls API", "title: !!binary aGVsbG8=", "/info/title"),
    Bad(
        "a misspelt type",
        "Id:\n      type: integer",
        "Id:\n      type: intger",
        "/components/schemas/Id/type",
    ),
    Bad("a misspelt keyword", "      minimum: 1\n", "      minimun: 1\n", "/schema.*minimun"),
    Bad("a broken pattern", "pattern: '^[0", "pattern: '([0", "/components/schemas/Timestamp/pattern"),
    Bad(
        "required is a string",
        "required: [call_id]",
        "required: call_id",
        "/components/schemas/Call/required",
    ),
    Bad(
        "required is no property",
        "required: [call_id]",
        "required: [cal_id]",
        "/components/schemas/Call.*cal_id",
    ),
    Bad("an unknown key", "operationId: get_call", "operationId: get_call\n      sumary: x", "/get.*sumary"),
    Bad(
        "no description", "description: No call has this id.\n", "x-y: 1\n", "/components/responses/NotFound"
    ),
    Bad("a parameter without in", "      in: path\n", "", "/components/parameters/CallId.*in"),
    Bad("an operationId twice", "components:\n", OTHER, r"other.*get_call"),
    Bad("no operationId", "      operationId: get_call\n", "", "/get.*operationId"),
    Bad("a status that is none", "'404':", "'4o4':", "/get/responses.*4o4"),
    Bad("a scheme not declared", "- bearerAuth: []", "- nope: []", "/get/security.*nope"),
    # References.
    Bad("a dangling schema", DISPOSITION, "$ref: '#/components/schemas/Nope'", DISPOSITION_PLACE),
    Bad("a dangling response", "responses/NotFound'", "responses/Nope'", "/get/responses/404"),
    Bad("another file", DISPOSITION, "$ref: 'other.yaml#/CallDisposition'", DISPOSITION_PLACE),
    Bad("a URL", DISPOSITION, "$ref: 'https://example.com/x.json'", DISPOSITION_PLACE),
    Bad("a response that is a schema", "responses/NotFound'", "schemas/Error'", "/get/responses/404"),
    Bad(
        "a schema that is a response",
        DISPOSITION,
        "$ref: '#/components/responses/NotFound'",
        DISPOSITION_PLACE,
    ),
    # What the generator cannot make; with most of these it leaves something out without a word.
    Bad("two kinds", STATUS, "          type: [string, integer]", STATUS_PLACE),
    Bad(
        "a nullable inline enum",
        STATUS,
        "          type: [string, 'null']\n          enum: [a, null]",
        STATUS_PLACE,
    ),
    Bad("an inline object", STATUS, "          type: object", STATUS_PLACE),
    Bad("an inline object without type", STATUS, "          properties: {}", STATUS_PLACE),
    Bad(
        "an enum that may be null",
        "TokenKind:\n      type: string\n",
        "TokenKind:\n      type: [string, 'null']\n",
        "TokenKind/enum",
    ),
    Bad("an inline enum", STATUS, "          type: [string, 'null']\n          enum: [a, b]", STATUS_PLACE),
    Bad("an enum of numbers", STATUS, "          type: integer\n          enum: [1, 2]", STATUS_PLACE),
    Bad("an enum of two kinds", ENUM, "enum: [5,", ENUM_PLACE),
    Bad("two values with one name", ENUM, "enum: [ABANDONED, abandoned, ANSWERED,", ENUM_PLACE),
    Bad("two values with one sanitised name", ENUM, "enum: [ab, a+b, ANSWERED,", ENUM_PLACE),
    Bad("a value with a line break", ENUM, 'enum: ["x\\ny", ANSWERED,', ENUM_PLACE),
    Bad(
        "typed free members",
        "additionalProperties: true",
        "additionalProperties: {type: integer}",
        "AdditionalInfo",
    ),
    Bad("a keyword that it ignores", STATUS, STATUS + "\n          const: done", "analytic_status.*const"),
    Bad(
        "a tuple",
        "          items:\n            $ref: '#/components/schemas/Tag'\n",
        "",
        "Call/properties/tags",
    ),
    Bad(
        "a required member that may be null",
        "required: [call_id]",
        "required: [call_id, duration]",
        "duration",
    ),
    Bad(
        "a media type not known",
        FOUND,
        FOUND.replace("application/json", "image/png"),
        "CallFound.*image/png",
    ),
    Bad(
        "a media type that is text",
        FOUND,
        FOUND.replace("application/json", "text/plain"),
        "CallFound.*text/plain",
    ),
    Bad(
        "two media types",
        ERROR,
        "text/html: {schema: {type: string}}\n        " + ERROR,
        "BadRequest.*text/html",
    ),
    Bad("a response without schema", FOUND, "application/json:\n", "CallFound.*schema"),
    Bad(
        "an array not joined by commas",
        "explode: false",
        "explode: true",
        "/components/parameters/Include.*explode",
    ),
    Bad("a parameter with content", INCLUDE_SCHEMA, INCLUDE_CONTENT, "/components/parameters/Include"),
]

UNREADABLE = [
    # Found by the parser, or by the generator itself; the others are found by `_document.problems`.
    Bad("a bracket is not closed", "info:\n", "info: [\n", r"openapi\.yaml:4:"),
    Bad("a tab", "  title:", "\ttitle:", r"openapi\.yaml:3:1"),
    Bad("a key twice", "  version: ", "  version: 0.0.1\n  version: ", r"openapi\.yaml:5:.*version"),
    Bad("a tag of Python", "title: Conv", "title: !!python/object:os.system Conv", r"openapi\.yaml:3:"),
    Bad("a second YAML document", "openapi: 3.1.0", "--- 1\n---\nopenapi: 3.1.0", r"openapi\.yaml:2:"),
    Bad("an alias within itself", "openapi: ", "x-a: &a [*a]\nopenapi: ", r"openapi\.yaml:?.*x-a|recurs"),
    Bad("too deep", "openapi: ", f"{DEEP}openapi: ", r"openapi\.yaml.*(deep|nest|recurs)"),
    Bad("another OpenAPI", "openapi: 3.1.0", "openapi: 3.0.3", r"openapi\.yaml:1: /openapi"),
    Bad("no info", "info:\n", "x-info:\n", r"openapi\.yaml:1:.*info"),
    Bad("no paths", "paths:\n", "x-paths:\n", r"openapi\.yaml:\d+:.*paths"),
    Bad(
        "a number that JSON has not", "examples: [75]", "examples: [.nan]", "cannot be written as JSON: .*nan"
    ),
    Bad("half a character", "examples: [75]", r'examples: ["\ud800"]', "as JSON: .*surrogates not allowed"),
    Bad(
        "no such parameter in the path",
        "calls/{id}:",
        "calls/{call}:",
        r"/conversations/calls/\{call\}|~1\{call\}",
    ),
    Bad(
        "a parameter not declared",
        "        - $ref: '#/components/parameters/CallId'\n",
        "",
        r"calls/?.*\{id\}",
    ),
]
