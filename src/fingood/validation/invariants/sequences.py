"""No sequence is behind the ids that it feeds: else the next insert fails on a duplicate key."""

from __future__ import annotations

from importlib import resources
from typing import Any

from fingood.model.finding import Finding
from fingood.model.names import RelationName, quote_always
from fingood.model.severity import Confidence, Severity
from fingood.validation.invariants.base import Example, Judged, Look, SetInvariant
from fingood.validation.ledger import literal
from fingood.validation.query import CannotRead, read


def _judge(look: Look) -> Judged:
    judged = Judged()
    if look.dialect != "postgresql":
        return judged
    sql = (resources.files("fingood.validation") / "sql/postgresql/sequences.sql").read_text(encoding="utf-8")
    try:
        rows = read(look.connection, sql)
    except CannotRead as error:
        judged.errored.append(f"sequences: {error}")
        return judged
    for row in rows:
        try:
            _judge_sequence(look, row, judged)
            judged.looked += 1
        except CannotRead as error:
            judged.errored.append(f"{RelationName(row['schema'], row['name'])}: {error}")
    return judged


def _judge_sequence(look: Look, row: dict[str, Any], judged: Judged) -> None:
    sequence, table = RelationName(row["schema"], row["name"]), RelationName(row["table_schema"], row["table"])
    column = quote_always(row["column"])
    state = read(
        look.connection,
        f"SELECT s.last_value, s.is_called, (SELECT max({column}) FROM {table.sql}) AS top FROM {sequence.sql} s",
    )[0]
    following = int(state["last_value"]) + (int(row["step"]) if state["is_called"] else 0)
    if state["top"] is None or following > int(state["top"]):
        return
    judged.findings.append(
        Finding(
            check=INVARIANT.id,
            severity=Severity.ERROR,
            confidence=Confidence.OBSERVED,
            message=f"{sequence} gives {following:,} next; {table}.{row['column']} goes up to {state['top']:,} already",
            effect="The next insert fails on a duplicate key, or takes an id that was used.",
            remedy=f"SELECT setval({literal(sequence.sql)}, (SELECT max({column}) FROM {table.sql}));",
            subject=str(sequence),
        )
    )


INVARIANT = SetInvariant(
    id="sequence-behind",
    meaning="no sequence is behind the ids that it feeds",
    standard="PostgreSQL manual 9.17: nextval, setval",
    severity=Severity.ERROR,
    judge=_judge,
    examples=(
        Example(
            tables="CREATE TABLE children (id bigserial PRIMARY KEY, name text)",
            good="INSERT INTO children (name) VALUES ('a'), ('b')",
            bad="INSERT INTO children VALUES (9, 'c')",
            count=1,
            dialects=frozenset({"postgresql"}),
        ),
    ),
)
