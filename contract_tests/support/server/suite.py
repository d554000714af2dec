"""What the tests of a run share: the target, the wire to it, the judge and the masker."""

import dataclasses
import functools
import json
import os
import sys
from typing import Any, Final

import httpx

from support.contract import MODULES, Operation
from support.server.masking import Masker
from support.server.rules import Judge
from support.server.samples import make_sample
from support.server.target import Target, from_environment
from support.server.wire import AppTransport, Exchange, Guard, Wire

GOOD: Final = object()
"""The target's token."""
EVERYTHING: Final = "include=" + ",".join(MODULES)
_LIVE_BUDGETS: Final = {"examples": 20, "coverage": 40}


@dataclasses.dataclass(frozen=True)
class Suite:
    """A run against a target."""

    target: Target
    wire: Wire
    judge: Judge
    masker: Masker
    guard: Guard | None

    def ask(self, call: object, query: str = "", authorization: Any = GOOD) -> Exchange:
        """Requests a call and checks the response; `authorization` is the header's value, or None."""
        if authorization is GOOD:
            authorization = f"Bearer {self.target.token}"
        headers = {} if authorization is None else {"Authorization": authorization}
        exchange = self.wire.get(call, query, headers)
        self.judge_all()
        return exchange

    def send(
        self, operation: Operation, authorization: Any = GOOD, *, method: str | None = None, **values: Any
    ) -> httpx.Response:
        """Sends the sample of an operation, with these values of parameters, and judges the response."""
        sample = make_sample(operation, self.target, **values)
        headers = dict(sample.headers)
        if authorization is GOOD and operation.secured:
            headers["Authorization"] = f"Bearer {self.target.token}"
        elif isinstance(authorization, str | bytes):
            headers["Authorization"] = authorization
        path = f"{sample.path}{'?' * bool(sample.query)}{sample.query}"
        content = sample.content if method is None else b""
        exchange = self.wire.send(method or operation.method, path, headers, content, operation.root)
        self.judge_all()
        return exchange.response

    def post(self, operation: Operation, body: Any) -> httpx.Response:
        """Sends a JSON body and judges the response."""
        headers = {"Content-Type": "application/json"}
        content = json.dumps(body).encode()
        exchange = self.wire.send("POST", operation.template, headers, content, operation.root)
        self.judge_all()
        return exchange.response

    def record(self, call: object, query: str = "") -> dict[str, Any]:
        """The record of a call that is known to exist."""
        exchange = self.ask(call, query)
        assert exchange.response.status_code == 200, f"status {exchange.response.status_code}"
        record: dict[str, Any] = exchange.response.json()["data"]["result"]
        return record

    def judge_all(self) -> None:
        """Judges what has been exchanged since the last time."""
        for exchange in self.wire.take():
            self.judge.judge(exchange)

    def budget(self, phase: str) -> int:
        """How many requests a phase of schemathesis may send to a live API."""
        return _LIVE_BUDGETS.get(phase, self.target.examples)


@functools.cache
def get_suite() -> Suite:
    """The suite of this run. Raises ValueError for a wrong setting."""
    # An app is looked for where pytest was started, as a server would.
    if "" not in sys.path and os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())
    target = from_environment(os.environ)
    masker = Masker([target.token, target.email, target.password])
    # Nothing leaves before the bound is known and printed.
    guard = Guard(httpx.HTTPTransport(), target, most=0) if target.live else None
    wire = _find_path(Wire(target, guard or AppTransport(target.app)))
    return Suite(wire.target, wire, Judge(wire.target, masker), masker, guard)


def _find_path(wire: Wire) -> Wire:
    """An app may be mounted without the path of the document's server."""
    target = wire.target
    if target.kind != "app" or not target.token or not target.call_ids:
        return wire
    short = dataclasses.replace(target, base_url=target.base_url.removesuffix(target.path))
    headers = {"Authorization": f"Bearer {target.token}"}
    try:
        with_path = wire.get(target.call_ids[0], headers=headers).response.status_code
        wire.target = short
        without_path = wire.get(target.call_ids[0], headers=headers).response.status_code
    except Exception:  # a response that cannot be read is reported by the tests
        with_path = without_path = 0
    wire.take()
    if (with_path, without_path) != (404, 200):
        wire.target = target
    return wire
