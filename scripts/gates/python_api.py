"""Check the installed Python API against the last release: a break needs a version and a changelog line.

    tox run -e api

Compares `convirza_client` (all of it) and `convirza` (what `__all__` of it and of `convirza.fake` names) with
the last release. griffe compares names, parameters and defaults; this module compares types, values, base
classes, `__all__` and the constructors that attrs makes, which griffe does not see.
A breaking change passes only if the version in pyproject.toml is bumped (the minor in 0.x, else the major)
and the unreleased section of CHANGELOG.md has a line that starts with `**Breaking**`.
"""

import ast
import importlib.util
import logging
from collections.abc import Iterator
from pathlib import Path

import griffe

from gates.last_release import demands, last_release
from shared import Refusal, new_parser

CLIENT = "convirza_client"
Thing = griffe.Object
ATTRS = ("attrs.define", "attrs.frozen", "attr.define", "attr.frozen", "attr.s")
PUBLIC = ("convirza", "convirza.fake")  # as the head of CHANGELOG.md says


def load(*folders: Path) -> griffe.ModulesCollection:
    """The API of both packages, read from their source: nothing is imported."""
    loader = griffe.GriffeLoader(search_paths=folders, allow_inspection=False)
    for package in (CLIENT, PUBLIC[0]):
        try:
            loader.load(package, try_relative_path=False)
        except ModuleNotFoundError:
            raise Refusal(f"{package} is not installed in this environment: run tox run -e api") from None
    loader.resolve_aliases(implicit=True, external=False)
    return loader.modules_collection


def installed() -> Path:
    """The folder that has the installed packages."""
    places = [importlib.util.find_spec(package) for package in (CLIENT, PUBLIC[0])]
    folders = {Path(spec.origin).parents[1] for spec in places if spec and spec.origin}
    if not all(places) or len(folders) != 1:  # two of them: the tree, not what users install
        raise Refusal(f"{CLIENT} and {PUBLIC[0]} are not installed together: run tox run -e api")
    return folders.pop()


def breaking_changes(old: griffe.ModulesCollection, new: griffe.ModulesCollection) -> list[str]:
    """The breaking changes, each with the place that it had in the release."""
    found = [*_named(old[CLIENT], new[CLIENT], {CLIENT}, set()), *_retyped(old[CLIENT], new[CLIENT])]
    promised: set[str] = set()
    homes: set[str] = set()  # where they are defined, which may change
    for module in PUBLIC:
        present = _module(new, module)
        exports = {str(name) for name in present.exports or ()} if present else set()
        for name in sorted(str(name) for name in old[module].exports or ()):
            member = old[module].members[name]
            promised.add(member.path)
            homes.add(_target(member).path)
            if name not in exports:
                found.append(f"{module}.{name}: not in __all__ any more")
            elif present and name in present.members:
                found += _retyped(_target(member), _target(present.members[name]))
    return list(dict.fromkeys([*found, *_named(old[PUBLIC[0]], new[PUBLIC[0]], promised, homes)]))


def _module(packages: griffe.ModulesCollection, path: str) -> Thing | None:
    try:
        return _target(packages[path])
    except KeyError:
        return None


def _target(member: griffe.Object | griffe.Alias) -> Thing:
    """What a name refers to."""
    return member.final_target if isinstance(member, griffe.Alias) else member


def _named(old: Thing, new: Thing, promised: set[str], homes: set[str]) -> Iterator[str]:
    """What griffe finds in what is promised."""
    for breakage in griffe.find_breaking_changes(old, new):
        path = breakage.obj.path
        removed = breakage.kind is griffe.BreakageKind.OBJECT_REMOVED
        if not any(path == name or path.startswith(f"{name}.") for name in promised | homes):
            continue
        if removed and path in homes - promised:
            continue
        values = [getattr(value, "name", value) for value in (breakage.old_value, breakage.new_value)]
        said = breakage.kind.value[0].lower() + breakage.kind.value[1:]
        yield f"{path}: {said}" + ("" if removed else f" ({values[0]} -> {values[1]})")


def _retyped(old: Thing, new: Thing) -> Iterator[str]:
    """What griffe does not look at: annotations, values, `__all__`, ancestors, what attrs makes."""
    if isinstance(old, griffe.Function) and isinstance(new, griffe.Function):
        for parameter in old.parameters:
            if parameter.name in new.parameters:
                was, now = _union(parameter.annotation), _union(new.parameters[parameter.name].annotation)
                if was and now and not was <= now:  # it may take more
                    yield f"{old.path}({parameter.name}): type {_shown(was)} -> {_shown(now)}"
        was, now = _union(old.returns), _union(new.returns)
        if was and not now <= was:  # it may return less
            yield f"{old.path}: return type {_shown(was)} -> {_shown(now)}"
    elif isinstance(old, griffe.Attribute) and isinstance(new, griffe.Attribute):
        was, now = _union(old.annotation), _union(new.annotation)
        if was and was != now:
            yield f"{old.path}: type {_shown(was)} -> {_shown(now)}"
        in_class = old.parent and old.parent.is_class
        if in_class and old.value is not None and new.value is None:
            yield f"{old.path}: the default was removed"
        elif in_class and str(old.value) != str(new.value) and not isinstance(old.value, griffe.ExprCall):
            yield f"{old.path}: value {old.value} -> {new.value}"
    elif isinstance(old, griffe.Class | griffe.Module) and isinstance(new, griffe.Class | griffe.Module):
        for name, member in old.members.items():
            other = new.members.get(name)
            if member.is_public and not member.is_alias and other and not other.is_alias:
                yield from _retyped(_target(member), _target(other))
        exported = {str(name) for name in new.exports or ()}
        for name in map(str, old.exports or ()):
            if name not in exported:
                yield f"{old.path}.{name}: not in __all__ any more"
        if isinstance(old, griffe.Class) and isinstance(new, griffe.Class):
            for name in sorted(_ancestors(old) - _ancestors(new)):
                yield f"{old.path}: is no {name} any more"
        needed = _made_by_attrs(new)
        for name, has_default in _made_by_attrs(old).items():
            if name not in needed:
                yield f"{old.path}({name}): parameter was removed"
            elif has_default and not needed[name]:
                yield f"{old.path}({name}): parameter is now required"
        places = _positional(new)
        if (kept := _positional(old)) != places[: len(kept)]:
            yield f"{old.path}: positional parameters {_listed(kept)} -> {_listed(places)}"


def _made_by_attrs(of: Thing) -> dict[str, bool]:
    """The constructor parameters that attrs names by `alias`, and whether each has a default."""
    return {
        words["alias"]: "default" in words or "factory" in words
        for words in map(_keywords, _with_inherited(of).values())
        if "alias" in words
    }


def _with_inherited(of: Thing) -> dict[str, griffe.Object | griffe.Alias]:
    """The members, those of base classes first, as attrs orders them."""
    inherited = of.inherited_members if isinstance(of, griffe.Class) else {}
    return {**{name: member.final_target for name, member in inherited.items()}, **of.members}


def _positional(of: Thing) -> list[str]:
    """The constructor parameters of an attrs class that may be passed by position, in their order."""
    made = [each for each in getattr(of, "decorators", ()) if each.callable_path in ATTRS]
    if not made or _keywords(made[0]).get("kw_only") == "True":
        return []
    return [
        words.get("alias", name.lstrip("_"))
        for name, member in _with_inherited(of).items()
        if isinstance(member, griffe.Attribute) and "instance-attribute" in member.labels
        for words in [_keywords(member)]
        if words.get("kw_only") != "True" and words.get("init") != "False"
    ]


def _keywords(of: griffe.Object | griffe.Alias | griffe.Decorator) -> dict[str, str]:
    """The keyword arguments of the call that sets the value of an attribute, or that decorates a class."""
    value = of.value if isinstance(of, griffe.Attribute | griffe.Decorator) else None
    call = ast.parse(str(value), mode="eval").body if isinstance(value, griffe.ExprCall) else None
    words = call.keywords if isinstance(call, ast.Call) else []
    return {str(word.arg): ast.unparse(word.value).strip("'") for word in words}


def _ancestors(of: griffe.Class) -> set[str]:
    """The public classes that this one is."""
    names = {str(base).partition("[")[0].rpartition(".")[2] for base in of.bases}
    for base in of.resolved_bases:
        names |= _ancestors(base) if isinstance(base, griffe.Class) else set()
    return {name for name in names if not name.startswith("_")}


def _union(annotation: str | griffe.Expr | None) -> frozenset[str]:
    """The members of a union, without their order."""
    if annotation is None:
        return frozenset()
    members: list[str] = []
    pending = [ast.parse(str(annotation), mode="eval").body]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            pending += [node.left, node.right]
        else:
            members.append(ast.unparse(node))
    return frozenset(members)


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"


def _shown(union: frozenset[str]) -> str:
    return " | ".join(sorted(union)) or "none"


def main() -> int:
    """Run the command line; returns the exit code."""
    new_parser(__doc__).parse_args()
    logging.disable()  # griffe's own messages about what it cannot read
    try:
        with last_release() as (release, folder):
            old = load(folder / "generated", folder / "src")
        breaks = breaking_changes(old, load(installed()))
        missing = demands("a breaking change of the Python API", release) if breaks else []
    except (griffe.GriffeError, SyntaxError) as error:  # such as a name that is imported from nowhere
        raise Refusal(f"the installed packages cannot be read: {error}") from None
    for problem in breaks:
        print(problem)
    if missing:
        raise Refusal(f"{len(breaks)} breaking change(s): {'; '.join(missing)}")
    print(
        "the Python API: "
        + ("breaking changes, all announced" if breaks else "no breaking change since the release")
    )
    return 0
