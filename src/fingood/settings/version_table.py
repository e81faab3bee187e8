"""Where a project's Alembic keeps the applied revisions: what env.py says to context.configure(), without a run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from fingood.model.project import VersionTable

_NAME, _SCHEMA = "version_table", "version_table_schema"


def read_version_table(env: Path) -> VersionTable:
    """``version_table`` and ``version_table_schema`` of every ``configure(...)`` in env.py, as literals or as names of
    the module that stand for one. Not certain where they are something else, or where two calls say two things."""
    try:
        tree = ast.parse(env.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return VersionTable()
    constants = dict(_constants(tree))
    found = {_said(call, constants) for call in ast.walk(tree) if _is_configure(call)}
    spoken = found - {VersionTable()}
    if len(spoken) > 1:
        return VersionTable(certain=False)
    return next(iter(spoken), VersionTable())


def version_table_of(text: str) -> VersionTable:
    """The setting: ``table`` or ``schema.table``."""
    schema, _, name = text.rpartition(".")
    return VersionTable(name=name, schema=schema or None)


def _is_configure(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "configure"


def _said(call: ast.AST, constants: dict[str, str | None]) -> VersionTable:
    assert isinstance(call, ast.Call)
    values: dict[str, str | None] = {}
    for keyword in call.keywords:
        if keyword.arg not in (_NAME, _SCHEMA):
            continue
        value = keyword.value
        if isinstance(value, ast.Constant) and (value.value is None or isinstance(value.value, str)):
            values[keyword.arg] = value.value
        elif isinstance(value, ast.Name) and value.id in constants:
            values[keyword.arg] = constants[value.id]
        else:
            return VersionTable(certain=False)
    return VersionTable(name=values.get(_NAME) or VersionTable().name, schema=values.get(_SCHEMA))


def _constants(tree: ast.Module) -> Iterator[tuple[str, str | None]]:
    """The module's names that are given one text, once."""
    given: dict[str, list[ast.expr | None]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name):
                        given.setdefault(name.id, []).append(node.value if name is target else None)
        elif isinstance(node, (ast.AnnAssign, ast.AugAssign)) and isinstance(node.target, ast.Name):
            given.setdefault(node.target.id, []).append(node.value if isinstance(node, ast.AnnAssign) else None)
    for name_, values in given.items():
        (value, *others) = values
        if not others and isinstance(value, ast.Constant) and (value.value is None or isinstance(value.value, str)):
            yield name_, value.value
