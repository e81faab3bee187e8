"""The row rules of one table, compiled into one statement that counts them all in a single scan."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.engine import Connection

from fingood.model.finding import Finding
from fingood.validation.invariants.base import RowRule
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.query import CannotRead, join_sql, masked, read

SAMPLES = 5


def count_sql(table: LedgerTable, rules: Sequence[RowRule]) -> str:
    """One row: the table's rows, and for each rule how many break it."""
    counts = ", ".join(f"count(*) FILTER (WHERE {rule.condition}) AS r{n}" for n, rule in enumerate(rules))
    joined = any(rule.joined for rule in rules)
    return f"SELECT count(*) AS total, {counts} FROM {join_sql(table, joined=joined)}"


def sample_sql(table: LedgerTable, rule: RowRule) -> str:
    """The keys of a few rows that break the rule."""
    keys = ", ".join(f"CAST({column_sql('t', name)} AS text) AS k{n}" for n, name in enumerate(table.key))
    return f"SELECT {keys} FROM {join_sql(table, joined=rule.joined)} WHERE {rule.condition} LIMIT {SAMPLES}"


def judge_rows(connection: Connection, table: LedgerTable, rules: Sequence[tuple[str, RowRule]]) -> list[Finding]:
    """Findings of every rule that rows break, with exact counts. Raises CannotRead."""
    counts = read(connection, count_sql(table, [rule for _, rule in rules]))[0]
    return [
        _finding(check, rule, table, _samples(connection, table, rule), (int(counts[f"r{n}"]), int(counts["total"])))
        for n, (check, rule) in enumerate(rules)
        if counts[f"r{n}"]
    ]


def _finding(check: str, rule: RowRule, table: LedgerTable, keys: list[str], counts: tuple[int, int]) -> Finding:
    bad, total = counts
    example = f": {', '.join(table.key)} {'; '.join(keys)}{' …' if bad > len(keys) else ''}" if keys else ""
    return Finding(
        check=check,
        severity=rule.severity,
        confidence=table.certainty.confidence,
        message=rule.message.replace("{rows}", f"{bad:,} of {total:,} rows") + example,
        effect=rule.effect,
        remedy=rule.remedy or f"SELECT t.* FROM {join_sql(table, joined=rule.joined)} WHERE {_short(rule.condition)};",
        subject=rule.subject,
        evidence={"rows": str(bad), "of": str(total), "taken for money": str(table.certainty)},
    )


def _short(condition: str) -> str:
    """Conditions that carry all of ISO 4217 are too long to paste."""
    return condition if len(condition) <= 300 else "..."


def _samples(connection: Connection, table: LedgerTable, rule: RowRule) -> list[str]:
    if not table.key:
        return []
    try:
        rows = read(connection, sample_sql(table, rule))
    except CannotRead:
        return []  # the count stands; only the examples are missing
    return [", ".join(masked(row[f"k{n}"]) for n in range(len(table.key))) for row in rows]
