"""Rules of one source → one statement that counts them all in a single scan, with keys of a few that are bad.

PostgreSQL: see masks.py. SQLite: one count with FILTER a rule, which is quicker there, and one look for samples where a
rule found something.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fingood.validation.json_field import JsonField
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.once import fields_in, read_once
from fingood.validation.rule import Rule, Source

MOST_RULES = 60
"""A mask is a bigint; rules beyond this many go into another statement."""

SAMPLES = 5
SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Rules that share a source and a statement. The last condition is the source's ``void`` where it has one."""

    table: LedgerTable
    source: Source
    rules: tuple[Rule, ...]

    @property
    def conditions(self) -> tuple[str, ...]:
        void = (self.source.void,) if self.source.void else ()
        return (*(rule.condition for rule in self.rules), *void)

    @property
    def relation(self) -> str:
        """FROM: the table as ``t`` (or what stands in its place), with everything joined that a rule reads."""
        base = f"({self.source.derived}) t" if self.source.derived else f"{self.table.name.sql} t"
        return " ".join((base, *self.joins))

    @property
    def joins(self) -> tuple[str, ...]:
        """Everything that a rule reads beside the table."""
        return tuple(dict.fromkeys((*self.source.joins, *(join for rule in self.rules for join in rule.joins))))

    @property
    def fields(self) -> tuple[JsonField, ...]:
        """The fields of documents that it speaks of, which :meth:`once` names as columns."""
        source = self.source
        if source.derived:
            return ()
        of_rules = (sql for rule in self.rules for sql in (rule.condition, rule.gate))
        return fields_in(self.table, (*of_rules, source.where, source.value, source.void, *keys_of(self)))

    def once(self, sql: str) -> str:
        """A piece of it, of rows whose documents were taken apart."""
        return read_once(self.fields, sql)

    @property
    def in_blocks(self) -> bool:
        """Whether its texts can be searched block by block. The pages of partitions are not those of one table."""
        traced = any(rule.trace is not None for rule in self.rules)
        return self.pointed and traced and self.table.shape.kind == "table"

    @property
    def pointed(self) -> bool:
        """Whether a bad row can be looked for alone, and found again by where it lies (PostgreSQL's ctid). Whether all
        rows are bad is only known from all of them."""
        source = self.source
        return not source.by and not source.derived and not source.void and self.table.stored


def statements_of(table: LedgerTable, rules: Sequence[Rule]) -> list[Statement]:
    """The rules of a table in as few statements as they fit."""
    sources: dict[Source, list[Rule]] = {}
    for rule in rules:
        sources.setdefault(rule.source, []).append(rule)
    return [
        Statement(table=table, source=source, rules=tuple(of_source[start : start + MOST_RULES]))
        for source, of_source in sources.items()
        for start in range(0, len(of_source), MOST_RULES)
    ]


def places_sql(statement: Statement, places: Sequence[tuple[int, str]]) -> str:
    """PostgreSQL: the keys of the rows at these places (table's oid and ctid), as text."""
    keys = ", ".join(f"CAST({column_sql('t', name)} AS text) AS k{n}" for n, name in enumerate(statement.table.key))
    at = " OR ".join(f"(t.tableoid = {part} AND t.ctid = '{ctid}'::tid)" for part, ctid in places)
    where = "CAST(t.tableoid AS bigint) AS part, CAST(t.ctid AS text) AS place"
    return f"SELECT {where}{', ' if keys else ''}{keys} FROM {statement.table.name.sql} t WHERE {at}"


def count_sql(statement: Statement) -> str:
    """SQLite: one row with the total, and for each condition how many meet it."""
    source, conditions = statement.source, statement.conditions
    relation = f"{statement.relation}{where_sql(source.where)}"
    if source.by:
        flags = ", ".join(f"CASE WHEN {condition} THEN 1 ELSE 0 END AS c{n}" for n, condition in enumerate(conditions))
        groups = ", ".join(sql for _, sql in source.by)
        relation, conditions = (
            f"(SELECT {flags} FROM {relation} GROUP BY {groups})",
            tuple(f"c{n} = 1" for n in range(len(conditions))),
        )
    counts = ", ".join(f"count(*) FILTER (WHERE {condition}) AS r{n}" for n, condition in enumerate(conditions))
    return f"SELECT count(*) AS total, {counts} FROM {relation}"


def sample_sql(statement: Statement, rule: Rule) -> str:
    """A few of what breaks one rule: its keys as text, and what the source shows of it."""
    keys = [f"CAST({sql} AS text) AS k{n}" for n, sql in enumerate(keys_of(statement))]
    source = statement.source
    shows = f"{value_text(source) or 'NULL'} AS shows"
    condition = f"({rule.condition})"
    if source.by:
        tail = f" GROUP BY {', '.join(sql for _, sql in source.by)} HAVING {condition}"
        where = where_sql(source.where)
    else:
        where, tail = f" WHERE {condition}" + (f" AND ({source.where})" if source.where else ""), ""
    return f"SELECT {', '.join([*keys, shows])} FROM {statement.relation}{where}{tail} LIMIT {SAMPLES}"


def value_text(source: Source) -> str:
    """What the source shows of a group, as an SQL text over its rows; empty where it shows nothing."""
    return re.sub(r"\bvalue\b", lambda _: source.value, source.shows) if source.value else ""


def names_of_keys(statement: Statement) -> tuple[str, ...]:
    """What the samples' parts are called."""
    return tuple(name for name, _ in statement.source.by) or statement.table.key


def keys_of(statement: Statement) -> list[str]:
    """SQL of what a bad row or group is told by."""
    by = [sql for _, sql in statement.source.by]
    return by or [column_sql("t", name) for name in statement.table.key]


def where_sql(*conditions: str) -> str:
    """WHERE, of those that are not empty; nothing where all are."""
    given = [condition for condition in conditions if condition]
    return f" WHERE {' AND '.join(given)}" if given else ""
