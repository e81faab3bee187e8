"""Which revisions a command is about: named ones, or what is new by the database, by a revision or by git."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingood.commands.changed import changed_files
from fingood.errors import ConfigError
from fingood.revisions import History, Revision
from fingood.settings import Settings, require_database_url

if TYPE_CHECKING:
    from fingood.commands.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """``words`` are ids, file names or ranges; at most one of the others is given. ``since`` stands for what is not
    applied where it is; ``changed`` is what git compares with, '' for where the branch left the default branch;
    ``last`` is how many of the newest."""

    words: tuple[str, ...] = ()
    pending: bool = False
    since: str = ""
    changed: str | None = None
    everything: bool = False
    last: int = 0

    @property
    def given(self) -> list[str]:
        """The ways in which it is said, as they are typed."""
        said = {
            "REVISION": bool(self.words),
            "--pending": self.pending,
            "--since": bool(self.since),
            "--changed": self.changed is not None,
            "--all": self.everything,
            "--last": bool(self.last),
        }
        return [name for name, is_said in said.items() if is_said]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The revisions, each once, parents first; ``nothing`` says why there is none."""

    revisions: tuple[Revision, ...]
    nothing: str = ""


def choose_revisions(settings: Settings, history: History, target: Target, scope: Scope) -> Chosen:
    """The revisions in scope. Raises ConfigError (two scopes, no database, no git), HistoryError, CouldNotLook."""
    if len(scope.given) > 1:
        raise ConfigError(f"{' and '.join(scope.given)} exclude each other", hint="give one of them")
    if scope.pending:
        return _pending(settings, history, target)
    if scope.since:
        return _since(history, scope.since)
    if scope.changed is not None:
        return _changed(settings, history, scope.changed)
    if scope.last:
        return _chosen(history.ordered()[-scope.last :], "the history has no revisions yet")
    if scope.everything:
        return _chosen(history.ordered(), "the history has no revisions yet")
    return _named(history, scope.words)


def _named(history: History, words: Sequence[str]) -> Chosen:
    meant = {revision.id for word in words for revision in history.resolve(word)}
    if not meant:
        raise ConfigError("no revision to check", hint="fingood check head, an id, a file's name or a range A:B")
    return _chosen((revision for revision in history.ordered() if revision.id in meant), "")


def _pending(settings: Settings, history: History, target: Target) -> Chosen:
    require_database_url(settings)
    heads = target.facts.heads if target.facts is not None else ()
    count = len(history.ordered())
    return _chosen(history.pending(heads), f"{settings.target} has all {count} revisions")


def _since(history: History, since: str) -> Chosen:
    applied = frozenset() if since == "base" else history.ancestors(one.id for one in history.resolve(since))
    after = (revision for revision in history.ordered() if revision.id not in applied)
    return _chosen(after, f"no revision comes after {since}")


def _changed(settings: Settings, history: History, base: str) -> Chosen:
    root = settings.project.root
    files, named = changed_files(root, base)
    found = (revision for revision in history.ordered() if (root / revision.path).resolve() in files)
    return _chosen(found, f"no revision file differs from {named}")


def _chosen(revisions: Iterable[Revision], nothing: str) -> Chosen:
    found = tuple(revisions)
    return Chosen(revisions=found, nothing="" if found else nothing)
