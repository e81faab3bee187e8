"""PostgreSQL's statement: each row gets a mask with one bit a rule, and rows are counted by their mask.

Grouped by a few buckets, too, so that several samples come of one mask: the counts are exact, and the samples cost no
second scan and no memory, also where every row is bad. Rows that no rule's gate lets in are not masked: nearly all rows
are good, and what is spent on them is what it costs. Of a large table, texts are searched block by block (blocks.py),
for the same reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fingood.validation.blocks import WHOLE, Blocks, Stretch, rows_sql, traced_sql
from fingood.validation.once import fields_in, rows_once_sql
from fingood.validation.rule import Rule
from fingood.validation.statement import Statement, keys_of, where_sql
from fingood.validation.trace import Trace, traces_sql

_BUCKETS = 3
"""As a mask of bits: four buckets with a smallest and a largest each, so that five samples are nearly always seen."""

ALL = -1
"""In place of a mask: how many rows there are, good ones too."""


def mask_sql(statement: Statement, stretch: Stretch = WHOLE, blocks: Blocks | None = None) -> str:
    """A row a mask and bucket, with how many it counts and the smallest and largest place or key.

    ``stretch`` leaves all but a part of the table's rows out; ``blocks`` are its pages where they pay.
    """
    if statement.pointed:
        return _of_blocks_sql(statement, stretch, blocks) if blocks else _of_rows_sql(statement, stretch)
    return _of_keys_sql(statement, stretch)


def _of_keys_sql(statement: Statement, stretch: Stretch) -> str:
    """Groups, and rows that have no place, told by their keys."""
    source, once = statement.source, statement.once
    keys = [once(sql) for sql in keys_of(statement)]
    named = "".join(f", {sql} AS k{n}" for n, sql in enumerate(keys))
    value = f", {once(source.value)} AS value" if source.value else ""
    groups = f" GROUP BY {', '.join(once(sql) for _, sql in source.by)}" if source.by else ""
    # A grouped subquery, or one behind OFFSET 0, is computed once a group; the mask is not worked out again outside.
    inner = (
        f"SELECT CAST({_mask(statement)} AS bigint) AS m{named}{value}"
        f" FROM {_rows(statement, stretch)}{where_sql(once(source.where), stretch.condition)}{groups} OFFSET 0"
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
    judged = f"{_rows(statement, stretch)}{where_sql(once(where), stretch.condition, suspect)}"
    everything = f"{statement.table.name.sql} t{where_sql(where, stretch.condition)}"
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
    judged = f"{_rows(statement, stretch)}{where_sql(once(where), stretch.condition, others)}"
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
    rows = f"SELECT {places}t.* FROM {statement.table.name.sql} t{where_sql(stretch.condition)}"
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
