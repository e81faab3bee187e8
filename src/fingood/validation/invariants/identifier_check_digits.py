"""IBANs, BICs, LEIs and ISINs have the form and the check digits of their standards.

Columns are known by their names. Blanks inside and small letters are no mistake here; empty values are none either. A
right check digit does not say that the account or the security is there, and a BIC has none: only its form is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.identifiers import is_bic_sql, is_iban_sql, is_isin_sql, is_lei_sql
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, text_sql
from fingood.validation.roles import Family, family_of, length_of
from fingood.validation.rule import Rule
from fingood.validation.sqlite_functions import add_functions

_KINDS: tuple[tuple[Role, str, int, Callable[[str], str]], ...] = (
    (Role.IBAN, "IBAN", 15, is_iban_sql),
    (Role.BIC, "BIC", 8, is_bic_sql),
    (Role.LEI, "LEI", 20, is_lei_sql),
    (Role.ISIN, "ISIN", 12, is_isin_sql),
)


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    for role, kind, shortest, expression in _KINDS:
        for name in table.roles.get(role, ()):
            column = table.shape.columns[name]
            if family_of(column) is not Family.TEXT or (length_of(column) or shortest) < shortest:
                continue
            add_functions(look)
            text = text_sql("t", name, look.dialect)
            sqlite = look.dialect == "sqlite"
            right = f"fingood_{kind.lower()}({text}) = 1" if sqlite else f"({expression(text)})"
            yield Rule(
                condition=f"trim({text}) <> '' AND NOT {right}",
                severity=Severity.ERROR if role in table.by_settings else Severity.WARNING,
                message=f"{{rows}} of {table.name} hold no valid {kind} in {name}",
                effect="Payments and reports that carry it are sent back.",
                remedy=f"correct them at their source; a digit of an {kind} cannot be guessed",
                subject=f"{table.name}.{name}",
                query="-- run by fingood alone: the function lives in its process" if sqlite else "",
            )


INVARIANT = RuleInvariant(
    id="identifier-check-digits",
    meaning="IBANs, BICs, LEIs and ISINs have the form and check digits of their standards",
    standard="ISO 13616, 9362, 17442, 6166; ISO 7064 MOD 97-10",
    severity=Severity.ERROR,
    rules=_rules,
    financial=False,
    examples=(
        Example(
            tables="CREATE TABLE parties (id bigint PRIMARY KEY, iban varchar(42), bic char(11), lei text, isin text)",
            good="INSERT INTO parties VALUES"
            " (1, 'DE89 3704 0044 0532 0130 00', 'DEUTDEFF', '5493001KJTIIGC8Y1R12', 'US0378331005'),"
            " (2, NULL, NULL, '', NULL)",
            bad="UPDATE parties SET iban = 'DE88370400440532013000', bic = 'DEUT1EFF' WHERE id = 1;"
            "UPDATE parties SET lei = '5493001KJTIIGC8Y1R21', isin = 'US0378331006' WHERE id = 2",
            count=4,
        ),
    ),
)
