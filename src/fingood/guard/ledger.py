"""What the ledger comes to before a step and after it, inside the step's own transaction.

Rows and exact sums by account and currency of the tables that ``[[tool.fingood.ledger]]`` names. What a step changes
and its revision does not declare (``Reconciles: ...``) stops it before its commit, or is told, as ``guard.totals``
says.

Others write meanwhile. The server counts what this transaction did to a table by itself: a ledger that the step did not
touch is not looked at again, and where the rows that appeared are not those that the step wrote, the difference is told
but stops nothing, since whose it is cannot be known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from fingood.errors import FingoodError, LedgerChanged
from fingood.guard.environment import StepFacts
from fingood.guard.journal import Journal
from fingood.model.event import EventKind
from fingood.model.finding import Finding
from fingood.model.severity import Severity
from fingood.settings import LedgerMapping, Settings
from fingood.statements.compat import dbapi_connection, driver_connection
from fingood.statements.transactions import in_transaction
from fingood.validation.following import Followed, follow, sum_up_again
from fingood.validation.query import CannotRead, reason_of
from fingood.validation.reconcile import compare_totals, read_docstring, read_reconciliations
from fingood.validation.totals import Totals
from fingood.validation.work import Work, read_work

T = TypeVar("T")

MODE = "guard"
_LONGEST = "60s"


class LedgerKeeper:
    """Asked before each step and after it, on the migration's own connection."""

    def __init__(
        self, connection: Connection, settings: Settings, journal: Journal, notice: Callable[[str], None]
    ) -> None:
        self._connection = connection
        self._settings = settings
        self._journal = journal
        self._notice = notice
        self._kept: dict[str, Followed] = {}
        self._left_out: set[str] = set()
        self._guessed: set[str] = set()

    def step_begins(self) -> None:
        """Sums up what is not known yet, or what was written to since."""
        for mapping in self._settings.ledger:
            if mapping.table not in self._left_out:
                self._try(mapping, partial(self._refresh, mapping))

    def step_done(self, facts: StepFacts, *, in_parts: bool) -> None:
        """Compares, records and tells. ``in_parts`` says that a part was committed on the way. Raises LedgerChanged
        where an undeclared change is certain and the settings say stop; a way back is never stopped."""
        findings: list[Finding] = []
        compared: list[str] = []
        guessed: list[str] = []
        certain = True
        for table, kept in list(self._kept.items()):
            answer = self._try(kept.mapping, partial(self._after, kept, in_parts))
            if answer is None:
                continue
            totals, work = answer
            del self._kept[table]
            compared.append(table)
            guessed += [_in_place_of(kept)] if kept.missing else []
            found = self._compare(kept, totals, facts)
            findings += found
            gained = (totals.rows if totals else 0) - kept.totals.rows
            whose = work is None or work.explains(kept.work, gained, totals.rows if totals else 0)
            certain &= not found or whose
        if compared:
            self._conclude(facts, compared, findings, certain=certain, reason="; ".join(guessed))

    def _try(self, mapping: LedgerMapping, look: Callable[[], T]) -> T | None:
        """The look's answer; where it fails, that is said, and the ledger left out from then on."""
        try:
            return look()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            self._leave_out(mapping, reason_of(error))
        except (CannotRead, FingoodError, SQLAlchemyError) as error:
            self._leave_out(mapping, str(error))
        return None

    def _refresh(self, mapping: LedgerMapping) -> None:
        kept = self._kept.get(mapping.table)
        if kept is not None:
            work = self._inside(lambda: read_work(self._connection, kept.work.oid, kept.work.name))
            if work == kept.work:
                return
            del self._kept[mapping.table]
        chosen = self._settings
        limit = chosen.guard.totals_rows
        found = self._inside(lambda: follow(self._connection, mapping, money=chosen.money, most_rows=limit))
        if found is not None:
            self._kept[mapping.table] = found
            self._tell_missing(found)

    def _after(self, kept: Followed, in_parts: bool) -> tuple[Totals | None, Work | None] | None:
        """What the ledger comes to now, under the names of before, and the work done; None where nothing was."""

        def look() -> tuple[Totals | None, Work | None] | None:
            work = read_work(self._connection, kept.work.oid, kept.work.name)
            if work is None:
                return None, None
            if not in_parts and not work.is_changed_since(kept.work):
                return None
            return sum_up_again(self._connection, kept, work, money=self._settings.money), work

        return self._inside(look)

    def _compare(self, kept: Followed, after: Totals | None, facts: StepFacts) -> list[Finding]:
        declared = read_reconciliations(read_docstring(Path(facts.path)), facts.revision)
        return list(compare_totals([kept.totals], [after] if after is not None else [], declared))

    def _conclude(
        self, facts: StepFacts, compared: Sequence[str], findings: Sequence[Finding], *, certain: bool, reason: str
    ) -> None:
        undeclared = [finding for finding in findings if finding.severity > Severity.INFO]
        stops = self._settings.guard.totals == "stop" and facts.kind == "upgrade" and certain
        self._record(
            mode=MODE,
            migration_id=facts.revision,
            migration_type=facts.kind,
            result="pass" if not undeclared else "fail" if stops else "warning",
            findings=len(undeclared),
            tables=list(compared),
            **({"reason": reason} if reason else {}),
        )
        for finding in findings:
            if finding.severity <= Severity.INFO:
                self._notice(f"{finding.message}. {finding.effect}")
        if not undeclared:
            return
        more = f" (and {len(undeclared) - 1} more)" if len(undeclared) > 1 else ""
        what = f"{facts.kind} of {facts.revision} changes what the ledger comes to"
        said = f"{what}: {undeclared[0].message}{more}"
        if stops:
            subjects = ", ".join(dict.fromkeys(finding.subject for finding in undeclared))
            raise LedgerChanged(f"{what} in {subjects}", f"{undeclared[0].message}{more}", hint=undeclared[0].remedy)
        self._notice(said if certain else f"{said}. Others wrote to it meanwhile: whose change it is cannot be told")

    def _tell_missing(self, found: Followed) -> None:
        """Once a ledger and run: from here on its sums rest on what was recognised."""
        table = found.mapping.table
        if found.missing and table not in self._guessed:
            self._guessed.add(table)
            self._notice(_in_place_of(found))

    def _leave_out(self, mapping: LedgerMapping, reason: str) -> None:
        self._left_out.add(mapping.table)
        self._kept.pop(mapping.table, None)
        self._notice(f"what {mapping.table} comes to is not compared: {reason}")
        self._record(mode=MODE, result="skipped", tables=[mapping.table], reason=reason)

    def _record(self, **payload: object) -> None:
        journal = self._journal
        common = {"database_name": journal.database, "target": journal.target, "environment": journal.environment}
        event = journal.log.append(EventKind.VALIDATION, journal.database, {**common, "run": journal.run, **payload})
        journal.written.append(event.sequence)

    def _inside(self, look: Callable[[], T]) -> T:
        """A look that leaves nothing behind, in the migration's transaction or outside of one."""
        connection = self._connection
        if connection.dialect.name == "sqlite" or not in_transaction(driver_connection(connection)):
            return look()
        savepoint = connection.begin_nested()
        try:
            connection.exec_driver_sql("SELECT 1")  # the guard's own timeouts come first
            cursor = dbapi_connection(connection).cursor()
            cursor.execute(f"SET LOCAL statement_timeout = '{_LONGEST}'")
            cursor.close()
            return look()
        finally:
            if not connection.invalidated:
                savepoint.rollback()


def _in_place_of(found: Followed) -> str:
    """Which columns that the settings name the ledger lacks, and what is compared instead."""
    absent, amounts = ", ".join(found.missing), ", ".join(found.totals.amounts)
    return f"{found.mapping.table} does not have {absent} yet: until then {amounts} is compared"
