"""The run against the target: what is printed before and after it, what is skipped, what is masked."""

from typing import Any

import pytest

from support.server.rules import Violation
from support.server.suite import Suite, get_suite
from support.server.target import HOW_TO_RUN_LIVE
from support.server.wire import MOST_RETRIES

try:
    SUITE = get_suite()
except ValueError as error:
    pytest.exit(str(error), returncode=pytest.ExitCode.USAGE_ERROR)
if SUITE.target.kind == "app" and SUITE.target.missing_facts and not SUITE.target.skip_unknown:
    pytest.exit(
        f"CONVIRZA_CONTRACT_APP: set {', '.join(SUITE.target.missing_facts)} too; or set"
        " CONVIRZA_CONTRACT_SKIP_UNKNOWN=1 to skip what cannot be checked without",
        returncode=pytest.ExitCode.USAGE_ERROR,
    )


@pytest.fixture(scope="session")
def suite() -> Suite:
    """What the tests of this run share."""
    return SUITE


def pytest_runtest_setup() -> None:
    """Forgets what a failed test left unjudged."""
    SUITE.wire.take()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call() -> Any:
    """Fails a test in which a rule was broken for the first time, and names every such rule.

    The rules are reported here and not at once, so that one broken rule does not hide the next.
    """
    try:
        result = yield
        SUITE.judge_all()
    except BaseException as error:
        for rule in SUITE.judge.take():
            error.add_note(rule)
        raise
    if rules := SUITE.judge.take():
        raise Violation("\n".join(rules))
    return result


def pytest_configure(config: pytest.Config) -> None:
    """Registers the markers of this folder."""
    config.addinivalue_line("markers", "requests(most): how many requests the test sends at most, else 1")
    config.addinivalue_line("markers", "not_live: the test sends what a live API must not be sent")
    config.addinivalue_line("markers", "last: the test runs after all others")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the tests that look back at the end, and skips what cannot run against the target."""
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)
    if not SUITE.target.live:
        return
    for item in _ours(items):
        if SUITE.target.token is None:
            item.add_marker(pytest.mark.skip(reason=HOW_TO_RUN_LIVE))
        elif item.get_closest_marker("not_live"):
            item.add_marker(pytest.mark.skip(reason="not for a live API"))


def pytest_report_collectionfinish(items: list[pytest.Item]) -> list[str]:
    """States the target and the rate, and allows the requests."""
    target = SUITE.target
    lines = [f"server: {target.kind} at {target.host}, {target.examples} examples, seed {target.seed}"]
    if SUITE.guard and target.token and target.requests_per_second:
        most = MOST_RETRIES + sum(_most_requests(item) for item in _ours(items) if not _skipped(item))
        rate = target.requests_per_second
        SUITE.guard.most = most
        lines.append(
            f"live: at most {most} requests to {target.host}, at {rate:g} a second:"
            f" about {most / rate / 60:.1f} minutes"
        )
    return lines


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says how many responses were judged, and which checks did not run."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "/server/" in report.nodeid]
    reasons: dict[str, list[str]] = {}
    for report in skipped:
        reason = str(report.longrepr[2]).removeprefix("Skipped: ")
        reasons.setdefault(reason, []).append(report.nodeid.rpartition("::")[2].partition("[")[0])
    wire = SUITE.wire
    terminalreporter.write_line(f"server: {wire.count} requests, fingerprint {wire.fingerprint()}")
    for line in SUITE.judge.summary():
        terminalreporter.write_line(line)
    if SUITE.guard:
        terminalreporter.write_line(f"live: {SUITE.guard.count} requests were sent")
    for reason, names in reasons.items():
        terminalreporter.write_line(f"did not run, {reason}: {', '.join(sorted(set(names)))}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Masks the responses of an API other than the fake in reports."""
    report = yield
    _mask(report)
    return report


@pytest.hookimpl(trylast=True)
def pytest_exception_interact(report: Any) -> None:
    """Masks once more: schemathesis writes its failures anew."""
    _mask(report)


def pytest_sessionfinish() -> None:
    """Stops the app, closes the connections."""
    SUITE.wire.close()


def _mask(report: Any) -> None:
    if SUITE.target.kind == "fake" or not hasattr(report, "sections"):
        return
    if report.longrepr is not None and not isinstance(report.longrepr, tuple):
        report.longrepr = SUITE.masker.mask(str(report.longrepr))
    report.sections = [(name, SUITE.masker.mask(text)) for name, text in report.sections]


def _ours(items: list[pytest.Item]) -> list[pytest.Item]:
    return [item for item in items if "/server/" in item.nodeid]


def _skipped(item: pytest.Item) -> bool:
    return item.get_closest_marker("skip") is not None


def _most_requests(item: pytest.Item) -> int:
    marker = item.get_closest_marker("requests")
    return int(marker.args[0]) if marker else 1
