"""What ``alembic check`` does, in the worker process: env.py's models against the database that the runner points at.

The command itself came with Alembic 1.9 and tells its answer in an exception's text; what it is made of is older.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

from alembic.autogenerate.api import RevisionContext
from alembic.runtime.environment import EnvironmentContext
from alembic.util import CommandError

from fingood.statements.failures import describe
from fingood.statements.runner import Runner, fault_of_loading
from fingood.statements.wire import Fault, Message, ModelsCompared

_ARGUMENTS: dict[str, Any] = {
    "message": None, "autogenerate": True, "sql": False, "head": "head", "splice": False, "branch_label": None,
    "version_path": None, "rev_id": None, "depends_on": None,
}  # fmt: skip


def compare_models(runner: Runner, send: Callable[[Message], None]) -> Fault | None:
    """Sends the differences, or returns why they cannot be had. Nothing is written: no file, no table."""
    revision = RevisionContext(runner.config, runner.script, dict(_ARGUMENTS))
    known = False

    def compare(heads: Any, context: Any) -> list[Any]:
        nonlocal known
        known = context.opts.get("target_metadata") is not None
        if known:
            revision.run_autogenerate(heads, context)
        return []

    try:
        options = {"fn": compare, "as_sql": False, "revision_context": revision}
        with runner.app.context(), EnvironmentContext(runner.config, runner.script, **options):
            runner.script.run_env()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a user's env.py raises is told, SystemExit as well
        traceback.print_exc()
        if isinstance(error, CommandError):
            return describe(error, kind="history")
        return fault_of_loading(error, runner.project)
    send(ModelsCompared(known=known, differences=_differences(revision) if known else ()))
    return None


def _differences(revision: RevisionContext) -> tuple[str, ...]:
    script = revision.generated_revisions[-1]
    found = [diff for operations in script.upgrade_ops_list for diff in operations.as_diffs()]
    return tuple(words_of(diff) for diff in found)


def words_of(diff: Any) -> str:
    """One difference of Alembic's in words: what to do to which object, without values."""
    if isinstance(diff, list):
        return "; ".join(words_of(part) for part in diff)
    kind = str(diff[0]).replace("_", " ")
    if str(diff[0]).startswith("modify_"):
        schema, table, column = diff[1:4]
        return f"{kind.removeprefix('modify ')} of {_dotted(schema, table, column)}: {diff[5]} → {diff[6]}"[:300]
    if diff[0] in ("add_column", "remove_column"):
        return f"{kind} {_dotted(diff[1], diff[2], diff[3].name)}"
    subject = diff[1]
    table = getattr(subject, "table", None)
    where = f" on {_dotted(table.schema, table.name)}" if table is not None else ""
    return (
        f"{kind} {_dotted(getattr(subject, 'schema', None), getattr(subject, 'name', None) or 'without a name')}{where}"
    )


def _dotted(*parts: Any) -> str:
    return ".".join(str(part) for part in parts if part)
