"""Alembic's own configuration, read the way Alembic reads it but without importing it.

Sources: alembic/config.py and alembic/script/base.py of Alembic 1.8 to 1.20.
"""

from __future__ import annotations

import difflib
import os
import re
from configparser import ConfigParser, Error, InterpolationError
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from fingood.errors import ConfigError
from fingood.model.project import Project
from fingood.settings.place import Place
from fingood.settings.toml import TomlFile, read_toml
from fingood.settings.version_table import read_version_table

_SEPARATORS = {"space": " ", "newline": "\n", "os": os.pathsep, ":": ":", ";": ";"}
_LEGACY = re.compile(r", *|(?: +)")


@dataclass(frozen=True, slots=True)
class AlembicConfig:
    """The values of ``[alembic]`` (or the section of ``-n``) and of ``[tool.alembic]``; the ini file wins."""

    place: Place
    section: str
    ini: ConfigParser | None
    toml: TomlFile | None

    def text(self, key: str) -> str:
        """A single value; empty where nothing says it. Raises ConfigError when it cannot be interpolated."""
        if self.ini is not None and self.ini.has_option(self.section, key):
            return self._from_ini(key)
        value = self._table().get(key, "")
        return self._here(str(value), key) if not isinstance(value, bool) else str(value).lower()

    def source(self, key: str) -> str:
        """Where the value stands, for people."""
        if self.ini is not None and self.ini.has_option(self.section, key):
            assert self.place.ini is not None
            line = ini_line(self.place.ini, self.section, key)
            return f"{self.place.ini.name} line {line}" if line else f"{self.place.ini.name} [{self.section}]"
        line = self.toml.line("tool", "alembic", key) if self.toml else None
        return f"pyproject.toml line {line}" if line else "pyproject.toml [tool.alembic]"

    def paths(self, key: str, *separators: str) -> tuple[str, ...]:
        """A list of paths, split as the ini file's path separator says, or TOML's own list."""
        if self.ini is not None and self.ini.has_option(self.section, key):
            text = self._from_ini(key)
            for name in separators:
                if self.ini.has_option(self.section, name):
                    return self._split(text, name)
            return tuple(part for part in _LEGACY.split(text) if part)
        value = self._table().get(key, [])
        values = value if isinstance(value, list) else [value]
        return tuple(self._here(str(part), key) for part in values)

    def _split(self, text: str, name: str) -> tuple[str, ...]:
        wanted = self._from_ini(name)
        separator = _SEPARATORS.get(wanted)
        if separator is None:
            raise ConfigError(
                f"{name} is '{wanted}' in {self.source(name)}", key=name, hint=f"one of: {', '.join(_SEPARATORS)}"
            )
        return tuple(part.strip() for part in text.split(separator) if part.strip())

    def _from_ini(self, key: str) -> str:
        assert self.ini is not None
        try:
            return self.ini.get(self.section, key)
        except InterpolationError as error:
            if "%" in str(self.place.root) and "%(here)s" in self.ini.get(self.section, key, raw=True):
                raise ConfigError(
                    f"{self.source(key)}: the folder {self.place.root} has a percent sign, "
                    "and Alembic cannot put such a name in the place of %(here)s",
                    key=key,
                    hint="rename the folder",
                ) from error
            raise ConfigError(
                f"{self.source(key)}: {key} has a percent sign that is not %(name)s",
                key=key,
                hint="write a percent sign as %% in an ini file",
            ) from error

    def _table(self) -> dict[str, object]:
        table = self.toml.data.get("tool", {}).get("alembic", {}) if self.toml else {}
        return table if isinstance(table, dict) else {}

    def _here(self, text: str, key: str) -> str:
        try:
            return text % {"here": self.place.root.as_posix()} if "%" in text else text
        except (KeyError, ValueError, TypeError) as error:
            raise ConfigError(
                f"{self.source(key)}: {key} has a percent sign that is not %(here)s",
                key=key,
                hint="write a percent sign as %%",
            ) from error


def read_alembic(place: Place, section: str) -> AlembicConfig:
    """Reads the project's Alembic configuration. Raises ConfigError when a file or the named section is missing."""
    toml = read_toml(place.pyproject) if place.pyproject else None
    ini = read_ini(place.ini) if place.ini else None
    if ini is not None and section != "alembic" and not ini.has_section(section):
        near = difflib.get_close_matches(section, ini.sections(), n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"it has: {', '.join(ini.sections())}"
        raise ConfigError(f"{place.ini} has no section [{section}]", key="name", origin="option --name", hint=hint)
    return AlembicConfig(place, section, ini, toml)


def read_ini(path: Path) -> ConfigParser:
    """An ini file with Alembic's ``%(here)s``. Raises ConfigError with the file and line when it cannot be read."""
    parser = ConfigParser({"here": path.absolute().parent.as_posix()})
    try:
        parser.read_string(path.read_text(encoding="utf-8"), source=str(path))
    except (OSError, UnicodeDecodeError, Error) as error:
        line = getattr(error, "lineno", None) or next(iter(getattr(error, "errors", [])), (None,))[0]
        where = f"{path} line {line}" if line else str(path)
        raise ConfigError(f"cannot read {where}: {type(error).__name__}", origin=where) from error
    return parser


def read_project(config: AlembicConfig) -> Project:
    """The project that the configuration describes. Raises ConfigError when its script folder is missing."""
    place = config.place
    location = config.text("script_location")
    if not location:
        where = place.ini or place.pyproject
        raise ConfigError(
            f"{where} has no script_location",
            key="script_location",
            origin=str(where),
            hint="fingood init lays a project down; or set script_location in [alembic] or [tool.alembic]",
        )
    script = _folder(location, place.root, "script_location")
    if not script.is_dir():
        raise ConfigError(
            f"no folder {script}",
            key="script_location",
            origin=config.source("script_location"),
            hint=f"script_location in {config.source('script_location')} names it",
        )
    versions = config.paths("version_locations", "path_separator", "version_path_separator")
    return Project(
        root=place.root,
        config_file=place.ini,
        pyproject=place.pyproject,
        ini_section=config.section,
        script_location=script,
        version_locations=tuple(_folder(v, place.root, "version_locations") for v in versions)
        or (script / "versions",),
        recursive=config.text("recursive_version_locations") == "true",
        prepend_sys_path=tuple(
            str(_folder(part, place.root, "prepend_sys_path"))
            for part in config.paths("prepend_sys_path", "path_separator")
        ),
        version_table=read_version_table(script / "env.py"),
    )


def _folder(text: str, root: Path, key: str) -> Path:
    """The folder that Alembic would take: ``package:folder`` inside a package, else a path.

    Alembic counts a relative path from the working directory. So that every working directory gives one answer, it
    counts here from the configuration file, then from where we are, then from the folders above the file.
    """
    if ":" in text and not Path(text).is_absolute():
        package, *parts = text.split(":")
        return _package_folder(package, key, root).joinpath(*parts)
    candidates = [base / text for base in (root, Path.cwd(), *root.parents)]
    return Path(os.path.normpath(next((path for path in candidates if path.is_dir()), candidates[0])))


def _package_folder(package: str, key: str, root: Path) -> Path:
    beside = root.joinpath(*package.split("."))
    for folder in (beside, root / "src" / beside.relative_to(root)):
        if folder.is_dir():
            return folder
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError(f"{key} names the package '{package}', which is not installed", key=key)
    return Path(next(iter(spec.submodule_search_locations)))


def ini_line(path: Path, section: str, key: str) -> int | None:
    """The line of a key in a section of an ini file."""
    current = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if header := re.match(r"\[([^\]]+)\]", line):
            current = header.group(1)
        elif current == section and re.match(rf"{re.escape(key)}\s*[=:]", line, re.IGNORECASE):
            return number
    return None
