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
    response_schema_conformance,
)

from support.facts import TARGET, TOKEN
from support.generation import STATEFUL_STEPS, make_schema
from support.rules import is_segment
from support.suite import Suite, get_suite

pytestmark = pytest.mark.skipif(not TARGET.token, reason="CONVIRZA_TOKEN is not set")

SUITE = get_suite()
SENT: collections.Counter[str] = collections.Counter()
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
    """Whether a live API may be sent the case: the path of one call, and the token."""
    segment = urllib.parse.unquote(case.formatted_path.rpartition("/calls/")[2], errors="replace")
    return is_segment(segment) and not breaks_headers(case)


def check(suite: Suite, case: Case, phase: str) -> None:
    """Sends a case and judges its answer; not when a live API has had enough."""
    if TARGET.live and (SENT[phase] >= suite.budget(phase) or not sendable(case)):
        return
    SENT[phase] += 1
    validate(suite, case, case.call(headers=headers_for(case)))


def validate(suite: Suite, case: Case, response: Response) -> None:
    """Judges the answer to a case, and those to what schemathesis asks because of it."""
    exchange = suite.wire.take()[-1]
    question = suite.judge.judge(exchange)
    if question.one_call or case.method != "GET":
        headers = headers_for(case)
        excluded = []
        if response.status_code == 404 and not question.digits:
            excluded += [content_type_conformance, response_schema_conformance]
        if question.id_valid is not False and question.include_valid is not False:
            # Invalid as a value, and on the wire as a valid one is: `[""]` is `include=`.
            excluded.append(negative_data_rejection)
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
    """A record leads to itself: asked again with other modules, the call is still the call."""

    class Workflow(STATEFUL.as_state_machine()):  # type: ignore[misc]
        """Requests one after the other, each with what the last one gave."""

        last: StepOutput

        def step(self, input: StepInput) -> StepOutput:
            if TARGET.live and (SENT["stateful"] >= suite.budget("stateful") or not sendable(input.case)):
                return getattr(Workflow, "last", None) or hypothesis.reject()
            SENT["stateful"] += 1
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
