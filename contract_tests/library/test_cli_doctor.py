"""`convirza doctor`: finds and reports what is wrong, without secrets."""

import json
import re
import socket
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

import convirza
from convirza.fake import FORBIDDEN_CALL_ID, UNKNOWN_CALL_ID, FakeAPI
from support.contract import DOCUMENT

Run = Callable[..., Any]
SECRET = "hunter2"
CHECKS = ["versions", "token", "base URL", "proxy", "API", "access", "clock"]


@pytest.fixture(autouse=True)
def secret_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token in the environment; `api` replaces it by a good one."""
    monkeypatch.setenv("CONVIRZA_TOKEN", SECRET)


def checks(run: Run, *args: str) -> dict[str, dict[str, str]]:
    """The checks by name; that exit code and table agree with them is checked on the way."""
    ended = run("doctor", *args, "--json")
    found = json.loads(ended.out)
    failed = any(check["status"] == "failed" for check in found["checks"])
    assert (ended.code, ended.err, found["ok"]) == (1 if failed else 0, "", not failed)
    assert all(bool(check["advice"]) == (check["status"] != "ok") for check in found["checks"])
    return {check["name"]: check for check in found["checks"]}


def test_all_is_well(run: Run, api: FakeAPI) -> None:
    """With a good token and a good API each check is ok, and exactly one GET was sent."""
    found = checks(run)
    assert list(found) == CHECKS
    assert {check["status"] for check in found.values()} == {"ok"}
    assert [(request.method, request.call_id) for request in api.requests] == [("GET", 1)]
    assert found["token"]["detail"] == "CONVIRZA_TOKEN"
    assert found["base URL"]["detail"] == f"{api.base_url} (CONVIRZA_BASE_URL)"
    document = DOCUMENT["info"]["version"]
    assert f"convirza {convirza.__version__} (document {document})" in found["versions"]["detail"]


def test_without_a_token_a_request_is_sent_all_the_same(
    run: Run, api: FakeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing token is one failure; in the table, a line for each check, with advice below it."""
    monkeypatch.delenv("CONVIRZA_TOKEN")
    found = checks(run)
    assert [name for name, check in found.items() if check["status"] == "failed"] == ["token"]
    assert found["API"]["detail"] == "responds (status 401)"
    assert "access" not in found
    ended = run("doctor")
    assert (ended.code, ended.err) == (1, "")
    rows = ended.text.splitlines()
    assert [row.split("  ")[0] for row in rows if row[0] != " "] == ["ok", "failed", *["ok"] * 4]
    assert re.search(r"^failed.*\n +run convirza login", ended.text, re.MULTILINE)
    assert "\x1b" not in ended.text


@pytest.mark.parametrize(
    ("call_id", "status"), [(987654, 200), (FORBIDDEN_CALL_ID, 403), (UNKNOWN_CALL_ID, 404)]
)
def test_any_call_will_do(run: Run, api: FakeAPI, call_id: int, status: int) -> None:
    """A call that is unknown or out of reach shows a good token as well as one that can be read."""
    found = checks(run, "--call-id", f"{call_id}")
    assert found["API"]["detail"] == f"responds (status {status})"
    assert found["access"]["status"] == "ok"


def test_refused_token_is_reported(run: Run, api: FakeAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """The API is reached, and the access is what fails."""
    monkeypatch.setenv("CONVIRZA_TOKEN", SECRET)
    found = checks(run)
    assert found["API"]["status"] == "ok"
    assert found["access"]["status"] == "failed"
    assert "(401)" in found["access"]["detail"]
    assert SECRET not in json.dumps(found)


@pytest.mark.parametrize(
    ("scenario", "status"),
    [
        *((scenario, "warning") for scenario in ("server-error", "rate-limited")),
        *((scenario, "failed") for scenario in ("bad-gateway", "html", "empty", "reset", "gone")),
    ],
)
def test_api_that_does_not_work_is_reported(run: Run, api: FakeAPI, scenario: str, status: str) -> None:
    """What passes is a warning, what does not a failure; one request is enough to know."""
    api.script(scenario, times=None)
    found = checks(run)
    assert found["API"]["status"] == status
    assert "access" not in found
    assert len(api.requests) == 1


def test_unreachable_api_is_reported(run: Run, closed_url: str) -> None:
    """For a closed port, the check of the API fails with the message of the system."""
    found = checks(run, "--base-url", closed_url)
    assert found["API"]["status"] == "failed"
    assert "refused" in found["API"]["detail"]
    assert found["base URL"]["detail"].endswith("(--base-url)")


@pytest.mark.parametrize("url", ["", f"https://user:{SECRET}@example.com/v3", f"http://example.com/{SECRET}"])
def test_bad_base_url_ends_the_checks(run: Run, url: str) -> None:
    """An unusable address is reported without being shown, and no request is sent."""
    found = checks(run, "--base-url", url)
    assert list(found)[-1] == "base URL"
    assert found["base URL"]["status"] == "failed"
    assert SECRET not in json.dumps(found)


def test_bad_token_is_reported_by_its_source(run: Run, api: FakeAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token with a line break fails before it is sent."""
    monkeypatch.setenv("CONVIRZA_TOKEN", f"{SECRET}\n")
    found = checks(run)
    assert found["token"]["status"] == "failed"
    assert "CONVIRZA_TOKEN" in found["token"]["detail"]
    assert SECRET not in json.dumps(found)


@pytest.mark.parametrize(("hours", "words"), [(2, "ahead of"), (-2, "behind")])
def test_wrong_clock_is_reported(
    run: Run, api: FakeAPI, monkeypatch: pytest.MonkeyPatch, hours: int, words: str
) -> None:
    """This machine's clock is compared with the Date of the response."""
    monkeypatch.setattr("convirza._cli.doctor.time", SimpleNamespace(time=lambda: time.time() + 3600 * hours))
    clock = checks(run)["clock"]
    assert clock["status"] == "warning"
    assert words in clock["detail"]
    assert clock["detail"].startswith(("7200 s", "7199 s", "7201 s"))


def test_unknown_host_name_is_reported(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check of the API fails with what the system says of the name."""

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    found = checks(run)
    assert [name for name, check in found.items() if check["status"] == "failed"] == ["API"]
    assert "Name or service not known" in found["API"]["detail"]


@pytest.mark.parametrize(
    "proxy", ["foo://proxy.example", f"http://[{SECRET}", f"http://u:{SECRET}@127.0.0.1:1"]
)
def test_broken_proxy_is_reported(run: Run, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    """A proxy that does not work is shown or named by its variable, without its password."""
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    found = checks(run)
    assert list(found.values())[-1]["status"] == "failed"
    assert found["proxy"]["detail"] == "127.0.0.1:1" or "HTTPS_PROXY" in found["proxy"]["advice"]
    assert SECRET not in json.dumps(found)


def test_proxy_is_not_used_for_this_machine(run: Run, api: FakeAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request without TLS does not go through a proxy, and the check says so."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    found = checks(run)
    assert (found["proxy"]["detail"], found["API"]["status"]) == ("none", "ok")


def test_certificate_that_is_not_trusted_is_reported(run: Run, tls: SimpleNamespace) -> None:
    """The check of the API fails with the library's message, which names SSL_CERT_FILE."""
    found = checks(run, "--base-url", tls.url)
    assert found["API"]["status"] == "failed"
    assert "certificate" in found["API"]["detail"]
    assert "SSL_CERT_FILE" in found["API"]["advice"]


def test_server_without_tls_is_reported(run: Run, api: FakeAPI) -> None:
    """https:// where http:// is spoken fails."""
    found = checks(run, "--base-url", api.base_url.replace("http://", "https://"))
    assert found["API"]["status"] == "failed"
