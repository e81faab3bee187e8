"""No index is left invalid: a CREATE INDEX CONCURRENTLY that failed leaves one that no query uses and every write
keeps up, and a unique one holds nothing for the rows that were there.
"""

from __future__ import annotations

from fingood.model.finding import Finding
from fingood.model.names import RelationName
from fingood.model.severity import Confidence, Severity
from fingood.validation.invariants.base import Example, Judged, Look, SetInvariant


def _judge(look: Look) -> Judged:
    judged = Judged(looked=1)
    for name, table in look.recognised.facts.tables.items():
        for index in table.indexes:
            if index.valid:
                continue
            own = RelationName(name.schema, index.name)
            judged.findings.append(
                Finding(
                    check=INVARIANT.id,
                    severity=Severity.WARNING,
                    confidence=Confidence.OBSERVED,
                    message=f"the {'unique ' if index.unique else ''}index {index.name} of {name} is invalid",
                    effect="Queries do not use it, writes keep it up"
                    + ("; rows that break it may be there." if index.unique else "."),
                    remedy=f"REINDEX INDEX CONCURRENTLY {own.sql};",
                    subject=str(own),
                )
            )
    return judged


INVARIANT = SetInvariant(
    id="index-invalid",
    meaning="no index is left invalid",
    standard="PostgreSQL manual, CREATE INDEX: Building Indexes Concurrently",
    severity=Severity.WARNING,
    judge=_judge,
    examples=(
        Example(
            tables="CREATE TABLE parents (id int, day date) PARTITION BY RANGE (day);"
            "CREATE TABLE parents_2024 PARTITION OF parents FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
            good="INSERT INTO parents VALUES (1, '2024-02-01')",
            bad="CREATE INDEX parents_id ON ONLY parents (id)",
            count=1,
            dialects=frozenset({"postgresql"}),
        ),
    ),
)
