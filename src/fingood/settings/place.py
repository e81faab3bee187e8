"""Where the project lies: which configuration file is meant, and how it was found."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fingood.errors import ConfigError
from fingood.settings.toml import TomlFile, read_toml

_NOT_OURS = frozenset({"node_modules", "site-packages", "venv", "env", "build", "dist"})
_DEEPEST = 4
"""How many folders down a configuration is looked for that was not named."""

INI, PYPROJECT, OWN = "alembic.ini", "pyproject.toml", "fingood.toml"


@dataclass(frozen=True, slots=True)
class Place:
    """The project's folder and its files. ``ini`` may have another name than alembic.ini when it was named."""

    root: Path
    ini: Path | None
    pyproject: Path | None
    found_by: str


def find_place(config: str, start: Path | None, environ: Mapping[str, str]) -> Place:
    """The project, by the first that is given: the option ``-c``, FINGOOD_CONFIG, ALEMBIC_CONFIG, or the first folder
    upward from ``start``, FINGOOD_HOME or the working directory. Raises ConfigError that lists where it looked."""
    named = (
        (config, "option --config"),
        (environ.get("FINGOOD_CONFIG", ""), "environment variable FINGOOD_CONFIG"),
        (environ.get("ALEMBIC_CONFIG", ""), "environment variable ALEMBIC_CONFIG"),
    )
    for given, source in named[: 1 if start is not None and not config else 3]:
        if given:
            return _named(Path(given).expanduser(), source)
    home = environ.get("FINGOOD_HOME", "")
    starts = (start,) if start is not None else (*((Path(home),) if home else ()), Path.cwd())
    looked: list[Path] = []
    for folder in starts:
        place = _upward(folder.absolute(), looked)
        if place is not None:
            return place
    raise ConfigError(
        f"no Alembic project found: no {INI} and no {PYPROJECT} with [tool.alembic] in {_list(looked)}",
        hint=_below(starts[-1]) or "fingood init lays one down, -c FILE names one",
    )


def _below(folder: Path) -> str:
    """What to say where configurations lie in the folders below, as Flask-Migrate's does: Alembic must be told, too."""
    found: list[str] = []
    for here, folders, files in os.walk(folder):
        depth = len(Path(here).relative_to(folder).parts)
        inner = sorted(name for name in folders if not name.startswith((".", "_")) and name not in _NOT_OURS)
        folders[:] = inner if depth < _DEEPEST else []
        found += [Path(here, name).relative_to(folder).as_posix() for name in files if name == INI]
    found.sort(key=lambda name: (name.count("/"), name))
    return f"{' or '.join(f'-c {name}' for name in found[:3])} names one that lies below" if found else ""


def _named(path: Path, source: str) -> Place:
    path = path.absolute()
    if path.is_dir():
        place = _in_folder(path, source)
        if place is None:
            raise ConfigError(f"{path} holds no {INI} and no {PYPROJECT} with [tool.alembic]", origin=source)
        return place
    if not path.is_file():
        raise ConfigError(f"no file {path}", origin=source, hint=f"{source} names it")
    neighbour = path.parent / PYPROJECT
    if path.suffix == ".toml":
        ini = path.parent / INI
        return Place(path.parent, ini if ini.is_file() else None, path if path.name == PYPROJECT else None, source)
    return Place(path.parent, path, neighbour if neighbour.is_file() else None, source)


def _upward(start: Path, looked: list[Path]) -> Place | None:
    for folder in (start, *start.parents):
        looked.append(folder)
        place = _in_folder(folder, f"found upward of {start}")
        if place is not None:
            return place
    return None


def _in_folder(folder: Path, source: str) -> Place | None:
    ini, pyproject = folder / INI, folder / PYPROJECT
    has_ini, has_pyproject = ini.is_file(), pyproject.is_file()
    if has_ini or (has_pyproject and _mentions_us(read_toml(pyproject))):
        return Place(folder, ini if has_ini else None, pyproject if has_pyproject else None, source)
    return None


def _mentions_us(file: TomlFile) -> bool:
    tool = file.data.get("tool", {})
    return isinstance(tool, dict) and ("alembic" in tool or "fingood" in tool)


def _list(folders: list[Path]) -> str:
    unique = list(dict.fromkeys(str(folder) for folder in folders))
    return ", ".join(unique if len(unique) <= 4 else [*unique[:3], f"and {len(unique) - 3} folders above"])
