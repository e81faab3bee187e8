"""Sequences: alone, owned by a column, or behind an identity."""

from __future__ import annotations

from fingood.rollback.remedies import rights
from fingood.rollback.remedies.code import Name, Subject, execute, identifier, note, split, text_literal


def drop(sequence: Subject) -> list[str]:
    # One that a column owns goes with the column.
    there = "IF EXISTS " if sequence.get("owned by") else ""
    return [execute(f"DROP SEQUENCE {there}{sequence.sql}")]


def create(sequence: Subject) -> list[str]:
    if sequence.get("identity") == "yes":
        return [execute(f"ALTER SEQUENCE {sequence.sql} {_words(sequence)}"), position(sequence)]
    owned = [execute(f"ALTER SEQUENCE {sequence.sql} OWNED BY {owner_of(sequence)}")] if sequence.get("of") else []
    return [bare(sequence), *owned, position(sequence), *rights.rights_of_new(sequence)]


def bare(sequence: Subject) -> str:
    unlogged = "UNLOGGED " if sequence.get("persistence") == "unlogged" else ""
    return execute(f"CREATE {unlogged}SEQUENCE {sequence.sql} {_words(sequence)}")


def _words(sequence: Subject) -> str:
    return f"AS {sequence.get('type')} {options(sequence)}"


def options(sequence: Subject) -> str:
    """How it counts, as CREATE SEQUENCE and AS IDENTITY take it."""
    return (
        f"START {sequence.get('start')} INCREMENT {sequence.get('increment')} "
        f"MINVALUE {sequence.get('minimum')} MAXVALUE {sequence.get('maximum')} CACHE {sequence.get('cache')} "
        f"{'' if sequence.get('cycle') == 'yes' else 'NO '}CYCLE"
    )


def owner_of(sequence: Subject) -> str:
    column = split(sequence.get("owned by"))[-1]
    return f"{Name.of(sequence.get('of'), own=False).sql}.{identifier(column)}"


def position(sequence: Subject) -> str:
    """Behind the highest value of the column that it numbers; the proof's own number where there is no column."""
    if sequence.get("of"):
        table, column = Name.of(sequence.get("of"), own=False).sql, identifier(split(sequence.get("owned by"))[-1])
        value = f"(SELECT greatest(coalesce(max({column}), 0) + 1, {sequence.get('next value') or 1}) FROM {table})"
    else:
        value = sequence.get("next value") or sequence.get("start")
    return execute(f"SELECT setval({text_literal(sequence.sql)}, {value}, false)")


def change(sequence: Subject, name: str, before: str, _after: str) -> list[str]:
    words = {
        "type": f"AS {before}", "increment": f"INCREMENT {before}", "minimum": f"MINVALUE {before}",
        "maximum": f"MAXVALUE {before}", "start": f"START {before}", "cache": f"CACHE {before}",
        "cycle": "CYCLE" if before == "yes" else "NO CYCLE",
        "persistence": "SET UNLOGGED" if before == "unlogged" else "SET LOGGED",
    }  # fmt: skip
    if name == "next value":
        kept = note("the number is the copy's: let upgrade() keep the real one in a table")
        return [position(sequence)] if sequence.get("of") else [kept, position(sequence)]
    if name == "owned by":
        return [execute(f"ALTER SEQUENCE {sequence.sql} OWNED BY {owner_of(sequence) if before else 'NONE'}")]
    return [execute(f"ALTER SEQUENCE {sequence.sql} {words[name]}")] if name in words else []
