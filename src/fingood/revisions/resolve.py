"""What a word for a revision means: ids, prefixes, symbols, steps, branches, ranges and files."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fingood.errors import AmbiguousRevision, HistoryError, UnknownRevision
from fingood.revisions.revision import Revision

if TYPE_CHECKING:
    from fingood.revisions.history import History

_STEPS = re.compile(r"(?P<symbol>.*?)(?P<steps>[+-]\d+)\Z", re.DOTALL)
_NEEDS_DATABASE = "'{}' counts from where a database stands"


def resolve(history: History, text: str) -> tuple[Revision, ...]:
    """See :meth:`History.resolve`."""
    text = text.strip()
    if not text:
        raise HistoryError("no revision is named", hint="an id, head, or a range such as base:head")
    exact = _exact(history, text)
    if exact is not None:
        return (exact,)
    if ":" in text and not re.match(r"[A-Za-z]:[\\/]", text):
        return _range(history, text)
    ends = _ends(history, text)
    if not ends:
        hint = f"the first revision is {', '.join(history.bases)}; base:head means all" if history.bases else ""
        if text in ("base", "heads", "head") and not history.revisions:
            raise HistoryError("the history has no revisions yet", hint="alembic revision -m MESSAGE writes the first")
        raise HistoryError(f"'{text}' is the state before the first revision, not a revision", hint=hint)
    return _in_order(history, ends)


def _in_order(history: History, ids: frozenset[str]) -> tuple[Revision, ...]:
    return tuple(revision for revision in history.ordered() if revision.id in ids)


def _exact(history: History, text: str) -> Revision | None:
    """The revision of that full id, or of that file."""
    for revision in history.ordered():
        if revision.id == text:
            return revision
    wanted = PurePosixPath(text.replace("\\", "/"))
    found = [revision for revision in history.ordered() if _is_file(revision, wanted)]
    if len(found) > 1:
        raise AmbiguousRevision(text, [revision.path for revision in found])
    return found[0] if found else None


def _is_file(revision: Revision, wanted: PurePosixPath) -> bool:
    if wanted.suffix != ".py":
        wanted = wanted.with_name(wanted.name + ".py") if wanted.name else wanted
    parts = [part for part in wanted.parts if part not in (".", "..")]
    have = PurePosixPath(revision.path).parts
    if wanted.is_absolute():
        return tuple(parts[-len(have) :]) == have
    return bool(parts) and tuple(parts[-len(have) :]) == have[-len(parts) :]


def _range(history: History, text: str) -> tuple[Revision, ...]:
    """``A:B`` with both ends; an end left out is base or heads."""
    lower, _, upper = text.partition(":")
    tops = _ends(history, upper or "heads")
    below = history.ancestors(tops)
    bottoms = _ends(history, lower or "base")
    if not bottoms:
        if not below:
            raise HistoryError(f"no revision lies in '{text}'", hint="alembic history lists the revisions")
        return _in_order(history, below)
    if not bottoms <= below:
        raise HistoryError(
            f"{', '.join(sorted(bottoms))} does not lie below {', '.join(sorted(tops)) or 'base'}",
            hint="the older end of a range comes first",
        )
    return _in_order(history, frozenset(id_ for id_ in below if history.ancestors([id_]) & bottoms))


def _ends(history: History, text: str) -> frozenset[str]:
    """The revisions that a word without a range means; nothing for base."""
    exact = _exact(history, text)
    if exact is not None:
        return frozenset({exact.id})
    branch, mark, symbol = text.rpartition("@")
    if mark:
        return _on_branch(history, branch, symbol, text)
    return _symbol(history, text, history.heads, lambda revision: True)


def _on_branch(history: History, branch: str, symbol: str, text: str) -> frozenset[str]:
    anchor = next(iter(_ends(history, branch)), "")
    above = {revision.id for revision in history.ordered() if anchor in history.ancestors([revision.id])}
    members = above | history.ancestors([anchor])
    heads = tuple(
        id_ for id_ in members if not any(child.id in members for child in history.children(history.get(id_)))
    )
    found = _symbol(history, symbol, heads, lambda revision: revision.id in members)
    if not found <= members:
        raise HistoryError(f"{', '.join(sorted(found))} is not on branch '{branch}'", hint=f"in '{text}'")
    return found


def _symbol(history: History, text: str, heads: tuple[str, ...], inside: Callable[[Revision], bool]) -> frozenset[str]:
    if text == "heads":
        return frozenset(heads)
    if text == "head":
        if len(heads) > 1:
            raise AmbiguousRevision("head", sorted(heads))
        return frozenset(heads)
    if text == "base":
        return frozenset()
    labelled = [revision for revision in history.ordered() if text in revision.branch_labels]
    steps = _STEPS.match(text)
    if text == "current" or text.startswith("current") or (steps and not steps["symbol"]):
        raise HistoryError(_NEEDS_DATABASE.format(text), hint="name a revision, or a step from one: head-1, ID+1")
    if labelled:
        return frozenset({labelled[0].id})
    matches = [revision for revision in history.ordered() if revision.id.startswith(text) and inside(revision)]
    if not matches:
        matches = [revision for revision in history.ordered() if text in (revision.slug, revision.stem)]
    if len(matches) > 1:
        raise AmbiguousRevision(text, [revision.id for revision in matches])
    if matches:
        return frozenset({matches[0].id})
    if steps:
        start = _symbol(history, steps["symbol"], heads, inside)
        return _walk(history, start, int(steps["steps"]), text, inside)
    raise UnknownRevision(text, _nearest(history, text))


def _walk(
    history: History, start: frozenset[str], steps: int, text: str, inside: Callable[[Revision], bool]
) -> frozenset[str]:
    """So many steps up or down from one revision or from base."""
    if len(start) > 1:
        raise AmbiguousRevision(text, sorted(start))
    place: Revision | None = history.get(next(iter(start))) if start else None
    for _ in range(abs(steps)):
        if steps > 0:
            onward = history.children(place) if place else tuple(history.get(id_) for id_ in history.bases)
        elif place is None:
            raise HistoryError(f"'{text}' goes below the first revision", hint=_first(history))
        else:
            onward = tuple(history.get(id_) for id_ in place.down_revisions)
        onward = tuple(filter(inside, onward)) or onward
        if len(onward) > 1:
            raise AmbiguousRevision(text, [revision.id for revision in onward])
        if steps > 0 and not onward:
            raise HistoryError(f"'{text}' goes beyond the last revision", hint=f"heads: {', '.join(history.heads)}")
        place = onward[0] if onward else None
    return frozenset({place.id}) if place else frozenset()


def _first(history: History) -> str:
    return f"the first revision is {', '.join(history.bases)}"


def _nearest(history: History, text: str) -> list[str]:
    """The ids nearest to a word, by id, file name and message."""
    words: dict[str, str] = {}
    for revision in history.ordered():
        for word in (revision.id, revision.stem, revision.slug, revision.doc):
            words.setdefault(word.lower(), revision.id)
    close = difflib.get_close_matches(text.lower().removesuffix(".py"), words, n=6, cutoff=0.5)
    within = [id_ for word, id_ in words.items() if len(text) >= 3 and text.lower() in word]
    return list(dict.fromkeys([*within, *(words[word] for word in close)]))[:3]
