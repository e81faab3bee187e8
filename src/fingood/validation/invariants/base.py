"""The two shapes of an invariant, and what each is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from fingood.model.finding import Finding
from fingood.model.severity import Severity
from fingood.validation.ledger import Certainty, LedgerTable, Recognised, column_sql


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRule:
    """A condition that a bad row meets. Columns of the table stand under ``t``, of its account under ``a``.

    ``message`` gets ``{rows}``; ``subject`` is what it is about; ``joined`` says that ``a`` is needed.
    """

    condition: str
    severity: Severity
    message: str
    effect: str
    subject: str
    remedy: str = ""
    joined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RowInvariant:
    """Judges single rows; all of them for one table become one statement. ``rules`` gives none where it does not
    apply to the table."""

    id: str
    meaning: str
    standard: str
    rules: Callable[[LedgerTable, str], Iterable[RowRule]]


@dataclass(frozen=True, slots=True)
class Look:
    """What an invariant over many rows or over the catalog may use. ``large`` is the number of rows above which the
    quick mode leaves a table alone; None for no limit."""

    connection: Connection
    recognised: Recognised
    large: int | None = None

    @property
    def dialect(self) -> str:
        return str(self.connection.dialect.name)


@dataclass(slots=True)
class Judged:
    """What an invariant has to say: findings, and the reasons for what it could not look at."""

    looked: int = 0
    findings: list[Finding] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    errored: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetInvariant:
    """Judges a table as a whole, or the catalog. ``subjects`` names what there is to judge."""

    id: str
    meaning: str
    standard: str
    judge: Callable[[Look], Judged]


def graded(table: LedgerTable, sure: Severity, guessed: Severity = Severity.WARNING) -> Severity:
    """The severity, lower where the table was only guessed to be what it is taken for."""
    return guessed if table.certainty is Certainty.GUESSED else sure


def currency_sql(table: LedgerTable, currency: str) -> str:
    """The currency of a row: its own column, else its account's, else the fixed code; empty where none is known."""
    own = column_sql("t", currency) if currency else ""
    link = column_sql("a", table.account_link.currency) if table.account_link else ""
    if own and link:
        return f"coalesce({own}, {link})"
    return own or link or (f"'{table.currency_code}'" if table.currency_code else "")
