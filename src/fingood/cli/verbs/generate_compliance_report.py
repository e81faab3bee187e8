"""``fingood generate-compliance-report``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output


@click.command("generate-compliance-report")
@click.option("--standards", default="SOX,PCI_DSS", show_default=True, metavar="LIST", help="SOX, PCI_DSS, GDPR.")
@click.option("--start-date", metavar="DATE", help="Migrations from this date or ISO time on (UTC).")
@click.option("--end-date", metavar="DATE", help="Up to and with this date (UTC).")
@project_options
@output_options
def command(standards: str, start_date: str | None, end_date: str | None, **options: Any) -> int:
    """Judge controls by the evidence there is: satisfied, not-satisfied, no-evidence, needs-person, not-applicable.

    Exit 0: what a machine can judge is satisfied or does not apply; 1: a control is not satisfied; 3: none is, but for
    some there is no evidence.
    """
    from fingood.commands.audit import moment_of
    from fingood.commands.compliance_report import report_compliance

    names = tuple(name.strip().upper().replace("-", "_") for name in standards.split(",") if name.strip())
    since = moment_of(start_date, "--start-date") if start_date is not None else None
    until = moment_of(end_date, "--end-date", end=True) if end_date is not None else None
    output = Output(options)
    return output.report(report_compliance(settings_from(options), names, since=since, until=until))
