"""Personal data that nothing marks as such.

## What it does
Finds new columns whose name says personal data (email, phone, birth date, passport, tax number, ...) and that get no
comment in the same revision: one finding a revision.

## Why it matters
A request to erase or to disclose must find every column that holds personal data. What is not marked is forgotten, in
the database and in its copies.

## Instead
A comment with the class, the purpose and the retention: `sa.Column(..., comment="personal; retention 10 years")`.

## Standard
GDPR Art. 5 and 30, CCPA 1798.100. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.columns import written_columns
from fingood.checks.money_names import words_of
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import RelationName, quote, quote_always
from fingood.model.severity import SafetyLevel, Severity

_NAMES_WORDS = """
    email phone mobile birthdate birthday dob ssn passport iban firstname lastname surname
    nationality.split(
"""
_NAMES = frozenset(_NAMES_WORDS.split())
_PAIRS = (
    {"birth", "date"},
    {"tax", "id"},
    {"national", "id"},
    {"first", "name"},
    {"last", "name"},
    {"family", "name"},
    {"street", "address"},
    {"postal", "address"},
    {"home", "address"},
)
_TYPES = ("text", "varchar", "bpchar", "citext", "date")
_HARMLESS = frozenset(["hash", "hashed", "token", "verified", "masked", "encrypted", "template", "subject", "count"])


@check(
    title="Personal data without a mark",
    family=Family.MONEY,
    severity=Severity.INFO,
    dialects=POSTGRESQL,
    at_level={SafetyLevel.CRITICAL: Severity.WARNING},
)
def personal_data_untagged(subject: Subject) -> Iterator[Hit]:
    marked = {(p.world.full(p.table), p.column.name) for p in subject.places(Verb.COMMENT) if p.action.column}
    found = [
        (place, column.name)
        for place, column in written_columns(subject)
        if place.action.verb is not Verb.ALTER_TYPE
        and column.type is not None
        and column.type.name in _TYPES
        and _is_personal(column.name)
        and (place.world.full(place.table), column.name) not in marked
    ]
    if found:
        place, column = found[0]
        more = f" and {len(found) - 1} more look" if len(found) > 1 else " looks"
        yield Hit(
            message=f"{place.table}.{quote(column)}{more} like personal data, and no comment says so.",
            effect="Requests to erase or to disclose have no list of columns to work from.",
            remedy="\n".join(_comment(table.table, name) for table, name in found),
            place=place,
            subject=f"{place.table}.{quote(column)}",
        )


def _comment(table: RelationName, column: str) -> str:
    return execute(f"COMMENT ON COLUMN {table.sql}.{quote_always(column)} IS 'personal; purpose ...; retention ...'")


def _is_personal(name: str) -> bool:
    words = set(words_of(name))
    return not words & _HARMLESS and bool(words & _NAMES or any(pair <= words for pair in _PAIRS))
