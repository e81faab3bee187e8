"""Distributions drawn as columns side by side: amounts by size, stacked by currency; broken rows as shares by month."""

from __future__ import annotations

from markupsafe import Markup

from fingood.model.report import Table

_WIDTH, _HEIGHT, _LEFT, _TOP = 1000, 200, 64, 16
AXES = ("size", "size in minor units", "month", "year", "keys")


def column_chart(table: Table) -> Markup:
    """A table of counts as columns; nothing for any other table, or where a cell is no whole number.

    Needs a first column that is one of ``AXES``. With ``rows`` and ``broken`` behind it each column is the share that
    is broken; else the counts of all others stand on each other.
    """
    if not table.rows or len(table.columns) < 2 or table.columns[0] not in AXES:
        return Markup("")
    shares = table.columns[1:3] == ("rows", "broken")
    names = ("broken",) if shares else table.columns[1:]
    try:
        counts = [[int(cell.replace(",", "")) for cell in row[1 : 3 if shares else None]] for row in table.rows]
    except ValueError:
        return Markup("")
    heights = [[row[1] / row[0] if row[0] else 0.0] if shares else [float(one) for one in row] for row in counts]
    most = max(map(sum, heights)) or 1.0
    step = (_WIDTH - _LEFT) / len(heights)
    labels = [row[0] for row in table.rows]
    kinds = ("broken",) if shares else tuple(f"s{n + 1}" for n in range(len(names)))
    told = [f"{label}: {_said(names, row, shares=shares)}" for label, row in zip(labels, heights, strict=True)]
    drawn = [
        _column(told[n], kinds, row, (_LEFT + (n + 0.12) * step, step * 0.76), most) for n, row in enumerate(heights)
    ]
    drawn += _axis(labels, step, f"{most:.3%}" if shares else f"{int(most):,}")
    drawn += [] if len(names) < 2 else _legend(names)
    return Markup(
        '<div class="scroll"><svg class="columns" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg></div>'
    ).format(_WIDTH, _HEIGHT + 58, f"{table.title}. {'; '.join(told)}", Markup("").join(drawn))


def _column(said: str, kinds: tuple[str, ...], row: list[float], across: tuple[float, float], most: float) -> Markup:
    """The parts of one column on each other, told by a title; ``across`` is where it begins and how wide it is."""
    parts, below = [], 0.0
    for kind, value in zip(kinds, row, strict=True):
        if not value:
            continue
        # What is there at all is seen, however small.
        height = max(value / most * (_HEIGHT - _TOP), 1.5)
        parts.append(
            Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                kind, across[0], _HEIGHT - below - height, across[1], height
            )
        )
        below += height
    return Markup("<g>{}<title>{}</title></g>").format(Markup("").join(parts), said)


def _axis(labels: list[str], step: float, most: str) -> list[Markup]:
    every = -(-len(labels) // 12)
    marks = [
        Markup('<text class="mark" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
            _LEFT + (n + 0.5) * step, _HEIGHT + 18, label
        )
        for n, label in enumerate(labels)
        if n % every == 0
    ]
    line = Markup('<line class="axis" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(_LEFT, _HEIGHT, _WIDTH, _HEIGHT)
    top = Markup('<text class="mark" x="{}" y="{}" text-anchor="end">{}</text>').format(_LEFT - 6, _TOP + 4, most)
    nought = Markup('<text class="mark" x="{}" y="{}" text-anchor="end">0</text>').format(_LEFT - 6, _HEIGHT)
    return [line, top, nought, *marks]


def _legend(names: tuple[str, ...]) -> list[Markup]:
    return [
        Markup(
            '<rect class="s{}" x="{}" y="{}" width="12" height="12"/><text class="mark" x="{}" y="{}">{}</text>'
        ).format(n + 1, _LEFT + n * 150, _HEIGHT + 36, _LEFT + n * 150 + 18, _HEIGHT + 47, name)
        for n, name in enumerate(names)
    ]


def _said(names: tuple[str, ...], row: list[float], *, shares: bool) -> str:
    if shares:
        return f"{row[0]:.3%} broken"
    return ", ".join(f"{value:,.0f} {name}" for name, value in zip(names, row, strict=True) if value) or "none"
