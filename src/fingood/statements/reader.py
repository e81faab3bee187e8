"""SQL text → actions: what a statement does, in the words of :mod:`fingood.model.action`.

What cannot be read is never silence: it comes back as opaque, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from fingood.model.action import Action, TypeSpec, Verb
from fingood.statements.grammar import Node, Unreadable, kind_of, parse_located, parse_statements, unwrap
from fingood.statements.placeholders import FILLERS, fill_placeholders, located_statements, split_statements
from fingood.statements.reader_alter import read_alter_table
from fingood.statements.reader_create import read_create_table, read_create_table_as, read_index
from fingood.statements.reader_data import DATA_READERS
from fingood.statements.reader_drop import (
    SIMPLE_READERS,
    read_alter_domain,
    read_comment,
    read_domain,
    read_drop,
    read_enum,
    read_owner,
    read_rename,
    read_set_schema,
)
from fingood.statements.sqlite_text import read_sqlite_only, to_common_grammar


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text's actions in order. ``opaque`` says that they do not tell all, ``opaque_reason`` why."""

    actions: tuple[Action, ...]
    opaque: bool = False
    opaque_reason: str = ""


_READERS: dict[str, Callable[[Node], list[Action]]] = {
    **DATA_READERS,
    **SIMPLE_READERS,
    "AlterTableStmt": read_alter_table,
    "CreateStmt": read_create_table,
    "CreateTableAsStmt": read_create_table_as,
    "IndexStmt": read_index,
    "DropStmt": read_drop,
    "RenameStmt": read_rename,
    "AlterObjectSchemaStmt": read_set_schema,
    "AlterOwnerStmt": read_owner,
    "CommentStmt": read_comment,
    "AlterEnumStmt": read_enum,
    "CreateDomainStmt": read_domain,
    "AlterDomainStmt": read_alter_domain,
    "AlterSystemStmt": lambda message: [Action(verb=Verb.ALTER_SYSTEM, detail=message.setstmt.name)],
    "AlterRoleStmt": lambda message: [Action(verb=Verb.ALTER_ROLE)],
    "AlterRoleSetStmt": lambda message: [Action(verb=Verb.ALTER_ROLE)],
    "DoStmt": lambda message: [Action(verb=Verb.DO)],
    "CallStmt": lambda message: [Action(verb=Verb.CALL)],
    "ExecuteStmt": lambda message: [Action(verb=Verb.OPAQUE, detail="execute of a prepared statement")],
    "CreateForeignTableStmt": lambda message: read_create_table(message.base_stmt),
    "ExplainStmt": lambda message: _actions_of(unwrap(message.query)),
}

_OPAQUE_REASONS = {
    Verb.DO: "a DO block runs code that its text does not show as statements",
    Verb.CALL: "CALL runs a procedure whose body is not in the statement",
}


@lru_cache(maxsize=4096)
def parse(sql: str, dialect: str = "postgresql") -> Parsed:
    """Reads a text of one or more statements as it went to the driver, placeholders included. Never raises.

    ``dialect`` is ``postgresql`` or ``sqlite``.
    """
    if dialect == "sqlite" and (only := read_sqlite_only(sql)) is not None:
        return Parsed(tuple(only))
    reason = ""
    for candidate in _candidates(sql, dialect):
        try:
            return _parsed(parse_statements(candidate))
        except Unreadable as error:
            reason = reason or error.reason
    return _piecewise(sql, dialect, reason)


def parse_each(sql: str, dialect: str = "postgresql") -> list[tuple[str, int, Parsed]]:
    """The statements of a text one by one: each with its text, the number of characters before it and what it does.

    Where the text cannot be read whole, it is cut at its semicolons, so that one bad statement hides no other.
    """
    if dialect == "postgresql":
        try:
            return [(text, at, _parsed([message])) for text, at, message in parse_located(sql)]
        except Unreadable:
            pass
    pieces = located_statements(sql, sqlite=dialect == "sqlite")
    return [(text, at, parse(text, dialect)) for text, at in pieces]


def _candidates(sql: str, dialect: str) -> Iterator[str]:
    """The forms of the text to try. As it is where it holds no placeholder, with each kind of filler where it does."""
    text = to_common_grammar(sql) if dialect == "sqlite" else sql
    sqlite = dialect == "sqlite"
    filled = [fill_placeholders(text, filler, questions=sqlite) for filler in FILLERS]
    yield filled[0]
    if text != filled[0]:
        yield from filled[1:]
        yield text
    if not sqlite and "?" in text:
        yield from (fill_placeholders(text, filler, questions=True) for filler in FILLERS)


def _piecewise(sql: str, dialect: str, reason: str) -> Parsed:
    """What can be read of a text that cannot be read whole, its unreadable statements as OPAQUE actions."""
    why = f"the text cannot be read: {reason}"
    blind = Action(verb=Verb.OPAQUE, detail=reason)
    pieces = split_statements(sql, sqlite=dialect == "sqlite")
    if len(pieces) < 2:
        return Parsed((blind,), opaque=True, opaque_reason=why)
    actions = [action for piece in pieces for action in parse(piece, dialect).actions]
    return Parsed(tuple(actions), opaque=True, opaque_reason=why)


def _parsed(messages: list[Node]) -> Parsed:
    actions = tuple(action for message in messages for action in _actions_of(message))
    reasons = [_OPAQUE_REASONS.get(action.verb) or action.detail for action in actions if _is_opaque(action)]
    return Parsed(actions, opaque=bool(reasons), opaque_reason="; ".join(dict.fromkeys(reasons)))


def _is_opaque(action: Action) -> bool:
    return action.verb in (Verb.DO, Verb.CALL, Verb.OPAQUE)


def _actions_of(message: Node) -> list[Action]:
    reader = _READERS.get(kind_of(message))
    if reader is None:
        words = kind_of(message).removesuffix("Stmt")
        return [Action(verb=Verb.OTHER, detail=words)]
    return reader(message)


def type_named(text: str, dialect: str = "postgresql") -> TypeSpec | None:
    """The type that the catalog spells ``text`` (``numeric(18,4)``); None where it cannot be read."""
    actions = parse(f"ALTER TABLE t ADD COLUMN c {text}", dialect).actions
    if len(actions) != 1 or actions[0].column is None:
        return None
    return actions[0].column.type
