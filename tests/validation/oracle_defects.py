"""A defect that is planted into the sound ledger, and the findings that it has to bring.

``{ids}`` stands for the drawn ids. A defect that cannot but break a second rule names it as well, with how often one
defect counts there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.validation.oracle import Oracle


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaks:
    """A finding: its invariant, subject and a part of its message; ``times`` is how often one defect counts in it."""

    check: str
    subject: str
    says: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """``count`` defects of one kind, planted on ids drawn from the ``pool``, or all at once where it has none."""

    what: str
    count: int
    sql: str
    breaks: tuple[Breaks, ...]
    pool: str = ""
    dialects: frozenset[str] = frozenset({"postgresql", "sqlite"})

    def statements(self, oracle: Oracle) -> Iterator[str]:
        """The SQL, with ids drawn from the pool."""
        ids = oracle.draw(self.pool, self.count) if self.pool else []
        for sql in filter(str.strip, oracle.placed(self.sql).split(";")):
            yield sql.replace("{ids}", ", ".join(map(str, ids)))


POSTGRESQL = frozenset({"postgresql"})
SQLITE = frozenset({"sqlite"})


def one(check: str, subject: str, says: str = "", times: int = 1) -> tuple[Breaks, ...]:
    return (Breaks(check=check, subject=subject, says=says, times=times),)
