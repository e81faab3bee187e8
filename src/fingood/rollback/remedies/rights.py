"""Owner, grants and comment, which nearly every kind of object has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fingood.rollback.remedies.code import Subject, execute, identifier, text_literal

# Letters of an aclitem (PostgreSQL manual, 5.8, table 5.1).
_PRIVILEGES = {
    "r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE", "D": "TRUNCATE", "x": "REFERENCES", "t": "TRIGGER",
    "X": "EXECUTE", "U": "USAGE", "C": "CREATE", "c": "CONNECT", "T": "TEMPORARY", "s": "SET", "A": "ALTER SYSTEM",
    "m": "MAINTAIN",
}  # fmt: skip
_ITEM = re.compile(r'("(?:[^"]|"")*"|[^=,\s]*)=([a-zA-Z*]*)/("(?:[^"]|"")*"|[^,]*)')
# What everybody may do with a new object of the kind (manual, 5.8, table 5.2).
_EVERYBODY = {"function": "X", "procedure": "X", "aggregate": "X", "language": "U",
              "enum": "U", "domain": "U", "composite type": "U", "range": "U", "type": "U"}  # fmt: skip
# What GRANT calls the kind where ALTER and COMMENT call it otherwise.
_GRANTED = {"view": "TABLE", "materialized view": "TABLE", "foreign table": "TABLE", "aggregate": "FUNCTION",
            "foreign server": "FOREIGN SERVER", "domain": "TYPE"}  # fmt: skip
_WORDS = {"enum": "TYPE", "composite type": "TYPE", "range": "TYPE", "foreign server": "SERVER"}

Acl = dict[str, str]


def phrase(subject: Subject) -> str:
    """What ALTER, DROP and COMMENT call the object: its kind and name."""
    kind, name = subject.key.kind, subject.sql
    if kind in ("trigger", "rule", "policy"):
        return f"{kind.upper()} {subject.on.own} ON {subject.on.sql}"
    if kind == "cast":
        return f"CAST ({' AS '.join(name.rsplit(' as ', 1))})"
    if kind == "aggregate":
        return f"AGGREGATE {name.replace('()', '(*)')}"
    return f"{_WORDS.get(kind, kind.upper())} {name}"


def change_owner(subject: Subject) -> list[str]:
    return [execute(f"ALTER {phrase(subject)} OWNER TO {identifier(subject.get('owner'))}")]


def comment(what: str, text: str) -> str:
    """COMMENT ON; an empty text takes it away."""
    return execute(f"COMMENT ON {what} IS {text_literal(text) if text else 'NULL'}")


def change_grants(subject: Subject, before: str, after: str) -> list[str]:
    return list(between(_granted(subject), parse(before), parse(after)))


def rights_of_new(subject: Subject) -> Iterator[str]:
    """What a new object lacks of owner, grants and comment."""
    if subject.get("owner"):
        yield from change_owner(subject)
    if subject.get("grants"):
        owner = identifier(subject.get("owner"))
        everybody = _EVERYBODY.get(subject.key.kind)
        wanted = {who: held for who, held in parse(subject.get("grants")).items() if who != owner}
        yield from between(_granted(subject), wanted, {"PUBLIC": everybody} if everybody else {})
    if subject.get("comment"):
        yield comment(phrase(subject), subject.get("comment"))


def _granted(subject: Subject) -> str:
    kind = subject.key.kind
    word = _GRANTED.get(kind) or _WORDS.get(kind, kind.upper())
    return f"{word} {phrase(subject).partition(' ')[2]}" if kind == "aggregate" else f"{word} {subject.sql}"


def parse(text: str) -> Acl:
    """Who holds which letters, by the name that SQL needs."""
    found: Acl = {}
    for who, letters, _ in _ITEM.findall(text):
        name = identifier(who[1:-1].replace('""', '"') if who.startswith('"') else who) if who else "PUBLIC"
        found[name] = found.get(name, "") + letters
    return found


def between(on: str, was: Mapping[str, str], now: Mapping[str, str], *, prefix: str = "") -> Iterator[str]:
    """Code with the REVOKE and GRANT that lead from ``now`` back to ``was``."""
    return (execute(prefix + statement) for statement in statements(on, was, now))


def statements(on: str, was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """REVOKE and GRANT that lead from ``now`` back to ``was``."""
    for who in sorted({*was, *now}):
        wanted, held = _letters(was.get(who, "")), _letters(now.get(who, ""))
        if surplus := [letter for letter in held if letter not in wanted or (held[letter] and not wanted[letter])]:
            yield f"REVOKE {_spelled(surplus, on)} FROM {who}"
        missing = [
            letter for letter in wanted if letter not in held or letter in surplus or wanted[letter] > held[letter]
        ]
        for option in (False, True):
            if chosen := [letter for letter in missing if wanted[letter] is option]:
                ending = " WITH GRANT OPTION" if option else ""
                yield f"GRANT {_spelled(chosen, on)} TO {who}{ending}"


def _letters(text: str) -> dict[str, bool]:
    """Each privilege with whether it may be handed on."""
    return {letter: star == "*" for letter, star in re.findall(r"([a-zA-Z])(\*?)", text)}


def _spelled(letters: list[str], on: str) -> str:
    """``on`` may hold the columns in front: ``(a) ON TABLE t``."""
    columns, _, target = on.partition(") ON ") if on.startswith("(") else ("", "", on)
    suffix = f" {columns})" if columns else ""
    return ", ".join(_PRIVILEGES[letter] + suffix for letter in letters) + f" ON {target}"
