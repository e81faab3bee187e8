"""Pages of the findings that a rollback test makes: they come from three runs, not from a check on a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fingood.model.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPage:
    """What a finding of `fingood test-rollback` means, at its usual severity, and what to do."""

    id: str
    title: str
    severity: Severity
    finds: str
    matters: str
    instead: str

    @property
    def page(self) -> str:
        """The page under the headings that the checks' pages have."""
        return (
            f"## What it does\n{self.finds}\n\n## Why it matters\n{self.matters}\n\n## Instead\n{self.instead}\n\n"
            "## Manual\nSeen in a run up, down and up again on a copy: `fingood test-rollback`. Since fingood 0.1."
        )


_PAGES = (
    ProofPage(
        id="rollback-missing",
        title="The downgrade is not there, or leaves the upgrade in place",
        severity=Severity.ERROR,
        finds="A downgrade() that raises NotImplementedError, or that does nothing while what upgrade() made stays.",
        matters="Nobody can go back past the revision; an empty downgrade() even reports success.",
        instead='Write downgrade(), or declare at the top of the file: `irreversible = "why, and what to do instead"`.',
    ),
    ProofPage(
        id="rollback-fails",
        title="The downgrade fails when it is run",
        severity=Severity.ERROR,
        finds="A downgrade() that stops with an error; a warning where only values at the edges of their types do it.",
        matters="In an emergency the revision cannot be taken back, and what ran before the failure may stay behind.",
        instead="Mend the statement that is named, and run `fingood test-rollback` again.",
    ),
    ProofPage(
        id="rollback-declared",
        title="The revision declares that there is no way back",
        severity=Severity.INFO,
        finds='A top-level `irreversible = "reason"` in the revision.',
        matters="The only way back is a backup taken right before the upgrade, without what was written since.",
        instead="`fingood create-backup --type deployment` before the upgrade.",
    ),
    ProofPage(
        id="rollback-lossy",
        title="The way back loses rows, values or parts of the schema",
        severity=Severity.ERROR,
        finds="Rows, values, columns, constraints, indexes, rights or their properties that are not as they were"
        " before the upgrade, once it was taken back.",
        matters="A rollback that loses data is another incident on top of the first.",
        instead="Keep the old values in a table of their own, and put back in downgrade() what is named.",
    ),
    ProofPage(
        id="rollback-residue",
        title="Something that the upgrade made stays behind",
        severity=Severity.WARNING,
        finds="Objects and rows that were not there before the upgrade and still are after the downgrade.",
        matters="They stand in the way of the next upgrade, and nobody knows any more whose they are.",
        instead="Drop in downgrade() what upgrade() creates, enums and sequences too.",
    ),
    ProofPage(
        id="rollback-cosmetic",
        title="The schema comes back in another form that means the same",
        severity=Severity.INFO,
        finds="Differences such as the order of columns.",
        matters="Only INSERT without column names, COPY and SELECT * notice.",
        instead="Nothing, unless such statements are in use.",
    ),
    ProofPage(
        id="reupgrade-fails",
        title="After the way back the upgrade fails",
        severity=Severity.ERROR,
        finds="An upgrade() that works once, and not again after downgrade().",
        matters="Once taken back, the revision cannot be applied again without work by hand.",
        instead="Drop in downgrade() what the second upgrade() stumbles over.",
    ),
    ProofPage(
        id="reupgrade-differs",
        title="The second upgrade leads elsewhere",
        severity=Severity.WARNING,
        finds="Differences between the schema after the first upgrade and after the second.",
        matters="A database that went back and forth is not the one that only went forth.",
        instead="Let downgrade() leave exactly what was there before.",
    ),
)

PROOFS: Mapping[str, ProofPage] = MappingProxyType({page.id: page for page in _PAGES})
