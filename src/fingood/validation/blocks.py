"""A large table's texts, searched for traces a page at a time: those of all its rows as one.

PostgreSQL builds a pattern's automaton anew for every text, which costs several times what reading the text does. Of
nearly all pages no text has a trace; only the rows of the others are asked one by one. PostgreSQL manual: 5.5 (ctid),
9.21 (string_agg).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fingood.validation.trace import Trace, of_many_sql

LEAST_PAGES = 256
"""Fewer are looked through sooner than the longer statement is planned."""

MOST_BLOCKS = 2_000_000
"""The server keeps a row for each; of a table that has more pages, blocks take several."""

LONG = 2_000
"""Octets beyond which a text is not put together with others: searching it costs more than building the automaton."""

_END = 4_294_967_294
"""What every page lies below: the greatest that a place can name but one."""

# As traces want it: no part of what they look for, nor of what may not stand beside it.
_BETWEEN = "','"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a table: its pages from ``first`` on, and before ``end`` where it has one. ``only`` is a condition that
    leaves out what was looked at before; empty where everything is looked at."""

    first: int = 0
    end: int | None = None
    only: str = ""

    @property
    def condition(self) -> str:
        """On the rows ``t``; empty where all of them are in it."""
        parts = [f"t.ctid >= '({self.first},0)'::tid"] if self.first else []
        parts += [f"t.ctid < '({self.end},0)'::tid"] if self.end is not None else []
        return " AND ".join((*parts, *([self.only] if self.only else ())))


WHOLE = Stretch()


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """The pages of a stretch: from ``first`` to ``last``. The last block takes in whatever lies behind it, unless the
    stretch has an ``end``."""

    first: int
    last: int
    end: int = _END

    @property
    def size(self) -> int:
        """Pages a block."""
        return 1 + (self.last - self.first) // MOST_BLOCKS


def blocks_in(stretch: Stretch, pages: int) -> Blocks | None:
    """The blocks of a stretch of a table that has so many pages now; None where they do not pay."""
    last = pages - 1 if stretch.end is None else min(stretch.end, pages) - 1
    if stretch.only or last - stretch.first + 1 < max(LEAST_PAGES, 1):
        return None
    return Blocks(first=stretch.first, last=last, end=_END if stretch.end is None else stretch.end)


def traced_sql(rows: str, blocks: Blocks, texts: Mapping[str, Sequence[Trace]]) -> str:
    """A SELECT of a row a block: its places from ``block_low`` to before ``block_high``, how many rows are in it
    (``block_rows``), and whether one of their texts may have a trace (``block_traced``). ``rows`` are what stands in
    FROM for those of a ``block``, under ``t``."""
    high = f"CASE WHEN n + {blocks.size} > {blocks.last} THEN {blocks.end} ELSE n + {blocks.size} END"
    return (
        f"SELECT block.block_low, block.block_high, seen.block_rows, seen.block_traced"
        f" FROM (SELECT {_place('n')} AS block_low, {_place(high)} AS block_high"
        f" FROM generate_series(CAST({blocks.first} AS bigint), {blocks.last}, {blocks.size}) n) block"
        f" CROSS JOIN LATERAL (SELECT count(*) AS block_rows,"
        f" {' OR '.join(_any_traced(text, traces) for text, traces in texts.items())} AS block_traced"
        f" FROM {rows}) seen"
    )


def rows_sql(relation: str, where: str, name: str) -> str:
    """A SELECT of the rows of a block of ``name``, and of their places."""
    return f"SELECT t.tableoid, t.ctid, t.* FROM {relation} t WHERE {_within(name, where)}"


def _any_traced(text: str, traces: Sequence[Trace]) -> str:
    size = f"octet_length({text})"
    together = f"string_agg({text}, {_BETWEEN}) FILTER (WHERE {size} <= {LONG})"
    return f"coalesce({of_many_sql(together, traces)}, false) OR coalesce(bool_or({size} > {LONG}), false)"


def _within(block: str, where: str) -> str:
    return f"t.ctid >= {block}.block_low AND t.ctid < {block}.block_high{f' AND ({where})' if where else ''}"


def _place(page: str) -> str:
    return f"CAST('(' || {page} || ',0)' AS tid)"
