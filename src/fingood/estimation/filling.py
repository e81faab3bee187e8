"""Fills tables of a sandbox with rows like the target's, as many as fit into the sample."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.estimation.demands import is_unique
from fingood.estimation.shape import Column, Shape, read_shapes, rows_of
from fingood.estimation.values import Source, keeps_order, source, unique_source
from fingood.model.names import RelationName, quote_always
from fingood.model.statistics import TableStatistics
from fingood.statements.compat import sqlstate_of

_CHECK_VIOLATION = "23514"
_REPEATS = ("23505", "23P01")
_REPEATED = "made-up rows repeat what must be unique"
_SKIP = " ON CONFLICT DO NOTHING"
_MOST_CHECKS = 20
_SAMPLE_ROWS = 200_000
_GUESSED_ROW = 100
_POOL = 10_000
"""Different rows, keys apart: a value made from statistics costs microseconds, and more would not change a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The tables' rows in the sample, and for those that could not be filled, why."""

    rows: Mapping[RelationName, int] = field(default_factory=dict)
    refused: Mapping[RelationName, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class _Filler:
    connection: Connection
    shapes: Mapping[RelationName, Shape]
    tables: Mapping[RelationName, TableStatistics]
    sizes: Mapping[RelationName, int]
    kept: Collection[str]
    """Texts of the statements to come: a constraint named in them must not be dropped."""
    keys: dict[tuple[RelationName, str], Source] = field(default_factory=dict)


def fill_tables(
    connection: Connection,
    tables: Mapping[RelationName, TableStatistics],
    *,
    sample_bytes: int,
    statements: Collection[str],
    shaped: Callable[[Shape], Shape] = lambda shape: shape,
) -> Filled:
    """Empties the tables and fills each with as many rows as the target has, at most ``sample_bytes`` of heap.

    Parents come before their children, whose foreign keys point at rows that exist. A CHECK that the made-up rows
    violate is dropped in the sandbox, unless one of ``statements`` names it. ``shaped`` adds to a table's shape what
    the statements to come ask of its rows. Commits. Needs a superuser.
    """
    connection.exec_driver_sql("SET session_replication_role = replica")
    shapes = {name: shaped(shape) for name, shape in read_shapes(connection).items()}
    sizes = {name: sample_rows(table, sample_bytes) for name, table in tables.items()}
    filler = _Filler(connection=connection, shapes=shapes, tables=tables, sizes=sizes, kept=statements)
    rows: dict[RelationName, int] = {}
    refused: dict[RelationName, str] = {}
    indexes = _plain_indexes(connection)
    for name in _parents_first(shapes, tables):
        with _without(connection, indexes.get(name, {})):
            made = _fill(filler, shapes[name])
        if isinstance(made, str):
            refused[name] = made
        else:
            rows[name] = made
    connection.commit()
    return Filled(rows=rows, refused=refused)


def _plain_indexes(connection: Connection) -> dict[RelationName, dict[RelationName, str]]:
    found: dict[RelationName, dict[RelationName, str]] = {}
    for row in rows_of(connection, "plain_indexes"):
        table = found.setdefault(RelationName(row["schema"], row["table"]), {})
        table[RelationName(row["schema"], row["name"])] = row["definition"]
    return found


@contextmanager
def _without(connection: Connection, indexes: Mapping[RelationName, str]) -> Iterator[None]:
    for name in indexes:
        connection.exec_driver_sql(f"DROP INDEX {name.sql}")
    yield
    for definition in indexes.values():
        connection.exec_driver_sql(definition, execution_options={"no_parameters": True})


def sample_rows(table: TableStatistics, sample_bytes: int) -> int:
    """How many rows a sample of at most ``sample_bytes`` of heap has. Where the target's rows were never counted they
    are guessed from its bytes."""
    rows = table.rows if table.rows is not None else max(1, table.heap_bytes // _GUESSED_ROW)
    per_row = max(24.0, table.heap_bytes / max(rows, 1))
    return max(1, min(rows, int(sample_bytes / per_row), _SAMPLE_ROWS))


def _parents_first(shapes: Mapping[RelationName, Shape], wanted: Iterable[RelationName]) -> list[RelationName]:
    order: list[RelationName] = []
    todo = [name for name in wanted if name in shapes]
    while todo:
        ready = [n for n in todo if not any(r.parent in todo and r.parent != n for r in shapes[n].references)]
        # A circle of references: broken anywhere, since nobody checks them while the rows go in.
        ready = ready or todo[:1]
        order += ready
        todo = [name for name in todo if name not in ready]
    return order


def _fill(filler: _Filler, shape: Shape) -> int | str:
    """The number of rows, or why there are none."""
    rows, connection = filler.sizes[shape.name], filler.connection
    made = _sources(filler, shape, rows)
    if isinstance(made, str):
        return made
    insert = _insert(filler, shape, made, rows)
    connection.exec_driver_sql(f"TRUNCATE {shape.name.sql} CASCADE")
    for _ in range(_MOST_CHECKS):
        try:
            with connection.begin_nested():
                return int(connection.exec_driver_sql(insert, execution_options={"no_parameters": True}).rowcount)
        except DBAPIError as error:
            refusal = _drop_check(filler, shape.name, error)
            if refusal == _REPEATED and not insert.endswith(_SKIP):
                insert += _SKIP
            elif refusal:
                return refusal
    return "it has too many CHECKs that made-up rows violate"


def _insert(filler: _Filler, shape: Shape, made: Mapping[str, Source], rows: int) -> str:
    """The INSERT. Of many rows only what must be every row's own is computed for each; the rest comes from a pool."""
    names = ", ".join(quote_always(name) for name in made)
    into = f"INSERT INTO {shape.name.sql} ({names}) OVERRIDING SYSTEM VALUE"
    if rows <= _POOL:
        values = ", ".join(value("n") for value in made.values())
        return f"{into} SELECT {values} FROM generate_series(1, {rows}) AS n"
    known = filler.tables[shape.name].columns
    own = {column for column in made if (shape.name, column) in filler.keys or keeps_order(known.get(column))}
    pooled = ", ".join(f"{value('n')} AS {quote_always(name)}" for name, value in made.items() if name not in own)
    values = ", ".join(value("n") if name in own else f"pool.{quote_always(name)}" for name, value in made.items())
    pool = f"SELECT n AS fingood_row{', ' + pooled if pooled else ''} FROM generate_series(0, {_POOL - 1}) AS n"
    filler.connection.exec_driver_sql("DROP TABLE IF EXISTS pg_temp.fingood_pool")
    filler.connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE fingood_pool AS {pool}", execution_options={"no_parameters": True}
    )
    return (
        f"{into} SELECT {values} FROM generate_series(1, {rows}) AS n "
        f"JOIN pg_temp.fingood_pool AS pool ON pool.fingood_row = n % {_POOL}"
    )


def _drop_check(filler: _Filler, table: RelationName, error: DBAPIError) -> str:
    """Drops the CHECK that is in the way; returns why it cannot be dropped."""
    state = sqlstate_of(error) or type(error.orig).__name__
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if state in _REPEATS:
        return _REPEATED
    if state != _CHECK_VIOLATION or not name:
        return f"made-up rows do not fit it [SQLSTATE {state}]"
    if any(name in sql for sql in filler.kept):
        return f"made-up rows violate {name}"
    with filler.connection.begin_nested() as attempt:
        try:
            filler.connection.exec_driver_sql(
                f"ALTER TABLE {table.sql} DROP CONSTRAINT {quote_always(name)}",
                execution_options={"no_parameters": True},
            )
        except DBAPIError:
            attempt.rollback()
            return f"made-up rows violate {name}"
    return ""


def _sources(filler: _Filler, shape: Shape, rows: int) -> dict[str, Source] | str:
    known = filler.tables[shape.name].columns
    made: dict[str, Source] = {}
    for reference in shape.references:
        _refer(filler, reference.columns, reference.parent, reference.parent_columns, made)
    for key in shape.unique:
        problem = _make_unique(filler, shape, key, rows, made)
        if problem:
            return problem
    for salt, column in enumerate(shape.columns, start=11):
        if column.name in made:
            continue
        own = known.get(column.name)
        never_repeats = unique_source(column, own, rows) if is_unique(own) else None
        value = never_repeats or source(column, own, salt, rows)
        if never_repeats is not None:
            filler.keys[shape.name, column.name] = never_repeats
        if value is None and column.required:
            return f"no values can be made up for {column.name} of type {column.spelled}"
        if value is not None:
            made[column.name] = value
    return made


def _refer(
    filler: _Filler,
    columns: tuple[str, ...],
    parent: RelationName,
    parent_columns: tuple[str, ...],
    made: dict[str, Source],
) -> None:
    """The child's columns take the values of one of the parent's rows, the same for all columns of the key."""
    size = filler.sizes.get(parent, 0)
    sources = [filler.keys.get((parent, column)) for column in parent_columns]
    if not size or None in sources:
        return
    salt = len(made) + 1
    for own, of_parent in zip(columns, sources, strict=True):
        if own not in made and of_parent is not None:
            made[own] = _referring(of_parent, salt, size)


def _referring(of_parent: Source, salt: int, size: int) -> Source:
    return lambda n: of_parent(f"(1 + (hashint8(({n})::int8 * 64 + {salt})::int8 & 2147483647) % {size})")


def _make_unique(filler: _Filler, shape: Shape, key: tuple[str, ...], rows: int, made: dict[str, Source]) -> str:
    """Makes one column of the key unique, so that the whole key is; returns why none can be.

    A key of references alone (a table between two others) stays as it is: what repeats is left out.
    """
    known = filler.tables[shape.name].columns
    free = [column for column in shape.columns if column.name in key and column.name not in made]
    for column in sorted(free, key=_suitability):
        value = unique_source(column, known.get(column.name), rows)
        if value is not None:
            made[column.name] = filler.keys[shape.name, column.name] = value
            return ""
    single = len(key) == 1
    return f"{rows} different values do not fit {key[0]}" if single and free and free[0].required else ""


def _suitability(column: Column) -> int:
    """Numbers and ids first: codes and dates in a composite key repeat in real life."""
    order = ("int8", "int4", "uuid", "text", "varchar", "numeric", "timestamptz", "timestamp", "date")
    return order.index(column.type) if column.type in order else len(order)
