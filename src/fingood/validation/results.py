"""What earlier validations of a database found, in a file of SQLite beside the audit log.

It tells what is new and what is known, how counts move, and up to which key a table was looked through already.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fingood.errors import CouldNotLook
from fingood.model.finding import Finding
from fingood.settings.own_folder import make_private_folder

_TABLES = """
CREATE TABLE IF NOT EXISTS runs (id integer PRIMARY KEY, target text NOT NULL, mode text NOT NULL, at text NOT NULL);
CREATE TABLE IF NOT EXISTS found (
  run integer NOT NULL REFERENCES runs (id), fingerprint text NOT NULL, "check" text NOT NULL, rows integer NOT NULL,
  PRIMARY KEY (run, fingerprint));
CREATE TABLE IF NOT EXISTS marks (
  target text NOT NULL, "table" text NOT NULL, key text NOT NULL, value integer NOT NULL, rows integer NOT NULL,
  state text NOT NULL, PRIMARY KEY (target, "table"));
CREATE TABLE IF NOT EXISTS counted (
  target text NOT NULL, "table" text NOT NULL, rule text NOT NULL, bad integer NOT NULL,
  PRIMARY KEY (target, "table", rule));
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A finding of an earlier run: when it was first seen, and how many rows it had when last seen."""

    since: str
    rows: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A table was looked through up to this value of its key; ``rows`` were there, and ``bad`` counts, by a rule's
    name, what was found among them; ``state`` is what the server's counters said."""

    key: str
    value: int
    rows: int
    bad: Mapping[str, int]
    state: str


class Results:
    """The file of results for one database, named by its URL without secrets."""

    def __init__(self, path: Path, target: str) -> None:
        self.path, self.target = path, target

    def known(self) -> dict[str, Known]:
        """By fingerprint, what the last run that looked at everything found; the oldest unbroken sight of it counts."""
        if not self.path.exists():
            return {}
        with self._open() as database:
            runs = database.execute(
                "SELECT id, at FROM runs WHERE target = ? AND mode <> 'quick' ORDER BY id DESC", (self.target,)
            ).fetchall()
            found: dict[str, Known] = {}
            for number, (run, at) in enumerate(runs):
                seen = dict(database.execute("SELECT fingerprint, rows FROM found WHERE run = ?", (run,)))
                if number == 0:
                    found = {fingerprint: Known(at, rows) for fingerprint, rows in seen.items()}
                    going = set(found)
                going &= set(seen)
                if not going:
                    break
                found.update({fingerprint: Known(at, found[fingerprint].rows) for fingerprint in going})
            return found

    def add(self, mode: str, at: datetime, findings: Iterable[Finding]) -> None:
        """Keeps what a run found. Raises CouldNotLook where the file cannot be written."""
        with self._open() as database, database:
            run = database.execute(
                "INSERT INTO runs (target, mode, at) VALUES (?, ?, ?)", (self.target, mode, at.isoformat())
            ).lastrowid
            rows: dict[str, tuple[str, int]] = {}
            for finding in findings:
                before = rows.get(finding.fingerprint, ("", 0))[1]
                rows[finding.fingerprint] = finding.check, before + int(finding.evidence.get("rows", "1"))
            database.executemany(
                "INSERT INTO found VALUES (?, ?, ?, ?)",
                [(run, fingerprint, check, number) for fingerprint, (check, number) in rows.items()],
            )

    def marks(self) -> dict[str, Mark]:
        """By table, how far it was looked through."""
        if not self.path.exists():
            return {}
        with self._open() as database:
            counted: dict[str, dict[str, int]] = {}
            for table, rule, bad in database.execute(
                'SELECT "table", rule, bad FROM counted WHERE target = ?', (self.target,)
            ):
                counted.setdefault(table, {})[rule] = bad
            marks = 'SELECT "table", key, value, rows, state FROM marks WHERE target = ?'
            return {
                table: Mark(key, value, rows, counted.get(table, {}), state)
                for table, key, value, rows, state in database.execute(marks, (self.target,))
            }

    def set_marks(self, marks: Mapping[str, Mark]) -> None:
        """Keeps how far tables were looked through. Raises CouldNotLook where the file cannot be written."""
        with self._open() as database, database:
            for table, mark in marks.items():
                database.execute(
                    "INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?, ?, ?)",
                    (self.target, table, mark.key, mark.value, mark.rows, mark.state),
                )
                database.execute('DELETE FROM counted WHERE target = ? AND "table" = ?', (self.target, table))
                database.executemany(
                    "INSERT INTO counted VALUES (?, ?, ?, ?)",
                    [(self.target, table, rule, bad) for rule, bad in mark.bad.items()],
                )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            make_private_folder(self.path.parent)
            with closing(sqlite3.connect(self.path, timeout=10)) as database:
                database.executescript(_TABLES)
                yield database
        except (OSError, sqlite3.Error) as error:
            raise CouldNotLook(
                f"{self.path} cannot be used: {type(error).__name__}",
                hint="delete it; only the memory of earlier validations is lost",
            ) from error
