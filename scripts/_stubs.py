"""A part of release.py: a module without what is no promise, so that a baseline is small and can be read."""

import ast


def stub(source: str, name: str) -> str:
    """The names, signatures, bases, annotations and values of a module; no docstrings and no bodies."""
    tree = ast.parse(source, name)
    _strip(tree)
    return ast.unparse(tree) + "\n" if tree.body else ""


def _strip(node: ast.AST) -> None:
    for name in ("body", "orelse", "finalbody"):
        statements = getattr(node, name, None)
        if isinstance(statements, list):
            setattr(node, name, [kept for statement in statements for kept in _kept(statement)])
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            _strip(child)
    if isinstance(node, ast.ClassDef | ast.If | ast.Try | ast.ExceptHandler | ast.With) and not node.body:
        node.body = [ast.Expr(ast.Constant(...))]


def _kept(statement: ast.stmt) -> list[ast.stmt]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        # What a constructor sets on `self` are attributes.
        sets = [each for each in ast.walk(statement) if isinstance(each, ast.Assign | ast.AnnAssign)]
        attributes = [each for each in sets if statement.name == "__init__" and _sets_self(each)]
        statement.body = [*attributes] or [ast.Expr(ast.Constant(...))]
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant | ast.Call):
        return []
    return [statement]


def _sets_self(statement: ast.Assign | ast.AnnAssign) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return all(
        isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"
        for target in targets
    )
