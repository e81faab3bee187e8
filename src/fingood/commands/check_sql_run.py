"""The part of `check --sql` that needs a database: facts of the target, and runs in a sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from fingood.catalog import connect, read_facts
from fingood.commands.check_sql import Judged
from fingood.commands.target import Target, look_at_target, with_sizes
from fingood.model.facts import Facts
from fingood.model.plan import Plan
from fingood.sandbox import Sandbox, SandboxDatabase, open_sandbox
from fingood.settings import Settings
from fingood.settings.values import SandboxSettings
from fingood.statements.sql_file import SqlFile
from fingood.statements.sql_plan import plan_of
from fingood.statements.sql_run import run_sql_file

_NOT_THERE = frozenset({"42P01", "42703", "42704", "42883", "3F000", "42P02"})
"""SQLSTATE of undefined tables, columns, objects, functions, schemas and parameters (manual, appendix A)."""


def judge_on_a_database(
    settings: Settings, files: Sequence[SqlFile], dialect: str, *, static: bool, watch: Callable[[str], None]
) -> Iterator[tuple[SqlFile, Judged]]:
    """Each file on a database of its own: a copy of the target, or an empty one where none is configured."""
    target = look_at_target(settings)
    if static:
        for file in files:
            yield file, Judged(plan=plan_of(file, _version(target)), facts=target.facts)
        return
    with open_sandbox(
        dialect, major=target.major, settings=settings.sandbox, target_url=settings.database_url
    ) as sandbox:
        base, made = _base(settings, sandbox, target, watch)
        with connect(base.url) as connection:
            facts = with_sizes(read_facts(connection, target=False), target.facts)
        for file in files:
            watch(f"running {file.path}")
            judged = _on_a_clone(settings.sandbox, base, file, facts, has_target=target.facts is not None)
            yield file, replace(judged, notes=(*sandbox.notes, made, *judged.notes))


def _base(
    settings: Settings, sandbox: Sandbox, target: Target, watch: Callable[[str], None]
) -> tuple[SandboxDatabase, str]:
    if target.facts is None or not target.url:
        return sandbox.empty(), "each file ran on an empty database"
    watch(f"copying {target.shown}")
    options = settings.sandbox
    copy = sandbox.copy_of(target.url, content=options.copy, sample_rows=options.sample_rows)
    return copy, f"each file ran on a copy of the target ({options.copy})"


def _on_a_clone(
    options: SandboxSettings, base: SandboxDatabase, file: SqlFile, facts: Facts, *, has_target: bool
) -> Judged:
    database = base.clone()
    try:
        plan = run_sql_file(database.url, file, timeout=options.timeout, private=options.private)
    finally:
        database.drop()
    if not has_target and _needs_more(plan):
        why = f"{file.path} needs what an empty database lacks ({plan.failure}): judged by its text alone; "
        return Judged(plan=plan_of(file, plan.server_version), notes=(f"{why}--database-url gives the schema",))
    return Judged(plan=plan, facts=facts, notes=plan.notes)


def _needs_more(plan: Plan) -> bool:
    """Whether the run failed for want of an object: on SQLite only the words say so."""
    failure = plan.failure
    if failure is None:
        return False
    return failure.sqlstate in _NOT_THERE or failure.message.startswith(("no such table", "no such column"))


def _version(target: Target) -> int:
    return target.facts.server_version if target.facts is not None else 0
