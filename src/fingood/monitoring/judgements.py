"""Judgements of the health checks: rows of a query in, what is ill with them out. No I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fingood.model.live import IDLE_SECONDS, LONG_SECONDS, OLD_TRANSACTION_IDS, TAKEN_CONNECTIONS
from fingood.model.names import RelationName, quote_always
from fingood.model.severity import Severity

Row = dict[str, Any]

_OLDEST_SUPPORTED = 14
_WAITING_SECONDS = (10, 60)
_SEQUENCE = (0.70, 0.90)
_PREPARED_SECONDS = (60, 3600)
_FREE_PAGES = 0.50


@dataclass(frozen=True, slots=True, kw_only=True)
class Ill:
    """One thing that is not well: what was observed beside the threshold it passed."""

    severity: Severity
    subject: str
    message: str
    observed: str
    threshold: str
    effect: str = ""
    remedy: str = ""


def _grade(value: float, limits: tuple[float, float]) -> Severity | None:
    """WARNING from the first limit on, CRITICAL from the second."""
    if value >= limits[1]:
        return Severity.CRITICAL
    return Severity.WARNING if value >= limits[0] else None


def server_version(rows: list[Row]) -> Iterator[Ill]:
    """A major version that gets no more fixes."""
    major = int(rows[0]["server_version"]) // 10000
    if major < _OLDEST_SUPPORTED:
        yield Ill(
            severity=Severity.WARNING,
            subject=f"PostgreSQL {major}",
            message=f"PostgreSQL {major} gets no more security fixes",
            observed=str(major),
            threshold=f"at least {_OLDEST_SUPPORTED}",
            remedy="upgrade the server",
        )


def connections(rows: list[Row]) -> Iterator[Ill]:
    """Connection slots running out."""
    used, most = int(rows[0]["used"]), int(rows[0]["most"])
    severity = _grade(used / most, TAKEN_CONNECTIONS)
    if severity:
        yield Ill(
            severity=severity,
            subject="max_connections",
            message=f"{used} of {most} connection slots are taken",
            effect="A migration that needs a second connection for its lock may be refused.",
            observed=f"{used}/{most}",
            threshold=f"{TAKEN_CONNECTIONS[0]:.0%}",
            remedy="use a connection pool, or raise max_connections",
        )


def invalid_indexes(rows: list[Row]) -> Iterator[Ill]:
    """Indexes that a failed CONCURRENTLY left behind."""
    for row in rows:
        name = RelationName(row["schema"], row["name"])
        yield Ill(
            severity=Severity.ERROR,
            subject=str(name),
            message=f"the index on {RelationName(row['schema'], row['table'])} is not valid",
            effect="Queries do not use it and every write still pays for it.",
            observed="invalid",
            threshold="none",
            remedy=f"DROP INDEX CONCURRENTLY {name.sql};  -- then build it again",
        )


def pick_idle(rows: list[Row]) -> list[Row]:
    """Of the open transactions those that sit idle, by how long they have."""
    return [{**row, "seconds": row["idle"]} for row in rows if row["idle"] is not None]


def pick_active(rows: list[Row]) -> list[Row]:
    """Of the open transactions those of clients that are at work."""
    return [row for row in rows if row["state"] == "active" and row["kind"] == "client backend"]


def idle_in_transaction(rows: list[Row]) -> Iterator[Ill]:
    """Sessions that hold a transaction open and do nothing."""
    for row in rows:
        yield from _session(row, IDLE_SECONDS, "has been idle in a transaction for")


def long_transactions(rows: list[Row]) -> Iterator[Ill]:
    """Transactions that have been open for long."""
    for row in rows:
        yield from _session(row, LONG_SECONDS, "has had a transaction open for")


def _session(row: Row, limits: tuple[float, float], what: str) -> Iterator[Ill]:
    seconds = float(row["seconds"])
    severity = _grade(seconds, limits)
    if severity:
        yield Ill(
            severity=severity,
            subject=f"pid {row['pid']}",
            message=f"pid {row['pid']} ({row['application'] or 'no application name'}) {what} {seconds:.0f} s",
            effect="Its locks stay, a migration waits behind them, and VACUUM cannot clean up.",
            observed=f"{seconds:.0f} s",
            threshold=f"{limits[0]} s",
            remedy=f"SELECT pg_terminate_backend({int(row['pid'])});  -- after asking its owner",
        )


def waiting_for_locks(rows: list[Row]) -> Iterator[Ill]:
    """Sessions that wait for a lock."""
    for row in rows:
        seconds = float(row["seconds"])
        severity = _grade(seconds, _WAITING_SECONDS)
        if severity:
            blockers = ", ".join(str(pid) for pid in row["blockers"]) or "nobody"
            yield Ill(
                severity=severity,
                subject=f"pid {row['pid']}",
                message=f"pid {row['pid']} has waited for a lock for {seconds:.0f} s; held up by pid {blockers}",
                effect="Whoever wants a conflicting lock queues up behind it.",
                observed=f"{seconds:.0f} s",
                threshold=f"{_WAITING_SECONDS[0]} s",
                remedy="SELECT * FROM pg_stat_activity WHERE pid = ...;  -- what does the holder do?",
            )


def sequences(rows: list[Row]) -> Iterator[Ill]:
    """Sequences near the end of their own range or of the column they fill."""
    for row in rows:
        last, most = int(row["last"]), int(row["most"])
        severity = _grade(last / most, _SEQUENCE)
        if severity:
            name = RelationName(row["schema"], row["name"])
            yield Ill(
                severity=severity,
                subject=str(name),
                message=f"{name} stands at {last:,} of {most:,}",
                effect="Inserts fail when it reaches the end.",
                observed=f"{last / most:.1%}",
                threshold=f"{_SEQUENCE[0]:.0%}",
                remedy="widen the column and the sequence to bigint in a migration of its own",
            )


def unvalidated_constraints(rows: list[Row]) -> Iterator[Ill]:
    """Constraints that were added NOT VALID and never validated."""
    for row in rows:
        table = RelationName(row["schema"], row["table"])
        yield Ill(
            severity=Severity.WARNING,
            subject=f"{table}.{row['name']}",
            message=f"the constraint {row['name']} of {table} holds for new rows only",
            observed="not validated",
            threshold="none",
            remedy=f"ALTER TABLE {table.sql} VALIDATE CONSTRAINT {quote_always(str(row['name']))};",
        )


def transaction_ids(rows: list[Row]) -> Iterator[Ill]:
    """Databases whose oldest transaction id is old."""
    for row in rows:
        age = int(row["age"])
        severity = _grade(age, OLD_TRANSACTION_IDS)
        if severity:
            yield Ill(
                severity=severity,
                subject=str(row["database"]),
                message=f"the oldest unfrozen transaction of {row['database']} is {age:,} transactions old",
                effect="At about 2.1 billion the server refuses writes.",
                observed=f"{age:,}",
                threshold=f"{OLD_TRANSACTION_IDS[0]:,}",
                remedy="VACUUM (FREEZE);  -- and look for what keeps autovacuum from it",
            )


def prepared_transactions(rows: list[Row]) -> Iterator[Ill]:
    """Two-phase transactions that nobody finished."""
    for row in rows:
        seconds = float(row["seconds"])
        severity = _grade(seconds, _PREPARED_SECONDS)
        if severity:
            yield Ill(
                severity=severity,
                subject=str(row["database"]),
                message=f"a prepared transaction in {row['database']} has been open for {seconds:.0f} s",
                effect="It keeps its locks, also over a restart.",
                observed=f"{seconds:.0f} s",
                threshold=f"{_PREPARED_SECONDS[0]} s",
                remedy="SELECT gid FROM pg_prepared_xacts;  -- then COMMIT PREPARED or ROLLBACK PREPARED",
            )


def tables_without_key(rows: list[Row]) -> Iterator[Ill]:
    """Tables without a primary key."""
    for row in rows:
        table = RelationName(row["schema"], row["name"])
        yield Ill(
            severity=Severity.INFO,
            subject=str(table),
            message=f"{table} has no primary key",
            effect="Rows cannot be told apart; logical replication refuses UPDATE and DELETE.",
            observed="none",
            threshold="one",
            remedy=f"ALTER TABLE {table.sql} ADD PRIMARY KEY (...);",
        )


def quick_check(rows: list[Row]) -> Iterator[Ill]:
    """A database file that is damaged."""
    problems = [str(next(iter(row.values()))) for row in rows]
    if problems != ["ok"]:
        yield Ill(
            severity=Severity.CRITICAL,
            subject="database",
            message=f"the file is damaged in {len(problems)} places",
            observed=str(len(problems)),
            threshold="none",
            remedy="restore a backup; .recover of the sqlite3 program saves what can be read",
        )


def foreign_keys(rows: list[Row]) -> Iterator[Ill]:
    """Rows that point to rows that are not there."""
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        pair = (str(row["table"]), str(row["parent"]))
        counts[pair] = counts.get(pair, 0) + 1
    for (table, parent), number in counts.items():
        yield Ill(
            severity=Severity.ERROR,
            subject=table,
            message=f"{number} rows of {table} point to rows of {parent} that do not exist",
            observed=str(number),
            threshold="none",
            remedy=f"PRAGMA foreign_key_check({quote_always(table)});",
        )


def free_pages(rows: list[Row]) -> Iterator[Ill]:
    """A file that is mostly empty."""
    free, pages = int(rows[0]["free"]), int(rows[0]["pages"])
    if pages > 1000 and free / pages >= _FREE_PAGES:
        yield Ill(
            severity=Severity.INFO,
            subject="database",
            message=f"{free} of {pages} pages are free",
            observed=f"{free / pages:.0%}",
            threshold=f"{_FREE_PAGES:.0%}",
            remedy="VACUUM;",
        )
