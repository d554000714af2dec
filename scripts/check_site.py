#!/usr/bin/env python3
"""Check a built site: every link and anchor leads somewhere, and nothing is loaded from elsewhere.

python scripts/check_site.py             site/
python scripts/check_site.py FOLDER      another folder

A link that a reader may click can lead to another site. What a browser loads by itself, as scripts, styles,
fonts and pictures, must be in the folder. What scripts load when they run is not seen here.
"""

import argparse
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

SITE = Path(__file__).resolve().parents[1] / "site"
# Elements whose attributes only a reader follows; those of all others are loaded, or tell of a page.
FOLLOWED = {"a", "area", "form"}
ATTRIBUTES = ("href", "src", "action", "data", "poster", "srcset")
IN_STYLES = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""")
INLINE = ("data:", "blob:", "about:")


class Page(HTMLParser):
    """What a page has and what it refers to."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[tuple[str, bool]] = []
        """The address, and whether a browser loads it by itself."""
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the element refers to, and how others can refer to it."""
        values = {name: value for name, value in attrs if value is not None}
        self.anchors.update(values[name] for name in ("id", "name") if name in values)
        self._in_style = tag == "style"
        for name in ATTRIBUTES:
            if name in values:
                several = [part.split()[0] for part in values[name].split(",") if part.strip()]
                for link in several if name == "srcset" else [values[name]]:
                    self.links.append((link, tag not in FOLLOWED))
        self._style(values.get("style", ""))

    def handle_endtag(self, tag: str) -> None:
        """Leave a style sheet."""
        self._in_style = False

    def handle_data(self, data: str) -> None:
        """Note what a style sheet refers to."""
        if self._in_style:
            self._style(data)

    def _style(self, text: str) -> None:
        self.links.extend((link, True) for link in styles(text))


def styles(text: str) -> list[str]:
    """What a style sheet loads."""
    return [one or other for one, other in IN_STYLES.findall(text)]


def problems(site: Path) -> list[str]:
    """What is wrong, a line each."""
    pages: dict[Path, Page] = {}
    found: list[str] = []
    for path in sorted(site.rglob("*.html")):
        pages[path] = Page()
        pages[path].feed(path.read_text("utf-8"))
    if site / "index.html" not in pages:
        found.append(f"{site.name}: there is no index.html")
    for path, page in pages.items():
        for link, loaded in page.links:
            found.extend(_problem(site, path, link, loaded, pages))
    for path in sorted(site.rglob("*.css")):
        for link in styles(path.read_text("utf-8")):
            found.extend(_problem(site, path, link, True, pages))
    return list(dict.fromkeys(found))


def _problem(site: Path, path: Path, link: str, loaded: bool, pages: dict[Path, Page]) -> list[str]:
    here = f"{path.relative_to(site)}: {link[:200]}"
    if link.startswith(INLINE):
        return []
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        if loaded or parts.scheme not in ("https", "mailto"):
            return [f"{here}: is loaded from elsewhere" if loaded else f"{here}: is not https"]
        return []
    target = path
    if parts.path:
        target = (path.parent / unquote(parts.path)).resolve()
        if not target.is_relative_to(site.resolve()) or not target.is_file():
            return [f"{here}: leads nowhere"]
        target = site / target.relative_to(site.resolve())
    anchor = unquote(parts.fragment)
    if anchor and target in pages and anchor not in {*pages[target].anchors, "top"}:
        return [f"{here}: has no such anchor"]
    return []


def main() -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=SITE)
    site = parser.parse_args().folder
    if not site.is_dir():
        print(f"check_site.py: {site} is not a folder: run tox run -e docs", file=sys.stderr)
        return 1
    found = problems(site)
    print("\n".join(found) or f"check_site.py: {site.name}/: every link leads somewhere")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
