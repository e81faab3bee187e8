"""Incremental validation: of a table that only grew, the rows above the highest key that was looked at before.

That a table only grew is what the server's counters say: no row was changed or removed, and the rows lie in the file
they lay in; and as many rows lie below that key as were counted then, so that none came late. Anything else is looked
at as a whole: tables without a growing key, changed ones, partitioned ones. Rules that are new or were changed see all
rows, and so do those that speak of today: theirs are other ones each day. Counts of earlier rows are added. What a rule
reads in other tables may have changed under old rows, so such a rule sees them all, unless counters and row counts say
that nothing came, went or changed there. A group of rows is looked at again when it got a row, where no group was bad
before; otherwise all are. PostgreSQL manual: 28.2.19 (pg_stat_all_tables).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources

from sqlalchemy.engine import Connection

from fingood.model.names import RelationName
from fingood.validation.jobs import Done, Job
from fingood.validation.judging import Counted
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.query import CannotRead, read
from fingood.validation.reads import tables_read
from fingood.validation.results import Mark
from fingood.validation.roles import Family, family_of
from fingood.validation.rule import Rule
from fingood.validation.statement import Statement


@dataclass(slots=True)
class Increment:
    """What is known from before, and what will be known after: marks by table's name, and the tables' states.

    ``grown`` are the tables that only grew, ``shortened`` those of which only a part was looked at; ``whole`` says by
    table and reason which rules looked at all rows of a table that only grew.
    """

    marks: Mapping[str, Mark] = field(default_factory=dict)
    states: Mapping[RelationName, str] = field(default_factory=dict)
    after: dict[str, Mark] = field(default_factory=dict)
    grown: set[str] = field(default_factory=set)
    shortened: set[str] = field(default_factory=set)
    whole: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    _same: dict[RelationName, bool] = field(default_factory=dict)

    def shorten(self, connection: Connection, jobs: Iterable[Job]) -> list[Job]:
        """The jobs, those of tables that only grew restricted to what is new."""
        marked = [(job, self._mark(connection, job.statement.table)) for job in jobs]
        tables = {job.statement.table.name: job.statement.table for job, _ in marked}
        shortened = []
        for job, mark in marked:
            reasons = [self._why_all(connection, rule, mark, tables) for rule in job.statement.rules]
            shortened += [self._short(part, mark, why) for part, why in _apart(job, reasons)]
        return shortened

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
        if state is None:
            return None
        if not key:
            # Kept for those that read it: whether it is the same later on.
            self.after.setdefault(name, Mark("", 0, 0, {}, state))
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

    def _why_all(
        self, connection: Connection, rule: Rule, mark: Mark | None, tables: Mapping[RelationName, LedgerTable]
    ) -> str:
        """Why the rule has to see old rows, too; empty where it has not."""
        if mark is None:
            return "it is not known to have only grown"
        if name_of(rule) not in mark.bad:
            return "these rules are new, were changed, or speak of today"
        names = tables_read(rule)
        if names is None:
            return "they read what is not known by name"
        for name in names:
            if name not in tables or not self._is_same(connection, tables[name]):
                return f"they read {name}, which changed or cannot be told to be unchanged"
        return ""

    def _is_same(self, connection: Connection, table: LedgerTable) -> bool:
        """Whether the table is what it was when it was last looked at: no row more, less or changed."""
        if table.name not in self._same:
            before, key = self.marks.get(str(table.name)), growing_key(table)
            self._same[table.name] = False
            if before is not None and key == before.key and before.state == self.states.get(table.name):
                try:
                    rows = read(connection, f"SELECT count(*) AS n FROM {table.name.sql} t")
                except CannotRead:
                    return False
                self._same[table.name] = int(rows[0]["n"]) == before.rows
        return self._same[table.name]

    def _note(self, job: Job, why: str) -> Job:
        if str(job.statement.table.name) in self.grown:
            self.whole.setdefault((str(job.statement.table.name), why), set()).update(job.checks)
        return job

    def _short(self, job: Job, mark: Mark | None, why: str) -> Job:
        statement = job.statement
        if mark is None or why:
            return self._note(job, why)
        fresh = f"{column_sql('t', mark.key)} > {mark.value}"
        if statement.source.by:
            if statement.source.derived:
                return self._note(job, "they compare rows with each other")
            if any(mark.bad[name_of(rule)] for rule in statement.rules):
                return self._note(job, "groups were broken before")
            keys = ", ".join(sql for _, sql in statement.source.by)
            fresh = f"({keys}) IN (SELECT {keys} FROM {statement.relation} WHERE {fresh})"
            noun = f"{statement.source.noun} that got rows"
            statement = replace(statement, source=replace(statement.source, noun=noun))
        elif not statement.pointed:
            return self._note(job, "they compare rows with each other")
        self.shortened.add(str(statement.table.name))
        return replace(job, statement=statement, only=fresh)


def _apart(job: Job, reasons: Sequence[str]) -> Iterator[tuple[Job, str]]:
    """A job, apart by why its rules have to see all rows; those that have not stay together."""
    for why in dict.fromkeys(reasons):
        chosen = [n for n, reason in enumerate(reasons) if reason == why]
        if len(chosen) == len(reasons):
            yield job, why
            return
        rules = tuple(job.statement.rules[n] for n in chosen)
        yield Job(statement=replace(job.statement, rules=rules), checks=tuple(job.checks[n] for n in chosen)), why


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
    by = (sql for _, sql in rule.source.by)
    parts = (rule.condition, rule.source.where, *by, rule.subject, *rule.joins, *rule.source.joins)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]


def _add(counted: Counted, statement: Statement, before: Mark) -> None:
    counted.total += before.rows
    counted.bad = [bad + before.bad[name_of(rule)] for bad, rule in zip(counted.bad, statement.rules, strict=True)]
