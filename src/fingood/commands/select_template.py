"""`select-template`: writes a new revision from one of the project's templates."""

from __future__ import annotations

import inspect
import io
import os
import re
import time
from collections.abc import Mapping
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError, rev_id

from fingood.errors import ConfigError, CouldNotLook, HistoryError, refusal_of
from fingood.model.project import Project
from fingood.model.report import Report, Text
from fingood.scaffold.template import Filled, Kind, fill_template

_FOLDER = "migrations/templates"


def select_template(
    project: Project, kind: Kind, values: Mapping[str, str | None], *, message: str = "", head: str = "head"
) -> Report:
    """Writes a revision after ``head`` from the template of ``kind`` with ``values`` for its constants.

    Raises ConfigError when the template or script.py.mako cannot be used, HistoryError when ``head`` is not one head,
    CouldNotLook where the file cannot be written.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    lacking = [name for name in kind.needs if not values.get(name)]
    if lacking:
        wanted = " ".join(f"--{name.lower()} {name}" for name in lacking)
        raise ConfigError(f"the template '{kind.key}' needs {wanted}", key=lacking[0].lower())
    filled = fill_template(project.root / _FOLDER / kind.file, values)
    _refuse_foreign_mako(project.script_location / "script.py.mako")
    text = message or kind.message.format(**values)
    revision, path = _write(project, filled, text, head)
    return Report(
        command="select-template",
        subject=revision,
        started=started,
        duration=time.monotonic() - clock,
        headline=f"revision {revision} written: {text}",
        sections=(Text(title="File", lines=(_shown(path, project.root),)),),
        recommendations=(
            f"python migrations/safety/safety_cli.py check {revision}",
            f"python migrations/safety/safety_cli.py test-rollback {revision}",
        ),
        data={"revision": revision, "path": str(path), "template": kind.key},
    )


def _shown(path: Path, root: Path) -> str:
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def _refuse_foreign_mako(mako: Path) -> None:
    """A script.py.mako that does not take upgrade and downgrade bodies would drop ours without a word."""
    if not mako.is_file():
        raise ConfigError(f"no file {mako}", hint="alembic init and fingood init write one")
    text = mako.read_text(encoding="utf-8", errors="replace")
    several = "_upgrades" in text
    missing = [name for name in ("upgrades", "downgrades", "imports") if not re.search(rf"\b{name}\b", text)]
    if several or missing:
        reason = "is for several databases" if several else f"does not use {', '.join(missing)}"
        raise ConfigError(
            f"{mako} {reason}, so that a template cannot be written through it",
            hint='alembic revision -m "..." makes an empty revision; copy the body from migrations/templates',
        )


def _write(project: Project, filled: Filled, message: str, head: str) -> tuple[str, Path]:
    config = _alembic_config(project)
    before = _files(project)
    pieces: dict[str, Any] = {"imports": filled.preamble, "upgrades": filled.upgrade, "downgrades": filled.downgrade}
    revision = rev_id()
    try:
        with redirect_stdout(io.StringIO()):  # Alembic reports on stdout, which is ours for the answer
            directory = ScriptDirectory.from_config(config)
            script = directory.generate_revision(revision, message, head=head, config=config, **pieces)
    except OSError as error:
        _remove_begun(project, before, revision)
        place, reason = error.filename or project.script_location, refusal_of(error) or type(error).__name__
        raise CouldNotLook(f"cannot write {place}: {reason}", hint="no revision was made") from None
    except CommandError as error:
        hint = "name one with --head, or: alembic merge heads" if "ultiple heads" in str(error) else "alembic heads"
        raise HistoryError(str(error), hint=hint) from error
    assert script is not None
    return str(script.revision), Path(script.path)


def _files(project: Project) -> frozenset[Path]:
    return frozenset(file for folder in project.version_locations for file in folder.rglob("*.py"))


def _remove_begun(project: Project, before: frozenset[Path], revision: str) -> None:
    """A file that was begun and not ended would keep Alembic from reading the whole history. What somebody else has
    written meanwhile stays."""
    for file in _files(project) - before:
        if revision in file.name or not file.stat().st_size:
            file.unlink()


def _alembic_config(project: Project) -> Config:
    """The project's own configuration with its folders made absolute, so that the working directory does not matter."""
    arguments: dict[str, Any] = {"ini_section": project.ini_section}
    if project.config_file is not None:
        arguments["file_"] = str(project.config_file)
    if project.pyproject is not None and "toml_file" in inspect.signature(Config.__init__).parameters:
        arguments["toml_file"] = str(project.pyproject)
    config = Config(**arguments)
    config.set_main_option("script_location", _escaped(project.script_location))
    if project.version_locations != (project.script_location / "versions",):
        joined = os.pathsep.join(_escaped(folder) for folder in project.version_locations)
        config.set_main_option("version_locations", joined)
        config.set_main_option("path_separator", "os")
        config.set_main_option("version_path_separator", "os")
    return config


def _escaped(folder: Path) -> str:
    return str(folder).replace("%", "%%")
