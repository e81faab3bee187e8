"""The ground that revisions are tried on: a sandbox database right below each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from fingood.commands.target import Target
from fingood.errors import CouldNotLook, SandboxUnavailable, UnknownRevision
from fingood.model.plan import Plan
from fingood.revisions import History, Revision
from fingood.sandbox import Sandbox, SandboxDatabase
from fingood.settings import Settings
from fingood.statements import Recorder


def recorder_for(settings: Settings) -> Recorder:
    """A recorder within the limits that the settings put on sandboxes."""
    sandbox = settings.sandbox
    return Recorder(settings.project, baseline=sandbox.baseline, timeout=sandbox.timeout, private=sandbox.private)


class NotReachable(CouldNotLook):
    """A revision below the wanted one fails, so that the state below the wanted one cannot be had."""


@dataclass
class Ground:
    """One database that climbs from revision to revision, made anew where the next one lies on another branch.

    It starts as a copy of the target where the target stands below the revision, else as an empty database that the
    history is replayed in. ``pending`` are the plans of revisions that the target does not have yet; ``notes`` say
    what the state was made from.
    """

    settings: Settings
    history: History
    sandbox: Sandbox
    recorder: Recorder
    target: Target
    watch: Callable[[str], None] = lambda label: None
    after_each: Callable[[str, SandboxDatabase], None] = lambda revision, database: None
    notes: list[str] = field(default_factory=list)
    pending: list[Plan] = field(default_factory=list)
    _failed: dict[str, str] = field(default_factory=dict)
    _hopeless: set[str] = field(default_factory=set)
    _database: SandboxDatabase | None = None
    _applied: frozenset[str] = frozenset()
    _copied: bool = False

    def below(self, revision: Revision) -> SandboxDatabase:
        """A database with exactly what must be applied before the revision. Raises NotReachable."""
        wanted = self.history.ancestors(self.history.below(revision))
        if (self._database is None or self._applied != wanted) and wanted & self._failed.keys():
            return self._climb_at_once(wanted, self.history.below(revision))
        if self._database is None or not self._applied <= wanted:
            self._start(wanted)
        assert self._database is not None
        for id_ in self._missing(wanted):
            self.climb(self._database, id_)
        return self._database

    def _climb_at_once(self, wanted: frozenset[str], heads: Iterable[str]) -> SandboxDatabase:
        """A new database in one run from the beginning. What fails by itself may pass so, because Alembic remembers
        within a run which types it has created."""
        failed = next(iter(wanted & self._failed.keys()))
        if wanted & self._hopeless:
            raise _unreachable(failed, self._failed[failed])
        self._start_anew()
        assert self._database is not None
        for head in heads:
            self.watch(f"applying all up to {head}")
            plans = self.recorder.upgrade(self._database.url, head)
            if plans and plans[-1].failure is not None:
                self._hopeless |= wanted & self._failed.keys()
                self.forget()
                raise _unreachable(failed, self._failed[failed])
        self._applied = wanted
        self._note(f"{failed} fails when it is applied by itself; the state above it was made in one run")
        return self._database

    def climb(self, database: SandboxDatabase, revision: str) -> Plan:
        """Applies one revision for good and keeps its plan among the pending ones. Raises NotReachable."""
        self.watch(f"applying {revision}")
        plan = self.applied(self.recorder.upgrade(database.url, revision), revision)
        if plan.failure is not None:
            raise _unreachable(revision, str(plan.failure))
        self.after_each(revision, database)
        return plan

    def applied(self, plans: Iterable[Plan], revision: str) -> Plan:
        """Takes note of plans that ran on the ground's database; returns the revision's own.

        After a failure the database is of no use any more, and what stands on the revision is known to be out of reach.
        """
        plan = None
        for plan in plans:
            self._applied |= {plan.revision}
            if self._copied:
                self.pending.append(plan)
        if plan is None:
            raise NotReachable(f"Alembic ran nothing for {revision}")
        if plan.failure is not None:
            self._failed[plan.revision] = str(plan.failure)
            self.forget()
        return plan

    def forget(self) -> None:
        """Drops the database: what comes next starts anew."""
        if self._database is not None:
            self._database.drop()
        self._database, self._applied, self._copied = None, frozenset(), False
        self.pending.clear()

    def _missing(self, wanted: frozenset[str]) -> list[str]:
        return [one.id for one in self.history.ordered() if one.id in wanted and one.id not in self._applied]

    def _start(self, wanted: frozenset[str]) -> None:
        self.forget()
        standing = self._standing()
        if standing is not None and standing <= wanted:
            try:
                return self._copy(standing)
            except SandboxUnavailable as error:
                self._note(f"the target could not be copied ({error.message}); its history is replayed instead")
        elif standing is not None:
            self._note("the target already has the revision or what follows it; the history is replayed from empty")
        self._replay()
        return None

    def _standing(self) -> frozenset[str] | None:
        """What the target has applied; None where there is no target, or where it knows revisions that we do not."""
        facts = self.target.facts
        if facts is None or not facts.tables:
            return None
        try:
            return self.history.ancestors([self.history.get(head).id for head in facts.heads])
        except UnknownRevision as error:
            self._note(f"the target is at a revision that the history does not have: {error.message}")
            return None

    def _start_anew(self) -> None:
        self.forget()
        self._replay()

    def _copy(self, standing: frozenset[str]) -> None:
        self.watch(f"copying {self.target.shown}")
        options = self.settings.sandbox
        database = self.sandbox.copy_of(self.target.url, content=options.copy, sample_rows=options.sample_rows)
        for head in self.target.facts.heads if self.target.facts else ():
            self.recorder.stamp(database.url, head)
        self._database, self._applied, self._copied = database, standing, True
        self._note(f"made from a copy of the target ({options.copy})")

    def _replay(self) -> None:
        database = self.sandbox.empty()
        self.recorder.prepare(database.url)
        self._database = database
        self._note("made by replaying the history from empty")

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def way_on(failure: str) -> str:
    """What to do where a revision does not come up on an empty database."""
    if "not supported in this build" in failure:
        return 'this server was built without it: sandbox.server = "system" or a URL, or PG_BIN, names one that has it'
    return "a history that does not begin with an empty database: name what it begins with in sandbox.baseline"


def _unreachable(revision: str, failure: str) -> NotReachable:
    return NotReachable(
        f"{revision} below it fails to upgrade: {failure}",
        hint=f"fingood check {revision} shows why; {way_on(failure)}",
    )
