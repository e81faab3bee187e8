"""Tells what the author of a revision spelled out from what SQLAlchemy chose for him."""

from __future__ import annotations

import ast
from functools import lru_cache

from fingood.checks.subject import Subject
from fingood.model.plan import Statement


def written_as_text(subject: Subject, statement: Statement) -> bool:
    """Whether the statement's SQL stands in the revision as a string; of SQL put together at run time, a part of it."""
    sent = _plain(statement.sql)
    texts = _statements_in(subject.tree) if subject.tree else ()
    return any(text in sent or sent in text for text in texts)


@lru_cache(maxsize=4)
def _statements_in(tree: ast.Module) -> tuple[str, ...]:
    """The strings of a revision that begin like a statement which defines something."""
    texts = (
        _plain(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return tuple(dict.fromkeys(text for text in texts if text.split(" ")[0] in ("create", "alter")))


def says_generic(subject: Subject, name: str) -> bool:
    """Whether the revision names one of SQLAlchemy's generic types, as ``sa.JSON`` or imported from sqlalchemy."""
    return any(_names(node, name) for node in (ast.walk(subject.tree) if subject.tree else ()))


def _names(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module in ("sqlalchemy", "sqlalchemy.types") and any(alias.name == name for alias in node.names)
    return isinstance(node, ast.Attribute) and ast.unparse(node) in (f"sa.{name}", f"sqlalchemy.{name}")


def _plain(text: str) -> str:
    return " ".join(text.lower().split()).rstrip("; ")
