"""What a revision file's functions amount to, and what application code it leans on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from fingood.model.project import Project


class Body(Enum):
    """What a function does: it is not there, does nothing, only raises, or has code."""

    MISSING = "missing"
    EMPTY = "empty"
    RAISES = "only raises"
    CODE = "code"

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True)
class OwnImport:
    """An import of the project's own code: ``line`` of the file, ``module`` as written."""

    line: int
    module: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """``upgrade`` and ``downgrade`` with their lines (None where missing), and imports of the project's own code."""

    upgrade: Body = Body.MISSING
    downgrade: Body = Body.MISSING
    upgrade_line: int | None = None
    downgrade_line: int | None = None
    own_imports: tuple[OwnImport, ...] = ()


def shape_of(project: Project, tree: ast.Module) -> Shape:
    """The shape of a revision file. A function that is imported or assigned counts as code."""
    upgrade, downgrade = _function(tree, "upgrade"), _function(tree, "downgrade")
    return Shape(
        upgrade=upgrade[0],
        downgrade=downgrade[0],
        upgrade_line=upgrade[1],
        downgrade_line=downgrade[1],
        own_imports=tuple(
            OwnImport(line, module) for line, module in _imports(tree) if _is_own(project, module.split(".")[0])
        ),
    )


def _function(tree: ast.Module, name: str) -> tuple[Body, int | None]:
    for node in reversed(tree.body):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
            return _body(node.body), node.lineno
        if isinstance(node, (ast.Assign, ast.ImportFrom)) and name in _bound(node):
            return Body.CODE, node.lineno
    return Body.MISSING, None


def _bound(node: ast.Assign | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return [alias.asname or alias.name for alias in node.names]


def _body(statements: list[ast.stmt]) -> Body:
    doing = [node for node in statements if not _does_nothing(node)]
    if not doing:
        return Body.EMPTY
    return Body.RAISES if isinstance(doing[0], ast.Raise) else Body.CODE


def _does_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Return):
        return node.value is None or isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module


def _is_own(project: Project, package: str) -> bool:
    """Whether the top-level module lies in the project's folders, or is the package that the project lies in."""
    folders = [project.root, project.root / "src", *(Path(part) for part in project.prepend_sys_path)]
    for parent in (project.root, *project.root.parents):
        if not (parent / "__init__.py").is_file():
            break
        if parent.name == package:
            return True
    return any(
        (folder / package / "__init__.py").is_file() or (folder / f"{package}.py").is_file() for folder in folders
    )
