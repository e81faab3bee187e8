"""No date is a stand-in: 1970-01-01 (a time of 0), 1900-01-01, 0001-01-01, 9999-12-31, or PostgreSQL's infinities.

Looked at is when things happened: columns that say when a row was written, booked, traded, settled, opened or closed,
and timestamps named like `paid_at`. Birthdays and the beginnings of validity may be as early as they like. An end that
never comes (`valid_to`, `closed_on`, `expires_at`) is rightly 9999-12-31 or infinity; a beginning is not. An error
where the settings name the column, else a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.dates import END_OF_DAYS, is_date_sql
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.lexicon import last_word, words
from fingood.validation.roles import Family, dates_of, family_of
from fingood.validation.rule import Rule

_HAPPENED = (Role.CREATED, Role.POSTED, Role.TRADED, Role.SETTLED, Role.OPENED, Role.CLOSED)
_BEGUN = (Role.CREATED, Role.POSTED, Role.TRADED, Role.OPENED, Role.VALID_FROM)
_BIRTH = frozenset({"birth", "birthday", "born", "dob", "founded"})
_RANGES = frozenset({"valid", "effective", "start", "starts", "begin", "begins", "from", "since", "until", "to"})
_ENDS = frozenset({"end", "ends", "expire", "expires", "expiry", "due", "scheduled", "next"})
_NOT_PAST = _BIRTH | _RANGES | _ENDS


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    happened, begun = _of_roles(table, _HAPPENED), _of_roles(table, _BEGUN)
    for name in dict.fromkeys((*happened, *_at(table))):
        column = column_sql("t", name)
        yield _rule(table, name, f"{_early(column)}{is_date_sql(column, look)}", "1970-01-01, 1900-01-01 or the year 1")
    for name in begun:
        column = column_sql("t", name)
        yield _rule(table, name, f"{column} >= '{END_OF_DAYS}'{is_date_sql(column, look)}", "the year 9999 or infinity")


def _of_roles(table: LedgerTable, roles: tuple[Role, ...]) -> dict[str, None]:
    named = [name for role in roles for name in table.roles.get(role, ())]
    return dict.fromkeys(name for name in named if family_of(table.shape.columns[name]) is Family.DATE)


def _at(table: LedgerTable) -> Iterator[str]:
    """Timestamps named as English names what happened: paid_at, last_login_at."""
    for column in dates_of(table.shape):
        moment = column.type.lower().startswith(("timestamp", "datetime"))
        if moment and last_word(column.name) == "at" and not words(column.name) & _NOT_PAST:
            yield column.name


def _early(column: str) -> str:
    """One comparison for every sound date. A day to each side, as zones move midnight."""
    return (
        f"{column} < '1970-01-02' AND ({column} >= '1969-12-31' OR {column} < '0002-01-01'"
        f" OR ({column} >= '1899-12-30' AND {column} < '1900-01-02'))"
    )


def _rule(table: LedgerTable, name: str, condition: str, what: str) -> Rule:
    said = any(name in table.roles.get(role, ()) for role in table.by_settings)
    return Rule(
        condition=condition,
        severity=Severity.ERROR if said else Severity.WARNING,
        message=f"{{rows}} of {table.name} have no date in {name} but a stand-in ({what})",
        effect="Ages, interest and reports by period are computed from a date that nothing happened on.",
        remedy=f"make {name} NULL where it is not known, and look at what writes it",
        subject=f"{table.name}.{name}",
    )


INVARIANT = RuleInvariant(
    id="date-sentinel",
    meaning="no date is a stand-in for an unknown one",
    standard="ISO 8601; PostgreSQL manual 8.5.1.4: special values",
    severity=Severity.ERROR,
    rules=_rules,
    financial=False,
    examples=(
        Example(
            tables="CREATE TABLE contracts (id bigint PRIMARY KEY, opened_on date, paid_at timestamp, born_on date,"
            " valid_from date, valid_to date, closed_on date)",
            good="INSERT INTO contracts VALUES"
            " (1, '2024-03-01', '2024-03-01 10:00:00', '1970-01-01', '1900-01-01', '9999-12-31', '9999-12-31'),"
            " (2, '1969-12-30', '1970-01-02 00:00:00', '1900-01-01', '2024-01-01', NULL, NULL),"
            " (3, NULL, NULL, NULL, NULL, NULL, NULL)",
            bad="UPDATE contracts SET opened_on = '1900-01-01', paid_at = '1970-01-01 01:00:00' WHERE id = 1;"
            "UPDATE contracts SET opened_on = '0001-01-01' WHERE id = 2;"
            "UPDATE contracts SET valid_from = '9999-12-31' WHERE id = 3",
            count=4,
        ),
        Example(
            tables="CREATE TABLE contracts (id bigint PRIMARY KEY, opened_on date, valid_to date)",
            good="INSERT INTO contracts VALUES (1, '2024-03-01', 'infinity'), (2, '2024-03-01', NULL)",
            bad="UPDATE contracts SET opened_on = 'infinity' WHERE id = 1;"
            "UPDATE contracts SET opened_on = '-infinity' WHERE id = 2",
            count=2,
            dialects=frozenset({"postgresql"}),
        ),
    ),
)
