"""Every code block of README.md and of the site is run here, against the fake.

A page's blocks run from top to bottom in one folder, as a reader would; a Python block has no names but its
own. `text` is what the block before it prints, with `...` for what differs. A Python block whose first line
is `# name.py` is that file, and is run as a program or by pytest; others are run in this process.
"""

import contextlib
import doctest
import importlib.util
import io
import itertools
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Generator, Iterable
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

import convirza
from convirza import fake, pytest_plugin
from convirza._cli import app
from convirza._cli.exits import ExitCode
from convirza.fake import SCENARIOS, FakeAPI

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(SITE.rglob("*.md"))]
MARKDOWN = MarkdownIt("commonmark").enable("table")
EMAIL, PASSWORD = "you@example.com", "fake-convirza-password"

# Commands that are not run here, each with the reason. `check_set_up` looks at what they name.
NOT_RUN = {
    "python3 -m venv .venv": "the tests run in an environment that is made already",
    ". .venv/bin/activate": "the same",
    "convirza login": "asks for the password on a terminal; --password-stdin is run",
    "convirza fake --port 8080": "serves until Ctrl-C; test_documented_fake_starts runs it",
    "convirza --install-completion": "writes to the shell's own files",
}
# Pages that need more than the other tests, each with the environment of tox that runs it.
ENGINES = {"dlt": "engines"}
INSTALL = re.compile(
    r"(?:\.venv/bin/)?pip install (?:-q )?'\.(?:\[([a-z,]+)\])?'|\.venv/bin/pip install -q tox"
)
TOX = re.compile(r"(?:\.venv/bin/)?(?:CONVIRZA_\w+=\S+ )?(?:\.venv/bin/)?tox(?: run(?:-parallel)?)?\b.*")


def project() -> dict[str, dict[str, dict[str, str]]]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def blocks(page: Path) -> list[Token]:
    """The code blocks of a page, but for the directives of Sphinx that hold no code."""
    found = [
        token for token in MARKDOWN.parse(page.read_text("utf-8")) if token.type in ("fence", "code_block")
    ]
    return [token for token in found if token.info.strip() != "{toctree}"]


def place(page: Path, token: Token) -> str:
    """Where a block begins."""
    assert token.map is not None
    return f"{page.relative_to(ROOT)}:{token.map[0] + 1}"


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[FakeAPI]:
    """A reader's folder and environment, which lead to a fake; no index of packages is reached."""
    api = FakeAPI(email=EMAIL, password=PASSWORD)
    with api.serve() as url:
        environment = {
            "CONVIRZA_BASE_URL": url,
            "CONVIRZA_OAUTH_URL": api.oauth_url,
            "CONVIRZA_PASSWORD": PASSWORD,
            "CONVIRZA_TOKEN": api.token,
            "DLT_DATA_DIR": str(tmp_path / "home/.dlt"),  # as root, dlt would take /var/dlt
            "RUNTIME__DLTHUB_TELEMETRY": "false",
            "HOME": str(tmp_path / "home"),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PIP_NO_INDEX": "1",
            "XDG_CONFIG_HOME": str(tmp_path / "home/.config"),
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        folder = tmp_path / "project"
        folder.mkdir()
        (tmp_path / "home").mkdir()
        monkeypatch.chdir(folder)
        Path("password.txt").write_text(f"{PASSWORD}\n")
        yield api


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_code_blocks_run(page: Path, reader: FakeAPI) -> None:
    """Each block does what the page says, and prints what the page shows."""
    if page.stem in ENGINES and not importlib.util.find_spec(page.stem):
        pytest.skip(f"needs {page.stem}: tox run -e {ENGINES[page.stem]}")
    printed: str | None = None
    for token in blocks(page):
        where, kind = place(page, token), token.info.strip()
        if kind == "text":
            assert printed is not None, f"{where}: no block before it prints this"
            same = doctest.OutputChecker().check_output(token.content, printed, doctest.ELLIPSIS)
            assert same, (
                f"{where}: the page shows\n{token.content}\nbut the block before it prints\n{printed}"
            )
            printed = None
        elif kind == "python":
            printed = run_python(token.content, where)
        elif kind == "sh":
            printed = run_shell(token.content, where)
        elif kind == "crontab":
            commands = [line.split(maxsplit=5)[5] for line in token.content.splitlines()]
            printed = run_shell("\n".join(commands), where)
        elif kind in ("json", "toml", "yaml"):
            {"json": json.loads, "toml": tomllib.loads, "yaml": yaml.safe_load}[kind](token.content)
            printed = None
        else:
            pytest.fail(f"{where}: a block of the unknown kind {kind!r}: this test must know how to run it")


def run_python(source: str, where: str) -> str:
    """Runs a block, and gives what it prints."""
    if named := re.match(r"# (\w+\.py)\n", source):
        Path(named[1]).write_text(source)
        how = "-m pytest -q -p no:cacheprovider " if named[1].startswith("test_") else ""
        return run_shell(f"python {how}{named[1]}\n", where)
    names = {"__name__": "__main__", "__file__": where}
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(source, where, "exec"), names)
    return out.getvalue()


def run_shell(source: str, where: str) -> str:
    """Runs a block's commands, but for those that are not run; gives what they print."""
    commands: list[str] = []
    for line in source.replace("\\\n", "").splitlines():
        parts = [part.partition("  #")[0].strip() for part in line.split(" && ")]
        left = [part.removeprefix(".venv/bin/") for part in parts if not is_set_up(part, where)]
        commands.append(" && ".join(left))
    bash = shutil.which("bash")
    assert bash, "no bash"
    ended = subprocess.run(
        [bash, "-euo", "pipefail", "-c", "\n".join(commands)],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert ended.returncode == 0, f"{where}: exit code {ended.returncode}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


def is_set_up(command: str, where: str) -> bool:
    """Whether a command is one that is not run; what it names must be there."""
    if command in NOT_RUN:
        return True
    if installed := INSTALL.fullmatch(command):
        extras = project()["project"]["optional-dependencies"]
        unknown = set((installed[1] or "").split(",")) - {"", *extras}
        assert not unknown, f"{where}: there is no extra {', '.join(unknown)}"
        return True
    if TOX.fullmatch(command):
        check_tox(command, where)
        return True
    assert not re.search(r"\b(pip|npm|apt-get)\b", command), f"{where}: {command!r} installs something else"
    return False


def check_tox(command: str, where: str) -> None:
    """The environment that a tox command names is in tox.ini."""
    words = shlex.split(command)
    named = [words[number + 1] for number, word in enumerate(words[:-1]) if word == "-e"]
    known = re.findall(r"^\[testenv:(\w+)\]", (ROOT / "tox.ini").read_text("utf-8"), re.MULTILINE)
    for name in named:
        assert name in known, f"{where}: tox.ini has no environment {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_in_the_text_exist(page: Path) -> None:
    """What the text names is there: an environment of tox, a subcommand of convirza, an error."""
    commands = app.app.registered_commands
    subcommands = [command.name or command.callback.__name__ for command in commands if command.callback]
    for token in MARKDOWN.parse(page.read_text("utf-8")):
        for code in (child.content for child in token.children or () if child.type == "code_inline"):
            where = f"{page.relative_to(ROOT)}: `{code}`"
            if TOX.fullmatch(code):
                check_tox(code, where)
            if found := re.match(r"convirza (\w+)", code):
                assert found[1] in subcommands, f"{where}: there is no such command"
            if re.fullmatch(r"[A-Z]\w+Error", code) and code not in ("ValueError", "OSError"):
                assert code in convirza.__all__, f"{where}: there is no such error"


def tables(page: Path) -> dict[str, list[str]]:
    """By the head of a table's first column, what is in that column: code, or else text."""
    found: dict[str, list[str]] = {}
    column: list[str] = []
    cell = 0
    for token in MARKDOWN.parse(page.read_text("utf-8")):
        if token.type == "tr_open":
            cell = 0
        elif token.type in ("th_open", "td_open"):
            cell += 1
            head = token.type == "th_open"
        elif token.type == "inline" and cell == 1 and token.level > 3:
            codes = [child.content for child in token.children or () if child.type == "code_inline"]
            if head:
                column = found.setdefault(token.content, [])
            else:
                column.extend(codes or [token.content])
    return found


@pytest.mark.parametrize(
    ("page", "head", "names"),
    [
        ("README.md", "extra", project()["project"]["optional-dependencies"]),
        ("docs/index.md", "extra", ["none", *project()["project"]["optional-dependencies"]]),
        ("docs/get-a-call.md", "module", convirza.CallModule),
        ("docs/errors.md", "error", [name for name in convirza.__all__ if name.endswith("Error")]),
        ("docs/testing.md", "fixture", pytest_plugin.__all__),
        ("docs/testing.md", "name", SCENARIOS),
        ("docs/command-line.md", "code", [str(int(code)) for code in ExitCode]),
    ],
)
def test_tables_are_complete(page: str, head: str, names: Iterable[str]) -> None:
    """A table of names has all that there are, and no other."""
    assert sorted(tables(ROOT / page)[head]) == sorted(names)


@pytest.mark.parametrize("module", [convirza, fake], ids=lambda module: module.__name__)
def test_reference_has_every_public_name(module: ModuleType) -> None:
    """No name in `__all__` is without a place in the Python reference."""
    pages = "".join(path.read_text("utf-8") for path in sorted(SITE.rglob("*.rst")))
    assert [name for name in module.__all__ if not re.search(rf"\b{name}\b", pages)] == []


def test_readme_tests_as_ci_does() -> None:
    """The README's test command is the one that CI runs."""
    script = ROOT / ".ci/run"
    if not script.exists():
        pytest.skip("no .ci/run: not a clone")
    commands = [token.content.strip() for token in blocks(PAGES[0]) if "tox run-parallel" in token.content]
    assert len(commands) == 1
    assert f"({commands[0]})" in script.read_text("utf-8")


def test_documented_fake_starts() -> None:
    """`convirza fake` says where it is, as the pages show it."""
    command = [sys.executable, "-m", "convirza", "fake", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        try:
            assert re.fullmatch(r"Fake Convirza API: http://127\.0\.0\.1:\d+/v3\n", process.stdout.readline())
        finally:
            process.terminate()


def test_every_reason_is_needed() -> None:
    """A command that no page has any more is not in the list."""
    text = "\n".join(token.content for page in PAGES for token in blocks(page))
    assert [command for command in NOT_RUN if command not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_to_files(page: Path) -> None:
    """A relative link leads to a file of the tree, its anchor to a heading."""
    for token in MARKDOWN.parse(page.read_text("utf-8")):
        for child in token.children or ():
            link = str(child.attrGet("href") or child.attrGet("src") or "")
            if not link or re.match(r"[a-z]+:", link):
                continue
            name, _, anchor = link.partition("#")
            target = page.parent / name if name else page
            assert target.exists(), f"{page.relative_to(ROOT)}: {link} leads nowhere"
            if anchor:
                assert anchor in headings(target), f"{page.relative_to(ROOT)}: {link} has no such heading"


def headings(page: Path) -> set[str]:
    """The anchors of a page's headings, as git hosts and Sphinx make them."""
    tokens = MARKDOWN.parse(page.read_text("utf-8"))
    titles = [
        "".join(child.content for child in inline.children or ())
        for opening, inline in itertools.pairwise(tokens)
        if opening.type == "heading_open"
    ]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
