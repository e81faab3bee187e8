"""A replication slot keeps much WAL, or is about to be lost.

## What it does
Looks for slots that nobody reads and that keep 128 MB of WAL and more, for slots that have lost what they need, and
compares what a slot may still fall behind (max_slot_wal_keep_size) with the WAL that the revision will write.

## Why it matters
A slot that nobody reads fills the disk, and a migration fills it faster. Where max_slot_wal_keep_size limits that, the
slot is lost instead, and with it the replica or the change feed of the ledger.

## Instead
Drop the slot, or wake its reader, before the migration.

## Manual
PostgreSQL, 19.6.1, max_slot_wal_keep_size; 54.19 pg_replication_slots. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.live.disk_space import wal_bytes
from fingood.checks.live_tables import live_facts
from fingood.checks.subject import Subject
from fingood.model.live import Look, Slot
from fingood.model.quantities import size_in_words
from fingood.model.severity import Confidence, SafetyLevel, Severity

_MUCH = 128 * 2**20


@check(
    title="A replication slot keeps much WAL, or is about to be lost",
    family=Family.LIVE,
    severity=Severity.ERROR,
    needs=(Need.PLAN, Need.LIVE),
    dialects=POSTGRESQL,
    at_level={SafetyLevel.MEDIUM: Severity.WARNING},
    from_level=SafetyLevel.MEDIUM,
    looks=(Look.SLOTS,),
)
def replication_slot(subject: Subject) -> Iterator[Hit]:
    written = wal_bytes(subject)
    for slot in live_facts(subject).slots:
        message, serious = _ill(slot, written)
        if message:
            yield Hit(
                message=message,
                effect="WAL is kept until the disk is full, or the slot and its reader are lost.",
                remedy=f"SELECT pg_drop_replication_slot({_literal(slot.name)});  -- or wake its reader",
                subject=slot.name,
                severity=None if serious else Severity.WARNING,
                confidence=Confidence.OBSERVED,
            )


def _ill(slot: Slot, written: int) -> tuple[str, bool]:
    """What is ill with the slot, '' where nothing is, and whether it is serious."""
    if slot.status in ("lost", "unreserved"):
        return f"The replication slot {slot.name} is {slot.status}: WAL that it needs is gone or about to go.", True
    if slot.safe is not None and written > slot.safe:
        return (
            f"The revision writes about {size_in_words(written)} of WAL; the slot {slot.name} is lost after "
            f"{slot.safe / 2**20:,.0f} MB of WAL.",
            True,
        )
    if not slot.active and (slot.behind or 0) >= _MUCH:
        return (
            f"Nobody reads the replication slot {slot.name}; it keeps {(slot.behind or 0) / 2**20:,.0f} MB of WAL.",
            False,
        )
    return "", False


def _literal(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"
