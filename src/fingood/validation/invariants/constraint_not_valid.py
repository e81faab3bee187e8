"""No constraint is left NOT VALID: the rows that were there when it was added were never looked at."""

from __future__ import annotations

from importlib import resources
from typing import Any

from fingood.model.finding import Finding
from fingood.model.names import RelationName, quote, quote_always
from fingood.model.severity import Confidence, Severity
from fingood.validation.invariants.base import Example, Judged, Look, SetInvariant
from fingood.validation.query import CannotRead, read


def _judge(look: Look) -> Judged:
    judged = Judged(looked=1)
    for row in unvalidated(look, judged):
        table, name = RelationName(row["schema"], row["table"]), row["name"]
        kind = "foreign key" if row["kind"] == "f" else "check constraint"
        judged.findings.append(
            Finding(
                check=INVARIANT.id,
                severity=Severity.WARNING,
                confidence=Confidence.OBSERVED,
                message=f"the {kind} {quote(name)} of {table} was never validated",
                effect="New rows are checked; the rows that were there when it was added are not.",
                remedy=f"ALTER TABLE {table.sql} VALIDATE CONSTRAINT {quote_always(name)};",
                subject=f"{table}.{name}",
            )
        )
    return judged


def unvalidated(look: Look, judged: Judged) -> list[dict[str, Any]]:
    """The constraints that were never validated; empty on SQLite, which has none."""
    if look.dialect != "postgresql":
        return []
    sql = (resources.files("fingood.validation") / "sql/postgresql/unvalidated.sql").read_text(encoding="utf-8")
    try:
        return read(look.connection, sql)
    except CannotRead as error:
        judged.errored.append(f"constraints: {error}")
        return []


INVARIANT = SetInvariant(
    id="constraint-not-valid",
    meaning="no constraint is left NOT VALID",
    standard="PostgreSQL manual, ALTER TABLE: ADD table_constraint NOT VALID",
    severity=Severity.WARNING,
    judge=_judge,
    examples=(
        Example(
            tables="CREATE TABLE parents (id int PRIMARY KEY);"
            "CREATE TABLE children (id int PRIMARY KEY, parent_id int)",
            good="INSERT INTO parents VALUES (1); INSERT INTO children VALUES (1, 1)",
            bad="ALTER TABLE children ADD CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parents NOT VALID",
            count=1,
            dialects=frozenset({"postgresql"}),
        ),
    ),
)
