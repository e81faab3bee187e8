"""Rules of one source → one statement that counts them all in a single scan, with keys of a few that are bad.

PostgreSQL: each row gets a mask with one bit a rule; grouped by the mask (and by a few buckets, so that several samples
come of one mask), the counts are exact and the samples cost no second scan and no memory, also where every row is bad.
Rows that no rule's gate lets in are not masked: nearly all rows are good, and what is spent on them is what it costs.
Of a large table, texts are searched block by block (blocks.py), for the same reason.
SQLite: one count with FILTER a rule, which is quicker there, and one look for samples where a rule found something.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fingood.validation.blocks import WHOLE, Blocks, Stretch, rows_sql, traced_sql
from fingood.validation.json_field import JsonField
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.once import fields_in, read_once, rows_once_sql
from fingood.validation.rule import Rule, Source
from fingood.validation.trace import Trace, traces_sql

MOST_RULES = 60
"""A mask is a bigint; rules beyond this many go into another statement."""

SAMPLES = 5
_BUCKETS = 3
"""As a mask of bits: four buckets with a smallest and a largest each, so that five samples are nearly always seen."""

SEPARATOR = "\x1f"

ALL = -1
"""In place of a mask: how many rows there are, good ones too."""


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
        return fields_in(self.table, (*of_rules, source.where, source.value, source.void, *_keys(self)))

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


def mask_sql(statement: Statement, stretch: Stretch = WHOLE, blocks: Blocks | None = None) -> str:
    """PostgreSQL: a row a mask and bucket, with how many it counts and the smallest and largest place or key.

    ``stretch`` leaves all but a part of the table's rows out; ``blocks`` are its pages where they pay.
    """
    if statement.pointed:
        return _of_blocks_sql(statement, stretch, blocks) if blocks else _of_rows_sql(statement, stretch)
    return _of_keys_sql(statement, stretch)


def _of_keys_sql(statement: Statement, stretch: Stretch) -> str:
    """Groups, and rows that have no place, told by their keys."""
    source, once = statement.source, statement.once
    keys = [once(sql) for sql in _keys(statement)]
    named = "".join(f", {sql} AS k{n}" for n, sql in enumerate(keys))
    value = f", {once(source.value)} AS value" if source.value else ""
    groups = f" GROUP BY {', '.join(once(sql) for _, sql in source.by)}" if source.by else ""
    # A grouped subquery, or one behind OFFSET 0, is computed once a group; the mask is not worked out again outside.
    inner = (
        f"SELECT CAST({_mask(statement)} AS bigint) AS m{named}{value}"
        f" FROM {_rows(statement, stretch)}{_where(once(source.where), stretch.condition)}{groups} OFFSET 0"
    )
    shows = f"coalesce({source.shows}, '')" if value else "''"
    one = " || chr(31) || ".join([*(f"coalesce(CAST(k{n} AS text), '')" for n in range(len(keys))), shows])
    sample = f"CASE WHEN m <> 0 THEN {one} END"
    return (
        f"SELECT m, CASE WHEN m = 0 THEN 0 ELSE hashtext({one}) & {_BUCKETS} END AS b, count(*) AS n,"
        f" min({sample}) AS low, max({sample}) AS high FROM ({inner}) judged GROUP BY 1, 2"
    )


def _of_rows_sql(statement: Statement, stretch: Stretch) -> str:
    """Every row is asked for all rules."""
    where, once = statement.source.where, statement.once
    suspect = f"({once(suspicion(statement.rules))})"
    judged = f"{_rows(statement, stretch)}{_where(once(where), stretch.condition, suspect)}"
    everything = f"{statement.table.name.sql} t{_where(where, stretch.condition)}"
    return f"{_places_sql(statement, judged)} UNION ALL {_total_sql('count(*)', everything)}"


def _of_blocks_sql(statement: Statement, stretch: Stretch, blocks: Blocks) -> str:
    """Every row is asked for the rules without traces, and every block for the traces; then the rows of those that may
    have one, which were not judged before."""
    table, where, once = statement.table, statement.source.where, statement.once
    others, texts = once(_suspicion_of_others(statement.rules)), _by_text(statement.rules)
    traces = {once(text): _traces(of_text) for text, of_text in texts.items()}
    traced = once(" OR ".join(_of_text_sql(text, of_text) for text, of_text in texts.items()))
    rest = f" AND NOT coalesce({others}, false)" if others else ""
    joins = "".join(f" {join}" for join in statement.joins)
    judged = f"{_rows(statement, stretch)}{_where(once(where), stretch.condition, others)}"
    parts = [_places_sql(statement, judged)] if others else []
    rows = rows_once_sql(statement.fields, rows_sql(table.name.sql, where, "blocks"))
    suspects = f"blocks CROSS JOIN LATERAL {rows}{joins} WHERE blocks.block_traced AND ({traced}){rest}"
    parts += [_places_sql(statement, suspects), _total_sql("coalesce(sum(block_rows), 0)", "blocks")]
    fields, searched = fields_in(table, texts), rows_sql(table.name.sql, where, "block")
    found = traced_sql(rows_once_sql(fields, searched) if fields else f"({searched}) t", blocks, traces)
    return f"WITH blocks AS MATERIALIZED ({found}) {' UNION ALL '.join(parts)}"


def _rows(statement: Statement, stretch: Stretch) -> str:
    """FROM: what :attr:`Statement.relation` says; of a stretch alone where documents are taken apart."""
    if not statement.fields:
        return statement.relation
    places = "t.tableoid, t.ctid, " if statement.pointed else ""
    rows = f"SELECT {places}t.* FROM {statement.table.name.sql} t{_where(stretch.condition)}"
    return " ".join((rows_once_sql(statement.fields, rows), *statement.joins))


def _places_sql(statement: Statement, judged: str) -> str:
    return (
        f"SELECT CAST({_mask(statement)} AS bigint) AS m, hashtid(t.ctid) & {_BUCKETS} AS b,"
        " CAST(t.tableoid AS bigint) AS part, count(*) AS n,"
        f" CAST(min(t.ctid) AS text) AS low, CAST(max(t.ctid) AS text) AS high FROM {judged} GROUP BY 1, 2, 3"
    )


def _total_sql(number: str, relation: str) -> str:
    return f"SELECT {ALL}, 0, 0, {number}, NULL, NULL FROM {relation}"


def _mask(statement: Statement) -> str:
    conditions = map(statement.once, statement.conditions)
    return " + ".join(f"CASE WHEN {condition} THEN {1 << bit} ELSE 0 END" for bit, condition in enumerate(conditions))


def suspicion(rules: Sequence[Rule]) -> str:
    """A condition that every row meets that breaks one of the rules, and few others; NULL is not met."""
    texts = [_of_text_sql(text, of_text) for text, of_text in _by_text(rules).items()]
    return " OR ".join(filter(None, (_suspicion_of_others(rules), *texts)))


def _suspicion_of_others(rules: Sequence[Rule]) -> str:
    """The same of the rules without traces; empty where there are none."""
    gates = _gates(rule for rule in rules if rule.trace is None)
    return f"({' OR '.join(gates)})" if gates else ""


def _by_text(rules: Sequence[Rule]) -> dict[str, list[Rule]]:
    """The rules with traces, by the text that they read."""
    of_texts: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.trace is not None:
            of_texts.setdefault(rule.trace.text, []).append(rule)
    return of_texts


def _traces(rules: Sequence[Rule]) -> list[Trace]:
    return list(dict.fromkeys(rule.trace for rule in rules if rule.trace is not None))


def _of_text_sql(text: str, rules: Sequence[Rule]) -> str:
    return f"({traces_sql(text, _traces(rules))} AND ({' OR '.join(_gates(rules))}))"


def _gates(rules: Iterable[Rule]) -> list[str]:
    return list(dict.fromkeys(f"({rule.gate or rule.condition})" for rule in rules))


def places_sql(statement: Statement, places: Sequence[tuple[int, str]]) -> str:
    """PostgreSQL: the keys of the rows at these places (table's oid and ctid), as text."""
    keys = ", ".join(f"CAST({column_sql('t', name)} AS text) AS k{n}" for n, name in enumerate(statement.table.key))
    at = " OR ".join(f"(t.tableoid = {part} AND t.ctid = '{ctid}'::tid)" for part, ctid in places)
    where = "CAST(t.tableoid AS bigint) AS part, CAST(t.ctid AS text) AS place"
    return f"SELECT {where}{', ' if keys else ''}{keys} FROM {statement.table.name.sql} t WHERE {at}"


def count_sql(statement: Statement) -> str:
    """SQLite: one row with the total, and for each condition how many meet it."""
    source, conditions = statement.source, statement.conditions
    relation = f"{statement.relation}{_where(source.where)}"
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
    keys = [f"CAST({sql} AS text) AS k{n}" for n, sql in enumerate(_keys(statement))]
    source = statement.source
    shows = f"{value_text(source) or 'NULL'} AS shows"
    condition = f"({rule.condition})"
    if source.by:
        tail = f" GROUP BY {', '.join(sql for _, sql in source.by)} HAVING {condition}"
        where = _where(source.where)
    else:
        where, tail = f" WHERE {condition}" + (f" AND ({source.where})" if source.where else ""), ""
    return f"SELECT {', '.join([*keys, shows])} FROM {statement.relation}{where}{tail} LIMIT {SAMPLES}"


def value_text(source: Source) -> str:
    """What the source shows of a group, as an SQL text over its rows; empty where it shows nothing."""
    return re.sub(r"\bvalue\b", lambda _: source.value, source.shows) if source.value else ""


def names_of_keys(statement: Statement) -> tuple[str, ...]:
    """What the samples' parts are called."""
    return tuple(name for name, _ in statement.source.by) or statement.table.key


def _keys(statement: Statement) -> list[str]:
    by = [sql for _, sql in statement.source.by]
    return by or [column_sql("t", name) for name in statement.table.key]


def _where(*conditions: str) -> str:
    given = [condition for condition in conditions if condition]
    return f" WHERE {' AND '.join(given)}" if given else ""
