"""UPDATE or DELETE of all rows.

## What it does
Finds UPDATE and DELETE without a WHERE that bounds them, on tables that existed before the revision.

## Why it matters
One transaction writes every row anew: row locks on all of them until it ends, as much WAL as the table is big, bloat,
and replicas that fall behind.

## Instead
Batches in key order, each committed on its own, in a revision for the data alone.

## Manual
PostgreSQL, 13.3.2 and 25.1. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity


@check(title="Every row is written in one transaction", family=Family.LOCK, severity=Severity.WARNING)
def bulk_dml(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.UPDATE, Verb.DELETE):
        if place.action.where is not False or place.action.others:
            continue
        verb = place.action.verb.value.upper()
        yield Hit(
            message=f"{verb} without a bound touches every row of {place.table} in one transaction.",
            effect="Row locks on all of them until it ends, WAL and bloat as big as the table.",
            remedy=_remedy(str(place.table.sql), verb, ", ".join(place.action.sets)),
            place=place,
            table=place.table,
        )


def _remedy(table: str, verb: str, columns: str) -> str:
    change = f"UPDATE {table} SET {columns} = ..." if verb == "UPDATE" else f"DELETE FROM {table}"
    return "\n".join(
        (
            "with op.get_context().autocommit_block():",
            "    while True:",
            "        done = op.get_bind().execute(sa.text(",
            f"            '{change} WHERE id IN '",
            f"            '(SELECT id FROM {table} WHERE ... LIMIT 10000)'",
            "        )).rowcount",
            "        if not done:",
            "            break",
        )
    )
