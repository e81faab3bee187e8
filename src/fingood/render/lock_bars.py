"""A table of locks drawn over time in plain characters, for a terminal or a log."""

from __future__ import annotations

from fingood.model.report import Table
from fingood.render.svg import Span, spans

_WIDTH, _LABEL = 60, 28
_ORDER = " ░▒█"


def lock_bars(table: Table) -> tuple[str, ...]:
    """One line a table, the time from left to right; nothing for a table of anything else than locks with times.

    █ keeps readers and writers out, ▒ writers, ░ other DDL; where two overlap the heavier one is drawn.
    """
    found = spans(table)
    end = max((span.end for span in found), default=0.0)
    if not end:
        return ()
    names = dict.fromkeys(span.table for span in found)
    lines = [f"{_short(name):<{_LABEL}}{_bar([span for span in found if span.table == name], end)}" for name in names]
    last = f"{end:.3f} s"
    scale = f"{'':<{_LABEL}}0 s{last:>{_WIDTH - 3}}"
    return (*lines, scale, f"{'':<{_LABEL}}█ reads and writes wait  ▒ writes wait  ░ other DDL waits", "")


def _short(name: str) -> str:
    return name if len(name) < _LABEL - 1 else f"{name[: _LABEL - 3]}…"


def _bar(own: list[Span], end: float) -> str:
    cells = [" "] * _WIDTH
    for span in own:
        mark = "█" if span.mode.blocks_reads else "▒" if span.mode.blocks_writes else "░"
        first = min(int(span.start / end * _WIDTH), _WIDTH - 1)
        last = max(first + 1, min(_WIDTH, round(span.end / end * _WIDTH)))
        for place in range(first, last):
            cells[place] = max(cells[place], mark, key=_ORDER.index)
    return "".join(cells).rstrip()
