"""Runs the code blocks of README.md and of the site, as a reader would, against the fake.

A page's blocks run from top to bottom in one folder; a Python block has no names but its own. `text` is what
the block before it prints, with `...` for what differs. A block whose first line is `# name.ext` is that
file; a Python file is run as a program or by pytest. Other Python blocks are run in this process, or as
programs. sybil and pytest-examples find blocks, which takes 10 lines here, and run Python only: most of ours
are commands, files, services and what they print.
"""

import configparser
import contextlib
import doctest
import io
import itertools
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import threading
import tomllib
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from convirza.fake import FakeAPI

ROOT = Path(__file__).resolve().parents[3]
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
    "convirza fake --port 8080 &": "the same",
    "convirza --install-completion": "writes to the shell's own files",
    "spark-submit --master yarn --properties-file job.conf --archives env.tar.gz#env --conf "
    "spark.pyspark.python=./env/bin/python load_calls.py 2026-03-01 2026-04-01 parquet": "needs a cluster",
}
# Programs that a machine with the tests need not have; test_deployments.py runs what they start.
SYSTEM = re.compile(r"(sudo systemctl|journalctl|docker compose) .*")
INSTALL = re.compile(
    r"(?:\.venv/bin/)?pip install (?:-q )?'\.(?:\[([a-z,]+)\])?'((?: [\w'\[\]-]+)*)"
    r"|\.venv/bin/pip install -q tox"
)
HEAVY = {"dlt", "spark"}  # extras that the main tests do without
TOX = re.compile(r"(?:\.venv/bin/)?(?:CONVIRZA_\w+=\S+ )?(?:\.venv/bin/)?tox(?: run(?:-parallel)?)?\b.*")


def project() -> dict[str, Any]:
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


def parse_ini(text: str) -> configparser.ConfigParser:
    """Parses a unit of systemd."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    return parser


def run_unit(unit: configparser.ConfigParser, where: str) -> str | None:
    """Runs what a unit of systemd runs, if it is a service."""
    command = unit.get("Service", "ExecStart", fallback="")
    return run_shell(command.removeprefix("/opt/calls/.venv/bin/"), where) if command else None


def run_notebook(cells: list[str]) -> str:
    """Runs a notebook of these cells in a kernel; returns what the last one shows."""
    ended = subprocess.run(
        [sys.executable, "-c", NOTEBOOK],
        input=json.dumps(cells),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


PORTS = re.compile(r"(?<=[ :])800[0-9]\b")  # of the web servers on the pages
READY = re.compile(r"Uvicorn running on|Listening at|celery@.* ready|Fake Convirza API")

NOTEBOOK = """
import json, sys
import nbclient, nbformat

cells = [nbformat.v4.new_code_cell(source) for source in json.load(sys.stdin)]
notebook = nbformat.v4.new_notebook(cells=cells)
nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
for output in notebook.cells[-1].outputs:
    print(output["data"]["text/plain"] if "data" in output else output["text"].rstrip())
"""

PARSERS: dict[str, Callable[[str], Any]] = {
    "dockerfile": str,
    "ini": parse_ini,
    "json": json.loads,
    "toml": tomllib.loads,
    "yaml": yaml.safe_load,
}


def others(installed: re.Match[str]) -> set[str]:
    """The packages that a command installs, without this one."""
    return {re.split(r"\[", word)[0] for word in shlex.split(installed[2] or "")}


def needs_engines(page: Path) -> bool:
    """Whether a page installs packages that the main tests do not have: contract_tests/engines runs it."""
    installs = [found for token in blocks(page) for found in INSTALL.finditer(token.content)]
    return any(others(found) or HEAVY & set((found[1] or "").split(",")) for found in installs)


@contextlib.contextmanager
def as_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake: type[FakeAPI] = FakeAPI
) -> Generator[FakeAPI]:
    """A reader's folder and environment, which lead to a fake; no index of packages is reached."""
    api = fake(email=EMAIL, password=PASSWORD)
    with api.serve() as url:
        environment = {
            "CONVIRZA_BASE_URL": url,
            "CONVIRZA_OAUTH_URL": api.oauth_url,
            "CONVIRZA_PASSWORD": PASSWORD,
            "CONVIRZA_TOKEN": api.token,
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


def sections(page: Path) -> dict[str, list[Token]]:
    """The code blocks of a page by the heading that they are under."""
    found: dict[str, list[Token]] = {}
    heading = ""
    tokens = MARKDOWN.parse(page.read_text("utf-8"))
    for before, token in itertools.pairwise(tokens):
        if before.type == "heading_open":
            heading = token.content
        elif token.type == "fence":
            found.setdefault(heading, []).append(token)
    return found


def run_page(page: Path, tokens: Iterable[Token] | None = None, *, programs: bool = False) -> None:
    """Each block does what the page says, and prints what the page shows.

    A command that ends in ` &` is a server, which runs until the end of the page. Ports from 8000 to 8009 are
    replaced by free ones.
    """
    ports = defaultdict(free_port)
    printed: str | None = None
    cells: list[str] = []
    with contextlib.ExitStack() as servers:
        for token in blocks(page) if tokens is None else tokens:
            where, kind = place(page, token), token.info.strip()
            source = PORTS.sub(lambda found: ports[found[0]], token.content)
            if kind == "text":
                assert printed is not None, f"{where}: no block before it prints this"
                same = doctest.OutputChecker().check_output(source, printed, doctest.ELLIPSIS)
                assert same, f"{where}: the page shows\n{source}\nbut the block before it prints\n{printed}"
                printed = None
            elif kind == "python":
                printed = run_python(source, where, programs=programs)
            elif kind == "sh" and source.endswith(" &\n"):
                servers.enter_context(running(source.removesuffix(" &\n"), where))
            elif kind == "sh":
                printed = run_shell(source, where)
            elif kind == "crontab":
                commands = [line.split(maxsplit=5)[5] for line in source.splitlines()]
                printed = run_shell("\n".join(commands), where)
            elif kind == "ipython":
                cells.append(source)
                printed = run_notebook(cells)
            elif kind in PARSERS:
                parsed = PARSERS[kind](source)
                write_named(source)
                printed = run_unit(parsed, where) if kind == "ini" else None
            else:
                pytest.fail(
                    f"{where}: a block of the unknown kind {kind!r}: this test must know how to run it"
                )


def free_port() -> str:
    """A closed port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


@contextlib.contextmanager
def running(command: str, where: str) -> Generator[None]:
    """Runs a server, once it says that it is ready."""
    with subprocess.Popen(
        shlex.split(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    ) as server:
        assert server.stdout is not None
        said: list[str] = []
        ready = threading.Event()

        def read() -> None:
            for line in server.stdout or ():
                said.append(line)
                if READY.search(line):
                    ready.set()

        reader = threading.Thread(target=read)
        reader.start()
        try:
            assert ready.wait(60), f"{where}: not ready\n{''.join(said)}"
            yield
        finally:
            server.terminate()
            reader.join()


def write_files(page: str) -> None:
    """Writes the files of a page of the site to the reader's folder, without running them."""
    for token in blocks(SITE / page):
        write_named(token.content)


def write_named(source: str) -> str | None:
    """Writes a block that has the name of a file; returns the name."""
    if named := re.match(r"# ([\w.-]+\.\w+|Dockerfile)\n", source):
        Path(named[1]).write_text(source)
        return named[1]
    return None


def run_python(source: str, where: str, *, programs: bool = False) -> str:
    """Runs a block, and returns its output."""
    name = write_named(source)
    if name is None and programs:
        name = "block.py"
        Path(name).write_text(source)
    if name:
        how = "-m pytest -q -p no:cacheprovider " if name.startswith("test_") else ""
        return run_shell(f"python {how}{name}\n", where)
    names = {"__name__": "__main__", "__file__": where}
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(source, where, "exec"), names)
    return out.getvalue()


def run_shell(source: str, where: str) -> str:
    """Runs a block's commands, except those that are not run; returns their output."""
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
        timeout=300,  # Spark takes a minute to start on a busy machine
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert ended.returncode == 0, f"{where}: exit code {ended.returncode}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


def is_set_up(command: str, where: str) -> bool:
    """Whether a command is one that is not run; what it names must be there."""
    if command in NOT_RUN or SYSTEM.fullmatch(command):
        return True
    if installed := INSTALL.fullmatch(command):
        extras = project()["project"]["optional-dependencies"]
        unknown = set((installed[1] or "").split(",")) - {"", *extras}
        assert not unknown, f"{where}: there is no extra {', '.join(unknown)}"
        groups = project()["dependency-groups"]
        pins = [pin for pin in groups["engines"] + groups["frameworks"] if isinstance(pin, str)]
        untested = others(installed) - {re.split(r"[=\[]", pin)[0] for pin in pins}
        assert not untested, f"{where}: {', '.join(untested)} is in no dependency group"
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
