"""A history with files that cannot be loaded: what is left of it without them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from fingood.errors import HistoryError
from fingood.model.project import Project
from fingood.revisions.history import BrokenFile, History
from fingood.revisions.scan import Problem, find_problems

_OF_ONE_FILE = ("syntax", "unreadable", "no-id", "missing-parent")
_NAMES_ONE = re.compile(r"(?!heads?$|base$)[^:@+]+")


def load_without_broken(project: Project) -> tuple[Project, History, tuple[Problem, ...]]:
    """The history without the files that cannot be loaded and those that stand on them, the project that leaves these
    files out, and a Problem for each. Raises HistoryError where nothing remains or no single file is at fault."""
    problems: list[Problem] = []
    around = project
    while True:
        found = [problem for problem in find_problems(around) if problem.kind in _OF_ONE_FILE]
        if not found:
            try:
                history = History.load(around)
            except BrokenFile as error:
                found = [error.problem]
            else:
                break
        problems += found
        files = frozenset((project.root / problem.path).resolve() for problem in found)
        around = replace(around, left_out=around.left_out | files)
    if problems and not history.revisions:
        raise _error(problems)
    return around, history, tuple(problems)


def load_for(project: Project, words: Sequence[str]) -> tuple[Project, History, tuple[Problem, ...]]:
    """As load_without_broken, for revisions that are named: raises HistoryError where a word means a broken file, or
    means something else without it (``head``, a range)."""
    around, history, problems = load_without_broken(project)
    for problem in problems:
        if any(is_meant(problem, word) or not _NAMES_ONE.fullmatch(word) for word in words):
            raise _error([problem, *(other for other in problems if other is not problem)])
    return around, history, problems


def _error(problems: list[Problem]) -> HistoryError:
    more = f"; {len(problems) - 1} more: fingood validate-migrations" if len(problems) > 1 else ""
    return HistoryError(str(problems[0]), hint=(problems[0].hint + more).lstrip("; "))


def is_meant(problem: Problem, text: str) -> bool:
    """Whether a word for a revision means this broken file: its path, its name, its id or the begin of either."""
    path = Path(problem.path)
    names = (problem.path, path.name, path.stem, *path.stem.split("_"), problem.revision)
    return bool(text) and any(name == text or (len(text) >= 4 and name.startswith(text)) for name in names)
