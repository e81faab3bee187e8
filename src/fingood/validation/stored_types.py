"""Columns by the type that their values have: a domain over numeric holds amounts as numeric does; so does money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fingood.model.facts import ColumnFacts, Facts, TableFacts
from fingood.validation.computed import MoneyTyped


def as_stored(facts: Facts) -> Facts:
    """The same facts, with the type behind each domain in its place, through domains over domains, and with columns of
    the type money read as numeric."""
    if facts.dialect != "postgresql":
        return facts
    behind = _behind(facts)
    return replace(facts, tables={name: _table(table, behind) for name, table in facts.tables.items()})


def _table(table: TableFacts, behind: Mapping[str, str]) -> TableFacts:
    columns = dict(_column(name, column, behind) for name, column in table.columns.items())
    return replace(table, columns=columns) if columns != dict(table.columns) else table


def _column(name: str, column: ColumnFacts, behind: Mapping[str, str]) -> tuple[str, ColumnFacts]:
    type_ = behind.get(column.type, column.type)
    if type_ == "money":
        return (typed := MoneyTyped(name)), replace(column, name=typed, type="numeric")
    return name, column if type_ == column.type else replace(column, type=type_)


def _behind(facts: Facts) -> Mapping[str, str]:
    """The type that each domain stands for, by the domain's spelling in a column's type."""
    spelt = {domain.spelling: domain.type for domain in facts.domains.values()}
    found = {}
    for spelling, first in spelt.items():
        behind = first
        while behind in spelt:
            behind = spelt[behind]
        found[spelling] = behind
    return found
