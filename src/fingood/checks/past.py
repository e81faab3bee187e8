"""What the checks of a history see: the history, the revisions' sources, and the record of what was applied."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from fingood.model.event import AuditEvent, EventKind
from fingood.model.finding import Direction, Location
from fingood.revisions import History, Problem, Revision

_KINDS = (EventKind.MIGRATION_START, EventKind.MIGRATION_COMPLETE, EventKind.MIGRATION_ROLLBACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A revision that was applied to ``target``, as the audit log has it. ``content_hash`` is '' and ``below`` None
    where the event does not say."""

    revision: str
    target: str
    at: datetime
    sequence: int
    content_hash: str = ""
    below: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known to be applied. ``runs`` are the revisions that stand applied by the audit log, in order;
    ``stamped`` the revisions that a target was stamped with, by target. ``target`` and ``heads`` are those of the
    database that was asked; ``heads`` is None where none was, and ``no_database`` says why."""

    runs: tuple[Applied, ...] = ()
    stamped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    target: str = ""
    heads: tuple[str, ...] | None = None
    no_database: str = "no database is configured"


def read_record(events: Iterable[AuditEvent]) -> Record:
    """The record that an audit log amounts to: what was taken back is not applied."""
    begun: dict[tuple[str, str], AuditEvent] = {}
    standing: dict[tuple[str, str], Applied] = {}
    stamped: dict[str, list[str]] = {}
    for event in events:
        if event.kind not in _KINDS:
            continue
        payload, target = event.payload, str(event.payload.get("target") or event.payload.get("database_name") or "")
        key = (target, event.subject)
        if event.kind is EventKind.MIGRATION_START:
            begun[key] = event
        elif event.kind is EventKind.MIGRATION_ROLLBACK or payload.get("migration_type") == "downgrade":
            standing.pop(key, None)
        elif payload.get("migration_type") == "stamp":
            stamped.setdefault(target, []).extend(event.subject.split(", "))
        else:
            standing[key] = _applied(event, begun.pop(key, None), target)
    return Record(
        runs=tuple(sorted(standing.values(), key=lambda applied: applied.sequence)),
        stamped={target: tuple(ids) for target, ids in stamped.items()},
    )


def _applied(end: AuditEvent, start: AuditEvent | None, target: str) -> Applied:
    said = {**(start.payload if start else {}), **end.payload}
    below = said.get("below")
    return Applied(
        revision=end.subject,
        target=target,
        at=end.at,
        sequence=end.sequence,
        content_hash=str(said.get("content_hash") or ""),
        below=tuple(map(str, below)) if isinstance(below, (list, tuple)) else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DocstringPolicy:
    """What a revision's docstring must say: ``fields`` such as ticket, author, risk, each on a line of its own
    (``Ticket: PAY-12``), and the regular expression that a ticket has to fit."""

    fields: tuple[str, ...] = ()
    ticket_pattern: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What separates the project's models from a database at its heads, a line a difference; or why nobody knows."""

    differences: tuple[str, ...] = ()
    unknown: str = ""


@dataclass(frozen=True, kw_only=True)
class Past:
    """A history as its checks see it. ``history`` is None where it does not load and ``failure`` says why; ``problems``
    are the faults that keep Alembic from loading it. ``sources`` are the files' texts by revision."""

    history: History | None
    problems: tuple[Problem, ...] = ()
    failure: str = ""
    failure_hint: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    record: Record = field(default_factory=Record)
    policy: DocstringPolicy = field(default_factory=DocstringPolicy)
    drift: Drift = field(default_factory=lambda: Drift(unknown="no database is configured"))
    today: date = date.min

    @property
    def loaded(self) -> History:
        """The history; only for checks that need one."""
        assert self.history is not None
        return self.history

    @cached_property
    def trees(self) -> Mapping[str, ast.Module]:
        """The syntax trees of the sources, by revision."""
        return {id_: ast.parse(text) for id_, text in self.sources.items()}

    def place(self, revision: Revision, line: int | None = None, direction: Direction | None = None) -> Location:
        """A line of a revision's file; without one the line that sets its id."""
        found = line or self.line_of(revision, "revision")
        return Location(path=revision.path, line=found, revision=revision.id, direction=direction)

    def line_of(self, revision: Revision, name: str) -> int | None:
        """The line on which the file assigns a name at its top level."""
        tree = self.trees.get(revision.id)
        for node in tree.body if tree is not None else ():
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                return int(node.lineno)
        return None

    @cached_property
    def applied(self) -> tuple[Applied, ...]:
        """The runs of the record that stand in the database that was asked; without a database all of them."""
        record = self.record
        if record.heads is None:
            return record.runs
        below = self.loaded.ancestors(record.heads)
        return tuple(run for run in record.runs if run.target == record.target and run.revision in below)

    def why_no_record(self) -> str:
        """Why nothing is known of what was applied."""
        record = self.record
        if record.heads is None:
            return f"the audit log holds no applied revision, and {record.no_database}"
        if not record.heads:
            return "no revision is applied to the database yet"
        return f"the audit log holds no run on {record.target}: nobody knows what was applied there"

    def with_record(self, record: Record) -> Past:
        return replace(self, record=record)
