"""SQLite, where most changes of a table mean to make it anew (SQLite's manual, ALTER TABLE, 7)."""

from __future__ import annotations

import json

from fingood.model.snapshot import Difference, Grade, ObjectKey
from fingood.rollback.remedies.code import Subject, execute, identifier, literal, note, split


def remedy(difference: Difference) -> list[str]:
    """Code for one difference of a SQLite schema."""
    key = difference.object
    subject = Subject(key, difference.details.get(key, {}), difference.details)
    if key.kind == "database":
        return [execute(f"PRAGMA {difference.property} = {difference.before}")]
    if key.kind in ("index", "view", "trigger"):
        return _whole(subject, difference)
    if key.kind == "table" and difference.grade is Grade.LEFT:
        return [f"op.drop_table({literal(split(key.name)[0])})"]
    if key.kind == "table" and difference.grade is Grade.LOST:
        return [*_table(subject, subject.sql), note("this brings back no rows: keep them in a pre-image table")]
    if key.kind == "column":
        return _column(subject, difference)
    if key.kind == "constraint" and subject.get("type") == "name":
        return [note("name the constraint where the table is made: naming it later means to make the table anew")]
    table = subject if key.kind == "table" else _owner(subject)
    return _again(table) if table else []


def _whole(subject: Subject, difference: Difference) -> list[str]:
    """Indexes, views and triggers are never altered."""
    drop = execute(f"DROP {subject.key.kind.upper()} {subject.sql}")
    if difference.grade is Grade.LEFT:
        return [drop]
    if difference.property == "name":
        return [note(f"make the {subject.key.kind} anew under the name {difference.before}")]
    create = execute(difference.before if difference.property else subject.get("definition"))
    return [create] if difference.grade is Grade.LOST else [drop, create]


def _column(column: Subject, difference: Difference) -> list[str]:
    table = column.on.table
    batch = f"with op.batch_alter_table({literal(table)}) as batch:\n    batch."
    if difference.grade is Grade.LEFT:
        return [f"{batch}drop_column({literal(column.on.name)})"]
    if difference.property in ("type", "nullable", "default", "collation"):
        owner = _owner(column)
        return _again(owner) if owner else []
    add = execute(f"ALTER TABLE {column.on.sql} ADD COLUMN {_written(column)}")
    if difference.property == "generated" and difference.after:
        return [f"{batch}drop_column({literal(column.on.name)})", add]
    if column.get("nullable") == "no" and not column.get("default"):
        return [note("SQLite adds no NOT NULL column without a default: make the table anew, with its values"), add]
    return [add]


def _owner(subject: Subject) -> Subject | None:
    key = ObjectKey("table", subject.get("of"))
    return Subject(key, subject.details[key], subject.details) if key in subject.details else None


def _again(table: Subject) -> list[str]:
    """Makes the table anew beside the old one and moves its rows."""
    own = split(table.key.name)[0]
    new = identifier(f"{own}_new")
    plain = [column for column in _columns(table) if not column.get("generated")]
    names = ", ".join(column.on.own for column in plain)
    return [
        *_table(table, new),
        execute(f"INSERT INTO {new} ({names}) SELECT {names} FROM {table.sql}"),
        f"op.drop_table({literal(own)})",
        f"op.rename_table({literal(f'{own}_new')}, {literal(own)})",
        *(execute(index.get("definition")) for index in table.parts("index")),
        *(execute(trigger.get("definition")) for trigger in table.parts("trigger")),
    ]


def _columns(table: Subject) -> list[Subject]:
    places = {name: place for place, name in enumerate(json.loads(table.get("column order") or "[]"))}
    return sorted(table.parts("column"), key=lambda column: places.get(column.on.name, 0))


def _table(table: Subject, name: str) -> list[str]:
    counts = table.get("autoincrement") == "yes"
    lines = []
    for column in _columns(table):
        primary = counts and column.get("type") == "integer" and column.on.own in _key(table)
        lines.append(_written(column) + (" PRIMARY KEY AUTOINCREMENT" if primary else ""))
    for constraint in table.parts("constraint"):
        kind = constraint.get("type")
        if kind != "name" and not (counts and kind == "primary key"):
            lines.append(f"{kind} {constraint.get('definition').rpartition(' x')[0] or constraint.get('definition')}")
    options = " ".join(table.get("options").split()).replace("rowid without", "without rowid")
    words = ", ".join(filter(None, ("STRICT" if "strict" in options else "",
                                    "WITHOUT ROWID" if "without rowid" in options else "")))  # fmt: skip
    return [execute(f"CREATE TABLE {name} ({', '.join(lines)}){' ' + words if words else ''}")]


def _key(table: Subject) -> list[str]:
    keys = [one for one in table.parts("constraint") if one.get("type") == "primary key"]
    return [identifier(name) for one in keys for name in one.get("definition").strip("()").split(", ")]


def _written(column: Subject) -> str:
    parts = [column.on.own, column.get("type")]
    if column.get("collation"):
        parts.append(f"COLLATE {column.get('collation')}")
    if column.get("default"):
        parts.append(f"DEFAULT {column.get('default')}")
    if column.get("generated"):
        kind, _, expression = column.get("generated").partition(" ")
        parts.append(f"GENERATED ALWAYS AS {expression} {kind.upper()}")
    if column.get("nullable") == "no":
        parts.append("NOT NULL")
    return " ".join(filter(None, parts))
