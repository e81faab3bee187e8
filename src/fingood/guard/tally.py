"""What one step did: statements, rows, tables."""

from __future__ import annotations

import re
from typing import Any

from fingood.model.action import Action, Verb
from fingood.model.names import RelationName
from fingood.statements.reader import parse

_CHANGES_ROWS = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|MERGE|COPY|WITH|REPLACE)\b", re.IGNORECASE)
_LOOKS_ONLY = (Verb.SELECT, Verb.SET, Verb.TRANSACTION)
_MOST_TEXTS = 1000


class Tally:
    """Counts while the step's own function runs."""

    def __init__(self, dialect: str) -> None:
        self._dialect = dialect
        self._texts: dict[str, None] = {}
        self.statements = 0
        self.rows = 0

    def count(self, statement: str, cursor: Any) -> None:
        self.statements += 1
        if len(self._texts) < _MOST_TEXTS:
            self._texts[statement] = None
        rows = getattr(cursor, "rowcount", -1)
        if isinstance(rows, int) and rows > 0 and _CHANGES_ROWS.match(statement):
            self.rows += rows

    def tables(self) -> list[str]:
        """The tables and other relations that the statements name and change, in order of their names."""
        dialect = "sqlite" if self._dialect == "sqlite" else "postgresql"
        actions = [action for text in self._texts for action in parse(text, dialect).actions]
        return sorted({str(name) for action in actions for name in _changed(action)})


def _changed(action: Action) -> list[RelationName]:
    if action.verb in _LOOKS_ONLY or action.relation is None:
        return []
    named = [action.relation]
    if action.verb in (Verb.TRUNCATE, Verb.DROP_TABLE):
        named += action.others
    return named
