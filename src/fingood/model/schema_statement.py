"""A statement that lies in a database's own schema: a view's, one of a trigger's, or what a foreign key asks for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaStatement:
    """``kind`` is view, trigger or foreign key; ``on`` the table that a trigger or a foreign key belongs to; ``event``
    when it runs. ``touches`` are the tables and views that its text reads or writes, ``plan`` the lines of EXPLAIN
    QUERY PLAN, ``unseen`` why there are none."""

    kind: str
    name: str
    on: str
    event: str
    text: str
    touches: frozenset[str] = frozenset()
    plan: tuple[str, ...] = ()
    unseen: str = ""
