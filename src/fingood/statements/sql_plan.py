"""A file of plain SQL → its Plan by the text alone."""

from __future__ import annotations

from collections.abc import Sequence

from fingood.model.action import Verb
from fingood.model.finding import Direction, Location
from fingood.model.plan import Plan, Rendering, Statement
from fingood.statements.locks import locks_of
from fingood.statements.sql_file import FileStatement, SqlFile

NEWEST = 180000
_BEGINS, _ENDS = ("begin", "start"), ("commit", "end", "rollback", "abort", "prepare")


def plan_of(file: SqlFile, server_version: int = 0) -> Plan:
    """What the file would do, in the transactions it would do it in. ``server_version`` 0 takes the newest."""
    return Plan(
        revision=file.path,
        path=file.path,
        direction=Direction.UPGRADE,
        rendering=Rendering.STATIC,
        dialect=file.dialect,
        server_version=server_version,
        statements=statements_of(file, file.statements, server_version),
    )


def statements_of(
    file: SqlFile, statements: Sequence[FileStatement], server_version: int, first: int = 0
) -> tuple[Statement, ...]:
    """Statements by their text alone, counted from ``first``."""
    numbers = _transactions(file, statements)
    postgresql = file.dialect == "postgresql"
    return tuple(
        Statement(
            index=first + place,
            sql=statement.sql,
            actions=statement.parsed.actions,
            locks=locks_of(statement.parsed.actions, server_version or NEWEST) if postgresql else (),
            location=Location(path=file.path, line=statement.first, direction=Direction.UPGRADE),
            transaction=number,
            opaque=statement.parsed.opaque,
            opaque_reason=statement.parsed.opaque_reason,
        )
        for place, (statement, number) in enumerate(zip(statements, numbers, strict=True))
    )


def _transactions(file: SqlFile, statements: Sequence[FileStatement]) -> list[int | None]:
    """The number of the transaction that each statement runs in; None outside of one."""
    if not file.autocommit:
        return [1] * len(statements)
    found: list[int | None] = []
    number, is_open = 0, False
    for statement in statements:
        words = {
            a.detail.lower().split()[0] for a in statement.parsed.actions if a.verb is Verb.TRANSACTION and a.detail
        }
        if words & set(_BEGINS) and not is_open:
            number, is_open = number + 1, True
        found.append(number if is_open else None)
        if words & set(_ENDS):
            is_open = False
    return found
