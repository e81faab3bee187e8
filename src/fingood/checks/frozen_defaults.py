"""Defaults in a revision's source that Python worked out: for a check of one revision and one of a history."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fingood.checks._check import Hit
from fingood.model.finding import Location
from fingood.model.severity import Severity

_CALLS = frozenset({"now", "utcnow", "today", "uuid1", "uuid4", "uuid7", "time", "time_ns", "token_hex", "random"})
_MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_SAFE = frozenset({"func", "sa", "sqlalchemy", "text", "expression"})


def find_frozen_defaults(tree: ast.Module, path: str, revision: str) -> Iterator[Hit]:
    """A hit for each default that is computed while the migration runs, and for each that a migration ignores."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        frozen = _frozen_call(given.get("server_default"))
        if frozen:
            yield Hit(
                message=f"server_default is what {frozen}() gives while the migration runs.",
                effect="Every row that is inserted later gets that same value.",
                remedy=f"server_default={_database_side(frozen)}",
                location=Location(path=path, line=node.lineno, revision=revision),
                subject=frozen,
            )
        yield from _shared(node, given, path, revision)
        yield from _ignored(node, path, revision)


def _shared(node: ast.Call, given: dict[str | None, ast.expr], path: str, revision: str) -> Iterator[Hit]:
    """One list, dict or set, or one moment, for every row that is inserted through this table object."""
    default = given.get("default")
    if _name(node.func) != "Column" or default is None or "server_default" in given:
        return
    what = _frozen_call(default) or (ast.unparse(default) if isinstance(default, _MUTABLE) else "")
    if what:
        yield Hit(
            message=f"default= is made once, while the file is read: {what}.",
            effect="The database knows nothing of it, and rows that the migration inserts through the table share it.",
            remedy="# server_default= for the database; for inserts of this migration a callable: default=list",
            location=Location(path=path, line=node.lineno, revision=revision),
            severity=Severity.WARNING,
            subject=revision,
        )


def _ignored(node: ast.Call, path: str, revision: str) -> Iterator[Hit]:
    for column in _added_columns(node):
        options = {keyword.arg: keyword.value for keyword in column.keywords}
        if "default" in options and "server_default" not in options and _is_false(options.get("nullable")):
            yield Hit(
                message="default= in add_column() does nothing: it is for inserts through a model.",
                effect="The column is added NOT NULL without a default, which fails where there are rows.",
                remedy=f"server_default=sa.text({ast.unparse(options['default'])!r})",
                location=Location(path=path, line=column.lineno, revision=revision),
                severity=Severity.WARNING,
                subject=revision,
            )


def _frozen_call(value: ast.expr | None) -> str:
    """The call in a default that Python answers; '' where the database does."""
    for node in ast.walk(value) if value is not None else ():
        if isinstance(node, ast.Call) and _name(node.func) in _CALLS and not _SAFE.intersection(_owners(node.func)):
            return _name(node.func)
    return ""


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _owners(function: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(function) if isinstance(node, ast.Name)} | {
        node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)
    }


def _added_columns(node: ast.Call) -> list[ast.Call]:
    if _name(node.func) != "add_column":
        return []
    return [argument for argument in node.args if isinstance(argument, ast.Call) and _name(argument.func) == "Column"]


def _is_false(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


def _database_side(frozen: str) -> str:
    if frozen.startswith("uuid") or frozen in ("token_hex", "random"):
        return 'sa.text("gen_random_uuid()")'
    return "sa.func.now()"
