"""Incremental validation: of a table that only grew, the rows above the highest key that was looked at before.

That a table only grew is what the server's counters say: no row was changed or removed, and the rows lie in the file
they lay in; and as many rows lie below that key as were counted then, so that none came late. Anything else is looked
at as a whole: tables without a growing key, changed ones, partitioned ones. Rules that are new or were changed see all
rows, and so do those that speak of today: theirs are other ones each day. Counts of earlier rows are added. What a rule
reads in other tables may have changed under old rows, so such rules see them all. A group of rows is looked at again
when it got a row, where no group was bad before; otherwise all are. PostgreSQL manual: 28.2.19 (pg_stat_all_tables).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources

from sqlalchemy.engine import Connection

from fingood.model.names import RelationName
from fingood.validation.jobs import Done, Job
from fingood.validation.judging import Counted
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.query import CannotRead, read
from fingood.validation.results import Mark
from fingood.validation.roles import Family, family_of
from fingood.validation.rule import Rule
from fingood.validation.statement import Statement


@dataclass(slots=True)
class Increment:
    """What is known from before, and what will be known after: marks by table's name, and the tables' states.

    ``grown`` are the tables that only grew, ``shortened`` those of which only a part was looked at.
    """

    marks: Mapping[str, Mark] = field(default_factory=dict)
    states: Mapping[RelationName, str] = field(default_factory=dict)
    after: dict[str, Mark] = field(default_factory=dict)
    grown: set[str] = field(default_factory=set)
    shortened: set[str] = field(default_factory=set)

    def shorten(self, connection: Connection, jobs: Iterable[Job]) -> list[Job]:
        """The jobs, those of tables that only grew restricted to what is new."""
        marked = [(job, self._mark(connection, job.statement.table)) for job in jobs]
        return [self._short(part, mark) for job, mark in marked for part in _apart(job, mark)]

    def take(self, done: Done) -> None:
        """Remembers what came of a job, and adds what earlier rows came to."""
        statement, counted = done.job.statement, done.counted
        after = self.after.get(str(statement.table.name))
        if after is None or counted is None or done.reasons:
            self.after.pop(str(statement.table.name), None)
            return
        before = self.marks.get(str(statement.table.name))
        if done.job.only and before is not None and statement.pointed:
            _add(counted, statement, before)
        bad = {**after.bad, **{name_of(rule): counted.bad[n] for n, rule in enumerate(statement.rules)}}
        rows = counted.total if statement.pointed else after.rows
        self.after[str(statement.table.name)] = replace(after, bad=bad, rows=rows)

    def _mark(self, connection: Connection, table: LedgerTable) -> Mark | None:
        """Where the table was looked through to; notes where it will be after this run."""
        name, key, state = str(table.name), growing_key(table), self.states.get(table.name)
        if not key or state is None:
            return None
        before = self.marks.get(name)
        if name not in self.after:
            try:
                rows = read(connection, f"SELECT max({column_sql('t', key)}) AS top FROM {table.name.sql} t")
                grew = before is not None and self._only_grew(connection, table, before)
            except CannotRead:
                return None
            if rows[0]["top"] is not None:
                self.after[name] = Mark(key, int(rows[0]["top"]), 0, {}, state)
            if grew:
                self.grown.add(name)
        return before if name in self.grown else None

    def _only_grew(self, connection: Connection, table: LedgerTable, before: Mark) -> bool:
        if before.key != growing_key(table) or before.state != self.states.get(table.name):
            return False
        below = f"{column_sql('t', before.key)} <= {before.value}"
        rows = read(connection, f"SELECT count(*) AS n FROM {table.name.sql} t WHERE {below}")
        return int(rows[0]["n"]) == before.rows

    def _short(self, job: Job, mark: Mark | None) -> Job:
        statement = job.statement
        if mark is None or not all(name_of(rule) in mark.bad for rule in statement.rules):
            return job
        if any(_reads_others(rule) for rule in statement.rules):
            return job
        fresh = f"{column_sql('t', mark.key)} > {mark.value}"
        if statement.source.by:
            if statement.source.derived or any(mark.bad[name_of(rule)] for rule in statement.rules):
                return job
            keys = ", ".join(sql for _, sql in statement.source.by)
            fresh = f"({keys}) IN (SELECT {keys} FROM {statement.relation} WHERE {fresh})"
            noun = f"{statement.source.noun} that got rows"
            statement = replace(statement, source=replace(statement.source, noun=noun))
        elif not statement.pointed:
            return job
        self.shortened.add(str(statement.table.name))
        return replace(job, statement=statement, only=fresh)


def _apart(job: Job, mark: Mark | None) -> Iterator[Job]:
    """A job of which some rules have to see all rows as two; what is read in other tables may have changed under old
    rows, and a rule that was not counted before, or speaks of another day, has judged none of them."""
    rules = job.statement.rules
    everything = [_reads_others(rule) or (mark is not None and name_of(rule) not in mark.bad) for rule in rules]
    for sees in (False, True):
        chosen = [n for n in range(len(rules)) if everything[n] is sees]
        if len(chosen) == len(rules):
            yield job
        elif chosen:
            checks = tuple(job.checks[n] for n in chosen)
            yield Job(statement=replace(job.statement, rules=tuple(rules[n] for n in chosen)), checks=checks)


def _reads_others(rule: Rule) -> bool:
    return bool(rule.joins or rule.source.joins or rule.source.derived or "SELECT" in rule.condition.upper())


def growing_key(table: LedgerTable) -> str:
    """The primary key that a sequence feeds, whose values rise as rows come; empty where there is none."""
    if len(table.key) != 1:
        return ""
    column = table.shape.columns[table.key[0]]
    fed = column.identity or "nextval(" in (column.default or "")
    return column.name if fed and family_of(column) is Family.NUMBER else ""


def read_states(connection: Connection) -> dict[RelationName, str]:
    """What the server's counters say of each table; empty on SQLite, which counts nothing. To be read before the
    snapshot that the rows are read in, so that no change between the two is missed. Raises CannotRead."""
    if connection.dialect.name != "postgresql":
        return {}
    sql = (resources.files("fingood.validation") / "sql/postgresql/changes.sql").read_text(encoding="utf-8")
    return {RelationName(row["schema"], row["name"]): str(row["state"]) for row in read(connection, sql)}


def name_of(rule: Rule) -> str:
    """A rule by what it asks, so that a changed rule is a new one."""
    parts = (rule.condition, rule.source.where, *(sql for _, sql in rule.source.by), rule.subject)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]


def _add(counted: Counted, statement: Statement, before: Mark) -> None:
    counted.total += before.rows
    counted.bad = [bad + before.bad[name_of(rule)] for bad, rule in zip(counted.bad, statement.rules, strict=True)]
