"""Whether a revision declares that there is no way back: ``irreversible = "reason"`` at its top level.

A plain module attribute, so that the file runs under bare Alembic.
"""

from __future__ import annotations

import ast
from pathlib import Path

NAME = "irreversible"


def declared_reason(file: Path) -> str | None:
    """The reason given, empty where it is declared without one, None where it is not declared at all."""
    for node in ast.parse(file.read_bytes()).body:
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign):
            targets = [node.target]
        else:
            continue
        if any(isinstance(target, ast.Name) and target.id == NAME for target in targets):
            value = node.value
            return value.value.strip() if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
    return None
