"""Counts what the server suite does, for the report: names, counts and statuses, and never a value.

With `CONVIRZA_CONTRACT_RECORD=build/contract.json` set, a run writes its counts there, for scripts/report.py.
"""

import ast
import collections
import contextlib
import dataclasses
import functools
import hashlib
import inspect
import json
import os
import re
import sys
import traceback
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import jsonschema_rs
import pytest
import schemathesis

from support import rules
from support.document import ROOT, Document, load, resolved
from support.suite import Suite
from support.target import Target
from support.wire import Exchange

VARIABLE: Final = "CONVIRZA_CONTRACT_RECORD"
OUTSIDE: Final = "outside the document"
METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
ANY_RULE: Final = "any of these"
TOKEN: Final = ("Authorization (header)", "the token")

_EDGES: Final = {"minimum": -1, "maximum": 1}
"""Where the first value is that breaks the keyword."""
_RANGES: Final = {"int32": 2**31, "int64": 2**63}
_PLAIN: Final = re.compile(r"-?(0|[1-9][0-9]*)")
_DOUBTFUL: Final = re.compile(r"[+-]?[0-9]+(\.0+)?")
"""Other ways to write a whole number: the document leaves them open."""
_KEYWORDS: Final = frozenset({"enum", "format", "maximum", "maxLength", "minimum", "minLength", "pattern"})


@dataclasses.dataclass(frozen=True)
class Operation:
    """What the document says of an operation, references followed."""

    name: str
    method: str
    path: str
    parameters: list[dict[str, Any]]
    responses: dict[str, dict[str, Any]]
    secured: bool

    def match(self, method: str, path: str) -> re.Match[str] | None:
        """The parts of the path if the request is for this operation."""
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path))
        return re.fullmatch(pattern, path) if method == self.method else None


def read_operations(document: Document) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in sorted(METHODS & item.keys()):
            operation = item[method]
            parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
            responses = operation["responses"]
            yield Operation(
                name=operation["operationId"],
                method=method.upper(),
                path=path,
                parameters=[resolved(document, parameter) for parameter in parameters],
                responses={status: resolved(document, responses[status]) for status in sorted(responses)},
                secured=bool(operation.get("security")),
            )


class Recorder:
    """Counts exchanges and the checks on them."""

    def __init__(self, document: Document, target: Target) -> None:
        """Starts with what the document asks for, so that what is never tried is a zero, not a gap."""
        self._document = document
        self._target = target
        self.test = ("", "")
        """Phase and name of the test that runs."""
        self._exchanges: collections.Counter[tuple[str, int, str, str]] = collections.Counter()
        self._checks: dict[tuple[str, str, str, int], list[int]] = {}
        self._keywords: dict[tuple[str, str, str], list[int | None]] = {}
        self._members: dict[tuple[str, str], list[int]] = {}
        self._values: dict[tuple[str, str], int] = {}
        self._operations = list(read_operations(document))
        for operation in self._operations:
            for parameter in operation.parameters:
                self._expect_parameter(operation.name, parameter)
            if operation.secured:
                self._keywords[operation.name, *TOKEN] = [0, 0]
        for name in sorted(_reachable(document)):
            schema = document["components"]["schemas"][name]
            self._members |= {(name, member): [0, 0, 0] for member in schema.get("properties", ())}
            self._values |= {(name, str(value)): 0 for value in schema.get("enum", ())}

    def exchange(self, exchange: Exchange) -> None:
        """Counts an exchange, the keywords that its request tried, the members that its answer had."""
        request, response = exchange.request, exchange.response
        operation, groups = self._operation(request)
        name = operation.name if operation else OUTSIDE
        self._exchanges[name, response.status_code, *self.test] += 1
        if not operation:
            return
        raw_query = request.url.query.decode("ascii")
        query = urllib.parse.parse_qsl(raw_query, keep_blank_values=True, errors="replace")
        for parameter in operation.parameters:
            given = [value for key, value in query if key == parameter["name"]]
            if parameter["in"] == "path":
                given = [urllib.parse.unquote(groups[parameter["name"]], errors="replace")]
            self._try_parameter(name, parameter, given)
        headers = request.headers.get_list("authorization")
        self._try(name, *TOKEN, headers == [f"Bearer {self._target.token}"])
        if answer := operation.responses.get(str(response.status_code)):
            self._read_body(answer, response.content)

    def checked(self, source: str, check: str, operation: str, status: int, *, failed: bool) -> None:
        """Counts that a check judged an answer."""
        count = self._checks.setdefault((source, check, operation, status), [0, 0])
        count[0] += 1
        count[1] += failed

    def name(self, request: httpx.Request) -> str:
        """The operation that a request asks for."""
        operation, _ = self._operation(request)
        return operation.name if operation else OUTSIDE

    def _operation(self, request: httpx.Request) -> tuple[Operation | None, dict[str, str]]:
        raw_path, _, _ = request.url.raw_path.decode("ascii").partition("?")
        for operation in self._operations:
            if match := operation.match(request.method, raw_path.removeprefix(self._target.path)):
                return operation, match.groupdict()
        return None, {}

    def result(self) -> dict[str, Any]:
        """The counts as JSON."""
        info = self._document["info"]
        sha256 = hashlib.sha256((ROOT / "openapi/openapi.yaml").read_bytes()).hexdigest()
        return {
            "document": {"title": info["title"], "version": info["version"], "sha256": sha256},
            "target": {name: getattr(self._target, name) for name in ("kind", "host", "examples", "seed")},
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "operations": [
                {"name": each.name, "method": each.method, "path": each.path, "statuses": [*each.responses]}
                for each in self._operations
            ],
            "exchanges": _rows("operation status phase test count", self._exchanges),
            "checks": _rows("source check operation status ran failed", self._checks),
            "keywords": _rows("operation parameter keyword kept broken", self._keywords),
            "members": _rows("schema member present null absent", self._members),
            "values": _rows("schema value seen", self._values),
        }

    def _expect_parameter(self, operation: str, parameter: dict[str, Any]) -> None:
        """A zero for each keyword; None where no request can break it."""
        label, schema = _label(parameter), resolved(self._document, parameter["schema"])
        if not parameter.get("required"):
            for keyword in ("given", "left out"):
                self._keywords[operation, label, keyword] = [0, None]
        if schema.get("type") == "array":
            self._keywords[operation, label, _joined(parameter)] = [0, 0]
            schema = resolved(self._document, schema["items"])
            for value in schema.get("enum", ()):
                self._keywords[operation, label, f"enum: {value}"] = [0, None]
        elif "type" in schema:
            breakable = schema["type"] != "string"
            self._keywords[operation, label, f"type: {schema['type']}"] = [0, 0 if breakable else None]
        for keyword in sorted(_KEYWORDS & schema.keys()):
            self._keywords[operation, label, _shown(keyword, schema)] = [0, 0]
            if keyword in _EDGES:
                self._keywords[operation, label, f"{_shown(keyword, schema)}, at the edge"] = [0, 0]

    def _try(self, operation: str, label: str, keyword: str, kept: bool) -> None:
        count = self._keywords.get((operation, label, keyword))
        if count is not None:
            count[not kept] = (count[not kept] or 0) + 1

    def _try_parameter(self, operation: str, parameter: dict[str, Any], given: list[str]) -> None:
        tried = functools.partial(self._try, operation, _label(parameter))
        tried("given" if given else "left out", True)
        schema = resolved(self._document, parameter["schema"])
        if not given:
            return
        if schema.get("type") != "array":
            self._try_value(tried, schema, given[0])
            return
        tried(_joined(parameter), len(given) == 1)
        items, names = resolved(self._document, schema["items"]), given[0].split(",") if given[0] else []
        for keyword in _KEYWORDS & items.keys() if names else ():
            tried(_shown(keyword, items), all(_holds(keyword, items[keyword], name) for name in names))
        for name in set(names).intersection(items.get("enum", ())):
            tried(f"enum: {name}", True)

    def _try_value(self, tried: Callable[[str, bool], None], schema: dict[str, Any], text: str) -> None:
        value: str | int = text
        if schema.get("type") == "integer":
            if _PLAIN.fullmatch(text):
                value = int(text[:4000])  # Python reads no longer ones
            elif _DOUBTFUL.fullmatch(text):
                return
        typed = "type" not in schema or _holds("type", schema["type"], value)
        tried(f"type: {schema.get('type')}", typed)
        for keyword in _KEYWORDS & schema.keys() if typed else ():
            limit = schema[keyword]
            tried(_shown(keyword, schema), _holds(keyword, limit, value))
            if keyword in _EDGES and value in {limit, limit + _EDGES[keyword]}:
                tried(f"{_shown(keyword, schema)}, at the edge", value == limit)

    def _read_body(self, answer: dict[str, Any], content: bytes) -> None:
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        # What is not JSON is the business of a check.
        with contextlib.suppress(ValueError, RecursionError):
            self._read_value(schema, json.loads(content))

    def _read_value(self, schema: dict[str, Any], value: Any) -> None:
        if "anyOf" in schema:
            schema = next((part for part in schema["anyOf"] if part.get("type") != "null"), {})
        name = schema.get("$ref", "").rpartition("/")[2]
        schema = resolved(self._document, schema)
        if isinstance(value, dict):
            for member, inner in schema.get("properties", {}).items():
                seen = 2 if member not in value else 1 if value[member] is None else 0
                self._members.setdefault((name, member), [0, 0, 0])[seen] += 1
                if not seen:
                    self._read_value(inner, value[member])
        elif isinstance(value, list):
            for item in value:
                self._read_value(schema.get("items", {}), item)
        elif "enum" in schema and value is not None:
            known = str(value) if value in schema["enum"] else "a value that is not listed"
            self._values[name, known] = self._values.get((name, known), 0) + 1


def _rows(names: str, counts: Mapping[Any, Any]) -> list[dict[str, Any]]:
    return [
        dict(zip(names.split(), (*key, *(count if isinstance(count, list) else [count])), strict=True))
        for key, count in counts.items()
    ]


def _label(parameter: dict[str, Any]) -> str:
    return f"{parameter['name']} ({parameter['in']})"


def _joined(parameter: dict[str, Any]) -> str:
    return f"style: {parameter.get('style', 'form')}, explode: {str(parameter.get('explode', True)).lower()}"


def _shown(keyword: str, schema: dict[str, Any]) -> str:
    return "enum" if keyword == "enum" else f"{keyword}: {schema[keyword]}"


def _holds(keyword: str, rule: Any, value: Any) -> bool:
    if keyword == "format" and rule in _RANGES:
        return isinstance(value, int) and -_RANGES[rule] <= value < _RANGES[rule]
    return _validator(json.dumps({keyword: rule})).is_valid(value)


@functools.cache
def _validator(schema: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(schema), validate_formats=True)


def _reachable(document: Document) -> set[str]:
    """The component schemas that an answer can have."""
    found: set[str] = set()
    waiting = [document["components"]["responses"]]
    while waiting:
        names = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(waiting.pop()))) - found
        waiting += [document["components"]["schemas"][name] for name in names]
        found |= names
    return found


class Watch:
    """Shows a recorder what a suite does, as a plugin of pytest."""

    def __init__(self, suite: Suite, path: Path) -> None:
        """`path` is written when the run ends."""
        self._path = path
        self._recorder = Recorder(load(), suite.target)
        self._send, self._judge, self._require = suite.wire.send, suite.judge.judge, rules._require
        self._rules: dict[str, bool] = {}
        """Each rule that the answer was held to, and whether it held."""
        suite.wire.send = self._sent  # type: ignore[method-assign]
        suite.judge.judge = self._judged  # type: ignore[method-assign]
        rules._require = self._required

        @schemathesis.hook
        def after_validate(context: Any, case: Any, response: Any, results: Any) -> None:
            self._validated(case, response, results)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Remembers who sends what follows."""
        module, _, name = nodeid.partition("::")
        module, name = Path(module).stem.removeprefix("test_"), name.partition("[")[0]
        self._recorder.test = (name.removeprefix("test_") if module == "schemathesis" else module, name)

    def pytest_sessionfinish(self) -> None:
        """Writes the counts."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        unfinished.write_text(json.dumps(self._recorder.result(), indent=1) + "\n", "utf-8")
        unfinished.replace(self._path)

    def _sent(self, *args: Any, **kwargs: Any) -> Exchange:
        exchange = self._send(*args, **kwargs)
        self._recorder.exchange(exchange)
        return exchange

    def _validated(self, case: Any, response: Any, results: Any) -> None:
        same = case.method.upper() == case.operation.method.upper()
        name = case.operation.definition.raw["operationId"] if same else OUTSIDE
        for result in results:
            failed = result.failure is not None
            self._recorder.checked("schemathesis", result.name, name, response.status_code, failed=failed)

    def _judged(self, exchange: Exchange) -> rules.Asked:
        status = exchange.response.status_code
        self._rules = {ANY_RULE: True}
        try:
            return self._judge(exchange)
        except Exception as error:
            if all(self._rules.values()):
                self._rules[_raised_by(error)] = False
            self._rules[ANY_RULE] = False
            raise
        finally:
            name = self._recorder.name(exchange.request)
            for rule, held in self._rules.items():
                self._recorder.checked("suite", rule, name, status, failed=not held)

    def _required(self, holds: bool, message: str) -> None:
        rule = _messages().get(sys._getframe(1).f_lineno, "another rule")
        self._rules[rule] = self._rules.get(rule, True) and holds
        self._require(holds, message)


def _raised_by(error: Exception) -> str:
    """The rule that a traceback ends in."""
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == rules.__file__
    ]
    return _messages().get(lines[-1] if lines else 0, "another rule")


@functools.cache
def _messages() -> dict[int, str]:
    """The rules' messages by line, from the source: what a run would fill in is a value, and left out."""
    found = {}
    for call in ast.walk(ast.parse(inspect.getsource(rules))):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"_require", "Violation"}:
            message = call.args[-1]
            parts = message.values if isinstance(message, ast.JoinedStr) else [message]
            found[call.lineno] = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts
            )
    return found


def register(config: pytest.Config, suite: Suite) -> None:
    """Records the run if `CONVIRZA_CONTRACT_RECORD` says where to."""
    # Taken away: a suite that a test starts is another run.
    if path := os.environ.pop(VARIABLE, ""):
        Path(path).unlink(missing_ok=True)
        config.pluginmanager.register(Watch(suite, Path(path).resolve()))
