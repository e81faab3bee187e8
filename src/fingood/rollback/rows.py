"""Fills empty tables with a few rows that fit the schema, so that a lossy way back has something to lose."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice, product

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.model.names import RelationName, quote_always
from fingood.rollback.seed import Fill, Seeding
from fingood.rollback.shapes import ColumnShape, Reference, TableShape, read_shapes, without_pages
from fingood.rollback.values import candidates

ROWS = 4
"""Three flavours of values and, where NULL is allowed, one row with it: among the three it would hide a flavour."""
# How many combinations of values are tried for one row before its table is given up.
_ATTEMPTS = 40

_RAISED = "P0001"


# A row's number chooses the flavour of its values; every third one is plain.
_NUMBERS = {Fill.EDGES: (0, 1, 2, 3), Fill.PLAIN: (0, 6, 9), Fill.NONE: ()}

# How many SELECTs go into one UNION ALL; SQLite takes 500 (its limits, SQLITE_MAX_COMPOUND_SELECT).
_TABLES_AT_ONCE = 200
# How many tables' INSERTs travel together.
_FILLED_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the server does not take a row."""

    sqlstate: str
    constraint: str = ""

    def __str__(self) -> str:
        return f"the server refuses generated rows [{f'{self.sqlstate} {self.constraint}'.strip()}]"


Row = dict[str, str | None]
Parents = dict[tuple[RelationName, tuple[str, ...]], list[tuple[str | None, ...]]]


def fill_empty_tables(
    connection: Connection,
    *,
    fill: Fill,
    without: Collection[str],
    version_table: str,
    refused: set[RelationName] | None = None,
) -> Seeding:
    """Generates rows in the empty tables of a sandbox, parents before children, and says what each table holds.
    Commits.

    ``without`` names tables to leave empty. Values are tried against the server itself, each row in a savepoint.
    ``refused`` remembers from one call to the next which tables did not take their first rows: those of the others
    travel together. It changes the time, not the rows.
    """
    shapes = read_shapes(connection, version_table=version_table)
    # Counted before anything is made: a trigger may fill a table that was empty.
    real = _counts(connection, tuple(shapes))
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    left = {name for name in shapes if name not in real and (fill is Fill.NONE or name.name in without)}
    wanted = [shape for name, shape in shapes.items() if name not in real and name not in left]
    filling = _Filling(connection=connection, numbers=_NUMBERS[fill], refused=set() if refused is None else refused)
    for group in _groups(wanted):
        filling.fill(group)
    connection.commit()
    empty = dict.fromkeys(left, "left empty on purpose") | filling.empty
    told = {name: empty[name] for name in shapes if name in empty}
    return Seeding(real=real, generated=filling.generated, empty=told)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filling:
    """One call's rows: what was made, what stayed empty and why."""

    connection: Connection
    numbers: tuple[int, ...]
    refused: set[RelationName]
    parents: Parents = field(default_factory=dict)
    generated: dict[RelationName, int] = field(default_factory=dict)
    empty: dict[RelationName, str] = field(default_factory=dict)

    def fill(self, group: list[TableShape]) -> None:
        """Fills tables of which none refers to another, in their order: a trigger may see what was there before."""
        waiting: list[tuple[TableShape, list[Row]]] = []
        for shape in group:
            given = self._given(shape)
            if isinstance(given, str):
                self.empty[shape.name] = given
            elif self._may_travel(shape):
                waiting.append((shape, given))
            else:
                self._fill_together(waiting)
                waiting = []
                self._fill_alone(shape, given)
        self._fill_together(waiting)

    def _given(self, shape: TableShape) -> list[Row] | str:
        """For each row the values of its foreign keys; what is in the way where there are none."""
        given = []
        for number in self.numbers:
            found = _parents(self.connection, shape, number, self.parents)
            if isinstance(found, str):
                return found
            given.append(found)
        return given

    def _may_travel(self, shape: TableShape) -> bool:
        """A refused INSERT has moved sequences on, which would show in the rows of a second try."""
        counts = any(column.automatic for column in shape.columns)
        return self.connection.dialect.name == "postgresql" and not counts and shape.name not in self.refused

    def _fill_together(self, waiting: list[tuple[TableShape, list[Row]]]) -> None:
        for start in range(0, len(waiting), _FILLED_AT_ONCE):
            batch = waiting[start : start + _FILLED_AT_ONCE]
            inserts = [_insert_of(shape, self._first(shape, given)) for shape, given in batch]
            if len(batch) > 1 and _try(self.connection, "; ".join(inserts)) is None:
                self.generated.update({shape.name: len(self.numbers) for shape, _ in batch})
            else:
                for shape, given in batch:
                    self._fill_alone(shape, given)

    def _first(self, shape: TableShape, given: list[Row]) -> list[Row]:
        """The most telling rows."""
        return [next(_rows(shape, number, found)) for number, found in zip(self.numbers, given, strict=True)]

    def _fill_alone(self, shape: TableShape, given: list[Row]) -> None:
        made, reason = self._try_alone(shape, given)
        if made:
            self.generated[shape.name] = made
        else:
            self.empty[shape.name] = reason

    def _try_alone(self, shape: TableShape, given: list[Row]) -> tuple[int, str]:
        """How many rows could be made, and what was in the way of the first that could not."""
        if _insert(self.connection, shape, self._first(shape, given)) is None:
            return len(self.numbers), ""
        self.refused.add(shape.name)
        made, reason = 0, ""
        for number, found in zip(self.numbers, given, strict=True):
            failed = _try_rows(self.connection, shape, number, found)
            if failed is not None and failed.sqlstate == _RAISED:
                failed = _past_triggers(self.connection, shape, number, found)
            made += failed is None
            reason = str(failed or reason)
        return made, reason


def _groups(shapes: list[TableShape]) -> Iterator[list[TableShape]]:
    """The tables in their order, in stretches in which none refers to another one."""
    group: dict[RelationName, TableShape] = {}
    for shape in shapes:
        if any(reference.table in group for reference in shape.references):
            yield list(group.values())
            group = {}
        group[shape.name] = shape
    if group:
        yield list(group.values())


def count_rows(connection: Connection, *, version_table: str) -> dict[RelationName, int]:
    """The user's tables that hold rows, with how many."""
    return _counts(connection, tuple(read_shapes(connection, version_table=version_table)))


def _counts(connection: Connection, names: tuple[RelationName, ...]) -> dict[RelationName, int]:
    """The tables that hold rows, in one round trip for many. Those without a page are not asked: to plan a count for
    each of them takes longer than all the counts of a small database."""
    found: dict[RelationName, int] = {}
    empty = without_pages(connection) if connection.dialect.name == "postgresql" else frozenset()
    names = tuple(name for name in names if name not in empty)
    for start in range(0, len(names), _TABLES_AT_ONCE):
        batch = names[start : start + _TABLES_AT_ONCE]
        selects = (f"SELECT {place}, count(*) FROM {name.sql}" for place, name in enumerate(batch))
        rows = connection.exec_driver_sql(" UNION ALL ".join(selects), execution_options={"no_parameters": True})
        found |= {batch[place]: count for place, count in rows if count}
    return found


def _try_rows(connection: Connection, shape: TableShape, number: int, parents: Row) -> Refusal | None:
    """Tries rows until one is in; returns why the last one was refused, None when one is in.

    Where the server names the check that a row violates, only that check's columns get their next values.
    """
    columns = [c for c in shape.columns if not c.automatic and c.name not in parents]
    choices = {column.name: _choices(column, shape, number) for column in columns}
    turns = dict.fromkeys(choices, 0)
    failed: Refusal | None = None
    for _ in range(_ATTEMPTS):
        row = {**{name: values[turns[name] % len(values)] for name, values in choices.items()}, **parents}
        failed = _insert(connection, shape, [row])
        if failed is None:
            return None
        if not _turn(turns, choices, [name for name in shape.checks.get(failed.constraint, ()) if name in turns]):
            break
    for row in islice(_rows(shape, number, parents), _ATTEMPTS):
        if _insert(connection, shape, [row]) is None:
            return None
    return failed


def _turn(turns: dict[str, int], choices: dict[str, list[str | None]], blamed: list[str]) -> bool:
    """The next combination of the blamed columns' values, as an odometer turns; False when all were tried."""
    for name in blamed:
        turns[name] += 1
        if turns[name] < len(choices[name]):
            return True
        turns[name] = 0
    return False


def _past_triggers(connection: Connection, shape: TableShape, number: int, parents: Row) -> Refusal | None:
    """Once more with the triggers asleep, where one refuses a row that stands alone (a ledger wants its entries in
    balance). Foreign keys sleep too, but the parents were taken from rows that exist. Only a superuser may."""
    if not connection.exec_driver_sql("SELECT usesuper FROM pg_user WHERE usename = current_user").scalar():
        return Refusal(_RAISED)
    connection.exec_driver_sql("SET session_replication_role = replica")
    failed = _try_rows(connection, shape, number, parents)
    connection.exec_driver_sql("SET session_replication_role = DEFAULT")
    return failed


def _parents(connection: Connection, shape: TableShape, number: int, known: Parents) -> Row | str:
    """The values of the foreign keys' columns, from rows that exist; the reason where one that is needed is missing."""
    found: Row = {}
    required = {column.name for column in shape.columns if column.required}
    for place, reference in enumerate(shape.references):
        # Two references to one table (base and quote, from and to) get two rows of it.
        before = sum(other.table == reference.table for other in shape.references[:place])
        values = _parent(connection, reference, number + before, known)
        if values is not None:
            found.update(zip(reference.columns, values, strict=True))
        elif required & set(reference.columns):
            return f"its parent {reference.table} is empty"
        else:
            found.update(dict.fromkeys(reference.columns))
    return found


def _parent(connection: Connection, reference: Reference, number: int, known: Parents) -> tuple[str | None, ...] | None:
    asked = (reference.table, reference.referenced)
    if not known.get(asked):
        columns = ", ".join(f"CAST({quote_always(column)} AS text)" for column in reference.referenced)
        order = ", ".join(str(place + 1) for place in range(len(reference.referenced)))
        query = f"SELECT {columns} FROM {reference.table.sql} ORDER BY {order} LIMIT {ROWS}"
        rows = connection.exec_driver_sql(query, execution_options={"no_parameters": True}).fetchall()
        known[asked] = [tuple(row) for row in rows if None not in row]
    there = known[asked]
    return there[number % len(there)] if there else None


def _rows(shape: TableShape, number: int, parents: Row) -> Iterator[Row]:
    """Rows to try: the most telling values first, then what checks speak of, in the last row NULL where allowed."""
    columns = [c for c in shape.columns if not c.automatic and c.name not in parents]
    choices = [_choices(column, shape, number) for column in columns]
    names = [column.name for column in columns]
    yield {**dict(zip(names, (choice[0] for choice in choices), strict=True)), **parents}
    # A check that speaks of literals: those first, all other columns on their plainest value.
    narrow = [choice if column.literals else choice[:1] for column, choice in zip(columns, choices, strict=True)]
    for values in islice(product(*narrow), _ATTEMPTS // 2):
        yield {**dict(zip(names, values, strict=True)), **parents}
    for place in range(max((len(choice) for choice in choices), default=0)):
        yield {**{n: c[place % len(c)] for n, c in zip(names, choices, strict=True)}, **parents}
    plain = [candidates(column, 0, unique=column.name in shape.unique) or (None,) for column in columns]
    yield {**{n: c[-1] for n, c in zip(names, plain, strict=True)}, **parents}
    needed = {column.name for column in columns if column.required}
    yield {**{n: c[0] if n in needed else None for n, c in zip(names, choices, strict=True)}, **parents}


def _choices(column: ColumnShape, shape: TableShape, number: int) -> list[str | None]:
    found: list[str | None] = list(candidates(column, number, unique=column.name in shape.unique))
    if number == ROWS - 1 and not column.required and column.name not in shape.unique:
        return [None, *found]
    return found or [None]


def _insert(connection: Connection, shape: TableShape, rows: list[Row]) -> Refusal | None:
    """Tries rows of the same columns together; returns why the server refuses them, None when they are in."""
    return _try(connection, _insert_of(shape, rows))


def _insert_of(shape: TableShape, rows: list[Row]) -> str:
    columns = ", ".join(quote_always(name) for name in rows[0])
    values = ", ".join("(" + ", ".join(_literal(value) for value in row.values()) + ")" for row in rows)
    body = f"({columns}) VALUES {values}" if columns else "DEFAULT VALUES"
    return f"INSERT INTO {shape.name.sql} {body}"


def _try(connection: Connection, sql: str) -> Refusal | None:
    """Runs it so that nothing of it stays where the server refuses a part."""
    # In SQLite a statement that fails leaves nothing behind; in PostgreSQL the three travel together.
    guarded = connection.dialect.name == "postgresql"
    try:
        _run(connection, f"SAVEPOINT trial; {sql}; RELEASE SAVEPOINT trial" if guarded else sql)
    except DBAPIError as error:
        if guarded:
            _run(connection, "ROLLBACK TO SAVEPOINT trial; RELEASE SAVEPOINT trial")
        return _refusal(error)
    return None


def _run(connection: Connection, sql: str) -> None:
    connection.exec_driver_sql(sql, execution_options={"no_parameters": True})


def _literal(value: str | None) -> str:
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


def _refusal(error: DBAPIError) -> Refusal:
    """SQLSTATE and constraint, never the text, which repeats values."""
    original = error.orig
    state = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None) or type(original).__name__
    return Refusal(str(state), getattr(getattr(original, "diag", None), "constraint_name", None) or "")
