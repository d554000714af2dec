"""The record: the same request has the same response, and the fake returns the documented one."""

import pytest

from support.contract import EXAMPLE, MODULES
from support.server.facts import KNOWN, TARGET
from support.server.records import differing, shown
from support.server.suite import EVERYTHING, Suite

fake_only = pytest.mark.skipif(TARGET.kind != "fake", reason="only the fake promises it")


@pytest.mark.requests(2)
@pytest.mark.parametrize("call_id", KNOWN[:1] if TARGET.live else KNOWN)
def test_same_request_has_the_same_response(suite: Suite, call_id: int) -> None:
    """Two responses differ in what is new for each: request_id, timestamp, and the recording's address."""
    first, second = (suite.record(call_id, EVERYTHING) for _ in range(2))
    assert differing(first, second) == []


@fake_only
@pytest.mark.parametrize("call_id", KNOWN)
def test_fake_returns_each_requested_module(suite: Suite, call_id: int) -> None:
    """A requested module of the fake has its key, if only with null."""
    assert set(MODULES.values()) <= suite.record(call_id, EVERYTHING).keys()


@fake_only
def test_fake_has_the_call_of_the_reference_page(suite: Suite) -> None:
    """The fake returns exactly the documented record for the modules that the page shows."""
    names = [module for module, key in MODULES.items() if key in EXAMPLE]
    assert suite.record(EXAMPLE["call_id"], f"include={','.join(names)}") == EXAMPLE
    assert suite.record(EXAMPLE["call_id"]) == shown(EXAMPLE, ())
