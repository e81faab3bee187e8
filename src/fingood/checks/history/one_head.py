"""More than one end of the history.

## What it does
Finds histories with several heads, as two branches that were developed side by side leave them.

## Why it matters
`alembic upgrade head` fails, and in which order the revisions run is nowhere said. Branches with labels or bases of
their own are meant to live side by side: for them it is a warning.

## Instead
`alembic merge -m "merge heads" ID ID`, with the ids that the finding names.

## Manual
Alembic, "Working with Branches". Since fingood 0.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Hit
from fingood.checks.history_check import history_check
from fingood.checks.past import Past
from fingood.model.severity import Severity
from fingood.revisions import History, Revision


@history_check(title="The history has several heads", severity=Severity.ERROR)
def one_head(past: Past) -> Iterator[Hit]:
    history = past.loaded
    if len(history.heads) <= 1:
        return
    heads = [history.get(id_) for id_ in history.heads]
    # Heads that carry branch labels of their own, or begin at bases of their own, are meant to live side by side.
    separate = _separate_bases(history) or all(_has_a_label_of_its_own(history, head.id) for head in heads)
    yield Hit(
        severity=Severity.WARNING if separate else None,
        message=f"{len(heads)} heads: {', '.join(map(_named, heads))}",
        effect="alembic upgrade head fails; use heads, or name the branch."
        if separate
        else "alembic upgrade head fails; which order the revisions run in is not defined.",
        remedy=f'alembic merge -m "merge heads" {" ".join(head.id for head in heads)}',
        location=past.place(heads[-1]),
        subject="heads",
    )


def _named(head: Revision) -> str:
    return f"{head.id} ({head.doc})" if head.doc else head.id


def _has_a_label_of_its_own(history: History, head: str) -> bool:
    """Whether the branch that ends here is named: the label stands in any revision that no other head shares."""
    others = history.ancestors(other for other in history.heads if other != head)
    return any(history.get(id_).branch_labels for id_ in history.ancestors([head]) - others)


def _separate_bases(history: History) -> bool:
    roots = [frozenset(history.ancestors([head])) & frozenset(history.bases) for head in history.heads]
    return all(not (one & other) for number, one in enumerate(roots) for other in roots[number + 1 :])
