"""The report: what the page shows of small inputs, and what it never shows."""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/report.py"
SECTIONS = ["operations", "examples", "parameters", "members", "faults", "slowest", "skipped"]
TOKEN = "canary-token-5f2e"
PHONE = "15550001234"

CONTRACT: dict[str, Any] = {
    "document": {"title": "Calls", "version": "9.8.7", "sha256": "ab" * 32},
    "target": {"kind": "live", "host": "api.example:8443", "examples": 12, "seed": 34},
    "finished": "2026-01-20T12:00:04+00:00",
    "operations": [{"name": "get_call", "method": "GET", "path": "/calls/{id}", "statuses": ["200", "404"]}],
    "exchanges": [
        {"operation": "get_call", "status": 200, "phase": "fuzzing", "test": "test_fuzzing", "count": 1111},
        {"operation": "get_call", "status": 418, "phase": "ids", "test": "test_ids", "count": 22},
    ],
    "checks": [
        {
            "source": "schemathesis",
            "check": "<script>alert(1)</script>",
            "operation": "get_call",
            "status": 200,
            "ran": 333,
            "failed": 44,
        }
    ],
    "keywords": [
        {"operation": "get_call", "parameter": "id (path)", "keyword": "minimum: 1", "kept": 55, "broken": 0},
        {"operation": "get_call", "parameter": "id (path)", "keyword": "given", "kept": 66, "broken": None},
    ],
    "members": [{"schema": "Call", "member": "duration", "present": 0, "null": 77, "absent": 88}],
    "values": [{"schema": "Disposition", "value": "NO ANSWER", "seen": 99}],
}
JUNIT = f"""<testsuites><testsuite timestamp="2026-01-20T12:00:00+00:00" time="5.0">
<testcase classname="contract_tests.server.test_ids" name="test_slow[{PHONE}]" time="2.5"/>
<testcase classname="contract_tests.server.test_ids" name="test_slow[other]" time="1.0"/>
<testcase classname="contract_tests.server.test_ids" name="test_rule[{TOKEN}]" time="0.1">
<failure message="{TOKEN}">{TOKEN}
E     support.rules.Violation: code differs from the status 200
E     {TOKEN}
rules.py:7: Violation</failure>
</testcase>
<testcase classname="contract_tests.client.test_it" name="test_other" time="0.1">
<failure message="AssertionError: assert '{TOKEN}' == '{PHONE}'">E     assert '{TOKEN}'

test_it.py:3: AssertionError</failure></testcase>
<testcase classname="contract_tests.client.test_it" name="test_masked" time="0.1">
<error message="{PHONE} is no exception">{PHONE}</error></testcase>
<testcase classname="contract_tests.server.test_ids" name="test_missing[1]" time="0">
<skipped message="CONVIRZA_CONTRACT_MISSING_ID is not set">{PHONE}</skipped></testcase>
</testsuite></testsuites>"""
FAULTS: list[dict[str, Any]] = [
    {"kind": "server", "name": "wrong record", "killer": f"test_slow[{PHONE}]", "seconds": 61.0},
    {"kind": "server", "name": "stale <b>time</b>", "killer": None, "seconds": 2.0},
    {"kind": "client", "name": "no quoting", "killer": "test_path", "seconds": 2.0},
]


def write_inputs(folder: Path) -> Path:
    """Writes the three inputs."""
    (folder / "contract.json").write_text(json.dumps(CONTRACT), "utf-8")
    (folder / "junit.xml").write_text(JUNIT, "utf-8")
    (folder / "faults.json").write_text(json.dumps(FAULTS), "utf-8")
    return folder


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A folder with the three inputs."""
    return write_inputs(tmp_path)


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of the three inputs."""
    return page(write_inputs(tmp_path_factory.mktemp("build")))


def run(build: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the script on a folder."""
    command = [sys.executable, str(SCRIPT), "--build", str(build), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def page(build: Path) -> str:
    """The page of a folder."""
    result = run(build)
    assert (result.returncode, result.stderr) == (0, "")
    return (build / "report.html").read_text("utf-8")


class Page(HTMLParser):
    """What a browser would see: the text and the attributes of the elements, by name."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keeps a text."""
        self.words.append(data)


def test_page_has_each_section(html: str) -> None:
    """Each section is there, and the navigation leads to it."""
    elements = Page(html).elements
    headings = [attributes["id"] for tag, attributes in elements if tag == "h2"]
    assert headings == ["failures", *SECTIONS]
    assert [attributes["href"] for tag, attributes in elements if tag == "a"] == [
        f"#{name}" for name in headings
    ]


@pytest.mark.parametrize(
    "words",
    [
        "Calls 9.8.7, sha256 " + "ab" * 32,
        "live: api.example:8443; 12 examples a phase, seed 34",
        "2026-01-20 12:00 UTC, 0:00:05",
        "2 tests passed 3 tests failed 1 tests skipped 1,133 requests judged",
        "2 of 3 ways to keep or break a parameter tried",
        "0 of 1 members of answers seen",
        "2 of 3 faults killed",
        "404 418 not documented",
        "Answers 1,111 never 22",
        "44 of 333 failed",
        "fuzzing 1,111",
        "minimum: 1 55 never",
        "given 66 n/a",
        "duration never 77 88",
        "NO ANSWER 99",
        "Server: 1 of 2 killed, in 0:01:03",
        "Survived 1 stale <b>time</b>",
        "test_ slow 1 wrong record",
        "test_ slow 2 3.50 2.50",
        "test_ rule code differs from the status 200 1",
        "test_ other AssertionError 1",
        "test_ masked see build/junit.xml 1",
        "CONVIRZA_CONTRACT_MISSING_ID is not set test_ missing",
    ],
)
def test_page_shows(html: str, words: str) -> None:
    """The numbers of the inputs are on the page, next to their names."""
    assert words in Page(html).text


def test_page_holds_no_values(html: str) -> None:
    """Texts of failures and parameters of tests can be values, and stay out."""
    assert TOKEN not in html
    assert PHONE not in html


def test_names_are_escaped(html: str) -> None:
    """A name with markup is shown, not run."""
    assert "&lt;script&gt;" in html
    assert "&lt;b&gt;time" in html
    assert "script" not in {tag for tag, _ in Page(html).elements}


def test_page_fetches_nothing(html: str) -> None:
    """Nothing on the page leads out of it: no script, no style sheet, no picture, no address."""
    elements = Page(html).elements
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & {tag for tag, _ in elements}
    for _, attributes in elements:
        assert not {"src", "srcset", "action", "data", "style"} & attributes.keys()
        assert (attributes.get("href") or "#").startswith("#")
    assert not re.search(r"https?:|url\(|@import", html)


def test_tables_say_what_their_cells_are(html: str) -> None:
    """Each header cell has its scope, and the language and the title are there for a screen reader."""
    elements = Page(html).elements
    assert all(attributes.get("scope") for tag, attributes in elements if tag == "th")
    assert ("html", {"lang": "en"}) in elements


@pytest.mark.parametrize(
    ("failed", "survived", "verdict"), [(0, 0, "passed"), (1, 0, "failed"), (0, 1, "failed")]
)
def test_verdict(build: Path, failed: int, survived: int, verdict: str) -> None:
    """A failed test or a fault that survived is a failed run."""
    junit = re.sub(r"<(failure|error).*?</\1>", "", JUNIT, flags=re.DOTALL) if not failed else JUNIT
    (build / "junit.xml").write_text(junit, "utf-8")
    faults = FAULTS if survived else [fault for fault in FAULTS if fault["killer"]]
    (build / "faults.json").write_text(json.dumps(faults), "utf-8")
    assert f"Contract report {verdict} " in Page(page(build)).text


def test_faults_may_be_missing(build: Path) -> None:
    """A run without faults has a page that says so."""
    (build / "faults.json").unlink()
    text = Page(page(build)).text
    assert "not run faults" in text
    assert "Not run: tox run -e faults" in text


def test_kind_of_faults_may_be_missing(build: Path) -> None:
    """Faults of one kind only are not passed off as all."""
    (build / "faults.json").write_text(json.dumps(FAULTS[:2]), "utf-8")
    text = Page(page(build)).text
    assert "1 of 2 faults killed client not run" in text
    assert "Client: not run" in text


@pytest.mark.parametrize("name", ["contract.json", "junit.xml"])
def test_missing_input_is_named(build: Path, name: str) -> None:
    """Without an input there is one line that names it, and the page of another run stays."""
    (build / "report.html").write_text("old", "utf-8")
    (build / name).unlink()
    result = run(build)
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        f"report.py: {build / name} is missing: run the suite first, with tox run -e report"
    ]
    assert (build / "report.html").read_text("utf-8") == "old"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("contract.json", text) for text in ("", "[]", "<a/>", '{"finished": "never"}', "\0")),
        *(("junit.xml", text) for text in ("", "{", "<a/>", "<testsuite/>")),
        *(("faults.json", text) for text in ("{", "[1]", '[{"kind": "server"}]')),
    ],
)
def test_broken_input_is_one_line(build: Path, name: str, text: str) -> None:
    """An input that is something else is one line and exit code 1, never a traceback."""
    (build / name).write_text(text, "utf-8")
    result = run(build)
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert str(build) in result.stderr
    assert not (build / "report.html").exists()


def test_inputs_of_two_runs_are_refused(build: Path) -> None:
    """The counts of one run and the results of another make no report."""
    contract = {**CONTRACT, "finished": "2026-01-20T11:00:00+00:00"}
    (build / "contract.json").write_text(json.dumps(contract), "utf-8")
    result = run(build)
    assert result.returncode == 1
    assert "not of the same run" in result.stderr


def test_page_is_written_whole(build: Path) -> None:
    """The page takes the place of the old one at once, and nothing else is left behind."""
    (build / "report.html").write_text("old", "utf-8")
    before = (build / "report.html").stat().st_ino
    page(build)
    assert (build / "report.html").stat().st_ino != before
    assert sorted(path.name for path in build.iterdir()) == [
        "contract.json",
        "faults.json",
        "junit.xml",
        "report.html",
    ]


def test_help_says_what_it_reads() -> None:
    """`--help` names the inputs and the page."""
    result = run(Path(), "--help")
    assert result.returncode == 0
    for name in ("contract.json", "junit.xml", "faults.json", "report.html"):
        assert name in result.stdout
