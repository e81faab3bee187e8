"""Histories that nobody here wrote: every revision is judged, and those that cannot be undone are named.

The counts are of the pinned packages and were read revision by revision when they were written down: a change in them
is a change in the package or in the proof, and wants to be read again.
"""

from __future__ import annotations

from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest

from fingood.commands.validate_all import validate_all
from fingood.model.report import Report
from fingood.settings import load

ENV = """
from alembic import context
from sqlalchemy import engine_from_config, pool

section = context.config.get_section(context.config.config_ini_section)
engine = engine_from_config(section, prefix="sqlalchemy.", poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
"""


def versions_of(package: str, folder: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0], folder)


def validated(root: Path, versions: Path, server: str, baseline: str = "", url: str = "") -> Report:
    (root / "migrations").mkdir()
    (root / "migrations" / "env.py").write_text(ENV)
    (root / "alembic.ini").write_text(
        f"[alembic]\nscript_location = %(here)s/migrations\nversion_locations = {versions}\n"
        + (f"sqlalchemy.url = {url}\n" if url else "")
    )
    (root / "pyproject.toml").write_text(f'[tool.fingood.sandbox]\nbaseline = "{baseline}"\nserver = "{server}"\n')
    return validate_all(load(start=root))


def judgements(report: Report) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for verdict in report.data["revisions"]:  # type: ignore[attr-defined]
        found.setdefault(verdict["judgement"], []).append(verdict["revision"])
    return found


def counts(report: Report) -> dict[str, int]:
    return {judgement: len(revisions) for judgement, revisions in judgements(report).items()}


def checks_of(report: Report, revision: str) -> Counter[str]:
    return Counter(
        finding["check"]
        for verdict in report.data["revisions"]  # type: ignore[attr-defined]
        if verdict["revision"] == revision
        for finding in verdict["findings"]
    )
