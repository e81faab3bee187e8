"""Pieces of Python and SQL for a downgrade(): literals, names, op.execute, lists of options."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS

from fingood.model.names import quote, quote_always
from fingood.model.snapshot import ObjectKey

_PART = re.compile(r'"((?:[^"]|"")*)"|([^."]+)')
# What sqlalchemy.text() would take for a parameter.
_PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w)")
_OPTION = re.compile(r"[\w.]+=")
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Subject:
    """What a remedy is about: the object as it should be again, with what belongs to it.

    ``properties`` are the object's own, ``details`` all that the comparison handed over.
    """

    key: ObjectKey
    properties: Mapping[str, str]
    details: Mapping[ObjectKey, Mapping[str, str]]

    @property
    def sql(self) -> str:
        return sql_name(self.key.name)

    @property
    def owner(self) -> ObjectKey | None:
        """The table, view or domain that it belongs to."""
        name = self.properties.get("of")
        return next((key for key in self.details if key.name == name and key.kind not in ("column", "index")), None)

    @property
    def on(self) -> Name:
        """The object's name taken apart as that of something on a table."""
        return Name.of(self.key.name, own=True)

    @property
    def alone(self) -> Name:
        return Name.of(self.key.name, own=False)

    def parts(self, kind: str) -> list[Subject]:
        """What belongs to it, of one kind."""
        return [
            Subject(key, properties, self.details)
            for key, properties in self.details.items()
            if key.kind == kind and properties.get("of") == self.key.name
        ]

    def get(self, name: str) -> str:
        return self.properties.get(name, "")


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart, unquoted. ``schema`` is empty in SQLite, ``name`` where nothing stands on the table."""

    schema: str
    table: str
    name: str = ""

    @classmethod
    def of(cls, text: str, *, own: bool) -> Name:
        parts = split(text)
        last = parts.pop() if own else ""
        table = parts.pop() if parts else ""
        return cls(parts.pop() if parts else "", table, last)

    @property
    def keyword(self) -> str:
        """``schema=`` for Alembic's operations; the default schema needs none."""
        return f", schema={literal(self.schema)}" if self.schema not in ("", "public") else ""

    @property
    def sql(self) -> str:
        """The table."""
        return f"{identifier(self.schema)}.{identifier(self.table)}" if self.schema else identifier(self.table)

    @property
    def own(self) -> str:
        """What stands on the table."""
        return identifier(self.name)

    @property
    def beside(self) -> str:
        """What stands beside the table in its schema, as an index does."""
        return f"{identifier(self.schema)}.{self.own}" if self.schema else self.own


def split(name: str) -> list[str]:
    """A snapshot's name as its parts, without quotes."""
    return [quoted.replace('""', '"') if quoted or not plain else plain for quoted, plain in _PART.findall(name)]


def identifier(name: str) -> str:
    """The identifier for SQL that is run: bare only where it is plain and no reserved word."""
    return quote_always(name) if name in RESERVED_WORDS else quote(name)


def sql_name(name: str) -> str:
    """A snapshot's name, which may have a signature behind it, for SQL that is run."""
    plain, bracket, signature = name.partition("(")
    parts = split(plain)
    if any(part in RESERVED_WORDS for part in parts):
        plain = ".".join(identifier(part) for part in parts)
    return plain + bracket + signature


def text_literal(value: str) -> str:
    """A string constant of SQL."""
    return "'" + value.replace("'", "''") + "'"


def literal(text: str) -> str:
    """A string of Python in one line, in the quotes that need least escaping."""
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    if '"' in escaped and "'" not in escaped:
        return f"'{escaped}'"
    return '"' + escaped.replace('"', '\\"') + '"'


def sql_literal(sql: str) -> str:
    """SQL as a string of Python for sqlalchemy.text(), which takes ``:name`` for a parameter."""
    return literal(_PARAMETER.sub(r"\\:", sql))


def execute(sql: str) -> str:
    """``op.execute(...)``. Lines are strings of their own, so that indenting the code does not change the SQL."""
    if "\n" in sql and "'" not in sql and "$" not in sql and "--" not in sql:
        sql = " ".join(sql.split())
    lines = sql.strip().splitlines(keepends=True)
    if len(lines) == 1:
        return f"op.execute({sql_literal(lines[0])})"
    return "op.execute(\n" + "\n".join(f"    {sql_literal(line)}" for line in lines) + "\n)"


def options_of(text: str) -> dict[str, str]:
    """``a=1, b=x, y`` as a mapping: a comma that no new name follows belongs to the value."""
    found: list[str] = []
    for part in text.split(", "):
        if found and not _OPTION.match(part):
            found[-1] += f", {part}"
        elif part:
            found.append(part)
    return dict(part.partition("=")[::2] for part in found)


def option_list(options: Mapping[str, str]) -> str:
    """Options as WITH (...) takes them."""
    return ", ".join(f"{name} = {_option_value(value)}" for name, value in options.items())


def _option_value(value: str) -> str:
    return value if re.fullmatch(r"[\w.]+", value) else text_literal(value)


def change_options(phrase: str, before: str, after: str, *, prefix: str = "") -> list[str]:
    """SET and RESET that lead from the options ``after`` back to ``before``."""
    was, now = options_of(before), options_of(after)
    found = []
    if gone := [prefix + name for name in now if name not in was]:
        found.append(execute(f"{phrase} RESET ({', '.join(gone)})"))
    if other := {prefix + name: value for name, value in was.items() if now.get(name) != value}:
        found.append(execute(f"{phrase} SET ({option_list(other)})"))
    return found


def server_options(before: str, after: str) -> str:
    """The list inside OPTIONS (...) of a foreign object that leads from ``after`` back to ``before``."""
    was, now = options_of(before), options_of(after)
    changes = [f"DROP {identifier(name)}" for name in now if name not in was]
    for name, value in was.items():
        if now.get(name) != value:
            changes.append(f"{'SET' if name in now else 'ADD'} {identifier(name)} {text_literal(value)}")
    return ", ".join(changes)


def note(text: str) -> str:
    """Comment lines."""
    words, lines = text.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > _WIDTH:
            lines.append("")
        lines[-1] += f" {word}"
    return "\n".join(f"#{line}" for line in lines)
