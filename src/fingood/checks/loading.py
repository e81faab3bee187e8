"""Faults of the files that keep Alembic from loading a history, as hits."""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Hit
from fingood.checks.past import Past
from fingood.model.finding import Location


def hits_of(past: Past, kind: str) -> Iterator[Hit]:
    """A hit for each problem of that kind."""
    for problem in past.problems:
        if problem.kind == kind:
            yield Hit(
                message=problem.message,
                effect="Alembic cannot load the history: no revision can be applied or undone.",
                remedy=problem.hint,
                location=Location(path=problem.path, line=problem.line, revision=problem.revision or None),
                subject=problem.revision,
            )
