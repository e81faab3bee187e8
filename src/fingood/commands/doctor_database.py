"""The part of `doctor` that concerns the database: driver, reach, version, tools, clock, version table."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError

from fingood.catalog import connect, known_heads, read_facts
from fingood.catalog.queries import run_sql
from fingood.errors import CannotConnect, ConfigError, CouldNotLook, FingoodError
from fingood.model.facts import Facts
from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome
from fingood.model.severity import Confidence, Severity
from fingood.revisions import History
from fingood.sandbox import found_binaries
from fingood.sandbox.supplier import read_version
from fingood.settings import Settings
from fingood.statements.compat import driver_is_installed, make_engine
from fingood.validation.query import reason_of

OLDEST, NEWEST = 14, 18
"""The majors of PostgreSQL that are supported and tested."""

MAX_SKEW = 2.0
"""Seconds between this machine's clock and the server's from which times in the audit log mislead."""

_AFTER_DATABASE = ("server-version", "pg-dump", "sandbox-version", "clock", "version-table")


def examine_database(settings: Settings) -> list[CheckRun]:
    """The checks in order; what a failure makes impossible is skipped with the reason."""
    url = settings.database_url
    if not url:
        return _skip(("driver", "database", *_AFTER_DATABASE), "no database is configured")
    driver = _driver(url)
    if driver.outcome is Outcome.FAILED and driver.findings[0].severity is Severity.ERROR:
        return [driver, *_skip(("database", *_AFTER_DATABASE), "the driver is missing")]
    try:
        with connect(url, application_name="fingood doctor", statement_timeout=30) as connection:
            reached = CheckRun(check="database", outcome=Outcome.PASSED)
            return [driver, reached, *_inside(settings, connection)]
    except CannotConnect as error:
        run = _failed("database", error.message, remedy=error.hint)
        return [driver, run, *_skip(_AFTER_DATABASE, "the database cannot be reached")]
    except (DBAPIError, CouldNotLook) as error:
        why = reason_of(error) if isinstance(error, DBAPIError) else error.message
        reason = f"the database did not answer to the end: {why}"
        run = CheckRun(check="database", outcome=Outcome.ERRORED, reason=reason)
        return [driver, run, *_skip(_AFTER_DATABASE, reason)]


def _inside(settings: Settings, connection: Connection) -> Iterator[CheckRun]:
    facts = read_facts(connection, target=True, version_table=settings.project.version_table)
    if facts.dialect == "postgresql":
        major = facts.server_version // 10_000
        yield _server_version(major)
        yield _pg_dump(major)
        yield _sandbox_version(major)
        yield _clock(connection)
    else:
        yield from _skip(("server-version", "pg-dump", "sandbox-version", "clock"), "SQLite has no server")
    yield _version_table(settings, facts)


def _driver(url: str) -> CheckRun:
    """Whether the URL's driver is there. A bare ``postgresql://`` means psycopg2 to SQLAlchemy before 2.1 and psycopg
    since; fingood takes what is installed, a plain env.py does not."""
    try:
        engine = make_engine(url)
    except ConfigError as error:
        return _failed("driver", error.message, remedy=error.hint)
    taken = engine.dialect.driver
    engine.dispose()
    parsed = make_url(url)
    if "+" in parsed.drivername:
        return CheckRun(check="driver", outcome=Outcome.PASSED)
    usual = parsed.get_dialect().driver
    if usual != taken and not driver_is_installed(f"{parsed.drivername}+{usual}"):
        return _failed(
            "driver",
            f"this SQLAlchemy takes {parsed.drivername}:// for {usual}, which is not installed; fingood takes {taken}",
            severity=Severity.WARNING,
            effect="An env.py that calls create_engine(url) fails.",
            remedy=f"write {parsed.drivername}+{taken}:// in the URL",
        )
    return _info("driver", f"{parsed.drivername}:// takes the driver {taken} here; another SQLAlchemy may take another")


def _server_version(major: int) -> CheckRun:
    if major < OLDEST:
        return _failed(
            "server-version",
            f"the server is PostgreSQL {major}; {OLDEST} is the oldest that is supported",
            effect="What the checks say of locks and rewrites was not tested there.",
        )
    if major > NEWEST:
        return _failed(
            "server-version", f"the server is PostgreSQL {major}, newer than what was tested", severity=Severity.WARNING
        )
    return CheckRun(check="server-version", outcome=Outcome.PASSED)


def _dumpers() -> dict[int, str]:
    """Majors of the pg_dump programs within reach, with where they are."""
    found: dict[int, str] = {}
    on_path = shutil.which("pg_dump")
    paths = [Path(on_path)] if on_path else []
    paths += [binaries.bin_dir / "pg_dump" for binaries in found_binaries()]
    for path in paths:
        number = re.match(r"\d+", read_version(path)) if path.is_file() else None
        if number:
            found.setdefault(int(number[0]), str(path))
    return found


def _pg_dump(major: int) -> CheckRun:
    """pg_dump refuses a server of a newer major version than its own (manual, pg_dump, Notes)."""
    found = _dumpers()
    if not found:
        return _failed(
            "pg-dump",
            "there is no pg_dump",
            severity=Severity.WARNING,
            effect="No backup point can be taken and no target can be copied.",
            remedy="pip install 'fingood-migrations[embedded]'",
        )
    newest = max(found)
    if newest < major:
        return _failed(
            "pg-dump",
            f"the newest pg_dump is {newest} ({found[newest]}), older than the server's {major}",
            effect="pg_dump refuses a server newer than itself: no backup point, no copy of the target.",
            remedy=f"install the client tools of PostgreSQL {major} and set PG_BIN to their folder",
        )
    return CheckRun(check="pg-dump", outcome=Outcome.PASSED)


def _sandbox_version(major: int) -> CheckRun:
    majors = sorted({binaries.major for binaries in found_binaries()})
    if not majors or major in majors:
        return CheckRun(check="sandbox-version", outcome=Outcome.PASSED if majors else Outcome.SKIPPED)
    return _info(
        "sandbox-version",
        f"sandboxes run on PostgreSQL {majors[-1]}, the server is {major}",
        effect="What differs between the two versions is not seen in a sandbox.",
        remedy=f"install PostgreSQL {major} or set PG_BIN to its folder",
    )


def _clock(connection: Connection) -> CheckRun:
    before = datetime.now(UTC)
    there = run_sql(connection, "SELECT extract(epoch FROM clock_timestamp())::float8 AS now")[0]["now"]
    after = datetime.now(UTC)
    middle = before.timestamp() + (after - before).total_seconds() / 2
    skew = float(there) - middle
    if abs(skew) <= MAX_SKEW + (after - before).total_seconds() / 2:
        return CheckRun(check="clock", outcome=Outcome.PASSED)
    return _failed(
        "clock",
        f"the server's clock is {abs(skew):.1f} s {'ahead of' if skew > 0 else 'behind'} this machine's",
        severity=Severity.WARNING,
        effect="Times in the audit log and in the database cannot be laid side by side.",
        remedy="set both clocks by the same time service",
    )


def _version_table(settings: Settings, facts: Facts) -> CheckRun:
    try:
        history = History.load(settings.project)
    except FingoodError as error:
        return CheckRun(check="version-table", outcome=Outcome.SKIPPED, reason=error.message)
    try:
        heads = known_heads(facts)
    except CouldNotLook as error:
        return CheckRun(check="version-table", outcome=Outcome.ERRORED, reason=error.message)
    known = {revision.id for revision in history.ordered()}
    strange = [head for head in heads if head not in known]
    if strange:
        return _failed(
            "version-table",
            f"the database is at {', '.join(strange)}, which this history does not have",
            effect="alembic upgrade and downgrade fail: can't locate revision.",
            remedy="check out the branch that has it, or point at the right database",
        )
    pending = history.pending(heads)
    if not pending:
        return CheckRun(check="version-table", outcome=Outcome.PASSED)
    at = f"at {', '.join(heads)}" if heads else "without any revision"
    shown = ", ".join(revision.id for revision in pending[:5]) + (" …" if len(pending) > 5 else "")
    return _info(
        "version-table", f"the database is {at}; {len(pending)} to apply: {shown}", remedy="fingood check head"
    )


def _skip(names: tuple[str, ...], reason: str) -> list[CheckRun]:
    return [CheckRun(check=name, outcome=Outcome.SKIPPED, reason=reason) for name in names]


def _failed(
    check: str, message: str, *, severity: Severity = Severity.ERROR, effect: str = "", remedy: str = ""
) -> CheckRun:
    finding = Finding(
        check=check,
        severity=severity,
        confidence=Confidence.OBSERVED,
        message=message,
        effect=effect,
        remedy=remedy,
    )
    return CheckRun(check=check, outcome=Outcome.FAILED, findings=(finding,))


def _info(check: str, message: str, *, effect: str = "", remedy: str = "") -> CheckRun:
    """Worth knowing, nothing to mend."""
    run = _failed(check, message, severity=Severity.INFO, effect=effect, remedy=remedy)
    return CheckRun(check=check, outcome=Outcome.PASSED, findings=run.findings)
