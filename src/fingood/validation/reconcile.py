"""Totals before and after a migration, compared; what differs is explained, and weighed by what the revision declares.

A revision says in its docstring what it means to change, with the reason::

    Reconciles: ledger.postings.amount within 0.01 because cents are rounded as agreed in FIN-7
    Reconciles: ledger.postings rows because fees move into postings of their own

``within`` is the largest change of a group's sum. What no line covers is a finding.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal, InvalidOperation
from pathlib import Path

from fingood.model.finding import Finding
from fingood.model.names import RelationName
from fingood.model.severity import Confidence, Severity
from fingood.validation.query import masked
from fingood.validation.times import Move, Times, find_move
from fingood.validation.totals import Group, Totals

_LINE = re.compile(
    r"^\s*Reconciles:\s*(?P<what>\S+)(?P<rows>\s+rows)?(?:\s+within\s+(?P<within>[0-9.]+))?\s+because\s+(?P<reason>\S.*)$",
    re.MULTILINE | re.IGNORECASE,
)
_SHOWN = 5
_EXACT = Context(prec=150_000)

SUMS, ROWS, CONTENT, TIMES = "totals-changed", "rows-changed", "content-changed", "times-moved"
"""The ids of the findings: a sum by account and currency, a number of rows, the content of a column, and all times of a
column by the same hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What a revision means to change: a table's ``column``, or its number of rows where that is empty. ``within`` is
    the largest change of a group's sum, None for any."""

    table: str
    column: str = ""
    within: Decimal | None = None
    reason: str
    revision: str = ""

    def covers(self, name: RelationName, column: str, change: Decimal | None = None) -> bool:
        """Whether it speaks of this column (or of the rows, where ``column`` is empty) and allows the change."""
        if self.table not in (str(name), name.name, f"{name.schema}.{name.name}") or self.column != column:
            return False
        return self.within is None or change is None or abs(change) <= self.within


def read_reconciliations(docstring: str, revision: str) -> tuple[Reconciliation, ...]:
    """The ``Reconciles:`` lines of a docstring; a line without a reason is none."""
    found = []
    for line in _LINE.finditer(docstring):
        table, _, column = line["what"].rpartition(".") if not line["rows"] else (line["what"], "", "")
        within = Decimal(line["within"]) if line["within"] else None
        reason = line["reason"].strip()
        found.append(Reconciliation(table=table, column=column, within=within, reason=reason, revision=revision))
    return tuple(found)


def read_docstring(path: Path) -> str:
    """A revision's docstring; '' where its file cannot be read."""
    try:
        return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    except (OSError, SyntaxError, ValueError):
        return ""


def compare_totals(
    before: Sequence[Totals], after: Sequence[Totals], declared: Sequence[Reconciliation] = ()
) -> tuple[Finding, ...]:
    """What the ledger lost, gained or changed; what is declared is information, the rest is not."""
    now = {totals.table: totals for totals in after}
    return tuple(
        finding
        for old in before
        for finding in (_gone(old, declared) if old.table not in now else _compare(old, now[old.table], declared))
    )


def compare_times(
    before: Sequence[Times], after: Sequence[Times], declared: Sequence[Reconciliation] = ()
) -> tuple[Finding, ...]:
    """Columns whose times were moved, as a change of zone does. A warning where only some were, as by a zone that is
    another's in winter, and where the type gained or lost its zone and no settings say whose clock was written by."""
    now = {(times.table, times.column): times for times in after}
    pairs = [(old, now[old.table, old.column]) for old in before if (old.table, old.column) in now]
    return tuple(_moved(old, new, move, declared) for old, new in pairs if (move := find_move(old, new)) is not None)


def _moved(old: Times, new: Times, move: Move, declared: Sequence[Reconciliation]) -> Finding:
    same_type, every = (old.local is None) == (new.local is None), move.rows == old.rows
    some = f"all {old.rows:,}" if every else f"{move.rows:,} of {old.rows:,}"
    zone = "" if same_type else f" as {old.zone or new.zone} shows them"
    return _finding(
        TIMES,
        Severity.ERROR if every and (same_type or old.zone_said or new.zone_said) else Severity.WARNING,
        f"{old.table}.{old.column}",
        f"{some} times of {old.table}.{old.column} moved by {move}{zone}",
        "Bookings near midnight fall on another day, and cut-off times, interest and reports with them.",
        cover=_cover(declared, old.table, old.column),
        rows=move.rows,
    )


def _gone(old: Totals, declared: Sequence[Reconciliation]) -> Iterator[Finding]:
    cover = _cover(declared, old.table, "")
    yield _finding(
        ROWS,
        Severity.CRITICAL,
        str(old.table),
        f"{old.table} is gone, with {old.rows:,} rows",
        "What it held is in no table of that name any more.",
        cover=cover,
    )


def _compare(old: Totals, new: Totals, declared: Sequence[Reconciliation]) -> Iterator[Finding]:
    if old.rows != new.rows:
        yield _finding(
            ROWS,
            Severity.CRITICAL,
            str(old.table),
            f"{old.table} had {old.rows:,} rows and has {new.rows:,} ({new.rows - old.rows:+,})",
            "Rows were lost or added by the migration.",
            cover=_cover(declared, old.table, ""),
        )
    # Grouped otherwise than before, what can be compared is the whole.
    alike = old.dimensions == new.dimensions
    one, other = (old, new) if alike else (_ungrouped(old), _ungrouped(new))
    for amount in old.amounts:
        if amount in new.amounts:
            yield from _sums(one, other, amount, declared)
        elif amount not in old.contents:
            yield _lost(old, amount, declared)
    yield from _contents(old, new, declared)


def _lost(old: Totals, amount: str, declared: Sequence[Reconciliation]) -> Finding:
    return _finding(
        SUMS,
        Severity.CRITICAL,
        f"{old.table}.{amount}",
        f"{old.table}.{amount} is gone or holds no amounts any more; what it summed up to cannot be compared",
        "Whether the money is still there is not known.",
        cover=_cover(declared, old.table, amount),
    )


def _ungrouped(totals: Totals) -> Totals:
    sums = [_added([sums[place] for _, sums in totals.groups.values()]) for place in range(len(totals.amounts))]
    return replace(totals, dimensions=(), groups={(): (totals.rows, tuple(sums))})


def _added(texts: Sequence[str]) -> str:
    """The sum of sums; what is no finite number makes it none."""
    try:
        numbers = [Decimal(text) for text in texts if text]
    except InvalidOperation:
        return "NaN"
    if not all(number.is_finite() for number in numbers):
        return "NaN"
    total = Decimal(0)
    for number in numbers:
        total = _EXACT.add(total, number)
    return str(total) if numbers else ""


def _sums(old: Totals, new: Totals, amount: str, declared: Sequence[Reconciliation]) -> Iterator[Finding]:
    changed = list(_changes(old, new, amount))
    if not changed:
        return
    largest = max((abs(change) for _, _, _, change in changed if change is not None), default=None)
    cover = _cover(declared, old.table, amount, largest) if largest is not None else None
    shown = "; ".join(
        f"{_key(old.dimensions, group)}{was or 'nothing'} → {now or 'nothing'}"
        + (f" ({change:+f})" if change is not None else "")
        for group, was, now, change in changed[:_SHOWN]
    )
    groups = f" by {' and '.join(old.dimensions)}" if old.dimensions else ""
    yield _finding(
        SUMS,
        Severity.CRITICAL,
        f"{old.table}.{amount}",
        f"{len(changed):,} of {len(old.groups):,} sums of {amount}{groups} in {old.table} changed: {shown}"
        + (" …" if len(changed) > _SHOWN else ""),
        "Money appeared or disappeared in the migration.",
        cover=cover,
        rows=len(changed),
    )


def _changes(old: Totals, new: Totals, amount: str) -> Iterator[tuple[Group, str, str, Decimal | None]]:
    """Group, sum before, sum after and the difference where both are numbers; the largest differences first."""
    place, later = old.amounts.index(amount), new.amounts.index(amount)
    found = []
    for group in dict.fromkeys((*old.groups, *new.groups)):
        was = old.groups[group][1][place] if group in old.groups else ""
        now = new.groups[group][1][later] if group in new.groups else ""
        change = _difference(was, now)
        if change != 0:
            found.append((group, was, now, change))
    yield from sorted(found, key=lambda one: -abs(one[3]) if one[3] is not None else Decimal("-Infinity"))


def _difference(was: str, now: str) -> Decimal | None:
    """0 where both are the same number, whatever their scale; None where one of them is no number."""
    if was == now:
        return Decimal(0)
    try:
        before, after = Decimal(was or "0"), Decimal(now or "0")
    except InvalidOperation:
        return None
    return _EXACT.subtract(after, before) if before.is_finite() and after.is_finite() else None


def _contents(old: Totals, new: Totals, declared: Sequence[Reconciliation]) -> Iterator[Finding]:
    if old.formula != new.formula or old.key != new.key:
        return  # the key it was bound to is gone, or nobody hashed one of the two
    for column, digest in old.contents.items():
        if column in new.contents and new.contents[column] != digest:
            yield _finding(
                CONTENT,
                Severity.WARNING,
                f"{old.table}.{column}",
                f"the values of {old.table}.{column} are not those of before",
                "A row has another value there, or was added or removed; which ones, a rollback test shows.",
                cover=_cover(declared, old.table, column),
            )
    for column in sorted(set(old.contents) - set(new.contents)):
        yield _finding(
            CONTENT,
            Severity.WARNING,
            f"{old.table}.{column}",
            f"{old.table}.{column} is gone",
            "What it held is in no column of that name any more.",
            cover=_cover(declared, old.table, column),
        )


def _cover(
    declared: Sequence[Reconciliation], table: RelationName, column: str, change: Decimal | None = None
) -> Reconciliation | None:
    return next((one for one in declared if one.covers(table, column, change)), None)


def _key(names: tuple[str, ...], group: Group) -> str:
    said = ", ".join(f"{name} {masked(value) if value else 'NULL'}" for name, value in zip(names, group, strict=True))
    return f"{said}: " if said else ""


def _finding(
    check: str,
    severity: Severity,
    subject: str,
    message: str,
    effect: str,
    *,
    cover: Reconciliation | None,
    rows: int = 1,
) -> Finding:
    evidence = {"rows": str(rows)}
    if cover is not None:
        severity, effect = Severity.INFO, f"Declared by {cover.revision}: {cover.reason}"
        evidence["declared"] = cover.reason
    return Finding(
        check=check,
        severity=severity,
        confidence=Confidence.OBSERVED,
        message=message,
        effect=effect,
        subject=subject,
        evidence=evidence,
        remedy=""
        if cover
        else f"Reconciles: {subject}{' rows' if check == ROWS else ''} because ...   in the revision's docstring,"
        " where the change is meant",
    )
