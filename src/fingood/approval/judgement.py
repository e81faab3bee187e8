"""Which approvals count: of the revision as it is now, by somebody who did not write it, one a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from fingood.approval.authors import known_as
from fingood.model.change import Approval


def is_author(approver: str, authors: Collection[str]) -> bool:
    """Whether the approver goes by a name of the authors."""
    return not known_as(approver).isdisjoint(authors)


def standing(approvals: Iterable[Approval], content_hash: str) -> tuple[Approval, ...]:
    """The approvals of the revision's present meaning."""
    return tuple(approval for approval in approvals if approval.content_hash == content_hash)


def others_than(authors: Collection[str], approvals: Iterable[Approval]) -> tuple[Approval, ...]:
    """Approvals by people who are not authors, one a person: the same person under two names counts once."""
    counted: list[Approval] = []
    seen: set[str] = set()
    for approval in approvals:
        names = known_as(approval.approver)
        if names.isdisjoint(authors) and names.isdisjoint(seen):
            counted.append(approval)
        seen |= names
    return tuple(counted)
