#!/usr/bin/env python3
"""Generate the sync half of the library's clients from the async half, or check it.

    tox run -e generate     write the sync file beside each async file in src/convirza
    tox run -e generated    check them (--check): exit 1 and a diff if one differs

Not the package unasync: it renames tokens only, and here a parameter and sentences of docstrings differ too.
"""

import difflib
import re
import subprocess
import sys
from pathlib import Path

from shared import ROOT, Refusal, new_parser, run, shown

LIBRARY = ROOT / "src/convirza"
BANNER = """\
# Generated from {} by scripts/generate_sync.py: do not edit.
# To change it, edit that file and run: tox run -e generate
"""
# A line of code that ends in "# async only" is left out. Names and keywords:
RULES = {
    r".*# async only\n": "",
    r"\b(async|await) ": "",
    r"\bAsync(?=[A-Z])": "",  # AsyncConvirza, AsyncGenerator, httpx.AsyncClient
    r"_async\b": "",  # run_async
    r"\b(_?)async_(?=client|call|sms)": r"\1sync_",  # modules
    r"__a(enter|exit|iter)__": r"__\1__",
    r"\baclosing\b": "closing",
}
# What differs in docstrings, by file: async and sync. The async part is there exactly once.
SENTENCES = {
    "_async_client.py": [
        (", the client for asyncio. Source of the sync half: see scripts/generate_sync.py.", ", the client."),
        ("V3 calls API, for asyncio.", "V3 calls API."),
        (
            'Without it, `transport` is `"httpx"`, or the faster `"aiohttp"`, which needs the extra `fast`.',
            "With it, `timeout` is only checked between parts of a body: names and headers may take longer.",
        ),
        ("    It opens its own connections in each event loop of asyncio.\n", ""),
        ("Any number of tasks may", "Any number of threads may"),
    ],
    "_resources/async_call_list.py": [
        (" Source of the sync half: see scripts/generate_sync.py.", ""),
        (
            "                for call in page.items:\n                    yield call\n",
            "                yield from page.items\n",
        ),
        (
            "                for rows in read.new_rows(known):\n                    yield rows\n",
            "                yield from read.new_rows(known)\n",
        ),
    ],
    "_resources/async_sms.py": [(" Source of the sync half: see scripts/generate_sync.py.", "")],
    "_resources/async_calls.py": [
        (" Source of the sync half: see scripts/generate_sync.py.", ""),
        ("        `ids` may be an asynchronous iterable.\n", ""),
        (
            "Close the iterator, as with `contextlib.aclosing`, to cancel at once.",
            "It waits at most a second for requests that were sent already.",
        ),
    ],
}


def make_sync(source: Path, sentences: list[tuple[str, str]]) -> str:
    """The text of the sync file."""
    text = source.read_text("utf-8")
    for there, wanted in sentences:
        if text.count(there) != 1:
            raise Refusal(f"{shown(source)}: {there!r} must occur once: see SENTENCES in the script")
        text = text.replace(there, wanted)
    for pattern, wanted in RULES.items():
        text = re.sub(pattern, wanted, text)
    # Names are shorter and some imports unused now. ruff is the pinned one of the group `generate`.
    for command in ("check --fix --quiet --select=F401,I", "format"):
        ruff = [sys.executable, "-m", "ruff", *command.split(), f"--stdin-filename={source}", "-"]
        ended = subprocess.run(ruff, input=text.encode(), capture_output=True, check=False)
        if ended.returncode:
            raise Refusal(f"{shown(source)}: ruff: {(ended.stderr or ended.stdout).decode()}")
        text = ended.stdout.decode()
    return BANNER.format(shown(source)) + text


def main() -> int:
    """Run the command line; returns the exit code."""
    parser = new_parser(__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a file differs")
    check = parser.parse_args().check
    stale = 0
    for name, sentences in SENTENCES.items():
        source = LIBRARY / name
        target = source.with_name(source.name.replace("async", "sync"))
        there = target.read_text("utf-8") if target.exists() else ""
        wanted = make_sync(source, sentences)
        if there == wanted:
            continue
        stale += 1
        if check:
            lines = difflib.unified_diff(
                there.splitlines(), wanted.splitlines(), shown(target), "generated", lineterm=""
            )
            print(*lines, sep="\n")
        else:
            target.write_text(wanted, "utf-8")
            print(f"{shown(target)} written")
    if check and stale:
        raise Refusal(f"{stale} sync file(s) are out of date: run tox run -e generate")
    return 0


if __name__ == "__main__":
    sys.exit(run("generate_sync.py", main))
