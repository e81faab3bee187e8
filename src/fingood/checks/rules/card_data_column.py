"""A column for card numbers or what may never be stored.

## What it does
Finds columns whose name says card number (PAN), CVV/CVC, PIN or track data. Names with token, hash, masked, last4 and
the like are fine.

## Why it matters
With the first card number the whole database falls under PCI DSS. CVV, PIN and track data may not be stored after
authorization at all, not even encrypted.

## Instead
A token of the payment provider, and the last four digits.

## Standard
PCI DSS 4.0, 3.3 (sensitive authentication data) and 3.5 (PAN unreadable). Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.columns import written_columns
from fingood.checks.money_names import is_card_number, is_sensitive_authentication
from fingood.checks.subject import Subject
from fingood.model.names import quote
from fingood.model.severity import Severity

_HARMLESS_TYPES = ("bool", "date", "timestamp", "timestamptz")
_REMEDY = 'sa.Column("card_token", sa.String(64))\nsa.Column("card_last4", sa.CHAR(4))'


@check(title="Card data in the clear", family=Family.MONEY, severity=Severity.ERROR)
def card_data_column(subject: Subject) -> Iterator[Hit]:
    for place, column in written_columns(subject):
        if column.type is None or column.type.name in _HARMLESS_TYPES:
            continue
        never = is_sensitive_authentication(column.name)
        if not never and not is_card_number(column.name):
            continue
        yield Hit(
            message=f"{place.table}.{quote(column.name)} looks like "
            + ("data that may never be stored (PCI DSS 3.3)." if never else "a full card number (PCI DSS 3.5)."),
            effect="It brings the database, its replicas and its backups under PCI DSS.",
            remedy=_REMEDY,
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(column.name)}",
            severity=Severity.CRITICAL if never else None,
        )
