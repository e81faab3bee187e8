"""Sentences that several checks share."""

from __future__ import annotations

from fingood.model.action import LockMode
from fingood.model.names import RelationName


def held(mode: LockMode, table: RelationName, *, while_it: str = "") -> str:
    """What a lock means for everybody else, and for how long."""
    who = "nobody reads or writes the table" if mode.blocks_reads else "nobody writes the table"
    until = f"while it {while_it} and until the transaction ends" if while_it else "until the transaction ends"
    return f"{mode} on {table}: {who} {until}."
