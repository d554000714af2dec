"""What must hold of every answer, whoever asked: what the document says and a schema cannot.

A message names members, types and lengths, and never a value: values are personal data.
"""

import collections
import dataclasses
import json
import re
import urllib.parse
from datetime import UTC, datetime
from typing import Any, Final

import httpx

from support import contract
from support.masking import Masker
from support.target import Target
from support.wire import Exchange

CLOCK_SKEW: Final = 300.0
"""How far, in seconds, the clocks of the suite and of the target may be apart."""
SHORTEST_SECRET: Final = 6
"""A generated token that is shorter is found in answers by chance."""

_CANONICAL_ID: Final = re.compile("[1-9][0-9]*")
_OTHER_ID: Final = re.compile(r"\+?0*[1-9][0-9]*(\.0+)?")
"""Other ways to write a positive whole number: the document neither asks for them nor forbids them."""
_SCHEMES: Final = frozenset({"basic", "bearer"})
_LEAKED: Final = contract.RECORD_MEMBERS - {
    *("call_id", "comments", "duration", "summary", "tags", "user_id")
}
"""Members of a record that no error has a use for."""


class Violation(AssertionError):
    """An answer that breaks the contract."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """What a request asked for. `None` says that the document leaves open whether it is valid."""

    one_call: bool
    id_text: str
    id_valid: bool | None
    call_id: int
    include_valid: bool | None
    modules: frozenset[str]
    authorised: bool | None
    secrets: frozenset[str]

    @property
    def digits(self) -> bool:
        """Whether a router that wants digits in the place of the id knows the operation."""
        return re.fullmatch("[0-9]+", self.id_text) is not None


def is_segment(text: str) -> bool:
    """Whether the text stands for an id: empty, a dot or with a slash it may be another path."""
    return text not in {"", ".", ".."} and not set("/\\?#;\0") & set(text)


def asked(request: httpx.Request, target: Target) -> Asked:
    """Reads a request as the document does."""
    raw_path, _, raw_query = request.url.raw_path.decode("ascii").partition("?")
    id_text = urllib.parse.unquote(raw_path.removeprefix(target.path + contract.CALLS_PATH), errors="replace")
    id_valid, call_id = _read_id(id_text)
    include_valid, modules = _read_include(raw_query)
    headers = request.headers.get_list("authorization")
    return Asked(
        one_call=request.method == "GET"
        and raw_path.startswith(target.path + contract.CALLS_PATH)
        and is_segment(id_text),
        id_text=id_text,
        id_valid=id_valid,
        call_id=call_id,
        include_valid=include_valid,
        modules=modules,
        authorised=_read_authorization(headers, target.token),
        secrets=frozenset(
            text
            for header in headers
            for text in header.split()[-1:]
            if len(text) >= SHORTEST_SECRET and text.lower() not in _SCHEMES
        ),
    )


def _read_id(text: str) -> tuple[bool | None, int]:
    if len(text) < 4000 and _CANONICAL_ID.fullmatch(text):
        return int(text) <= contract.LARGEST_ID, int(text)
    return (None if _OTHER_ID.fullmatch(text) else False), 0


def _read_include(raw_query: str) -> tuple[bool | None, frozenset[str]]:
    pairs = urllib.parse.parse_qsl(raw_query, keep_blank_values=True, errors="replace")
    values = [value for name, value in pairs if name == "include"]
    items = frozenset(",".join(values).split(",")) - {""}
    modules = items & contract.MODULES.keys()
    if len(values) > 1 or len(pairs) > len(values):
        return None, modules
    if items - modules:
        return False, modules
    return (None if values and values[0] and "" in values[0].split(",") else True), modules


def _read_authorization(headers: list[str], token: str | None) -> bool | None:
    if token is None or len(headers) > 1:
        return None
    if headers == [f"Bearer {token}"]:
        return True
    scheme, _, credentials = (headers or [""])[0].partition(" ")
    return None if scheme.lower() == "bearer" and credentials.strip() == token else False


class Judge:
    """Judges answers, and remembers what must agree between them."""

    def __init__(self, target: Target, masker: Masker) -> None:
        """`masker` learns the values to mask from the answers."""
        self._target = target
        self._masker = masker
        self._request_ids: set[str] = set()
        self._status_of: dict[int, int] = {}
        self.judged: collections.Counter[tuple[str, int]] = collections.Counter()
        """Responses by operation and status."""

    def judge(self, exchange: Exchange) -> Asked:
        """Raises `Violation` for an answer that breaks the contract; gives what was asked."""
        request, response = exchange.request, exchange.response
        question = asked(request, self._target)
        status = response.status_code
        path = request.url.raw_path.decode("ascii").partition("?")[0].removeprefix(self._target.path)
        self.judged[contract.operation_id(request.method, path), status] += 1
        self._check_secrets(question, response)
        _require(status < 500, f"status {status}: the API failed")
        if request.method in {"HEAD", "OPTIONS"}:
            return question
        if request.method != "GET":
            _require(status >= 400, f"status {status}: {request.method} is not in the document")
            return question
        if not question.one_call:
            return question
        _require(status in contract.STATUSES, f"status {status} is not in the document")
        self._check_status(question, status)
        # A router that wants digits does not know the operation: then the answer is its own.
        if status != 404 or question.digits:
            self._check_body(question, status, _parse(response), exchange.received_at)
        return question

    def summary(self) -> list[str]:
        """A table of the responses judged; what the document has and was never returned is a 0."""
        known = {
            (name, int(status)) for name, each in contract.OPERATIONS.items() for status in each["responses"]
        }
        rows = [(*key, self.judged[key]) for key in sorted(known | {*self.judged})]
        return [
            f"{name:15} {status:>6} {count:>7}"
            for name, status, count in [("operation", "status", "judged"), *rows]
        ]

    def _check_secrets(self, question: Asked, response: httpx.Response) -> None:
        text = "\n".join([response.text, *(value for _, value in response.headers.multi_items())])
        for secret in question.secrets | {self._target.token or ""} - {""}:
            _require(secret not in text, "the answer repeats the token")

    def _check_status(self, question: Asked, status: int) -> None:
        target, call_id = self._target, question.call_id
        if question.authorised is False:
            allowed = {401} if question.id_valid and question.include_valid else {400, 401, 404}
        elif question.authorised is None:
            allowed = {200, 400, 401, 403, 404}
        elif question.id_valid is False:
            allowed = {400, 404}
        elif question.id_valid is None:
            allowed = {200, 400, 403, 404}
        else:
            if call_id in target.call_ids:
                allowed = {200}
            elif call_id == target.forbidden_id:
                allowed = {403}
            elif call_id == target.missing_id:
                allowed = {404}
            else:
                allowed = {200, 403, 404}
            if question.include_valid is False:
                allowed = (allowed - {200}) | {400}
            elif question.include_valid is None:
                allowed = allowed | {400}
        _require(
            status in allowed, f"status {status} where {_words(allowed)} is right ({_describe(question)})"
        )
        if question.authorised and question.id_valid and question.include_valid:
            before = self._status_of.setdefault(call_id, status)
            _require(status == before, f"status {status} for an id that had {before} before")

    def _check_body(self, question: Asked, status: int, body: Any, received_at: float) -> None:
        self._masker.learn(body)
        for error in contract.response_validator(status).iter_errors(body):
            where = "/".join(str(step) for step in error.instance_path)
            rule = "/".join(str(step) for step in error.schema_path)
            raise Violation(f"status {status}: /{where} breaks {rule} ({type(body).__name__})")
        _require(body["code"] == status, f"code differs from the status {status}")
        if "request_id" in body:
            request_id = body["request_id"].lower()
            _require(request_id not in self._request_ids, "request_id is that of another answer")
            self._request_ids.add(request_id)
        if "timestamp" in body:
            moment = datetime.strptime(body["timestamp"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
            age = received_at - moment.timestamp()
            _require(abs(age) <= CLOCK_SKEW, f"timestamp is {age:.0f} s before now")
        if status == 200:
            _check_record(question, body["data"]["result"])
        else:
            _require(not body.get("data"), f"status {status}: an error with data")
            leaked = sorted(_LEAKED & _members(body))
            _require(not leaked, f"status {status}: an error with members of a record: {', '.join(leaked)}")


def _check_record(question: Asked, record: dict[str, Any]) -> None:
    if question.id_valid:
        _require(record["call_id"] == question.call_id, "call_id is not the id that was asked for")
    unasked = {
        key for module, key in contract.MODULES.items() if module not in question.modules
    } & record.keys()
    _require(not unasked, f"modules that were not asked for: {', '.join(sorted(unasked))}")
    for key in contract.DIGITS_ONLY & record.keys():
        digits = not record[key] or re.fullmatch("[0-9]+", record[key])
        _require(bool(digits), f"{key} has other characters than digits")
    for comment in record.get("comments") or ():
        _require(
            comment.get("call_id") in {None, record["call_id"]}, "comments: call_id is that of another call"
        )


def _parse(response: httpx.Response) -> Any:
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    _require(
        media_type == "application/json",
        f"status {response.status_code}: the media type is not application/json",
    )
    try:
        return json.loads(
            response.content.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant
        )
    except ValueError as error:
        raise Violation(
            f"status {response.status_code}: not JSON ({type(error).__name__}, {len(response.content)} bytes)"
        ) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _require(len(dict(pairs)) == len(pairs), "a member twice in an object")
    return dict(pairs)


def _refuse_constant(name: str) -> None:
    raise Violation(f"{name} is not JSON")


def _members(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(_members(inner) for inner in value.values()))
    if isinstance(value, list):
        return set().union(*(_members(inner) for inner in value))
    return set()


def _describe(question: Asked) -> str:
    words = {True: "valid", False: "not valid", None: "doubtful"}
    return (
        f"token {words[question.authorised]}, id {words[question.id_valid]},"
        f" include {words[question.include_valid]}"
    )


def _words(statuses: set[int]) -> str:
    return " or ".join(str(status) for status in sorted(statuses))


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise Violation(message)
