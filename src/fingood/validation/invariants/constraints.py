"""Constraints hold for the rows that are there: none is left NOT VALID, and no foreign key points nowhere."""

from __future__ import annotations

from importlib import resources
from typing import Any

from fingood.model.finding import Finding
from fingood.model.names import RelationName, quote, quote_always
from fingood.model.severity import Confidence, Severity
from fingood.validation.invariants.base import Judged, Look, SetInvariant
from fingood.validation.query import CannotRead, read


def _judge_unvalidated(look: Look) -> Judged:
    judged = Judged(looked=1)
    for row in _unvalidated(look, judged):
        table, name = RelationName(row["schema"], row["table"]), row["name"]
        kind = "foreign key" if row["kind"] == "f" else "check constraint"
        judged.findings.append(
            Finding(
                check=UNVALIDATED.id,
                severity=Severity.WARNING,
                confidence=Confidence.OBSERVED,
                message=f"the {kind} {quote(name)} of {table} was never validated",
                effect="New rows are checked; the rows that were there when it was added are not.",
                remedy=f"ALTER TABLE {table.sql} VALIDATE CONSTRAINT {quote_always(name)};",
                subject=f"{table}.{name}",
            )
        )
    return judged


def _judge_orphans(look: Look) -> Judged:
    judged = Judged(looked=1)
    if look.dialect == "sqlite":
        return _sqlite_orphans(look, judged)
    for row in _unvalidated(look, judged):
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
        check=ORPHANS.id,
        severity=Severity.CRITICAL if ledger else Severity.ERROR,
        confidence=Confidence.OBSERVED,
        message=f"{bad:,} rows of {table} point through {columns} at no row of {parent}",
        effect=f"VALIDATE CONSTRAINT {quote(name)} would fail; joins lose these rows."
        if name
        else "Joins lose these rows.",
        subject=str(table),
        evidence={"rows": str(bad)},
    )


def _unvalidated(look: Look, judged: Judged) -> list[dict[str, Any]]:
    if look.dialect != "postgresql":
        return []
    sql = (resources.files("fingood.validation") / "sql/postgresql/unvalidated.sql").read_text(encoding="utf-8")
    try:
        return read(look.connection, sql)
    except CannotRead as error:
        judged.errored.append(f"constraints: {error}")
        return []


UNVALIDATED = SetInvariant(
    id="constraint-not-valid",
    meaning="no constraint is left NOT VALID",
    standard="PostgreSQL manual, ALTER TABLE: ADD table_constraint NOT VALID",
    judge=_judge_unvalidated,
)

ORPHANS = SetInvariant(
    id="orphan-rows",
    meaning="no row points at a parent that is not there",
    standard="referential integrity; PostgreSQL manual 5.5.5",
    judge=_judge_orphans,
)
