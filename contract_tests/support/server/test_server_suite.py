"""The server suite itself: what passes it, what does not, and what it sends to a live API."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from convirza.fake import DEFAULT_TOKEN, FORBIDDEN_CALL_ID, UNKNOWN_CALL_ID, create_app
from convirza.fake.server import serve
from support import forked

ROOT = Path(__file__).parents[3]
FACTS = {
    "CONVIRZA_TOKEN": DEFAULT_TOKEN,
    "CONVIRZA_CONTRACT_CALL_IDS": f"987654,{2**63 - 1}",
    "CONVIRZA_CONTRACT_FORBIDDEN_ID": str(FORBIDDEN_CALL_ID),
    "CONVIRZA_CONTRACT_MISSING_ID": str(UNKNOWN_CALL_ID),
    "CONVIRZA_CONTRACT_RPS": "1000",
}
OPTIONS = ["-p", "no:cacheprovider", "-o", "pythonpath=contract_tests"]
SERVERS = "support.server.servers"


def run_suite(
    *arguments: str, root: Path = ROOT, process: bool = False, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Runs contract_tests/server with these settings and no other, in a fork or a process."""
    command = [*forked.PYTEST, "contract_tests/server", *OPTIONS, *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONVIRZA_")}
    environment |= {"CONVIRZA_CONTRACT_EXAMPLES": "4", **settings}
    if not process:
        return forked.run(*command, folder=root, environment=environment)
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def live() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A fake API over HTTP: its base URL, and the method and path of each request that arrived."""
    arrived = []
    app = create_app()

    async def counting(scope, receive, send):
        arrived.append((scope["method"], scope["raw_path"].decode()))
        await app(scope, receive, send)

    with serve(counting) as base_url:
        yield base_url, arrived


def test_live_gets_what_was_announced(live: tuple[str, list[tuple[str, str]]]) -> None:
    """Only GETs of documented paths arrive, as many as the guard counted and the table has."""
    base_url, arrived = live
    run = run_suite(**FACTS, CONVIRZA_BASE_URL=base_url)
    assert run.returncode == 0, run.stdout
    most = int(re.search(r"live: at most (\d+) requests", run.stdout)[1])
    sent = int(re.search(r"live: (\d+) requests were sent", run.stdout)[1])
    assert {method for method, _ in arrived} == {"GET"}
    assert {path.partition("?")[0].split("/")[3] for _, path in arrived} == {"calls", "sms"}
    assert 100 < len(arrived) == sent <= most <= 500
    table = re.findall(r"^(\w+|other requests) +(\d{3}) +(\d+)$", run.stdout, re.MULTILINE)
    counts = {(name, int(status)): int(count) for name, status, count in table}
    assert sum(counts.values()) == sent
    assert (
        counts["get_call", 500] == 0 < min(counts["get_call", status] for status in (200, 400, 401, 403, 404))
    )


def test_live_without_a_token_sends_no_request(live: tuple[str, list[tuple[str, str]]]) -> None:
    """Without a token everything is skipped, and the summary says how to run it."""
    base_url, arrived = live
    run = run_suite(CONVIRZA_BASE_URL=base_url)
    assert run.returncode == 0, run.stdout
    assert arrived == []
    assert "set CONVIRZA_TOKEN" in run.stdout
    assert not re.search(r"\d+ passed", run.stdout)


def test_check_without_its_fact_is_named() -> None:
    """Without its facts an app is refused, unless the skips are requested: then the summary names them."""
    settings = {"CONVIRZA_CONTRACT_APP": f"{SERVERS}:right", "CONVIRZA_TOKEN": "right-token-0815"}
    refused = run_suite(**settings)
    assert refused.returncode == 4
    assert "set CONVIRZA_CONTRACT_CALL_IDS, CONVIRZA_CONTRACT_FORBIDDEN_ID" in refused.stdout + refused.stderr
    run = run_suite(**settings, CONVIRZA_CONTRACT_SKIP_UNKNOWN="1")
    assert run.returncode == 0, run.stdout
    assert re.search(
        r"did not run, CONVIRZA_CONTRACT_FORBIDDEN_ID is not set: .*test_call_of_nobody_or_others_is_refused",
        run.stdout,
    )
    assert re.search(
        r"did not run, CONVIRZA_CONTRACT_CALL_IDS is not set: .*test_include_is_not_ignored", run.stdout
    )


def run_server(name: str, *arguments: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    """Runs the suite against one of `support.server.servers`."""
    return run_suite(
        *arguments,
        CONVIRZA_CONTRACT_APP=f"{SERVERS}:{name}",
        **FACTS | {"CONVIRZA_TOKEN": "right-token-0815"} | settings,
    )


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("right", ()),
        ("right_without_the_path", ("-k", "operations or access or (schemathesis and not coverage)")),
    ],
)
def test_right_server_passes(name: str, chosen: tuple[str, ...]) -> None:
    """A server that uses each freedom of the document passes; unlisted values are reported as drift."""
    run = run_server(name, *chosen)
    assert run.returncode == 0, run.stdout
    assert re.search(r"drift, \d+ times: get_call, status 200: /data/result/disposition", run.stdout)


@pytest.mark.parametrize(
    ("name", "chosen", "reported"),
    [
        (
            "never_found",
            "is_served",
            ["the target does not serve get_call (GET", "the target does not serve log_in (POST"],
        ),
        (
            "leaking",
            "(access and known0) or (calls and not coverage)",
            ["the response repeats a token", "status 200: 401 is right"],
        ),
        (
            "careless",
            "record or (calls and not coverage)",
            ["request_id is that of another", "/data/result/duration breaks"],
        ),
        ("unreadable", "is_served", ["DecodingError", "FAILED"]),
    ],
)
def test_broken_server_fails(name: str, chosen: str, reported: list[str]) -> None:
    """A broken server fails, by each rule that it breaks; no report shows the token or the transcript."""
    run = run_server(name, "--tb=long", "-vv", "-k", chosen)
    assert run.returncode == 1, run.stdout
    assert [text for text in reported if text not in run.stdout] == []
    for secret in ("right-token-0815", "I need a new roof", "secret=hush"):
        assert secret not in run.stdout + run.stderr


NEW_OPERATIONS = """
  /conversations/calls/{id}/notes:
    get:
      operationId: list_notes
      security: [{bearerAuth: []}]
      parameters: [{$ref: '#/components/parameters/CallId'}, {$ref: '#/components/parameters/Offset'}]
      responses: &responses
        '200': {$ref: '#/components/responses/TokenRevoked'}
        '400': {$ref: '#/components/responses/BadRequest'}
        '401': {$ref: '#/components/responses/Unauthorized'}
        '403': {$ref: '#/components/responses/Forbidden'}
        '404': {$ref: '#/components/responses/NotFound'}
    post:
      operationId: create_note
      security: [{bearerAuth: []}]
      parameters: [{$ref: '#/components/parameters/CallId'}]
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [text], properties: {text: {type: string}}}
            examples: {note: {value: {text: Call back.}}}
      responses:
        <<: *responses
        '201':
          description: Created.
          content:
            application/json:
              schema: {type: object}
              examples: {note: {value: {data: {note_id: 7, text: Call back.}}}}
components:
"""


@pytest.mark.parametrize(
    ("server", "reported"),
    [
        ("with_notes", []),
        ("right", ["the target does not serve list_notes (GET /conversations/calls/{id}/notes)"]),
        (
            "with_broken_notes",
            [
                "list_notes, status 200: 401 is right",
                "test_what_was_sent_is_returned[create_note]",
                "create_note, status 201: the ids are those of what an earlier request created",
            ],
        ),
    ],
)
def test_operation_without_rules_is_checked(tmp_path: Path, server: str, reported: list[str]) -> None:
    """An operation that only the document knows passes if it is served rightly, and else fails."""
    shutil.copytree(ROOT / "contract_tests", tmp_path / "contract_tests")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "openapi").mkdir()
    document = (ROOT / "openapi/openapi.yaml").read_text("utf-8")
    (tmp_path / "openapi/openapi.yaml").write_text(
        document.replace("\ncomponents:\n", NEW_OPERATIONS, 1), "utf-8"
    )
    run = run_server(server, "-k", "operations" if reported else "operations or notes", root=tmp_path)
    assert run.returncode == bool(reported), run.stdout
    assert [text for text in reported if text not in run.stdout] == []


def test_wrong_setting_ends_the_run() -> None:
    """A wrong setting is one line and the exit code of a usage error."""
    run = run_suite(CONVIRZA_BASE_URL="http://api.example/v3")
    assert run.returncode == 4
    assert "CONVIRZA_BASE_URL: neither an https address nor one of this machine" in run.stdout + run.stderr


def test_run_is_as_the_next() -> None:
    """Two runs send the same requests, whatever the hash seed; another seed sends others."""
    runs = [
        run_suite("-k", "schemathesis", process=True, CONVIRZA_CONTRACT_SEED="5", PYTHONHASHSEED="1"),
        run_suite("-k", "schemathesis", CONVIRZA_CONTRACT_SEED="5"),  # 0, or a random one
        run_suite("-k", "schemathesis", CONVIRZA_CONTRACT_SEED="6"),
    ]
    assert [run.returncode for run in runs] == [0, 0, 0], runs[0].stdout
    first, second, other = (re.search(r"requests, fingerprint (\w+)", run.stdout)[1] for run in runs)
    assert first == second != other
