"""The first digits of amounts are spread as Benford's law has it: three in ten begin with a one. A hint, never more.

Looked at are at least 1,000 amounts that reach over two orders of magnitude (nine in ten of them, so that a few large
ones do not count). Told is a spread that is off by more than 0.03 a digit on average, twice what Nigrini calls
nonconformity, and that chance would make once in a thousand times at most.

It is no evidence of fraud or of an error. Amounts with limits, list prices, fixed fees and salaries are off by nature,
and invented ones may fit. What is worth a look is a column that was as expected and no longer is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import log10

from fingood.model.finding import Finding
from fingood.model.severity import Confidence, Severity
from fingood.validation.invariants.base import Example, Judged, Look, SetInvariant
from fingood.validation.ledger import LedgerTable, MoneyColumn, column_sql
from fingood.validation.magnitudes import ENOUGH, Bucket, Spread, amounts_of, at_share, spreads_of
from fingood.validation.query import CannotRead

EXPECTED = {digit: log10(1 + 1 / digit) for digit in range(1, 10)}
_OFF = 0.03
"""Mean absolute deviation: twice that above which first digits do not conform (Nigrini 2012, table 7.1), for ledgers
with fees of their own are off by that much as they are."""
_CHANCE = 26.12
"""Chi-square of eight degrees of freedom that chance exceeds once in a thousand."""


def _judge(look: Look) -> Judged:
    judged = Judged()
    for table in look.recognised.tables:
        for column in amounts_of(table):
            if look.too_large(table):
                judged.skipped.append(f"{table.name} is large; --mode full looks at its first digits")
                continue
            try:
                spread = _together(spreads_of(table, column, look).values())
            except CannotRead as error:
                judged.errored.append(f"{table.name}: {error}")
                continue
            if not _applies(spread):
                continue
            judged.looked += 1
            shares = shares_of(spread)
            if _is_off(shares, sum(spread.values())):
                judged.findings.append(_finding(table, column, shares, sum(spread.values())))
    return judged


def _together(spreads: Iterable[Spread]) -> Spread:
    total: Counter[Bucket] = Counter()
    for spread in spreads:
        total.update(spread)
    return total


def _applies(spread: Spread) -> bool:
    if sum(spread.values()) < ENOUGH:
        return False
    return at_share(spread, 0.95).places - at_share(spread, 0.05).places >= 2


def shares_of(spread: Spread) -> dict[int, float]:
    """The share of each first digit."""
    total = sum(spread.values())
    return {digit: sum(n for bucket, n in spread.items() if bucket.digit == digit) / total for digit in EXPECTED}


def _is_off(shares: dict[int, float], total: int) -> bool:
    mean = sum(abs(shares[digit] - EXPECTED[digit]) for digit in EXPECTED) / 9
    chi_square = sum(total * (shares[digit] - EXPECTED[digit]) ** 2 / EXPECTED[digit] for digit in EXPECTED)
    return mean > _OFF and chi_square > _CHANCE


def _finding(table: LedgerTable, column: MoneyColumn, shares: dict[int, float], total: int) -> Finding:
    worst = max(EXPECTED, key=lambda digit: abs(shares[digit] - EXPECTED[digit]))
    first = f"substr(ltrim(CAST(abs({column_sql('t', column.name)}) AS text), '0.'), 1, 1)"
    return Finding(
        check=INVARIANT.id,
        severity=Severity.INFO,
        confidence=Confidence.POSSIBLE,
        message=f"of {total:,} amounts in {table.name}.{column.name}, {shares[worst]:.1%} begin with {worst};"
        f" by Benford's law {EXPECTED[worst]:.1%} do",
        effect="Nothing by itself: limits, list prices and fixed fees do it as well. It is no evidence of anything.",
        remedy=f"SELECT {first}, count(*) FROM {table.name.sql} t GROUP BY 1 ORDER BY 1;",
        subject=f"{table.name}.{column.name}",
        evidence={"amounts": str(total), **{f"first digit {digit}": f"{share:.4f}" for digit, share in shares.items()}},
    )


INVARIANT = SetInvariant(
    id="first-digits",
    meaning="the first digits of amounts are spread as Benford's law has it",
    standard="Benford's law; Nigrini, Benford's Law (2012)",
    severity=Severity.INFO,
    judge=_judge,
    financial=True,
    examples=(
        Example(
            tables="CREATE TABLE payments (id bigint PRIMARY KEY, amount numeric(12, 2), currency char(3))",
            good="INSERT INTO payments WITH RECURSIVE g (n, x) AS (SELECT 1, 1.0 UNION ALL"
            " SELECT n + 1, round(x * 1.00925, 6) FROM g WHERE n < 1000) SELECT n, round(x, 2), 'EUR' FROM g",
            bad="UPDATE payments SET amount = round(amount * 5, 2) WHERE substr(CAST(amount AS text), 1, 1) = '1'",
            count=1,
        ),
    ),
)
