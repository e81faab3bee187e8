"""What was found out about the way back of one revision."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from fingood.model.finding import Finding
from fingood.model.plan import Failure, Plan
from fingood.model.snapshot import Difference
from fingood.rollback.seed import Fill, Seeding


class Judgement(Enum):
    """The answer, from best to worst. ``UNJUDGED`` means that nobody could look."""

    LOSSLESS = "lossless"
    COSMETIC = "cosmetic"
    DECLARED = "irreversible by declaration"
    RESIDUE = "residue"
    REUPGRADE_BROKEN = "re-upgrade broken"
    LOSSY = "lossy"
    FAILING_DOWNGRADE = "failing downgrade"
    FAILING_UPGRADE = "failing upgrade"
    UNJUDGED = "not judged"

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One row that came back different: its key and the value before and after, shortened, or masked where real."""

    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A difference between the state below and the state after the way back, with rows that show it.

    ``rows`` counts the rows that differ, of ``total`` there were, None where nobody counted; ``complete`` is False
    where these are only the ones found in a part of the table. ``detail`` says what is common to all of them."""

    difference: Difference
    rows: int | None = None
    total: int = 0
    complete: bool = True
    detail: str = ""
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """``up``, ``down``, ``again`` are the Plans of the three runs, None for those that did not happen.

    ``losses`` compare before and after the way back; ``drift`` compares the first upgrade's schema with the second's.
    ``reason`` is the declared reason, or why nobody could look. ``only_with_rows`` says that the downgrade's failure
    needs rows in a table: on empty tables it runs. ``edge_failure`` is how the downgrade fails on values at the edges
    of their types where it runs on plain ones, which the rest of the proof is about. ``totals`` is what the upgrade
    changes in what a ledger comes to, declared or not; ``not_summed_up`` says why a ledger could not be compared.
    """

    revision: str
    path: str
    judgement: Judgement
    up: Plan | None = None
    down: Plan | None = None
    again: Plan | None = None
    losses: tuple[Loss, ...] = ()
    drift: tuple[Difference, ...] = ()
    seeding: Seeding = field(default_factory=Seeding)
    fill: Fill = Fill.NONE
    reason: str = ""
    only_with_rows: bool = False
    edge_failure: Failure | None = None
    downgrade_missing: bool = False
    notes: tuple[str, ...] = ()
    totals: tuple[Finding, ...] = ()
    not_summed_up: tuple[str, ...] = ()
    duration: float = 0.0

    @property
    def proven(self) -> bool:
        """Whether the way back restores schema and data (another column order aside)."""
        return self.judgement in (Judgement.LOSSLESS, Judgement.COSMETIC)
