"""A transfer goes from one account to another: the account debited is not the account credited.

Needs a table that names both accounts in one row: two columns that refer to the same table, one of them of debit, from,
source or payer, the other of credit, to, target, destination or payee. An error where amounts stand with a currency,
else a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant, graded
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.lexicon import words
from fingood.validation.links import links_of
from fingood.validation.rule import Rule

_GIVES = {"debit", "from", "source", "payer", "sender"}
_TAKES = {"credit", "to", "target", "destination", "payee", "receiver"}


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    links = list(links_of(table, look)) if table.money else []
    for one in links:
        for other in links:
            if one.table.name == other.table.name and words(one.column) & _GIVES and words(other.column) & _TAKES:
                yield Rule(
                    condition=f"{column_sql('t', one.column)} = {column_sql('t', other.column)}",
                    severity=graded(table, Severity.ERROR),
                    message=f"{{rows}} of {table.name} have the same account in {one.column} and {other.column}",
                    effect="Nothing moves, and both turnovers of the account grow.",
                    subject=str(table.name),
                )


INVARIANT = RuleInvariant(
    id="same-account-twice",
    meaning="the account debited is not the account credited",
    standard="TigerBeetle: accounts_must_be_different",
    severity=Severity.ERROR,
    rules=_rules,
    examples=(
        Example(
            tables="CREATE TABLE accounts (id bigint PRIMARY KEY);"
            "CREATE TABLE transfers (id bigint PRIMARY KEY, from_account_id bigint REFERENCES accounts (id),"
            " to_account_id bigint REFERENCES accounts (id), amount numeric(12, 2), currency char(3) NOT NULL)",
            good="INSERT INTO accounts VALUES (1), (2);"
            "INSERT INTO transfers VALUES (1, 1, 2, 5, 'EUR'), (2, 2, 1, 5, 'EUR')",
            bad="UPDATE transfers SET to_account_id = from_account_id",
            count=2,
        ),
    ),
)
