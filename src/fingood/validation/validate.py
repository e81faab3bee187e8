"""Runs every invariant over one database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from importlib import resources

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.catalog import LOCK_NOT_AVAILABLE, locked, read_facts
from fingood.errors import ConfigError, CouldNotLook
from fingood.model.names import RelationName
from fingood.model.report import CheckRun, Outcome
from fingood.settings.values import LedgerMapping
from fingood.statements.compat import sqlstate_of
from fingood.validation.increment import Increment
from fingood.validation.invariants import INVARIANTS, Invariant
from fingood.validation.invariants.base import Judged, Look, RuleInvariant, SetInvariant
from fingood.validation.jobs import Done, Job, Open, run_jobs
from fingood.validation.judging import findings_of
from fingood.validation.ledger import LedgerTable, Recognised
from fingood.validation.query import CannotRead, read, reason_of
from fingood.validation.recognise import recognise
from fingood.validation.rule import NotEvaluated, Rule
from fingood.validation.statement import statements_of
from fingood.validation.visibility import as_visible, read_rights, what_is_left, why_not

MODES = ("full", "quick", "incremental", "pre_migration", "post_migration")
QUICK_ROWS = 1_000_000
NOTHING = "no ledger tables recognised; nothing financial was checked"

Watch = Callable[[str], None]


def look_over(
    connection: Connection, *, mappings: Sequence[LedgerMapping] = (), money: Sequence[str] = ()
) -> Recognised:
    """What the database holds that is money. Raises ConfigError when a mapping does not fit, CouldNotLook when the
    catalog cannot be read."""
    try:
        facts = read_facts(connection, target=True)
    except DBAPIError as error:
        if sqlstate_of(error) == LOCK_NOT_AVAILABLE:
            raise locked() from None
        raise CouldNotLook(f"the catalog cannot be read: {reason_of(error)}", hint="fingood doctor") from None
    try:
        partitions, rights = _partitions(connection), read_rights(connection)
    except CannotRead as error:
        raise CouldNotLook(f"the catalog cannot be read: {error}", hint="fingood doctor") from None
    return as_visible(recognise(facts, mappings=mappings, money=money, partitions=partitions), rights)


def _partitions(connection: Connection) -> frozenset[RelationName]:
    if connection.dialect.name != "postgresql":
        return frozenset()
    sql = (resources.files("fingood.validation") / "sql/postgresql/partitions.sql").read_text(encoding="utf-8")
    return frozenset(RelationName(row["schema"], row["name"]) for row in read(connection, sql))


def validate(
    connection: Connection,
    mode: str,
    *,
    mappings: Sequence[LedgerMapping] = (),
    money: Sequence[str] = (),
    recognised: Recognised | None = None,
    own: Sequence[Invariant] = (),
    today: date | None = None,
    workers: int = 1,
    snapshot: str = "",
    another: Open | None = None,
    increment: Increment | None = None,
    watch: Watch = lambda label: None,
    heed: Callable[[Done], None] = lambda done: None,
) -> tuple[CheckRun, ...]:
    """One CheckRun an invariant. ``quick`` leaves sums over tables of more than a million rows alone and says so.

    ``recognised`` saves a second look at the catalog. ``today`` is the day that dates are judged by, the present one
    where it is not said; ``own`` are further invariants.
    With a ``snapshot`` (:func:`hold_snapshot`) and a way to open ``another`` connection, several ``workers`` share the
    statements and see one instant. ``increment`` leaves out what was looked at before. ``watch`` hears what is being
    looked at, ``heed`` what came of each statement.
    Raises ConfigError for an unknown mode or a mapping that does not fit.
    """
    if mode not in MODES:
        raise ConfigError(f"no validation mode '{mode}'", key="mode", hint=f"one of: {', '.join(MODES)}")
    known = recognised or look_over(connection, mappings=mappings, money=money)
    large = QUICK_ROWS if mode == "quick" else None
    look = Look(connection=connection, recognised=known, large=large, today=today or datetime.now(UTC).date())
    invariants = {**INVARIANTS, **{invariant.id: invariant for invariant in own}}
    judged = {identity: Judged() for identity in invariants}
    spent = dict.fromkeys(judged, 0.0)
    jobs = [job for table in known.everything for job in _jobs_of(look, table, invariants.values(), judged)]
    if increment is not None:
        jobs = increment.shorten(connection, jobs)
    for done in run_jobs(connection, jobs, watch=watch, workers=workers, snapshot=snapshot, another=another):
        if increment is not None:
            increment.take(done)
        heed(done)
        _take(done, judged, spent)
    for invariant in invariants.values():
        if isinstance(invariant, SetInvariant):
            watch(invariant.meaning)
            began = time.monotonic()
            judged[invariant.id] = invariant.judge(look)
            if invariant.financial and judged[invariant.id].looked:
                left = (what_is_left(table, known.rights) for table in known.tables)
                judged[invariant.id].errored += filter(None, left)
            spent[invariant.id] = time.monotonic() - began
    return tuple(_run(one, judged[one.id], spent[one.id], bool(known.tables)) for one in invariants.values())


def _jobs_of(look: Look, table: LedgerTable, invariants: Iterable[Invariant], judged: dict[str, Judged]) -> list[Job]:
    """All rules of a table, in as few statements as they have sources."""
    ids: dict[int, str] = {}
    rules: list[Rule] = []
    for invariant in invariants:
        if not isinstance(invariant, RuleInvariant):
            continue
        try:
            mine = tuple(_rules_of(invariant, table, look))
        except NotEvaluated as error:
            if str(error) not in judged[invariant.id].skipped:
                judged[invariant.id].skipped.append(str(error))
            continue
        except CannotRead as error:
            judged[invariant.id].errored.append(f"{table.name}: {error}")
            continue
        mine = tuple(_visible(mine, table, look, judged[invariant.id]))
        rules += mine
        ids.update({id(rule): invariant.id for rule in mine})
    return [
        Job(statement=statement, checks=tuple(ids[id(rule)] for rule in statement.rules))
        for statement in statements_of(table, rules)
    ]


def _visible(rules: Iterable[Rule], table: LedgerTable, look: Look, judged: Judged) -> Iterator[Rule]:
    """The rules that this role can judge; why it cannot judge the others, and what it did not see, is noted."""
    rights = look.recognised.rights
    for rule in rules:
        reason = why_not(rule, table, rights)
        for unseen in filter(None, (f"{table.name}: {reason}" if reason else what_is_left(table, rights),)):
            if unseen not in judged.errored:
                judged.errored.append(unseen)
        if not reason:
            yield rule


def _rules_of(invariant: RuleInvariant, table: LedgerTable, look: Look) -> Iterable[Rule]:
    rules = tuple(invariant.rules(table, look))
    if rules and invariant.texts and look.too_large(table):
        raise NotEvaluated(f"{table.name} is large; --mode full looks through its texts")
    return rules


def _take(done: Done, judged: dict[str, Judged], spent: dict[str, float]) -> None:
    """A statement's time is shared by the invariants that looked through it."""
    statement = done.job.statement
    reasons: dict[str, dict[str, None]] = {check: {} for check in done.job.checks}
    for number, reason in done.reasons.items():
        reasons[done.job.checks[number]][f"{statement.table.name}: {reason}"] = None
    for check, wrong in reasons.items():
        spent[check] += done.seconds / len(reasons)
        judged[check].errored += wrong
        if done.counted is not None and done.counted.void:
            judged[check].skipped.append(f"{statement.table.name}: {statement.source.void_reason}")
        else:
            judged[check].looked += not wrong
    if done.counted is not None:
        for finding in findings_of(statement, done.counted, done.job.checks):
            judged[finding.check].findings.append(finding)


def _run(invariant: Invariant, judged: Judged, duration: float, anything: bool) -> CheckRun:
    reasons = "; ".join((*judged.errored, *judged.skipped))
    if judged.findings:
        outcome = Outcome.FAILED
    elif judged.errored:
        outcome = Outcome.ERRORED
    elif judged.looked and not judged.skipped:
        outcome = Outcome.PASSED
    else:
        outcome = Outcome.SKIPPED
        reasons = reasons or (NOTHING if invariant.financial and not anything else "nothing here that it applies to")
    return CheckRun(
        check=invariant.id, outcome=outcome, findings=tuple(judged.findings), duration=duration, reason=reasons
    )
