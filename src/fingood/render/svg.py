"""Small drawings inside the HTML page, coloured by its style sheet and told in words to who cannot see them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from fingood.model.action import LockMode
from fingood.model.report import Table

_WIDTH, _LABEL, _ROW = 1000, 250, 34
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def outcome_bar(counts: Mapping[str, int]) -> Markup:
    """One bar whose parts are as long as their counts; empty where nothing was counted."""
    total = sum(counts.values())
    if not total:
        return Markup("")
    parts, x = [], 0.0
    for name, count in counts.items():
        width = _WIDTH * count / total
        if count:
            parts.append(
                Markup(
                    '<rect class="fill-{}" x="{:.1f}" width="{:.1f}" height="10"><title>{} {}</title></rect>'
                ).format(name, x, max(width - 2, 1), count, name)
            )
        x += width
    said = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return Markup(
        '<svg class="bar" viewBox="0 0 {} 10" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(_WIDTH, said, Markup("").join(parts))


@dataclass(frozen=True, slots=True)
class Span:
    """A lock on a table from one moment to another, in seconds."""

    table: str
    mode: LockMode
    start: float
    end: float


def lock_timeline(table: Table) -> Markup:
    """A table of locks drawn over time.

    Needs columns named ``table`` (or ``relation``), ``lock`` (or ``mode``), and ``from`` and ``to`` in seconds. Any
    other table, or one with an unreadable cell, gives nothing: the table itself is shown either way.
    """
    found = spans(table)
    if not found:
        return Markup("")
    end = max(span.end for span in found) or 1.0
    names = list(dict.fromkeys(span.table for span in found))
    scale = (_WIDTH - _LABEL - 10) / end
    drawn = [_label(name, row) for row, name in enumerate(names)]
    drawn += [_block(span, names.index(span.table), scale) for span in found]
    height = _ROW * len(names) + 26
    drawn.append(_axis(end, scale, height))
    said = "; ".join(f"{span.table} {span.mode} from {span.start:g} s to {span.end:g} s" for span in found)
    return Markup(
        '<div class="scroll"><svg class="locks" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg></div>'
    ).format(_WIDTH, height, said, Markup("").join(drawn))


def spans(table: Table) -> list[Span]:
    """A table of locks as spans of time; empty for any other table, or where a cell cannot be read."""
    columns = [column.casefold() for column in table.columns]
    places = [
        next((columns.index(n) for n in names if n in columns), -1)
        for names in (("table", "relation"), ("lock", "mode"), ("from",), ("to",))
    ]
    if -1 in places:
        return []
    found = []
    for row in table.rows:
        name, mode, start, end = (row[place] for place in places)
        known = next((lock for lock in LockMode if lock.value == mode.upper()), None)
        first, last = _NUMBER.search(start), _NUMBER.search(end)
        if known is None or first is None or last is None:
            return []
        found.append(Span(name, known, float(first[0]), float(last[0])))
    return found


def _label(name: str, row: int) -> Markup:
    y = row * _ROW + 21
    shown = name if len(name) <= 32 else f"{name[:31]}…"
    return Markup('<text class="name" x="0" y="{}">{}<title>{}</title></text>').format(y, shown, name)


def _block(span: Span, row: int, scale: float) -> Markup:
    x, width = _LABEL + span.start * scale, max((span.end - span.start) * scale, 4)
    kind = "reads" if span.mode.blocks_reads else "writes" if span.mode.blocks_writes else "nobody"
    inside = escape(str(span.mode)) if width > 9 * len(str(span.mode)) else Markup("")
    return Markup(
        '<g class="lock {}"><rect x="{:.1f}" y="{}" width="{:.1f}" height="26" rx="3"/>'
        '<text x="{:.1f}" y="{}">{}</text><title>{}: {:g} s to {:g} s</title></g>'
    ).format(kind, x, row * _ROW + 4, width, x + 7, row * _ROW + 21, inside, str(span.mode), span.start, span.end)


def _axis(end: float, scale: float, height: int) -> Markup:
    marks = [
        Markup('<text class="mark" x="{:.1f}" y="{}" text-anchor="{}">{:g} s</text>').format(
            _LABEL + end * part * scale, height - 4, anchor, round(end * part, 2)
        )
        for part, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end"))
    ]
    return Markup("").join(marks)


def ratio_bars(table: Table) -> Markup:
    """A table of changes drawn as bars to both sides of 1, twice as far for four times the ratio.

    Needs columns named ``before``, ``after`` and ``ratio``; rows without a ratio are left out, and any other table
    gives nothing.
    """
    if not {"before", "after", "ratio"} <= set(table.columns):
        return Markup("")
    place = table.columns.index("ratio")
    rows = [
        (row[0], float(row[place])) for row in table.rows if _NUMBER.fullmatch(row[place]) and float(row[place]) > 0
    ]
    if not rows:
        return Markup("")
    far = max(1.0, *(abs(math.log2(ratio)) for _, ratio in rows))
    middle, scale = _LABEL + (_WIDTH - _LABEL) / 2, ((_WIDTH - _LABEL) / 2 - 60) / far
    drawn = [_label(name, number) for number, (name, _) in enumerate(rows)]
    drawn += [_ratio(ratio, number, middle, scale) for number, (_, ratio) in enumerate(rows)]
    height = _ROW * len(rows) + 6
    line = Markup('<line class="axis" x1="{0}" y1="0" x2="{0}" y2="{1}"/>').format(middle, height)
    said = "; ".join(f"{name} {ratio:g} times" for name, ratio in rows)
    return Markup(
        '<div class="scroll"><svg class="ratios" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg></div>'
    ).format(_WIDTH, height, said, line, Markup("").join(drawn))


def _ratio(ratio: float, row: int, middle: float, scale: float) -> Markup:
    length = math.log2(ratio) * scale
    more = length >= 0
    x = middle if more else middle + length
    return Markup(
        '<g class="{}"><rect x="{:.1f}" y="{}" width="{:.1f}" height="22" rx="3"/>'
        '<text class="mark" x="{:.1f}" y="{}" text-anchor="{}">{:g}×</text></g>'
    ).format(
        "more" if more else "less",
        x,
        row * _ROW + 5,
        max(abs(length), 2),
        middle + length + (6 if more else -6),
        row * _ROW + 21,
        "start" if more else "end",
        ratio,
    )


def curves(table: Table) -> Markup:
    """A table of samples drawn as one line a column over the first one, ``second``; any other table gives nothing."""
    if not table.columns or table.columns[0] != "second" or len(table.rows) < 2:
        return Markup("")
    try:
        numbers = [[float(cell) for cell in row] for row in table.rows]
    except ValueError:
        return Markup("")
    last, most = numbers[-1][0] or 1.0, max(1.0, *(max(row[1:]) for row in numbers))
    width, height, left = _WIDTH - 20, 200.0, 40.0
    lines = []
    for place, name in enumerate(table.columns[1:], 1):
        points = " ".join(
            f"{left + row[0] / last * (width - left):.1f},{height - row[place] / most * (height - 20):.1f}"
            for row in numbers
        )
        lines.append(
            Markup('<polyline class="curve c{}" points="{}"><title>{}</title></polyline>').format(place, points, name)
        )
        lines.append(
            Markup('<text class="mark k{}" x="{:.0f}" y="{:.0f}">{}</text>').format(
                place, left + (place - 1) * 190, height + 38, name
            )
        )
    marks = Markup('<text class="mark" x="0" y="24">{:g}</text><text class="mark" x="{:.0f}" y="{:.0f}">{:g} s</text>')
    said = ", ".join(
        f"{name} at most {max(row[place] for row in numbers):g}" for place, name in enumerate(table.columns[1:], 1)
    )
    return Markup(
        '<div class="scroll"><svg class="curves" viewBox="0 0 {} {:.0f}" role="img" aria-label="{}">{}{}</svg></div>'
    ).format(_WIDTH, height + 50, said, marks.format(most, width - 40, height + 18, last), Markup("").join(lines))
