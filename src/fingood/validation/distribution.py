"""How amounts and broken rows are spread: counts by size, month or stretch of keys, and never a single value.

One look more a money column, and one a table with broken rows. Large tables are sampled by their pages, and what was
looked at is said with the numbers. PostgreSQL manual: SELECT, TABLESAMPLE.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from fingood.validation.currencies import exponents
from fingood.validation.invariants.base import currency_join, currency_sql
from fingood.validation.jobs import Done
from fingood.validation.ledger import LedgerTable, MoneyColumn, Recognised, column_sql
from fingood.validation.query import CannotRead, read
from fingood.validation.roles import Family, family_of
from fingood.validation.rule import ROWS, Rule
from fingood.validation.sides import NOT_FINITE, not_finite_possible

SAMPLED = 200_000
"""Rows beyond which a table is sampled."""

_SIZES = ("0", "below 1", "1", "10", "100", "1 k", "10 k", "100 k", "1 m", "10 m", "100 m", "1 bn +")
_MOST_SERIES = 5
_MOST_MONTHS = 36
_STRETCHES = 12
_MOST_RULES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Counts of ``subject`` (a column, or a rule and what it is about) by ``axis`` (size, month, year, keys).

    ``rows`` are a label and a number for each of ``series``; ``looked_at`` says how many rows that comes from, and
    whether these are all. With the series ``rows`` and ``broken`` it is about a rule.
    """

    subject: str
    axis: str
    series: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    looked_at: str


def take_distributions(
    connection: Connection, recognised: Recognised, broken: Sequence[Done]
) -> tuple[tuple[Distribution, ...], tuple[str, ...]]:
    """The distributions of every money column and of every broken rule on rows; and why others are not drawn."""
    drawn: list[Distribution] = []
    missing: list[str] = []
    for table in recognised.tables:
        for column in table.money if table.name not in recognised.rights.unreadable else ():
            try:
                drawn += _amounts(connection, table, column)
            except CannotRead as error:
                missing.append(f"{table.name}.{column.name}: not drawn, {error}")
    for table, rules in _by_table(broken):
        try:
            drawn += _broken(connection, table, rules)
        except CannotRead as error:
            missing.append(f"{table.name}: broken rows not drawn, {error}")
    return tuple(drawn), tuple(missing)


def _amounts(connection: Connection, table: LedgerTable, column: MoneyColumn) -> Iterator[Distribution]:
    amount, dialect = column_sql("t", column.name), connection.dialect.name
    currency = currency_sql(table, column.currency) or "''"
    if dialect == "sqlite":
        counted = f"typeof({amount}) IN ('integer', 'real')"
    else:
        finite = not_finite_possible(table, column.name)
        counted = f"{amount} NOT IN ({NOT_FINITE})" if finite else f"{amount} IS NOT NULL"
    arms = " ".join(f"WHEN abs(amount) < {10**n} THEN {n + 1}" for n in range(len(_SIZES) - 2))
    relation = _relation(table, dialect, currency_join(table, column.currency))
    # Behind OFFSET 0 an amount is worked out once a row, which counts where it stands inside a document.
    once = "LIMIT -1 OFFSET 0" if dialect == "sqlite" else "OFFSET 0"
    inner = f"SELECT CAST({currency} AS text) AS currency, {amount} AS amount FROM {relation} WHERE {counted} {once}"
    rows = read(
        connection,
        f"SELECT currency, CASE WHEN amount = 0 THEN 0 {arms} ELSE {len(_SIZES) - 1} END AS size, count(*) AS n"
        f" FROM ({inner}) amounts GROUP BY 1, 2",
    )
    counts: Counter[tuple[str, int]] = Counter()
    for row in rows:
        counts[_code(row["currency"]), int(row["size"])] += int(row["n"])
    if not counts:
        return
    totals = Counter[str]()
    for (code, _), number in counts.items():
        totals[code] += number
    most = [code for code, _ in totals.most_common(_MOST_SERIES)]
    series = (*most, "others") if len(totals) > len(most) else tuple(most)
    sizes = range(min(size for _, size in counts), max(size for _, size in counts) + 1)
    yield Distribution(
        subject=f"{table.name}.{column.name}",
        axis="size in minor units" if table.minor else "size",
        series=series,
        rows=tuple((_SIZES[size], tuple(_number(counts, code, size, most) for code in series)) for size in sizes),
        looked_at=_looked_at(table, sum(totals.values()), "amounts"),
    )


def _number(counts: Counter[tuple[str, int]], code: str, size: int, most: Sequence[str]) -> int:
    if code != "others" or code in most:
        return counts[code, size]
    return sum(number for (other, at), number in counts.items() if at == size and other not in most)


def _code(value: object) -> str:
    """A known code; anything else in such a column may be a person's name."""
    text = str(value or "").strip()
    return text if text in exponents() else "unknown" if text else "no currency"


def _by_table(broken: Iterable[Done]) -> Iterator[tuple[LedgerTable, list[tuple[str, Rule]]]]:
    """The broken rules that judge single rows and are no search through texts, by table."""
    found: dict[str, tuple[LedgerTable, list[tuple[str, Rule]]]] = {}
    for done in broken:
        statement, counted = done.job.statement, done.counted
        if counted is None or counted.void or statement.source != ROWS:
            continue
        for n, rule in enumerate(statement.rules):
            if counted.bad[n] and rule.trace is None:
                _, rules = found.setdefault(str(statement.table.name), (statement.table, []))
                rules.append((done.job.checks[n], rule))
    yield from found.values()


def _broken(connection: Connection, table: LedgerTable, rules: list[tuple[str, Rule]]) -> Iterator[Distribution]:
    dialect = connection.dialect.name
    axis, place = _axis(connection, table)
    if not axis:
        return
    chosen = rules[:_MOST_RULES]
    joins = tuple(dict.fromkeys(join for _, rule in chosen for join in rule.joins))
    counts = ", ".join(f"count(*) FILTER (WHERE {rule.condition}) AS r{n}" for n, (_, rule) in enumerate(chosen))
    rows = read(
        connection,
        f"SELECT {place} AS place, count(*) AS total, {counts} FROM {_relation(table, dialect, joins)} GROUP BY 1",
    )
    cells = {str(row["place"]) if row["place"] is not None else "none": row for row in rows}
    axis, labels = _labels(axis, cells)
    for n, (check, rule) in enumerate(chosen):
        numbers = []
        for label, places in labels.items():
            mine = [cells[one] for one in places]
            numbers.append((label, (sum(int(row["total"]) for row in mine), sum(int(row[f"r{n}"]) for row in mine))))
        yield Distribution(
            subject=f"{check} in {rule.subject}",
            axis=axis,
            series=("rows", "broken"),
            rows=tuple(numbers),
            looked_at=_looked_at(table, sum(int(row["total"]) for row in rows), "rows"),
        )


def _axis(connection: Connection, table: LedgerTable) -> tuple[str, str]:
    """By what rows lie side by side: the month of the table's date, else stretches of a key that is a number."""
    dialect = connection.dialect.name
    if table.date and family_of(table.shape.columns[table.date]) is Family.DATE:
        date = column_sql("t", table.date)
        return "month", f"substr({date}, 1, 7)" if dialect == "sqlite" else f"to_char({date}, 'YYYY-MM')"
    if len(table.key) != 1 or family_of(table.shape.columns[table.key[0]]) is not Family.NUMBER:
        return "", ""
    key = column_sql("t", table.key[0])
    ends = read(connection, f"SELECT min({key}) AS low, max({key}) AS high FROM {table.name.sql} t")[0]
    if ends["low"] is None or not isinstance(ends["low"], int):
        return "", ""
    width = (int(ends["high"]) - int(ends["low"])) // _STRETCHES + 1
    return "keys", f"({key} - {int(ends['low'])}) / {width}"


def _labels(axis: str, places: Iterable[str]) -> tuple[str, dict[str, list[str]]]:
    """What is drawn side by side, each with the places that it takes together: years where there are many months."""
    known = sorted(place for place in places if place != "none" and _is_place(axis, place))
    labels: dict[str, list[str]] = {}
    if axis == "keys":
        labels = {f"part {int(place) + 1}": [place] for place in sorted(known, key=int)}
    elif len(known) <= _MOST_MONTHS:
        labels = {place: [place] for place in known}
    else:
        axis = "year"
        for place in known:
            labels.setdefault(place[:4], []).append(place)
        while len(labels) > _MOST_MONTHS:
            first, second, *_ = labels
            labels = {f"to {second.removeprefix('to ')}": labels.pop(first) + labels.pop(second), **labels}
    rest = sorted(set(places) - set(known))
    return axis, {**labels, **({"no date": rest} if rest else {})}


def _is_place(axis: str, place: str) -> bool:
    """A month as four digits, a line and two; SQLite holds any text as a date, and none of it may be shown."""
    return axis == "keys" or (len(place) == 7 and place[4] == "-" and (place[:4] + place[5:]).isdigit())


def _relation(table: LedgerTable, dialect: str, joins: Sequence[str]) -> str:
    return " ".join((f"{table.name.sql} t{_sample(table, dialect)}", *joins))


def _sample(table: LedgerTable, dialect: str) -> str:
    """Pages by chance, the same ones each time; SQLite has no such thing and is read whole."""
    if dialect == "sqlite" or not table.rows or table.rows <= SAMPLED:
        return ""
    if table.shape.kind not in ("table", "partitioned", "matview"):
        return ""
    return f" TABLESAMPLE SYSTEM ({100 * SAMPLED / table.rows:.6f}) REPEATABLE (1)"


def _looked_at(table: LedgerTable, number: int, noun: str) -> str:
    sampled = table.rows is not None and table.rows > SAMPLED and number < table.rows * 0.9
    return f"a sample of {number:,} of about {table.rows:,} rows" if sampled else f"all {number:,} {noun}"
