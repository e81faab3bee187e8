"""What a column is for, beyond money and currencies: dates of a booking's life, identifiers, states, texts.

By name and type alone, which is a guess until the settings name it (``columns`` of ``[[tool.fingood.ledger]]``). A
table of words, so that a new role is a new row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from fingood.model.column_role import Role
from fingood.model.facts import ColumnFacts, TableFacts
from fingood.validation.lexicon import words

_TEXT = re.compile(r"(character varying|varchar|character|char|bpchar|text|citext|nvarchar|nchar|clob)\b")
_DATE = re.compile(r"(?:date|timestamp|datetime)(?!.*(?:range|\[\]))")
_NUMBER = re.compile(
    r"(numeric|decimal|money|number|double precision|real|float|double|bigint|integer|int\d?|smallint)\b"
)
_LENGTH = re.compile(r"\((\d+)\)")


class Family(Enum):
    """The kinds of types that a role is stored in."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class _Words:
    """A name has all words of one of ``sets`` and none of ``never``."""

    family: Family
    sets: tuple[frozenset[str], ...]
    never: frozenset[str] = frozenset()


def _of(family: Family, *sets: str, never: str = "") -> _Words:
    return _Words(family, tuple(frozenset(one.split()) for one in sets), frozenset(never.split()))


_ROLES: Mapping[Role, _Words] = {
    Role.CREATED: _of(Family.DATE, "created", "inserted", "recorded", "imported"),
    Role.POSTED: _of(Family.DATE, "posted", "posting", "booked", "booking", "entry date", "transaction date"),
    Role.TRADED: _of(Family.DATE, "trade", "traded", "executed"),
    Role.SETTLED: _of(Family.DATE, "settle", "settled", "settlement", "settles"),
    Role.VALID_FROM: _of(Family.DATE, "valid from", "effective from", "valid since"),
    Role.VALID_TO: _of(Family.DATE, "valid to", "effective to", "valid until", "effective until"),
    Role.OPENED: _of(Family.DATE, "opened", "opening date", "open date"),
    Role.CLOSED: _of(Family.DATE, "closed", "closing date", "close date"),
    Role.STATUS: _of(Family.ANY, "status", "state", never="date at code2"),
    Role.PENDING: _of(Family.ANY, "pending id", "pending transfer"),
    Role.IDEMPOTENCY_KEY: _of(Family.ANY, "idempotency", "idempotent", "dedup key", "deduplication key"),
    Role.RUNNING_BALANCE: _of(Family.NUMBER, "running balance", "balance after", "running total"),
    Role.OPENING_BALANCE: _of(Family.NUMBER, "opening balance", "balance before"),
    Role.CLOSING_BALANCE: _of(Family.NUMBER, "closing balance"),
    Role.BALANCE: _of(
        Family.NUMBER, "balance", "saldo", never="running after opening closing before limit minimum max"
    ),
    Role.MOVEMENT: _of(Family.NUMBER, "movement", "movements", "turnover", "net change", never="count id limit"),
    Role.TOTAL: _of(Family.NUMBER, "total", never="running count"),
    Role.RATE: _of(Family.NUMBER, "rate", "fx rate", "exchange rate", never="interest tax vat"),
    Role.BASE_CURRENCY: _of(Family.TEXT, "base currency", "from currency", "source currency", "base ccy", "from ccy"),
    Role.QUOTE_CURRENCY: _of(Family.TEXT, "quote currency", "to currency", "target currency", "quote ccy", "to ccy"),
    Role.IBAN: _of(Family.TEXT, "iban"),
    Role.BIC: _of(Family.TEXT, "bic", "swift"),
    Role.LEI: _of(Family.TEXT, "lei"),
    Role.ISIN: _of(Family.TEXT, "isin"),
    Role.EMAIL: _of(Family.TEXT, "email", "mail"),
    Role.PAN: _of(Family.ANY, "pan", "card number", "card no", "cardnumber"),
    Role.CARD_SECRET: _of(
        Family.ANY, "cvv", "cvc", "cvv2", "cvc2", "cid card", "track1", "track2", "track data", "pin block"
    ),
    Role.NATIONAL_ID: _of(Family.ANY, "ssn", "national id", "social security", "tax id", "passport"),
    Role.CONSENT: _of(Family.ANY, "consent", "consented", never="withdrawn revoked version until expires text id"),
    Role.WITHDRAWN: _of(Family.DATE, "withdrawn", "revoked"),
    Role.RETAINED_UNTIL: _of(
        Family.DATE,
        "retention until",
        "retain until",
        "retained until",
        "keep until",
        "delete after",
        "erase after",
        "purge after",
    ),
    Role.PREVIOUS_HASH: _of(Family.ANY, "previous hash", "prev hash", "parent hash"),
    Role.HASH: _of(Family.ANY, "hash", "entry hash", "row hash", never="previous prev parent password passwd"),
}


def family_of(column: ColumnFacts) -> Family:
    """The kind of type that a column has."""
    type_ = column.type.lower()
    for pattern, family in ((_TEXT, Family.TEXT), (_DATE, Family.DATE), (_NUMBER, Family.NUMBER)):
        if pattern.match(type_):
            return family
    return Family.ANY


def length_of(column: ColumnFacts) -> int | None:
    """How many characters the column can hold by its type; None where the type sets no limit."""
    found = _LENGTH.search(column.type)
    return int(found.group(1)) if found and family_of(column) is Family.TEXT else None


def texts_of(table: TableFacts) -> tuple[ColumnFacts, ...]:
    """The columns of text."""
    return tuple(column for column in table.columns.values() if family_of(column) is Family.TEXT)


def dates_of(table: TableFacts) -> tuple[ColumnFacts, ...]:
    """The columns of dates and timestamps."""
    return tuple(column for column in table.columns.values() if family_of(column) is Family.DATE)


def recognise_roles(table: TableFacts, mapped: Mapping[Role, str]) -> dict[Role, tuple[str, ...]]:
    """The columns of each role, those that the settings name first; a role that nothing fits is left out."""
    found: dict[Role, tuple[str, ...]] = {}
    for role, meant in _ROLES.items():
        columns = (mapped[role],) if role in mapped else _named(table, meant)
        if columns:
            found[role] = columns
    return found


def _named(table: TableFacts, meant: _Words) -> tuple[str, ...]:
    return tuple(
        column.name
        for column in table.columns.values()
        if meant.family in (Family.ANY, family_of(column))
        and not words(column.name) & meant.never
        and any(one <= words(column.name) for one in meant.sets)
    )
