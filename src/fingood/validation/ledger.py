"""What was recognised in a database: which table holds money, which column means what, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from fingood.model.column_role import Role
from fingood.model.facts import Facts, TableFacts
from fingood.model.names import RelationName, quote_always
from fingood.model.period import Period
from fingood.model.severity import Confidence
from fingood.validation.computed import Computed
from fingood.validation.rights import Rights


class Certainty(Enum):
    """MAPPED: the settings say so. CLEAR: names, types and foreign keys agree. GUESSED: names and types alone."""

    MAPPED = "by the settings"
    CLEAR = "clear"
    GUESSED = "guessed"

    def __str__(self) -> str:
        return str(self.value)

    @property
    def confidence(self) -> Confidence:
        return Confidence.POSSIBLE if self is Certainty.GUESSED else Confidence.OBSERVED


class Kind(Enum):
    """How a money column stores its amounts."""

    DECIMAL = "decimal"
    INTEGER = "integer"
    FLOAT = "float"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyColumn:
    """A column of amounts. ``currency`` is the column of the same table that goes with it, if any."""

    name: str
    kind: Kind
    nullable: bool = True
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLink:
    """The declared reference from legs to their accounts, where accounts carry a currency."""

    column: str
    table: RelationName
    key: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerTable:
    """A table as validation sees it: with money in it, or with roles alone.

    ``currencies`` are its columns of currency codes. With ``legs`` it holds the sides of transactions: each
    ``transaction`` must add up to zero in each currency, by ``amount`` (with ``direction`` where unsigned), or by
    ``debit`` and ``credit``. ``minor`` says that amounts count minor units. ``key`` is the primary key. ``roles`` are
    the columns of other meanings, ``shape`` all columns and constraints, ``by_settings`` the roles that are no guess;
    ``date_said`` says the same of ``date``. ``retention`` is how long rows may be kept, ``time_zone`` the zone of times
    that carry none: both by the settings alone. ``whole`` is False where this role may not read every column.
    """

    name: RelationName
    certainty: Certainty
    money: tuple[MoneyColumn, ...]
    currencies: tuple[str, ...] = ()
    currency_code: str = ""
    account_link: AccountLink | None = None
    account: str = ""
    transaction: str = ""
    amount: str = ""
    debit: str = ""
    credit: str = ""
    direction: str = ""
    debit_values: tuple[str, ...] = ()
    credit_values: tuple[str, ...] = ()
    date: str = ""
    minor: bool = False
    legs: bool = False
    key: tuple[str, ...] = ()
    rows: int | None = None
    roles: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
    by_settings: frozenset[Role] = frozenset()
    date_said: bool = False
    retention: Period | None = None
    time_zone: str = ""
    whole: bool = True
    shape: TableFacts

    @property
    def currency(self) -> str:
        """The currency column that goes with the legs' amount; empty where there is none."""
        main = self.amount or self.debit
        return next((column.currency for column in self.money if column.name == main), "")

    @property
    def stored(self) -> bool:
        """Whether its rows lie in files of its own or of its partitions, and this role may ask where; a view's and a
        foreign table's do not."""
        return self.shape.kind in ("table", "partitioned") and self.whole

    def column(self, role: Role) -> str:
        """The column of a role; empty where there is none, or more than one and the settings name none."""
        found = self.roles.get(role, ())
        return found[0] if len(found) == 1 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """Everything recognised in one database, and remarks on what was seen and could not be judged.

    ``everything`` are all tables; ``tables`` those with money or currencies in them. ``rights`` are what this role may
    see of them.
    """

    facts: Facts
    everything: tuple[LedgerTable, ...]
    notes: tuple[str, ...] = field(default_factory=tuple)
    rights: Rights = field(default_factory=Rights)

    @property
    def tables(self) -> tuple[LedgerTable, ...]:
        """Those with money or currencies."""
        return tuple(table for table in self.everything if table.money or table.currencies)

    def table(self, name: RelationName) -> LedgerTable | None:
        """The table of that name."""
        return next((table for table in self.everything if table.name == name), None)


def column_sql(alias: str, name: str) -> str:
    """A column, or what its name stands for, for SQL that is run."""
    return name.sql(alias) if isinstance(name, Computed) else f"{alias}.{quote_always(name)}"


def text_sql(alias: str, name: str, dialect: str) -> str:
    """A column as a text to search. On PostgreSQL byte by byte: collations under which different texts are equal refuse
    patterns, and what is looked for means the same in all others."""
    text = f"CAST({column_sql(alias, name)} AS text)"
    return text if dialect == "sqlite" else f'{text} COLLATE "C"'


def literal(text: str) -> str:
    """A text as an SQL literal (standard_conforming_strings, PostgreSQL manual 4.1.2.1)."""
    return "'" + text.replace("'", "''") + "'"
