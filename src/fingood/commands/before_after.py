"""`validate --mode pre_migration` keeps what the ledger comes to; `post_migration` compares and explains."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from fingood.catalog import known_heads
from fingood.errors import CouldNotLook, HistoryError
from fingood.model.finding import Finding
from fingood.model.names import RelationName
from fingood.model.report import CheckRun, Outcome
from fingood.revisions import load_without_broken
from fingood.settings import Settings
from fingood.settings.own_folder import make_private_folder
from fingood.validation import Recognised
from fingood.validation.query import CannotRead
from fingood.validation.reconcile import (
    CONTENT,
    ROWS,
    SUMS,
    TIMES,
    Reconciliation,
    compare_times,
    compare_totals,
    read_docstring,
    read_reconciliations,
)
from fingood.validation.times import Times, take_times, times_as_data, times_of_data
from fingood.validation.totals import Totals, take_totals

_FORMAT = 2
_IDS = (SUMS, ROWS, CONTENT, TIMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What a ledger came to, when, and which revisions the database was at."""

    at: str
    heads: tuple[str, ...]
    totals: tuple[Totals, ...]
    times: tuple[Times, ...]


def keep_before(
    settings: Settings, connection: Connection, recognised: Recognised, watch: Callable[[str], None]
) -> tuple[CheckRun, ...]:
    """Takes the totals and keeps them for after the migration. The run is errored where one of the two fails."""
    try:
        totals = take_totals(connection, recognised, watch=watch)
        _write(settings, totals, take_times(connection, recognised, watch=watch), known_heads(recognised.facts))
    except (CannotRead, CouldNotLook) as error:
        return (CheckRun(check=SUMS, outcome=Outcome.ERRORED, reason=f"nothing was kept: {error}"),)
    reason = f"{len(totals)} tables were summed up and are kept for --mode post_migration"
    return (CheckRun(check=SUMS, outcome=Outcome.SKIPPED, reason=reason),)


def compare_after(
    settings: Settings, connection: Connection, recognised: Recognised, watch: Callable[[str], None]
) -> tuple[CheckRun, ...]:
    """Compares with what was kept before. Errored, and so never passed, where nothing was kept or read."""
    try:
        before = read_before(settings)
        after = take_totals(connection, recognised, like=before.totals, watch=watch)
        times = take_times(connection, recognised, watch=watch)
        declared = declared_since(settings, before.heads, known_heads(recognised.facts))
    except (CannotRead, CouldNotLook) as error:
        reason = f"{error}: {error.hint}" if isinstance(error, CouldNotLook) and error.hint else str(error)
        return (CheckRun(check=SUMS, outcome=Outcome.ERRORED, reason=reason),)
    findings = compare_totals(before.totals, after, declared) + compare_times(before.times, times, declared)
    return tuple(_run(check, findings) for check in _IDS)


def _run(check: str, findings: Sequence[Finding]) -> CheckRun:
    mine = tuple(finding for finding in findings if finding.check == check)
    return CheckRun(check=check, outcome=Outcome.FAILED if mine else Outcome.PASSED, findings=mine)


def declared_since(settings: Settings, before: Sequence[str], now: Sequence[str]) -> tuple[Reconciliation, ...]:
    """What the revisions between the two say they change; nothing where the history cannot be read."""
    try:
        project, history, _ = load_without_broken(settings.project)
    except HistoryError:
        return ()
    between = history.ancestors(now) ^ history.ancestors(before)
    return tuple(
        one
        for revision in history.ordered()
        if revision.id in between
        for one in read_reconciliations(read_docstring(project.root / revision.path), revision.id)
    )


def file_of(settings: Settings) -> Path:
    """Where the totals from before are kept, beside the audit log."""
    return settings.audit_log.parent / "validation-before.json"


def _write(settings: Settings, totals: Sequence[Totals], times: Sequence[Times], heads: Sequence[str]) -> None:
    file = file_of(settings)
    beside = file.with_suffix(f".{os.getpid()}")
    text = json.dumps(
        {
            "fingood_totals": _FORMAT,
            "target": settings.target,
            "at": datetime.now(UTC).isoformat(),
            "heads": list(heads),
            "totals": [_as_data(one) for one in totals],
            "times": [times_as_data(one) for one in times],
        }
    )
    try:
        make_private_folder(file.parent)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text)
        beside.replace(file)
    except OSError as error:
        raise CouldNotLook(f"{file} cannot be written: {os.strerror(error.errno or 0)}") from error


def read_before(settings: Settings) -> Before:
    """What was kept. Raises CouldNotLook where there is nothing, or nothing of this database."""
    file = file_of(settings)
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if data["fingood_totals"] != _FORMAT:
            raise KeyError("fingood_totals")
        if data["target"] != settings.target:
            raise CouldNotLook(f"what was kept is of {data['target']}, this is {settings.target}")
        totals = tuple(map(_of_data, data["totals"]))
        times = tuple(map(times_of_data, data["times"]))
        return Before(at=data["at"], heads=tuple(data["heads"]), totals=totals, times=times)
    except FileNotFoundError:
        raise CouldNotLook("nothing was kept before the migration: --mode pre_migration does") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CouldNotLook(f"{file} cannot be read: {type(error).__name__}; --mode pre_migration writes it") from error


def _as_data(one: Totals) -> dict[str, Any]:
    return {
        "table": [one.table.schema, one.table.name],
        "dimensions": list(one.dimensions),
        "amounts": list(one.amounts),
        "groups": [[list(group), rows, list(sums)] for group, (rows, sums) in one.groups.items()],
        "contents": dict(one.contents),
        "key": list(one.key),
        "formula": one.formula,
    }


def _of_data(data: Mapping[str, Any]) -> Totals:
    return Totals(
        table=RelationName(*data["table"]),
        dimensions=tuple(data["dimensions"]),
        amounts=tuple(data["amounts"]),
        groups=dict(_groups(data["groups"])),
        contents=data["contents"],
        key=tuple(data["key"]),
        formula=data["formula"],
    )


def _groups(listed: Sequence[Any]) -> Iterator[tuple[tuple[str, ...], tuple[int, tuple[str, ...]]]]:
    for group, rows, sums in listed:
        yield tuple(group), (rows, tuple(sums))
