"""``# fingood: allow CHECK-ID until 2027-01-31 because reason (TICKET)``: a finding that somebody accepts.

The comment stands on the statement or right above it. The reason is mandatory; the date and the ticket are not. After
its date a comment accepts nothing any more, and one that is not needed is reported. ``# fingood: allow ID — reason``
says the same. In SQL the comment begins with ``--``.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

_ALLOW = re.compile(
    r"(?:#|--)\s*fingood:\s*allow\s+(?P<ids>[\w-]+(?:\s*,\s*[\w-]+)*)(?P<rest>.*)\Z", re.IGNORECASE | re.DOTALL
)
_UNTIL = re.compile(r"\A\s+until\b[\s:]*(?P<date>[^\s,;:—–]*)", re.IGNORECASE)
_LEAD = re.compile(r"\A[\s—–:,;-]*(?:because\b)?[\s:]*", re.IGNORECASE)
_TICKET = re.compile(r"\(\s*(?P<ticket>[A-Za-z][\w-]*-\d+|#\d+|[A-Z]+\d+)\s*\)\s*\Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One id of one comment. ``first`` and ``last`` are the lines of the statement that it is about.

    ``until`` is the last day on which it holds, None for no end; ``wrong_date`` is what stands in the date's place and
    is none; ``ticket`` is what the reason ends with in parentheses.
    """

    check: str
    reason: str
    line: int
    first: int
    last: int
    until: date | None = None
    wrong_date: str | None = None
    ticket: str = ""

    def is_complete(self, today: date) -> bool:
        """Whether it accepts anything on that day."""
        return bool(self.reason) and self.wrong_date is None and not self.has_expired(today)

    def has_expired(self, today: date) -> bool:
        return self.until is not None and today > self.until

    def is_about(self, line: int | None) -> bool:
        return line is not None and self.first <= line <= self.last

    def covers(self, check: str, line: int | None, today: date) -> bool:
        return check == self.check and self.is_about(line) and self.is_complete(today)


def read_suppressions(source: str) -> tuple[Suppression, ...]:
    """The suppressions in a revision's source; none where the source cannot be cut into tokens."""
    found = []
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
        tree = ast.parse(source)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return ()
    comments = {
        token.start[0]
        for token in tokens
        if token.type == tokenize.COMMENT and not token.line[: token.start[1]].strip()
    }
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    for token in tokens:
        match = match_comment(token.string) if token.type == tokenize.COMMENT else None
        if match is None:
            continue
        found += suppressions_of(match, token.start[0], *_extent(token.start[0], comments, statements))
    return tuple(found)


def read_sql_suppressions(
    comments: Iterable[tuple[int, str]], statements: Iterable[tuple[int, int]]
) -> tuple[Suppression, ...]:
    """The suppressions in an SQL file. ``comments`` are lines with their text, ``statements`` first and last lines in
    order: a comment is about the statement on its line, or about the next one."""
    extents = list(statements)
    found: list[Suppression] = []
    for line, text in comments:
        match = match_comment(text)
        if match is not None:
            holding = [extent for extent in extents if extent[0] <= line <= extent[1]]
            following = [extent for extent in extents if extent[0] > line]
            first, last = holding[-1] if holding else following[0] if following else (line, line)
            found += suppressions_of(match, line, first, last)
    return tuple(found)


def match_comment(text: str) -> re.Match[str] | None:
    """The comment's parts where it is one of ours."""
    return _ALLOW.match(text)


def suppressions_of(match: re.Match[str], line: int, first: int, last: int) -> list[Suppression]:
    """One Suppression for each id of a comment on ``line``."""
    rest, until, wrong = match["rest"], None, None
    dated = _UNTIL.match(rest)
    if dated is not None:
        rest = rest[dated.end() :]
        until = _day(dated["date"])
        wrong = dated["date"] if until is None else None
    reason = _LEAD.sub("", rest).strip()
    ticket = _TICKET.search(reason)
    return [
        Suppression(
            check=identity.strip(),
            reason=reason,
            line=line,
            first=first,
            last=last,
            until=until,
            wrong_date=wrong,
            ticket=ticket["ticket"] if ticket else "",
        )
        for identity in match["ids"].split(",")
    ]


def _day(text: str) -> date | None:
    """The day that ``2027-01-31`` names; other forms could be read in two ways."""
    try:
        return date.fromisoformat(text) if _DATE.match(text) else None
    except ValueError:
        return None


def _extent(line: int, comments: set[int], statements: Iterable[ast.stmt]) -> tuple[int, int]:
    """The lines of the statement that a comment on ``line`` is about."""
    known = list(statements)
    if line in comments and not any(_simple(node) and node.lineno <= line <= _end(node) for node in known):
        while line in comments:
            line += 1
    inside = [node for node in known if node.lineno <= line <= _end(node)]
    if not inside:
        return line, line
    smallest = min(inside, key=lambda node: _end(node) - node.lineno)
    return smallest.lineno, _end(smallest)


def _simple(node: ast.stmt) -> bool:
    return not hasattr(node, "body")


def _end(node: ast.stmt) -> int:
    """A compound statement ends with its head line, so that a comment at ``def`` does not cover the whole body."""
    body = getattr(node, "body", None)
    if body:
        return max(node.lineno, int(body[0].lineno) - 1)
    return int(node.end_lineno or node.lineno)
