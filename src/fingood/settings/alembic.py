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
    """The values of ``[alembic]`` (or the section of ``-n``) and of ``[tool.alembic]``; the ini file wins.

    ``database`` is the one that ``-n`` names of those that ``databases`` lists (Alembic's multidb template).
    """

    place: Place
    section: str
    ini: ConfigParser | None
    toml: TomlFile | None
    database: str = ""

    def text(self, key: str) -> str:
        """A single value; empty where nothing says it. Raises ConfigError when it cannot be interpolated."""
        if self.ini is not None and self.ini.has_option(self._section(key), key):
            return self._from_ini(key)
        value = self._table().get(key, "")
        return self._here(str(value), key) if not isinstance(value, bool) else str(value).lower()

    def source(self, key: str) -> str:
        """Where the value stands, for people."""
        section = self._section(key)
        if self.ini is not None and self.ini.has_option(section, key):
            assert self.place.ini is not None
            line = ini_line(self.place.ini, section, key)
            return f"{self.place.ini.name} line {line}" if line else f"{self.place.ini.name} [{section}]"
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

    def _section(self, key: str) -> str:
        return self.database if self.database and key == "sqlalchemy.url" else self.section

    def _from_ini(self, key: str) -> str:
        assert self.ini is not None
        try:
            return self.ini.get(self._section(key), key)
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
            folder = self.place.pyproject.parent if self.place.pyproject else self.place.root
            return text % {"here": folder.as_posix()} if "%" in text else text
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
    if ini is not None and section in _databases(ini):
        return AlembicConfig(place, "alembic", ini, toml, database=section)
    return AlembicConfig(place, section, ini, toml)


def _databases(ini: ConfigParser) -> list[str]:
    return re.split(r",\s*", ini.get("alembic", "databases", raw=True, fallback=""))


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
    root, script = find_scripts(config)
    if script is None:
        where = place.ini or place.pyproject
        raise ConfigError(
            f"{where} has no script_location" + (f" in [{config.section}]" if config.section != "alembic" else ""),
            key="script_location",
            origin=str(where),
            hint=_other_sections(config)
            or "fingood init lays a project down; or set script_location in [alembic] or [tool.alembic]",
        )
    if not script.is_dir():
        raise ConfigError(
            f"no folder {script}",
            key="script_location",
            origin=config.source("script_location"),
            hint=f"script_location in {config.source('script_location')} names it",
        )
    versions = config.paths("version_locations", "path_separator", "version_path_separator")
    return Project(
        root=root,
        config_file=place.ini,
        pyproject=place.pyproject,
        ini_section=config.section,
        database=config.database,
        script_location=script,
        version_locations=tuple(_folder(v, root, "version_locations") for v in versions) or (script / "versions",),
        recursive=config.text("recursive_version_locations") == "true",
        prepend_sys_path=tuple(
            str(_folder(part, root, "prepend_sys_path")) for part in config.paths("prepend_sys_path", "path_separator")
        ),
        version_table=read_version_table(script / "env.py"),
    )


def find_scripts(config: AlembicConfig) -> tuple[Path, Path | None]:
    """The folder in which Alembic is run, and the folder with env.py: None where nothing says which.

    An ini file below the project (``conf/alembic.ini``) names a folder that counts from where Alembic is run. An ini
    file without script_location that lies beside env.py is Flask-Migrate's, which is run in the folder above.
    """
    beside = config.place.root
    location = config.text("script_location")
    if location:
        return _base_of(location, beside), _folder(location, beside, "script_location")
    if config.place.ini is not None and config.section == "alembic" and (beside / "env.py").is_file():
        return beside.parent, beside
    return beside, None


def _other_sections(config: AlembicConfig) -> str:
    """What to say where other sections of the ini file name a folder of scripts."""
    sections = config.ini.sections() if config.ini is not None else []
    able = [name for name in sections if config.ini is not None and config.ini.has_option(name, "script_location")]
    return f"{' or '.join(f'-n {name}' for name in able)} takes a section that has one" if able else ""


def _folder(text: str, root: Path, key: str) -> Path:
    """The folder that Alembic would take: ``package:folder`` inside a package, else a path."""
    if ":" in text and not Path(text).is_absolute():
        package, *parts = text.split(":")
        return _package_folder(package, key, root).joinpath(*parts)
    return Path(os.path.normpath(_base_of(text, root) / text))


def _base_of(text: str, root: Path) -> Path:
    """What a relative path counts from. Alembic counts from the working directory; so that every working directory
    gives one answer, it counts here from the configuration file, then from where we are, then from the folders above
    the file."""
    is_path = not Path(text).is_absolute() and ":" not in text
    return next((base for base in (root, Path.cwd(), *root.parents) if is_path and (base / text).is_dir()), root)


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
