"""Up, down, compare, up again: the proof of one revision on its own copy of the state below it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy.engine import Connection

from fingood.catalog import compare_fingerprints, compare_snapshots, connect, take_fingerprints, take_snapshot
from fingood.errors import HistoryError
from fingood.model.names import RelationName
from fingood.model.plan import Failure, Plan
from fingood.model.snapshot import Difference, Fingerprint, Grade, Snapshot, Strength
from fingood.revisions import Body, Revision
from fingood.rollback.books import Books, close_books, open_books
from fingood.rollback.declared import declared_reason
from fingood.rollback.examples import find_examples
from fingood.rollback.hooks import Seed, importing_as, revision_seed, run_seed
from fingood.rollback.proof import Judgement, Loss, Proof
from fingood.rollback.rows import count_rows, fill_empty_tables
from fingood.rollback.seed import Fill, Seeding
from fingood.sandbox import SandboxDatabase
from fingood.statements import Recorder

# How many tables that an upgrade fails on are left empty before it is tried on none at all.
_MOST_LEFT_OUT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Schema and data of a database at one moment."""

    schema: Snapshot
    data: Mapping[RelationName, Fingerprint] = field(default_factory=dict)


def prove(
    recorder: Recorder,
    below: SandboxDatabase,
    revision: Revision,
    *,
    version_table: str = "",
    generate_rows: bool = True,
    show_examples: bool = True,
    seed: Seed | None = None,
    strength: Strength = Strength.EXACT,
    books: Books | None = None,
    look: Callable[[Connection], None] | None = None,
    refused: set[RelationName] | None = None,
) -> Proof:
    """Runs the revision up, down and up on clones of ``below``, which stays as it is.

    Nothing runs in a shared transaction, so CONCURRENTLY and autocommit blocks work. Tables that are empty are filled
    with a few generated rows first, since an empty table cannot lose anything; before that the revision's own
    ``fingood_seed(connection)`` runs, and ``seed``. What the ledgers of ``books`` come to is compared around the
    upgrade. ``version_table`` is left out of all of it, the project's unless another is named. ``look`` is called once
    on the state below, before any row is made; ``refused`` is what :func:`fill_empty_tables` remembers from one
    revision to the next. Raises EnvironmentFailed where env.py itself fails; whatever the revision does wrong is in the
    Proof.
    """
    started = time.monotonic()
    trial = Trial(
        recorder=recorder,
        below=below,
        revision=revision,
        version_table=version_table or recorder.project.version_table.name,
        seed=seed,
        strength=strength,
        books=books or Books(),
        look=look,
        refused=set() if refused is None else refused,
    )
    proof = trial.run(generate_rows=generate_rows)
    if show_examples and any(loss.difference.data for loss in proof.losses):
        proof = trial.with_examples(proof)
    return replace(proof, duration=time.monotonic() - started)


def target_below(revision: Revision) -> str:
    """Alembic's words for "only this revision back". With the revision as branch label a merge point, a sibling on
    another branch and a second base all stay applied (``ID@PARENT``, ``ID@base``)."""
    parent = revision.down_revisions[0] if revision.down_revisions else "base"
    return f"{revision.id}@{parent}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One revision over one state below it."""

    recorder: Recorder
    below: SandboxDatabase
    revision: Revision
    version_table: str
    seed: Seed | None = None
    strength: Strength = Strength.EXACT
    books: Books = field(default_factory=Books)
    look: Callable[[Connection], None] | None = None
    refused: set[RelationName] = field(default_factory=set)

    def run(self, *, generate_rows: bool) -> Proof:
        """The proof with the most telling rows that the upgrade runs on: values at the edges of their types, plain
        ones, plain ones but none in the tables that it fails on, none."""
        fill, without, notes = Fill.EDGES if generate_rows else Fill.NONE, set[str](), []
        proof = self._attempt(fill, without, first=True)
        while proof.judgement is Judgement.FAILING_UPGRADE and proof.seeding.generated:
            notes.append(f"the upgrade fails on generated rows ({fill.value}): {failure_of(proof.up)}")
            blamed = _tables_blamed(proof.up) - without
            if fill is Fill.EDGES:
                fill = Fill.PLAIN
            elif blamed and len(without) < _MOST_LEFT_OUT:
                without |= blamed
            else:
                fill = Fill.NONE
            proof = self._attempt(fill, without)
        if proof.judgement is Judgement.FAILING_DOWNGRADE and proof.seeding.generated and fill is Fill.EDGES:
            plain = self._attempt(Fill.PLAIN, without)
            if plain.judgement is not Judgement.FAILING_DOWNGRADE:
                fill, proof = Fill.PLAIN, replace(plain, edge_failure=failure_of(proof.down))
        if proof.judgement is Judgement.FAILING_DOWNGRADE and proof.seeding.generated:
            proof = self._confirm_downgrade_failure(proof)
        # One that fails without rows too does not fail because of ours.
        told = () if proof.judgement is Judgement.FAILING_UPGRADE else tuple(notes)
        return replace(proof, notes=told, fill=fill)

    def _confirm_downgrade_failure(self, proof: Proof) -> Proof:
        """Whether the failure needs rows. It stays a failure then: a real table has rows."""
        bare = self._attempt(Fill.NONE, ())
        if bare.judgement is Judgement.FAILING_DOWNGRADE:
            return proof
        return replace(proof, only_with_rows=True, losses=bare.losses, drift=bare.drift, again=bare.again)

    def _attempt(self, fill: Fill, without: Collection[str], *, first: bool = False) -> Proof:
        clone = self.below.clone()
        try:
            # One connection for all looks: a new one would read the whole catalog into its caches each time. It holds
            # no transaction while Alembic runs.
            with connect(clone.url, read_only=False) as eye:
                if first and self.look is not None:
                    self.look(eye)
                    eye.rollback()
                return self._on(clone, eye, fill, without)
        finally:
            clone.drop()

    def _on(self, clone: SandboxDatabase, eye: Connection, fill: Fill, without: Collection[str]) -> Proof:
        proof = Proof(
            revision=self.revision.id,
            path=self.revision.path,
            judgement=Judgement.UNJUDGED,
            downgrade_missing=self.revision.shape.downgrade is not Body.CODE,
        )
        try:
            proof = replace(proof, seeding=self._prepare(eye, fill, without))
            return self._there_and_back(clone, eye, self._look(eye), proof)
        except HistoryError as error:
            return replace(proof, reason=error.message)

    def _prepare(self, eye: Connection, fill: Fill, without: Collection[str]) -> Seeding:
        """Rows to lose: real ones, then the hooks', then generated ones where a table is still empty. Raises
        HistoryError where a hook fails."""
        project = self.recorder.project
        with importing_as(project):
            own = revision_seed(project.root / self.revision.path)
            real = count_rows(eye, version_table=self.version_table) if own or self.seed else None
            for hook in filter(None, (own, self.seed)):
                run_seed(eye, hook, self.revision.id)
        seeding = fill_empty_tables(
            eye, fill=fill, without=without, version_table=self.version_table, refused=self.refused
        )
        return seeding if real is None else seeding.with_real(real)

    def _there_and_back(self, clone: SandboxDatabase, eye: Connection, before: State, proof: Proof) -> Proof:
        opened = open_books(eye, self.books)
        up = self._upgrade(clone)
        proof = replace(proof, up=up)
        if failure_of(up):
            return replace(proof, judgement=Judgement.FAILING_UPGRADE)
        totals, unread = close_books(eye, opened, self.books, self.revision, self.recorder.project.root)
        proof = replace(proof, totals=totals, not_summed_up=unread)
        reason = declared_reason(self.recorder.project.root / self.revision.path)
        if reason:
            return replace(proof, judgement=Judgement.DECLARED, reason=reason)
        above = self._look(eye, data=False)
        down = _only(self.recorder.downgrade(clone.url, target_below(self.revision)))
        proof = replace(proof, down=down)
        if failure_of(down):
            return replace(proof, judgement=Judgement.FAILING_DOWNGRADE)
        losses = compare(before, self._look(eye, like=before.data))
        again = self._upgrade(clone, observe=False)
        drift = () if failure_of(again) else compare_snapshots(above.schema, self._look(eye, data=False).schema)
        return replace(
            proof,
            again=again,
            losses=tuple(Loss(difference=difference) for difference in losses),
            drift=tuple(difference for difference in drift if difference.grade is not Grade.COSMETIC),
            judgement=judge(losses, failure_of(again)),
        )

    def _upgrade(self, clone: SandboxDatabase, *, observe: bool = True) -> Plan | None:
        return _only(self.recorder.upgrade(clone.url, self.revision.id, observe=observe))

    def _look(
        self, eye: Connection, *, data: bool = True, like: Mapping[RelationName, Fingerprint] | None = None
    ) -> State:
        schema = take_snapshot(eye, version_table=self.version_table, prepared=True)
        prints: Mapping[RelationName, Fingerprint] = {}
        if data:
            prints = take_fingerprints(eye, like=like, strength=self.strength, version_table=self.version_table)
        eye.rollback()
        return State(schema=schema, data=prints)

    def with_examples(self, proof: Proof) -> Proof:
        """Goes the way once more with the state below kept beside it, and compares the rows of both."""
        before = self.below.clone()
        try:
            without = {name.name for name in proof.seeding.empty}
            with connect(before.url, read_only=False) as eye:
                self._prepare(eye, proof.fill, without)
            after = before.clone()
            try:
                self._upgrade(after, observe=False)
                self.recorder.downgrade(after.url, target_below(self.revision), observe=False)
                losses = find_examples(before.url, after.url, proof.losses, proof.seeding)
            finally:
                after.drop()
        finally:
            before.drop()
        return replace(proof, losses=losses)


def compare(before: State, back: State) -> tuple[Difference, ...]:
    """Schema and data. What data was lost with a table stands beside the table."""
    return compare_snapshots(before.schema, back.schema) + compare_fingerprints(before.data, back.data)


def judge(differences: Collection[Difference], again: Failure | None) -> Judgement:
    """The worst of what was seen."""
    grades = {difference.grade for difference in differences}
    if grades & {Grade.LOST, Grade.CHANGED}:
        return Judgement.LOSSY
    if again is not None:
        return Judgement.REUPGRADE_BROKEN
    if Grade.LEFT in grades:
        return Judgement.RESIDUE
    return Judgement.COSMETIC if grades else Judgement.LOSSLESS


def failure_of(plan: Plan | None) -> Failure | None:
    """Why the run failed, if it did."""
    return plan.failure if plan is not None else None


def _tables_blamed(plan: Plan | None) -> set[str]:
    """The tables that a failed run was about: the one the server names, or those of the statement that failed."""
    if plan is None or plan.failure is None:
        return set()
    if plan.failure.table:
        return {plan.failure.table}
    failed = [statement for statement in plan.statements if statement.failure]
    return {action.relation.name for statement in failed for action in statement.actions if action.relation}


def _only(plans: tuple[Plan, ...]) -> Plan | None:
    """The last Plan: the step itself, or the one that failed."""
    return plans[-1] if plans else None
