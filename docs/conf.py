"""How Sphinx makes the site from the pages here; `scripts/publish/site.py` calls it."""

import re
from typing import Any

from sphinx.ext.napoleon import Config, GoogleDocstring  # type: ignore[import-not-found]  # tox run -e docs

import convirza
import convirza_client.models

project = "convirza"
copyright = "the maintainers of the convirza Python client"
version = release = convirza.__version__

extensions = [
    "myst_parser",  # pages in Markdown, which a git host shows, too
    "sphinx.ext.autodoc",
    "sphinx_copybutton",
]
myst_heading_anchors = 3
# `name` in a docstring is a link where there is something of that name, and code everywhere.
default_role = "py:obj"
nitpicky = True  # a type in a signature that the reference does not have is an error
nitpick_ignore_regex = [
    ("py:obj", ".*"),  # most names in a docstring are parameters and modules
    ("py:class", r"(collections|contextlib|datetime|httpx|os|pathlib|ssl|starlette|uuid)\..*|UUID"),
    ("py:class", r"convirza\._(async|sync)_client\.(Async)?HTTPClient"),  # protocols, described in words
]
suppress_warnings = ["misc.highlighting_failure"]  # Pygments has no lexer for a crontab
linkcheck_anchors = False  # git hosts make them by script
linkcheck_ignore = [r"redoc\.html"]  # scripts/publish/site.py makes it

add_module_names = False  # where it matters, the page says it
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88

html_theme = "furo"  # light and dark, and no font, script or picture from elsewhere
html_title = f"convirza {release}"
html_copy_source = html_show_sourcelink = False
html_show_sphinx = False
pygments_dark_style = "monokai"  # the theme's own underlines modules, as if they were links
html_theme_options: dict[str, list[str]] = {"top_of_page_buttons": []}
html_static_path = ["_static"]
html_css_files = ["site.css"]

PUBLIC = {name: f"convirza.{name}" for name in convirza.__all__}
MODELS = {name: f"convirza_client.models.{name}" for name in convirza_client.models.__all__}


def resolve(app: Any, env: Any, node: Any, content: Any) -> Any:
    """Lead a reference to a private module, as type hints have it, to the public name."""
    name = str(node.get("reftarget", "")).rpartition(".")[2]
    public = PUBLIC.get(name) or MODELS.get(name)
    if node.get("refdomain") != "py" or public is None:
        return None
    return env.get_domain("py").resolve_xref(env, node["refdoc"], app.builder, "obj", public, node, content)


def as_rst(_app: Any, what: str, name: str, _value: Any, _options: Any, lines: list[str]) -> None:
    """Read a docstring as its authors mean it: `code` and indented examples, as in Markdown."""
    text = "\n".join(re.sub(r"^ (?! )", "", line) for line in lines)
    text = re.sub(r"(?<!`)`([^`]+)`(?!`)", _name_or_code, text)
    text = re.sub(r"\b(https?://)(?=\s)", r"``\1``", text)
    text = re.sub(r"\n\n(?=    (?!\s*``))(?<!:\n\n)", "\n\n::\n\n", text)
    lines[:] = text.split("\n")
    if what == "function" and name.startswith("convirza_client."):  # the generator's have sections
        lines[:] = GoogleDocstring(lines, Config()).lines()


def _name_or_code(found: re.Match[str]) -> str:
    return found[0] if re.fullmatch(r"[\w.]+", found[1]) else f"``{found[1].strip()}``"


def setup(app: Any) -> None:
    """Sphinx calls it."""
    app.connect("autodoc-process-docstring", as_rst)
    app.connect("missing-reference", resolve)
