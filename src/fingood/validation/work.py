"""What was done to a table so far, by this transaction and by others, in the database's own counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

from sqlalchemy import text
from sqlalchemy.engine import Connection

from fingood.model.names import RelationName


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """``own_rows`` are the rows this transaction inserted less those it deleted, ``own_work`` how many it touched;
    ``other_work`` moves when others touched some. ``rows`` is about how many there are, ``files`` the files they lie in
    (a rewrite and TRUNCATE make new ones), ``columns`` its columns with their types. Of SQLite, which counts less, only
    what moves is known."""

    name: RelationName
    oid: int | None = None
    own_rows: int | None = None
    own_work: int
    other_work: int
    rows: int
    files: str = ""
    columns: str

    def is_changed_since(self, before: Work) -> bool:
        """Whether this transaction may have changed what the table holds."""
        return (self.name, self.oid, self.own_work, self.files, self.columns) != (
            before.name, before.oid, before.own_work, before.files, before.columns,
        )  # fmt: skip

    def explains(self, before: Work, gained: int, rows: int) -> bool:
        """Whether ``gained`` rows more, ``rows`` now, are all this transaction's doing: nobody else wrote meanwhile."""
        if self.own_rows is None or before.own_rows is None:
            return self.other_work == before.other_work
        if self.oid != before.oid:
            return self.own_rows == rows  # another table under the old name, filled here
        own = self.own_rows - before.own_rows
        emptied = self.files != before.files and gained < own
        return self.other_work == before.other_work and (gained == own or emptied)


def read_work(connection: Connection, oid: int | None, name: RelationName) -> Work | None:
    """The table by its OID, or by its name where that is gone; None where there is no such table."""
    if connection.dialect.name == "sqlite":
        return _read_sqlite(connection, name)
    # Within a transaction the server would answer with what it told the first time (manual, 27.2.2).
    connection.execute(text("SELECT pg_stat_clear_snapshot()"))
    sql = text(_load_sql("work"))
    for candidate in (oid, oid_of(connection, name)):
        row = connection.execute(sql, {"table": candidate}).mappings().first() if candidate is not None else None
        if row is not None:
            return Work(
                name=RelationName(row["schema"], row["name"]),
                oid=candidate,
                own_rows=row["own_rows"],
                own_work=row["own_work"],
                other_work=row["other_work"],
                rows=row["rows"],
                files=row["files"] or "",
                columns=row["columns"] or "",
            )
    return None


def oid_of(connection: Connection, name: RelationName) -> int | None:
    """The OID of a relation; None where there is none, and on SQLite."""
    if connection.dialect.name == "sqlite":
        return None
    found = connection.execute(text("SELECT to_regclass(:name)::oid"), {"name": name.sql}).scalar()
    return None if found is None else int(found)


def read_columns(connection: Connection, oid: int | None) -> dict[str, int]:
    """The numbers of a table's columns, by name; none on SQLite."""
    if oid is None:
        return {}
    rows = connection.execute(text(_load_sql("columns")), {"table": oid})
    return {str(row.name): int(row.number) for row in rows}


def _read_sqlite(connection: Connection, name: RelationName) -> Work | None:
    row = connection.execute(
        text("SELECT sql FROM sqlite_master WHERE name = :name AND type = 'table'"), {"name": name.name}
    ).first()
    if row is None:
        return None
    rows = connection.exec_driver_sql(f"SELECT count(*) FROM {RelationName(None, name.name).sql}").scalar_one()
    return Work(
        name=name,
        own_work=int(connection.exec_driver_sql("SELECT total_changes()").scalar_one()),
        other_work=int(connection.exec_driver_sql("PRAGMA data_version").scalar_one()),
        rows=int(rows),
        columns=str(row[0]),
    )


@cache
def _load_sql(name: str) -> str:
    return (resources.files(__package__) / "sql" / "postgresql" / f"{name}.sql").read_text(encoding="utf-8")
