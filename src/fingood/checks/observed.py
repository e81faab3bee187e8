"""What the run showed beside what a check claims from a statement's text: where they differ, the run is right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from fingood.checks._check import REGISTERED, Check, Claim, Family, Hit, Need
from fingood.checks.places import Place, world_after
from fingood.checks.subject import Subject
from fingood.model.action import Action, Verb
from fingood.model.names import RelationName
from fingood.model.plan import Observation, Statement
from fingood.model.report import CheckRun, Outcome
from fingood.model.severity import Confidence

_JUDGED = (Outcome.PASSED, Outcome.FAILED)
_COUNTS_AT_ONCE = 150000
"""Before PostgreSQL 15 a finished scan may be counted too late to be seen: there nothing is refuted by its absence."""


def refuted(check: Check, hit: Hit, subject: Subject) -> str:
    """Why the run shows that the claim is wrong; '' where it confirms the claim or cannot tell.

    It can tell only of an ordinary table, which has a file of its own, and of the target's own major version.
    """
    seen = _observation(hit)
    table = subject.table(hit.table)
    if seen is None or not hit.tells or table is None or table.kind == "partitioned" or not _same_major(subject):
        return ""
    if check.claim is Claim.REWRITE and not seen.rewritten:
        return f"{hit.subject or hit.table}: the run rewrote nothing"
    late = subject.upgrade is None or subject.upgrade.server_version < _COUNTS_AT_ONCE
    if check.claim is Claim.SCAN and not seen.scanned and not late:
        return f"{hit.subject or hit.table}: the run read no table"
    return ""


def confidence(check: Check, hit: Hit, subject: Subject) -> Confidence:
    """OBSERVED where the run showed what the check claims: the rewrite, the scan, else the lock."""
    seen = _observation(hit)
    if seen is None or check.family is not Family.LOCK:
        return hit.confidence
    if check.claim is Claim.REWRITE:
        shown = bool(seen.rewritten)
    elif check.claim is Claim.SCAN:
        shown = bool(seen.scanned)
    else:
        shown = hit.confidence is Confidence.PARSED and _held(hit, subject)
    return Confidence.OBSERVED if shown else hit.confidence


def evidence(hit: Hit) -> Iterator[tuple[str, str]]:
    """What was seen, in words, for those who want to know how a finding is known."""
    seen = _observation(hit)
    if seen is None or hit.place is None:
        return
    yield "observed", describe(hit.place.statement)
    if seen.refuted:
        yield "not held, though the lock table says so", ", ".join(f"{x.mode} on {x.relation}" for x in seen.refuted)


def describe(statement: Statement) -> str:
    """``ACCESS EXCLUSIVE on accounts; accounts rewritten; accounts read whole (12 rows); 288 kB of WAL``."""
    seen = statement.observed
    if seen is None:
        return "nobody could look"
    parts = [f"{lock.mode} on {lock.relation}" for lock in statement.locks if lock.observed]
    parts += [f"{table} rewritten" for table in seen.rewritten]
    parts += [f"{table} read whole ({rows:,} row{'' if rows == 1 else 's'})" for table, rows in seen.scanned]
    parts += [f"{one.table} {one}" for one in seen.redefined]
    parts += [f"{seen.rows_changed:,} rows changed"] if seen.rows_changed else []
    return "; ".join([*parts, f"{seen.wal_bytes:,} bytes of WAL"])


def _observation(hit: Hit) -> Observation | None:
    return hit.place.statement.observed if hit.place else None


def _held(hit: Hit, subject: Subject) -> bool:
    locks = hit.place.statement.locks if hit.place else ()
    wanted: RelationName | None = hit.table.within(subject.schema) if hit.table else None
    return any(lock.observed and (wanted is None or lock.relation.within(subject.schema) == wanted) for lock in locks)


def _same_major(subject: Subject) -> bool:
    run = subject.upgrade.server_version if subject.upgrade else 0
    return run // 10000 == subject.version // 10000


def observed_places(subject: Subject) -> Iterator[tuple[Place, Observation]]:
    """The upgrade's observed statements, each once, with the first of its actions."""
    first: dict[int, Place] = {}
    for place in subject.places():
        first.setdefault(place.statement.index, place)
    world = world_after(subject.earlier, subject.schema)
    for statement in subject.upgrade.statements if subject.upgrade else ():
        if statement.observed is None:
            continue
        action = statement.actions[0] if statement.actions else Action(verb=Verb.OPAQUE)
        yield first.get(statement.index) or Place(statement, action, world), statement.observed


def downgrade_places(subject: Subject) -> Iterator[tuple[Place, Observation]]:
    """The downgrade's observed statements, each with the first of its actions, in the world after the upgrade."""
    plans = (*subject.earlier, *((subject.upgrade,) if subject.upgrade else ()))
    world = world_after(plans, subject.schema)
    for statement in subject.downgrade.statements if subject.downgrade else ():
        if statement.observed is not None:
            action = statement.actions[0] if statement.actions else Action(verb=Verb.OPAQUE)
            yield Place(statement, action, world), statement.observed


def disagreements(subject: Subject, runs: Iterable[CheckRun]) -> tuple[str, ...]:
    """Where the run showed other locks, rewrites or scans than the statements' text claims: the run is right."""
    claims = tuple(
        f"{run.check}: {run.reason}" for run in runs if run.outcome in _JUDGED and ": the run " in run.reason
    )
    plans = [plan for plan in (subject.upgrade, subject.downgrade) if plan]
    return claims + tuple(
        f"{statement.location}: {lock.mode} on {lock.relation} is what the text says; the run did not hold it"
        for plan in plans
        for statement in plan.statements
        if statement.observed
        for lock in statement.observed.refuted
    )


def announced(subject: Subject, wanted: Callable[[Check], bool]) -> frozenset[int]:
    """The statements that one of the wanted checks reports already. Whether it is selected does not matter: who
    ignores a check does not want its findings under another name."""
    if not _is_observed(subject):
        return frozenset()
    return frozenset(
        hit.place.statement.index
        for check in REGISTERED.values()
        if not check.id.startswith("observed-") and wanted(check) and _can_look(check, subject)
        for hit in check.function(subject)
        if hit.place
    )


def _is_observed(subject: Subject) -> bool:
    plan = subject.upgrade
    return plan is not None and any(statement.observed is not None for statement in plan.statements)


def _can_look(check: Check, subject: Subject) -> bool:
    needs = {Need.PLAN} if subject.facts is None else {Need.PLAN, Need.FACTS}
    return subject.dialect in check.dialects and check.needs <= needs
