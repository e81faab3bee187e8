"""``# fingood: allow CHECK-ID — reason``: a finding that somebody has looked at and accepts.

The comment stands on the statement or right above it. The reason is mandatory, and one that is not needed is reported.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass

_ALLOW = re.compile(r"#\s*fingood:\s*allow\s+(?P<ids>[\w-]+(?:\s*,\s*[\w-]+)*)(?P<rest>.*)\Z", re.IGNORECASE)
_LEAD = re.compile(r"\A[\s—–:-]*(?:because\b)?[\s:]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suppression:
    """One id of one comment. ``first`` and ``last`` are the lines of the statement that it is about."""

    check: str
    reason: str
    line: int
    first: int
    last: int

    def covers(self, check: str, line: int | None) -> bool:
        return bool(self.reason) and check == self.check and line is not None and self.first <= line <= self.last


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
        match = _ALLOW.match(token.string) if token.type == tokenize.COMMENT else None
        if match is None:
            continue
        first, last = _extent(token.start[0], comments, statements)
        reason = _LEAD.sub("", match["rest"]).strip()
        found += [
            Suppression(identity.strip(), reason, token.start[0], first, last) for identity in match["ids"].split(",")
        ]
    return tuple(found)


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
