"""An amount's sign agrees with its direction.

Where amounts are unsigned and a column says debit or credit, none is negative. Where credits are stored negative beside
such a column, a debit is not negative and a credit not positive. NaN is told by its own invariant, and left out here.
Unsigned amounts without a direction are told, too. An error where the table is surely one of legs, else a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant, graded
from fingood.validation.invariants.sample_ledger import ROWS, tables
from fingood.validation.ledger import LedgerTable, column_sql, literal
from fingood.validation.lexicon import CREDIT_VALUES, DEBIT_VALUES, words
from fingood.validation.rule import Rule
from fingood.validation.sides import finite_sql, sides_in


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    if not (table.legs and table.direction and table.amount) or words(table.direction) & {"type", "kind"}:
        return
    amount = column_sql("t", table.amount)
    if sides_in(table, look).debit:
        wrong, how = f"{amount} < 0", "are negative beside a direction that says which side they are on"
        yield Rule(
            condition=f"{column_sql('t', table.direction)} IS NULL AND {amount} <> 0",
            severity=graded(table, Severity.ERROR),
            message=f"{{rows}} of {table.name} have no {table.direction}",
            effect="Nobody can say which side they are on, so they count for none.",
            subject=f"{table.name}.{table.direction}",
        )
    else:
        side = f"lower(trim(CAST({column_sql('t', table.direction)} AS text)))"
        wrong = f"({side} IN ({_listed(DEBIT_VALUES)}) AND {amount} < 0)"
        wrong += f" OR ({side} IN ({_listed(CREDIT_VALUES)}) AND {amount} > 0)"
        how = "have a sign that contradicts their direction"
    yield Rule(
        # In this order: hardly a row has a wrong sign, and nearly all are numbers.
        condition=f"({wrong}) AND {finite_sql(table, look.dialect)}",
        severity=graded(table, Severity.ERROR),
        message=f"{{rows}} of {table.name} {how}",
        effect="They count for the other side than they say.",
        subject=f"{table.name}.{table.amount}",
    )


def _listed(values: frozenset[str]) -> str:
    return ", ".join(map(literal, sorted(values)))


INVARIANT = RuleInvariant(
    id="sign-of-direction",
    meaning="an amount's sign agrees with its direction",
    standard="double-entry bookkeeping: a leg is on one side",
    severity=Severity.ERROR,
    rules=_rules,
    examples=(
        Example(
            tables=tables(postings="direction varchar(6)"),
            good=f"{ROWS}; UPDATE postings SET direction = 'debit' WHERE amount > 0;"
            "UPDATE postings SET direction = 'credit', amount = -amount WHERE amount < 0",
            bad="UPDATE postings SET amount = -amount, direction ="
            " CASE direction WHEN 'debit' THEN 'credit' ELSE 'debit' END WHERE entry_id = 1",
            count=2,
        ),
    ),
)
