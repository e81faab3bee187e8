"""An Alembic project on disk."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

_UPWARD = 5
_NO_MODULE = re.compile(r"No module named '([A-Za-z0-9_]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionTable:
    """Where Alembic keeps the applied revisions. ``schema`` is None for the one that names without a schema go to.
    ``certain`` is False where env.py names it by an expression that only a run of it can tell: then the one table of
    the database that looks like one counts."""

    name: str = "alembic_version"
    schema: str | None = None
    certain: bool = True


ALEMBICS = VersionTable()
"""What Alembic takes if nobody says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Where an Alembic project lies and how to load it.

    ``config_file`` is its alembic.ini (None where everything stands in pyproject.toml), ``ini_section`` the section
    (Alembic's ``-n``), ``script_location`` the folder with env.py, ``version_locations`` the folders of revisions,
    ``database`` the one that is meant of several that env.py migrates (``databases`` of the multidb template),
    ``recursive`` whether their subfolders count (Alembic's ``recursive_version_locations``), ``prepend_sys_path`` the
    folders Alembic puts before ``sys.path``. ``left_out`` are revision files that cannot be loaded, for a look at the
    others. All paths are absolute.
    """

    root: Path
    config_file: Path | None
    pyproject: Path | None
    ini_section: str
    script_location: Path
    version_locations: tuple[Path, ...]
    recursive: bool = False
    database: str = ""
    prepend_sys_path: tuple[str, ...] = ()
    left_out: frozenset[Path] = frozenset()
    version_table: VersionTable = ALEMBICS


def hint_for_import(root: Path, message: str) -> str:
    """What to do about Python's message that an import failed, for a project that runs in ``root``."""
    missing = _NO_MODULE.search(message)
    name = missing.group(1) if missing else ""
    for folder in (root, root / "src", *root.parents[:_UPWARD]):
        if name and ((folder / name / "__init__.py").is_file() or (folder / f"{name}.py").is_file()):
            said = os.path.relpath(folder, root)
            return f"{name} lies in {folder}: set prepend_sys_path = {said} for Alembic, or pip install -e it"
    return f"install what provides {name or 'it'} next to fingood, or run fingood in the project's own venv"
