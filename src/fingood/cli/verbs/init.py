"""``fingood init``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fingood.cli.options import output_options
from fingood.cli.output import Output


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@click.option("--dry-run", is_flag=True, help="Show the plan and write nothing.")
@click.option("--check", is_flag=True, help="Exit 1 when files are missing, older or changed; write nothing.")
@click.option("--upgrade", is_flag=True, help="Rewrite older stubs; show the difference of changed ones.")
@output_options
def command(folder: Path, dry_run: bool, check: bool, upgrade: bool, **options: Any) -> int:
    """Lay the framework's files into FOLDER (default: here).

    Files that are there stay as they are. In a project that already has Alembic only what is missing is added.
    """
    if check and (dry_run or upgrade):
        raise click.UsageError("--check goes without --dry-run and --upgrade")
    from fingood.commands.init import Mode, init

    mode = Mode.CHECK if check else Mode.DRY_RUN if dry_run else Mode.UPGRADE if upgrade else Mode.LAY
    return Output(options).report(init(folder, mode, upgrade=upgrade))
