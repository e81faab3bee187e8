"""Templates of revisions: Python files whose names in capitals are filled in.

A template is a revision file without its header. It is read as source, never run: its constants, its helper functions
and the bodies of upgrade() and downgrade() go into the project's own script.py.mako.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fingood.errors import ConfigError

_STANDARD_IMPORTS = ("from alembic import op", "import sqlalchemy as sa", "from __future__ import annotations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One entry of the menu. ``needs`` are the constants that have no sensible default."""

    key: str
    title: str
    file: str
    needs: tuple[str, ...]
    message: str


KINDS: tuple[Kind, ...] = (
    Kind(key="table", title="add a table", file="add_table_template.py", needs=("TABLE",), message="add table {TABLE}"),
    Kind(
        key="column",
        title="add a column",
        file="add_column_template.py",
        needs=("TABLE", "COLUMN"),
        message="add column {COLUMN} to {TABLE}",
    ),
    Kind(
        key="data",
        title="data migration: fill a column in batches",
        file="data_migration_template.py",
        needs=("TABLE", "COLUMN", "VALUE"),
        message="fill {COLUMN} of {TABLE}",
    ),
    Kind(
        key="index",
        title="performance index, built without blocking writes",
        file="performance_index_template.py",
        needs=("TABLE", "COLUMN"),
        message="index {COLUMN} of {TABLE}",
    ),
)


def find_kind(text: str) -> Kind:
    """The menu's entry by number, key or file name. Raises ConfigError when there is none."""
    for number, kind in enumerate(KINDS, start=1):
        if text in (str(number), kind.key, kind.file, kind.file.removesuffix("_template.py")):
            return kind
    raise ConfigError(
        f"no template '{text}'", key="template", hint=f"1 to {len(KINDS)}, or: {', '.join(kind.key for kind in KINDS)}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A template with its names filled in, as the three pieces that a script.py.mako takes."""

    preamble: str
    upgrade: str
    downgrade: str


def fill_template(path: Path, values: Mapping[str, str | None]) -> Filled:
    """Reads a template and sets its constants.

    Raises ConfigError when the file is missing or no template, or when a value has no constant to go into.
    """
    source = _read(path)
    try:
        tree = ast.parse(source, filename=str(path))
    except SyntaxError as error:
        raise ConfigError(f"{path} line {error.lineno} is not Python: {error.msg}", origin=str(path)) from error
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for name in ("upgrade", "downgrade"):
        if name not in functions:
            raise ConfigError(f"{path} has no function {name}()", origin=str(path))
    return Filled(
        preamble=_preamble(path, tree, source.splitlines(), values),
        upgrade=_body(functions["upgrade"], source.splitlines()),
        downgrade=_body(functions["downgrade"], source.splitlines()),
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(f"no file {path}", hint="fingood init lays the templates down") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {type(error).__name__}") from error


def _preamble(path: Path, tree: ast.Module, lines: list[str], values: Mapping[str, str | None]) -> str:
    """The template's own top-level code, its constants set; docstring, standard imports and the two functions left
    out."""
    kept: list[str] = []
    unused = set(values)
    end = 0
    for node in tree.body:
        remarks = [line for line in lines[end : _start(node) - 1] if line.startswith("#")]
        end = node.end_lineno or node.lineno
        if _is_left_out(node, lines):
            continue
        name = _constant(node)
        block = [f"{name} = {values[name]!r}"] if name in values else lines[_start(node) - 1 : end]
        unused.discard(name)
        spaced = isinstance(node, ast.FunctionDef | ast.ClassDef)
        kept += ["", "", *remarks, *block] if spaced else [*remarks, *block]
    if unused:
        raise ConfigError(f"{path} has no {', '.join(sorted(unused))}", origin=str(path))
    return "\n" + "\n".join(kept)


def _start(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _is_left_out(node: ast.stmt, lines: list[str]) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.FunctionDef) and node.name in ("upgrade", "downgrade"):
        return True
    return lines[node.lineno - 1].strip() in _STANDARD_IMPORTS


def _constant(node: ast.stmt) -> str:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""


def _body(function: ast.FunctionDef, lines: list[str]) -> str:
    """The function's body as a script.py.mako takes it: the first line without its indent, the others with it."""
    first, last = function.body[0], function.body[-1]
    start = function.body[1] if ast.get_docstring(function) and len(function.body) > 1 else first
    begin = start.lineno - 1
    while lines[begin - 1].strip().startswith("#"):
        begin -= 1
    return "\n".join(lines[begin : last.end_lineno]).lstrip()
