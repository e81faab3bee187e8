"""A file of plain SQL, cut into its statements with their lines, psql's own commands told apart."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from fingood.model.action import Action, Verb
from fingood.statements.placeholders import tokens_of
from fingood.statements.reader import Parsed, parse_each

_COPY_DATA = re.compile(
    r"^[ \t]*COPY\b[^;]*\bFROM\s+STDIN\b[^;]*;[^\n]*\n(?P<data>.*?)(?P<end>^\\\.[ \t\r]*$|\Z)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
_LEADING = re.compile(r"(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*", re.DOTALL)
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStatement:
    """One statement, or one command of psql's. ``first`` and ``last`` are its lines. ``psql`` says why only psql can
    run it, '' where any client can; ``data`` are the rows that follow a COPY FROM STDIN."""

    sql: str
    first: int
    last: int
    parsed: Parsed
    psql: str = ""
    data: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlFile:
    """``comments`` are the line comments that speak to us, with their lines; only looked for where the text does."""

    path: str
    dialect: str
    statements: tuple[FileStatement, ...]
    comments: tuple[tuple[int, str], ...] = ()

    @property
    def autocommit(self) -> bool:
        """Whether it runs statement by statement: it has transaction control of its own, or statements that a
        transaction does not take. Else it runs in one transaction."""
        actions = (action for statement in self.statements for action in statement.parsed.actions)
        return any(
            action.concurrently or action.verb in (Verb.TRANSACTION, Verb.VACUUM, Verb.VACUUM_FULL, Verb.ALTER_SYSTEM)
            for action in actions
        )


def read_sql_file(text: str, path: str, dialect: str = "postgresql") -> SqlFile:
    """The file's statements in order."""
    lines = _Lines(text)
    blank, found = (text, []) if dialect == "sqlite" else _without_psql(text, lines)
    rows = dict(_copy_rows(text, lines)) if blank is not text else {}
    for sql, at, parsed in parse_each(blank, dialect):
        start = _length_of_lead(sql)
        words = sql[start:].strip()
        if words:
            first = lines.of(at + start)
            statement = FileStatement(
                sql=words, first=first, last=lines.of(at + start + len(words) - 1), parsed=parsed, data=rows.get(first)
            )
            found.append(_with_variables(statement) if parsed.opaque or ":" in words else statement)
    found.sort(key=lambda statement: statement.first)
    return SqlFile(path=path, dialect=dialect, statements=tuple(found), comments=tuple(_comments(blank, lines)))


def _length_of_lead(sql: str) -> int:
    """How much white space and how many comments stand before the statement."""
    found = _LEADING.match(sql)
    return found.end() if found else 0


class _Lines:
    """From a place in the text to its line, counted from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def of(self, place: int) -> int:
        return bisect_right(self._starts, place)


def _without_psql(text: str, lines: _Lines) -> tuple[str, list[FileStatement]]:
    """The text with psql's commands and the rows of COPY blanked out, line for line, and those commands."""
    if "\\" not in text:
        return text, []
    text = _COPY_DATA.sub(lambda match: _blanked(match, "data", "end"), text)
    found = []
    at = 0
    while (place := _backslash(text, at)) is not None:
        end = text.find("\n", place)
        end = len(text) if end < 0 else end
        command, line = text[place:end].rstrip(), lines.of(place)
        reason = f"{command.split()[0]} is a command of psql, which the server never sees"
        blind = Parsed((Action(verb=Verb.OPAQUE, detail=reason),), opaque=True, opaque_reason=reason)
        found.append(FileStatement(sql=command[:_LONGEST], first=line, last=line, parsed=blind, psql=reason))
        # \g and its like also send what stands before them.
        sent = ";" if command.startswith("\\g") else " "
        text = text[:place] + sent + " " * (end - place - 1) + text[end:]
        at = end
    return text, found


def _backslash(text: str, start: int) -> int | None:
    """The next backslash outside of literals and comments: SQL has none, so it is psql's."""
    at = start
    for kind, piece in tokens_of(text[start:]):
        if kind == "text" and "\\" in piece:
            return at + piece.index("\\")
        at += len(piece)
    return None


def _blanked(match: re.Match[str], *groups: str) -> str:
    whole, begin = match.group(), match.start()
    for group in groups:
        first, last = match.start(group) - begin, match.end(group) - begin
        whole = whole[:first] + re.sub(r"[^\n]", " ", whole[first:last]) + whole[last:]
    return whole


def _copy_rows(text: str, lines: _Lines) -> Iterator[tuple[int, str]]:
    for match in _COPY_DATA.finditer(text):
        begin = match.start() + len(match.group()) - len(match.group().lstrip(" \t"))
        yield lines.of(begin), match["data"]


def _with_variables(statement: FileStatement) -> FileStatement:
    """A statement with psql's variables is not what the server gets."""
    variables = [piece for kind, piece in tokens_of(statement.sql) if kind == "named"]
    variables += [f":{piece}" for piece in _quoted_variables(statement.sql)]
    if not variables:
        return statement
    reason = f"{variables[0]} is a variable of psql, whose value is not in the file"
    parsed = Parsed(statement.parsed.actions, opaque=True, opaque_reason=reason)
    return FileStatement(
        sql=statement.sql, first=statement.first, last=statement.last, parsed=parsed, psql=reason, data=statement.data
    )


def _quoted_variables(sql: str) -> Iterator[str]:
    """``:'name'`` and ``:"name"``: a quoted token right behind a single colon."""
    before = ""
    for kind, piece in tokens_of(sql):
        if kind in ("string", "quoted") and before.endswith(":") and not before.endswith("::"):
            yield piece
        before = piece


def _comments(text: str, lines: _Lines) -> Iterator[tuple[int, str]]:
    if "fingood:" not in text:
        return
    at = 0
    for kind, piece in tokens_of(text):
        if kind == "line_comment" and "fingood:" in piece:
            yield lines.of(at), piece.rstrip()
        at += len(piece)
