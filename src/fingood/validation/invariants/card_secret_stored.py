"""No card verification code is stored, not even for a moment after the payment was authorised.

Told where a column is named for such a code (cvv, cvc and the like) and holds three or four digits, or where a text has
the form of a magnetic stripe's first or second track. Values are never shown. Encrypted values are not seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, text_sql
from fingood.validation.roles import Family, family_of, length_of
from fingood.validation.rule import Rule
from fingood.validation.sqlite_functions import add_functions
from fingood.validation.trace import Trace

_CODE = "^[0-9]{3,4}$"
_FIRST_TRACK = r"%B[0-9]{13,19}\^[^^]{2,26}\^[0-9]{4}"
_SECOND_TRACK = ";[0-9]{13,19}=[0-9]{7}"
SHORTEST = 22
"""Characters of the shortest track with its date."""


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    secrets = table.roles.get(Role.CARD_SECRET, ())
    sure = Severity.CRITICAL if Role.CARD_SECRET in table.by_settings else Severity.ERROR
    for column in table.shape.columns.values():
        text = text_sql("t", column.name, look.dialect)
        if column.name in secrets and family_of(column) in (Family.TEXT, Family.NUMBER):
            code = f"trim({text})"
            yield _rule(table, column.name, sure, "card verification codes", _matches(code, _CODE, look))
        elif family_of(column) is Family.TEXT and (length_of(column) or SHORTEST) >= SHORTEST:
            track = (
                f"({text} LIKE '%^%' AND {_matches(text, _FIRST_TRACK, look)})"
                f" OR ({text} LIKE '%;%=%' AND {_matches(text, _SECOND_TRACK, look)})"
            )
            trace = Trace(text=text, characters=";^", least=SHORTEST)
            stripe = _rule(table, column.name, Severity.WARNING, "what looks like a magnetic stripe's data", track)
            yield replace(stripe, trace=trace)


def _matches(text: str, pattern: str, look: Look) -> str:
    add_functions(look)
    return f"fingood_matches('{pattern}', {text}) = 1" if look.dialect == "sqlite" else f"{text} ~ '{pattern}'"


def _rule(table: LedgerTable, name: str, severity: Severity, what: str, condition: str) -> Rule:
    return Rule(
        condition=condition,
        severity=severity,
        message=f"{{rows}} of {table.name} hold {what} in {name}",
        effect="Nobody may keep it after authorisation, encrypted or not; backups and replicas have it too.",
        remedy=f"stop writing {name}, overwrite its values, and expire the backups that have them",
        subject=f"{table.name}.{name}",
    )


INVARIANT = RuleInvariant(
    id="card-secret-stored",
    meaning="no card verification code and no magnetic stripe's data is stored",
    standard="PCI DSS 4.0, 3.3.1",
    severity=Severity.CRITICAL,
    rules=_rules,
    texts=True,
    financial=False,
    examples=(
        Example(
            tables="CREATE TABLE payments (id bigint PRIMARY KEY, cvv varchar(64), payload text)",
            good="INSERT INTO payments VALUES (1, NULL, 'a^b=c'), (2, 'enc:8f2a77', '2^4, x=1')",
            bad="UPDATE payments SET cvv = '123' WHERE id = 1;"
            "UPDATE payments SET payload = '%B1234567890123456^DOE/JANE^27121015432112345678?' WHERE id = 2",
            count=2,
        ),
    ),
)
