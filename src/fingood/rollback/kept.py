"""Proofs that are kept, so that what has not changed below an unchanged state is not proven again."""

from __future__ import annotations

import ast
import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.metadata import packages_distributions, version
from pathlib import Path

from fingood import __version__
from fingood.errors import CouldNotLook
from fingood.model.facts import Facts
from fingood.model.project import Project
from fingood.model.snapshot import Strength
from fingood.revisions import History, Revision
from fingood.rollback.books import Books, declared_lines
from fingood.rollback.coding import from_text, to_text
from fingood.rollback.proof import Judgement, Proof
from fingood.settings.own_folder import make_private_folder
from fingood.validation.reconcile import read_docstring

_KEPT_OF_ONE = 4
"""How many proofs of one revision are kept: those of a few branches of a working copy, not of all times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A revision's proof, and the facts of the state right below it (None where nobody came there)."""

    proof: Proof
    facts: Facts | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of proofs, one file each, written whole or not at all: a killed run goes on where it stopped."""

    folder: Path

    def find(self, revision: Revision, key: str) -> Judged | None:
        """The proof under this key; None where there is none that this version can read."""
        if not key:
            return None
        try:
            found = from_text(self._file(revision.id, key).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if not isinstance(found, Judged) or found.proof.revision != revision.id:
            return None
        # The file may have been renamed since; its meaning has not changed.
        return replace(found, proof=replace(found.proof, path=revision.path))

    def keep(self, judged: Judged, key: str, text: str = "") -> None:
        """Keeps a proof that says something; one that nobody could make is tried again. ``text`` is the proof as
        :func:`to_text` writes it, where that is known. Raises CouldNotLook."""
        if not key or not _is_final(judged.proof):
            return
        file = self._file(judged.proof.revision, key)
        beside = file.with_suffix(f".{os.getpid()}")
        try:
            make_private_folder(self.folder)
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as out:
                out.write(text or to_text(judged))
            beside.replace(file)
        except OSError as error:
            raise CouldNotLook(
                f"cannot keep proofs in {self.folder}: {os.strerror(error.errno or 0)}",
                hint="make the folder writable, or give --no-cache",
            ) from None
        self._thin_out(file)

    def _file(self, revision: str, key: str) -> Path:
        return self.folder / f"{hashlib.sha256(revision.encode()).hexdigest()[:16]}-{key[:40]}.json"

    def _thin_out(self, file: Path) -> None:
        same = list(self.folder.glob(f"{file.name.partition('-')[0]}-*.json"))
        for old in sorted(same, key=lambda one: one.stat().st_mtime)[:-_KEPT_OF_ONE]:
            old.unlink(missing_ok=True)


def _is_final(proof: Proof) -> bool:
    """A process that died or ran out of time may do better next time."""
    plans = (proof.up, proof.down, proof.again)
    gone = any(p is not None and p.failure is not None and p.failure.error == "WorkerGone" for p in plans)
    return proof.judgement is not Judgement.UNJUDGED and not gone


def keys_of(history: History, base: str, root: Path) -> dict[str, str]:
    """For each revision what its proof rests on: its own meaning and what it declares to change in a ledger, the
    meaning of every revision applied before it, and ``base``. '' where a file's meaning is not known, for it and for
    all above: those are always proven."""
    state, keys = base, {}
    for revision in history.ordered():
        if state and revision.content_hash:
            links = "\x1e".join((revision.id, *revision.down_revisions, "|", *revision.depends_on))
            state = _digest((state, revision.content_hash, links))
        else:
            state = ""
        declared = declared_lines([read_docstring(root / revision.path)]) if state else ""
        keys[revision.id] = _digest((state, declared)) if declared else state
    return keys


def base_of(
    project: Project,
    history: History,
    *,
    dialect: str,
    major: int,
    baseline: str,
    strength: Strength = Strength.EXACT,
    books: Books | None = None,
) -> str:
    """What every proof of a project rests on: versions, the server's major version, how closely data is compared, the
    ledgers, env.py and the other files beside it, the baseline, and what revisions, env.py and the baseline import: the
    project's own packages by their files, installed ones by their versions. A proof tells what was found and keeps no
    fingerprint, so the formula of fingerprints is not among them."""
    names = _names_imported(project, history, baseline)
    sources = _places_of(project, names)
    words = [__version__, version("alembic"), version("sqlalchemy"), dialect, str(major), baseline, str(strength)]
    words += [project.ini_section, repr(books or Books())]
    installed = packages_distributions()
    words += [f"{dist} {version(dist)}" for name in sorted(names) for dist in sorted(set(installed.get(name, ())))]
    words += [_digest_of(project.root / baseline)] if baseline and (project.root / baseline).is_file() else []
    for folder in (project.script_location, *sources.values()):
        words += _files_below(folder, project.version_locations)
    for folder in project.version_locations:
        words += [_digest_of(file) for file in sorted(folder.rglob("*.sql"))]
    return _digest(words)


def _names_imported(project: Project, history: History, baseline: str) -> set[str]:
    files = [project.root / revision.path for revision in history.ordered()] + [project.script_location / "env.py"]
    names = {name for file in files for name in _imports(file)}
    return names | {baseline.partition(":")[0].partition(".")[0]} if ":" in baseline else names


def _places_of(project: Project, names: Iterable[str]) -> dict[str, Path]:
    """The packages and modules of the project's own among the names, with their places."""
    found = {}
    for name in sorted(names):
        for root in (project.root, project.root / "src", *map(Path, project.prepend_sys_path)):
            place = next((one for one in (root / name, root / f"{name}.py") if one.exists()), None)
            if place is not None and place != project.script_location:
                found[name] = place
                break
    return found


def _imports(file: Path) -> Iterable[str]:
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _files_below(place: Path, versions: Iterable[Path]) -> list[str]:
    """Digests of Python and SQL files; revisions count by their meaning elsewhere, bytecode and tests not at all."""
    if place.is_file():
        return [_digest_of(place)]
    left_out = [folder.resolve() for folder in versions]
    files = (file for kind in ("*.py", "*.sql", "*.json", "*.csv") for file in place.rglob(kind))
    return [
        f"{file.relative_to(place)} {_digest_of(file)}"
        for file in sorted(files)
        if file.is_file()
        and "tests" not in file.relative_to(place).parts
        and not any(file.resolve().is_relative_to(folder) for folder in left_out)
    ]


def _digest_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _digest(words: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(words).encode("utf-8", "surrogatepass")).hexdigest()
