"""``fingood select-template``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output
from fingood.errors import ConfigError

if TYPE_CHECKING:
    from fingood.scaffold.template import Kind

_QUESTIONS = {"TABLE": "Table", "COLUMN": "Column", "VALUE": "New value, as SQL (for example 'EUR' in quotes)"}


@click.command("select-template")
@click.argument("choice", required=False)
@click.option("--template", metavar="KIND", help="table, column, data or index (or 1 to 4).")
@click.option("--table", metavar="NAME", help="The table.")
@click.option("--column", metavar="NAME", help="The column.")
@click.option("--schema", metavar="NAME", help="The table's schema, where it is not the default one.")
@click.option("--value", metavar="SQL", help="data: the new value, an SQL expression.")
@click.option("--where", metavar="SQL", help="data: which rows; those where the column is NULL if not given.")
@click.option("--key", metavar="NAME", help="data: unique columns, separated by commas; the primary key if not given.")
@click.option("-m", "--message", metavar="TEXT", help="What the revision does, for its header and file name.")
@click.option("--head", default="head", metavar="REVISION", help="The revision to follow, where there are several.")
@project_options
@output_options
def command(choice: str | None, template: str | None, message: str | None, head: str, **options: Any) -> int:
    """Write a new revision from a template: 1 table, 2 column, 3 data migration, 4 performance index.

    Asks for what the options leave open.
    """
    from fingood.commands.select_template import select_template
    from fingood.scaffold.template import find_kind

    settings = settings_from(options)
    kind = find_kind(choice or template or _ask_kind())
    values = _values(kind, options)
    return Output(options).report(select_template(settings.project, kind, values, message=message or "", head=head))


def _ask_kind() -> str:
    from fingood.scaffold.template import KINDS

    for number, kind in enumerate(KINDS, start=1):
        click.echo(f"  {number}  {kind.title}", err=True)
    return _ask("Template", f"--template {'|'.join(kind.key for kind in KINDS)}")


def _values(kind: Kind, options: dict[str, Any]) -> dict[str, str | None]:
    """What the options say, and the answers to questions for what the template needs besides."""
    given = {name: options.get(name.lower()) for name in ("TABLE", "COLUMN", "SCHEMA", "VALUE", "WHERE", "KEY")}
    values: dict[str, str | None] = {name: str(value) for name, value in given.items() if value}
    for name in kind.needs:
        if name not in values:
            values[name] = _ask(_QUESTIONS[name], f"--{name.lower()} {name}")
    return values


def _ask(question: str, option: str) -> str:
    """The answer from stdin. Raises ConfigError where there is nobody to ask."""
    try:
        answer: str = click.prompt(question, err=True)
    except click.exceptions.Abort:
        raise ConfigError(f"no answer to '{question}'", hint=f"or give it as {option}") from None
    return answer.strip()
