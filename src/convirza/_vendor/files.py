"""What a vendored copy holds: the same bytes on every machine, from the same version of this package.

The client is copied as it is. Of the library, what `convirza/__init__.py` imports, directly or not, is copied
with imports that lead to the copies, and never to an installed package.
"""

import ast
import hashlib
import json
import keyword
import re
from collections.abc import Iterator
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from typing import Any, Final, Self

from attrs import frozen

__all__ = [
    "CLIENT",
    "INIT",
    "LIBRARY",
    "RECORD",
    "Record",
    "copied_files",
    "document_facts",
    "is_package_name",
    "rewrite",
    "sha256",
]

CLIENT: Final = "convirza_client"
LIBRARY: Final = "convirza"
RECORD: Final = "VENDORED.toml"
INIT: Final = "__init__.py"
"""Written if it is missing, so that no namespace package is made; then it is the user's."""

_SUFFIXES: Final = (".py", ".typed", ".json")
_FROM: Final = re.compile(rb"from[ \t]+([\w.]+)[ \t]+import\b")
_IMPORT: Final = re.compile(rb"import[ \t]+([\w.]+)(?:[ \t]+as[ \t]+(\w+))?")

# What the record may hold: it is shown, and a pull request may have changed it.
_VERSION: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+!_-]{0,99}")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_FILE: Final = re.compile(rf"(?:{CLIENT}|{LIBRARY})(?:/(?!\.)[0-9A-Za-z._-]{{1,99}}){{1,9}}")

# Replaces convirza/_version.py, which reads the version of the installed package.
_VERSION_MODULE: Final = '''\
"""The version of convirza that this copy was made from."""


def version() -> str:
    """The version."""
    return {}
'''

_HEAD: Final = """\
# Written by `convirza vendor`, as are the folders beside it that are named below: copies out of convirza.
# Commit all of it with your code, and edit none of it. In the folder of this file:
#   check:   convirza vendor . --check     (exit 1 if a file was edited, or if another version is installed)
#   update:  pip install --upgrade "convirza[cli]" && convirza vendor .
"""


def copied_files(*, library: bool, package: str) -> dict[str, bytes]:
    """What is copied, by path with slashes, in order. Imports are of `package`, relative if that is empty."""
    files = {f"{CLIENT}/{name}": content for name, content in _installed(CLIENT)}
    if library:
        source = {f"{LIBRARY}/{name}": content for name, content in _installed(LIBRARY)}
        wanted = _reachable(source)
        wanted.update(name for name in source if name.endswith("/py.typed"))
        files |= {name: rewrite(name, source[name], package) for name in wanted}
        version = _VERSION_MODULE.format(_string(metadata.version(LIBRARY)))
        files[f"{LIBRARY}/_version.py"] = version.encode()
    return dict(sorted(files.items()))


def is_package_name(name: str) -> bool:
    """Whether an import statement takes it."""
    return all(part.isidentifier() and not keyword.iskeyword(part) for part in name.split("."))


def document_facts(files: dict[str, bytes]) -> dict[str, str]:
    """Version and SHA-256 of the document that the client was made from: of openapi.json, as it is copied."""
    content = files[f"{CLIENT}/openapi.json"]
    return {"version": json.loads(content)["info"]["version"], "sha256": sha256(content)}


def sha256(content: bytes) -> str:
    """In hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _installed(package: str) -> Iterator[tuple[str, bytes]]:
    """The files of an installed package, which may be in a zip file, without what tools leave there."""

    def walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
        for entry in folder.iterdir():
            if entry.name.startswith((".", "__pycache__")):
                continue
            if entry.is_dir():
                yield from walk(entry, f"{prefix}{entry.name}/")
            elif entry.name.endswith(_SUFFIXES):
                yield prefix + entry.name, entry.read_bytes()

    return walk(resources.files(package), "")


# ---------------------------------------------------------------------------- imports


def _reachable(source: dict[str, bytes]) -> set[str]:
    """The modules of `source` that its `__init__.py` imports, directly or not, also inside functions."""
    found: set[str] = set()
    waiting = [LIBRARY]
    while waiting:
        module = waiting.pop().replace(".", "/")
        path = next((path for path in (f"{module}.py", f"{module}/__init__.py") if path in source), None)
        if path is None or path in found:  # None: a name imported from a module is not a module
            continue
        found.add(path)
        for node in _imports(source[path]):
            names = [alias.name for alias in node.names]
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{name}" for name in names]
            for name in names:
                parts = name.split(".")
                waiting += [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
    return found


def _imports(content: bytes) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node


def rewrite(path: str, content: bytes, package: str) -> bytes:
    """The module at `path` with its imports of our packages made imports of their copies.

    Only the statements change, not strings and comments. Relative imports in our own modules would not do:
    with a `package` a copy has absolute ones. Raises ValueError for an import that cannot be
    rewritten, such as `import convirza._core.errors`, which binds another name than the copy would have.
    """
    starts = [0]
    for line in content.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    depth = path.count("/")
    changes: list[tuple[int, int, str]] = []
    for node in _imports(content):
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError(f"{path}:{node.lineno}: a relative import cannot be rewritten")
            names = [node.module or ""]
        if not any(_is_ours(name) for name in names):
            continue
        start = starts[node.lineno - 1] + node.col_offset
        pattern = _FROM if isinstance(node, ast.ImportFrom) else _IMPORT
        match = pattern.match(content, start)
        if match is None or len(names) > 1 or match[1].decode() != names[0]:
            raise ValueError(f"{path}:{node.lineno}: an import in an unusual form cannot be rewritten")
        if isinstance(node, ast.ImportFrom):
            changes.append((match.start(1), match.end(1), _place(names[0], package, depth)))
            continue
        parent, _, name = names[0].rpartition(".")
        alias = node.names[0].asname
        if parent and not alias:
            raise ValueError(f"{path}:{node.lineno}: write from {parent} import {name}")
        ending = f" as {alias}" if alias else ""
        changes.append((*match.span(), f"from {_place(parent, package, depth)} import {name}{ending}"))
    for begin, end, text in sorted(changes, reverse=True):
        content = content[:begin] + text.encode() + content[end:]
    return content


def _is_ours(module: str) -> bool:
    return module.split(".")[0] in {CLIENT, LIBRARY}


def _place(module: str, package: str, depth: int) -> str:
    """The copy of a module as one imports it that is `depth` folders deep; of "" the parent of all."""
    if package:
        return f"{package}.{module}" if module else package
    top, _, rest = module.partition(".")
    if top == LIBRARY:
        return "." * depth + rest
    return "." * (depth + 1) + module


# ---------------------------------------------------------------------------- the record


@frozen
class Record:
    """The content of VENDORED.toml."""

    version: str
    library: bool
    package: str
    """The package that the copies are in; empty if imports are relative."""
    document: dict[str, str]
    files: dict[str, str]
    """SHA-256 by path."""

    @classmethod
    def of(cls, files: dict[str, bytes], *, library: bool, package: str) -> Self:
        """The record of files that are to be written."""
        hashes = {name: sha256(content) for name, content in files.items()}
        return cls(metadata.version(LIBRARY), library, package, document_facts(files), hashes)

    @classmethod
    def load(cls, content: dict[str, Any]) -> Self:
        """From parsed TOML. Raises ValueError unless each field is valid: imports are written from them."""
        match content:
            case {
                "convirza": {"version": str(version), "library": bool(library), "package": str(package)},
                "document": {"version": str(number), "sha256": str(digest)},
                "files": dict(),
            }:
                files: dict[str, Any] = content["files"]
            case _:
                raise ValueError("a field is missing or has another type")
        if package and not is_package_name(package):
            raise ValueError("package is not the name of a package")
        if not (_VERSION.fullmatch(version) and _VERSION.fullmatch(number)):
            raise ValueError("version is not a version")
        if not all(_FILE.fullmatch(name) for name in files):
            raise ValueError(f"a file name is not of a file below {CLIENT} or {LIBRARY}")
        if not all(isinstance(value, str) and _HASH.fullmatch(value) for value in (digest, *files.values())):
            raise ValueError("a hash is not SHA-256")
        return cls(version, library, package, {"version": number, "sha256": digest}, files)

    def dump(self) -> bytes:
        """The content of VENDORED.toml, with the licence: copies must come with it."""
        licence = metadata.distribution(LIBRARY).read_text("licenses/LICENSE") or ""
        lines = [
            _HEAD,
            *(f"# {line}".rstrip() for line in licence.splitlines()),
            "\n[convirza]",
            f"version = {_string(self.version)}",
            f"library = {str(self.library).lower()}",
            f"package = {_string(self.package)}{'' if self.package else '  # imports are relative'}",
            "\n[document]",
            *(f"{key} = {_string(value)}" for key, value in self.document.items()),
            "\n[files]  # SHA-256",
            *(f"{_string(name)} = {_string(value)}" for name, value in self.files.items()),
        ]
        return ("\n".join(lines) + "\n").encode()


def _string(text: str) -> str:
    """A string of TOML and of Python; what is written here has no control characters."""
    return json.dumps(text, ensure_ascii=False)
