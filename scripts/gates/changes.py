"""A part of document.py: which changes of the document break the code of its users.

Redocly compares the two documents and rates each change for HTTP, request and response apart. Two things it
cannot know. Enumerations are open here: a new value is not breaking. And a typed client is generated from the
document: a schema, a type and a tag are Python names. So a change that Redocly does not rate as breaking is
harmless only if it is one of those below.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from _document import METHODS, read
from node.tools import REDOCLY, run
from shared import DOCUMENT, Refusal, shown

# Texts for people; programs do not depend on them.
WORDS = {"title", "description", "summary", "example", "examples", "deprecated", "externalDocs"}
FOR_PEOPLE = {"Root", "Info", "Contact", "License", "ExternalDocs"}
FOR_PEOPLE |= {"Tag", "TagList", "Example", "ExamplesMap"}
# Absent means this.
DEFAULTS = {"style": "form", "additionalProperties": True}
DEFAULTS |= dict.fromkeys(("required", "deprecated", "uniqueItems"), False)
DEFAULTS |= dict.fromkeys(("minItems", "minLength", "minProperties"), 0)
# How far a value may reach. Redocly knows the direction: it rates those that exclude a value.
BOUNDS = set(
    """
    maximum minimum exclusiveMaximum exclusiveMinimum multipleOf maxLength minLength maxItems minItems
    maxProperties minProperties pattern uniqueItems required
    """.split()  # noqa: SIM905
)
# The security of an operation may be stated at the top; _security reads the effective one.
SECURITY = {"SecurityRequirement", "SecurityRequirementList"}
# Names of these components are neither in a response nor in a client.
NAMELESS = ("parameters", "responses", "examples", "headers")
COMBINED = ("anyOf", "oneOf", "allOf")


class Break(NamedTuple):
    """A breaking change: its place, and what changed."""

    place: str
    problem: str


def breaking_changes(base: Path, revision: Path, name: str, config: Path) -> list[Break]:
    """The breaking changes from `base` to `revision`, which messages call `name`, in its order."""
    report = _report(base, revision, name, config)
    breaks: dict[str, list[str]] = {}
    lines: dict[str, int] = {}
    for change in report["changes"]:
        side = change.get("revision") or change["base"]
        for problem in _problems(change):
            pointer = side["pointer"]
            lines[pointer] = side["line"] if "revision" in change else 0
            used = "" if pointer.startswith(change["path"]) else f" (used at {change['path']})"
            breaks.setdefault(pointer, []).append(problem + used)
    old, new = (read(path)[0] for path in (base, revision))
    try:
        names = [*_security(old, new), *_classes_changed(old, new)]
    except (AttributeError, KeyError, TypeError):
        raise Refusal(f"{name}: not built as OpenAPI says: see the findings of the linters") from None
    for pointer, problem in names:
        lines.setdefault(pointer, 0)
        breaks.setdefault(pointer, []).append(problem)
    return [
        Break(f"{name}:{lines[pointer]}: {pointer}" if lines[pointer] else f"{name}: {pointer}", problem)
        for pointer in breaks
        for problem in dict.fromkeys(breaks[pointer])
    ]


def info_version(document: Path) -> Any:
    """`info.version` of the document; refuse what is not OpenAPI 3.1."""
    data, _ = read(document)
    if not isinstance(data, dict) or not str(data.get("openapi", "")).startswith("3.1."):
        raise Refusal(f"{shown(DOCUMENT)}:1: expected an OpenAPI 3.1 document, got no `openapi: 3.1.x`")
    info = data.get("info")
    return info.get("version") if isinstance(info, dict) else None


def _report(base: Path, revision: Path, name: str, config: Path) -> dict[str, Any]:
    result = run(
        REDOCLY, "diff", "--config", str(config), "--format", "json", "--fail-on", "none",
        base.name, revision.name, folder=base.parent,
    )  # fmt: skip
    try:
        report: dict[str, Any] = json.loads(result.stdout)
    except ValueError:
        report = {}
    if result.returncode or "changes" not in report:
        said = [line for line in result.stderr.splitlines() if line.startswith(("Error", "[1] ", "❌"))]
        raise Refusal(f"{name}: cannot be compared with the release: {' '.join(said) or result.stderr[:300]}")
    return report


def _problems(change: dict[str, Any]) -> Iterator[str]:
    """What breaks in a change of Redocly's report; nothing if it is harmless."""
    kind, type_name, field = change["kind"], change["typeName"], change.get("property", "")
    before, after = (change.get(side, {}).get("value") for side in ("base", "revision"))
    if type_name in SECURITY:
        return
    if kind == "modified":
        if field in WORDS or field.startswith("x-") or type_name in FOR_PEOPLE or _same(field, before, after):
            return
        if field == "enum" and before and after and set(before) <= set(after):
            return  # open
    verdicts = [verdict["message"] for verdict in change["verdicts"] if verdict["impact"] == "major"]
    if verdicts:
        yield from verdicts
    elif kind == "removed":
        component = change["path"].split("/")[1:3]
        if type_name not in FOR_PEOPLE and not (component[0] == "components" and component[-1] in NAMELESS):
            yield f"{type_name} was removed."
    elif kind == "modified" and not _safe_os_error(change["path"], type_name, field, before, after):
        yield f"`{field}` changed from {before!r} to {after!r}."


def _same(field: str, before: Any, after: Any) -> bool:
    """Whether both mean the same: a default that is written down, another order."""
    before, after = (DEFAULTS.get(field) if value is None else value for value in (before, after))
    if isinstance(before, list) and isinstance(after, list) and field in ("enum", "required", "type"):
        return sorted(map(str, before)) == sorted(map(str, after))
    return bool(before == after)


def _safe_os_error(path: str, type_name: str, field: str, before: Any, after: Any) -> bool:
    """Whether a change without effect on HTTP has none on Python, either."""
    match type_name:
        case "Schema":
            return field in BOUNDS
        case "Parameter":
            return field == "required" or (field == "key" and "/components/" in path)
        case "Operation" if field == "tags":  # the first one is the module's name
            return bool((before or [""])[0] == (after or [""])[0])
        case _:
            return field == "key" and path.split("/")[1:3] in [["components", name] for name in NAMELESS]


def _security(old: Any, new: Any) -> Iterator[tuple[str, str]]:
    """Where the required authentication changed; one more alternative is not breaking."""
    before, after = _demanded(old), _demanded(new)
    for pointer in before.keys() & after.keys():
        was, now = before[pointer], after[pointer]
        if was != now and (not was or any(way not in now for way in was)):
            yield f"{pointer}/security", f"Authentication changed from {was} to {now}."


def _demanded(document: Any) -> dict[str, list[Any]]:
    """The alternatives of authentication by operation."""
    return {
        f"#/paths/{path.replace('~', '~0').replace('/', '~1')}/{method}": operation.get(
            "security", document.get("security", [])
        )
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def _classes_changed(old: Any, new: Any) -> Iterator[tuple[str, str]]:
    """Where the class changed."""
    before, after = _classes(old, old), _classes(new, new)
    for pointer in before.keys() & after.keys():
        if before[pointer] != after[pointer]:
            was, now = (", ".join(sorted(names)) or "no class" for names in (before[pointer], after[pointer]))
            yield pointer, f"The type was {was} and is {now}."


def _classes(document: Any, node: Any, pointer: str = "#") -> dict[str, frozenset[str]]:
    """The classes at each place of a schema; those of a combination are at its place."""
    found: dict[str, frozenset[str]] = {}
    if isinstance(node, dict):
        found[pointer] = frozenset(_named(document, node))
        for key, value in node.items():
            if pointer.endswith("/properties") or not (key in WORDS or str(key).startswith("x-")):
                place = f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
                found |= _classes(document, value, place)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            if pointer.rsplit("/", 1)[-1] not in COMBINED:
                found |= _classes(document, value, f"{pointer}/{index}")
    return found


def _named(document: Any, schema: dict[str, Any]) -> Iterator[str]:
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/components/schemas/"):
        name = reference.rsplit("/", 1)[-1]
        target = document.get("components", {}).get("schemas", {}).get(name)
        if isinstance(target, dict) and _is_class(target):
            yield str(target.get("title", name))  # the generator prefers a title
    for word in COMBINED:
        members = schema.get(word)
        for member in members if isinstance(members, list) else []:
            if isinstance(member, dict):
                yield from _named(document, member)


def _is_class(schema: dict[str, Any]) -> bool:
    """Others, such as Id, are an int or a str in Python."""
    return schema.get("type") == "object" or "enum" in schema
