"""Statements are run, masks and counts are read, and each rule that something breaks becomes a finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from sqlalchemy.engine import Connection

from fingood.model.finding import Finding
from fingood.model.severity import Confidence
from fingood.validation.blocks import WHOLE, Blocks, Stretch, blocks_in
from fingood.validation.ledger import literal
from fingood.validation.masks import ALL, mask_sql
from fingood.validation.query import CannotRead, masked, read
from fingood.validation.rule import Rule
from fingood.validation.statement import (
    SAMPLES,
    SEPARATOR,
    Statement,
    count_sql,
    names_of_keys,
    places_sql,
    sample_sql,
    value_text,
)


@dataclass(slots=True)
class Counted:
    """What a statement found: the total, how many break each rule, and samples of them (keys, then what is shown)."""

    total: int = 0
    bad: list[int] = field(default_factory=list)
    samples: list[list[tuple[str, ...]]] = field(default_factory=list)
    void: bool = False


def count(connection: Connection, statement: Statement, stretch: Stretch = WHOLE) -> Counted:
    """Runs the statement; ``stretch`` leaves all but a part of the rows out. Raises CannotRead."""
    if connection.dialect.name == "sqlite":
        return _count_by_filters(connection, statement)
    rows = read(connection, mask_sql(statement, stretch, _blocks(connection, statement, stretch)))
    counted = _empty(statement)
    everything = [row for row in rows if int(row["m"]) == ALL]
    rows = [row for row in rows if int(row["m"]) != ALL]
    all_bits = len(statement.conditions)
    tally = [0] * all_bits
    for row in rows:
        counted.total += int(row["n"])
        for bit in range(all_bits):
            tally[bit] += int(row["n"]) if int(row["m"]) >> bit & 1 else 0
    if everything:
        counted.total = int(everything[0]["n"])
    counted.bad = tally[: len(statement.rules)]
    counted.void = bool(statement.source.void) and counted.total > 0 and tally[-1] == counted.total
    sampled = _pointed if statement.pointed else _keyed
    sampled(connection, statement, rows, counted)
    return counted


def _blocks(connection: Connection, statement: Statement, stretch: Stretch) -> Blocks | None:
    """The pages of a stretch, as many as there are now; None where it is not looked through by them."""
    if not statement.in_blocks:
        return None
    sql = (resources.files("fingood.validation") / "sql/postgresql/extent.sql").read_text(encoding="utf-8")
    (extent,) = read(connection, sql.replace(":relation", literal(statement.table.name.sql)))
    return blocks_in(stretch, int(extent["pages"])) if extent["heap"] else None


def added_up(parts: Sequence[Counted]) -> Counted:
    """What the parts of a table come to together; parts of groups do not add up."""
    bad = [sum(numbers) for numbers in zip(*(part.bad for part in parts), strict=True)]
    samples = [_sorted({sample for part in parts for sample in part.samples[n]})[:SAMPLES] for n in range(len(bad))]
    return Counted(total=sum(part.total for part in parts), bad=bad, samples=samples)


def findings_of(statement: Statement, counted: Counted, checks: Sequence[str]) -> list[Finding]:
    """A finding for each rule that is broken; ``checks`` are the rules' ids, in their order."""
    if counted.void:
        return []
    return [
        _finding(check, rule, statement, counted, n)
        for n, (check, rule) in enumerate(zip(checks, statement.rules, strict=True))
        if counted.bad[n]
    ]


def _sorted(samples: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Numbers as numbers: shorter texts come first."""
    return sorted(samples, key=lambda sample: [(len(part), part) for part in sample])


def _empty(statement: Statement) -> Counted:
    return Counted(bad=[0] * len(statement.rules), samples=[[] for _ in statement.rules])


def _count_by_filters(connection: Connection, statement: Statement) -> Counted:
    row = read(connection, count_sql(statement))[0]
    counted = _empty(statement)
    counted.total = int(row["total"])
    counted.bad = [int(row[f"r{n}"]) for n in range(len(statement.rules))]
    if statement.source.void:
        counted.void = counted.total > 0 and int(row[f"r{len(statement.rules)}"]) == counted.total
    width = len(names_of_keys(statement))
    for n, rule in enumerate(statement.rules):
        if not counted.bad[n] or not (width or statement.source.value):
            continue
        try:
            found = read(connection, sample_sql(statement, rule))
        except CannotRead:
            continue  # the count stands; only the examples are missing
        counted.samples[n] = [(*(_text(one[f"k{k}"]) for k in range(width)), _text(one["shows"])) for one in found]
    return counted


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _of_mask(row: dict[str, Any], counted: Counted) -> list[int]:
    """The rules that the row's mask names and that want more samples."""
    rules = range(len(counted.bad))
    return [n for n in rules if int(row["m"]) >> n & 1 and len(counted.samples[n]) < SAMPLES]


def _keyed(connection: Connection, statement: Statement, rows: list[dict[str, Any]], counted: Counted) -> None:
    for row in rows:
        for n in _of_mask(row, counted):
            found = dict.fromkeys(text for text in (row["low"], row["high"]) if text is not None)
            parts = [tuple(text.split(SEPARATOR)) for text in found]
            counted.samples[n] += parts[: SAMPLES - len(counted.samples[n])]


def _pointed(connection: Connection, statement: Statement, rows: list[dict[str, Any]], counted: Counted) -> None:
    """Fetches the keys of a few bad rows by where they lie, in the same snapshot that they were counted in."""
    wanted: list[list[tuple[int, str]]] = [[] for _ in statement.rules]
    for row in rows:
        places = dict.fromkeys((int(row["part"]), str(place)) for place in (row["low"], row["high"]))
        for n, mine in enumerate(wanted):
            if int(row["m"]) >> n & 1 and len(mine) < SAMPLES:
                mine.extend(list(places)[: SAMPLES - len(mine)])
    places = dict.fromkeys(place for mine in wanted for place in mine)
    if not places or not statement.table.key:
        return
    try:
        found = read(connection, places_sql(statement, list(places)))
    except CannotRead:
        return  # the counts stand; only the examples are missing
    width = len(statement.table.key)
    keys = {(int(row["part"]), row["place"]): tuple(_text(row[f"k{n}"]) for n in range(width)) for row in found}
    for n, mine in enumerate(wanted):
        counted.samples[n] = _sorted((*keys[place], "") for place in mine if place in keys)


def _finding(check: str, rule: Rule, statement: Statement, counted: Counted, n: int) -> Finding:
    bad, table = counted.bad[n], statement.table
    noun = statement.source.noun
    return Finding(
        check=check,
        severity=rule.severity,
        confidence=Confidence.OBSERVED if rule.certain else table.certainty.confidence,
        message=rule.message.replace("{rows}", f"{bad:,} of {counted.total:,} {noun}")
        + _examples(statement, counted.samples[n], bad),
        effect=rule.effect,
        remedy=rule.remedy or query_of(statement, rule),
        subject=rule.subject,
        evidence={
            "rows": str(bad),
            "of": str(counted.total),
            "share": f"{bad / counted.total:.4%}",
            "query": query_of(statement, rule),
            "taken for money": str(table.certainty),
        },
    )


def _examples(statement: Statement, samples: list[tuple[str, ...]], bad: int) -> str:
    """``: id 1; 2; 3 …``, ``: entry_id 7, currency EUR: 5``; keys masked."""
    if not samples:
        return ""
    names = names_of_keys(statement)
    said = [": ".join(filter(None, (_key(names, sample[:-1]), sample[-1]))) for sample in samples]
    first = f"{names[0]} " if len(names) == 1 else ""
    return f": {first}{'; '.join(said)}{' …' if bad > len(said) else ''}"


def _key(names: tuple[str, ...], values: tuple[str, ...]) -> str:
    if len(names) == 1:
        return masked(values[0])
    return ", ".join(f"{name} {masked(value)}" for name, value in zip(names, values, strict=True))


def query_of(statement: Statement, rule: Rule) -> str:
    """A query that shows the bad rows or groups."""
    if rule.query:
        return rule.query
    source = statement.source
    alone = Statement(table=statement.table, source=source, rules=(rule,))
    condition = _short(rule.condition)
    where = f" WHERE {source.where}" if source.where else ""
    if source.by:
        keys = ", ".join(sql for _, sql in source.by)
        value = f", {value_text(source)}" if source.value else ""
        return f"SELECT {keys}{value} FROM {alone.relation}{where} GROUP BY {keys} HAVING {condition};"
    return f"SELECT t.* FROM {alone.relation}{where}{' AND' if where else ' WHERE'} {condition};"


def _short(condition: str) -> str:
    """Conditions that carry all of ISO 4217 are too long to paste."""
    return condition if len(condition) <= 600 else "..."
