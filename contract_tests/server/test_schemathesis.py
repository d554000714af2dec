"""Requests generated from the document, judged by schemathesis and by the suite's own rules."""

import collections
import urllib.parse
from typing import Any

import hypothesis
import pytest
from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.generation.stateful.state_machine import StepInput, StepOutput
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
)

from support.server.facts import TARGET, TOKEN
from support.server.generation import STATEFUL_STEPS, make_schema
from support.server.reading import is_segment
from support.server.rules import can_refuse
from support.server.suite import Suite, get_suite

pytestmark = pytest.mark.skipif(not TARGET.token, reason="CONVIRZA_TOKEN is not set")

SUITE = get_suite()
SENT: collections.Counter[tuple[str, str]] = collections.Counter()
EXAMPLES = make_schema(TARGET, SUITE.wire, "examples")
COVERAGE = make_schema(TARGET, SUITE.wire, "coverage")
FUZZING = make_schema(TARGET, SUITE.wire, "fuzzing")
STATEFUL = make_schema(TARGET, SUITE.wire, "stateful")


def headers_for(case: Case) -> dict[str, str]:
    """The token, but for a case that is about headers."""
    return {} if breaks_headers(case) else {"Authorization": f"Bearer {TOKEN}"}


def breaks_headers(case: Case) -> bool:
    """Whether the case is about a token that is missing or wrong."""
    return case.meta is not None and case.meta.is_negative_at(ParameterLocation.HEADER)


def sendable(case: Case) -> bool:
    """Whether a live API may be sent the case: the path of its operation, and the token."""
    segments = [urllib.parse.unquote(text, errors="replace") for text in case.formatted_path.split("/")[1:]]
    return all(map(is_segment, segments)) and not breaks_headers(case)


def may_send(suite: Suite, case: Case, phase: str) -> bool:
    """Counts a case; a live API may have had enough, or must not be sent it."""
    key = (phase, "" if phase == "stateful" else case.operation.label)
    if TARGET.live and (SENT[key] >= suite.budget(phase) or not sendable(case)):
        return False
    SENT[key] += 1
    return True


def check(suite: Suite, case: Case, phase: str) -> None:
    """Sends a case and judges its response."""
    if may_send(suite, case, phase):
        validate(suite, case, case.call(headers=headers_for(case)))


def validate(suite: Suite, case: Case, response: Response) -> None:
    """Judges the response to a case, and those to the requests that schemathesis derives from it."""
    exchange = suite.wire.take()[-1]
    question = suite.judge.judge(exchange)
    status = response.status_code
    # A method that is not documented, and is not implemented, is right; a limited rate is not judged.
    if (question.operation is None and status == 501) or status == 429:
        return
    if question.operation or case.method.upper() != case.operation.method.upper():
        headers = headers_for(case)
        excluded = []
        if status == 404 and not question.routable:
            excluded += [content_type_conformance, response_schema_conformance, status_code_conformance]
        if question.valid is not False:
            # Invalid as a value, and on the wire as a valid one is: `[""]` is `include=`.
            excluded.append(negative_data_rejection)
        if status == 400 and can_refuse(question):
            excluded.append(positive_data_acceptance)
        case.validate_response(
            response, headers=headers, transport_kwargs={"headers": headers}, excluded_checks=excluded
        )
    suite.judge_all()


@pytest.mark.requests(SUITE.budget("examples"))
@EXAMPLES.parametrize()
def test_examples(suite: Suite, case: Case) -> None:
    """The document's examples, with the ids that are known of the target."""
    check(suite, case, "examples")


@pytest.mark.requests(SUITE.budget("coverage"))
@COVERAGE.parametrize()
def test_coverage(suite: Suite, case: Case) -> None:
    """Each keyword of each parameter, kept and broken; missing tokens and unexpected methods."""
    check(suite, case, "coverage")


@pytest.mark.requests(SUITE.budget("fuzzing"))
@FUZZING.parametrize()
def test_fuzzing(suite: Suite, case: Case) -> None:
    """Random requests, valid and not."""
    check(suite, case, "fuzzing")


@pytest.mark.requests(SUITE.budget("stateful"))
def test_stateful(suite: Suite) -> None:
    """A record leads to itself, a list to its calls, a login to its tokens: what is linked is found."""

    class Workflow(STATEFUL.as_state_machine()):  # type: ignore[misc]
        """Requests one after the other, each with data of the last response."""

        last: StepOutput

        def step(self, input: StepInput) -> StepOutput:
            if not may_send(suite, input.case, "stateful"):
                return getattr(Workflow, "last", None) or hypothesis.reject()
            Workflow.last = super().step(input)
            return Workflow.last

        def get_call_kwargs(self, case: Case) -> dict[str, Any]:
            return {"headers": headers_for(case)}

        def validate_response(self, response: Response, case: Case, **_: Any) -> None:
            validate(suite, case, response)

    hypothesis.seed(TARGET.seed)(Workflow)
    Workflow.run(settings=stateful_settings())


def stateful_settings() -> hypothesis.settings:
    """As many requests as the other phases have examples."""
    return hypothesis.settings(
        max_examples=max(1, TARGET.examples // STATEFUL_STEPS),
        stateful_step_count=STATEFUL_STEPS,
        phases=[hypothesis.Phase.generate]
        if TARGET.live
        else [hypothesis.Phase.generate, hypothesis.Phase.shrink],
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
