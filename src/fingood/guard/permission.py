"""Asks the gate before the first step of an upgrade, tells its answer and keeps it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from fingood.errors import Blocked
from fingood.gate import Question, decide, record_decision
from fingood.guard.environment import StepFacts
from fingood.guard.journal import Journal
from fingood.guard.second import synchronous_url
from fingood.revisions import History
from fingood.settings import Settings, describe_target

OVERRIDE = "fingood-override"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """``override`` is the reason given with ``alembic -x fingood-override=...``, '' for none. ``any_target`` says that
    the settings do not name this run's database."""

    settings: Settings
    connection: Connection
    journal: Journal
    notice: Callable[[str], None]
    override: str = ""
    any_target: bool = False

    def ask(self, steps: Sequence[StepFacts], heads: Collection[str]) -> None:
        """Raises Blocked where a condition is not met and no reason may take its place. Ways back are never asked
        about: nobody must be kept from undoing."""
        upgraded = [step.revision for step in steps if step.kind == "upgrade"]
        if not upgraded or not self.settings.policy.require:
            if self.override and upgraded:
                self.notice("an override was given, but the settings ask for no condition (policy.require)")
            return
        decision = decide(self._question(upgraded, fresh=not heads), override=self.override)
        decision = record_decision(self.journal.log, decision, run=self.journal.run)
        for line in (decision.headline, *(f"  {line}" for line in decision.lines)):
            self.notice(line)
        if decision.allowed:
            return
        if self.override:
            self.notice("the override does not count: policy.allow_override is false")
        lacking = ", ".join(condition.title for condition in decision.missing)
        raise Blocked(
            f"{decision.headline}: {lacking}; no revision was applied; audit event {decision.sequence}",
            hint="fingood gate shows the list again",
        )

    def _question(self, upgraded: Sequence[str], *, fresh: bool) -> Question:
        history = History.load(self.settings.project)
        url = self.connection.engine.url
        dialect = self.connection.dialect.name
        version = self.connection.dialect.server_version_info or ()
        reachable = dialect != "sqlite" or (bool(url.database) and ":memory:" not in str(url.database))
        named = self.settings.target if self.settings.database_url and not self.any_target else ""
        return Question(
            settings=self.settings,
            pending=tuple(history.get(revision) for revision in upgraded),
            target=named or describe_target(url.render_as_string(hide_password=True)),
            dialect=dialect,
            url=synchronous_url(url).render_as_string(hide_password=False) if reachable else "",
            major=int(version[0]) if version and dialect == "postgresql" else None,
            fresh=fresh,
        )
