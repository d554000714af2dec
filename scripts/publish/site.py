"""Build the documentation into site/: the pages, the Python reference and the API reference.

tox run -e docs                          the only environment with all that it needs

The pages are in docs/. Warnings are errors. Nothing is fetched: Redoc's bundle comes
from the package drf-spectacular-sidecar. A failed build leaves the old site/ as it was.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

from shared import ROOT, Refusal, new_parser, swap

PAGES = ROOT / "docs"
SITE = ROOT / "site"
DOCUMENT = ROOT / "generated/convirza_client/openapi.json"  # what openapi/openapi.yaml says
SIDECAR = "drf-spectacular-sidecar"  # read and not imported: the import needs Django
BUNDLE = "drf_spectacular_sidecar/static/drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js"

LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg"  # the page's policy would block it, with an error


def sphinx(target: Path, scratch: Path) -> None:
    """Make the pages and the Python reference."""
    command = [sys.executable, "-m", "sphinx", "--builder=html", "--fail-on-warning", "--quiet"]
    result = subprocess.run([*command, f"--doctree-dir={scratch}", str(PAGES), str(target)], check=False)
    if result.returncode:
        raise Refusal("Sphinx: fix the warnings above")
    (target / ".buildinfo").unlink(missing_ok=True)
    (target / ".nojekyll").touch()  # GitHub Pages would leave out folders that begin with _


def redoc(target: Path) -> None:
    """Make the API reference, one page with the bundle and the document in it."""
    try:
        path = Path(str(metadata.distribution(SIDECAR).locate_file(BUNDLE)))
        bundle = path.read_text("utf-8")
    except (metadata.PackageNotFoundError, FileNotFoundError):
        raise Refusal("there is no bundle of Redoc in this environment: run tox run -e docs") from None
    bundle = bundle.replace(LOGO, "data:,")
    shutil.copyfile(DOCUMENT, target / "openapi.json")  # for the button Download
    document = json.loads(DOCUMENT.read_bytes())
    # Neither may end its script element.
    parts = {
        "@TITLE@": document["info"]["title"],
        "@BUNDLE@": bundle.replace("</script", "<\\/script"),
        "@DOCUMENT@": json.dumps(_exact(document)).replace("<", "\\u003c"),
    }
    page = (PAGES / "redoc.html.in").read_text("utf-8")
    for name, content in parts.items():
        page = page.replace(name, content, 1)
    (target / "redoc.html").write_text(page, "utf-8")


def _exact(value: Any) -> Any:
    """The same, with integers that JavaScript cannot hold as text: 2^63-1 would end in 000."""
    if isinstance(value, dict):
        return {name: _exact(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_exact(item) for item in value]
    return str(value) if isinstance(value, int) and abs(value) >= 2**53 else value


def main() -> int:
    """Run the command line; returns the exit code."""
    new_parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory(prefix=".site-", dir=ROOT) as folder:
        fresh = Path(folder) / "site"
        sphinx(fresh, Path(folder) / "doctrees")
        redoc(fresh)
        swap(fresh, SITE, Path(folder) / "old")
    size = sum(path.stat().st_size for path in SITE.rglob("*") if path.is_file())
    tool = f"Sphinx {metadata.version('sphinx')}"
    print(f"wrote {size / 1e6:.1f} MB to {SITE.name}/ with {tool}: open site/index.html")
    return 0
