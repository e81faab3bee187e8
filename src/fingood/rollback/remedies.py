"""The Alembic code that would restore what a downgrade does not, where it is simple enough to be right."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fingood.catalog import object_name
from fingood.model.snapshot import Difference, Grade

_PART = re.compile(r'"((?:[^"]|"")*)"|([^."]+)')
# SQLite's constraints have no names of their own in a snapshot; batch_alter_table rebuilds the whole table.
_SQLITE_CONSTRAINT = re.compile(r'(?:"[^"]*"|\S+) (?:primary key|foreign key|unique|check|name) ')
_PREIMAGE = "keep the old values in a pre-image table before the upgrade changes them:  fingood select-template"


@dataclass(frozen=True, slots=True)
class Target:
    """An object's name taken apart. ``schema`` is empty for the default schema."""

    schema: str
    table: str
    name: str

    @property
    def keyword(self) -> str:
        return f', schema="{self.schema}"' if self.schema else ""

    @property
    def qualified(self) -> str:
        return object_name(self.schema, self.table) if self.schema else object_name(self.table)


def remedy_for(difference: Difference) -> str:
    """Code for downgrade(), with the user's own names; empty where none can be given."""
    if difference.data:
        return _PREIMAGE if difference.grade in (Grade.LOST, Grade.CHANGED) else ""
    if difference.grade is Grade.COSMETIC:
        return ""
    kind = difference.object.kind
    if kind == "constraint" and _SQLITE_CONSTRAINT.match(difference.object.name):
        return ""
    if difference.grade is Grade.LEFT:
        return _drop(kind, difference.object.name)
    if difference.grade is Grade.LOST:
        return _create(kind, difference)
    return _alter(kind, difference)


def _split(name: str) -> list[str]:
    return [quoted.replace('""', '"') if quoted or not plain else plain for quoted, plain in _PART.findall(name)]


def _target(name: str, *, own: bool) -> Target:
    """``own`` says that the last part is the name of something on the table."""
    parts = _split(name)
    last = parts.pop() if own else ""
    table = parts.pop() if parts else ""
    schema = parts.pop() if parts else ""
    return Target("" if schema == "public" else schema, table, last)


def _drop(kind: str, name: str) -> str:
    on, alone = _target(name, own=True), _target(name, own=False)
    if kind == "column":
        return f'op.drop_column("{on.table}", "{on.name}"{on.keyword})'
    if kind == "constraint":
        return f'op.drop_constraint("{on.name}", "{on.table}"{on.keyword})'
    if kind in ("table", "index"):
        return f'op.drop_{kind}("{alone.table}"{alone.keyword})'
    if kind in ("trigger", "policy", "rule"):
        return f"op.execute('DROP {kind.upper()} {on.name} ON {on.qualified}')"
    word = "TYPE" if kind in ("enum", "composite type", "range") else kind.upper()
    return f"op.execute('DROP {word} {name}')" if kind in _DROPPABLE else ""


_DROPPABLE = {
    "enum", "composite type", "range", "domain", "view", "materialized view", "sequence", "function", "procedure",
    "aggregate", "schema", "extension", "statistics", "publication", "collation", "event trigger",
}  # fmt: skip


def _create(kind: str, difference: Difference) -> str:
    definition = " ".join(difference.before.split())
    name = difference.object.name
    if kind == "index" and definition:
        return f'op.execute("""{definition}""")'
    if kind == "constraint" and definition:
        target = _target(name, own=True)
        return f'op.execute("""ALTER TABLE {target.qualified} ADD CONSTRAINT {target.name} {definition}""")'
    if kind in ("trigger", "rule", "function", "procedure", "statistics") and definition:
        return f'op.execute("""{definition}""")'
    if kind == "view" and definition:
        return f'op.execute("""CREATE VIEW {name} AS {definition}""")'
    if kind == "enum" and definition:
        return f'op.execute("""CREATE TYPE {name} AS ENUM ({definition})""")'
    return ""


def _alter(kind: str, difference: Difference) -> str:
    if kind == "column":
        target = _target(difference.object.name, own=True)
        change = _COLUMN_CHANGES.get(difference.property)
        if change is None:
            return ""
        return f'op.alter_column("{target.table}", "{target.name}", {change(difference.before)}{target.keyword})'
    if kind == "view" and difference.property == "definition":
        definition = " ".join(difference.before.split())
        return f'op.execute("""CREATE OR REPLACE VIEW {difference.object.name} AS {definition}""")'
    if kind in ("function", "procedure") and difference.property == "definition":
        return f'op.execute("""{difference.before}""")'
    if kind == "constraint" and difference.property == "name":
        target = _target(difference.object.name, own=True)
        return (
            f"op.execute('ALTER TABLE {target.qualified} RENAME CONSTRAINT {difference.after} TO {difference.before}')"
        )
    if kind == "index" and difference.property == "name":
        return f"op.execute('ALTER INDEX {difference.after} RENAME TO {difference.before}')"
    return ""


_COLUMN_CHANGES = {
    "nullable": lambda before: f"nullable={before == 'yes'}",
    "default": lambda before: f'server_default=sa.text("""{before}""")' if before else "server_default=None",
    "comment": lambda before: f"comment={before!r}" if before else "comment=None",
    "type": lambda before: f'type_={_sqlalchemy_type(before)}, postgresql_using="..."',
}


def _sqlalchemy_type(spelled: str) -> str:
    """SQLAlchemy's name for the common types; others as the server spells them."""
    base, _, rest = spelled.partition("(")
    known = _TYPES.get(base.strip())
    return f"sa.{known}({rest.rstrip(')').replace(',', ', ')})" if known else f"...  # {spelled}"


_TYPES = {
    "integer": "Integer", "bigint": "BigInteger", "smallint": "SmallInteger", "text": "Text", "numeric": "Numeric",
    "character varying": "String", "boolean": "Boolean", "date": "Date", "uuid": "Uuid", "bytea": "LargeBinary",
    "timestamp without time zone": "DateTime", "character": "CHAR", "double precision": "Double",
}  # fmt: skip
