"""A look at the revision files before Alembic loads them, so that every fault has a file and a line."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from fingood.model.project import Project
from fingood.revisions.source import Source, read_source

_REVISION_FILE = re.compile(r"(?!\.\#|__init__).*\.py$")  # alembic/script/base.py
_LEGACY_ID = re.compile(r"([a-f0-9]+)\.py$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why Alembic cannot load the history. ``kind``: syntax, unreadable, no-id, duplicate-id, missing-parent, cycle,
    raises (when it is imported), stands-on (another file that cannot be loaded).
    ``path`` is relative to the project's root, ``below`` that of the file at fault where it is another one."""

    kind: str
    message: str
    path: str
    line: int | None = None
    revision: str = ""
    hint: str = ""
    below: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"


def list_files(project: Project) -> tuple[Path, ...]:
    """The revision files, as Alembic would list them, without those that the project leaves out."""
    found: dict[Path, None] = {}
    for folder in project.version_locations:
        pattern = "**/*.py" if project.recursive else "*.py"
        for path in sorted(folder.glob(pattern)):
            if path.resolve() in project.left_out:
                continue
            if _REVISION_FILE.match(path.name) and path.parent.name != "__pycache__":
                found[path.resolve()] = None
    return tuple(found)


def unread_subfolders(project: Project) -> tuple[str, ...]:
    """The subfolders of the version locations that hold revision files nobody reads."""
    if project.recursive:
        return ()
    below = {
        path.parent
        for folder in project.version_locations
        for path in folder.glob("*/**/*.py")
        if _REVISION_FILE.match(path.name) and path.parent.name != "__pycache__" and _declares(path)
    }
    return tuple(sorted(shown_path(project, folder) for folder in below))


def _declares(path: Path) -> bool:
    try:
        return {"revision", "down_revision"} <= read_source(path).lines.keys()
    except (SyntaxError, OSError, ValueError):
        return False


def shown_path(project: Project, path: Path) -> str:
    """The path relative to the project's root, or absolute where it lies outside."""
    for root in (project.root, project.root.resolve()):
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.as_posix()


def find_problems(project: Project) -> tuple[Problem, ...]:
    """Everything that would keep Alembic from loading the history, as far as the source shows it."""
    sources, unreadable = read_sources(project)
    problems = [*unreadable, *_without_id(project, sources), *_duplicates(project, sources)]
    if not problems:
        problems += _missing_parents(project, sources)
    if not problems:
        problems += _cycles(project, sources)
    return tuple(problems)


def read_sources(project: Project) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """The parsed files, and a Problem for each that cannot be parsed."""
    sources, problems = [], []
    for path in list_files(project):
        try:
            sources.append(read_source(path))
        except SyntaxError as error:
            problems.append(
                Problem(
                    kind="syntax",
                    message=f"syntax error: {error.msg}",
                    path=shown_path(project, path),
                    line=error.lineno,
                )
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not a Python source"
            problems.append(
                Problem(kind="unreadable", message=f"cannot read it: {reason}", path=shown_path(project, path))
            )
    return tuple(sources), tuple(problems)


def _without_id(project: Project, sources: Iterable[Source]) -> list[Problem]:
    return [
        Problem(
            kind="no-id",
            message="no revision id: the file does not set 'revision'",
            path=shown_path(project, source.path),
            line=1,
            hint="alembic revision -m MESSAGE writes a file with an id; move other modules out of the versions folder",
        )
        for source in sources
        if "revision" not in source.lines
        and not _LEGACY_ID.match(source.path.name)
        and not _may_set(source, "revision")
    ]


def _may_set(source: Source, name: str) -> bool:
    """Whether the name may get its value in a way that only running the file shows: an import of it or of everything,
    or an assignment within a block."""
    return any(
        (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        or (
            isinstance(node, ast.ImportFrom)
            and any(alias.name == "*" or (alias.asname or alias.name) == name for alias in node.names)
        )
        for node in ast.walk(source.tree)
    )


def _duplicates(project: Project, sources: Iterable[Source]) -> list[Problem]:
    first: dict[str, Source] = {}
    problems = []
    for source in sources:
        if source.id is None:
            continue
        other = first.setdefault(source.id, source)
        if other is not source:
            problems.append(
                Problem(
                    kind="duplicate-id",
                    message=f"revision id '{source.id}' is also in {shown_path(project, other.path)}",
                    path=shown_path(project, source.path),
                    line=source.lines["revision"],
                    revision=source.id,
                    hint="give one of them a new id, and fix the down_revision of what follows it",
                )
            )
    return problems


def _missing_parents(project: Project, sources: tuple[Source, ...]) -> list[Problem]:
    if any(source.id is None for source in sources):
        return []
    known = {source.id or "" for source in sources} | {label for source in sources for label in source.labels}
    problems = []
    for source in sources:
        for name, wanted in (("down_revision", source.down or ()), ("depends_on", source.depends_on or ())):
            for parent in wanted:
                if parent in known:
                    continue
                near = difflib.get_close_matches(parent, sorted(known), n=2)
                problems.append(
                    Problem(
                        kind="missing-parent",
                        message=f"{name} '{parent}' of {source.id} is no revision of this history",
                        path=shown_path(project, source.path),
                        line=source.lines.get(name),
                        revision=source.id or "",
                        hint=f"nearest: {', '.join(near)}" if near else "the parent's file is missing",
                    )
                )
    return problems


def _cycles(project: Project, sources: tuple[Source, ...]) -> list[Problem]:
    by_id: Mapping[str, Source] = {source.id: source for source in sources if source.id is not None}
    labels = {label: source.id for source in sources for label in source.labels}
    graph = {
        id_: [labels.get(parent) or parent for parent in (*(source.down or ()), *(source.depends_on or ()))]
        for id_, source in by_id.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        ring: list[str] = error.args[1]
        source = by_id[ring[0]]
        return [
            Problem(
                kind="cycle",
                message=f"the history runs in a circle: {' → '.join(ring)}",
                path=shown_path(project, source.path),
                line=source.lines.get("down_revision"),
                revision=ring[0],
                hint="one of these revisions must have another down_revision",
            )
        ]
    return []
