"""The one file that knows the library behind PostgreSQL's grammar (libpg_query through postgast).

The rest of the reader sees protobuf messages by their field names only, so that another binding of libpg_query can
take this one's place. The library is imported when the first statement is parsed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Node = Any
"""A message of libpg_query's parse tree."""


class Unreadable(Exception):
    """The grammar does not take this text. ``reason`` names the spot, never a value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_statements(sql: str) -> list[Node]:
    """The statements of a text, each as the inner message of its node. Raises Unreadable."""
    return [unwrap(raw.stmt) for raw in _parse(sql)]


def parse_located(sql: str) -> list[tuple[str, int, Node]]:
    """The statements of a text, each with its own text and the number of characters before it. Raises Unreadable."""
    encoded = None if sql.isascii() else sql.encode()
    found = []
    for raw in _parse(sql):
        start, length = int(raw.stmt_location), int(raw.stmt_len)
        if encoded is None:
            text = sql[start : start + length] if length else sql[start:]
            found.append((text, start, unwrap(raw.stmt)))
        else:  # libpg_query counts bytes
            piece = encoded[start : start + length] if length else encoded[start:]
            found.append((piece.decode(), len(encoded[:start].decode()), unwrap(raw.stmt)))
    return found


def _parse(sql: str) -> Any:
    from google.protobuf.message import DecodeError
    from postgast import PgQueryError, parse

    if "\0" in sql:
        raise Unreadable("the text holds a NUL character")
    try:
        tree = parse(sql)
    except PgQueryError as error:
        raise Unreadable(_without_values(error.message)) from None
    except UnicodeEncodeError:
        raise Unreadable("the text is not valid Unicode") from None
    except DecodeError:
        raise Unreadable("the statement is nested too deeply") from None
    return tree.stmts


def _without_values(message: str) -> str:
    """The parser's message; it quotes the token it stopped at, which may be a literal with a secret in it."""
    head, near, token = message.partition(" at or near ")
    return head if near and token.startswith("\"'") else message[:200]


def unwrap(node: Node) -> Node:
    """The message inside a Node wrapper; other messages as they are."""
    if node.DESCRIPTOR.name != "Node":
        return node
    kind = node.WhichOneof("node")
    return getattr(node, kind) if kind else node


def kind_of(message: Node) -> str:
    """The message's type: ``AlterTableStmt``, ``ColumnDef``."""
    return str(message.DESCRIPTOR.name)


def choice(message: Node, name: str) -> str:
    """The symbol of an enum field: ``AT_AddColumn``, ``OBJECT_TABLE``."""
    field = message.DESCRIPTOR.fields_by_name[name]
    return str(field.enum_type.values_by_number[getattr(message, name)].name)


def strings(nodes: Any) -> tuple[str, ...]:
    """The texts of a list of String nodes."""
    return tuple(unwrap(node).sval for node in nodes if kind_of(unwrap(node)) == "String")


def walk(message: Node) -> Iterator[Node]:
    """The message and everything in it, parents first. Does not recurse, so that deep trees are no trouble."""
    waiting = [message]
    while waiting:
        current = waiting.pop()
        if kind_of(current) != "Node":
            yield current
        children: list[Node] = []
        for field, value in current.ListFields():
            if field.message_type is not None:
                children.extend([value] if hasattr(value, "ListFields") else value)
        waiting.extend(reversed(children))


def expression_text(node: Node) -> str:
    """The SQL of an expression, as libpg_query writes it; '' where it cannot."""
    from postgast import PgQueryError, deparse, parse

    tree = parse("SELECT 1")
    target = tree.stmts[0].stmt.select_stmt.target_list[0].res_target
    target.val.Clear()
    if node.DESCRIPTOR.name == "Node":
        target.val.CopyFrom(node)
    else:
        getattr(target.val, _field_for(target.val, node)).CopyFrom(node)
    try:
        return str(deparse(tree)).removeprefix("SELECT ")
    except PgQueryError:
        return ""


def canonical_text(sql: str) -> str:
    """The statements as libpg_query writes them: without needless brackets, one spelling for each tree. '' where the
    grammar does not take them."""
    from google.protobuf.message import DecodeError
    from postgast import PgQueryError, deparse, parse

    try:
        return str(deparse(parse(sql)))
    except (PgQueryError, DecodeError, UnicodeEncodeError):
        return ""


def _field_for(wrapper: Node, message: Node) -> str:
    wanted = message.DESCRIPTOR.full_name
    return next(str(field.name) for field in wrapper.DESCRIPTOR.fields if field.message_type.full_name == wanted)
