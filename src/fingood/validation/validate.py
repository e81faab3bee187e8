"""Runs every invariant over one database."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from importlib import resources

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.catalog import read_facts
from fingood.errors import ConfigError, CouldNotLook
from fingood.model.names import RelationName
from fingood.model.report import CheckRun, Outcome
from fingood.settings.values import LedgerMapping
from fingood.validation.invariants import FINANCIAL, INVARIANTS
from fingood.validation.invariants.base import Judged, Look, RuleInvariant, SetInvariant
from fingood.validation.judging import count, findings_of
from fingood.validation.ledger import LedgerTable, Recognised
from fingood.validation.query import CannotRead, read, reason_of
from fingood.validation.recognise import recognise
from fingood.validation.rule import NotEvaluated, Rule
from fingood.validation.statement import Statement, statements_of

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
        raise CouldNotLook(f"the catalog cannot be read: {reason_of(error)}", hint="fingood doctor") from None
    partitions: list[RelationName] = []
    if facts.dialect == "postgresql":
        sql = (resources.files("fingood.validation") / "sql/postgresql/partitions.sql").read_text(encoding="utf-8")
        partitions = _partitions(connection, sql)
    return recognise(facts, mappings=mappings, money=money, partitions=frozenset(partitions))


def _partitions(connection: Connection, sql: str) -> list[RelationName]:
    try:
        return [RelationName(row["schema"], row["name"]) for row in read(connection, sql)]
    except CannotRead as error:
        raise CouldNotLook(f"the catalog cannot be read: {error}", hint="fingood doctor") from None


def validate(
    connection: Connection,
    mode: str,
    *,
    mappings: Sequence[LedgerMapping] = (),
    money: Sequence[str] = (),
    recognised: Recognised | None = None,
    today: date | None = None,
    watch: Watch = lambda label: None,
) -> tuple[CheckRun, ...]:
    """One CheckRun an invariant. ``quick`` leaves sums over tables of more than a million rows alone and says so.

    ``recognised`` saves a second look at the catalog. ``today`` is the day that dates are judged by, the present one
    where it is not said. ``watch`` hears what is being looked at.
    Raises ConfigError for an unknown mode or a mapping that does not fit.
    """
    if mode not in MODES:
        raise ConfigError(f"no validation mode '{mode}'", key="mode", hint=f"one of: {', '.join(MODES)}")
    known = recognised or look_over(connection, mappings=mappings, money=money)
    large = QUICK_ROWS if mode == "quick" else None
    look = Look(connection=connection, recognised=known, large=large, today=today or datetime.now(UTC).date())
    judged = {identity: Judged() for identity in INVARIANTS}
    spent = dict.fromkeys(judged, 0.0)
    for table in known.everything:
        _judge_rules(look, table, judged, spent, watch)
    for invariant in INVARIANTS.values():
        if isinstance(invariant, SetInvariant):
            watch(invariant.meaning)
            began = time.monotonic()
            judged[invariant.id] = invariant.judge(look)
            spent[invariant.id] = time.monotonic() - began
    return tuple(_run(identity, judged[identity], spent[identity], bool(known.tables)) for identity in INVARIANTS)


def _judge_rules(
    look: Look, table: LedgerTable, judged: dict[str, Judged], spent: dict[str, float], watch: Watch
) -> None:
    """All rules of a table, in as few statements as they have sources; a statement's time is shared by those that
    looked."""
    ids: list[str] = []
    rules: list[Rule] = []
    for invariant in INVARIANTS.values():
        if not isinstance(invariant, RuleInvariant):
            continue
        try:
            mine = tuple(invariant.rules(table, look))
        except NotEvaluated as error:
            judged[invariant.id].skipped.append(str(error))
            continue
        except CannotRead as error:
            judged[invariant.id].errored.append(f"{table.name}: {error}")
            continue
        rules += mine
        ids += [invariant.id] * len(mine)
    by_rule = {id(rule): check for rule, check in zip(rules, ids, strict=True)}
    for statement in statements_of(table, rules):
        checks = [by_rule[id(rule)] for rule in statement.rules]
        watch(f"{statement.source.noun} of {table.name}")
        began = time.monotonic()
        _judge_statement(look, statement, checks, judged)
        each = dict.fromkeys(checks)
        for check in each:
            spent[check] += (time.monotonic() - began) / len(each)


def _judge_statement(look: Look, statement: Statement, checks: list[str], judged: dict[str, Judged]) -> None:
    table = statement.table
    try:
        counted = count(look.connection, statement)
    except CannotRead as error:
        for check in dict.fromkeys(checks):
            judged[check].errored.append(f"{table.name}: {error}")
        return
    for check in dict.fromkeys(checks):
        if counted.void:
            judged[check].skipped.append(f"{table.name}: {statement.source.void_reason}")
        else:
            judged[check].looked += 1
    for finding in findings_of(statement, counted, checks):
        judged[finding.check].findings.append(finding)


def _run(check: str, judged: Judged, duration: float, anything: bool) -> CheckRun:
    reasons = "; ".join((*judged.errored, *judged.skipped))
    if judged.findings:
        outcome = Outcome.FAILED
    elif judged.errored:
        outcome = Outcome.ERRORED
    elif judged.looked and not judged.skipped:
        outcome = Outcome.PASSED
    else:
        outcome = Outcome.SKIPPED
        reasons = reasons or (NOTHING if check in FINANCIAL and not anything else "nothing here that it applies to")
    return CheckRun(check=check, outcome=outcome, findings=tuple(judged.findings), duration=duration, reason=reasons)
