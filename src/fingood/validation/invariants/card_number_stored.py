"""No card number stands in clear text.

Found by digit boundaries, the schemes' prefixes and lengths, and Luhn; IBANs are taken out first. About three in a
hundred random numbers of 16 digits look the same, so outside of columns named for cards a find is a warning; the
numbers that processors publish for tests are told apart, as a remark. Values are never shown.

Columns that cannot hold 13 digits are not looked at, nor numbers outside of columns named for cards, nor hashes. Not
seen are numbers with other separators than a blank or hyphen, those inside binary columns, and encoded ones.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.facts import ColumnFacts
from fingood.model.severity import Severity
from fingood.validation.card_numbers import (
    RUN,
    SHORTEST,
    card_gate_sql,
    card_patterns,
    holds_card_sql,
    holds_test_card_sql,
)
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, text_sql
from fingood.validation.roles import Family, family_of, length_of
from fingood.validation.rule import Rule
from fingood.validation.sqlite_functions import add_functions
from fingood.validation.trace import Trace

_OTHER = (Role.IBAN, Role.BIC, Role.LEI, Role.ISIN, Role.HASH, Role.PREVIOUS_HASH)


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    cards = table.roles.get(Role.PAN, ())
    others = {name for role in _OTHER for name in table.roles.get(role, ())} - set(cards)
    for column in table.shape.columns.values():
        if column.name in others or not _can_hold(column, named=column.name in cards):
            continue
        add_functions(look)
        yield from _of_column(table, look, column.name, named=column.name in cards)


def _can_hold(column: ColumnFacts, *, named: bool) -> bool:
    family = family_of(column)
    if family is Family.NUMBER:
        return named
    return family is Family.TEXT and (length_of(column) or SHORTEST) >= SHORTEST


def _of_column(table: LedgerTable, look: Look, name: str, *, named: bool) -> Iterator[Rule]:
    text = text_sql("t", name, look.dialect)
    real, test = _conditions(text, look.dialect, named=named)
    gate = "" if look.dialect == "sqlite" else card_gate_sql(text, named=named)
    trace = Trace(text=text, run=RUN, least=SHORTEST, sought=card_patterns(named=named))
    query = "-- run by fingood alone: the function lives in its process" if look.dialect == "sqlite" else ""
    mapped = Role.PAN in table.by_settings and named
    yield Rule(
        condition=real,
        severity=Severity.CRITICAL if mapped else Severity.ERROR if named else Severity.WARNING,
        message=f"{{rows}} of {table.name} hold what looks like a card number in {name}",
        effect="PCI DSS 3.5 wants it unreadable wherever it is stored; every backup and replica has it too.",
        remedy="store a token of the card's vault instead; then overwrite the values, and expire the backups",
        subject=f"{table.name}.{name}",
        query=query,
        trace=trace,
        gate=gate,
    )
    yield Rule(
        condition=test,
        severity=Severity.INFO,
        message=f"{{rows}} of {table.name} hold test card numbers in {name}",
        effect="Nobody's cards, but what stored them would store real ones the same way.",
        remedy="see what writes the column",
        subject=f"{table.name}.{name}",
        query=query,
        trace=trace,
        gate=gate,
    )


def _conditions(text: str, dialect: str, *, named: bool) -> tuple[str, str]:
    if dialect == "sqlite":
        prefix = "fingood_named" if named else "fingood"
        return f"{prefix}_card({text}) = 1", f"{prefix}_test_card({text}) = 1"
    return holds_card_sql(text, named=named), holds_test_card_sql(text, named=named)


INVARIANT = RuleInvariant(
    id="card-number-stored",
    meaning="no card number stands in clear text",
    standard="PCI DSS 4.0, 3.5; ISO/IEC 7812-1 (Luhn)",
    severity=Severity.CRITICAL,
    rules=_rules,
    texts=True,
    financial=False,
    examples=(
        Example(
            tables="CREATE TABLE notes (id bigint PRIMARY KEY, body text, card_number varchar(32))",
            good="INSERT INTO notes VALUES (1, 'paid 2024-01-15 from DE89 3704 0044 0532 0130 00', NULL),"
            " (2, 'order 1700000000000 at 20240115101112', 'tok_8f2a')",
            bad="UPDATE notes SET body = 'card 4929 1234 5678 9015, 12/27' WHERE id = 1;"
            "UPDATE notes SET card_number = '4111-1111-1111-1111' WHERE id = 2",
            count=2,
        ),
    ),
)
