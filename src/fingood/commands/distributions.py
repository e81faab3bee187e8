"""Distributions of a validation as sections for people, which HTML draws, and as data for programs."""

from __future__ import annotations

from collections.abc import Iterable

from fingood.model.report import Table
from fingood.validation.distribution import Distribution


def sections_of(distributions: Iterable[Distribution]) -> tuple[Table, ...]:
    """A table each; terminals show them only to who asks for more."""
    return tuple(
        Table(
            title=_title(one),
            columns=(one.axis, *one.series),
            rows=tuple((label, *(f"{number:,}" for number in numbers)) for label, numbers in one.rows),
            detail=True,
        )
        for one in distributions
    )


def _title(one: Distribution) -> str:
    what = "share of broken rows, " if one.series == ("rows", "broken") else ""
    axis = "stretch of its key, low to high" if one.axis == "keys" else one.axis
    return f"{what}{one.subject} by {axis} ({one.looked_at})"


def data_of(one: Distribution) -> dict[str, object]:
    """The same as JSON values."""
    return {
        "subject": one.subject,
        "axis": one.axis,
        "series": list(one.series),
        "rows": [{"label": label, "counts": list(numbers)} for label, numbers in one.rows],
        "looked_at": one.looked_at,
    }
