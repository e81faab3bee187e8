"""Runs every invariant over one database."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from importlib import resources

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.catalog import read_facts
from fingood.errors import ConfigError, CouldNotLook
from fingood.model.finding import Finding
from fingood.model.names import RelationName
from fingood.model.report import CheckRun, Outcome
from fingood.settings.values import LedgerMapping
from fingood.validation.invariants import FINANCIAL, INVARIANTS
from fingood.validation.invariants.base import Judged, Look, RowInvariant, RowRule, SetInvariant
from fingood.validation.ledger import LedgerTable, Recognised
from fingood.validation.query import CannotRead, read, reason_of
from fingood.validation.recognise import recognise
from fingood.validation.rows import judge_rows

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
    watch: Watch = lambda label: None,
) -> tuple[CheckRun, ...]:
    """One CheckRun an invariant. ``quick`` leaves sums over tables of more than a million rows alone and says so.

    ``recognised`` saves a second look at the catalog. ``watch`` hears what is being looked at.
    Raises ConfigError for an unknown mode or a mapping that does not fit.
    """
    if mode not in MODES:
        raise ConfigError(f"no validation mode '{mode}'", key="mode", hint=f"one of: {', '.join(MODES)}")
    known = recognised or look_over(connection, mappings=mappings, money=money)
    look = Look(connection, known, QUICK_ROWS if mode == "quick" else None)
    judged, spent = _judge_rows(look, watch)
    runs = []
    for invariant in INVARIANTS.values():
        if isinstance(invariant, SetInvariant):
            watch(invariant.meaning)
            began = time.monotonic()
            judged[invariant.id] = invariant.judge(look)
            spent[invariant.id] = time.monotonic() - began
        runs.append(_run(invariant.id, judged[invariant.id], spent[invariant.id], bool(known.tables)))
    return tuple(runs)


def _judge_rows(look: Look, watch: Watch) -> tuple[dict[str, Judged], dict[str, float]]:
    """All row invariants, table by table; a table's time is shared by those that looked at it."""
    invariants = [invariant for invariant in INVARIANTS.values() if isinstance(invariant, RowInvariant)]
    judged = {invariant.id: Judged() for invariant in invariants}
    spent = dict.fromkeys(judged, 0.0)
    for table in look.recognised.tables:
        rules = [(invariant.id, rule) for invariant in invariants for rule in invariant.rules(table, look.dialect)]
        if not rules:
            continue
        watch(f"rows of {table.name}")
        began = time.monotonic()
        _judge_table(look, table, rules, judged)
        checks = dict.fromkeys(check for check, _ in rules)
        for check in checks:
            spent[check] += (time.monotonic() - began) / len(checks)
    return judged, spent


def _judge_table(look: Look, table: LedgerTable, rules: list[tuple[str, RowRule]], judged: dict[str, Judged]) -> None:
    checks = dict.fromkeys(check for check, _ in rules)
    try:
        findings: list[Finding] = judge_rows(look.connection, table, rules)
    except CannotRead as error:
        for check in checks:
            judged[check].errored.append(f"{table.name}: {error}")
        return
    for check in checks:
        judged[check].looked += 1
    for finding in findings:
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
