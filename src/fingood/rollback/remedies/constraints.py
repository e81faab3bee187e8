"""Constraints of tables and domains, and indexes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from fingood.rollback.remedies import rights
from fingood.rollback.remedies.code import (
    Name,
    Subject,
    change_options,
    execute,
    identifier,
    literal,
    note,
    split,
    sql_literal,
)

_COLUMNS = r'\(((?:"(?:[^"]|"")*"|[\w$]+)(?:, (?:"(?:[^"]|"")*"|[\w$]+))*)\)'
_NAME = r'(?:"(?:[^"]|"")*"|[\w$]+)'
_KEY = re.compile(rf"(PRIMARY KEY|UNIQUE) {_COLUMNS}")
_CHECK = re.compile(r"CHECK \((.*)\)", re.DOTALL)
_FOREIGN = re.compile(
    rf"FOREIGN KEY {_COLUMNS} REFERENCES ({_NAME}(?:\.{_NAME})?){_COLUMNS}"
    r"(?: ON UPDATE (RESTRICT|CASCADE|SET NULL|SET DEFAULT))?(?: ON DELETE (RESTRICT|CASCADE|SET NULL|SET DEFAULT))?"
    r"(?: (DEFERRABLE))?(?: INITIALLY (DEFERRED))?"
)
_INDEX = re.compile(rf"CREATE (UNIQUE )?INDEX {_NAME} ON {_NAME}\.{_NAME} USING btree {_COLUMNS}")


def drop_constraint(constraint: Subject) -> list[str]:
    if _of_domain(constraint):
        return [execute(f"ALTER DOMAIN {constraint.on.sql} DROP CONSTRAINT {constraint.on.own}")]
    on = constraint.on
    return [f"op.drop_constraint({literal(on.name)}, {literal(on.table)}{on.keyword})"]


def create_constraint(constraint: Subject) -> list[str]:
    if constraint.get("type") == "trigger":
        return [note("comes back with its trigger")]
    if constraint.get("local") == "no":
        return [note(f"comes back when {constraint.get('of')} is a child of its parent again")]
    return [_add(constraint), *_beside(constraint)]


def _add(constraint: Subject) -> str:
    kind, on, definition = constraint.get("type"), constraint.on, constraint.get("definition")
    if _of_domain(constraint):
        return execute(f"ALTER DOMAIN {on.sql} ADD CONSTRAINT {on.own} {definition}")
    operation = {"primary key": _key, "unique": _key, "check": _check, "foreign key": _foreign_key}.get(kind)
    code = operation(on, definition) if operation else ""
    return code or execute(f"ALTER TABLE {on.sql} ADD CONSTRAINT {on.own} {definition}")


def _beside(constraint: Subject) -> Iterator[str]:
    for name in ("options", "tablespace", "clustered", "replica identity", "comment"):
        if constraint.get(name):
            yield from change_constraint(constraint, name, constraint.get(name), "")


def _key(on: Name, definition: str) -> str:
    found = _KEY.fullmatch(definition)
    if found is None:
        return ""
    word = "primary_key" if found[1] == "PRIMARY KEY" else "unique_constraint"
    return f"op.create_{word}({literal(on.name)}, {literal(on.table)}, {_list(found[2])}{on.keyword})"


def _check(on: Name, definition: str) -> str:
    found = _CHECK.fullmatch(definition)
    if found is None or not _balanced(found[1]):
        return ""
    condition = found[1][1:-1] if found[1][:1] == "(" and _balanced(found[1][1:-1]) else found[1]
    return (
        f"op.create_check_constraint({literal(on.name)}, {literal(on.table)}, sa.text({sql_literal(condition)})"
        f"{on.keyword})"
    )


def _balanced(text: str) -> bool:
    """Whether no bracket closes one from outside; one inside a string errs towards the plain statement."""
    depth = 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0


def _foreign_key(on: Name, definition: str) -> str:
    found = _FOREIGN.fullmatch(definition)
    if found is None:
        return ""
    other = Name.of(found[2], own=False)
    words = [literal(on.name), literal(on.table), literal(other.table), _list(found[1]), _list(found[3])]
    words += [f"onupdate={literal(found[4])}"] if found[4] else []
    words += [f"ondelete={literal(found[5])}"] if found[5] else []
    words += ["deferrable=True"] if found[6] else []
    words += ['initially="DEFERRED"'] if found[7] else []
    words += [f"source_schema={literal(on.schema)}"] if on.schema != "public" else []
    words += [f"referent_schema={literal(other.schema)}"] if other.schema not in ("", "public") else []
    return f"op.create_foreign_key({', '.join(words)})"


def _list(columns: str) -> str:
    names = [split(name)[0] for name in re.findall(_NAME, columns)]
    return "[" + ", ".join(literal(name) for name in names) + "]"


def _of_domain(constraint: Subject) -> bool:
    return constraint.owner is not None and constraint.owner.kind == "domain"


def change_constraint(constraint: Subject, name: str, before: str, after: str) -> list[str]:
    on = constraint.on
    if name == "name":
        new, old = identifier(_bare(after)), identifier(_bare(before))
        return [execute(f"ALTER TABLE {on.sql} RENAME CONSTRAINT {new} TO {old}")]
    if name == "comment":
        domain = "DOMAIN " if _of_domain(constraint) else ""
        return [rights.comment(f"CONSTRAINT {on.own} ON {domain}{on.sql}", before)]
    if name == "validated" and before == "yes":
        word = "DOMAIN" if _of_domain(constraint) else "TABLE"
        return [execute(f"ALTER {word} {on.sql} VALIDATE CONSTRAINT {on.own}")]
    if name in ("local", "inherited"):
        return [note(f"comes back when {constraint.get('of')} is a child of its parent again")]
    if name in _OF_INDEX:
        return _OF_INDEX[name](constraint, before, after)
    return [*drop_constraint(constraint), *create_constraint(constraint)]


def _bare(name: str) -> str:
    return split(name)[0]


def drop_index(index: Subject) -> list[str]:
    name = index.alone
    return [f"op.drop_index({literal(name.table)}{name.keyword})"]


def create_index(index: Subject) -> list[str]:
    definition = index.get("definition")
    found = _INDEX.fullmatch(definition)
    table = Name.of(index.get("of"), own=False)
    if found is None:
        code = execute(definition)
    else:
        unique = ", unique=True" if found[1] else ""
        code = (
            f"op.create_index({literal(index.alone.table)}, {literal(table.table)}, {_list(found[2])}"
            f"{unique}{table.keyword})"
        )
    wanted = ("statistics target", "tablespace", "clustered", "replica identity", "comment", "parent")
    beside = (change_index(index, name, index.get(name), "") for name in wanted if index.get(name))
    return [code, *(line for lines in beside for line in lines)]


def change_index(index: Subject, name: str, before: str, after: str) -> list[str]:
    if name == "name":
        schema = Name.of(index.key.name, own=False).schema
        now = f"{identifier(schema)}.{identifier(_bare(after))}" if schema else identifier(_bare(after))
        return [execute(f"ALTER INDEX {now} RENAME TO {identifier(_bare(before))}")]
    if name == "comment":
        return [rights.comment(f"INDEX {index.sql}", before)]
    if name in ("valid", "ready"):
        return [execute(f"REINDEX INDEX {index.sql}")] if before == "yes" else []
    if name == "statistics target":
        return _statistics(index, before, after)
    if name == "parent" and before:
        return [execute(f"ALTER INDEX {before} ATTACH PARTITION {index.sql}")]
    if name in _OF_INDEX:
        return _OF_INDEX[name](index, before, after)
    return [*drop_index(index), *create_index(index)]


def _statistics(index: Subject, before: str, after: str) -> list[str]:
    """``1: 900, 2: 100``: targets by the place of the column."""
    was, now = (dict(part.split(": ") for part in text.split(", ") if part) for text in (before, after))
    wanted = {place: was.get(place, "-1") for place in {*was, *now} if was.get(place) != now.get(place)}
    return [
        execute(f"ALTER INDEX {index.sql} ALTER COLUMN {place} SET STATISTICS {target}")
        for place, target in sorted(wanted.items())
    ]


def _index_of(subject: Subject) -> str:
    return subject.sql if subject.key.kind == "index" else subject.on.beside


def _bare_index(subject: Subject) -> str:
    return subject.on.own if subject.key.kind == "constraint" else identifier(subject.alone.table)


def _owner(subject: Subject) -> str:
    return Name.of(subject.get("of"), own=False).sql


def _clustered(subject: Subject, before: str, _after: str) -> list[str]:
    words = f"CLUSTER ON {_bare_index(subject)}" if before == "yes" else "SET WITHOUT CLUSTER"
    return [execute(f"ALTER TABLE {_owner(subject)} {words}")]


def _replica_identity(subject: Subject, before: str, _after: str) -> list[str]:
    if before != "yes":
        return [note(f"goes when {subject.get('of')} has its own replica identity again")]
    return [execute(f"ALTER TABLE {_owner(subject)} REPLICA IDENTITY USING INDEX {_bare_index(subject)}")]


def _tablespace(subject: Subject, before: str, _after: str) -> list[str]:
    space = identifier(before) if before else "pg_default"
    return [execute(f"ALTER INDEX {_index_of(subject)} SET TABLESPACE {space}")]


def _options(subject: Subject, before: str, after: str) -> list[str]:
    return change_options(f"ALTER INDEX {_index_of(subject)}", before, after)


def _valid(subject: Subject, before: str, _after: str) -> list[str]:
    # An absent property says that the index is valid.
    return [execute(f"REINDEX INDEX {_index_of(subject)}")] if before != "no" else []


_OF_INDEX: dict[str, Callable[[Subject, str, str], list[str]]] = {
    "clustered": _clustered,
    "replica identity": _replica_identity,
    "tablespace": _tablespace,
    "options": _options,
    "index valid": _valid,
}
