"""No row points at a parent that is not there.

Foreign keys that were never validated are looked at on PostgreSQL, all of them on SQLite, which declares them without
holding them unless PRAGMA foreign_keys is on.
"""

from __future__ import annotations

from fingood.model.finding import Finding
from fingood.model.names import RelationName, quote, quote_always
from fingood.model.severity import Confidence, Severity
from fingood.validation.invariants.base import Example, Judged, Look, SetInvariant
from fingood.validation.invariants.constraint_not_valid import unvalidated
from fingood.validation.query import CannotRead, read


def _judge_orphans(look: Look) -> Judged:
    judged = Judged(looked=1)
    if look.dialect == "sqlite":
        return _sqlite_orphans(look, judged)
    for row in unvalidated(look, judged):
        if row["kind"] != "f":
            continue
        table, parent = (
            RelationName(row["schema"], row["table"]),
            RelationName(row["references_schema"], row["references_table"]),
        )
        try:
            bad = int(read(look.connection, orphans_sql(table, parent, row["columns"], row["keys"]))[0]["bad"])
        except CannotRead as error:
            judged.errored.append(f"{table}: {error}")
            continue
        if bad:
            judged.findings.append(_orphan(look, table, parent, ", ".join(row["columns"]), bad, name=row["name"]))
    return judged


def orphans_sql(table: RelationName, parent: RelationName, columns: list[str], keys: list[str]) -> str:
    """Rows whose parent is missing. A foreign key with a NULL in it points nowhere and is no orphan (MATCH SIMPLE)."""
    pairs = list(zip(columns, keys, strict=True))
    same = " AND ".join(f"p.{quote_always(key)} = t.{quote_always(column)}" for column, key in pairs)
    said = " AND ".join(f"t.{quote_always(column)} IS NOT NULL" for column in columns)
    return (
        f"SELECT count(*) AS bad FROM {table.sql} t WHERE {said}"
        f" AND NOT EXISTS (SELECT 1 FROM {parent.sql} p WHERE {same})"
    )


def _sqlite_orphans(look: Look, judged: Judged) -> Judged:
    """SQLite declares foreign keys without holding them unless PRAGMA foreign_keys is on, so all are looked at."""
    sql = 'SELECT "table" AS t, parent, count(*) AS bad FROM pragma_foreign_key_check GROUP BY 1, 2'
    try:
        rows = read(look.connection, sql)
    except CannotRead as error:
        judged.errored.append(f"foreign keys: {error}")
        return judged
    for row in rows:
        table, parent = RelationName("main", row["t"]), RelationName("main", row["parent"])
        judged.findings.append(_orphan(look, table, parent, "its foreign key", int(row["bad"])))
    return judged


def _orphan(
    look: Look, table: RelationName, parent: RelationName, columns: str, bad: int, *, name: str = ""
) -> Finding:
    ledger = any(found.name in (table, parent) and found.money for found in look.recognised.tables)
    return Finding(
        check=INVARIANT.id,
        severity=Severity.CRITICAL if ledger else Severity.ERROR,
        confidence=Confidence.OBSERVED,
        message=f"{bad:,} rows of {table} point through {columns} at no row of {parent}",
        effect=f"VALIDATE CONSTRAINT {quote(name)} would fail; joins lose these rows."
        if name
        else "Joins lose these rows.",
        subject=str(table),
        evidence={"rows": str(bad)},
    )


INVARIANT = SetInvariant(
    id="orphan-rows",
    meaning="no row points at a parent that is not there",
    standard="referential integrity; PostgreSQL manual 5.5.5",
    severity=Severity.CRITICAL,
    judge=_judge_orphans,
    examples=(
        Example(
            tables="CREATE TABLE parents (id int PRIMARY KEY);"
            "CREATE TABLE children (id int PRIMARY KEY, parent_id int)",
            good="INSERT INTO parents VALUES (1); INSERT INTO children VALUES (1, 1)",
            bad="INSERT INTO children VALUES (2, 7), (3, 8);"
            "ALTER TABLE children ADD CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parents NOT VALID",
            count=2,
            also=frozenset({"constraint-not-valid"}),
            dialects=frozenset({"postgresql"}),
        ),
        Example(
            tables="CREATE TABLE parents (id int PRIMARY KEY);"
            "CREATE TABLE children (id int PRIMARY KEY, parent_id int REFERENCES parents (id))",
            good="INSERT INTO parents VALUES (1); INSERT INTO children VALUES (1, 1)",
            bad="INSERT INTO children VALUES (2, 7), (3, 8)",
            count=2,
            dialects=frozenset({"sqlite"}),
        ),
    ),
)
