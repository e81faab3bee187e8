"""No identifier has blanks around it, and none fills up with them in a column wider than all of its values.

Looked at are texts that are keys or refer to one, IBANs, BICs, LEIs, ISINs, hashes and idempotency keys, and columns
named as references, numbers or codes. Tabs, ends of lines and no-break spaces are blanks, too. A warning; a remark
where only the name says that it is an identifier. Currencies with blanks are for currency-code.

char(n) fills up with blanks to n. They do not count when two char(n) are compared, and do for LIKE, regular expressions
and every program that reads them (PostgreSQL manual, 8.3): a remark where not one value is n long.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.facts import ColumnFacts
from fingood.model.names import quote_always
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql, text_sql
from fingood.validation.lexicon import last_word
from fingood.validation.roles import length_of, texts_of
from fingood.validation.rule import Rule
from fingood.validation.trace import Trace

_ROLES = (Role.IBAN, Role.BIC, Role.LEI, Role.ISIN, Role.IDEMPOTENCY_KEY, Role.HASH, Role.PREVIOUS_HASH)
_NAMES = frozenset({"reference", "ref", "number", "no", "code", "symbol", "country"})
_KEYS = frozenset({"primary key", "unique", "foreign key"})
_BLANKS = " \t\n\r\u00a0"
# By its number: an encoding that has no no-break space refuses a statement with one.
_BLANKS_OF_PATTERNS = r" \t\n\r\u00a0"


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    keys = {name for constraint in table.shape.constraints if constraint.kind in _KEYS for name in constraint.columns}
    known = keys.union(*(table.roles.get(role, ()) for role in _ROLES))
    for column in texts_of(table.shape):
        if column.name in table.currencies:
            yield from _filled_up(table, column, look)
        elif column.name in known or last_word(column.name) in _NAMES:
            yield _around(table, column.name, look, sure=column.name in known)
            yield from _filled_up(table, column, look)


def _around(table: LedgerTable, name: str, look: Look, *, sure: bool) -> Rule:
    text, column = text_sql("t", name, look.dialect), quote_always(name)
    trimmed = f"{text} <> trim({text}, '{_BLANKS}')"
    around = f"{text} ~ '^[{_BLANKS_OF_PATTERNS}]|[{_BLANKS_OF_PATTERNS}]$'"
    return Rule(
        condition=trimmed if look.dialect == "sqlite" else around,
        trace=Trace(text=text, characters=_BLANKS_OF_PATTERNS),
        severity=Severity.WARNING if sure else Severity.INFO,
        message=f"{{rows}} of {table.name} have blanks around their {name}",
        effect="Searches and joins miss them, and the same identifier may be there twice.",
        remedy=f"UPDATE {table.name.sql} SET {column} = trim({column}); where no other row has the trimmed value",
        subject=f"{table.name}.{name}",
    )


def _filled_up(table: LedgerTable, column: ColumnFacts, look: Look) -> Iterator[Rule]:
    """The other rows are looked at only where one is short, and then up to the first that is not."""
    width = length_of(column)
    variable = not column.type.lower().startswith(("character(", "char(", "bpchar("))
    if look.dialect == "sqlite" or variable or not width or column.name in table.roles.get(Role.BIC, ()):
        return  # a BIC has eight characters or eleven
    if column.name in table.currencies and width <= 3:
        return
    other = column_sql("o", column.name)
    yield Rule(
        condition=f"length({column_sql('t', column.name)}) < {width}"
        f" AND NOT EXISTS (SELECT 1 FROM {table.name.sql} o WHERE length({other}) = {width})",
        severity=Severity.INFO,
        message=f"{{rows}} of {table.name} are filled up with blanks to the {width} characters of {column.name}",
        effect="LIKE, regular expressions and other programs see the blanks; equality in SQL does not.",
        remedy=f"make {column.name} as wide as its values, or a varchar",
        subject=f"{table.name}.{column.name}",
        certain=True,
    )


INVARIANT = RuleInvariant(
    id="identifier-blanks",
    meaning="no identifier has blanks around it",
    standard="PostgreSQL manual 8.3: character types; ISO 13616: electronic format",
    severity=Severity.WARNING,
    rules=_rules,
    texts=True,
    financial=False,
    examples=(
        Example(
            tables="CREATE TABLE parties (code varchar(12) PRIMARY KEY, iban varchar(42), payment_reference text,"
            " remark text)",
            good="INSERT INTO parties VALUES ('A 1', 'DE89 3704 0044 0532 0130 00', 'inv 7', ' by hand '),"
            " ('A2', NULL, '', NULL)",
            bad="UPDATE parties SET code = 'A 1 ', iban = ' DE89370400440532013000' WHERE code = 'A 1';"
            "UPDATE parties SET payment_reference = 'inv 8\t' WHERE code = 'A2'",
            count=3,
        ),
        Example(
            tables="CREATE TABLE parties (id bigint PRIMARY KEY, country char(2), branch_code char(5))",
            good="INSERT INTO parties VALUES (1, 'DE', 'B0001'), (2, 'CH', 'B2'), (3, NULL, NULL)",
            bad="DELETE FROM parties WHERE id = 1",
            count=1,
            dialects=frozenset({"postgresql"}),
        ),
    ),
)
