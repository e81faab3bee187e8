"""A history with files that cannot be loaded: what is left of it without them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from fingood.errors import HistoryError
from fingood.model.project import Project
from fingood.revisions.history import BrokenFile, History, find_raising
from fingood.revisions.scan import Problem, find_problems, list_files, shown_path
from fingood.revisions.source import Source, read_source

_STANDS_ON = "stands-on"
"""The kind of a Problem whose own file is sound: one that it stands on cannot be loaded."""

_OF_ONE_FILE = ("syntax", "unreadable", "no-id", "missing-parent")
_ALEMBICS_WORDS = ("head", "heads", "base")
_NAMES_ONE = re.compile(r"(?!heads?$|base$)[^:@+]+")
_ID_LINE = re.compile(r"^revision\s*(?::[^=\n]*)?=\s*['\"]([^'\"\n]+)", re.MULTILINE)


def load_without_broken(project: Project) -> tuple[Project, History, tuple[Problem, ...]]:
    """The history without the files that cannot be loaded and those that stand on them, the project that leaves these
    files out, and a Problem for each: first those at fault, then those that stand on them (``below`` names it). Raises
    HistoryError where nothing remains or no single file is at fault."""
    faults: list[Problem] = []
    followers: list[Problem] = []
    around = project
    while True:
        found = [problem for problem in find_problems(around) if problem.kind in _OF_ONE_FILE]
        if not found:
            try:
                history = History.load(around)
            except BrokenFile as error:
                found = list(find_raising(around)) or [error.problem]
            else:
                break
        above = list(_standing_on(around, found))
        faults += found
        followers += above
        files = frozenset((project.root / problem.path).resolve() for problem in (*found, *above))
        around = replace(around, left_out=around.left_out | files)
    if faults and not history.revisions:
        raise _error(faults)
    return around, history, (*faults, *followers)


def load_for(project: Project, words: Sequence[str]) -> tuple[Project, History, tuple[Problem, ...]]:
    """As load_without_broken, for revisions that are named: raises HistoryError where a word means a broken file, or
    means something else without it (``head``, a range)."""
    around, history, problems = load_without_broken(project)
    for problem in problems:
        if any(is_meant(problem, word) or not _NAMES_ONE.fullmatch(word) for word in words):
            raise _error([problem, *(other for other in problems if other is not problem)])
    return around, history, problems


def at_fault(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems that must be mended; the others go with them."""
    return tuple(problem for problem in problems if not problem.below)


def standing_on(problem: Problem, fault: Problem) -> bool:
    """Whether the first is there because of the second."""
    return problem.below == fault.path


def _standing_on(project: Project, found: Sequence[Problem]) -> Iterator[Problem]:
    """What is sound itself and has one of these files below it, however far."""
    broken = {(project.root / problem.path).resolve(): problem for problem in found}
    sources = [source for path in list_files(project) if path not in broken and (source := _read(path)) is not None]
    missing = {id_: problem for path, problem in broken.items() if (id_ := _id_in(path, problem))}
    left = sources
    while True:
        above = {source.path: problem for source in left if (problem := _below(source, missing)) is not None}
        if not above:
            return
        for source in left:
            if source.path in above:
                yield _follower(project, source, above[source.path])
                missing |= {name: above[source.path] for name in (source.id, *source.labels) if name}
        left = [source for source in left if source.path not in above]


def _below(source: Source, missing: Mapping[str, Problem]) -> Problem | None:
    wanted = (*(source.down or ()), *(source.depends_on or ()))
    return next((missing[parent] for parent in wanted if parent in missing), None)


def _follower(project: Project, source: Source, fault: Problem) -> Problem:
    return Problem(
        kind=_STANDS_ON,
        message=f"it stands on {fault.path}, which cannot be loaded: {fault.message}",
        path=shown_path(project, source.path),
        line=source.lines.get("down_revision"),
        revision=source.id or "",
        hint=fault.hint,
        below=fault.path,
    )


def _read(path: Path) -> Source | None:
    try:
        return read_source(path)
    except (SyntaxError, OSError, ValueError):
        return None


def _id_in(path: Path, problem: Problem) -> str:
    """The id of a file that may be no valid Python."""
    if problem.revision:
        return problem.revision
    try:
        found = _ID_LINE.search(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""
    return found.group(1) if found else ""


def _error(problems: Sequence[Problem]) -> HistoryError:
    more = f"; {len(problems) - 1} more: fingood validate-migrations" if len(problems) > 1 else ""
    return HistoryError(str(problems[0]), hint=(problems[0].hint + more).lstrip("; "))


def is_meant(problem: Problem, text: str) -> bool:
    """Whether a word for a revision means this broken file: its path, its name, its id or the begin of either."""
    if text in _ALEMBICS_WORDS:
        return False
    path = Path(problem.path)
    names = (problem.path, path.name, path.stem, *path.stem.split("_"), problem.revision)
    return bool(text) and any(name == text or (len(text) >= 4 and name.startswith(text)) for name in names)
