"""`validate`: whether the money in a database adds up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from fingood.catalog import connect
from fingood.commands.before_after import compare_after, keep_before
from fingood.commands.distributions import data_of, sections_of
from fingood.commands.validation_record import record_validation
from fingood.commands.validation_trend import compare_results, keep_results
from fingood.model.report import CheckRun, Outcome, Report, Section, Table, Text
from fingood.settings import Settings, require_database_url
from fingood.validation import LedgerTable, Recognised, look_over
from fingood.validation import validate as run_invariants
from fingood.validation.distribution import take_distributions
from fingood.validation.increment import Increment, read_states
from fingood.validation.jobs import Done, hold_snapshot
from fingood.validation.json_hints import hints_of
from fingood.validation.overloads import opened_likewise, shut_out_overloads
from fingood.validation.own_rules import own_invariants
from fingood.validation.results import Results
from fingood.validation.validate import NOTHING, QUICK_ROWS


def validate_data(
    settings: Settings, mode: str = "full", *, watch: Callable[[str], None] = lambda label: None
) -> Report:
    """Looks at the settings' database, read-only, and reports every invariant that does not hold.

    Raises CannotConnect, and ConfigError where no database is configured or a ledger mapping does not fit.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    mode = mode.replace("-", "_")
    results = Results(settings.audit_log.parent / "validation.db", settings.target)
    increment = None
    broken: list[Done] = []
    opened = partial(
        connect,
        require_database_url(settings),
        application_name="fingood validate",
        statement_timeout=settings.validation.statement_timeout,
    )
    if mode in ("full", "incremental"):
        with opened() as connection:
            increment = Increment(results.marks() if mode == "incremental" else {}, read_states(connection))
    with opened() as connection:
        snapshot = hold_snapshot(connection)
        shut_out = shut_out_overloads(connection)
        recognised = look_over(connection, mappings=settings.ledger, money=settings.money)
        recognised = replace(recognised, notes=(*shut_out, *recognised.notes, *hints_of(connection, recognised)))
        runs = run_invariants(
            connection,
            mode,
            recognised=recognised,
            own=own_invariants(settings.rules, map(settings.project.root.joinpath, settings.validation.rules)),
            workers=settings.validation.workers,
            snapshot=snapshot,
            another=opened_likewise(connection, opened),
            increment=increment,
            watch=watch,
            heed=broken.append,
        )
        watch("how amounts are spread")
        drawn, undrawn = take_distributions(connection, recognised, broken)
        recognised = replace(recognised, notes=(*recognised.notes, *undrawn))
        if mode == "pre_migration":
            runs += keep_before(settings, connection, recognised, watch)
        elif mode == "post_migration":
            runs += compare_after(settings, connection, recognised, watch)
    moved = compare_results(results, runs)
    kept = keep_results(results, mode, started, runs, increment)
    report = Report(
        command="validate",
        subject=f"validate {mode}",
        target=settings.target,
        started=started,
        duration=time.monotonic() - clock,
        headline=_headline(recognised, runs),
        runs=runs,
        sections=(*_sections(recognised, mode, increment, kept), *moved.sections, *sections_of(drawn)),
        data={
            "mode": mode,
            "trend": moved.data,
            "tables": [_as_data(table) for table in recognised.tables],
            "distributions": list(map(data_of, drawn)),
        },
        fail_on=settings.fail_on,
    )
    unrecorded = record_validation(settings, report, mode)
    if not unrecorded:
        return report
    return replace(report, sections=(*report.sections, Text(title="Audit log", lines=(unrecorded,))))


def _headline(recognised: Recognised, runs: tuple[CheckRun, ...]) -> str:
    found = sum(len(run.findings) for run in runs)
    errored = sum(run.outcome is Outcome.ERRORED for run in runs)
    ledgers = [table for table in recognised.tables if table.money]
    if not ledgers:
        other = f"; {found} other findings" if found else ""
        return f"{NOTHING}{other}"
    legs = [str(table.name) for table in ledgers if table.legs]
    scope = f"{len(ledgers)} tables with money, double entry in {', '.join(legs) or 'none'}"
    if found:
        return f"{found} finding{'s' if found > 1 else ''} · {scope}"
    return f"{errored} invariants could not be looked at · {scope}" if errored else f"the money adds up · {scope}"


def _sections(recognised: Recognised, mode: str, increment: Increment | None, kept: str) -> tuple[Section, ...]:
    sections: list[Section] = []
    if recognised.tables:
        rows = tuple(_row(table) for table in recognised.tables)
        columns = ("table", "amounts", "currency", "transaction", "account", "double entry", "how sure")
        sections.append(Table(title="Taken for money", columns=columns, rows=rows))
    remarks = list(recognised.notes)
    if mode == "incremental":
        short = sorted(increment.shortened) if increment else []
        remarks.append(
            f"only what is new since the last run was looked at in {', '.join(short)}; the rest as a whole"
            if short
            else "no table is known to have only grown since the last run: everything was looked at"
        )
        whole = increment.whole if increment else {}
        remarks += [
            f"{table}: all rows were looked at for {', '.join(sorted(checks))}, since {why}"
            for (table, why), checks in sorted(whole.items())
        ]
    remarks += [kept] if kept else []
    if mode == "quick":
        remarks.append(f"quick: tables of more than {QUICK_ROWS:,} rows were not added up, nor their texts read")
    if any(str(table.certainty) == "guessed" for table in recognised.tables):
        remarks.append("what was guessed can be said for sure with [[tool.fingood.ledger]] in pyproject.toml")
    if remarks:
        sections.append(Text(title="Remarks", lines=tuple(remarks)))
    return tuple(sections)


def _row(table: LedgerTable) -> tuple[str, ...]:
    currency = ", ".join(table.currencies) or table.currency_code
    if not currency and table.account_link:
        currency = f"of {table.account_link.table}"
    side = f" by {table.direction}" if table.legs and table.direction else ""
    return (
        str(table.name),
        ", ".join(column.name for column in table.money) or "–",
        currency or "–",
        table.transaction or "–",
        table.account or "–",
        f"yes{side}" if table.legs else "no",
        str(table.certainty),
    )


def _as_data(table: LedgerTable) -> dict[str, object]:
    return {
        "table": str(table.name),
        "amounts": [column.name for column in table.money],
        "currencies": list(table.currencies),
        "transaction": table.transaction,
        "account": table.account,
        "direction": table.direction,
        "double_entry": table.legs,
        "certainty": str(table.certainty),
    }
