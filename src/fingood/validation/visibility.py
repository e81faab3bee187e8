"""Which rules this connection's role cannot judge: a table or column without SELECT is not read, and a row that a
policy hides is not seen. Neither may pass for judged.

PostgreSQL manual: 5.8 (privileges), 5.9 (row security policies).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources

from sqlalchemy.engine import Connection

from fingood.model.names import RelationName, quote_always
from fingood.validation.ledger import LedgerTable, Recognised, column_sql
from fingood.validation.query import read
from fingood.validation.rights import Rights
from fingood.validation.rule import Rule


def read_rights(connection: Connection) -> Rights:
    """What this role may see; everything on SQLite. Raises CannotRead."""
    if connection.dialect.name != "postgresql":
        return Rights()
    sql = (resources.files("fingood.validation") / "sql/postgresql/rights.sql").read_text(encoding="utf-8")
    rows = [(RelationName(row["schema"], row["name"]), row) for row in read(connection, sql)]
    return Rights(
        unreadable=frozenset(name for name, row in rows if not row["readable"]),
        hidden={name: tuple(row["hidden"]) for name, row in rows if row["readable"] and row["hidden"]},
        filtered=frozenset(name for name, row in rows if row["filtered"]),
    )


def as_visible(recognised: Recognised, rights: Rights) -> Recognised:
    """What was recognised, as far as this role can look. A key that may not be read names no rows, and where a row lies
    is only for who may read all of it. What is hidden of tables with money stands among the notes."""
    everything = []
    for table in recognised.everything:
        hidden = rights.hidden.get(table.name, ())
        key = () if set(table.key) & set(hidden) else table.key
        everything.append(replace(table, whole=False, key=key) if hidden else table)
    notes = tuple(note for table in recognised.tables for note in _notes(table, rights))
    return replace(recognised, everything=tuple(everything), notes=(*recognised.notes, *notes), rights=rights)


def _notes(table: LedgerTable, rights: Rights) -> Iterator[str]:
    if table.name in rights.unreadable:
        yield f"{table.name}: nothing was judged, this role may not read it (grant SELECT)"
    if table.name in rights.hidden:
        yield f"{table.name}: this role may not read {', '.join(rights.hidden[table.name])} (grant SELECT)"
    if left := what_is_left(table, rights):
        yield left


def what_is_left(table: LedgerTable, rights: Rights) -> str:
    """What was not seen of a table whose visible rows were judged; empty where nothing is hidden."""
    if table.name not in rights.filtered:
        return ""
    return f"{table.name}: only the rows that row-level security shows this role were judged"


def why_not(rule: Rule, table: LedgerTable, rights: Rights) -> str:
    """Why this role cannot judge the rule; empty where it can, at least for the rows that it sees.

    Rows that are hidden make a sum wrong, and what refers to them look like an orphan; a condition on single rows holds
    for those that are seen.
    """
    if table.name in rights.unreadable:
        return _no_right(str(table.name))
    sql = _sql_of(rule)
    itself = _reads(sql, table.name)
    lacking = [
        f"{table.name}.{column}"
        for column in rights.hidden.get(table.name, ())
        if column_sql("t", column) in sql or (itself and f".{quote_always(column)}" in sql)
    ]
    if lacking:
        return _no_right(", ".join(lacking))
    others = rights.unreadable - {table.name}
    if unreadable := next((one for one in sorted(others) if _reads(sql, one)), None):
        return _no_right(str(unreadable))
    grouped = bool(rule.source.by or rule.source.derived) and table.name in rights.filtered
    filtered = table.name if grouped else next((one for one in sorted(rights.filtered) if _reads(sql, one)), None)
    return f"row-level security hides rows of {filtered} from this role" if filtered else ""


def _reads(sql: str, name: RelationName) -> bool:
    """Whether the SQL names the table: quoted, as rules write it, or in any way beside a SELECT of a user's rule."""
    if f"{name.sql} " in sql:
        return True
    return "SELECT" in sql.upper() and re.search(rf"(?<![\w\".]){re.escape(name.name)}(?![\w\"])", sql) is not None


def _sql_of(rule: Rule) -> str:
    """Everything that the rule reads, and a blank behind it, so that a name is found whole."""
    source = rule.source
    by = (sql for _, sql in source.by)
    return " ".join((rule.condition, *rule.joins, *source.joins, source.derived, source.where, source.value, *by, ""))


def _no_right(what: str) -> str:
    return f"no privilege to read {what} (grant SELECT)"
