"""Runs a file of plain SQL on a sandbox's database, statement by statement, and observes what each does."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import replace
from typing import Any

from fingood.model.plan import Plan, Rendering, Statement
from fingood.statements.compat import driver_connection, make_engine
from fingood.statements.failures import Refused, describe
from fingood.statements.plans import PlanBuilder
from fingood.statements.probe import Probe
from fingood.statements.refusals import why_refused
from fingood.statements.sql_file import FileStatement, SqlFile
from fingood.statements.sql_plan import statements_of
from fingood.statements.transactions import Transactions
from fingood.statements.wire import Fault, JobEnded, StatementEnded, StepBegun, StepEnded


def run_sql_file(url: str, file: SqlFile, *, timeout: float = 300.0, private: bool = True) -> Plan:
    """The Plan of the file as it ran on the database ``url``: in one transaction, or statement by statement where the
    file has its own. What stands behind a failure, and what only psql can run, is in the Plan by its text.

    A statement that takes longer than ``timeout`` seconds is ended and fails. One that would leave the sandbox is not
    run; ``private`` says that the sandbox's server is its own, as in :func:`why_refused`.
    """
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            return _Runner(driver_connection(connection), file, timeout, private=private).run()
    finally:
        engine.dispose()


class _Runner:
    def __init__(self, driver: Any, file: SqlFile, timeout: float, *, private: bool) -> None:
        self._driver, self._file, self._private = driver, file, private
        self._builder = PlanBuilder(Rendering.RECORDED)
        self._probe = Probe(self._builder.take)
        self._transactions = Transactions()
        self._cursor = driver.cursor()
        self._sqlite = isinstance(driver, sqlite3.Connection)
        self._begin(timeout)

    def run(self) -> Plan:
        started = time.perf_counter()
        self._builder.take(self._begun())
        self._probe.begin()
        fault = None
        ran: list[FileStatement] = []
        for statement in self._file.statements:
            if not statement.psql:
                fault = self._execute(statement, started)
                ran.append(statement)
                if fault is not None:
                    break
        fault = fault or self._commit()
        self._builder.take(StepEnded(duration=time.perf_counter() - started, notes=self._probe.end()))
        if fault is not None:
            self._builder.take(JobEnded(fault=fault))
        return self._completed(self._builder.plans[0], ran)

    def _begin(self, timeout: float) -> None:
        if self._sqlite:
            self._driver.isolation_level = None
            if not self._file.autocommit:
                self._cursor.execute("BEGIN")
            return
        self._driver.rollback()
        self._driver.autocommit = True
        self._cursor.execute(f"SET statement_timeout = {round(timeout * 1000)}")
        self._driver.autocommit = self._file.autocommit

    def _begun(self) -> StepBegun:
        return StepBegun(
            revision=self._file.path,
            path=self._file.path,
            direction="upgrade",
            dialect=self._file.dialect,
            server_version=0 if self._sqlite else int(self._driver.info.server_version),
            down_revisions=(),
            doc="",
            transaction_per_migration=True,
            notes=(),
        )

    def _execute(self, statement: FileStatement, begun: float) -> Fault | None:
        was_open = self._transactions.before(self._driver)
        before = None if self._sqlite else self._probe.before(self._driver, statement.sql, statement.first)
        started = time.perf_counter()
        fault = None
        try:
            self._refuse(statement)
            self._send(statement)
        except (Exception, Refused) as error:  # noqa: BLE001 - whatever the driver raises is the statement's own failure
            fault = replace(describe(error), path=self._file.path, line=statement.first)
        duration = time.perf_counter() - started
        rows = getattr(self._cursor, "rowcount", -1)
        self._builder.take(
            StatementEnded(
                sql=statement.sql,
                path=self._file.path,
                line=statement.first,
                parameters=(),
                executions=1,
                transaction=self._transactions.after(self._driver, was_open),
                duration=duration,
                rows=rows if fault is None and isinstance(rows, int) and rows >= 0 else None,
                fault=fault,
                started=started - begun,
                seen=None if fault or self._sqlite else self._probe.after(self._driver, before),
            )
        )
        return fault

    def _refuse(self, statement: FileStatement) -> None:
        reason = "" if self._sqlite else why_refused(statement.sql, private=self._private)
        if reason:
            raise Refused(f"not run in the sandbox: {reason}")

    def _send(self, statement: FileStatement) -> None:
        if statement.data is None:
            self._cursor.execute(statement.sql)
        elif hasattr(self._cursor, "copy"):
            with self._cursor.copy(statement.sql) as copy:
                copy.write(statement.data)
        else:
            import io

            self._cursor.copy_expert(statement.sql, io.StringIO(statement.data))

    def _commit(self) -> Fault | None:
        """Deferred constraints speak up here."""
        try:
            if not self._file.autocommit:
                self._driver.commit()
        except Exception as error:  # noqa: BLE001 - as above
            last = self._file.statements[-1].first if self._file.statements else None
            return replace(describe(error), path=self._file.path, line=last)
        return None

    def _completed(self, plan: Plan, ran: list[FileStatement]) -> Plan:
        """The plan with what was not run, each where it stands in the file, and locations that name no revision."""
        by_place = dict(zip(map(id, ran), plan.statements, strict=True))
        unrun = [statement for statement in self._file.statements if id(statement) not in by_place]
        texts = dict(zip(map(id, unrun), statements_of(self._file, unrun, plan.server_version), strict=True))
        whole = [{**texts, **by_place}[id(statement)] for statement in self._file.statements]
        return replace(plan, statements=tuple(_placed(number, one) for number, one in enumerate(whole)))


def _placed(number: int, statement: Statement) -> Statement:
    place = statement.location
    return replace(statement, index=number, location=replace(place, revision=None) if place else None)
