"""``fingood approve``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output


@click.command("approve")
@click.argument("revision")
@click.option("--as", "approver", metavar="NAME", default="", help="Who approves; git's user.email if not said.")
@click.option("--role", metavar="ROLE", default="", help="In which role: dba, release manager.")
@click.option("--comment", metavar="TEXT", default="", help="What was looked at, or a ticket.")
@project_options
@output_options
def command(revision: str, approver: str, role: str, comment: str, **options: Any) -> int:
    """Record an approval of a revision as it is now.

    The record is a file under approvals/ beside env.py, to be committed with the revision. It holds for the revision's
    meaning: once the code changes it no longer counts; a comment or the layout changes nothing. Authors cannot approve.
    """
    from fingood.commands.approve import approve

    output = Output(options)
    return output.report(approve(settings_from(options), revision, approver=approver, role=role, comment=comment))
