"""Tables, views, materialised views, foreign tables, and sequences."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from fingood.rollback.remedies import columns, constraints, rights, routines, sequences
from fingood.rollback.remedies.code import (
    Subject,
    change_options,
    execute,
    identifier,
    literal,
    note,
    option_list,
    options_of,
    server_options,
    text_literal,
)


def drop(relation: Subject) -> list[str]:
    if relation.key.kind == "table":
        return [f"op.drop_table({literal(relation.alone.table)}{relation.alone.keyword})"]
    return [execute(f"DROP {rights.phrase(relation)}")]


def create(relation: Subject) -> list[str]:
    if relation.get("definition"):
        return list(_new_view(relation))
    return list(_new_table(relation))


def _new_view(view: Subject) -> Iterator[str]:
    options = f" WITH ({option_list(options_of(view.get('options')))})" if view.get("options") else ""
    method = "" if view.get("access method") in ("", "heap") else f" USING {identifier(view.get('access method'))}"
    definition = view.get("definition").rstrip().rstrip(";")
    ending = " WITH NO DATA" if view.get("populated") == "no" else ""
    names = ", ".join(identifier(name) for name in json.loads(view.get("column order") or "[]"))
    yield execute(f"CREATE {rights.phrase(view)} ({names}){method}{options} AS {definition}{ending}")
    yield from rights.rights_of_new(view)
    for column in view.parts("column"):
        if column.get("default"):
            yield from columns.change(column, "default", column.get("default"), "")
        yield from columns.beside(column)
    for index in view.parts("index"):
        yield from constraints.create_index(index)


def _new_table(table: Subject) -> Iterator[str]:
    yield from _own_sequences(table)
    yield from _bare_table(table)
    yield from _settings(table)
    yield from rights.rights_of_new(table)
    yield from _on_table(table)
    for sequence in table.parts("sequence"):
        if sequence.get("identity") != "yes":
            yield execute(f"ALTER SEQUENCE {sequence.sql} OWNED BY {sequences.owner_of(sequence)}")
        yield sequences.position(sequence)
    yield note("this brings back no rows: keep them in a pre-image table before upgrade() drops the table")


def _own_sequences(table: Subject) -> Iterator[str]:
    for sequence in table.parts("sequence"):
        if sequence.get("identity") != "yes":
            yield sequences.bare(sequence)


def _bare_table(table: Subject) -> Iterator[str]:
    found = _columns(table)
    python = [columns.as_python(column) for column in found]
    special = [name for name in _OF_CREATE if table.get(name)]
    if table.key.kind == "table" and not special and all(python) and table.get("persistence") == "permanent":
        lines = "".join(f"    {column},\n" for column in python)
        name, schema = table.alone, table.alone.keyword
        ending = f"    {schema[2:]},\n" if schema else ""
        yield f"op.create_table(\n    {literal(name.table)},\n{lines}{ending})"
        return
    yield execute(_statement(table, found))


_OF_CREATE = ("partition key", "partition bound", "parents", "of type", "server")


def _columns(table: Subject) -> list[Subject]:
    places = {name: place for place, name in enumerate(json.loads(table.get("column order") or "[]"))}
    return sorted(table.parts("column"), key=lambda column: places.get(column.on.name, 0))


def _statement(table: Subject, found: list[Subject]) -> str:
    unlogged = "UNLOGGED " if table.get("persistence") == "unlogged" else ""
    words = "FOREIGN TABLE" if table.key.kind == "foreign table" else f"{unlogged}TABLE"
    key = f" PARTITION BY {table.get('partition key')}" if table.get("partition key") else ""
    if table.get("partition bound"):
        return f"CREATE {words} {table.sql} PARTITION OF {table.get('parents')} {table.get('partition bound')}{key}"
    if table.get("of type"):
        return f"CREATE {words} {table.sql} OF {table.get('of type')}{key}"
    own = [column for column in found if column.get("local") != "no"]
    parents = f" INHERITS ({table.get('parents')})" if table.get("parents") else ""
    server = ""
    if table.get("server"):
        options = options_of(table.get("server options"))
        listed = ", ".join(f"{identifier(name)} {text_literal(value)}" for name, value in options.items())
        server = f" SERVER {identifier(table.get('server'))}{f' OPTIONS ({listed})' if listed else ''}"
    return f"CREATE {words} {table.sql} ({', '.join(map(columns.as_sql, own))}){parents}{key}{server}"


def _settings(table: Subject) -> Iterator[str]:
    """What CREATE TABLE was not told."""
    for name in ("options", "toast options", "tablespace", "row security", "forced row security"):
        if table.get(name):
            yield from change(table, name, table.get(name), "")
    if table.get("access method") not in ("", "heap"):
        yield from change(table, "access method", table.get("access method"), "")


def _on_table(table: Subject) -> Iterator[str]:
    of_python = all(map(columns.as_python, _columns(table)))
    for column in _columns(table):
        yield from columns.beside(column, commented=of_python)
    own = sorted(table.parts("constraint"), key=lambda one: one.get("type") == "foreign key")
    for constraint in own:
        if constraint.get("local") != "no":
            yield from constraints.create_constraint(constraint)
    for index in table.parts("index"):
        if not index.get("parent"):
            yield from constraints.create_index(index)
    for kind, make in _ON_TABLE.items():
        for part in table.parts(kind):
            yield from make(part)
    if table.get("replica identity") in ("nothing", "full"):
        yield from change(table, "replica identity", table.get("replica identity"), "")


_ON_TABLE = {
    "statistics": routines.create_statistics,
    "policy": routines.create_policy,
    "rule": routines.create_rule,
    "trigger": routines.create_trigger,
}


def again(relation: Subject) -> list[str]:
    """Drops and makes anew; rows of a table go with it."""
    warning = [] if relation.get("definition") else [note("its rows have to be kept elsewhere meanwhile")]
    return [*warning, *drop(relation), *create(relation)]


def change(relation: Subject, name: str, before: str, after: str) -> list[str]:
    if name in _CHANGES:
        return _CHANGES[name](relation, before, after)
    return again(relation)


def _alter(relation: Subject, words: str) -> list[str]:
    return [execute(f"ALTER {rights.phrase(relation)} {words}")]


def _options(relation: Subject, before: str, after: str) -> list[str]:
    return change_options(f"ALTER {rights.phrase(relation)}", before, after)


def _toast_options(relation: Subject, before: str, after: str) -> list[str]:
    return change_options(f"ALTER {rights.phrase(relation)}", before, after, prefix="toast.")


def _replica_identity(relation: Subject, before: str, _after: str) -> list[str]:
    if before != "index":
        return _alter(relation, f"REPLICA IDENTITY {before.upper()}")
    for part in (*relation.parts("index"), *relation.parts("constraint")):
        if part.get("replica identity") == "yes":
            own = part.alone.table if part.key.kind == "index" else part.on.name
            return _alter(relation, f"REPLICA IDENTITY USING INDEX {identifier(own)}")
    return []


def _row_security(relation: Subject, before: str, _after: str) -> list[str]:
    return _alter(relation, f"{'ENABLE' if before == 'yes' else 'DISABLE'} ROW LEVEL SECURITY")


def _forced_row_security(relation: Subject, before: str, _after: str) -> list[str]:
    return _alter(relation, f"{'' if before == 'yes' else 'NO '}FORCE ROW LEVEL SECURITY")


def _partition_bound(relation: Subject, before: str, after: str) -> list[str]:
    """Bound and parent: both come back with ATTACH."""
    bound, parent = relation.get("partition bound"), relation.get("parents")
    if not bound:
        return _parents(relation, before, after)
    attach = execute(f"ALTER TABLE {parent} ATTACH PARTITION {relation.sql} {bound}")
    return [execute(f"ALTER TABLE {parent} DETACH PARTITION {relation.sql}"), attach] if after else [attach]


def _parents(relation: Subject, before: str, after: str) -> list[str]:
    if relation.get("partition bound"):
        # The bound's own difference, if there is one, detaches first.
        return _partition_bound(relation, before, after if before != after and after else "")
    was, now = before.split(", ") if before else [], after.split(", ") if after else []
    gone = [line for parent in now if parent not in was for line in _alter(relation, f"NO INHERIT {parent}")]
    return gone + [line for parent in was if parent not in now for line in _alter(relation, f"INHERIT {parent}")]


def _of_type(relation: Subject, before: str, _after: str) -> list[str]:
    return _alter(relation, f"OF {before}" if before else "NOT OF")


def _definition(relation: Subject, _before: str, _after: str) -> list[str]:
    if relation.key.kind == "materialized view":
        return again(relation)
    options = f" WITH ({option_list(options_of(relation.get('options')))})" if relation.get("options") else ""
    definition = relation.get("definition").rstrip().rstrip(";")
    return [execute(f"CREATE OR REPLACE VIEW {relation.sql}{options} AS {definition}")]


def _populated(relation: Subject, before: str, _after: str) -> list[str]:
    return [execute(f"REFRESH {rights.phrase(relation)}{'' if before == 'yes' else ' WITH NO DATA'}")]


_CHANGES: dict[str, Callable[[Subject, str, str], list[str]]] = {
    "persistence": lambda r, before, _: _alter(r, f"SET {'UNLOGGED' if before == 'unlogged' else 'LOGGED'}"),
    "options": _options,
    "toast options": _toast_options,
    "access method": lambda r, before, _: _alter(r, f"SET ACCESS METHOD {identifier(before)}"),
    "tablespace": lambda r, before, _: _alter(r, f"SET TABLESPACE {identifier(before) if before else 'pg_default'}"),
    "replica identity": _replica_identity,
    "row security": _row_security,
    "forced row security": _forced_row_security,
    "partition bound": _partition_bound,
    "parents": _parents,
    "of type": _of_type,
    "definition": _definition,
    "populated": _populated,
    "server options": lambda r, before, after: _alter(r, f"OPTIONS ({server_options(before, after)})"),
    "column order": lambda *_: [],
}
