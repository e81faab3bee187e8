"""The two shapes of an invariant, and what each is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.engine import Connection

from fingood.model.finding import Finding
from fingood.model.severity import Severity
from fingood.validation.currencies import doubtful_sql, too_fine_sql
from fingood.validation.ledger import Certainty, Kind, LedgerTable, MoneyColumn, Recognised, column_sql
from fingood.validation.lexicon import AMOUNT, words
from fingood.validation.query import read
from fingood.validation.rule import Rule, account_join


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What an invariant may use. ``large`` is the number of rows above which the quick mode leaves a table alone, None
    for no limit; ``today`` is the day that dates are judged by. ``memory`` keeps what was asked once for
    all that ask."""

    connection: Connection
    recognised: Recognised
    today: date
    large: int | None = None
    memory: dict[object, object] = field(default_factory=dict)

    @property
    def dialect(self) -> str:
        return str(self.connection.dialect.name)

    def read(self, sql: str) -> list[dict[str, Any]]:
        """Runs SQL without parameters, read-only. Raises CannotRead."""
        return read(self.connection, sql)

    def too_large(self, table: LedgerTable) -> bool:
        """Whether the quick mode leaves the table's groups alone."""
        return self.large is not None and (table.rows is None or table.rows > self.large)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Data that an invariant is tried on: DDL, rows that are sound, and a change that plants ``count`` defects.

    ``mapping`` is what ``[[tool.fingood.ledger]]`` would say, where recognition alone does not do. ``also`` are the ids
    of other invariants that the planted defects break too.
    """

    tables: str
    good: str
    bad: str
    count: int
    mapping: tuple[tuple[str, object], ...] = ()
    also: frozenset[str] = frozenset()
    dialects: frozenset[str] = frozenset({"postgresql", "sqlite"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleInvariant:
    """Judges rows, or groups of rows; all rules of one source of a table become one statement.

    ``rules`` gives none where the invariant does not apply to the table, and raises NotEvaluated where it applies and
    cannot be judged. ``severity`` is the highest that a finding can have. ``texts`` says that it reads through texts,
    which costs many times what numbers do: the quick mode leaves large tables out of it.
    """

    id: str
    meaning: str
    standard: str
    severity: Severity
    rules: Callable[[LedgerTable, Look], Iterable[Rule]]
    financial: bool = True
    texts: bool = False
    examples: tuple[Example, ...] = ()


@dataclass(slots=True)
class Judged:
    """What an invariant has to say: findings, and the reasons for what it could not look at."""

    looked: int = 0
    findings: list[Finding] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    errored: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetInvariant:
    """Judges the catalog, or what no single statement counts."""

    id: str
    meaning: str
    standard: str
    severity: Severity
    judge: Callable[[Look], Judged]
    financial: bool = False
    examples: tuple[Example, ...] = ()


def graded(table: LedgerTable, sure: Severity, guessed: Severity = Severity.WARNING) -> Severity:
    """The severity, lower where the table was only guessed to be what it is taken for."""
    return guessed if table.certainty is Certainty.GUESSED else sure


def has_digits_of_currency(table: LedgerTable, column: MoneyColumn) -> bool:
    """Whether a column's amounts may have no more digits than their currency: what is booked may not; prices, rates and
    amounts that count minor units may."""
    known = bool(currency_sql(table, column.currency)) and not table.minor
    booked = table.legs and column.name in (table.amount, table.debit, table.credit)
    return known and column.kind is not Kind.INTEGER and (booked or bool(words(column.name) & AMOUNT))


def currency_gate(table: LedgerTable, name: str) -> str:
    """A condition that a row with a doubtful currency meets: the same that goes before the digits of its amounts where
    these are judged, so that it is asked once."""
    own = column_sql("t", name)
    for column in table.money:
        decimal = column.kind is Kind.DECIMAL and has_digits_of_currency(table, column)
        if decimal and currency_sql(table, column.currency) == own:
            return too_fine_sql(column_sql("t", column.name), own)
    return doubtful_sql(own)


def currency_join(table: LedgerTable, currency: str) -> tuple[str, ...]:
    """The join that :func:`currency_sql` reads; none where a row's own currency is always there."""
    return () if currency and not table.shape.columns[currency].nullable else account_join(table)


def currency_sql(table: LedgerTable, currency: str) -> str:
    """The currency of a row: its own column, else its account's, else the fixed code; empty where none is known."""
    own = column_sql("t", currency) if currency else ""
    link = column_sql("a", table.account_link.currency) if table.account_link else ""
    if own and link and table.shape.columns[currency].nullable:
        return f"coalesce({own}, {link})"
    return own or link or (f"'{table.currency_code}'" if table.currency_code else "")
