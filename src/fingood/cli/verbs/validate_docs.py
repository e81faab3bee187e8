"""``fingood validate-docs``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output


@click.command("validate-docs")
@project_options
@output_options
def command(**options: Any) -> int:
    """Check the documents under migrations/docs: all there, links lead somewhere, code and commands are right."""
    from fingood.commands.validate_docs import validate_docs

    root = settings_from(options).project.root
    return Output(options).report(validate_docs(root, known_commands()))


def known_commands() -> dict[str, frozenset[str]]:
    """Every command with the options it takes, sub-commands as ``group command``."""
    from fingood.cli.main import cli

    known: dict[str, frozenset[str]] = {}
    context = click.Context(cli)
    for name in cli.list_commands(context):
        found = cli.get_command(context, name)
        assert found is not None
        _note(known, name, found)
    return known


def _note(known: dict[str, frozenset[str]], name: str, command: click.Command) -> None:
    known[name] = frozenset({"--help", *(option for parameter in command.params for option in parameter.opts)})
    if isinstance(command, click.Group):
        for sub, below in command.commands.items():
            _note(known, f"{name} {sub}", below)
