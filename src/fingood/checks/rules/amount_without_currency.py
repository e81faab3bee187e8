"""An amount without its currency.

## What it does
Finds new tables with a column for an amount of money and no word on the currency: no currency column, none in a table
that it refers to, and no currency in the column's name (`fee_eur`).

## Why it matters
The first amount in a second currency is added to the others as if it were the same, and no later migration can tell
them apart.

## Instead
A currency column beside the amount, NOT NULL, with a CHECK or a reference to a table of currencies.

## Standard
ISO 4217; ISO 20022 (amounts carry their currency). Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.alembic_code import Code, call
from fingood.checks.money_names import is_money, words_of
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import ColumnSpec, Verb
from fingood.model.names import RelationName, quote
from fingood.model.severity import Severity

_CURRENCY = frozenset({"currency", "currencies", "ccy", "curr", "iso4217", "unit", "denomination", "asset"})
_RATES = frozenset({"rate", "rates", "fx", "nav", "coupon", "interest", "margin", "limit", "tax", "vat"})
_NUMBERS = ("numeric", "money", "int4", "int8", "float4", "float8")
_CODES_WORDS = """
    usd eur gbp jpy chf aud cad cny hkd sgd inr brl mxn zar sek nok dkk pln czk try krw aed sar
"""
_CODES = frozenset(_CODES_WORDS.split())


@check(title="An amount without a currency", family=Family.MONEY, severity=Severity.WARNING)
def amount_without_currency(subject: Subject) -> Iterator[Hit]:
    made = _made(subject)
    for place in subject.places(Verb.CREATE_TABLE):
        names = [column.name for column in place.action.columns]
        amounts = [column.name for column in place.action.columns if _is_amount(subject, column)]
        if not amounts or place.action.others or _says_currency(names):
            continue
        if any(_says_currency(_columns(subject, made, place.world.full(parent))) for parent in _parents(place)):
            continue
        yield Hit(
            message=f"{place.table}.{quote(amounts[0])} is an amount, and no column says in which currency.",
            effect="Amounts of two currencies are added as if they were one, and cannot be told apart later.",
            remedy=call(
                "op.add_column",
                place.table.name,
                Code(call("sa.Column", "currency", Code("sa.CHAR(3)"), nullable=False)),
                schema=place.table.schema,
            ),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(amounts[0])}",
        )


def _is_amount(subject: Subject, column: ColumnSpec) -> bool:
    words = set(words_of(column.name))
    if column.type is None or column.type.name not in _NUMBERS or words & (_CODES | _RATES):
        return False
    return is_money(column.name, subject.money)


def _says_currency(names: Iterable[str]) -> bool:
    return any(_CURRENCY.intersection(words_of(name)) for name in names)


def _parents(place: Place) -> list[RelationName]:
    specs = [*place.action.constraints, *(spec for column in place.action.columns for spec in column.constraints)]
    return [spec.references for spec in specs if spec.references]


def _made(subject: Subject) -> dict[RelationName, list[str]]:
    """The columns of tables that this revision or one pending before it creates."""
    plans = (*subject.earlier, *((subject.upgrade,) if subject.upgrade else ()))
    actions = [action for plan in plans for statement in plan.statements for action in statement.actions]
    return {
        action.relation.within(subject.schema): [column.name for column in action.columns]
        for action in actions
        if action.verb is Verb.CREATE_TABLE and action.relation
    }


def _columns(subject: Subject, made: dict[RelationName, list[str]], table: RelationName) -> list[str]:
    """The table's columns; a table of which nothing is known may well have a currency."""
    known = subject.table(table)
    return [*known.columns] if known else made.get(table, ["currency"])
