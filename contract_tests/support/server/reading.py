"""Reads a request as the document does: which operation, which values, and whether they are valid.

`None` as validity says that the document leaves it open.
"""

import dataclasses
import functools
import json
import re
import urllib.parse
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import httpx

from support import contract
from support.contract import DOCUMENT, Operation
from support.document import branches, resolved, types
from support.server.target import Target

Validity = bool | None
SHORTEST_SECRET: Final = 6
"""A generated secret that is shorter is found in responses by chance."""
_SCHEMES: Final = frozenset({"basic", "bearer"})
_INTEGER: Final = re.compile("0|-?[1-9][0-9]*")
_OTHER_INTEGER: Final = re.compile(r"[+-]?[0-9]+(\.0+)?")
"""Other ways to write a whole number: the document neither requires nor forbids them."""
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_CREDENTIAL: Final = re.compile("(?i)credential|password|secret")
_MOST_DIGITS: Final = 4000  # Python refuses to read more than 4,300


@dataclasses.dataclass(frozen=True)
class Question:
    """What a request is for."""

    method: str
    operation: Operation | None
    known_path: bool
    """Whether the document has the path, if not the method."""
    secured: bool
    """Whether GET of the path needs a token."""
    authorised: Validity
    secrets: frozenset[str]
    validity: Mapping[str, Validity] = dataclasses.field(default_factory=dict)
    """By the parameter's name, and of the `body`."""
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Those that could be read; the items of an array that are valid."""
    routable: bool = True
    """Whether a router that requires digits for a whole number finds the operation."""

    @property
    def valid(self) -> Validity:
        """Whether all of the request is."""
        return _all(self.validity.values())

    def __str__(self) -> str:
        words = {True: "valid", False: "not valid", None: "doubtful"}
        parts = [f"{name} {words[each]}" for name, each in self.validity.items() if each is not True]
        return ", ".join([f"token {words[self.authorised]}", *(parts or ["request valid"])])


def is_segment(text: str) -> bool:
    """Whether the text is one segment: empty, a dot or with a slash it may be another path."""
    return text not in {"", ".", ".."} and not set("/\\?#;\0") & set(text)


def read(request: httpx.Request, target: Target, issued: Collection[str] = ()) -> Question:
    """Reads a request; `issued` are access tokens that the target issued, which may be revoked by now."""
    raw_path, _, raw_query = request.url.raw_path.decode("ascii").partition("?")
    found = contract.find_operations(raw_path, target.path)
    found = [(each, raw) for each, raw in found if all(is_segment(_unquote(text)) for text in raw.values())]
    headers = request.headers.get_list("authorization")
    secrets = {text for header in headers for text in header.split()[-1:] if text.lower() not in _SCHEMES}
    operation, raw = next((each for each in found if each[0].method == request.method), (None, {}))
    validity: dict[str, Validity] = {}
    values: dict[str, Any] = {}
    if operation is not None:
        pairs = urllib.parse.parse_qsl(raw_query, keep_blank_values=True, errors="replace")
        for parameter in operation.parameters:
            texts = _find_texts(parameter, raw, pairs, request.headers)
            name = parameter["name"]
            validity[name], values[name] = _read_parameter(parameter, texts)
        if {name for name, _ in pairs} - values.keys():
            validity["other parameters"] = None
        if operation.body is not None:
            validity["body"], values["body"] = _read_body(operation.body, request)
            secrets |= set(find_credentials(_schema_of(operation.body), values["body"]))
    return Question(
        method=request.method,
        operation=operation,
        known_path=bool(found),
        secured=operation.secured if operation else any(each.secured for each, _ in found),
        authorised=_read_authorization(headers, target.token, issued),
        secrets=frozenset(text for text in secrets if len(text) >= SHORTEST_SECRET),
        validity=validity,
        values=values,
        routable=all(
            "integer" not in types(resolved(DOCUMENT, parameter.get("schema", {})))
            or re.fullmatch("[0-9]+", _unquote(raw[parameter["name"]]))
            for parameter in (operation.parameters if operation else ())
            if parameter["in"] == "path"
        ),
    )


def find_credentials(schema: Any, value: Any) -> Iterator[str]:
    """The values of a body that are credentials, as the descriptions, or the format, say."""
    schema = resolved(DOCUMENT, schema) if isinstance(schema, dict) else {}
    if isinstance(value, dict):
        for name, member in value.items():
            described = schema.get("properties", {}).get(name, {})
            marked = {**resolved(DOCUMENT, described), **described}
            if isinstance(member, str) and (
                marked.get("format") == "password"
                or marked.get("writeOnly")
                or _CREDENTIAL.search(marked.get("description", ""))
            ):
                yield member
            for branch in branches(DOCUMENT, described):
                yield from find_credentials(branch, member)


def _all(validities: Collection[Validity]) -> Validity:
    return False if False in validities else None if None in validities else True


def _unquote(text: str) -> str:
    return urllib.parse.unquote(text, errors="replace")


def _find_texts(
    parameter: Mapping[str, Any],
    raw: Mapping[str, str],
    pairs: Sequence[tuple[str, str]],
    headers: httpx.Headers,
) -> list[str] | None:
    """The texts of a parameter; None if it is where the suite does not look."""
    name = parameter["name"]
    match parameter["in"]:
        case "path":
            return [_unquote(raw[name])]
        case "query":
            return [value for each, value in pairs if each == name]
        case "header":
            return headers.get_list(name)
    return None


def _read_parameter(parameter: Mapping[str, Any], texts: list[str] | None) -> tuple[Validity, Any]:
    if texts is None or "schema" not in parameter:
        return None, None
    if not texts:
        return not parameter.get("required", False), None
    schema = resolved(DOCUMENT, parameter["schema"])
    if "array" in types(schema):
        return _read_array(parameter, schema, texts)
    if len(texts) > 1:
        return None, None
    return _read_scalar(schema, texts[0])


def _read_array(
    parameter: Mapping[str, Any], schema: Mapping[str, Any], texts: list[str]
) -> tuple[Validity, Any]:
    explode = parameter.get("explode", parameter.get("style", "form") == "form")
    items = [item for text in texts for item in ([text] if explode else text.split(","))]
    read = [_read_scalar(schema.get("items", {}), item) for item in items if item]
    values = [value for valid, value in read if valid]
    validities: list[Validity] = [valid for valid, _ in read]
    doubtful = ("" in items and items != [""]) or (not explode and len(texts) > 1)
    whole = _is_valid({**schema, "items": {}}, values)
    if doubtful or (not whole and not values):
        validities.append(None)
    elif not whole and False not in validities:
        validities.append(False)
    return _all(validities), values


def _read_scalar(schema: Any, text: str) -> tuple[Validity, Any]:
    kinds = list(branches(DOCUMENT, schema)) if isinstance(schema, dict) else [{}]
    results = [_read_one(branch, text) for branch in kinds]
    return next((result for valid in (True, None) for result in results if result[0] is valid), results[0])


def _read_one(schema: Mapping[str, Any], text: str) -> tuple[Validity, Any]:
    kinds = types(dict(schema))
    value: Any = text
    sure = True
    if text == "" and (kinds != ["string"] or not _is_valid(schema, text)):
        return None, None
    if "integer" in kinds:
        sure = bool(_INTEGER.fullmatch(text))
        if len(text) > _MOST_DIGITS or (not sure and not _OTHER_INTEGER.fullmatch(text)):
            return False, None
        value = int(text.partition(".")[0])
    elif "number" in kinds:
        if not _NUMBER.fullmatch(text):
            return False, None
        value = float(text)
    elif "boolean" in kinds:
        sure = text in {"true", "false"}
        if not sure:
            return (None if text.lower() in {"true", "false", "0", "1"} else False), None
        value = text == "true"
    elif kinds and "string" not in kinds:
        return None, None
    if not _is_valid(schema, value):
        return False, None
    return (True, value) if sure else (None, None)


def _read_body(body: Mapping[str, Any], request: httpx.Request) -> tuple[Validity, Any]:
    content = request.read()
    if not content:
        return not body.get("required", False), None
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" or media_type not in body["content"]:
        return None, None
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return False, None
    if _is_valid(_schema_of(body), value):
        return True, value
    # The document does not say whether formats such as `email` are checked.
    return (None if _is_valid(_schema_of(body), value, formats=False) else False), value


def _schema_of(body: Mapping[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = body["content"].get("application/json", {}).get("schema", {})
    return schema


def _is_valid(schema: Any, value: Any, *, formats: bool = True) -> bool:
    valid: bool = _validator(json.dumps(schema), formats).is_valid(value)
    return valid


@functools.cache
def _validator(schema: str, formats: bool) -> Any:
    return contract.make_validator(json.loads(schema), formats=formats)


def _read_authorization(headers: list[str], token: str | None, issued: Collection[str]) -> Validity:
    if token is None or len(headers) > 1:
        return None
    if headers == [f"Bearer {token}"]:
        return True
    scheme, _, credentials = (headers or [""])[0].partition(" ")
    return None if scheme.lower() == "bearer" and credentials.strip() in {token, *issued} else False
