"""SQLite's own words, turned into what PostgreSQL's grammar takes, or read here where it has no like."""

from __future__ import annotations

import re

from fingood.model.action import Action, Verb
from fingood.model.names import RelationName, quote_always
from fingood.statements.placeholders import tokens_of

_NAME = r"""(?:"(?:[^"]|"")+"|`(?:[^`]|``)+`|\[[^\]]+\]|[^\W\d]\w*)"""
_PRAGMA = re.compile(r"PRAGMA\s+(?:\w+\s*\.\s*)?(\w+)", re.IGNORECASE)
_TRANSACTION = re.compile(r"BEGIN(?:\s+(?:DEFERRED|IMMEDIATE|EXCLUSIVE))?(?:\s+TRANSACTION)?\s*;?\s*\Z", re.IGNORECASE)
_REINDEX = re.compile(rf"REINDEX(?:\s+({_NAME}))?\s*;?\s*\Z", re.IGNORECASE)
_TRIGGER = re.compile(
    rf"CREATE\s+(?:TEMP(?:ORARY)?\s+)?TRIGGER\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:{_NAME}\s*\.\s*)?({_NAME})\b.*?"
    rf"\bON\s+({_NAME})",
    re.IGNORECASE | re.DOTALL,
)
_DROP_TRIGGER = re.compile(
    rf"DROP\s+TRIGGER\s+(?:IF\s+EXISTS\s+)?(?:{_NAME}\s*\.\s*)?({_NAME})\s*;?\s*\Z", re.IGNORECASE
)
_REWRITES = (
    (re.compile(r"\bAUTOINCREMENT\b", re.IGNORECASE), ""),
    (re.compile(r"\bINSERT\s+OR\s+(?:REPLACE|IGNORE|ABORT|FAIL|ROLLBACK)\b", re.IGNORECASE), "INSERT"),
    (re.compile(r"\bUPDATE\s+OR\s+(?:REPLACE|IGNORE|ABORT|FAIL|ROLLBACK)\b", re.IGNORECASE), "UPDATE"),
    (re.compile(r"\A(\s*)REPLACE\s+INTO\b", re.IGNORECASE), r"\1INSERT INTO"),
    (re.compile(r"\bON\s+CONFLICT\s+(?:REPLACE|IGNORE|ABORT|FAIL|ROLLBACK)\b", re.IGNORECASE), ""),
    (
        re.compile(r"\)\s*(?:WITHOUT\s+ROWID|STRICT)(?:\s*,\s*(?:WITHOUT\s+ROWID|STRICT))*\s*(?=;|\Z)", re.IGNORECASE),
        ")",
    ),
    (re.compile(r"\bUNSIGNED\s+BIG\s+INT\b", re.IGNORECASE), "BIGINT"),
    (re.compile(r"\b(INT|INTEGER|BIGINT|SMALLINT|BOOLEAN|DATE|REAL)\s*\(\s*\d+\s*\)", re.IGNORECASE), r"\1"),
    (re.compile(r"\b(FLOAT|DOUBLE)\s*\(\s*\d+\s*(?:,\s*\d+\s*)?\)", re.IGNORECASE), r"\1"),
)


def read_sqlite_only(sql: str) -> list[Action] | None:
    """The actions of a statement that only SQLite has; None for everything else."""
    text = _without_leading_comments(sql)
    if match := _PRAGMA.match(text):
        return [Action(verb=Verb.SET, detail=f"pragma {match.group(1).lower()}")]
    if _TRANSACTION.match(text):
        return [Action(verb=Verb.TRANSACTION, detail="begin")]
    if match := _REINDEX.match(text):
        named = RelationName(None, _bare(match.group(1))) if match.group(1) else None
        return [Action(verb=Verb.REINDEX, object=named)]
    if match := _TRIGGER.match(text):
        name, table = (RelationName(None, _bare(group)) for group in match.groups())
        return [Action(verb=Verb.CREATE_TRIGGER, relation=table, object=name)]
    if match := _DROP_TRIGGER.match(text):
        return [Action(verb=Verb.DROP_TRIGGER, object=RelationName(None, _bare(match.group(1))))]
    return None


def to_common_grammar(sql: str) -> str:
    """SQLite's quoting and key words replaced where PostgreSQL's grammar has others. Literals stay untouched."""
    kept: list[str] = []
    plain: list[str] = []
    for kind, text in tokens_of(sql, sqlite=True):
        if kind == "text":
            plain.append(text)
        elif kind in ("backquoted", "bracketed"):
            plain.append(_hold(kept, quote_always(_bare(text))))
        else:
            plain.append(_hold(kept, text))
    joined = "".join(plain)
    for pattern, replacement in _REWRITES:
        joined = pattern.sub(replacement, joined)
    return _HELD.sub(lambda match: kept[int(match.group(1))], joined)


_HELD = re.compile("\ue000(\\d+)\ue001")
"""Marks where a literal stood; the two characters are of Unicode's private use area."""


def _hold(kept: list[str], text: str) -> str:
    kept.append(text)
    return f"\ue000{len(kept) - 1}\ue001"


def _bare(name: str) -> str:
    first = name[:1]
    if first in ('"', "`"):
        return name[1:-1].replace(first * 2, first)
    return name[1:-1] if first == "[" else name


def _without_leading_comments(sql: str) -> str:
    rest = sql
    for kind, text in tokens_of(sql):
        if kind in ("line_comment", "block_comment") or not text.strip():
            rest = rest[len(text) :]
        else:
            break
    return rest.lstrip()
