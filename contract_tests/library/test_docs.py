"""Every code block of README.md and of the site is run here, against the fake; see `support.library.pages`.

Pages that install other packages are run by contract_tests/engines.
"""

import itertools
import re
from collections.abc import Generator, Iterable
from pathlib import Path
from types import ModuleType

import pytest

import convirza
from convirza import fake, pytest_plugin
from convirza._cli import app
from convirza._cli.exits import ExitCode
from convirza.fake import SCENARIOS, FakeAPI
from support.library.pages import (
    MARKDOWN,
    NOT_RUN,
    PAGES,
    ROOT,
    SITE,
    TOX,
    as_reader,
    blocks,
    check_tox,
    needs_engines,
    project,
    run_page,
)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[FakeAPI]:
    """A reader's folder and environment."""
    with as_reader(tmp_path, monkeypatch) as api:
        yield api


HERE = [page for page in PAGES if not needs_engines(page)]


@pytest.mark.parametrize("page", HERE, ids=lambda page: page.stem)
@pytest.mark.usefixtures("reader")
def test_code_blocks_run(page: Path) -> None:
    """Each block does what the page says, and prints what the page shows."""
    run_page(page)


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


def first_column(page: Path, head: str) -> list[str]:
    """What is below a head in the first column of the page's tables: code, or else text."""
    cells: list[str] = []
    for table in page.read_text("utf-8").split(f"\n| {head} |")[1:]:
        rows = itertools.takewhile(lambda line: line.startswith("|"), table.splitlines()[2:])
        cells += [row.split("|")[1].strip() for row in rows]
    return [name for cell in cells for name in re.findall("`([^`]+)`", cell) or [cell]]


@pytest.mark.parametrize(
    ("page", "head", "names"),
    [
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
    assert sorted(first_column(ROOT / page, head)) == sorted(names)


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
