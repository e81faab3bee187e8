"""What checks see: one revision, its plans, the state below it and what the project says about its tables."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property

from fingood.checks._check import Need
from fingood.checks.places import Place, walk_places, world_after
from fingood.checks.suppressions import Suppression, read_suppressions
from fingood.model.action import TypeSpec, Verb
from fingood.model.change import ChangeControl
from fingood.model.estimate import Estimate
from fingood.model.facts import Facts, TableFacts
from fingood.model.finding import Direction, Location
from fingood.model.live import LiveFacts
from fingood.model.names import RelationName
from fingood.model.plan import Plan
from fingood.model.severity import SafetyLevel
from fingood.revisions.shape import Shape
from fingood.statements.reader import type_named

PROTECTED = ("ledger.*", "*audit*", "*journal*", "*posting*")
"""Tables whose rows are evidence, wherever nothing else is said: books of account and their trails."""

SMALL_TABLE = 10_000
"""Rows below which a scan, a rewrite or an index build takes milliseconds on any server."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One revision as the checks see it.

    ``path`` is relative to the project's root; ``facts`` the state right below the revision, with the target's sizes
    where ``facts.target`` says so; ``earlier`` the plans of revisions that are pending before this one; ``protected``
    and ``money`` are globs of tables and of columns in addition to the built-in ones; ``shape`` what
    the source's functions amount to; ``estimate`` what the upgrade will cost on the target, where that was measured;
    ``no_plan`` says why there is no upgrade plan, where there is none. ``live`` is what the live database looked like,
    ``no_live`` why nobody looked although it was asked for; ``control`` what change control knows. Where neither was
    asked for, checks that need them are left out. ``today`` is the day (UTC) on which acceptances hold or have expired,
    without one none has. A plain SQL file has ``suppressions`` in place of a source.
    """

    revision: str
    path: str
    source: str = ""
    dialect: str = "postgresql"
    upgrade: Plan | None = None
    downgrade: Plan | None = None
    no_plan: str = ""
    facts: Facts | None = None
    earlier: tuple[Plan, ...] = ()
    heads: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    shape: Shape | None = None
    estimate: Estimate | None = None
    level: SafetyLevel = SafetyLevel.MEDIUM
    live: LiveFacts | None = None
    no_live: str = ""
    control: ChangeControl | None = None
    today: date = date.min
    suppressions: tuple[Suppression, ...] | None = None

    @property
    def is_plain_sql(self) -> bool:
        """Whether it is a file of SQL, with neither a revision's source nor a way back."""
        return self.suppressions is not None

    @cached_property
    def allowed(self) -> tuple[Suppression, ...]:
        """The acceptances in the source."""
        return read_suppressions(self.source) if self.suppressions is None else self.suppressions

    @cached_property
    def lacking(self) -> Mapping[Need, str]:
        """What checks may need and is not there, with the reason."""
        lacking = {
            Need.PLAN: (self.no_plan or "the upgrade was not run") if self.upgrade is None else "",
            Need.DOWNGRADE: "the downgrade was not run" if self.downgrade is None else "",
            Need.FACTS: "the schema below the revision is not known" if self.facts is None else "",
            Need.SOURCE: "the revision's source cannot be read" if self.tree is None else "",
            Need.HISTORY: "the history was not loaded" if not self.heads else "",
            Need.TARGET: "" if self.facts and self.facts.target else "the target's sizes are not known",
            Need.LIVE: "" if self.live else self.no_live or "the live database was not looked at",
            Need.CONTROL: "" if self.control else "change control was not asked",
        }
        return {need: reason for need, reason in lacking.items() if reason}

    @cached_property
    def incomplete(self) -> str:
        """Why the upgrade's plan does not hold all of its statements; '' where it does."""
        plan = self.upgrade
        if plan is None:
            return self.no_plan or "the upgrade was not run"
        if plan.failure:
            return "the upgrade failed; what comes after the failure was not seen"
        return f"the upgrade could not be rendered whole: {plan.unrendered}" if plan.unrendered else ""

    @property
    def schema(self) -> str:
        """The schema that names without one are in."""
        return self.facts.default_schema if self.facts else "public"

    @property
    def version(self) -> int:
        """The server's version as PostgreSQL counts it, 0 where unknown."""
        return self.facts.server_version if self.facts else 0

    @cached_property
    def tree(self) -> ast.Module | None:
        """The source's syntax tree; None where there is no source or it does not parse."""
        try:
            return ast.parse(self.source) if self.source else None
        except (SyntaxError, ValueError):
            return None

    def places(self, *verbs: Verb) -> tuple[Place, ...]:
        """The upgrade's actions of these kinds, in order; of all kinds when none is named."""
        if not verbs:
            return self._all_places
        if self._verbs.isdisjoint(verbs):
            return ()
        return tuple(place for place in self._all_places if place.action.verb in verbs)

    @cached_property
    def _verbs(self) -> frozenset[Verb]:
        return frozenset(place.action.verb for place in self._all_places)

    @cached_property
    def _all_places(self) -> tuple[Place, ...]:
        if self.upgrade is None:
            return ()
        return tuple(walk_places(self.upgrade, world_after(self.earlier, self.schema), self.facts))

    def table(self, name: RelationName | None) -> TableFacts | None:
        """What is known of the table below the revision."""
        return self.facts.table(name) if self.facts else None

    def type_of(self, table: RelationName, column: str) -> TypeSpec | None:
        """The column's type below the revision."""
        known = self.table(table)
        found = known.columns.get(column) if known else None
        return type_named(found.type, self.dialect) if found else None

    def is_protected(self, name: RelationName) -> bool:
        full = name.within(self.schema)
        return any(fits(full, glob) for glob in (*PROTECTED, *self.protected))

    def rows(self, name: RelationName) -> int | None:
        """The table's rows in the target; None where no target was looked at or it does not say."""
        known = self.table(name) if self.facts and self.facts.target else None
        return known.rows if known else None

    def location(self, line: int | None = None, direction: Direction | None = None) -> Location:
        """A place in the revision's file."""
        revision = None if self.is_plain_sql else self.revision
        return Location(path=self.path, line=line, revision=revision, direction=direction)

    def functions(self, *names: str) -> Iterator[ast.FunctionDef]:
        """The revision's top-level functions of these names."""
        body = self.tree.body if self.tree else []
        yield from (node for node in body if isinstance(node, ast.FunctionDef) and node.name in names)


def fits(name: RelationName, glob: str) -> bool:
    """A glob with a dot is matched against schema.table, one without against the table alone."""
    return fnmatchcase(f"{name.schema}.{name.name}" if "." in glob else name.name, glob)
