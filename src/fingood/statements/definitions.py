"""What a statement changes in the definitions of tables that were there before it: columns and constraints."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fingood.statements.questions import ask, query

MAY_REDEFINE = re.compile(r"\s*(?:ALTER|DROP|DO|CALL)\b", re.IGNORECASE)
"""What may define tables that exist anew. CREATE makes new things, queries are hardly ever functions that do DDL."""

Line = tuple[str, ...]
Change = tuple[int, str, str, str, str]
"""The table's oid; column or constraint; its name; how it was and how it is, '' for absent."""


@dataclass(frozen=True, slots=True)
class Definitions:
    """Columns as table, number, type, modifier, NOT NULL, name; constraints as oid, table, kind, validated, name."""

    columns: frozenset[str]
    constraints: frozenset[str]


def read_definitions(driver: Any) -> Definitions | None:
    """How all tables are defined now; None where the server refuses."""
    answer = ask(driver, query("definitions"))
    return None if answer is None else Definitions(*(frozenset(text.splitlines()) for text in answer[:2]))


def changes(
    driver: Any, before: Definitions, now: Definitions, known: Collection[int], text: Callable[[str], str]
) -> tuple[Change, ...]:
    """The difference, for tables that are known. ``text`` reads a name from hex."""
    columns = {line: tuple(line.split(" ")) for line in before.columns ^ now.columns}
    constraints = {line: tuple(line.split(" ")) for line in before.constraints ^ now.constraints}
    if not columns and not constraints:
        return ()
    types = {(one[2], one[3]) for one in columns.values()}
    types_said, constraints_said = _words(driver, types, {one[0] for one in constraints.values()}, text)

    def column(line: Line | None) -> str:
        return "" if line is None else types_said.get(line[2:4], "?") + (" NOT NULL" if line[4] == "1" else "")

    def constraint(line: Line | None) -> str:
        if line is None:
            return ""
        said = constraints_said.get(line[:1], _KINDS[line[2]])
        return said.removesuffix(" NOT VALID") + " NOT VALID" if line[3] == "0" else said.removesuffix(" NOT VALID")

    found: list[Change] = []
    for old, new in _pairs(columns, before.columns, now.columns, key=slice(0, 2)):
        line = new or old
        assert line is not None
        name = text(line[5])
        if old and new and old[5] != new[5]:
            found.append((int(line[0]), "column", text(old[5]), column(old), f"{column(new)}, named {name}"))
        else:
            found.append((int(line[0]), "column", name, column(old), column(new)))
    for old, new in _pairs(constraints, before.constraints, now.constraints, key=slice(0, 1)):
        line = new or old
        assert line is not None
        name = text((old or line)[4])
        found.append((int(line[1]), "constraint", name, constraint(old), constraint(new)))
    return tuple(one for one in sorted(found) if one[0] in known)


_KINDS = {"c": "CHECK", "f": "FOREIGN KEY", "p": "PRIMARY KEY", "u": "UNIQUE", "x": "EXCLUDE"}


def _pairs(
    changed: dict[str, Line], before: Collection[str], now: Collection[str], *, key: slice
) -> Iterator[tuple[Line | None, Line | None]]:
    olds = {line[key]: line for said, line in changed.items() if said in before}
    news = {line[key]: line for said, line in changed.items() if said in now}
    for one in sorted(olds.keys() | news.keys()):
        yield olds.get(one), news.get(one)


def _words(
    driver: Any, types: Iterable[Line], constraints: Iterable[str], text: Callable[[str], str]
) -> tuple[dict[Line, str], dict[Line, str]]:
    ordered = sorted(types)
    sql = query("defined")
    for place, values in (
        ("types", [one[0] for one in ordered]),
        ("modifiers", [one[1] for one in ordered]),
        ("constraints", sorted(constraints)),
    ):
        sql = sql.replace(f"'{{{place}}}'", f"'{{{','.join(values)}}}'")
    answer = ask(driver, sql)
    if answer is None:
        return {}, {}
    lines = [[tuple(line.split(" ")) for line in part.splitlines()] for part in answer[:2]]
    return {one[:2]: text(one[2]) for one in lines[0]}, {one[:1]: text(one[1]) for one in lines[1]}
