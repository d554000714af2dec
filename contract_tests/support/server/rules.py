"""What must hold of every response of every operation: what the document says and a schema cannot.

A message names members, types and lengths, and never a value: values are personal data.
"""

import collections
import functools
import json
import re
import urllib.parse
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import jsonschema_rs

from support import contract
from support.contract import OPERATIONS, Operation
from support.server import reading
from support.server.masking import Masker
from support.server.operation_rules import RULES, Memory
from support.server.reading import Question
from support.server.target import Target
from support.server.wire import Exchange

CLOCK_SKEW: Final = 300.0
"""How far, in seconds, the clocks of the suite and of the target may be apart."""
_ENVELOPE: Final = frozenset({"code", "message", "request_id", "timestamp"})
_LEAKED: Final = contract.RECORD_MEMBERS - {
    *("call_id", "comments", "duration", "summary", "tags", "user_id")
}
"""Members of a record that no error has a use for."""
_LIMITED: Final = re.compile(r"\d+ requests")
"""In the description of an operation that may respond 429, which then need not be documented."""


class Violation(AssertionError):
    """A response that breaks the contract."""


class Judge:
    """Judges responses, each rule by itself, and remembers what must agree between them."""

    def __init__(self, target: Target, masker: Masker) -> None:
        """`masker` learns the values to mask from the responses."""
        self._target = target
        self._masker = masker
        self._request_ids: set[str] = set()
        self._created: set[tuple[str, frozenset[tuple[str, object]]]] = set()
        self._new: list[str] = []
        self.memory = Memory(target)
        self.judged: collections.Counter[tuple[str, int]] = collections.Counter()
        """Responses by operation and status."""
        self.broken: collections.Counter[str] = collections.Counter()
        """Broken rules."""
        self.drift: collections.Counter[str] = collections.Counter()
        """Values that the document does not list."""

    def judge(self, exchange: Exchange) -> Question:
        """Notes each rule that the response breaks; returns what was requested."""
        question = reading.read(exchange.request, self._target, self.memory.issued)
        status = exchange.response.status_code
        name = question.operation.id if question.operation else contract.OTHER
        self.judged[name, status] += 1
        for message in self._broken(question, exchange):
            # Without indexes, so that a rule is the same rule for each item of a list.
            rule = f"{name}, status {status}: {re.sub(r'/[0-9]+(?=/|$|:| )', '/*', message)}"
            self.broken[rule] += 1
            if self.broken[rule] == 1:
                self._new.append(f"{rule} ({question})")
        return question

    def take(self) -> list[str]:
        """The rules that were broken for the first time since the last call."""
        taken, self._new = self._new, []
        return taken

    def summary(self) -> list[str]:
        """A table of the responses judged; what the document has and was never returned is a 0."""
        known = {(each.id, status) for each in OPERATIONS.values() for status in each.statuses}
        rows = [(*key, self.judged[key]) for key in sorted(known | {*self.judged})]
        width = max(len(row[0]) for row in rows)
        return [
            *(
                f"{name:{width}} {status:>6} {count:>7}"
                for name, status, count in [("operation", "status", "judged"), *rows]
            ),
            *(f"drift, {count} times: {what}" for what, count in sorted(self.drift.items())),
            *(f"broken, {count} times: {what}" for what, count in sorted(self.broken.items())),
        ]

    def _broken(self, question: Question, exchange: Exchange) -> Iterator[str]:
        status, operation = exchange.response.status_code, question.operation
        content: Any = None
        problem = ""
        try:
            content = _parse(exchange.response)
        except ValueError as error:
            problem = str(error)
        if _repeats(question.secrets | {self._target.token or ""} - {""}, exchange.response, content):
            yield "the response repeats a token or a secret of the request"
        if operation is None:
            yield from _check_other(question, status)
            return
        if status >= 500:
            yield "the API failed"
            return
        if status == 429 and _LIMITED.search(operation.description):
            return
        spec = operation.response(status)
        if status == 404 and not question.routable:
            return  # the router's own response
        if spec is None:
            yield "the status is not in the document"
            return
        yield from _check_status(question, operation, status)
        if problem and "application/json" in spec.get("content", {}):
            yield problem
            return
        yield from self._check_body(question, operation, exchange, content)

    def _check_body(
        self, question: Question, operation: Operation, exchange: Exchange, body: Any
    ) -> Iterator[str]:
        response, status = exchange.response, exchange.response.status_code
        declared = (operation.response(status) or {}).get("content", {})
        media_type = _media_type(response)
        if not declared:
            if response.content and (
                status in {204, 205} or (status < 300 and media_type != "application/json")
            ):
                yield "a body that the document does not have"
        elif not any(_covers(pattern, media_type) for pattern in declared):
            yield f"the media type is not {' or '.join(declared)}"
            return
        if media_type == "application/json" and declared:
            # Not the message of an envelope, which is an ordinary word.
            self._masker.learn(body.get("data") if isinstance(body, dict) else body)
            errors = [*_validator(operation.id, status, True).iter_errors(body)]
            for error in errors:
                place, rule = ("/".join(map(str, path)) for path in (error.instance_path, error.schema_path))
                yield f"/{place} breaks {rule.replace(f'/{contract.OPEN}', '/')}"
            for error in _validator(operation.id, status, False).iter_errors(body) if not errors else ():
                place = "/".join("*" if isinstance(step, int) else step for step in error.instance_path)
                self.drift[f"{operation.id}, status {status}: /{place} has a value that is not listed"] += 1
            if isinstance(body, dict):
                if _is_envelope(operation, status):
                    yield from self._check_envelope(body, status, exchange.received_at)
                if status >= 400:
                    yield from _check_error(body)
            if errors:
                return
            if status == 201 and question.method == "POST":
                yield from self._check_created(operation, body)
        if rules := RULES.get(operation.id):
            yield from rules.check(question, status, body, self.memory)

    def _check_created(self, operation: Operation, body: Any) -> Iterator[str]:
        ids = frozenset(
            (name, value)
            for name, value in walk(body)
            if re.fullmatch("id|(?!request_).+_id", name) and isinstance(value, int | str)
        )
        if ids and (operation.id, ids) in self._created:
            yield "the ids are those of what an earlier request created"
        self._created.add((operation.id, ids))

    def _check_envelope(self, body: dict[str, Any], status: int, received_at: float) -> Iterator[str]:
        if "code" in body and body["code"] != status:
            yield "code differs from the status"
        request_id = body.get("request_id")
        if isinstance(request_id, str):
            if request_id.lower() in self._request_ids:
                yield "request_id is that of another response"
            self._request_ids.add(request_id.lower())
        try:
            moment = datetime.strptime(body["timestamp"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        except (KeyError, TypeError, ValueError):
            return  # the schema says whether that is right
        if abs(received_at - moment.timestamp()) > CLOCK_SKEW:
            yield f"timestamp is more than {CLOCK_SKEW:.0f} s from now"


def can_refuse(question: Question) -> bool:
    """Whether a request that fits the schemas may be refused with a 400."""
    rules = RULES.get(question.operation.id) if question.operation else None
    return bool(rules and rules.can_refuse(question))


def _check_other(question: Question, status: int) -> Iterator[str]:
    """What is not an operation of the document."""
    method = question.method
    if status >= 500 and not (status == 501 and question.known_path):
        yield f"{method}: the API failed"
    elif method == "HEAD":
        if question.secured and question.authorised is False and status < 400:
            yield "HEAD without the token is not refused"
    elif method not in {"GET", "OPTIONS"} and status < 400:
        yield f"{method} is not in the document"


def _check_status(question: Question, operation: Operation, status: int) -> Iterator[str]:
    documented = {*range(400, 500)}
    if question.secured and question.authorised is False:
        allowed = {401} if question.valid else {400, 401, 404, 422}
    else:
        if question.secured and question.authorised:
            documented -= {401}
        allowed = documented if question.valid is False else documented | {*range(200, 400)}
    if status not in allowed:
        wanted = " or ".join(map(str, sorted(allowed))) if len(allowed) < 5 else "another status"
        yield f"{wanted} is right"


def _check_error(body: dict[str, Any]) -> Iterator[str]:
    if body.get("data"):
        yield "an error with data"
    if leaked := sorted(_LEAKED & {name for name, _ in walk(body)}):
        yield f"an error with members of a record: {', '.join(leaked)}"


def _is_envelope(operation: Operation, status: int) -> bool:
    spec = operation.response(status) or {}
    schema = spec.get("content", {}).get("application/json", {}).get("schema", {})
    return contract.resolved(contract.DOCUMENT, schema).get("properties", {}).keys() >= _ENVELOPE


@functools.cache
def _validator(operation: str, status: int, admit_unlisted: bool) -> jsonschema_rs.Validator:
    spec = OPERATIONS[operation].response(status) or {}
    schema = spec["content"].get("application/json", {}).get("schema", {})
    if admit_unlisted:
        return contract.make_validator(contract.open_enumerations(schema), contract.open_components())
    return contract.make_validator(schema)


def _covers(pattern: str, media_type: str) -> bool:
    return (
        re.fullmatch(re.escape(pattern.partition(";")[0].strip().lower()).replace(r"\*", ".*"), media_type)
        is not None
    )


def _media_type(response: httpx.Response) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()


def _parse(response: httpx.Response) -> Any:
    """The body, if it is JSON; raises ValueError if it should be and is not."""
    if _media_type(response) != "application/json":
        return None
    charset = re.search(r"(?i)charset=[\"']?([^\s;\"']+)", response.headers["content-type"])
    if charset and charset[1].lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise ValueError("a charset of JSON that is not UTF-8")
    try:
        return json.loads(
            response.content.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON ({type(error).__name__}: {_reason(error)})") from None


def _reason(error: Exception) -> str:
    # An error of Python's own repeats the text.
    return str(error) if type(error) is ValueError else "malformed"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a member twice in an object")
    return dict(pairs)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _repeats(secrets: frozenset[str], response: httpx.Response, body: Any) -> bool:
    """Whether a secret is in the text, percent-encoded, or, in JSON, escaped."""
    parts = [response.text, *(value for _, value in response.headers.multi_items())]
    for name, value in walk(body):
        parts += [name, *([value] if isinstance(value, str) else [])]
    text = "\n".join(parts)
    return any(secret in each for secret in secrets for each in (text, urllib.parse.unquote(text)))


def walk(value: Any) -> Iterator[tuple[str, Any]]:
    """Every member, and every item, with the name of its member."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, inner
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield "", inner
            yield from walk(inner)
