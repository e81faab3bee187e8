"""``fingood doctor``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import output_options, project_options
from fingood.cli.output import Output

_SETTINGS = ("config", "name", "database_url", "environment", "fail_on")


@click.command("doctor")
@project_options
@output_options
def command(**options: Any) -> int:
    """Say what is missing or mismatched, and how to mend it.

    Looks at the project, its history, env.py, drivers, the database and its version, pg_dump, sandboxes, clocks, the
    version table and the audit log. Changes nothing.
    """
    from fingood.commands.doctor import examine

    given = {key: options[key] for key in _SETTINGS if options.get(key) not in (None, "")}
    return Output(options).report(examine(given))
