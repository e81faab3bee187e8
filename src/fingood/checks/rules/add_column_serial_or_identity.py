"""ADD COLUMN serial, or GENERATED AS IDENTITY.

## What it does
Finds ADD COLUMN of a serial type or with GENERATED ... AS IDENTITY on a table that existed before the revision.

## Why it matters
Each row needs its own number: the table is rewritten with all its indexes under ACCESS EXCLUSIVE. All versions.

## Instead
A nullable bigint, a sequence as default for new rows, numbers for the old rows in batches.

## Manual
PostgreSQL, ALTER TABLE, Notes; 8.1.4. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Claim, Family, Hit, check
from fingood.checks.alembic_code import Code, call, constraint_name, execute
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import LockMode, Verb
from fingood.model.names import RelationName, quote, quote_always
from fingood.model.severity import Severity

_SERIAL = ("serial", "bigserial", "smallserial")


@check(
    title="A numbered column rewrites the table",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
    claim=Claim.REWRITE,
)
def add_column_serial_or_identity(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ADD_COLUMN):
        serial = place.column.type is not None and place.column.type.name in _SERIAL
        if not serial and not place.column.identity:
            continue
        yield Hit(
            message=f"{place.table}.{quote(place.column.name)} gives a number to every row there is.",
            effect=held(LockMode.ACCESS_EXCLUSIVE, place.table, while_it="rewrites the table and its indexes"),
            remedy=remedy_for(place),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(place.column.name)}",
        )


def remedy_for(place: Place) -> str:
    """New rows numbered by a sequence; the old ones later."""
    table, column = place.table, place.column.name
    sequence = RelationName(table.schema, constraint_name(table.name, RelationName(None, column), "seq"))
    return "\n".join(
        (
            call(
                "op.add_column",
                table.name,
                Code(call("sa.Column", column, Code("sa.BigInteger()"))),
                schema=table.schema,
            ),
            execute(f"CREATE SEQUENCE {sequence.sql} OWNED BY {table.sql}.{quote_always(column)}"),
            call(
                "op.alter_column",
                table.name,
                column,
                server_default=Code(call("sa.text", f"nextval('{sequence.sql}')")),
                schema=table.schema,
            ),
            "# then number the old rows in batches, in a revision of its own",
        )
    )
