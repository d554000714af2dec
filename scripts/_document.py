"""A part of generate.py: reads the document; refuses what is not OpenAPI 3.1 or not supported."""

import copy
import json
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from shared import DOCUMENT, Refusal, one_line, shown

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
MAX_DEPTH = 100
# The names of a class of model.py.jinja in addition to the properties of its schema.
MODEL_NAMES = ("to_dict", "from_dict", "additional_properties", "additional_keys")
# What a module of endpoint_module.py.jinja, model.py.jinja or str_enum.py.jinja has of its own.
CLASS_NAMES = frozenset(
    """
    Any AuthenticatedClient Client File Mapping MappingProxyType OPERATION Response Self StrEnum UNSET
    UUID Unset
    """.split()  # noqa: SIM905 - as a list it would be fifteen lines
)
ARGUMENT_NAMES = "body errors headers httpx options parse_json request response types".split()  # noqa: SIM905
JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
# Keywords that the generator and our templates support, or that do not change the client.
KEYWORDS = frozenset(
    """
    $comment $ref additionalProperties anyOf default deprecated description enum example examples
    exclusiveMaximum exclusiveMinimum externalDocs format items maxItems maxLength maxProperties maximum
    minItems minLength minProperties minimum multipleOf pattern properties readOnly required title type
    uniqueItems writeOnly
    """.split()  # noqa: SIM905 - as a list it would be thirty lines
)


def read(path: Path) -> tuple[Any, Any]:
    """A document as data, and as the parser's nodes, which have the lines; refuse what is not YAML."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    yaml, name = YAML(typ="safe", pure=True), shown(DOCUMENT)
    try:
        node = yaml.compose(path.read_text("utf-8"))
        return node and yaml.constructor.construct_document(node), node
    except UnicodeDecodeError as error:
        raise Refusal(f"{name}: not UTF-8 at byte {error.start}") from None
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or error
        raise Refusal(f"{name}{line}: not YAML: {one_line(problem)}") from None
    except ValueError as error:  # such as a date in month 13
        raise Refusal(f"{name}: not YAML that can be read: {error}") from None
    except RecursionError:
        raise Refusal(f"{name}: nested too deeply to be read") from None


def load_document() -> dict[str, Any]:
    """The document as data; refuse invalid OpenAPI 3.1, naming the place."""
    document, node = read(DOCUMENT)
    if not isinstance(document, dict):
        raise Refusal(f"{shown(DOCUMENT)}:1: expected an OpenAPI document, got {type(document).__name__}")
    for pointer, problem in problems(document):
        place = f"{shown(DOCUMENT)}:{_line(node, pointer)}: {shown_pointer(pointer)}"
        raise Refusal(f"{place}: {one_line(problem)}")
    return document


def shown_pointer(pointer: list[str | int]) -> str:
    """A JSON pointer as text."""
    return "".join(f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in pointer) or "/"


def problems(document: dict[str, Any]) -> Iterator[tuple[list[str | int], str]]:
    """What is wrong with the document, as JSON pointers (in parts) and messages."""
    import jsonschema_rs

    unreadable = list(_not_json(document, ()))
    if unreadable:
        yield from unreadable
        return
    schemas = resources.files("openapi_spec_validator") / "resources/schemas/v3.1"
    structure = json.loads((schemas / "schema.json").read_text("utf-8"))
    for error in jsonschema_rs.Draft202012Validator(structure).iter_errors(document):
        yield error.instance_path, error.message
    if "paths" not in document:
        yield [], '"paths" is a required property'
        return
    dialect = {"$ref": "https://json-schema.org/draft/2020-12/schema"}
    metaschema = jsonschema_rs.Draft202012Validator(dialect, validate_formats=True)
    for pointer, node in _walk(document):
        if _is_schema(pointer):
            for error in metaschema.iter_errors(node):
                yield [*pointer, *error.instance_path], error.message
        reference = node.get("$ref")
        if isinstance(reference, str) and not _is_names(pointer):
            # The generator drops a reference to another file silently.
            section = "schemas" if _is_schema(pointer) else pointer[-2]
            section = "requestBodies" if pointer[-1] == "requestBody" else section
            if not reference.startswith("#/"):
                yield [*pointer, "$ref"], f"{reference!r} is not a reference within this file"
            elif _target(document, reference) is None:
                yield [*pointer, "$ref"], f"{reference!r} refers to nothing"
            elif not reference.startswith(f"#/components/{section}/"):
                yield [*pointer, "$ref"], f"{reference!r} does not refer to one of #/components/{section}"
    yield from _losses(document)


def _not_json(node: Any, pointer: tuple[str | int, ...]) -> Iterator[tuple[list[str | int], str]]:
    """What YAML can express and JSON cannot."""
    if len(pointer) > MAX_DEPTH:
        yield list(pointer[:1]), "nested too deeply, or an alias within itself: recursion"
    elif isinstance(node, dict):
        for key, value in node.items():
            if isinstance(key, str):
                yield from _not_json(value, (*pointer, key))
            else:
                yield list(pointer), f"the key {key!r} is not a string: quote it"
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _not_json(value, (*pointer, index))
    elif node is not None and not isinstance(node, str | int | float):
        yield list(pointer), f"a {type(node).__name__} is not a JSON value: quote it"


def _losses(document: dict[str, Any]) -> Iterator[tuple[list[str | int], str]]:
    """What is valid, but would be missing from the client or altered in it, mostly without a warning."""
    ids: list[str] = []
    modules: dict[str, str] = {}
    for name in document.get("components", {}).get("schemas", {}):
        module = _python_name(_python_name(name, of_class=True))
        if (other := modules.setdefault(module, name)) != name:
            yield (
                ["components", "schemas", name],
                f"{name!r} and {other!r} both have the module {module}.py",
            )
        if _python_name(name, of_class=True) in CLASS_NAMES:
            yield (
                ["components", "schemas", name],
                f"the client has a class {name} of its own: choose another name",
            )
    yield from _file_losses(document)
    for pointer, node in _walk(document):
        if _is_schema(pointer):
            yield from _schema_losses(document, list(pointer), node)
        elif len(pointer) == 3 and pointer[0] == "paths" and pointer[2] in METHODS:
            if "operationId" not in node:
                yield list(pointer), '"operationId" is required: it names the function'
            elif _python_name(node["operationId"]) in ids:
                yield [*pointer, "operationId"], f"{node['operationId']!r} is taken"
            ids.append(_python_name(node.get("operationId", "")))
            for need in node.get("security", []):
                for name in need.keys() - document.get("components", {}).get("securitySchemes", {}).keys():
                    yield [*pointer, "security"], f"{name!r} is not in /components/securitySchemes"
        elif len(pointer) > 1 and pointer[-2] == "responses" and "$ref" not in node:
            for kind, media in node.get("content", {}).items():
                if kind != JSON:
                    yield [*pointer, "content", kind], f"{kind} is not application/json: no client reads it"
                elif "schema" not in media:
                    yield [*pointer, "content", kind], '"schema" is missing: the body would have no type'
        elif pointer[-1:] == ("requestBody",) or pointer[1:-1] == ("requestBodies",):
            yield from _body_losses(document, list(pointer), node.get("content", {}))
        elif len(pointer) > 1 and pointer[-2] == "parameters" and "$ref" not in node:
            yield from _parameter_losses(document, list(pointer), node)


def _parameter_losses(
    document: dict[str, Any], pointer: list[str | int], node: dict[str, Any]
) -> Iterator[tuple[list[str | int], str]]:
    if "content" in node:
        yield [*pointer, "content"], "a parameter with content is not supported: write schema"
    if _python_name(node["name"]) in ARGUMENT_NAMES:
        yield (
            [*pointer, "name"],
            f"{node['name']!r} is the name of something else in the functions of the client",
        )
    kinds = _kinds(document, node.get("schema", {}))
    if "array" in kinds and (node.get("style"), node.get("explode")) != ("form", False):
        yield pointer, "an array needs style: form and explode: false"
    if "object" in kinds or _item_kinds(document, node.get("schema", {})) & {"array", "object"}:
        yield pointer, "an object, or an array of objects or arrays, is not supported by the templates"
    if node.get("style", "form") != "form" and node["style"] != "simple":
        yield [*pointer, "style"], f"style: {node['style']} is not supported by the templates"
    if node.get("allowReserved"):
        yield [*pointer, "allowReserved"], "allowReserved is not supported by the templates"


def _body_losses(
    document: dict[str, Any], pointer: list[str | int], content: dict[str, Any]
) -> Iterator[tuple[list[str | int], str]]:
    schemas: list[Any] = []
    for kind, media in content.items():
        place = [*pointer, "content", kind]
        schema = media.get("schema", {})
        kinds = _kinds(document, schema)
        if kind not in (JSON, FORM, MULTIPART):
            yield place, f"a body of {kind} is not supported by the templates"
        if "encoding" in media:
            yield [*place, "encoding"], "encoding is not supported by the templates"
        if schema in schemas:
            yield place, "two media types with one schema: only one could be sent"
        if kinds != {"object"} and (kind != JSON or len(content) > 1):
            yield place, "the schema must be an object, because of the media types"
        elif not kinds or "null" in kinds:
            yield place, "the schema must have a type, and must not be null"
        if kind != JSON:
            for name, member in _followed(document, schema).get("properties", {}).items():
                inner = _kinds(document, member) | _item_kinds(document, member)
                if "array" in _item_kinds(document, member) or (kind == FORM and "object" in inner):
                    yield place, f"{name!r} has a schema that {kind} cannot carry"
        schemas.append(schema)


def _file_losses(document: dict[str, Any]) -> Iterator[tuple[list[str | int], str]]:
    """Files can be uploaded in a multipart body, and nowhere else."""
    bodies, others, files = set[str](), set[str](), list[tuple[str | int, ...]]()
    for pointer, node in _walk(document):
        if isinstance(node.get("$ref"), str):
            (bodies if pointer[-2:] == (MULTIPART, "schema") else others).add(node["$ref"])
        elif node.get("format") == "binary" and _is_schema(pointer):
            files.append(pointer)
    for pointer in files:
        allowed = pointer[3:4] == ("properties",) and pointer[5:] in ((), ("items",))
        if not allowed or "#/" + "/".join(map(str, pointer[:3])) not in bodies - others:
            yield list(pointer), "format: binary is supported only in properties of a multipart body"


def _kinds(document: dict[str, Any], schema: dict[str, Any]) -> set[str]:
    """The types that a schema allows, "null" among them."""
    schema = _followed(document, schema)
    kinds = schema.get("type", [])
    found = {kinds} if isinstance(kinds, str) else set[str](kinds)
    return found.union(*(_kinds(document, part) for part in schema.get("anyOf", [])))


def _item_kinds(document: dict[str, Any], schema: dict[str, Any]) -> set[str]:
    parts = [_followed(document, part) for part in [schema, *_followed(document, schema).get("anyOf", [])]]
    return set[str]().union(*(_kinds(document, part.get("items", {})) for part in parts))


def _followed(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    for _ in range(MAX_DEPTH):
        if "$ref" not in schema:
            break
        schema = _target(document, schema["$ref"])
    return schema


def for_generator(document: dict[str, Any]) -> dict[str, Any]:
    """A copy in which facts that the generator overlooks are repeated where it looks.

    It ignores the document's own `security`, and a default beside or behind a reference that is not in anyOf.
    """
    document = copy.deepcopy(document)
    for pointer, node in list(_walk(document)):
        if len(pointer) == 3 and pointer[0] == "paths" and pointer[2] in METHODS:
            node.setdefault("security", document.get("security", []))
        if _is_schema(pointer) and "$ref" in node and "anyOf" not in pointer[-2:] and pointer[-1] != "items":
            default = node.get("default", _followed(document, node).get("default"))
            if default is not None:
                node |= {"anyOf": [{"$ref": node.pop("$ref")}], "default": default}
    return document


def operation_ids(document: dict[str, Any]) -> dict[str, str]:
    """The operationId of each endpoint module."""
    operations = [item[method] for item in document["paths"].values() for method in METHODS if method in item]
    return {_python_name(operation["operationId"]): operation["operationId"] for operation in operations}


def _python_name(name: str, *, of_class: bool = False) -> str:
    """What the generator makes of a name."""
    from openapi_python_client.strings import ClassName, PythonIdentifier

    return str((ClassName if of_class else PythonIdentifier)(name, "field_"))


def _schema_losses(
    document: dict[str, Any], pointer: list[str | int], schema: dict[str, Any]
) -> Iterator[tuple[list[str | int], str]]:
    named = pointer[:-1] == ["components", "schemas"]
    for keyword in schema:
        if keyword not in KEYWORDS and not keyword.startswith("x-"):
            yield [*pointer, keyword], f"{keyword} is not among the keywords that the client can be made from"
    kinds = schema["type"] if isinstance(schema.get("type"), list) else [schema.get("type")]
    kinds = [kind for kind in kinds if kind not in (None, "null")]
    parts = [part for part in schema.get("anyOf", []) if part.get("type") != "null"]
    if len(kinds) + len(parts) > 1:
        yield pointer, "more than one kind: write one, and null if it may be null"
    if not named and ("enum" in schema or "object" in kinds or "properties" in schema):
        yield pointer, "an enum or an object without a name: move it to /components/schemas"
    values = schema.get("enum", [])
    keys = [
        str(value) if str(value)[:1].isalpha() else f"value {index}" for index, value in enumerate(values)
    ]
    names = {_python_name(key.upper()) for key in keys}
    if values and schema.get("type", "string") != "string":
        yield pointer, "an enum needs type: string"
    if not all(isinstance(value, str) and re.fullmatch(r"[ !#-\[\]-~]+", value) for value in values):
        yield [*pointer, "enum"], "only strings of visible ASCII without quotes and backslashes"
    elif len(names) != len(values):
        yield [*pointer, "enum"], "two values have the same Python name"
    if isinstance(schema.get("default"), str) and not re.fullmatch(r"[ !#-\[\]-~]*", schema["default"]):
        yield [*pointer, "default"], "only visible ASCII without quotes and backslashes"
    if "array" in kinds and "items" not in schema:
        yield pointer, '"items" is missing: the list would have no type'
    if schema.get("additionalProperties", True) is not True:
        yield [*pointer, "additionalProperties"], "only true: free members have no type in the client"
    for name in schema.get("properties", {}):
        if _python_name(name) in MODEL_NAMES:
            yield [*pointer, "properties", name], f"every model has a member {_python_name(name)} of its own"
    for name in schema.get("required", []):
        member = schema.get("properties", {}).get(name)
        if member is None:
            yield [*pointer, "required"], f"{name!r} is not in properties"
        elif "null" in (member.get("type") or []) or {"type": "null"} in member.get("anyOf", []):
            yield [*pointer, "properties", name], "required and may be null: not supported by the templates"


def _walk(
    node: Any, pointer: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Every mapping of the document but those that are data."""
    if isinstance(node, dict):
        yield pointer, node
        for key, value in node.items():
            data = key in ("example", "examples", "default", "enum") or key.startswith("x-")
            if _is_names(pointer) or not data:
                yield from _walk(value, (*pointer, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _walk(value, (*pointer, index))


def _is_names(pointer: tuple[str | int, ...]) -> bool:
    """Whether the keys of this mapping are names that the document chooses, not keywords."""
    if not pointer or pointer[-1] not in (
        *("properties", "schemas", "parameters", "responses", "requestBodies"),
    ):
        return False
    return not _is_names(pointer[:-1])


def _is_schema(pointer: tuple[str | int, ...]) -> bool:
    if len(pointer) < 2:
        return False
    above, last = pointer[-2:]
    if above in ("properties", "schemas"):
        return _is_names(pointer[:-1])
    return not _is_names(pointer[:-1]) and (
        last in ("schema", "items", "additionalProperties", "not") or above in ("anyOf", "oneOf", "allOf")
    )


def _target(document: Any, reference: str) -> Any:
    """What a reference refers to, None if nothing."""
    node = document
    for part in reference[2:].split("/"):
        part = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or part not in node:
            return None
        node = node[part]
    return node


def _line(node: Any, pointer: list[str | int]) -> int:
    """The line of the document, from 1, that a pointer leads to, or its nearest parent's."""
    line = 0
    for step in pointer:
        if isinstance(step, int):
            pairs = [(item, item) for item in node.value[step : step + 1]]
        else:
            pairs = [(key, value) for key, value in node.value if key.value == step]
        if not pairs:
            break
        key, node = pairs[0]
        line = key.start_mark.line
    return line + 1
