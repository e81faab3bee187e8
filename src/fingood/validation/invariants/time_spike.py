"""No single instant holds far more rows than any other.

A remark: at least a hundred rows and a tenth of a table at one moment, a hundred times as many as at the next, and a
hundred moments besides. Most often a column was added with DEFAULT now(), or a load put its own time over that of the
rows. Looked at are timestamps that say when a row was written or what it tells of happened; days alone are not, as
whole batches share one. Large tables on PostgreSQL are looked at only where the planner's statistics show a spike.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.names import RelationName
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.lexicon import last_word
from fingood.validation.roles import dates_of
from fingood.validation.rule import NotEvaluated, Rule, Source

_ROLES = (Role.CREATED, Role.POSTED, Role.TRADED, Role.SETTLED)
_LARGE = 100_000
"""Rows beyond which the statistics are asked first."""


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    for name in _moments(table):
        if not _worth_counting(table, name, look):
            continue
        column = column_sql("t", name)
        most = "(ORDER BY count(*) DESC)"
        derived = (
            f"SELECT {column} AS moment, count(*) AS n, lead(count(*)) OVER {most} AS following,"
            " count(*) OVER () AS moments, sum(count(*)) OVER () AS every"
            f" FROM {table.name.sql} t WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY count(*) DESC LIMIT 1"
        )
        yield Rule(
            condition="max(t.n) >= 100 AND max(t.n) * 10 >= max(t.every) AND max(t.moments) > 100"
            " AND max(t.n) >= 100 * max(t.following)",
            severity=Severity.INFO,
            message=f"far more rows of {table.name} have one and the same {name} than any other",
            effect="It is when a column was filled or a load ran, and not when these rows came to be.",
            remedy="nothing, where the time of each row is kept elsewhere",
            subject=f"{table.name}.{name}",
            source=Source(
                by=(("rows", "t.n"),),
                derived=derived,
                value="CAST(max(t.moment) AS text)",
                shows="value",
                noun="moments",
            ),
        )


def _moments(table: LedgerTable) -> Iterator[str]:
    named = {name for role in _ROLES for name in table.roles.get(role, ())}
    for column in dates_of(table.shape):
        if column.type.lower().startswith(("timestamp", "datetime")) and (
            column.name in named or last_word(column.name) == "at"
        ):
            yield column.name


def _worth_counting(table: LedgerTable, name: str, look: Look) -> bool:
    """Counting every moment of a large table takes longer than all its rows' rules. Raises NotEvaluated, CannotRead."""
    if look.dialect == "postgresql" and not _small(table):
        share = _common(look).get((table.name, name))
        if share is None:
            raise NotEvaluated(f"{table.name} has no statistics for {name}: ANALYZE")
        if share < 0.05:
            return False
    if look.too_large(table) and not _small(table):
        raise NotEvaluated(f"{table.name} is large; --mode full looks at it")
    return True


def _small(table: LedgerTable) -> bool:
    return table.rows <= _LARGE if table.rows is not None else (table.shape.bytes or 0) < _LARGE * 50


def _common(look: Look) -> dict[tuple[RelationName, str], float]:
    """By column, the share of the value that the planner's sample met most often; 0 where each was met once."""
    known = look.memory.get("common moments")
    if not isinstance(known, dict):
        rows = look.read(
            "SELECT schemaname AS schema, tablename AS name, attname AS col,"
            " max(coalesce(most_common_freqs[1], 0)) AS share FROM pg_catalog.pg_stats GROUP BY 1, 2, 3"
        )
        known = {(RelationName(row["schema"], row["name"]), row["col"]): float(row["share"]) for row in rows}
        look.memory["common moments"] = known
    return known


_HUNDRED = (
    "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {0})"
    " INSERT INTO visits SELECT n + {1}, {2} FROM numbers"
)

INVARIANT = RuleInvariant(
    id="time-spike",
    meaning="no single instant holds far more rows than any other",
    standard="data profiling: the share of the most common value",
    severity=Severity.INFO,
    rules=_rules,
    financial=False,
    examples=tuple(
        Example(
            tables="CREATE TABLE visits (id bigint PRIMARY KEY, seen_at timestamp)",
            good="INSERT INTO visits VALUES (0, NULL);" + _HUNDRED.format(150, 0, spread),
            bad=_HUNDRED.format(120, 1000, one),
            count=1,
            dialects=frozenset({dialect}),
        )
        for dialect, spread, one in (
            ("postgresql", "timestamp '2024-03-01' + n * interval '7 minutes'", "timestamp '2024-06-01 12:00:00'"),
            ("sqlite", "datetime('2024-03-01', n || ' hours')", "'2024-06-01 12:00:00'"),
        )
    ),
)
