"""Which table holds the applied revisions is read from env.py, and taken from the settings where it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from fingood.model.project import VersionTable
from fingood.settings import load

UNSURE = VersionTable(certain=False)


@pytest.mark.parametrize(
    ("call", "table"),
    [
        ("context.configure(connection=c)", VersionTable()),
        ("context.configure(version_table='applied')", VersionTable(name="applied")),
        ("context.configure(version_table_schema='meta')", VersionTable(schema="meta")),
        ("SCHEMA = 'meta'\ncontext.configure(version_table_schema=SCHEMA)", VersionTable(schema="meta")),
        ("context.configure(version_table_schema=None)", VersionTable()),
        ("import os\ncontext.configure(version_table_schema=os.environ['S'])", UNSURE),
        ("S = 'a'\nS += 'b'\ncontext.configure(version_table_schema=S)", UNSURE),
        ("context.configure(version_table='a')\ncontext.configure(version_table='b')", UNSURE),
        ("context.configure(url=u)\ncontext.configure(version_table='b')", VersionTable(name="b")),
        ("def (", VersionTable()),
    ],
)
def test_what_env_py_says(tmp_path: Path, call: str, table: VersionTable) -> None:
    assert project(tmp_path, call).version_table == table


@pytest.mark.parametrize(
    ("said", "table"),
    [("applied", VersionTable(name="applied")), ("meta.of us", VersionTable(name="of us", schema="meta"))],
)
def test_the_setting_comes_before_env_py(tmp_path: Path, said: str, table: VersionTable) -> None:
    assert project(tmp_path, "context.configure(version_table='b')", version_table=said).version_table == table


def project(root: Path, env: str, **options: str):
    (root / "migrations").mkdir()
    (root / "migrations/env.py").write_text(env)
    (root / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    environ = {f"FINGOOD_{key.upper()}": value for key, value in options.items()}
    return load(start=root, environ=environ).project
