"""Writes Alembic code for remedies: calls with the user's own names, ready to paste."""

from __future__ import annotations

import textwrap

from fingood.model.action import TypeSpec
from fingood.model.names import RelationName

_WIDTH = 100


class Code(str):
    """Python that stands in a call as it is, without quotes."""

    __slots__ = ()


def literal(value: object) -> str:
    """The value as Python source, strings in double quotes where that needs no escapes."""
    if isinstance(value, Code):
        return str(value)
    if isinstance(value, str):
        written = repr(value)
        return f'"{written[1:-1]}"' if written[0] == "'" and '"' not in written and "\\" not in written else written
    if isinstance(value, tuple | list):
        return f"[{', '.join(literal(item) for item in value)}]"
    return repr(value)


def call(function: str, *arguments: object, **options: object) -> str:
    """``function(...)``, options that are None left out, one argument a line where it would get too long."""
    parts = [literal(argument) for argument in arguments]
    parts += [f"{name}={literal(value)}" for name, value in options.items() if value is not None]
    line = f"{function}({', '.join(parts)})"
    if len(line) <= _WIDTH:
        return line
    return f"{function}(\n" + "".join(f"    {part},\n" for part in parts) + ")"


def execute(sql: str) -> str:
    """``op.execute(...)`` of one statement."""
    return call("op.execute", sql)


def outside_transaction(*calls: str) -> str:
    """The calls in an autocommit block."""
    return "with op.get_context().autocommit_block():\n" + textwrap.indent("\n".join(calls), "    ")


def steps(*revisions: str) -> str:
    """Code for several revisions, one after the other."""
    if len(revisions) == 1:
        return revisions[0]
    numbered = enumerate(revisions, start=1)
    return "\n".join(f"# revision {number} of {len(revisions)}\n{code}" for number, code in numbered)


def constraint_name(prefix: str, table: RelationName, *parts: str) -> str:
    """A name for a new constraint, within PostgreSQL's 63 bytes."""
    name = "_".join((prefix, table.name, *parts))
    while len(name.encode()) > 63:
        name = name[:-1]
    return name


def type_code(spec: TypeSpec) -> str | None:
    """The type as SQLAlchemy spells it; None for types it has no generic name for."""
    form = _GENERIC.get(spec.name)
    if form is None or spec.schema or spec.dimensions:
        return None
    return form.format(", ".join(map(str, spec.modifiers)))


_GENERIC = {
    "numeric": "sa.Numeric({})",
    "varchar": "sa.String({})",
    "bpchar": "sa.CHAR({})",
    "text": "sa.Text()",
    "int2": "sa.SmallInteger()",
    "int4": "sa.Integer()",
    "int8": "sa.BigInteger()",
    "serial": "sa.Integer()",
    "smallserial": "sa.SmallInteger()",
    "bigserial": "sa.BigInteger()",
    "bool": "sa.Boolean()",
    "date": "sa.Date()",
    "timestamp": "sa.DateTime()",
    "timestamptz": "sa.DateTime(timezone=True)",
    "uuid": "sa.dialects.postgresql.UUID()",
    "bytea": "sa.LargeBinary()",
    "float4": "sa.Float()",
    "float8": "sa.Float(53)",
    "json": "sa.JSON()",
}


def column_code(name: str, spec: TypeSpec | None, **options: object) -> str:
    """``sa.Column(...)`` of a type; the type's place is left open where SQLAlchemy has no generic name for it."""
    return call("sa.Column", name, Code((type_code(spec) if spec else None) or "..."), **options)
