"""SQLite files with odd names, and other processes that hold locks on them."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE "Order Lines" (id integer PRIMARY KEY, account integer, memo text);
CREATE TABLE "select" (id text PRIMARY KEY, memo text) WITHOUT ROWID;
CREATE TABLE "späße" (id integer PRIMARY KEY, line integer REFERENCES "Order Lines");
CREATE TABLE log (id integer PRIMARY KEY, line integer, memo text);
CREATE INDEX by_account ON "Order Lines" (account);
CREATE VIEW "Account 7" AS SELECT memo FROM "Order Lines" WHERE account = 7;
CREATE VIEW "via a view" AS SELECT memo FROM "Account 7";
CREATE VIEW apart AS SELECT memo FROM log;
CREATE TRIGGER "log it" AFTER INSERT ON "Order Lines" WHEN new.id > 0 BEGIN
  INSERT INTO log (line, memo) VALUES (new.id, 'it''s; new.account');
  UPDATE "späße" SET line = NEW."id" WHERE line = new.account;
  SELECT RAISE(ABORT, 'closed (really)') WHERE new.account = -1;
END;
CREATE TRIGGER backwards AFTER DELETE ON log BEGIN DELETE FROM "Order Lines" WHERE id = old.line; END;
"""

_HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=float(sys.argv[2]))
for statement in sys.argv[3:]:
    connection.execute(statement).fetchall()
print("held", flush=True)
sys.stdin.readline()
"""


def make(path: Path, *, wal: bool = False, schema: str = SCHEMA, rows: int = 0) -> Path:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA journal_mode = {'wal' if wal else 'delete'}")
        connection.executescript(schema)
        if rows:
            values = ((n % 50, "x" * 100) for n in range(rows))
            connection.executemany('INSERT INTO "Order Lines" (account, memo) VALUES (?, ?)', values)
        connection.commit()
    return path


@contextmanager
def held(path: Path, *statements: str, wait: bool = True, patience: float = 5.0) -> Iterator[subprocess.Popen[str]]:
    """Another process that has run the statements on the file, and sits there until the block ends."""
    words = [sys.executable, "-c", _HOLDER, str(path), str(patience), *statements]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        if wait:
            assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(timeout=20)
