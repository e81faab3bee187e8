"""No amount lies a thousand times beyond what ninety-nine in a hundred stay below. A remark: large amounts are real.

Looked at are currencies with at least 1,000 amounts in a column. What is told is most often an amount in minor units
among those in major ones, or a point that was lost.
"""

from __future__ import annotations

from fingood.model.finding import Finding
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Judged, Look, SetInvariant
from fingood.validation.ledger import LedgerTable, MoneyColumn, column_sql
from fingood.validation.magnitudes import ENOUGH, Spread, amounts_of, at_share, spreads_of
from fingood.validation.query import CannotRead

_FAR = 1_000
_MOST = 0.99


def _judge(look: Look) -> Judged:
    judged = Judged()
    for table in look.recognised.tables:
        for column in amounts_of(table):
            if look.too_large(table):
                judged.skipped.append(f"{table.name} is large; --mode full looks at its amounts together")
                continue
            try:
                spreads = spreads_of(table, column, look)
            except CannotRead as error:
                judged.errored.append(f"{table.name}: {error}")
                continue
            for currency, spread in sorted(spreads.items()):
                if sum(spread.values()) < ENOUGH:
                    continue
                judged.looked += 1
                judged.findings += _findings(table, column, currency, spread)
    return judged


def _findings(table: LedgerTable, column: MoneyColumn, currency: str, spread: Spread) -> list[Finding]:
    edge = at_share(spread, _MOST).upper
    bad = sum(count for bucket, count in spread.items() if bucket.lower >= edge * _FAR)
    if not bad:
        return []
    total = sum(spread.values())
    return [
        Finding(
            check=INVARIANT.id,
            severity=Severity.INFO,
            confidence=table.certainty.confidence,
            message=f"{bad:,} of {total:,} amounts in {table.name}.{column.name}{f' in {currency}' if currency else ''}"
            f" are {edge * _FAR:,} or more; {_MOST:.0%} are below {edge:,}",
            effect="Nothing by itself; a lost point or another unit makes the same picture.",
            remedy=f"SELECT t.* FROM {table.name.sql} t WHERE abs({column_sql('t', column.name)}) >= {edge * _FAR};",
            subject=f"{table.name}.{column.name}",
            evidence={"rows": str(bad), "of": str(total)},
        )
    ]


INVARIANT = SetInvariant(
    id="far-amount",
    meaning="no amount lies a thousand times beyond nearly all others",
    standard="outliers of a distribution over orders of magnitude",
    severity=Severity.INFO,
    judge=_judge,
    financial=True,
    examples=(
        Example(
            tables="CREATE TABLE payments (id bigint PRIMARY KEY, amount numeric(15, 2), currency char(3))",
            good="INSERT INTO payments WITH RECURSIVE g (n, x) AS (SELECT 1, 1.0 UNION ALL"
            " SELECT n + 1, round(x * 1.00925, 6) FROM g WHERE n < 1200) SELECT n, round(x, 2), 'EUR' FROM g",
            bad="UPDATE payments SET amount = -500000000 WHERE id IN (7, 1007)",
            count=2,
        ),
    ),
)
