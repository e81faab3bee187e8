"""All sources laid over each other: the first that says a key wins."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from fingood.errors import ConfigError
from fingood.model.change import RetentionRule
from fingood.model.column_role import Role
from fingood.model.project import Project
from fingood.model.severity import SafetyLevel
from fingood.settings.agreement import require_agreement
from fingood.settings.alembic import AlembicConfig, find_scripts, read_alembic, read_project
from fingood.settings.place import OWN, PYPROJECT, Place, find_place
from fingood.settings.schema import GROUPS, KEYS, LISTS, NOT_SAID, Key, Wrong
from fingood.settings.sources import (
    Layer,
    Said,
    from_environment,
    from_ini,
    from_options,
    from_toml,
    misspelt_variables,
)
from fingood.settings.toml import read_toml
from fingood.settings.url import describe_target, dialect_of, is_placeholder, mask_url, normalise_url
from fingood.settings.values import (
    GuardSettings,
    HealthSettings,
    LedgerMapping,
    Origin,
    OwnRule,
    PolicySettings,
    RollbackSettings,
    SandboxSettings,
    Settings,
    ValidationSettings,
)
from fingood.settings.version_table import version_table_of

NO_DATABASE = "none"
"""The URL that says: work without a database, though one is configured."""

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


def load(
    *,
    start: Path | None = None,
    options: Mapping[str, object] = {},
    environ: Mapping[str, str] = os.environ,
    need_project: bool = True,
) -> Settings:
    """The settings of the project that is found, option before environment variable before the environment's section
    before ``[tool.fingood]`` before alembic's own ``sqlalchemy.url`` before the default.

    Raises ConfigError when no project is found or a value is wrong. With ``need_project`` False a folder without an
    Alembic project will do: its settings hold where it has some, and the defaults where it has none.
    """
    place = _place(options, start, environ, need_project=need_project)
    alembic = read_alembic(place, str(options.get("name") or "alembic"))
    root = find_scripts(alembic)[0]
    files = _file_layers(place, alembic, root)
    upper = (from_options(options), from_environment(environ))
    environment = _pick("environment", [layer.values for layer in (*upper, *files)])
    name = str(_read(KEYS["environment"], environment, root))
    remarks = [*misspelt_variables(environ), *_judge_environment(name, environment, files)]
    stack = [layer.values for layer in upper]
    stack += [layer.environments[name] for layer in files if name in layer.environments]
    stack += [layer.values for layer in files]
    said = {key: _pick(key, stack) for key in KEYS}
    said["environment"] = environment
    said["database_url"] = said["database_url"] or _from_alembic(alembic, place, remarks)
    remarks += _overridden_url(environment, said["database_url"], stack)
    return _settings(alembic, place, files, _Reader(environ, root, said, remarks), need_project=need_project)


def _file_layers(place: Place, alembic: AlembicConfig, root: Path) -> tuple[Layer, ...]:
    """fingood.toml, then ``[tool.fingood]`` of the nearest pyproject.toml, then ``[fingood]`` of the ini file."""
    layers = []
    own = next((file for file in (place.root / OWN, root / OWN) if file.is_file()), None)
    if own is not None:
        layers.append(from_toml(read_toml(own), ()))
    pyproject = _settings_pyproject(place)
    if pyproject is not None:
        layers.append(from_toml(read_toml(pyproject), ("tool", "fingood")))
    if alembic.ini is not None and place.ini is not None:
        layers.append(from_ini(place.ini, alembic.ini))
    return tuple(layers)


def _settings_pyproject(place: Place) -> Path | None:
    """The first pyproject.toml with ``[tool.fingood]`` from the project's folder up to the repository's root."""
    for folder in (place.root, *place.root.parents):
        candidate = folder / PYPROJECT
        if candidate.is_file() and "fingood" in read_toml(candidate).data.get("tool", {}):
            return candidate
        if (folder / ".git").exists():
            return None
    return None


def _pick(key: str, stack: list[Mapping[str, Said]]) -> Said | None:
    return next((values[key] for values in stack if key in values), None)


def _judge_environment(name: str, said: Said | None, files: tuple[Layer, ...]) -> list[str]:
    """A remark for an environment without settings; ConfigError when it looks like a slip of the keys."""
    defined = sorted({known for layer in files for known in layer.environments})
    if said is None or name in defined:
        return []
    near = difflib.get_close_matches(name, defined, n=1)
    if near:
        raise ConfigError(
            f"no environment '{name}' in the settings ({said.source})",
            key="environment",
            origin=said.source,
            hint=f"did you mean '{near[0]}'?",
        )
    has = f"; they define {', '.join(defined)}" if defined else ""
    return [f"the settings hold nothing for environment '{name}' ({said.source}){has}"]


def _overridden_url(environment: Said | None, url: Said | None, stack: list[Mapping[str, Said]]) -> list[str]:
    """Somebody who names an environment expects its database, so say when a variable points elsewhere."""
    below = next((s["database_url"] for s in stack if "database_url" in s and s["database_url"] is not url), None)
    if not (environment and url and below) or not url.source.startswith("environment variable"):
        return []
    if below.source == url.source or below.source.startswith("environment variable"):
        return []
    return [f"{url.source} takes the place of database_url in {below.source}"]


def _from_alembic(alembic: AlembicConfig, place: Place, remarks: list[str]) -> Said | None:
    """Alembic's own URL. Projects whose env.py sets it leave all sorts of fillers there, so those are no error."""
    url, source = alembic.text("sqlalchemy.url").strip("\"' "), alembic.source("sqlalchemy.url")
    if is_placeholder(url):
        return None
    if not dialect_of(url):
        remarks.append(f"sqlalchemy.url in {source} is no URL and is not used")
        return None
    return Said("database_url", url, source, place.root)


def _read(key: Key, said: Said | None, root: Path) -> object:
    if said is None:
        return key.read(key.default, root) if isinstance(key.default, str) else key.default
    try:
        return key.read(said.value, said.folder)
    except Wrong as wrong:
        raise ConfigError(f"{said.source}: {key.name} must be {wrong}", key=key.name, origin=said.source) from wrong


@dataclass(slots=True)
class _Reader:
    """Reads the picked values and keeps their origins."""

    environ: Mapping[str, str]
    root: Path
    said: dict[str, Said | None]
    remarks: list[str]

    def value(self, name: str) -> Any:
        return _read(KEYS[name], self.said[name], self.root)

    def database_url(self) -> str:
        said = self.said["database_url"]
        text = str(self.value("database_url"))
        missing = [
            m.group(1) for m in _REFERENCE.finditer(text) if m.group(2) is None and m.group(1) not in self.environ
        ]
        if said is None or text in ("", NO_DATABASE):
            return ""
        if missing:
            self.remarks.append(f"database_url in {said.source} needs {', '.join(missing)}, which is not set")
            return ""
        url = _REFERENCE.sub(lambda m: self.environ.get(m.group(1)) or m.group(2) or "", text)
        return normalise_url(url, said.folder, origin=said.source) if url else ""

    def group(self, name: str) -> dict[str, Any]:
        return {key.rpartition(".")[2]: self.value(key) for key in KEYS if key.startswith(f"{name}.")}

    def origins(self, shown: Mapping[str, object]) -> dict[str, Origin]:
        return {
            key: Origin(key=key, value=_show(shown[key]), source=said.source if said else "default")
            for key, said in self.said.items()
        }


def _show(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value)
    if isinstance(value, bool):
        return str(value).lower()
    return mask_url(f"{value:g}" if isinstance(value, float) else str(value))


def _place(
    options: Mapping[str, object], start: Path | None, environ: Mapping[str, str], *, need_project: bool
) -> Place:
    try:
        return find_place(str(options.get("config") or ""), start, environ)
    except ConfigError:
        if need_project or options.get("config"):
            raise
        return Place((start or Path.cwd()).absolute(), None, None, "no project")


def _project(alembic: AlembicConfig, place: Place, *, need_project: bool) -> Project:
    try:
        return read_project(alembic)
    except ConfigError:
        if need_project:
            raise
        return Project(
            root=place.root,
            config_file=place.ini,
            pyproject=place.pyproject,
            ini_section="alembic",
            script_location=place.root,
            version_locations=(),
        )


def _settings(
    alembic: AlembicConfig, place: Place, files: tuple[Layer, ...], reader: _Reader, *, need_project: bool
) -> Settings:
    values = {key: reader.value(key) for key in KEYS if "." not in key}
    level = cast(SafetyLevel, values["level"])
    if values["fail_on"] is NOT_SAID:
        values["fail_on"] = level.blocks_at
    url = values["database_url"] = reader.database_url()
    sandbox, guard, policy = reader.group("sandbox"), reader.group("guard"), reader.group("policy")
    rollback, validation, health = reader.group("rollback"), reader.group("validation"), reader.group("health")
    nested = {
        f"{group}.{key}": value
        for group, inner in zip(GROUPS, (sandbox, guard, rollback, validation, policy, health), strict=True)
        for key, value in inner.items()
    }
    origins = reader.origins({**values, **nested})
    if reader.said["fail_on"] is None:
        origins["fail_on"] = Origin(key="fail_on", value=str(level.blocks_at), source=f"default of level {level}")
    ledger = tuple(_mapping(entry) for entry in _entries(files, "ledger"))
    retention = tuple(RetentionRule(**entry) for entry in _entries(files, "retention"))
    require_agreement(ledger, retention)
    project = _project(alembic, place, need_project=need_project)
    if values["version_table"]:
        project = replace(project, version_table=version_table_of(str(values["version_table"])))
    return Settings(
        project=project,
        **values,
        target=describe_target(url),
        sandbox=SandboxSettings(**sandbox),
        guard=GuardSettings(**guard),
        policy=PolicySettings(**policy),
        rollback=RollbackSettings(**rollback),
        validation=ValidationSettings(**validation),
        health=HealthSettings(**health),
        ledger=ledger,
        retention=retention,
        rules=tuple(_own_rule(entry) for entry in _entries(files, "rule")),
        origins={**_project_origins(alembic, place), **origins},
        remarks=tuple(reader.remarks),
    )


def _project_origins(alembic: AlembicConfig, place: Place) -> dict[str, Origin]:
    config = str(place.ini or place.pyproject or place.root)
    location, source = alembic.text("script_location"), alembic.source("script_location")
    if not location and place.ini is not None:
        location, source = str(find_scripts(alembic)[1] or ""), f"the folder of {place.ini.name}"
    return {
        "config": Origin(key="config", value=config, source=place.found_by),
        "script_location": Origin(key="script_location", value=location, source=source),
    }


def _mapping(entry: dict[str, Any]) -> LedgerMapping:
    """Columns of a role stand beside the others in the file, and together in the value."""
    roles = {role: entry.pop(role.value) for role in Role if role.value in entry}
    return LedgerMapping(**entry, columns=roles)


def _own_rule(entry: dict[str, Any]) -> OwnRule:
    lacking = [name for name in ("id", "table", "condition") if not entry.get(name)]
    if lacking:
        raise ConfigError(f"a [[tool.fingood.rule]] lacks {' and '.join(lacking)}", key="rule")
    return OwnRule(**entry)


def _entries(files: tuple[Layer, ...], name: str) -> Iterator[dict[str, Any]]:
    """The entries of ``[[tool.fingood.NAME]]``, of the first layer that has any."""
    for entry in next((layer.lists[name] for layer in files if layer.lists.get(name)), ()):
        yield {key: _read_entry(name, key, said) for key, said in entry.items()}


def _read_entry(name: str, key: str, said: Said) -> Any:
    try:
        return LISTS[name][key](said.value, said.folder)
    except Wrong as wrong:
        raise ConfigError(f"{said.source}: {key} must be {wrong}", key=said.key, origin=said.source) from wrong


def require_database_url(settings: Settings) -> str:
    """The database's URL. Raises ConfigError, with what would help, when none is configured."""
    if settings.database_url:
        return settings.database_url
    pending = [remark for remark in settings.remarks if remark.startswith("database_url")]
    raise ConfigError(
        "no database is configured",
        key="database_url",
        hint="; ".join((*pending, "set DATABASE_URL, --database-url, or database_url in [tool.fingood]")),
    )
