"""Edits of the document: those that break the code of its users, and those that do not.

The gate (scripts/gates/document.py) must see each of the first, at its place, and none of the second. What is on
the wire breaks an HTTP client, what is a name or a type breaks a typed one. They are edits of the last release's
document: a release may require fixes of some.
"""

from typing import NamedTuple


class Edit(NamedTuple):
    """An edit: where the gate must see it (nothing if it is harmless), and what is replaced by what."""

    name: str
    place: str
    pairs: tuple[tuple[str, str], ...]


def edit(name: str, place: str, *pairs: tuple[str, str]) -> Edit:
    return Edit(name, place, pairs)


REPEAT = "Whether the caller has called before.\n          "
REPEAT_CALL = f"        repeat_call:\n          description: {REPEAT}type: [boolean, 'null']\n          examples: [false]\n"
DISPOSITION = (
    "How the call ended.\n          anyOf:\n            - $ref: '#/components/schemas/CallDisposition'\n"
)
DISPOSITION_NULL = f"{DISPOSITION}            - type: 'null'\n"
SUMMARY = """\
        summary:
          description: Summary of the call, free text. Personal data. Module `summary`.
          type: [string, 'null']
          examples: ['Customer asked about financing.']
"""
FOUND = "        '200':\n          $ref: '#/components/responses/CallFound'\n"
NOT_FOUND = "        '404':\n          $ref: '#/components/responses/NotFound'\n"
INCLUDE = "        - $ref: '#/components/parameters/Include'\n"
ACCOUNT = """\
        - name: account
          in: query
          required: {}
          description: The account.
          schema:
            type: string
"""
UNAUTHORIZED = (
    "the four causes.\n      content:\n        application/json:\n          schema:\n            $ref: '{}'"
)
DAY = "Day of the appointment, `YYYY-MM-DD`.\n          type: [string, 'null']\n"
NEEDS_TOKEN = "      security:\n        - bearerAuth: []\n"
SERVERS = "servers:\n  - url: https://platform-api.convirza.com/v3\n    description: Production.\n"
VALUE = "examples: [tags]"
CALL = "/components/schemas/Call/"
GET = "/paths/~1conversations~1calls~1{id}"
OTHER_PATH = """\
  /conversations/other/{id}:
    get:
      operationId: get_other
      tags: [calls]
      summary: Get another
      security:
        - bearerAuth: []
      parameters:
        - $ref: '#/components/parameters/CallId'
      responses:
        '200':
          $ref: '#/components/responses/CallFound'
components:
  securitySchemes"""

BREAKING = [
    # Paths, operations, names.
    edit("a path is renamed", "/conversations/call/", ("/conversations/calls/{id}:", "/conversations/call/{id}:")),
    edit(
        "a path gives way to another",
        GET,
        ("  /conversations/calls/{id}:\n    get:\n      operationId: get_call", "  /o/{id}:\n    get:\n      operationId: o"),
    ),
    edit("the method changes", GET, ("    get:\n", "    post:\n")),
    edit("an operationId is renamed", f"{GET}/get/operationId", ("operationId: get_call", "operationId: fetch_call")),
    edit("an operation's tag is renamed", f"{GET}/get/tags", ("      tags:\n        - calls", "      tags:\n        - call")),
    edit("a schema is renamed", "/components/schemas/Flow", ("    CallFlow:", "    Flow:"), ("schemas/CallFlow'", "schemas/Flow'")),
    edit(
        "an enumeration is renamed", "/components/schemas/Module",
        ("    CallModule:", "    Module:"), ("schemas/CallModule'", "schemas/Module'"),
    ),
    edit("a schema gets a title, the class's name", CALL, ("    CallFlow:\n", "    CallFlow:\n      title: Variant\n")),
    # Responses.
    edit("the response is removed", f"{GET}/get/responses/200", (FOUND, "")),
    edit("an error response is removed", f"{GET}/get/responses/404", (NOT_FOUND, "")),
    edit("a status becomes another", f"{GET}/get/responses/404", ("        '404':\n", "        '410':\n")),
    edit("the media type changes", "CallFound/content", (
        "application/json:\n          schema:\n            $ref: '#/components/schemas/CallResponse'",
        "application/vnd.api+json:\n          schema:\n            $ref: '#/components/schemas/CallResponse'",
    )),
    edit("an error gets another body", "/components/responses/Unauthorized/content", (
        UNAUTHORIZED.format("#/components/schemas/Error"), UNAUTHORIZED.format("#/components/schemas/CallResponse"),
    )),
    # Members of a response.
    edit("a property is removed", f"{CALL}properties/repeat_call", (REPEAT_CALL, "")),
    edit("a property with the name of a keyword is removed", f"{CALL}properties/summary", (SUMMARY, "")),
    edit("a property is renamed", f"{CALL}properties/repeated_call", ("        repeat_call:\n", "        repeated_call:\n")),
    edit("a type changes", f"{CALL}properties/repeat_call/type", (f"{REPEAT}type: [boolean,", f"{REPEAT}type: [string,")),
    edit("a type narrows", f"{CALL}properties/repeat_call/type", (f"{REPEAT}type: [boolean, 'null']", f"{REPEAT}type: boolean")),
    edit("a type widens", "/Indicator/properties/score_value", ("states its range.\n          type: [integer,", "states its range.\n          type: [number,")),
    edit("a whole number was any number", "call_value", ("its currency.\n          type: [number,", "its currency.\n          type: [integer,")),
    edit("a required member may be null", "/components/schemas/CallResponse/properties/code/type", (
        "repeated.\n          type: integer\n          examples: [200]", "repeated.\n          type: [integer, 'null']\n          examples: [200]",
    )),
    edit("an object may be null", "/CallResponse/properties/data", (
        "$ref: '#/components/schemas/CallResponseData'\n", "anyOf:\n            - $ref: '#/components/schemas/CallResponseData'\n            - type: 'null'\n",
    )),
    edit("null is not allowed any more", f"{CALL}properties/disposition", (DISPOSITION_NULL, DISPOSITION)),
    edit("another class stands there", f"{CALL}properties/disposition", (DISPOSITION, DISPOSITION.replace("CallDisposition", "CallModule"))),
    edit("a list has other items", f"{CALL}properties/tags", ("$ref: '#/components/schemas/Tag'", "$ref: '#/components/schemas/Comment'")),
    edit("a list becomes an object", f"{CALL}properties/tags", ("type: [array, 'null']", "type: [object, 'null']")),
    edit("a member is not required any more", "/CallResponse/required", ("data, request_id, timestamp]", "data, request_id]")),
    edit("nothing is required any more", "/components/schemas/Call", ("      required: [call_id]\n", "")),
    edit("a format is removed", "/RequestId", ("      format: uuid\n", "")),
    edit("a format changes", "/VoiceAgentData/properties/appointment_date/format", (f"{DAY}          format: date", f"{DAY}          format: date-time")),
    edit("a format is added", "/VoiceAgentData/properties/appointment_time", (
        "no page states its time zone.\n          type: [string, 'null']\n", "no page states its time zone.\n          type: [string, 'null']\n          format: time\n",
    )),
    edit("a pattern is removed", "/Timestamp", ("\n      pattern: '^[0-9]", "\n      x-pattern: '^[0-9]")),
    edit("an enumeration loses a value", "/CallDisposition/enum", ("BUSY, FAILED", "FAILED")),
    edit("an enumeration is one no more", "/CallDisposition", ("enum: [ABANDONED", "x-enum: [ABANDONED")),
    edit("a closed object", "/components/schemas/Tag/additionalProperties", ("    Tag:\n", "    Tag:\n      additionalProperties: false\n")),
    edit("a member is only for requests", "/RequestId/writeOnly", ("      format: uuid\n", "      format: uuid\n      writeOnly: true\n")),
    # Parameters.
    edit("a parameter is removed", f"{GET}/get/parameters", (INCLUDE, "")),
    edit("a parameter is renamed", "/parameters/Include/name", ("name: include\n", "name: modules\n")),
    edit("a path parameter is renamed", "/parameters/CallId/name", ("calls/{id}:", "calls/{call_id}:"), ("name: id\n", "name: call_id\n")),
    edit("a parameter moves to a header", "/parameters/Include/in", ("      in: query\n", "      in: header\n")),
    edit("a parameter becomes required", "/parameters/Include/required", ("in: query\n      required: false", "in: query\n      required: true")),
    edit("a required parameter is added", f"{GET}/get/parameters/2", (INCLUDE, INCLUDE + ACCOUNT.format("true"))),
    edit("a parameter's value is removed", "/CallModule/enum", (f"        - voiceagent\n      {VALUE}", f"      {VALUE}")),
    edit("a parameter's value is renamed", "/CallModule/enum", (f"        - voiceagent\n      {VALUE}", f"        - voice_agent\n      {VALUE}")),
    edit("a parameter's style changes", "/parameters/Include/style", ("style: form", "style: pipeDelimited")),
    edit("a parameter is exploded", "/parameters/Include/explode", ("explode: false", "explode: true")),
    edit("explode is left to its default", "/parameters/Include", ("      explode: false\n", "")),
    edit("a list of values gets a bound", "/parameters/Include/schema/maxItems", ("        type: array\n        description: Modules", "        type: array\n        maxItems: 3\n        description: Modules")),
    edit("a parameter gets a default", "/parameters/Include/schema/default", ("        type: array\n        description: Modules", "        type: array\n        default: [tags]\n        description: Modules")),
    edit("a parameter's type changes", f"(used at #{GET}/get/parameters/0/schema)", ("64-bit integer.\n      schema:\n        $ref: '#/components/schemas/Id'", "64-bit integer.\n      schema:\n        $ref: '#/components/schemas/RequestId'")),
    edit("the lowest id rises", "/Id/minimum", ("      minimum: 1\n", "      minimum: 10\n")),
    edit("the highest id falls", "/Id/maximum", ("maximum: 9223372036854775807", "maximum: 2147483647")),
    edit("ids get smaller", "/Id/format", ("format: int64\n      minimum: 1", "format: int32\n      minimum: 1")),
    # Authentication and servers.
    edit("another authentication scheme", "/securitySchemes/bearerAuth", ("      scheme: bearer", "      scheme: basic")),
    edit("a key in the place of a token", "/securitySchemes/bearerAuth", ("      type: http\n      scheme: bearer\n", "      type: apiKey\n      in: header\n      name: X-Key\n")),
    edit("no authentication", f"{GET}/get/security", (NEEDS_TOKEN, "      security: []\n")),
    edit("authentication is not stated", f"{GET}/get/security", (NEEDS_TOKEN, "")),
    edit("the server changes", "/servers/0/url", ("convirza.com/v3\n    desc", "convirza.com/v4\n    desc")),
    edit("no server", "/servers", (SERVERS, "")),
]  # fmt: skip

HARMLESS = [
    # Words.
    edit("a description", "", ("Whether the caller has called before.", "Whether this caller called before.")),
    edit("a summary", "", ("summary: Get call by ID", "summary: Get one call by ID")),
    edit("the description of the document", "", ("    The calls endpoint of", "    The endpoint for calls of")),
    edit("the description of a tag", "", ("Records of tracked phone calls.", "Records of phone calls.")),
    edit("the description of the server", "", ("description: Production.", "description: The real one.")),
    edit("the title of the document", "", ("title: Convirza V3 calls API", "title: Calls API of Convirza")),
    edit("a title that names no class", "", ("    Id:\n", "    Id:\n      title: Identifier\n")),
    edit("an example", "", ("examples: ['complete']", "examples: ['complete', 'open']")),
    edit("a named example", "", ("      examples:\n        none:\n", "      examples:\n        nothing:\n")),
    edit("x-evidence", "", ("x-evidence-reason: The page lists the status and shows no body.", "x-evidence-reason: Nobody says.")),
    edit("a mark of evidence goes", "", ("          x-evidence: public-docs\n          x-evidence-reason: The public docs say that an expired address answers 410 Gone.\n", "")),
    edit("deprecated", "", ("        repeat_call:\n", "        repeat_call:\n          deprecated: true\n")),
    edit("documentation elsewhere", "", ("      operationId: get_call\n", "      operationId: get_call\n      externalDocs:\n        url: https://docs.convirza.com\n")),
    # More than before.
    edit("a new optional property", "", (REPEAT_CALL, REPEAT_CALL.replace("repeat_call", "first_call") + REPEAT_CALL)),
    edit("a new optional property with a schema of its own", "", (
        REPEAT_CALL, REPEAT_CALL + "        first:\n          description: The first.\n          anyOf:\n            - $ref: '#/components/schemas/First'\n            - type: 'null'\n",
    ), ("    Error:\n", "    First:\n      type: object\n      description: The first.\n      additionalProperties: true\n    Error:\n")),
    edit("a new value in a response", "", ("BUSY, FAILED", "BUSY, DROPPED, FAILED")),
    edit("a new value of a parameter", "", (f"        - voiceagent\n      {VALUE}", f"        - voiceagent\n        - weather\n      {VALUE}")),
    edit("a new optional parameter", "", (INCLUDE, INCLUDE + ACCOUNT.format("false"))),
    edit("a new optional parameter before the others", "", (INCLUDE, ACCOUNT.format("false") + INCLUDE)),
    edit("a new status", "", ("        '500':\n", "        '429':\n          $ref: '#/components/responses/ServerError'\n        '500':\n")),
    edit("a new header of a response", "", ("description: Call returned successfully.\n", "description: Call returned successfully.\n      headers:\n        X-A:\n          description: A.\n          schema:\n            type: string\n")),
    edit("a new path", "", ("components:\n  securitySchemes", OTHER_PATH)),
    edit("a new server", "", (SERVERS, f"{SERVERS}  - url: https://staging.convirza.com/v3\n    description: Staging.\n")),
    edit("a new tag", "", ("Records of tracked phone calls.\n", "Records of tracked phone calls.\n  - name: other\n    description: Other.\n")),
    edit("one more promise", "", ("      required: [call_id]\n", "      required: [call_id, caller_id]\n")),
    # The same in other words.
    edit("another order of values", "", ("ABANDONED, ANSWERED, BUSY", "BUSY, ANSWERED, ABANDONED")),
    edit("another order of required members", "", ("[code, message, data,", "[message, code, data,")),
    edit("another order of types", "", (f"{REPEAT}type: [boolean, 'null']", f"{REPEAT}type: ['null', boolean]")),
    edit("another order of alternatives", "", (DISPOSITION_NULL, "How the call ended.\n          anyOf:\n            - type: 'null'\n            - $ref: '#/components/schemas/CallDisposition'\n")),
    edit("another order of properties", "", (f"{REPEAT_CALL}", ""), ("        caller_id:\n", f"{REPEAT_CALL}        caller_id:\n")),
    edit("a default that is written down", "", ("    Tag:\n", "    Tag:\n      additionalProperties: true\n")),
    edit("a default that is not written down", "", ("      in: query\n      required: false\n", "      in: query\n")),
    edit("authentication for all operations", "", ("tags:\n  - name: calls", "security:\n  - bearerAuth: []\ntags:\n  - name: calls"), (NEEDS_TOKEN, "")),
    edit("a shared response is renamed", "", ("    CallFound:", "    Found:"), ("responses/CallFound'", "responses/Found'")),
    edit("a shared parameter is renamed", "", ("    CallId:", "    TheId:"), ("parameters/CallId'", "parameters/TheId'")),
    edit("a comment and quotes", "", ("openapi: 3.1.0\n", "# A comment.\nopenapi: '3.1.0'\n")),
]  # fmt: skip
