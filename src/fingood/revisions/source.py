"""A revision file's source: what it declares, where, and a hash of what it means."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_WITHOUT_MEANING = frozenset({"type_comment", "kind", "ctx", "type_ignores", "type_params"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a revision file declares with literals. ``id`` is None where it is computed or missing; ``down`` and
    ``depends_on`` are None where they are computed. ``lines`` maps the names to their lines."""

    path: Path
    tree: ast.Module
    id: str | None
    down: tuple[str, ...] | None
    depends_on: tuple[str, ...] | None
    labels: tuple[str, ...]
    lines: dict[str, int]


def read_source(path: Path) -> Source:
    """Parses a revision file. Raises SyntaxError, OSError, or ValueError for null bytes."""
    tree = ast.parse(path.read_bytes(), filename=str(path))
    values: dict[str, ast.expr] = {}
    lines: dict[str, int] = {}
    for name, value, line in _assignments(tree):
        values[name], lines[name] = value, line
    ids = _literals(values.get("revision"))
    return Source(
        path=path,
        tree=tree,
        id=ids[0] if ids else None,
        down=_literals(values.get("down_revision")),
        depends_on=_literals(values.get("depends_on")),
        labels=_literals(values.get("branch_labels")) or (),
        lines=lines,
    )


def content_hash(tree: ast.Module) -> str:
    """SHA-256 of the tree without comments, docstrings, annotations and positions; the same on every Python."""
    pieces: list[str] = []
    _spell(tree, pieces)
    return hashlib.sha256("".join(f"{piece}\x1f" for piece in pieces).encode("utf-8", "surrogatepass")).hexdigest()


def _assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr, int]]:
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for name, value in _pairs(target, node.value):
                    yield name, value, node.lineno
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value, node.lineno


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Names with their values; ``revision, down_revision = "a1", None`` gives two."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, (ast.Tuple, ast.List)):
        parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value] * len(target.elts)
        for inner, part in zip(target.elts, parts, strict=False):
            yield from _pairs(inner, part)


def _literals(value: ast.expr | None) -> tuple[str, ...] | None:
    """The text or texts of a literal; () for None; None where it is no literal. A missing assignment is ()."""
    if value is None:
        return ()
    try:
        literal = ast.literal_eval(value)
    except ValueError:
        return None
    if literal is None:
        return ()
    parts = literal if isinstance(literal, (tuple, list, set)) else (literal,)
    return tuple(parts) if all(isinstance(part, str) for part in parts) else None


def _spell(node: object, pieces: list[str]) -> None:
    """Adds the tree as texts. Empty fields are left out, because newer Pythons add fields."""
    if isinstance(node, ast.AST):
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            node = ast.Assign(targets=[node.target], value=node.value)
        kind: type = type(node)
        pieces.append(f"({kind.__name__}")
        for name in _fields_with_meaning(kind):
            value = getattr(node, name, None)
            if value is None or value == []:
                continue
            pieces.append(name)
            _spell(_without_docstring(node, value) if name == "body" else value, pieces)
        pieces.append(")")
    elif isinstance(node, list):
        pieces.append("[")
        for item in node:
            _spell(item, pieces)
        pieces.append("]")
    else:
        pieces.append(f"{type(node).__name__}:{node!r}")


@cache
def _fields_with_meaning(kind: type) -> tuple[str, ...]:
    """Of a class of the syntax tree."""
    left_out = (*_WITHOUT_MEANING, "annotation", "returns")
    return tuple(name for name in sorted(kind._fields) if name not in left_out)  # type: ignore[attr-defined]


def _without_docstring(node: ast.AST, body: object) -> object:
    if not isinstance(node, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return body
    assert isinstance(body, list)
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return body[1:]
    return body
