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

pytestmark = pytest.mark.slow

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


@pytest.fixture(scope="module")
def server(postgres_server) -> str:
    return str(postgres_server.url("postgres"))


def test_mlflow_on_postgresql(tmp_path: Path, server: str):
    """67 revisions. 30 downgrades are a bare pass: four of those have an upgrade that does nothing on PostgreSQL."""
    report = validated(
        tmp_path,
        versions_of("mlflow", "store/db_migrations/versions"),
        server,
        baseline="mlflow.store.tracking.dbmodels.initial_models:Base",
    )
    assert counts(report) == {
        "lossless": 38,
        "lossy": 14,
        "re-upgrade broken": 12,
        "residue": 2,
        "failing downgrade": 1,
    }
    assert judgements(report)["failing downgrade"] == ["2b4d017a5e9b"]
    assert checks_of(report, "2b4d017a5e9b")["rollback-fails"] == 1
    # downgrade() is pass while upgrade() adds a column to the key: seen as left, as changed, and by the second upgrade.
    first = checks_of(report, "451aebb31d03")
    for check in ("rollback-missing", "rollback-residue", "rollback-lossy", "reupgrade-fails"):
        assert first[check] == 1, check
    # The upgrade ends running jobs; the way back does not say that they ran.
    assert checks_of(report, "dc11669786a5")["rollback-lossy"] == 2
    # A constraint comes back under another name.
    assert checks_of(report, "1b5f0d9ad7c1")["rollback-lossy"] == 1


def test_optuna_on_postgresql(tmp_path: Path, server: str):
    """v2.4.0.a creates a type that v0.9.0.a has made: by itself it fails, in one run from the beginning it passes. What
    follows is judged above such a run."""
    report = validated(tmp_path, versions_of("optuna", "storages/_rdb/alembic/versions"), server)
    assert counts(report) == {
        "re-upgrade broken": 1,
        "lossless": 5,
        "lossy": 1,
        "residue": 1,
        "failing upgrade": 1,
        "failing downgrade": 1,
    }
    assert judgements(report)["failing upgrade"] == ["v2.4.0.a"]
    assert judgements(report)["failing downgrade"] == ["v3.0.0.c"]


def test_optuna_on_sqlite(tmp_path: Path):
    """All ten run on SQLite. v3.0.0.c's downgrade names an attribute that its file does not have."""
    database = tmp_path / "optuna.db"
    database.touch()
    report = validated(
        tmp_path, versions_of("optuna", "storages/_rdb/alembic/versions"), "auto", url=f"sqlite:///{database}"
    )
    assert sum(counts(report).values()) == 10
    assert judgements(report)["failing downgrade"] == ["v3.0.0.c"]
    assert judgements(report)["lossy"] == ["v2.4.0.a", "v3.0.0.b"]
    assert judgements(report)["residue"] == ["v1.3.0.a"]
