"""Enums, domains, composite types, ranges."""

from __future__ import annotations

import json
from collections.abc import Iterator

from fingood.rollback.remedies import constraints, rights
from fingood.rollback.remedies.code import (
    Subject,
    execute,
    identifier,
    note,
    sql_name,
    text_literal,
)


def drop(type_: Subject) -> list[str]:
    return [execute(f"DROP {rights.phrase(type_)}")]


def create(type_: Subject) -> list[str]:
    if type_.key.kind == "type":
        return [note(f"the type {type_.key.name} has functions in C: make it anew from the file that made it")]
    return [_bare(type_), *_beside(type_)]


def _bare(type_: Subject) -> str:
    kind = type_.key.kind
    if kind == "domain":
        return execute(f"CREATE DOMAIN {type_.sql} AS {_domain(type_)}")
    if kind == "composite type":
        return execute(f"CREATE TYPE {type_.sql} AS ({type_.get('attributes')})")
    if kind == "range":
        return execute(f"CREATE TYPE {type_.sql} AS RANGE ({type_.get('subtype')})")
    return execute(f"CREATE TYPE {type_.sql} AS ENUM ({type_.get('labels')})")


def _domain(domain: Subject) -> str:
    collation = f" COLLATE {domain.get('collation')}" if domain.get("collation") else ""
    default = f" DEFAULT {domain.get('default')}" if domain.get("default") else ""
    return domain.get("base") + collation + default + (" NOT NULL" if domain.get("nullable") == "no" else "")


def _beside(type_: Subject) -> Iterator[str]:
    yield from rights.rights_of_new(type_)
    if type_.get("attribute comments"):
        yield from _attribute_comments(type_, type_.get("attribute comments"), "")
    for constraint in type_.parts("constraint"):
        yield from constraints.create_constraint(constraint)


def change(type_: Subject, name: str, before: str, after: str) -> list[str]:
    if name == "labels":
        return _labels(type_, before, after)
    if name == "default" and type_.key.kind == "domain":
        return [execute(f"ALTER DOMAIN {type_.sql} {f'SET DEFAULT {before}' if before else 'DROP DEFAULT'}")]
    if name == "nullable":
        return [execute(f"ALTER DOMAIN {type_.sql} {'DROP' if before == 'yes' else 'SET'} NOT NULL")]
    if name == "attributes":
        return _attributes(type_, before, after)
    if name == "attribute comments":
        return list(_attribute_comments(type_, before, after))
    return again(type_)


def _labels(enum: Subject, before: str, after: str) -> list[str]:
    was, now = _items(before), _items(after)
    changed = [(old, new) for old, new in zip(was, now, strict=False) if old != new]
    if len(was) == len(now) and len(changed) == 1 and changed[0][0] not in now:
        return [execute(f"ALTER TYPE {enum.sql} RENAME VALUE {changed[0][1]} TO {changed[0][0]}")]
    surplus = [label for label in now if label not in was]
    warning = [note(f"rows that hold {', '.join(surplus)} need another value first")] if surplus else []
    return warning + again(enum)


def again(type_: Subject) -> list[str]:
    """A type made anew under its name, with the columns that use it cast to it through text."""
    users = [
        Subject(key, properties, type_.details) for key, properties in type_.details.items() if key.kind == "column"
    ]
    if not users:
        return [*drop(type_), *create(type_)]
    old = f"{type_.alone.table}_old"
    aside = f"{identifier(type_.alone.schema)}.{identifier(old)}"
    return [
        execute(f"ALTER {rights.phrase(type_)} RENAME TO {identifier(old)}"),
        *create(type_),
        *(line for column in users for line in _cast(column)),
        execute(f"DROP {rights.phrase(type_).removesuffix(type_.sql)}{aside}"),
    ]


def _cast(column: Subject) -> Iterator[str]:
    kind, table, own = sql_name(column.get("type")), column.on.sql, column.on.own
    through = "text[]" if kind.endswith("[]") else "text"
    if column.get("default"):
        yield execute(f"ALTER TABLE {table} ALTER COLUMN {own} DROP DEFAULT")
    yield execute(f"ALTER TABLE {table} ALTER COLUMN {own} TYPE {kind} USING {own}::{through}::{kind}")
    if column.get("default"):
        yield execute(f"ALTER TABLE {table} ALTER COLUMN {own} SET DEFAULT {column.get('default')}")


def _items(text: str) -> list[str]:
    """A list's parts; a comma inside quotes or brackets parts nothing."""
    found, depth, quoted = [""], 0, ""
    for character in text:
        if quoted:
            quoted = "" if character == quoted else quoted
        elif character in "'\"":
            quoted = character
        depth += 0 if quoted else {"(": 1, ")": -1}.get(character, 0)
        if character == "," and not quoted and depth == 0:
            found.append("")
        else:
            found[-1] += character
    return [part.strip() for part in found if part.strip()]


def _attributes(type_: Subject, before: str, after: str) -> list[str]:
    was, now = ({one.partition(" ")[0]: one.partition(" ")[2] for one in _items(text)} for text in (before, after))
    steps = [f"DROP ATTRIBUTE {name}" for name in now if name not in was]
    steps += [f"ADD ATTRIBUTE {name} {kind}" for name, kind in was.items() if name not in now]
    steps += [f"ALTER ATTRIBUTE {name} TYPE {kind}" for name, kind in was.items() if now.get(name, kind) != kind]
    if [name for name in now if name in was] != [name for name in was if name in now] or not steps:
        return again(type_)
    return [execute(f"ALTER TYPE {type_.sql} {step}") for step in steps]


def _attribute_comments(type_: Subject, before: str, after: str) -> Iterator[str]:
    was, now = (json.loads(text) if text else {} for text in (before, after))
    for name in {**was, **now}:
        if was.get(name) != now.get(name):
            text = text_literal(was[name]) if name in was else "NULL"
            yield execute(f"COMMENT ON COLUMN {type_.sql}.{identifier(name)} IS {text}")
