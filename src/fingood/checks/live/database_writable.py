"""The server takes no writes.

## What it does
Looks whether the server is in recovery (a standby), and whether the role or the database is set read-only; in SQLite
whether the file and its folder can be written.

## Why it matters
The first statement of the migration fails, after locks were waited for and the run was announced.

## Instead
Point the URL at the primary, or reset the setting.

## Manual
PostgreSQL, 9.28 "Recovery Information Functions"; 19.11.1, default_transaction_read_only. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.live_tables import live_facts
from fingood.checks.subject import Subject
from fingood.model.live import Look
from fingood.model.severity import Confidence, Severity


@check(
    title="The server takes no writes",
    family=Family.LIVE,
    severity=Severity.CRITICAL,
    needs=(Need.LIVE,),
    looks=(Look.SERVER,),
)
def database_writable(subject: Subject) -> Iterator[Hit]:
    live = live_facts(subject)
    if live.server.in_recovery:
        yield Hit(
            message="The server is in recovery: it is a standby.",
            effect="Every write fails (SQLSTATE 25006).",
            remedy="# the primary's URL in database_url, or target_session_attrs=read-write behind it",
            subject="server",
            confidence=Confidence.OBSERVED,
        )
    elif live.server.read_only:
        sqlite = live.dialect == "sqlite"
        yield Hit(
            message="The database file or its folder cannot be written." if sqlite else "Transactions are read-only.",
            effect="The first statement of the migration fails.",
            remedy="# give the user write access to the file and its folder"
            if sqlite
            else f'ALTER ROLE "{live.server.user}" RESET default_transaction_read_only;  -- or ALTER DATABASE',
            subject="server",
            confidence=Confidence.OBSERVED,
        )
