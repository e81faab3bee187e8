"""A chain of hashes is unbroken: each row names the hash of the row before it.

Needs a table with a hash, the hash before it (``previous_hash``) and a key that gives the order. That the hashes fit
their rows is not looked at: that takes the formula. Critical where the settings name both columns, else a warning; and
nothing is found where no row fits the one before it.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.rule import Rule, Source


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    own, before = table.column(Role.HASH), table.column(Role.PREVIOUS_HASH)
    if not (own and before and len(table.key) == 1):
        return
    key = column_sql("t", table.key[0])
    derived = (
        f"SELECT {key} AS place, CAST({column_sql('t', before)} AS text) AS said,"
        f" lag(CAST({column_sql('t', own)} AS text)) OVER (ORDER BY {key}) AS was,"
        f" lag({key}) OVER (ORDER BY {key}) AS at"
        f" FROM {table.name.sql} t"
    )
    off = "coalesce(max(t.said), '') <> coalesce(max(t.was), '')"
    sure = {Role.HASH, Role.PREVIOUS_HASH} <= table.by_settings
    yield Rule(
        condition=off,
        severity=Severity.CRITICAL if sure else Severity.WARNING,
        message=f"{{rows}} of {table.name} do not name the hash of the row before them",
        effect="A row was changed, taken out or put in after it was written.",
        subject=f"{table.name}.{before}",
        source=Source(
            by=((table.key[0], "t.place"),),
            derived=derived,
            where="t.at IS NOT NULL",
            noun="rows after the first",
            void="" if sure else off,
            void_reason=f"no {before} is the {own} of the row before, so they are something else",
        ),
    )


INVARIANT = RuleInvariant(
    id="hash-chain",
    meaning="each row of a chain names the hash of the row before it",
    standard="hash-chained logs: Formance, Midaz; RFC 6962 for logs that are proven",
    severity=Severity.CRITICAL,
    rules=_rules,
    examples=(
        Example(
            tables="CREATE TABLE log (id bigint PRIMARY KEY, hash varchar(64), previous_hash varchar(64))",
            good="INSERT INTO log VALUES (1, 'a', NULL), (2, 'b', 'a'), (3, 'c', 'b'), (4, 'd', 'c')",
            bad="DELETE FROM log WHERE id = 2",
            count=1,
        ),
    ),
)
