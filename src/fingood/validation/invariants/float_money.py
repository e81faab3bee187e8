"""No money is stored in binary floating point: 0.1 + 0.2 is not 0.3 there."""

from __future__ import annotations

from fingood.model.finding import Finding
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Judged, Look, SetInvariant, graded
from fingood.validation.invariants.sample_ledger import ROWS, TABLES
from fingood.validation.ledger import Kind


def _judge(look: Look) -> Judged:
    judged = Judged()
    for table in look.recognised.tables:
        judged.looked += bool(table.money)
        for column in table.money:
            if column.kind is not Kind.FLOAT:
                continue
            type_ = look.recognised.facts.tables[table.name].columns[column.name].type
            judged.findings.append(
                Finding(
                    check=INVARIANT.id,
                    severity=graded(table, Severity.ERROR),
                    confidence=table.certainty.confidence,
                    message=f"{table.name}.{column.name} is {type_}: it cannot hold most decimal amounts exactly",
                    effect="Sums drift with every row, and no later conversion tells which are off.",
                    remedy=f"a new column of type numeric(19, 4), filled in batches, in the place of {column.name}",
                    subject=f"{table.name}.{column.name}",
                    evidence={"type": type_},
                )
            )
    return judged


INVARIANT = SetInvariant(
    id="amount-float",
    meaning="no money is stored in binary floating point",
    standard="PostgreSQL manual 8.1.3: use numeric where exact results are needed, such as for monetary amounts",
    severity=Severity.ERROR,
    judge=_judge,
    financial=True,
    examples=(
        Example(
            tables=TABLES,
            good=ROWS,
            bad="ALTER TABLE postings ADD COLUMN fee double precision",
            count=1,
        ),
    ),
)
