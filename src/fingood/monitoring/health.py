"""Runs the health checks that fit a database. Each is data plus one function on the rows of its query."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.catalog.queries import load_sql, run_sql
from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome
from fingood.model.severity import Confidence
from fingood.monitoring import judgements
from fingood.monitoring.judgements import Ill, Row

Judge = Callable[[list[Row]], Iterable[Ill]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """``query`` names the SQL file of the dialect. ``comprehensive`` checks run with --comprehensive only.

    ``others``: it looks at other users' sessions, whose state only members of pg_read_all_stats see. ``source`` is
    where the rule comes from. ``shared`` names a query of the catalog that others look at too; ``pick`` makes this
    check's rows of its rows.
    """

    id: str
    dialect: str
    judge: Judge
    source: str
    comprehensive: bool = True
    others: bool = False
    shared: str = ""
    pick: Callable[[list[Row]], list[Row]] = list

    @property
    def query(self) -> str:
        """The SQL of the shared query, else of ``sql/<dialect>/<id>.sql``."""
        if self.shared:
            return load_sql(self.dialect, self.shared)
        file = resources.files("fingood.monitoring") / "sql" / self.dialect / f"{self.id}.sql"
        return file.read_text(encoding="utf-8")


_MANUAL = "PostgreSQL manual, "

HEALTH_CHECKS: tuple[HealthCheck, ...] = (
    HealthCheck(
        id="server-version",
        dialect="postgresql",
        judge=judgements.server_version,
        source="postgresql.org/support/versioning",
        comprehensive=False,
    ),
    HealthCheck(
        id="connections",
        dialect="postgresql",
        shared="live/connections",
        judge=judgements.connections,
        source=_MANUAL + "19.3.1",
        comprehensive=False,
    ),
    HealthCheck(
        id="invalid-indexes",
        dialect="postgresql",
        shared="live/invalid_indexes",
        judge=judgements.invalid_indexes,
        source=_MANUAL + "CREATE INDEX, Building Indexes Concurrently",
        comprehensive=False,
    ),
    HealthCheck(
        id="idle-in-transaction",
        dialect="postgresql",
        shared="live/sessions",
        pick=judgements.pick_idle,
        judge=judgements.idle_in_transaction,
        source=_MANUAL + "19.11.1 (idle_in_transaction_session_timeout)",
        comprehensive=False,
        others=True,
    ),
    HealthCheck(
        id="long-transactions",
        dialect="postgresql",
        shared="live/sessions",
        pick=judgements.pick_active,
        judge=judgements.long_transactions,
        source=_MANUAL + "24.1.5",
        others=True,
    ),
    HealthCheck(
        id="waiting-for-locks",
        dialect="postgresql",
        judge=judgements.waiting_for_locks,
        source=_MANUAL + "13.3",
        others=True,
    ),
    HealthCheck(id="sequences", dialect="postgresql", judge=judgements.sequences, source=_MANUAL + "CREATE SEQUENCE"),
    HealthCheck(
        id="unvalidated-constraints",
        dialect="postgresql",
        shared="live/unvalidated_constraints",
        judge=judgements.unvalidated_constraints,
        source=_MANUAL + "ALTER TABLE, NOT VALID",
    ),
    HealthCheck(
        id="transaction-ids",
        dialect="postgresql",
        shared="live/transaction_ids",
        judge=judgements.transaction_ids,
        source=_MANUAL + "24.1.5",
    ),
    HealthCheck(
        id="prepared-transactions",
        dialect="postgresql",
        judge=judgements.prepared_transactions,
        source=_MANUAL + "PREPARE TRANSACTION",
    ),
    HealthCheck(
        id="tables-without-key",
        dialect="postgresql",
        judge=judgements.tables_without_key,
        source=_MANUAL + "5.5.4",
    ),
    HealthCheck(
        id="quick-check",
        dialect="sqlite",
        judge=judgements.quick_check,
        source="sqlite.org/pragma.html#pragma_quick_check",
        comprehensive=False,
    ),
    HealthCheck(
        id="foreign-keys",
        dialect="sqlite",
        judge=judgements.foreign_keys,
        source="sqlite.org/pragma.html#pragma_foreign_key_check",
        comprehensive=False,
    ),
    HealthCheck(
        id="free-pages",
        dialect="sqlite",
        judge=judgements.free_pages,
        source="sqlite.org/pragma.html#pragma_freelist_count",
    ),
)


def run_health_checks(connection: Connection, *, comprehensive: bool) -> Iterator[CheckRun]:
    """Every check for the connection's dialect, in turn. A query that fails makes its own check errored, no other."""
    dialect = connection.dialect.name
    sees_others = dialect != "postgresql" or _sees_others(connection)
    for check in HEALTH_CHECKS:
        if check.dialect == dialect and (comprehensive or not check.comprehensive):
            yield _run(connection, check, sees_others=sees_others)


def _run(connection: Connection, check: HealthCheck, *, sees_others: bool) -> CheckRun:
    clock = time.monotonic()
    try:
        with connection.begin_nested():
            rows = run_sql(connection, check.query)
    except DBAPIError as error:
        return CheckRun(check=check.id, outcome=Outcome.ERRORED, reason=_reason(error), duration=_since(clock))
    findings = tuple(_finding(check, ill) for ill in check.judge(check.pick(rows)))
    if findings:
        return CheckRun(check=check.id, outcome=Outcome.FAILED, findings=findings, duration=_since(clock))
    if check.others and not sees_others:
        reason = "sessions of other users cannot be seen (GRANT pg_read_all_stats TO the user)"
        return CheckRun(check=check.id, outcome=Outcome.SKIPPED, reason=reason, duration=_since(clock))
    return CheckRun(check=check.id, outcome=Outcome.PASSED, duration=_since(clock))


def _since(clock: float) -> float:
    return time.monotonic() - clock


def _reason(error: DBAPIError) -> str:
    """The SQLSTATE alone: the driver's text may carry values."""
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    return f"the query failed with SQLSTATE {state}" if state else f"the query failed: {type(error.orig).__name__}"


def _sees_others(connection: Connection) -> bool:
    sql = "SELECT pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS seen"
    return bool(run_sql(connection, sql)[0]["seen"])


def _finding(check: HealthCheck, ill: Ill) -> Finding:
    evidence: dict[str, Any] = {"observed": ill.observed, "threshold": ill.threshold, "source": check.source}
    return Finding(
        check=check.id,
        severity=ill.severity,
        confidence=Confidence.OBSERVED,
        message=ill.message,
        effect=ill.effect,
        remedy=ill.remedy,
        subject=ill.subject,
        evidence={key: value for key, value in evidence.items() if value},
    )
