"""An unlogged table for financial data.

## What it does
Finds CREATE UNLOGGED TABLE and SET UNLOGGED on protected tables and on tables with money columns.

## Why it matters
After a crash the server empties unlogged tables, and replicas never have their rows.

## Instead
An ordinary table.

## Manual
PostgreSQL, CREATE TABLE, UNLOGGED. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.money_names import is_money
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity


@check(
    title="Financial data in a table that a crash empties",
    family=Family.MONEY,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def unlogged_table(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.CREATE_TABLE, Verb.CREATE_TABLE_AS, Verb.SET_UNLOGGED):
        unlogged = place.action.persistence == "unlogged" or place.action.verb is Verb.SET_UNLOGGED
        if unlogged and (subject.is_protected(place.table) or _holds_money(subject, place)):
            yield Hit(
                message=f"{place.table} is UNLOGGED: a crash empties it.",
                effect="Its rows are in no WAL, so that no replica and no point-in-time restore has them either.",
                remedy=execute(f"ALTER TABLE {place.table.sql} SET LOGGED"),
                place=place,
                table=place.table,
            )


def _holds_money(subject: Subject, place: Place) -> bool:
    known = subject.table(place.table)
    names = [column.name for column in place.action.columns] + list(known.columns if known else ())
    return any(is_money(name, subject.money) for name in names)
