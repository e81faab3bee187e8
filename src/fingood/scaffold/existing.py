"""What Alembic set-up a folder already has, read from its files without running anything."""

from __future__ import annotations

import configparser
import tomllib
from dataclasses import dataclass
from pathlib import Path

from fingood.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class AlembicSetup:
    """``config`` is the file that names the script location (alembic.ini or pyproject.toml)."""

    config: Path
    script_location: Path

    @property
    def env_file(self) -> Path:
        return self.script_location / "env.py"


def find_alembic(folder: Path) -> AlembicSetup | None:
    """The set-up whose alembic.ini or pyproject.toml lies in ``folder``; None where there is none.

    Raises ConfigError when one of the files cannot be read.
    """
    for config, read in ((folder / "alembic.ini", _from_ini), (folder / "pyproject.toml", _from_pyproject)):
        if config.is_file():
            location = read(config)
            if location:
                return AlembicSetup(config=config, script_location=_resolve(location, folder))
    return None


def _resolve(location: str, folder: Path) -> Path:
    package, colon, inside = location.partition(":")
    if colon and package.replace(".", "").replace("_", "").isalnum():
        # Alembic's "package:folder"; src layouts are the only other place a project's own package lies in.
        parts = (*package.split("."), *inside.split("/"))
        candidates = (folder.joinpath(*parts), folder.joinpath("src", *parts))
        return next((path for path in candidates if path.is_dir()), candidates[0])
    return folder / location


def _from_ini(path: Path) -> str:
    parser = configparser.ConfigParser({"here": str(path.parent.absolute()).replace("%", "%%")})
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
        sections = [name for name in ("alembic", *parser.sections()) if parser.has_section(name)]
        named = [parser.get(name, "script_location", fallback="") for name in sections]
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        raise ConfigError(f"{path} cannot be read: {type(error).__name__}", origin=str(path)) from error
    return next((location for location in named if location), "")


def _from_pyproject(path: Path) -> str:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}", origin=str(path)) from error
    location = table.get("tool", {}).get("alembic", {}).get("script_location", "")
    return str(location).replace("%(here)s", str(path.parent.absolute()))
