"""An Alembic project on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Where an Alembic project lies and how to load it.

    ``config_file`` is its alembic.ini (None where everything stands in pyproject.toml), ``ini_section`` the section
    (Alembic's ``-n``), ``script_location`` the folder with env.py, ``version_locations`` the folders of revisions,
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
    prepend_sys_path: tuple[str, ...] = ()
    left_out: frozenset[Path] = frozenset()
