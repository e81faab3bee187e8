"""What Alembic is about to do, asked of its running EnvironmentContext: the one file here that knows its inside."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fingood.revisions.source import content_hash

StepSource = Callable[[Any, Any], Iterable[Any]]


class Environment:
    """Alembic's Config, and its EnvironmentContext as long as env.py runs."""

    def __init__(self, config: Any, context: Any = None) -> None:
        self._config = config
        self._context = context

    @classmethod
    def running(cls) -> Environment | None:
        """The environment whose env.py is running now; None outside of one."""
        from alembic import context

        proxy = getattr(context, "_proxy", None)
        return None if proxy is None else cls(proxy.config, proxy)

    @classmethod
    def of_config(cls, config: Any) -> Environment:
        """For what is asked before or without a run."""
        return cls(config)

    @property
    def changes_database(self) -> bool:
        """Whether this is upgrade, downgrade or stamp on a connection: only these name a destination. current, check,
        history and revision do not, and with --sql nothing is run."""
        options = self._context.context_opts
        return not options.get("as_sql") and "destination_rev" in options

    @property
    def in_sandbox(self) -> bool:
        """Whether a sandbox of ours drives this run."""
        return bool(self._config.attributes.get("fingood.sandbox")) or os.environ.get("FINGOOD_SANDBOX") == "1"

    @property
    def has_terminal(self) -> bool:
        """Whether a command line drives Alembic, not a program that handles exceptions itself."""
        return getattr(self._config, "cmd_opts", None) is not None

    def said(self, name: str) -> str:
        """The value of ``alembic -x NAME=VALUE``, or of the Config's attribute that a program set; '' for none."""
        words = getattr(getattr(self._config, "cmd_opts", None), "x", None) or ()
        given = [word.partition("=")[2] for word in words if word.partition("=")[0].strip() == name]
        return (given[-1] if given else str(self._config.attributes.get(name) or "")).strip()

    @property
    def settings_options(self) -> dict[str, object]:
        """What finds this run's project again: its config file and section."""
        options: dict[str, object] = {"name": self._config.config_ini_section}
        for file in (self._config.config_file_name, getattr(self._config, "toml_file_name", None)):
            if file and Path(file).is_file():
                return {**options, "config": str(Path(file).absolute())}
        return options

    @property
    def start(self) -> Path | None:
        """Where to look for the project upward when no config file names it: the folder with env.py."""
        folder = self._config.get_main_option("script_location")
        if "config" in self.settings_options or not folder or not Path(folder).is_dir():
            return None
        return Path(folder).absolute()

    @contextmanager
    def steps_through(self, wrap: Callable[[StepSource], StepSource]) -> Iterator[None]:
        """Within it, the steps that Alembic asks for come through ``wrap``, whether context.configure() was already
        called or is called inside."""
        options = self._context.context_opts
        original: StepSource = options["fn"]
        configured = self._context._migration_context
        options["fn"] = wrap(original)
        if configured is not None:
            configured._migrations_fn = options["fn"]
        try:
            yield
        finally:
            options["fn"] = original
            if configured is not None:
                configured._migrations_fn = original


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """One step: ``kind`` is upgrade, downgrade or stamp; ``path`` the revision's file, empty for a stamp.

    ``content_hash`` is that of the file's meaning as it runs now, ``below`` what the revision stands on; the history
    checks compare later files with them.
    """

    revision: str
    kind: str
    path: str = ""
    content_hash: str = ""
    below: tuple[str, ...] | None = None

    @classmethod
    def of(cls, step: Any) -> StepFacts:
        info = step.info
        if info.is_stamp:
            return cls(revision=", ".join(step.to_revisions) or "base", kind="stamp")
        script = info.up_revision
        path = os.path.realpath(str(script.path)) if script is not None else ""
        return cls(
            revision=str(info.up_revision_id),
            kind="upgrade" if info.is_upgrade else "downgrade",
            path=path,
            content_hash=_hash_of(path),
            below=tuple(map(str, script._all_down_revisions)) if script is not None else None,
        )


def _hash_of(path: str) -> str:
    """The hash of the file's meaning; '' where there is no source (a revision that is kept as bytecode)."""
    try:
        return content_hash(ast.parse(Path(path).read_bytes())) if path.endswith(".py") else ""
    except (OSError, SyntaxError, ValueError):
        return ""


def applied_revisions(migration_context: Any, heads: Iterable[str]) -> frozenset[str]:
    """Every revision that the version table stands for: its heads and all below them that the scripts know."""
    script = migration_context.script
    known: set[str] = set(heads)
    if script is None:
        return frozenset(known)
    waiting = list(heads)
    while waiting:
        revision = script.revision_map.get_revision(waiting.pop())
        below = set(revision._all_down_revisions) - known if revision is not None else set()
        known |= below
        waiting.extend(below)
    return frozenset(known)
