"""The check of the built site: what it takes, and what it names."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOUND = {
    "index.html": (
        '<link rel="stylesheet" href="_static/site.css"><h1 id="start">Start</h1>'
        '<a href="#start">up</a> <a href="tasks/get.html?x=1#many">many</a> <a href="https://docs.example">them</a>'
        '<img src="data:image/png;base64,AAAA"><img srcset="a.png 1x, a.png 2x" src="a.png">'
    ),
    "tasks/get.html": '<a name="many"></a><a href="../index.html">home</a><a href="#">top</a>',
    "_static/site.css": '@import "more.css"; body { background: url(../a.png) }',
    "_static/more.css": "",
    "a.png": "",
}
SPOILT = {
    "a link to a page that is not there": ("index.html", '<a href="gone.html">', "gone.html: leads nowhere"),
    "a link to a folder": ("index.html", '<a href="tasks/">', "tasks/: leads nowhere"),
    "a link out of the site": ("index.html", '<a href="../up.html">', "../up.html: leads nowhere"),
    "an anchor that is not there": (
        "tasks/get.html",
        '<a href="../index.html#end">',
        "../index.html#end: has no such anchor",
    ),
    "an anchor of the same page": ("index.html", '<a href="#end">', "#end: has no such anchor"),
    "a link that is not https": (
        "index.html",
        '<a href="http://a.example">',
        "http://a.example: is not https",
    ),
    "a script from elsewhere": (
        "index.html",
        '<script src="https://cdn.example/a.js"></script>',
        "https://cdn.example/a.js: is loaded from elsewhere",
    ),
    "a font from elsewhere": (
        "tasks/get.html",
        '<link href="//fonts.example/css" rel="stylesheet">',
        "//fonts.example/css: is loaded from elsewhere",
    ),
    "a picture in a set": (
        "index.html",
        '<img srcset="a.png 1x, https://a.example/b.png 2x">',
        "https://a.example/b.png: is loaded from elsewhere",
    ),
    "a style element": (
        "index.html",
        "<style>@import 'https://a.example/b.css'</style>",
        "https://a.example/b.css: is loaded from elsewhere",
    ),
    "a style attribute": (
        "index.html",
        '<p style="background: url(https://a.example/b.png)">',
        "https://a.example/b.png: is loaded from elsewhere",
    ),
    "a style sheet": (
        "_static/more.css",
        '@font-face { src: url("https://a.example/b.woff2") }',
        "https://a.example/b.woff2: is loaded from elsewhere",
    ),
}


def check(folder: Path, site: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Write a site and check it."""
    for name, content in site.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    command = [sys.executable, str(ROOT / "scripts/check_site.py"), str(folder)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def test_sound_site_passes(tmp_path: Path) -> None:
    """Links within, links that a reader follows, and data in the page are well."""
    result = check(tmp_path, SOUND)
    assert (result.returncode, result.stdout) == (
        0,
        f"check_site.py: {tmp_path.name}/: every link leads somewhere\n",
    )


@pytest.mark.parametrize(("name", "added", "finding"), SPOILT.values(), ids=SPOILT)
def test_what_is_wrong_is_named(tmp_path: Path, name: str, added: str, finding: str) -> None:
    """One line has the page, the link and what is wrong with it."""
    result = check(tmp_path, {**SOUND, name: SOUND[name] + added})
    assert (result.returncode, result.stdout) == (1, f"{name}: {finding}\n")


def test_empty_folder_is_no_site(tmp_path: Path) -> None:
    """A build that wrote nothing does not pass."""
    result = check(tmp_path, {})
    assert (result.returncode, result.stdout) == (1, f"{tmp_path.name}: there is no index.html\n")


def test_missing_folder_is_one_line(tmp_path: Path) -> None:
    """A folder that is not there says how to make it."""
    result = check(tmp_path / "gone", {})
    assert result.returncode == 1
    assert result.stderr.endswith("gone is not a folder: run tox run -e docs\n")
