"""A rule: what a bad row, or a bad group of rows, looks like in SQL; and the source whose rows or groups it judges."""

from __future__ import annotations

from dataclasses import dataclass

from fingood.model.severity import Severity
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What rules judge one by one. Rules of equal sources share one statement, and so one scan.

    Without ``by`` these are the rows of the table, under ``t``; what else a rule reads is joined by the rule. With
    ``by`` they are groups of rows: each entry is a name for people and an SQL expression over ``t`` (and ``joins``);
    conditions then speak of aggregates. ``derived`` is a whole SELECT in the table's place, whose columns stand under
    ``t``. ``where`` leaves rows out before they are grouped. ``value`` is an aggregate that says more of a bad group (a
    difference), ``shows`` how it is written as a text, where ``value`` stands for it. ``noun`` is what is counted.
    ``void`` is a condition: where all groups meet it, the source is not what it was taken for, nothing is found, and
    ``void_reason`` says why.
    """

    by: tuple[tuple[str, str], ...] = ()
    joins: tuple[str, ...] = ()
    derived: str = ""
    where: str = ""
    value: str = ""
    shows: str = "CAST(value AS text)"
    noun: str = "rows"
    void: str = ""
    void_reason: str = ""


ROWS = Source()
"""The table's rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A condition that a bad row or group meets; NULL is not met.

    ``message`` gets ``{rows}``, how many of how many (``3 of 1,200 rows``); ``subject`` is what it is about, a table or
    ``table.column``. ``joins`` are LEFT JOINs on unique keys, whose aliases the condition reads. ``query`` shows the
    bad rows; it is made from the condition where it is left empty. ``remedy`` is what would repair them; nobody runs
    it by itself. ``certain`` says that the finding does not rest on what the table was taken for.

    ``gate`` is a cheaper condition, and ``trace`` what a text must hold, without which the condition is never met. On
    PostgreSQL only rows that have the trace are asked for the gate, and only those that pass it are judged. Without a
    gate the condition is its own.
    """

    condition: str
    severity: Severity
    message: str
    effect: str
    subject: str
    remedy: str = ""
    query: str = ""
    joins: tuple[str, ...] = ()
    source: Source = ROWS
    certain: bool = False
    gate: str = ""
    trace: Trace | None = None


class NotEvaluated(Exception):
    """A rule applies and cannot be judged; the text says why."""


def account_join(table: LedgerTable) -> tuple[str, ...]:
    """The join to a row's account under ``a``; empty where no account is known."""
    link = table.account_link
    if link is None:
        return ()
    on = f"{column_sql('a', link.key)} = {column_sql('t', link.column)}"
    return (f"LEFT JOIN {link.table.sql} a ON {on}",)
