"""A value inside a json column, named in the settings as ``payload.amount``, and used like a column from there on.

No value of any document stops a statement. An amount is what JSON calls a number: ``12.30`` and ``1e2`` are numbers,
``"12.30"``, ``true`` and ``{}`` are none, which the rules see as no amount and amount-not-a-number tells. A missing key
and ``null`` are NULL. PostgreSQL reads numbers as numeric, exactly; SQLite from the document's own text, so that large
integers stay exact, and adds what has a fraction in floating point, as it does for its own columns. PostgreSQL manual:
9.16 (json functions), 8.14.1 (escapes that json takes and cannot give back).
"""

from __future__ import annotations

import re
import sqlite3

from fingood.errors import ConfigError
from fingood.model.facts import ColumnFacts, TableFacts
from fingood.model.names import quote_always
from fingood.validation.computed import Computed

_STEP = re.compile(r'"(?:[^"]|"")*"|[^".]+')
_LONGEST = 1000
"""Digits of an amount; beyond, sums could leave what numeric holds."""


class JsonField(Computed):
    """The name as the settings spell it; :meth:`sql` is the value, ``number`` says that it is an amount.

    ``kind`` is ``json`` or ``jsonb``, and empty on SQLite, which keeps documents in columns of any type.
    """

    column: str
    keys: tuple[str, ...]
    kind: str
    number: bool

    @classmethod
    def make(cls, name: str, column: str, keys: tuple[str, ...], *, kind: str, number: bool) -> JsonField:
        field = cls(name)
        field.column, field.keys, field.kind, field.number = column, keys, kind, number
        return field

    def sql(self, alias: str) -> str:
        """The value: a number where it is an amount, else a text; NULL for everything that is neither."""
        document = f"{alias}.{quote_always(self.column)}"
        if not self.kind:
            return self._sqlite(document)
        return self._postgresql(document)

    def strange_sql(self, alias: str) -> str:
        """A condition: something is there, and it is no number."""
        document = f"{alias}.{quote_always(self.column)}"
        if not self.kind:
            told = f"coalesce(json_type({document}, {self._path}), 'null') <> 'null'"
            there = f"CASE WHEN {document} IS NULL THEN 0 WHEN NOT json_valid({document}) THEN 1 ELSE {told} END"
        else:
            told = f"coalesce({self._typeof(document)}, 'null') <> 'null'"
            there = f"CASE WHEN {_readable(document)} THEN {told} ELSE true END" if self.kind == "json" else told
        return f"(({self.sql(alias)}) IS NULL AND ({there}))"

    @property
    def _path(self) -> str:
        """The keys as PostgreSQL's text[] or SQLite's path, as a literal."""
        if self.kind:
            return f"ARRAY[{', '.join(map(_literal, self.keys))}]"
        steps = (f"[{key}]" if key.isdigit() else '."' + key.replace('"', '\\"') + '"' for key in self.keys)
        return _literal("$" + "".join(steps))

    def _typeof(self, document: str) -> str:
        return f"{self.kind}_typeof({document} #> {self._path})"

    def taken_sql(self, alias: str) -> str:
        """PostgreSQL: what lies at the path, still as json; NULL where the document cannot be taken apart."""
        document = f"{alias}.{quote_always(self.column)}"
        taken = f"{document} #> {self._path}"
        return f"CASE WHEN {_readable(document)} THEN {taken} END" if self.kind == "json" else taken

    def of_taken_sql(self, taken: str) -> str:
        """The value, of what :meth:`taken_sql` gave."""
        text = f"CAST({taken} AS text)" if self.number else f"({taken} #>> '{{}}')"
        return self._value(f"{self.kind}_typeof({taken})", text)

    def _postgresql(self, document: str) -> str:
        value = self._value(self._typeof(document), f"({document} #>> {self._path})")
        return f"(CASE WHEN {_readable(document)} THEN {value} END)" if self.kind == "json" else f"({value})"

    def _value(self, kind: str, text: str) -> str:
        if not self.number:
            return f"CASE WHEN {kind} IN ('string', 'number', 'boolean') THEN {text} END"
        # Digits may follow an exponent in json, which keeps what was written; jsonb has worked it out.
        plain = f" AND {text} ~ '^[^eE]*([eE][-+]?[0-9]{{1,3}})?$'" if self.kind == "json" else ""
        number = f"CASE WHEN length({text}) <= {_LONGEST}{plain} THEN CAST({text} AS numeric) END"
        return f"CASE WHEN {kind} = 'number' THEN {number} END"

    def _sqlite(self, document: str) -> str:
        kind, written = f"json_type({document}, {self._path})", f"{document} -> {self._path}"
        if self.number:
            value = f"nullif(nullif(CAST({written} AS NUMERIC), 9e999), -9e999)"
            arms = f"WHEN {kind} IN ('integer', 'real') THEN {value}"
        else:
            plain = f"WHEN {kind} IN ('integer', 'real', 'true', 'false') THEN {written}"
            arms = f"WHEN {kind} = 'text' THEN {document} ->> {self._path} {plain}"
        return f"(CASE WHEN NOT json_valid({document}) THEN NULL {arms} END)"

    def written_sql(self, alias: str) -> str:
        """SQLite: the number as the document spells it; only where the value is one."""
        return f"({alias}.{quote_always(self.column)} -> {self._path})"


def find_field(table: TableFacts, name: str, dialect: str, *, number: bool) -> JsonField | None:
    """What a path names in this table; None where it begins with no column of it.

    Raises ConfigError for a path that is not spelled as one, and for one into a column that holds no json.
    """
    if '"' not in name and "." not in name:
        return None
    steps = split_path(name)
    if not steps:
        raise ConfigError(
            f"the ledger mapping of {table.name} names '{name}', which is no path into a json column",
            key="ledger",
            hint='write payload.amount; a key with a point in it in double quotes: payload."net.amount"',
        )
    column = table.columns.get(steps[0])
    if column is None or len(steps) < 2:
        return None
    kind = _kind_of(column, dialect)
    if kind is None:
        raise ConfigError(
            f"the ledger mapping names {name} in {table.name}; the type of {steps[0]} is {column.type}",
            key="ledger",
            hint="a path leads into a json or jsonb column",
        )
    return JsonField.make(name, steps[0], tuple(steps[1:]), kind=kind, number=number)


def split_path(name: str) -> list[str]:
    """``payload."a.b".c`` → payload, a.b, c; nothing where it is not spelled so."""
    steps, place = [], 0
    while True:
        found = _STEP.match(name, place)
        if found is None:
            return []
        step = found.group()
        steps.append(step[1:-1].replace('""', '"') if step.startswith('"') else step)
        place = found.end()
        if place == len(name):
            return steps if all(steps) else []
        if name[place] != ".":
            return []
        place += 1


def as_column(field: JsonField) -> ColumnFacts:
    """The field as the rules see it: a number or a text that may be missing."""
    return ColumnFacts(name=field, type="numeric" if field.number else "text")


def _kind_of(column: ColumnFacts, dialect: str) -> str | None:
    if dialect == "sqlite":
        if sqlite3.sqlite_version_info < (3, 38):
            raise ConfigError(
                f"a path into a json column needs SQLite 3.38 or newer; this Python has {sqlite3.sqlite_version}",
                key="ledger",
            )
        return ""
    return column.type if column.type in ("json", "jsonb") else None


def _readable(document: str) -> str:
    """Whether PostgreSQL can take a json document apart: it stores a zero byte and half a surrogate pair as escapes,
    and stops at them wherever they stand."""
    text = f"CAST({document} AS text)"
    plain = f"replace({text}, {_literal(chr(92) * 2)}, '')"
    pairs = f"regexp_replace({plain}, '\\\\u[dD][89abAB][0-9a-fA-F]{{2}}\\\\u[dD][c-fC-F][0-9a-fA-F]{{2}}', '', 'g')"
    return f"CASE WHEN strpos({text}, '\\u') = 0 THEN true ELSE {pairs} !~ '\\\\u(0000|[dD][89a-fA-F])' END"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
