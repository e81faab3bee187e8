"""`config`: every setting in force, and where it came from."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from fingood.model.report import Report, Section, Table, Text
from fingood.settings import Settings


def show_config(settings: Settings, *, explain: bool = False) -> Report:
    """The settings with secrets masked; ``explain`` adds the source of each."""
    started, clock = datetime.now(UTC), time.monotonic()
    origins = settings.origins.values()
    columns = ("setting", "value", "from") if explain else ("setting", "value")
    rows = tuple((o.key, o.value or "–", o.source)[: len(columns)] for o in origins)
    sections: list[Section] = [Table(title="Settings", columns=columns, rows=rows)]
    if settings.ledger:
        lines = tuple(f"{mapping.table}: {_mapped(mapping)}" for mapping in settings.ledger)
        sections.append(Text(title="Ledger tables", lines=lines))
    data: dict[str, object] = {"settings": {o.key: o.value for o in origins}, "remarks": list(settings.remarks)}
    if explain:
        data["origins"] = {o.key: o.source for o in origins}
    return Report(
        command="config",
        subject=str(settings.project.root),
        target=settings.target,
        started=started,
        duration=time.monotonic() - clock,
        sections=tuple(sections),
        data=data,
        recommendations=() if explain else ("fingood config --explain",),
    )


def _mapped(mapping: object) -> str:
    names = (
        "amount",
        "debit_amount",
        "credit_amount",
        "currency",
        "currency_code",
        "transaction",
        "account",
        "direction",
    )
    said = [f"{name} = {value}" for name in names if (value := getattr(mapping, name))]
    return ", ".join(said) or "columns recognised by themselves"
