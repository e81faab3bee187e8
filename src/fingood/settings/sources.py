"""What each file and the environment say, key by key, with the place where they say it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from configparser import ConfigParser
from dataclasses import dataclass, field
from pathlib import Path

from fingood.errors import ConfigError
from fingood.settings.alembic import ini_line
from fingood.settings.schema import GROUPS, KEYS, LISTS
from fingood.settings.toml import TomlFile

OTHER_VARIABLES = ("FINGOOD_CONFIG", "FINGOOD_HOME", "FINGOOD_TRACEBACK")

Locate = Callable[[tuple[str | int, ...]], str]


@dataclass(frozen=True, slots=True)
class Said:
    """One value as somebody said it: where, and what relative paths in it count from."""

    key: str
    value: object
    source: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Layer:
    """Everything one source says."""

    values: Mapping[str, Said] = field(default_factory=dict)
    environments: Mapping[str, Mapping[str, Said]] = field(default_factory=dict)
    lists: Mapping[str, tuple[Mapping[str, Said], ...]] = field(default_factory=dict)


def from_toml(file: TomlFile, prefix: tuple[str, ...]) -> Layer:
    """The layer under ``prefix`` of a TOML file. Raises ConfigError for unknown keys."""
    table: object = file.data
    for part in prefix:
        table = table.get(part, {}) if isinstance(table, dict) else {}

    def locate(path: tuple[str | int, ...]) -> str:
        line = file.line(*prefix, *path)
        return f"{file.path.name} line {line}" if line else file.path.name

    if not isinstance(table, dict):
        raise ConfigError(f"{locate(())}: [{'.'.join(prefix)}] is not a table", origin=locate(()))
    return _layer(table, locate, file.path.parent)


def from_ini(path: Path, parser: ConfigParser) -> Layer:
    """The layer of an ini file's sections ``fingood``, ``fingood.guard``, ``fingood.environments.NAME``,
    ``fingood.ledger.NAME`` and ``fingood.retention.NAME``, for shops without a pyproject.toml."""
    table: dict[str, object] = {}
    lists: dict[str, list[object]] = {}
    sections: dict[tuple[str | int, ...], str] = {}
    for section in parser.sections():
        head, *rest = section.split(".")
        if head != "fingood":
            continue
        values = {key: value for key, value in parser.items(section) if key not in parser.defaults()}
        if rest and rest[0] in LISTS:
            entries = lists.setdefault(rest[0], [])
            sections[rest[0], len(entries)] = section
            entries.append(values)
            continue
        sections[tuple(rest)] = section
        _nest(table, rest, values)
    table.update(lists)

    def locate(place: tuple[str | int, ...]) -> str:
        for cut in range(len(place), -1, -1):
            if place[:cut] in sections and cut < len(place):
                line = ini_line(path, sections[place[:cut]], ".".join(map(str, place[cut:])))
                return f"{path.name} line {line}" if line else f"{path.name} [{sections[place[:cut]]}]"
        return path.name

    return _layer(table, locate, path.absolute().parent)


def from_environment(environ: Mapping[str, str]) -> Layer:
    """The layer of the variables ``FINGOOD_<KEY>`` and ``DATABASE_URL``."""
    values: dict[str, Said] = {}
    for name, key in (("DATABASE_URL", "database_url"), *((key.variable, key.name) for key in KEYS.values())):
        if environ.get(name, "") != "":
            values[key] = Said(key, environ[name], f"environment variable {name}", Path.cwd())
    return Layer(values)


def misspelt_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """A remark for each ``FINGOOD_`` variable that nearly names a setting."""
    known = [key.variable for key in KEYS.values()]
    remarks = []
    for name in sorted(environ):
        if name.startswith("FINGOOD_") and name not in known and name not in OTHER_VARIABLES:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.85)
            if near:
                remarks.append(f"environment variable {name} means nothing; did you mean {near[0]}?")
    return tuple(remarks)


def from_options(options: Mapping[str, object]) -> Layer:
    """The layer of a command's options. Raises ConfigError for a name that is no setting."""
    values: dict[str, Said] = {}
    for name, value in options.items():
        if name in ("config", "name") or value is None or value == ():
            continue
        source = f"option --{name.replace('_', '-')}"
        if name not in KEYS:
            raise _unknown(name, KEYS, source)
        values[name] = Said(name, value, source, Path.cwd())
    return Layer(values)


def _layer(table: Mapping[str, object], locate: Locate, folder: Path) -> Layer:
    environments: dict[str, Mapping[str, Said]] = {}
    named = table.get("environments", {})
    if not isinstance(named, dict):
        raise ConfigError(f"{locate(('environments',))}: environments holds one table an environment")
    for name, values in named.items():
        path = ("environments", str(name))
        if not isinstance(values, dict):
            raise ConfigError(f"{locate(path)}: environments.{name} is not a table", origin=locate(path))
        environments[str(name)] = _values(values, path, locate, folder, without=("environment",))
    own = {key: value for key, value in table.items() if key not in ("environments", *LISTS)}
    lists = {name: _entries(name, table.get(name, []), locate, folder) for name in LISTS}
    return Layer(_values(own, (), locate, folder), environments, lists)


def _values(
    table: Mapping[str, object],
    path: tuple[str, ...],
    locate: Locate,
    folder: Path,
    without: tuple[str, ...] = (),
) -> dict[str, Said]:
    found: dict[str, Said] = {}
    for name, value, place in _flat(table, path, locate):
        if name not in KEYS or name in without:
            extra = () if path else ("environments", *LISTS)
            raise _unknown(name, [key for key in (*KEYS, *GROUPS, *extra) if key not in without], locate(place))
        found[name] = Said(name, value, locate(place), folder)
    return found


def _flat(
    table: Mapping[str, object], path: tuple[str, ...], locate: Locate
) -> Iterable[tuple[str, object, tuple[str, ...]]]:
    for name, value in table.items():
        if name in GROUPS:
            if not isinstance(value, dict):
                raise ConfigError(f"{locate((*path, name))}: {name} is a table", hint=f"[tool.fingood.{name}]")
            yield from ((f"{name}.{key}", inner, (*path, name, key)) for key, inner in value.items())
        else:
            yield name, value, (*path, *name.split("."))


def _entries(name: str, entries: object, locate: Locate, folder: Path) -> tuple[Mapping[str, Said], ...]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigError(f"{locate((name,))}: {name} is a list of tables", hint=f"[[tool.fingood.{name}]]")
    found = []
    for number, entry in enumerate(entries):
        said = {}
        for key, value in entry.items():
            place = locate((name, number, key))
            if key not in LISTS[name]:
                raise _unknown(key, LISTS[name], place)
            said[key] = Said(f"{name}[{number}].{key}", value, place, folder)
        if "table" not in said:
            raise ConfigError(f"{locate((name, number))}: this {name} names no table", key=name)
        found.append(said)
    return tuple(found)


def _unknown(name: str, known: Iterable[str], source: str) -> ConfigError:
    choices = list(known)
    near = difflib.get_close_matches(name, choices, n=1) or [
        key for key in choices if key.rpartition(".")[2] == name.rpartition(".")[2]
    ]
    hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(choices)}"
    return ConfigError(f"{source}: unknown key '{name}'", key=name, origin=source, hint=hint)


def _nest(table: dict[str, object], path: list[str], values: Mapping[str, str]) -> None:
    for part in path:
        inner = table.setdefault(part, {})
        assert isinstance(inner, dict)
        table = inner
    table.update(values)
