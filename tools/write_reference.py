"""Writes docs/reference.md from the code: exit codes, and every command's own help text.

python tools/write_reference.py            writes the page
python tools/write_reference.py --check    exits 1 when the page is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click

from fingood.cli.main import cli
from fingood.cli.verbs import VERBS
from fingood.errors import ExitCode

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference.md"


def write_page() -> str:
    """The whole page as Markdown."""
    return "\n".join((*_head(), *_exit_codes(), *_commands())) + "\n"


def _head() -> Iterator[str]:
    yield "# Commands and exit codes"
    yield ""
    yield "This page is written from the code by `python tools/write_reference.py`; the tests compare the two."


def _exit_codes() -> Iterator[str]:
    yield from ("", "## Exit codes", "", "| code | meaning |", "|---|---|")
    for code in ExitCode:
        yield f"| {code.value} | {code.meaning} |"


def _commands() -> Iterator[str]:
    context = click.Context(cli, info_name="fingood", max_content_width=100)
    for heading, verbs in groupby(VERBS, key=lambda verb: verb.heading):
        yield from ("", f"## {heading}")
        for verb in verbs:
            command = cli.get_command(context, verb.name)
            assert command is not None
            yield from ("", f"### fingood {verb.name}", "", "```")
            yield from _help(command, verb.name, context)
            yield "```"


def _help(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent, max_content_width=100, terminal_width=100)
    yield from (line.rstrip() for line in command.get_help(context).splitlines())
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            inner = command.get_command(context, child)
            assert inner is not None
            yield ""
            yield from _help(inner, child, context)


def main() -> int:
    page = write_page()
    if "--check" in sys.argv:
        current = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        if current != page:
            sys.stderr.write("docs/reference.md is out of date: python tools/write_reference.py\n")
            return 1
        return 0
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
