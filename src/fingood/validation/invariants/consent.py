"""Nobody's data is kept after their consent was withdrawn; and nobody's without it, where the settings ask for it.

Contracts and laws are grounds for keeping data as much as consent is, and who refused a newsletter may still have an
account. So a missing or refused consent is found only where the settings name the column (`consent`).

A withdrawal that was not followed by another consent is found where the row still tells who it is about (e-mail,
birthday, telephone, identity number) and has no day on which it is erased (`retention_until`). Registers of consents
are left alone: they are the proof. An error where the settings name the columns, else a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.dates import before_sql
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.lexicon import words
from fingood.validation.personal import still_personal_sql
from fingood.validation.roles import Family, family_of
from fingood.validation.rule import Rule

_REGISTERS = frozenset({"consent", "consents", "log", "logs", "history", "audit", "events", "agreements"})
_REFUSED = "'', '0', 'n', 'no', 'f', 'false', 'refused', 'denied', 'withdrawn', 'revoked'"


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    consent, withdrawn = table.column(Role.CONSENT), table.column(Role.WITHDRAWN)
    if consent and Role.CONSENT in table.by_settings:
        yield Rule(
            condition=_missing(table, consent),
            severity=Severity.ERROR,
            message=f"{{rows}} of {table.name} have no consent in {consent}",
            effect="The settings say that they are kept by consent.",
            remedy="erase them, or record the consent that was given",
            subject=f"{table.name}.{consent}",
            certain=True,
        )
    mapped = Role.WITHDRAWN in table.by_settings
    held = still_personal_sql(table)
    of_consent = bool(consent) or "consent" in words(withdrawn)
    register = words(table.name.name) & _REGISTERS
    if withdrawn and (mapped or (of_consent and held and not register)):
        yield Rule(
            condition=_withdrawn(table, consent, withdrawn, "" if mapped else held, look),
            severity=Severity.ERROR if mapped else Severity.WARNING,
            message=f"{{rows}} of {table.name} are kept though consent was withdrawn ({withdrawn})",
            effect="After a withdrawal only what another ground covers may be kept, and nothing says until when.",
            remedy="erase them, or say until when the law wants them kept (retention_until)",
            subject=f"{table.name}.{withdrawn}",
        )


def _missing(table: LedgerTable, consent: str) -> str:
    value, column = column_sql("t", consent), table.shape.columns[consent]
    if family_of(column) is Family.DATE:
        return f"{value} IS NULL"
    return f"({value} IS NULL OR lower(trim(CAST({value} AS text))) IN ({_REFUSED}))"


def _withdrawn(table: LedgerTable, consent: str, withdrawn: str, held: str, look: Look) -> str:
    ended, until = column_sql("t", withdrawn), table.column(Role.RETAINED_UNTIL)
    conditions = [before_sql(ended, look.today, look)]
    if consent and family_of(table.shape.columns[consent]) is Family.DATE:
        again = column_sql("t", consent)
        conditions.append(f"({again} IS NULL OR {again} <= {ended})")
    if until:
        conditions.append(f"{column_sql('t', until)} IS NULL")
    if held:
        conditions.append(f"({held})")
    return " AND ".join(conditions)


INVARIANT = RuleInvariant(
    id="consent",
    meaning="nobody's data is kept after consent was withdrawn, or without it where it is asked for",
    standard="GDPR, articles 6 (1) (a), 7 (3) and 17 (1) (b)",
    severity=Severity.ERROR,
    rules=_rules,
    financial=False,
    examples=(
        Example(
            tables="CREATE TABLE customers (id bigint PRIMARY KEY, email text, consent_given_at timestamp,"
            " consent_withdrawn_at timestamp, retention_until date)",
            good="INSERT INTO customers VALUES (1, 'a@example.com', '2024-01-01 10:00:00', NULL, NULL),"
            " (2, 'b@example.com', NULL, NULL, NULL),"
            " (3, 'c@example.com', '2024-01-01 10:00:00', '2024-02-01 10:00:00', '2199-12-31'),"
            " (4, NULL, '2024-01-01 10:00:00', '2024-02-01 10:00:00', NULL),"
            " (5, 'e@example.com', '2024-03-01 10:00:00', '2024-02-01 10:00:00', NULL)",
            bad="UPDATE customers SET consent_withdrawn_at = '2024-02-01 10:00:00' WHERE id IN (1, 2)",
            count=2,
        ),
        Example(
            tables="CREATE TABLE subscribers (id bigint PRIMARY KEY, email text, agreed varchar(5), left_on date)",
            good="INSERT INTO subscribers VALUES (1, 'a@example.com', 'yes', NULL), (2, 'b@example.com', 'yes', NULL)",
            bad="UPDATE subscribers SET agreed = 'No' WHERE id = 1;"
            "UPDATE subscribers SET agreed = NULL, left_on = '2024-02-01' WHERE id = 2",
            count=3,
            mapping=(("table", "subscribers"), ("consent", "agreed"), ("withdrawn", "left_on")),
        ),
    ),
)
