"""Rows changed and relations' sizes before and after, scaled from the sample to the target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fingood.estimation.room import Files
from fingood.estimation.scaling import Ratio, changed_by, ratio_of, worked_on
from fingood.model.estimate import NOTHING, Interval, SizeChange
from fingood.model.names import RelationName
from fingood.model.plan import Plan
from fingood.model.statistics import Statistics

_PAGE = 8192
"""A change of one page in a sample says nothing about the target."""


def changed_rows(plan: Plan, schema: str, target: Statistics, sample: Statistics) -> Interval:
    """Rows inserted, updated and deleted."""
    total = NOTHING
    for statement in plan.statements:
        ratio = ratio_of(worked_on(statement, schema, target), target, sample)
        total += Interval.exactly(changed_by(statement) * (ratio.rows if ratio is not None else 1.0))
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How the sample's tables stand to the target's. ``known`` holds what each table takes on the target before the
    run, ``largest`` the ratio for tables that the target does not have."""

    ratios: Mapping[RelationName, Ratio]
    known: Mapping[RelationName, Interval]
    largest: Ratio | None

    @classmethod
    def of(cls, target: Statistics, sample: Statistics, filled: Mapping[RelationName, int]) -> Scale:
        """The scale for a run that begins in the target's own state."""
        found = {name: ratio for name in filled if (ratio := ratio_of({name: None}, target, sample)) is not None}
        sizes = {name: Interval.exactly(float(table.total_bytes)) for name, table in target.tables.items()}
        return cls(ratios=found, known=sizes, largest=max(found.values(), key=lambda one: one.likely, default=None))

    def after(self, changes: tuple[SizeChange, ...]) -> Scale:
        """The scale for a run that begins where one with these changes ended."""
        moved = {change.table: change.after for change in changes}
        return Scale(ratios=self.ratios, known={**self.known, **moved}, largest=self.largest)

    def changes(self, before: Files, after: Files, *, version_table: str = "alembic_version") -> tuple[SizeChange, ...]:
        """The tables whose size the run changes, indexes and TOAST included, by name; Alembic's own is left out."""
        found = self._changes(before.of_tables(), after.of_tables())
        return tuple(change for change in found if change.table.name != version_table)

    def _changes(self, before: Mapping[RelationName, int], after: Mapping[RelationName, int]) -> Iterator[SizeChange]:
        for table in sorted({*before, *after}, key=str):
            grown = after.get(table, 0) - before.get(table, 0)
            was = self.known.get(table, Interval.exactly(float(before.get(table, 0))))
            if table not in after:
                yield SizeChange(table=table, before=was, after=NOTHING)
            elif table not in before or abs(grown) > _PAGE:
                start = was if table in before else NOTHING
                yield SizeChange(table=table, before=start, after=self._grown(table, start, grown))

    def _grown(self, table: RelationName, start: Interval, grown: int) -> Interval:
        ratio = self.ratios.get(table, self.largest)
        ends = [float(grown)] * 3 if ratio is None else [grown * ratio.low, grown * ratio.likely, grown * ratio.high]
        ends.sort()
        low, likely, high = (max(0.0, one + end) for one, end in zip(
            (start.low, start.likely, start.high), ends, strict=True))  # fmt: skip
        return Interval(low, likely, high)
