"""A Report as CSV: what the command lists, one a row; findings and what was not looked at where it lists nothing."""

from __future__ import annotations

import csv
import io

from fingood.model.report import Outcome, Report, Table

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_COLUMNS = ("check", "outcome", "severity", "subject", "location", "message", "effect", "remedy")


def render_csv(report: Report) -> str:
    """The rows after RFC 4180, lines ending with CR LF.

    No cell is a formula for a spreadsheet (OWASP, CSV injection): one that looks like it gets an apostrophe in front.
    """
    table = report.records or Table(title="findings", columns=_COLUMNS, rows=_findings(report))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(table.columns)
    writer.writerows([harmless(cell) for cell in row] for row in table.rows)
    return out.getvalue()


def harmless(cell: str) -> str:
    """The cell, which no spreadsheet takes for a formula. NUL, which some stop reading at, is spelt out."""
    cell = cell.replace("\x00", "\\u0000")
    return f"'{cell}" if cell.lstrip(" \u00a0\ufeff").startswith(_FORMULA) else cell


def _findings(report: Report) -> tuple[tuple[str, ...], ...]:
    rows: list[tuple[str, ...]] = []
    for run in report.all_runs:
        if run.outcome in (Outcome.SKIPPED, Outcome.ERRORED):
            rows.append((run.check, run.outcome.value, "", run.subject, "", run.reason, "", ""))
        rows += [
            (
                finding.check,
                run.outcome.value,
                finding.severity.value,
                finding.subject,
                str(finding.location or ""),
                finding.message,
                finding.effect,
                finding.remedy,
            )
            for finding in run.findings
        ]
    return tuple(rows)
