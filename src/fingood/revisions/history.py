"""The history: all revisions of a project in order, and what a word for a revision means in it."""

from __future__ import annotations

import contextlib
import inspect
import os
import sys
import traceback
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fingood.errors import HistoryError
from fingood.model.project import Project, hint_for_import
from fingood.revisions.leaving_out import leaving_out
from fingood.revisions.resolve import resolve
from fingood.revisions.revision import Revision
from fingood.revisions.scan import Problem, find_problems, list_files, read_sources, shown_path, unread_subfolders
from fingood.revisions.shape import Shape, shape_of
from fingood.revisions.source import Source, content_hash

if TYPE_CHECKING:
    from alembic.script import Script, ScriptDirectory


_OS = (os.__file__, "<frozen os>")
_OUTSIDE_FLASK = "Working outside of application context"


class BrokenFile(HistoryError):
    """A revision file that raises when it is imported. ``problem`` says where."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem), hint=problem.hint)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class History:
    """The revisions of a project, parents before children."""

    revisions: tuple[Revision, ...]
    heads: tuple[str, ...]
    bases: tuple[str, ...]
    _by_id: dict[str, Revision] = field(repr=False, compare=False)

    @classmethod
    def load(cls, project: Project) -> History:
        """Reads the project's revisions through Alembic; env.py is not run. Raises HistoryError, with the file and
        line, when a file cannot be loaded, an id occurs twice, a parent is missing or the history runs in a circle."""
        problems = find_problems(project)
        if problems:
            more = f"; {len(problems) - 1} more: fingood validate-migrations" if len(problems) > 1 else ""
            raise HistoryError(str(problems[0]), hint=(problems[0].hint + more).lstrip("; "))
        if not list_files(project) and not project.left_out and (unread := unread_subfolders(project)):
            raise HistoryError(
                f"no revision lies in the versions folder itself, but some lie in {_some(unread)}",
                hint="version_locations in alembic.ini names the folder to read, recursive_version_locations = true"
                " takes all of them; the same where env.py chooses the folder while it runs",
            )
        sources = {source.path: source for source in read_sources(project)[0]}
        directory, scripts = _load(project)
        revisions = tuple(_revision(project, directory, script, sources) for script in scripts)
        return cls(
            revisions=revisions,
            heads=tuple(directory.get_heads()),
            bases=tuple(directory.get_bases()),
            _by_id={revision.id: revision for revision in revisions},
        )

    def ordered(self) -> tuple[Revision, ...]:
        """All revisions, parents and dependencies before what follows them, in Alembic's own order."""
        return self.revisions

    def get(self, id: str) -> Revision:
        """The revision of this full id. Raises UnknownRevision."""
        found = self._by_id.get(id)
        return found if found is not None else resolve(self, id)[0]

    def resolve(self, text: str) -> tuple[Revision, ...]:
        """The revisions that a word means, parents first: an id or its unique prefix, ``head``, ``heads``,
        ``head-1``, ``ID+1``, ``branch@head``, a range ``A:B`` with both ends included as in ``alembic history -r``,
        or a revision file's name or path.

        Raises UnknownRevision, AmbiguousRevision, or HistoryError for words that need a database (``current``, ``+1``).
        """
        return resolve(self, text)

    def below(self, revision: Revision) -> tuple[str, ...]:
        """What must be applied right before the revision."""
        return tuple(dict.fromkeys((*revision.down_revisions, *revision.depends_on)))

    def children(self, revision: Revision) -> tuple[Revision, ...]:
        """The revisions whose down_revision names it."""
        return tuple(other for other in self.revisions if revision.id in other.down_revisions)

    def ancestors(self, ids: Iterable[str]) -> frozenset[str]:
        """These revisions and everything that must be applied before them."""
        seen: set[str] = set()
        waiting = list(ids)
        while waiting:
            id_ = waiting.pop()
            if id_ not in seen and id_ in self._by_id:
                seen.add(id_)
                waiting.extend(self.below(self._by_id[id_]))
        return frozenset(seen)

    def pending(self, current_heads: Iterable[str]) -> tuple[Revision, ...]:
        """What is not applied yet in a database whose version table holds these ids. Raises UnknownRevision for an id
        that the history does not have."""
        applied = self.ancestors([self.get(id_).id for id_ in current_heads])
        return tuple(revision for revision in self.revisions if revision.id not in applied)


def _some(folders: tuple[str, ...]) -> str:
    return ", ".join(folders[:2]) + (f" and {len(folders) - 2} more folders" if len(folders) > 2 else "")


def _load(project: Project) -> tuple[ScriptDirectory, list[Script]]:
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    options = {"recursive_version_locations": True} if project.recursive else {}
    if project.recursive and "recursive_version_locations" not in inspect.signature(ScriptDirectory).parameters:
        raise HistoryError("recursive_version_locations needs Alembic 1.10", hint="pip install --upgrade alembic")
    try:
        with _quiet(project), leaving_out(project.left_out):
            directory = ScriptDirectory(
                str(project.script_location),
                version_locations=[str(path) for path in project.version_locations],
                **options,  # type: ignore[arg-type]
            )
            scripts = list(directory.walk_revisions())
    except CommandError as error:
        raise HistoryError(str(error), hint="alembic history shows it too") from error
    except (Exception, SystemExit) as error:
        raise _raised_by_file(project, error) from error
    return directory, scripts[::-1]


@contextlib.contextmanager
def _quiet(project: Project) -> Iterator[None]:
    """Alembic's warnings are our Problems; what a revision file prints while imported must not reach stdout."""
    before = list(sys.path)
    sys.path[:0] = project.prepend_sys_path
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(sys.stderr):
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.path[:] = before


def find_raising(project: Project) -> tuple[Problem, ...]:
    """A Problem for each revision file that raises when it is imported, all in one pass."""
    from alembic.util import load_python_file

    problems = []
    with _quiet(project):
        for path in list_files(project):
            try:
                load_python_file(str(path.parent), path.name)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a user's file raises is told
                found = _raised_by_file(project, error)
                problems += [found.problem] if isinstance(found, BrokenFile) else []
    return tuple(problems)


def _raised_by_file(project: Project, error: BaseException) -> HistoryError:
    files = {str(path) for path in list_files(project)}
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if str(Path(frame.filename).resolve()) in files
    ]
    what, hint = _reason(project, error)
    if not frames:
        return HistoryError(f"Alembic cannot load the history: {what}", hint="alembic history shows the traceback")
    return BrokenFile(
        Problem(
            kind="raises",
            message=f"the file raises {what} when it is imported",
            path=shown_path(project, Path(frames[-1].filename).resolve()),
            line=frames[-1].lineno,
            hint=hint,
        )
    )


def _reason(project: Project, error: BaseException) -> tuple[str, str]:
    """What to say of an exception, and what to do. Its text may hold anything, so only names are repeated."""
    name, text = type(error).__name__, str(error)
    if isinstance(error, ImportError):
        return f"{name}: {text}", hint_for_import(project.root, text)
    if isinstance(error, KeyError) and traceback.extract_tb(error.__traceback__)[-1].filename in _OS:
        return f"{name} for {text}", f"set the environment variable {text.strip(chr(39))}"
    if text.startswith(_OUTSIDE_FLASK):
        return f"{name}: {_OUTSIDE_FLASK}", "ask for Flask's app in upgrade() and downgrade(), where it is there"
    return f"{name}: {text}" if isinstance(error, NameError) else name, "alembic history shows the traceback"


def _revision(project: Project, directory: ScriptDirectory, script: Script, sources: dict[Path, Source]) -> Revision:
    path = Path(script.path).resolve()
    wanted = _texts(script.dependencies)
    depends = [found.revision for name in wanted if (found := directory.get_revision(name)) is not None]
    return Revision(
        id=script.revision,
        path=shown_path(project, path),
        down_revisions=_texts(script.down_revision),
        depends_on=tuple(depends),
        branch_labels=_texts(getattr(script.module, "branch_labels", None)),
        doc=script.doc or "",
        content_hash=content_hash(sources[path].tree) if path in sources else "",
        shape=shape_of(project, sources[path].tree) if path in sources else Shape(),
    )


def _texts(value: object) -> tuple[str, ...]:
    """Alembic's "one, several or none" as a tuple."""
    if value is None:
        return ()
    return (
        (value,) if isinstance(value, str) else tuple(map(str, value if isinstance(value, (tuple, list, set)) else ()))
    )
