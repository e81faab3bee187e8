"""Takes the drivers' parameter placeholders out of a statement, so that PostgreSQL's grammar can read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from sqlite3 import complete_statement

_TOKENS = r"""
      (?P<line_comment>--[^\n]*)
    | (?P<block_comment>/\*)
    | (?P<dollar>\$(?P<tag>(?:[^\W\d]\w*)?)\$)
    | (?P<escape_string>(?<![\w"])[eE]'(?:[^'\\]|\\.|'')*')
    | (?P<string>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<pyformat>%\([^()\n]*\)[sbt])
    | (?P<format>%[sbt](?!\w))
    | (?P<percent>%%)
    | (?P<named>(?<![:\w\\]):[^\W\d]\w*(?!:))
    | (?P<question>\?\d*)
    | (?P<word>\w[\w$]*)
"""

_TOKEN = re.compile(_TOKENS, re.VERBOSE | re.DOTALL)
_SQLITE_TOKEN = re.compile(
    r"(?P<backquoted>`(?:[^`]|``)*`) | (?P<bracketed>\[[^\]\[\n]*\]) |" + _TOKENS, re.VERBOSE | re.DOTALL
)

_TRIGGER = re.compile(r"\bCREATE\s+(?:TEMP(?:ORARY)?\s+)?TRIGGER\b", re.IGNORECASE)
_PARAMETERS = ("pyformat", "format", "named")
FILLERS = (" $1 ", " '?' ", " (NULL) ")
"""What takes a placeholder's place, in the order to try: a parameter; a literal, for spots where the grammar wants one
(``INTERVAL %s``, ``SET x = %s``); a list, for psycopg2's ``IN %s``."""


def tokens_of(sql: str, *, sqlite: bool = False) -> Iterator[tuple[str, str]]:
    """Cuts a text into ``(kind, text)``: comments, literals, quoted names and placeholders as one token each.

    Everything between them comes as kind ``text``. Joined again, the pieces give the text back. SQLite also quotes
    names in backquotes and brackets, which are subscripts in PostgreSQL.
    """
    pattern = _SQLITE_TOKEN if sqlite else _TOKEN
    at = plain = 0
    while match := pattern.search(sql, at):
        kind = match.lastgroup or ""
        at = _end_of(sql, kind, match)
        if kind == "word":
            continue
        if plain < match.start():
            yield "text", sql[plain : match.start()]
        yield kind, sql[match.start() : at]
        plain = at
    if plain < len(sql):
        yield "text", sql[plain:]


def _end_of(sql: str, kind: str, match: re.Match[str]) -> int:
    if kind == "block_comment":
        return _comment_end(sql, match.start())
    if kind == "dollar":
        closing = sql.find(match.group(), match.end())
        return len(sql) if closing < 0 else closing + len(match.group())
    return match.end()


def _comment_end(sql: str, start: int) -> int:
    """Block comments nest in PostgreSQL (manual, 4.1.5)."""
    depth = 0
    for mark in re.compile(r"/\*|\*/").finditer(sql, start):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(sql)


def fill_placeholders(sql: str, filler: str, *, questions: bool = False) -> str:
    """The text with every placeholder outside literals and comments replaced by ``filler``, and ``%%`` by ``%``.

    ``questions`` takes ``?`` for a placeholder too; in PostgreSQL it is also an operator of jsonb.
    """
    kinds = (*_PARAMETERS, "question") if questions else _PARAMETERS
    pieces = []
    for kind, text in tokens_of(sql):
        if kind in kinds:
            pieces.append(filler)
        else:
            pieces.append("%" if kind == "percent" else text)
    return "".join(pieces)


def located_statements(sql: str, *, sqlite: bool = False) -> list[tuple[str, int]]:
    """The text cut at the semicolons that stand outside literals and comments, each piece with the number of characters
    before it. The body of a SQLite trigger stays one piece with its head."""
    starts, at = [0], 0
    for kind, text in tokens_of(sql, sqlite=sqlite):
        if kind == "text":
            starts += [at + found.end() for found in re.finditer(";", text)]
        at += len(text)
    found: list[tuple[str, int]] = []
    begin = 0
    for end in (*starts[1:], len(sql)):
        piece = sql[begin:end]
        if sqlite and end < len(sql) and _TRIGGER.search(piece) and not complete_statement(piece):
            continue
        if piece.removesuffix(";").strip():
            found.append((piece.removesuffix(";"), begin))
        begin = end
    return found


def split_statements(sql: str, *, sqlite: bool = False) -> list[str]:
    """The text cut at the semicolons that stand outside literals and comments."""
    pieces = [""]
    for kind, text in tokens_of(sql, sqlite=sqlite):
        first, *further = text.split(";") if kind == "text" else [text]
        pieces[-1] += first
        pieces.extend(further)
    return [piece for piece in pieces if piece.strip()]
