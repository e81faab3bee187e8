"""The options that every command shares, and the Settings they lead to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fingood.model.severity import SafetyLevel, Severity
from fingood.render import FORMATS

if TYPE_CHECKING:
    from fingood.commands.proving import Pace
    from fingood.commands.scope import Scope
    from fingood.model.report import Report
    from fingood.settings.values import Settings

F = TypeVar("F", bound=Callable[..., Any])

_ROOT = "fingood.project_root"


def project_options(function: F) -> F:
    """``-c -n --database-url --environment``: which project and which database."""
    for option in reversed(
        (
            click.option("-c", "--config", metavar="FILE", help="The project's alembic.ini or pyproject.toml."),
            click.option("-n", "--name", metavar="SECTION", help="Section of alembic.ini, as in alembic -n."),
            click.option(
                "--database-url",
                metavar="URL",
                help="The database, instead of the configured one; 'none' for no database.",
            ),
            click.option("--environment", metavar="NAME", help="Settings of [tool.fingood.environments.NAME]."),
        )
    ):
        function = option(function)
    return function


def output_options(function: F) -> F:
    """``--format --output --fail-on -q -v``: how the answer looks and when it counts as bad."""
    severities = click.Choice([severity.value for severity in Severity])
    for option in reversed(
        (
            click.option(
                "--format", "format_", type=click.Choice(list(FORMATS)), default="text", help="Form of the answer."
            ),
            click.option(
                "--output",
                metavar="[FORMAT=]FILE",
                multiple=True,
                help="Write to FILE, not stdout; FORMAT=FILE adds a file in that form. Repeatable.",
            ),
            click.option("--fail-on", type=severities, help="Exit 1 from this severity on."),
            click.option("-q", "--quiet", is_flag=True, help="Only the answer, no progress."),
            click.option("-v", "--verbose", count=True, help="More detail; twice for everything."),
        )
    ):
        function = option(function)
    return function


def check_options(function: F) -> F:
    """``--level --select --ignore``: which checks run and what blocks."""
    levels = click.Choice([level.value for level in SafetyLevel])
    for option in reversed(
        (
            click.option("--level", type=levels, help="How strict: which checks run and what blocks."),
            click.option("--select", multiple=True, metavar="ID", help="Only these checks."),
            click.option("--ignore", multiple=True, metavar="ID", help="Not these checks."),
        )
    ):
        function = option(function)
    return function


def baseline_options(function: F) -> F:
    """``--baseline --write-baseline``: findings that an old project already has."""
    for option in reversed(
        (
            click.option(
                "--baseline", type=click.Path(path_type=Path), metavar="FILE", help="Known findings: not counted."
            ),
            click.option(
                "--write-baseline",
                type=click.Path(path_type=Path),
                metavar="FILE",
                help="Write the findings as known ones.",
            ),
        )
    ):
        function = option(function)
    return function


def against_baseline(report: Report, options: dict[str, Any]) -> Report:
    """The report as the baseline options want it; says on stderr what was written."""
    from fingood.commands.baseline import hide_known, write_baseline

    target, known = options.get("write_baseline"), options.get("baseline")
    if target is not None:
        number = write_baseline(report, target)
        if not options.get("quiet"):
            click.echo(f"{number} findings written to {target}", err=True)
        known = target
    return hide_known(report, known) if known is not None else report


def scope_options(function: F) -> F:
    """``--pending --since --changed --all``: which revisions, by what is new."""
    for option in reversed(
        (
            click.option("--pending", is_flag=True, help="What the database does not have yet."),
            click.option("--since", metavar="REV", help="What comes after REV."),
            click.option(
                "--changed",
                metavar="[=BASE]",
                is_flag=False,
                flag_value="",
                default=None,
                help="What git says is new or changed against BASE (where the branch left the default one).",
            ),
            click.option("--all", "everything", is_flag=True, help="The whole history."),
        )
    ):
        function = option(function)
    return function


def history_options(function: F) -> F:
    """``--last --minimum --jobs --no-cache``: how much of a long history is tested, and how."""
    for option in reversed(
        (
            click.option("--last", type=click.IntRange(min=1), metavar="N", help="The newest N revisions."),
            click.option("--minimum", metavar="REV", help="Not REV and what lies below it."),
            click.option(
                "--jobs", type=click.IntRange(min=1), metavar="N", help="Worker processes (one for each processor)."
            ),
            click.option("--no-cache", is_flag=True, help="Prove again what has not changed."),
        )
    ):
        function = option(function)
    return function


def pace_from(options: dict[str, Any]) -> Pace:
    """What the options of :func:`history_options` say about the run."""
    from fingood.commands.proving import Pace

    return Pace(
        jobs=options.get("jobs") or 0,
        use_kept=not options.get("no_cache"),
        minimum=options.get("minimum") or "",
    )


def scope_from(options: dict[str, Any], words: tuple[str, ...] = ()) -> Scope:
    """The Scope that a command's options and words say."""
    from fingood.commands.scope import Scope

    return Scope(
        words=words,
        pending=bool(options.get("pending")),
        since=options.get("since") or "",
        changed=options.get("changed"),
        everything=bool(options.get("everything")),
        last=options.get("last") or 0,
    )


def settings_from(options: dict[str, Any], *, need_project: bool = True) -> Settings:
    """The Settings for a command's options; those that are not settings are left alone.

    Raises ConfigError when no project is found or a setting is wrong.
    """
    from fingood.settings import load

    known = ("config", "name", "database_url", "environment", "level", "fail_on", "select", "ignore")
    given = {key: options[key] for key in known if options.get(key) not in (None, (), "")}
    settings = load(options=given, need_project=need_project)
    if not options.get("quiet"):
        for remark in settings.remarks:
            click.echo(f"note: {remark}", err=True)
    context = click.get_current_context(silent=True)
    if context is not None:
        context.meta[_ROOT] = settings.project.root
    return settings


def project_root() -> Path | None:
    """The root of the project whose settings this command has read; None before it has."""
    context = click.get_current_context(silent=True)
    return context.meta.get(_ROOT) if context is not None else None
